"""A small library for the tests of search and answers. Every text was written for this purpose."""

from dataclasses import dataclass, field

from corpus.identifiers import content_hash
from corpus.records import Flag, IngestReport, Kind, MetadataField, PassageSpan, VersionDraft

STAFF = frozenset({"public", "researchers"})
PUBLIC = frozenset({"public"})


@dataclass(frozen=True)
class Source:
    """A document as (path, passage text) pairs."""

    title: str
    parts: tuple[tuple[tuple[str, ...], str], ...]
    kind: Kind = Kind.POLICY
    readers: frozenset[str] = PUBLIC
    fields: dict[str, str | int | list[str]] = field(default_factory=dict)


BRIEF = Source(
    "关于办好云岭社区讲堂的调研报告",
    (
        ((), "关于办好云岭社区讲堂的调研报告"),
        (
            ("一、把准方向", "一是建强队伍"),
            "一是建强队伍。云岭社区讲堂现有宣讲员四十六名，其中退休教师占三成。每名宣讲员每季度至少进院坝两次。",
        ),
        (
            ("一、把准方向", "二是用好阵地"),
            "二是用好阵地。依托镇党校设立社区讲堂研习室，配备专职教员，为宣讲员开设备课指导。",
        ),
        (
            ("二、畅通供需", "一是完善流程"),
            "一是完善流程。推行“群众选题、讲堂备题、院坝解题、回访评题”四步法，做到一题一讲、一讲一评。",
        ),
        (
            ("三、强化保障",),
            "一是落实专项经费。每年由县财政安排讲堂工作经费二十万元。二是完善激励办法。对年度优秀宣讲员颁发聘书。",
        ),
        (("二、畅通供需",), "（作者系课题组成员：柴琬舸、陆闻笛）"),
    ),
    Kind.RESEARCH,
    frozenset({"researchers"}),
    {"project_number": "22YL037", "organization": "云岭县委宣传部", "issued_on": "2022-05-16", "year": 2022},
)
NOTICE = Source(
    "云岭县人民政府办公室关于做好冬季清洁取暖工作的通知",
    (
        ((), "云岭县人民政府办公室关于做好冬季清洁取暖工作的通知"),
        (("一、总体安排",), "各乡镇要在10月底前完成入户摸底，2021年全县计划改造农户1280户，资金由县财政统筹安排。"),
        (
            ("二、主要措施",),
            "主要措施如下：（一）建立户档。逐户登记取暖方式和房屋结构。"
            "（二）统一采购。设备由县供销社集中招标。（三）跟踪服务。每村确定一名联络员。",
        ),
    ),
    fields={
        "document_number": "云政办发〔2021〕18号",
        "organization": "云岭县人民政府办公室",
        "issued_on": "2021-09-03",
    },
)
REPLY = Source(
    "关于取暖补贴有关问题的复函",
    (
        ((), "关于取暖补贴有关问题的复函"),
        (("复函意见",), "根据云政办发[2021]18号文件，补贴按每户三千元标准发放，随设备验收一次拨付。"),
    ),
    fields={"document_number": "云财函〔2022〕4号", "organization": "云岭县财政局", "issued_on": "2022-01-20"},
)
RULES = Source(
    "云岭县志愿服务管理办法",
    tuple(
        ((f"第{number}条",), f"第{number}条 {text}")
        for number, text in (
            ("一", "为规范本县志愿服务活动，保障志愿者合法权益，制定本办法。"),
            ("二", "志愿者参加第三条所称活动，应当先行登记。"),
            ("三", "本办法所称志愿服务，是指自愿、无偿向社会提供的公益服务。"),
            ("四", "志愿服务组织应当为志愿者购买意外伤害保险，保险费用从工作经费中列支。"),
        )
    ),
    fields={"organization": "云岭县人民政府", "issued_on": "2020-03-01"},
)
LECTURE = Source(
    "第三讲 群众路线的形成与发展",
    (
        (("第三讲 群众路线的形成与发展",), "第三讲 群众路线的形成与发展"),
        (("第三讲 群众路线的形成与发展", "一、课堂导入"), "同学们先想一想：什么叫从群众中来？"),
        (
            ("第三讲 群众路线的形成与发展", "二、基本内涵"),
            "群众路线的要领，在于把群众分散的意见集中起来，化为系统的意见，再回到群众中去检验。",
        ),
    ),
    Kind.COURSE,
    frozenset({"instructors", "researchers"}),
    {"course_name": "理论基础"},
)
LIBRARY = (BRIEF, NOTICE, REPLY, RULES, LECTURE)


def make_draft(source: Source) -> VersionDraft:
    """The draft that ingest would make of the source: passages separated by line feeds, the title's a card."""
    text, spans = "", []
    for number, (path, passage) in enumerate(source.parts):
        flags = frozenset({Flag.CARD}) if passage == source.title else frozenset()
        spans.append(PassageSpan(len(text), len(text) + len(passage), path, None, number + 1, flags))
        text += passage + "\n"
    fields = tuple(MetadataField(name, value) for name, value in source.fields.items())
    return VersionDraft(
        source=f"/library/{source.title}",
        file_name=f"{source.title}.txt",
        sha256=content_hash(text.encode()),
        media_type="text/plain",
        kind=source.kind,
        title=source.title,
        readers=source.readers,
        text=text,
        fields=fields,
        sections=(),
        passages=tuple(spans),
        report=IngestReport(reader="text"),
    )
