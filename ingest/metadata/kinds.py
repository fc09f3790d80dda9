"""Which of the three kinds a document is, by weighed evidence, with reasons a reader can check."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from corpus.records import Kind
from ingest.lines import LAW
from ingest.metadata.findings import Findings


@dataclass(frozen=True, slots=True)
class _Evidence:
    kind: Kind
    weight: float
    reason: str
    pattern: re.Pattern[str]
    """Looked for in the title and file name, or in the opening and headings."""


_FIELDS: tuple[tuple[Kind, float, str, str], ...] = (
    (Kind.POLICY, 5, "document_number", "有发文字号"),
    (Kind.POLICY, 4, "issue_number", "有期号"),
    (Kind.POLICY, 4, "instructions", "有领导批示栏"),
    (Kind.POLICY, 3, "distribution", "有报送范围"),
    (Kind.POLICY, 2, "feedback", "有批示反馈要求"),
    (Kind.POLICY, 1.5, "copies", "有印数"),
    (Kind.POLICY, 3, "adoption", "有通过或修订的记载"),
    (Kind.POLICY, 2, "addressees", "有主送机关"),
    (Kind.POLICY, 2, "series", "有内部刊物刊名"),
    (Kind.COURSE, 5, "course_code", "有课程代码"),
    (Kind.COURSE, 4, "course_name", "有课程名称"),
    (Kind.COURSE, 3, "credits", "有学分"),
    (Kind.COURSE, 2, "hours", "有学时"),
    (Kind.COURSE, 2, "instructor", "有授课教师"),
    (Kind.COURSE, 2, "lesson_no", "是课程中的一讲"),
    (Kind.RESEARCH, 4, "project_number", "有课题编号"),
    (Kind.RESEARCH, 3, "project_title", "有课题名称"),
    (Kind.RESEARCH, 2, "principal", "有课题负责人"),
    (Kind.RESEARCH, 2, "members", "有课题组成员"),
    (Kind.RESEARCH, 2, "keywords", "有关键词"),
    (Kind.RESEARCH, 1.5, "abstract", "有摘要"),
    (Kind.RESEARCH, 1, "authors", "有作者署名"),
)

_TITLE = (
    _Evidence(Kind.POLICY, 3, "标题以公文文种结尾", re.compile(
        r"(?:决议|决定|命令|公报|公告|通告|意见|通知|通报|报告|请示|批复|议案|函|纪要|方案|办法|规定|条例|"
        r"细则|规划|计划|纲要|要点|章程|准则|规则|预案|" + LAW + r")(?:[（(][^）)]*[）)])?$"
    )),
    _Evidence(Kind.POLICY, 1.5, "标题是讲话、致辞或信函", re.compile(r"讲话|致辞|贺信|回信|贺电|演讲|主旨发言|贺词")),
    _Evidence(Kind.COURSE, 5, "标题是教学文件", re.compile(
        r"教学大纲|课程大纲|教案|讲义|讲稿|课件|教学设计|试卷|试题|习题|复习|考试|思考题|教学计划|教学日历|"
        r"知识点|导学|课程"
    )),
    _Evidence(Kind.COURSE, 3, "标题是一讲或一章", re.compile(
        r"第\s?[一二三四五六七八九十\d]{1,3}\s?(?:讲|课(?!题)|单元|章|专题)"
    )),
    _Evidence(Kind.RESEARCH, 5, "标题是课题成果", re.compile(
        r"结项|结题|研究报告|调研报告|课题成果|开题|成果要报|论文|立项"
    )),
    _Evidence(Kind.RESEARCH, 2, "标题是研究题目", re.compile(
        r"研究$|的?(?:探索与思考|路径探析|探析|初探|思考|实证|机制研究|路径研究|对策研究|综述)"
    )),
)  # fmt: skip

_TEXT = (
    _Evidence(Kind.COURSE, 3, "有教学目标、重点难点或思考题", re.compile(
        r"教学目标|教学目的|教学重点|教学难点|教学要求|教学过程|课堂小结|思考题|课后作业|考核方式|学习目标|"
        r"复习题|简答题|选择题|论述题|材料分析题"
    )),
    _Evidence(Kind.RESEARCH, 3, "有参考文献或研究综述", re.compile(
        r"参考文献|研究综述|文献综述|研究方法|研究意义|创新之处|基金项目|国内外研究现状"
    )),
    _Evidence(Kind.POLICY, 2, "正文用公文用语", re.compile(
        r"现印发给你们|请认真贯彻执行|现通知如下|现提出(?:以下|如下)意见|特此(?:通知|函|批复|公告|报告)|"
        r"现将.{2,40}(?:印发|通知|通报|公布)|请结合实际|批复如下|函复如下|答复如下|制定本(?:法|条例|办法|规定|"
        r"细则)"
    )),
)  # fmt: skip

_OPENING = 3000


def guess_kind(
    findings: Findings, title: str, file_name: str, text: str, headings: Sequence[str], *, statute: bool, slides: bool
) -> tuple[Kind, tuple[str, ...]]:
    """The kind with the most evidence, and its reasons. Without any evidence it is policy, whose readers are fewest."""
    scores = dict.fromkeys(Kind, 0.0)
    reasons: dict[Kind, list[tuple[float, str]]] = {kind: [] for kind in Kind}

    def weigh(kind: Kind, weight: float, reason: str) -> None:
        scores[kind] += weight
        reasons[kind].append((weight, reason))

    for kind, weight, name, reason in _FIELDS:
        if name in findings:
            weigh(kind, weight * min(1.0, findings.confidence(name) + 0.15), reason)
    named = f"{title}\n{file_name}"
    for evidence in _TITLE:
        if evidence.pattern.search(title) or (evidence.kind is not Kind.POLICY and evidence.pattern.search(named)):
            weigh(evidence.kind, evidence.weight, evidence.reason)
    opening = "\n".join((text[:_OPENING], *headings, text[-_OPENING // 4 :]))
    for evidence in _TEXT:
        if evidence.pattern.search(opening):
            weigh(evidence.kind, evidence.weight, evidence.reason)
    if statute:
        weigh(Kind.POLICY, 6, "是按条编排的法律法规")
    if slides:
        weigh(Kind.COURSE, 1.5, "是幻灯片")
    best = max(Kind, key=lambda kind: (scores[kind], kind is Kind.POLICY))
    if scores[best] == 0:
        return Kind.POLICY, ("未见明显特征，暂按政策文件归类，请核对",)
    return best, tuple(reason for _, reason in sorted(reasons[best], key=lambda item: -item[0]))
