"""Documents that not everyone may read, written for these tests: who may, and which of their lines are restricted."""

from pathlib import Path

import pytest

from corpus.records import Kind
from tests.ingest.drafts import bodies, cards, draft_file, fields, outline, path_of
from tests.ingest.test_policy_documents import NOTICE

INTERNAL = {"researchers", "curators"}

BULLETIN = """
内部资料　注意保存

智库参阅

【领导批示】：

第6期（总第88期）

中共长岭市委政策研究室  2022年11月3日

关于推动夜校进社区的对策建议

【摘要】长岭师范学院周明远教授课题组调研认为，我市青年夜校供不应求，建议盘活社区用房，扩大课程供给。

一、现状与问题

全市现有夜校点位31个，平均每门课有4.6人报名。一是点位太少，七成街道没有教室；二是课程太单一，手工类占了一半。

二、对策建议

（一）盘活用房。利用社区党群服务中心晚间空闲时段开课。

（二）共享师资。由高校、文化馆、职业学校共同提供教师名单，社区按

需点课。

（作者系市社科规划课题《青年夜校供给机制研究》（22CL015）课题组：周明远、李若谷）

请将领导同志的批示反馈编辑部

联系电话：0777-2210046

报：市委常委，市人大常委会、市政府、市政协主要负责同志

送：市教育局、市民政局、
市文化广电旅游局，各县（区）委办公室

中共长岭市委政策研究室编印

共印120份
"""


def test_internal_bulletin(tmp_path: Path) -> None:
    draft = draft_file(tmp_path, BULLETIN)
    found = fields(draft)
    assert draft.title == "关于推动夜校进社区的对策建议"
    assert found["series"] == "智库参阅"
    assert found["issue_number"] == "第6期"
    assert found["serial"] == 88
    assert found["issued_on"] == "2022-11-03"
    assert found["organization"] == "中共长岭市委政策研究室"
    assert str(found["abstract"]).startswith("长岭师范学院周明远教授课题组")
    assert found["project_title"] == "青年夜校供给机制研究"
    assert found["project_number"] == "22CL015"
    assert found["authors"] == ["周明远", "李若谷"]
    assert found["phone"] == "0777-2210046"
    assert found["distribution"] == [
        "报：市委常委，市人大常委会、市政府、市政协主要负责同志",
        "送：市教育局、市民政局、市文化广电旅游局，各县（区）委办公室",
    ]
    assert found["editor"] == "中共长岭市委政策研究室"
    assert found["copies"] == 120
    assert {"instructions", "feedback", "secrecy"} <= found.keys()
    assert draft.kind is Kind.POLICY
    assert draft.readers == INTERNAL
    assert outline(draft.sections) == [
        "一、现状与问题",
        "  一是点位太少",
        "  二是课程太单一",
        "二、对策建议",
        "  （一）盘活用房",
        "  （二）共享师资",
    ]
    assert "社区按需点课。" in draft.text
    restricted = {item.name for item in draft.fields if item.restricted}
    assert restricted == {"instructions", "feedback", "phone", "distribution"}
    assert any("22CL015" in card for card in cards(draft))
    assert not any("市委常委" in text for text in (*cards(draft), *bodies(draft)))
    assert draft.report.integrity is not None
    assert draft.report.integrity.holds


CLASSIFIED = """
秘密★一年
特急

中共江岭省委办公厅文件

江办发〔２０２３〕８号　　　　签发人：顾长风

关于印发《江岭省理论宣讲工作
管理办法（试行）》的通知

各市委、省委各部委：
经省委同意，现将《江岭省理论宣讲工作管理办法（试行）》印发给你们，请遵照执行。
　　　　　　　　　　　　　中共江岭省委办公厅
　　　　　　　　　　　　　２０２３年６月１日
（此件发至县团级）
江岭省理论宣讲工作管理办法（试行）
第一条  为规范宣讲，制定本办法。
第二条  本办法由省委宣传部负责解释。
中共江岭省委办公厅秘书处            2023年6月2日印发
"""


def test_classified_document_with_the_whole_letterhead(tmp_path: Path) -> None:
    draft = draft_file(tmp_path, CLASSIFIED)
    found = fields(draft)
    assert draft.title == "关于印发《江岭省理论宣讲工作管理办法（试行）》的通知"
    assert found["secrecy"] == "秘密★一年"
    assert found["urgency"] == "特急"
    assert found["document_number"] == "江办发〔2023〕8号"
    assert found["signatory"] == "顾长风"
    assert found["organization"] == "中共江岭省委办公厅"
    assert found["issued_on"] == "2023-06-01"
    assert found["annotation"] == "（此件发至县团级）"
    assert draft.readers == INTERNAL
    assert path_of(draft, "为规范宣讲") == ("江岭省理论宣讲工作管理办法（试行）", "第一条")


@pytest.mark.parametrize(
    ("number", "issuer", "readers"),
    [
        ("青政发〔2023〕2号", "青川省人民政府", {"public"}),
        ("青宣发〔2023〕2号", "中共青川省委宣传部", INTERNAL),
    ],
)
def test_only_a_public_issuer_is_public(tmp_path: Path, number: str, issuer: str, readers: set[str]) -> None:
    title, body = f"{issuer}关于做好防汛工作的通知", "请做好防汛工作，确保群众安全度汛。"
    text = "\n".join((title, number, "各市人民政府：", body, issuer, "2023年6月1日"))
    assert draft_file(tmp_path, text).readers == readers


@pytest.mark.parametrize(
    ("line", "phone", "kept"),
    [
        (
            "联系人：方白　电话：0453-6123456　地址：青川市书院路18号",
            "0453-6123456",
            "联系人：方白|地址：青川市书院路18号",
        ),
        ("（联系人：方白，联系电话：0453-6123456、13904531234）", ["0453-6123456", "13904531234"], "（联系人：方白"),
        ("联系电话：0453-6123456", "0453-6123456", ""),
        ("（电话：6123456）", "6123456", ""),
    ],
)
def test_of_a_line_with_a_telephone_number_only_the_number_is_restricted(
    tmp_path: Path, line: str, phone: object, kept: str
) -> None:
    text = NOTICE.replace("（此件公开发布）", line)
    draft = draft_file(tmp_path, text)
    [field] = [item for item in draft.fields if item.name == "phone"]
    assert (field.value, field.restricted) == (phone, True)
    hidden = "".join(draft.text[span.start : span.end] for span in field.owned)
    assert all(number in hidden for number in ([phone] if isinstance(phone, str) else phone))  # type: ignore[union-attr]
    shown = "|".join(bodies(draft))
    for part in filter(None, kept.split("|")):
        assert part in shown
    assert "6123456" not in shown
    assert draft.report.integrity is not None
    assert draft.report.integrity.holds


def test_number_beside_the_request_for_feedback_is_restricted_too(tmp_path: Path) -> None:
    text = BULLETIN_END.format(line="请将批示意见反馈省委讲师团。联系电话：0453-6123456")
    draft = draft_file(tmp_path, text)
    found = fields(draft)
    assert (found["issue_number"], found["serial"], found["issued_on"]) == ("第12期", 88, "2024-03-01")
    assert (found["organization"], found["series"]) == ("中共青川省委讲师团", "理论研究专报")
    assert found["phone"] == "0453-6123456"
    assert {item.name for item in draft.fields if item.restricted} == {"feedback", "phone", "distribution"}
    assert "0453" not in "".join((*bodies(draft), *cards(draft)))


BULLETIN_END = """
理论研究专报
（第12期，总第88期）
中共青川省委讲师团编　2024年3月1日
关于用好乡村大喇叭的建议
一、现状
乡村大喇叭覆盖面广，老年人听得见、听得懂，是宣讲的好帮手。
{line}
报：省委常委
送：各市委宣传部
"""


def test_attachments_that_are_listed_and_the_day_of_printing(tmp_path: Path) -> None:
    listed = "附件：1.书屋布局图\n2.经费测算表\n\n青川省人民政府办公厅\n2023年5月9日"
    found = fields(draft_file(tmp_path, NOTICE.replace("青川省人民政府办公厅\n2023年5月9日", listed, 1)))
    assert found["attachments"] == ["书屋布局图", "经费测算表"]
    assert (found["issued_on"], found["printed_on"]) == ("2023-05-09", "2023-05-10")
