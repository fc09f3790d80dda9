"""Whole official documents, written for these tests, with everything that must be read out of them."""

from pathlib import Path

import pytest

from corpus.records import Kind
from tests.ingest.drafts import bodies, cards, draft_file, fields, outline, path_of

INTERNAL = {"researchers", "curators"}

NOTICE = """
青川省人民政府办公厅文件

青政办发〔2023〕17号

青川省人民政府办公厅关于印发
青川省社区书屋建设三年行动方案的通知

各市、县（市、区）人民政府，省政府各部门、各直属机构：

　　《青川省社区书屋建设三年行动方案》已经省政府同意，现印发给你们，请认真贯彻执行。

青川省人民政府办公厅
2023年5月9日

（此件公开发布）

青川省社区书屋建设三年行动方案

　　为方便群众就近阅读，制定本方案。

　　一、总体要求

　　（一）工作目标。到2025年，全省城市社区书屋覆盖率达到90%，农村达到75%。

　　（二）基本原则。坚持群众需要什么书就配什么书，不搞一刀切。

　　二、重点任务

　　（一）摸清底数。各县（市、区）于2023年6月底前完成调查，调查内容包括书屋面积、藏书数量、开放时间。

　　（二）补齐短板。对没有书屋的社区，优先利用闲置房屋改造，不得新建楼堂馆所。

抄送：省委各部门，省人大常委会办公厅，省政协办公厅。

青川省人民政府办公厅　　　　2023年5月10日印发
"""


def test_notice_that_prints_a_plan(tmp_path: Path) -> None:
    draft = draft_file(tmp_path, NOTICE)
    found = fields(draft)
    assert draft.title == "青川省人民政府办公厅关于印发青川省社区书屋建设三年行动方案的通知"
    assert found["organization"] == "青川省人民政府办公厅"
    assert found["document_number"] == "青政办发〔2023〕17号"
    assert found["issued_on"] == "2023-05-09"
    assert found["document_type"] == "通知"
    assert found["addressees"] == ["各市、县（市、区）人民政府", "省政府各部门、各直属机构"]
    assert found["distribution"] == ["抄送：省委各部门，省人大常委会办公厅，省政协办公厅。"]
    assert found["editor"] == "青川省人民政府办公厅"
    assert draft.kind is Kind.POLICY
    assert draft.readers == {"public"}
    assert outline(draft.sections) == [
        "青川省社区书屋建设三年行动方案",
        "  一、总体要求",
        "    （一）工作目标",
        "    （二）基本原则",
        "  二、重点任务",
        "    （一）摸清底数",
        "    （二）补齐短板",
    ]
    assert path_of(draft, "覆盖率达到90%")[1:] == ("一、总体要求", "（一）工作目标")
    assert draft.report.integrity is not None
    assert draft.report.integrity.holds
    assert not draft.report.missing_fields


OPINION = """
云台市人民政府关于加强老年食堂运营管理的意见
云政发〔2022〕8号

各区人民政府，市政府各委、办、局：
为让老年人吃得安心、吃得实惠，现提出如下意见。
一、明确服务对象。老年食堂面向本市60周岁以上居民开放，对高龄、独居、失能老人优先保障。
二、规范收费标准。各区要做到三个公开：一是公开菜品价格，每周在门口张贴；二是公开补贴标准，由社区居委会核对后报街道；三是公开收支情况，每季度向居民代表会议报告一次。
三、落实监管责任
市场监管部门每月抽查一次。民政部门牵头考核，首先看老人满意率，其次看浪费率，最后看资金使用效率。
附件：1.老年食堂建设标准
2.老年食堂评价表
云台市人民政府
二〇二二年三月十五日
附件1
老年食堂建设标准
一、面积不少于80平方米。
二、设置无障碍通道。
附件2
老年食堂评价表
"""


def test_opinion_with_points_and_attachments(tmp_path: Path) -> None:
    draft = draft_file(tmp_path, OPINION)
    found = fields(draft)
    assert draft.title == "云台市人民政府关于加强老年食堂运营管理的意见"
    assert found["issued_on"] == "2022-03-15"
    assert found["organization"] == "云台市人民政府"
    assert found["document_number"] == "云政发〔2022〕8号"
    assert draft.readers == {"public"}
    assert outline(draft.sections) == [
        "一、明确服务对象",
        "二、规范收费标准",
        "  一是公开菜品价格",
        "  二是公开补贴标准",
        "  三是公开收支情况",
        "三、落实监管责任",
        "  首先看老人满意率",
        "  其次看浪费率",
        "  最后看资金使用效率",
        "附件1 老年食堂建设标准",
        "  一、面积不少于80平方米",
        "  二、设置无障碍通道",
        "附件2 老年食堂评价表",
    ]
    assert draft.report.integrity is not None
    assert draft.report.integrity.holds


LETTER = """
临江省教育厅

临教函〔2024〕33号

临江省教育厅关于商请选派教师支援山区学校的函

省师范大学：

　　为缓解我省山区学校音体美教师短缺问题，拟请贵校选派40名教师到8个县支教，期限一年。妥否，请函复。

　　（联系人：陆一鸣，联系电话：0888-3312208）

临江省教育厅
2024年3月1日
"""


def test_letter(tmp_path: Path) -> None:
    draft = draft_file(tmp_path, LETTER)
    found = fields(draft)
    assert draft.title == "临江省教育厅关于商请选派教师支援山区学校的函"
    assert found["document_type"] == "函"
    assert found["document_number"] == "临教函〔2024〕33号"
    assert found["addressees"] == ["省师范大学"]
    assert found["phone"] == "0888-3312208"
    assert found["organization"] == "临江省教育厅"
    assert found["issued_on"] == "2024-03-01"
    phone = next(item for item in draft.fields if item.name == "phone")
    assert phone.restricted
    assert not any("0888" in text for text in (*bodies(draft), *cards(draft)))


SPEECH = """
在全市基层宣讲骨干培训班上的讲话
（2023年9月12日）
何致远
同志们：
　　今天把大家请来，主要是交流怎样把道理讲到群众心里去。我讲三点意见。
　　一、讲什么
　　要讲群众关心的事。医保怎么报、地力补贴怎么领，这些事讲清楚了，大道理就有了落脚的地方。
　　二、怎么讲
　　用家常话讲。统一是为了方便，不是为了把每一场都讲成一个样子。
　　三、谁来讲
　　退休教师、村医、返乡青年都可以讲。
"""


def test_speech(tmp_path: Path) -> None:
    draft = draft_file(tmp_path, SPEECH)
    found = fields(draft)
    assert draft.title == "在全市基层宣讲骨干培训班上的讲话"
    assert found["issued_on"] == "2023-09-12"
    assert found["authors"] == ["何致远"]
    assert found["document_type"] == "讲话"
    assert draft.kind is Kind.POLICY
    assert draft.readers == INTERNAL  # no public number: the narrower
    assert outline(draft.sections) == ["一、讲什么", "二、怎么讲", "三、谁来讲"]


MINUTES = """
南屏县人民政府会议纪要
〔2024〕第3次

关于研究乡村公路养护问题的会议纪要

2024年4月18日上午，县长赵启明主持召开会议，研究乡村公路养护有关问题。会议议定以下事项：
一、关于养护经费
由县财政局在2024年预算中安排320万元。
二、关于养护队伍
每个乡镇组建一支不少于6人的养护队。
出席：赵启明、钱立新、孙明月。
南屏县人民政府办公室　2024年4月20日印发
"""


def test_minutes(tmp_path: Path) -> None:
    draft = draft_file(tmp_path, MINUTES)
    found = fields(draft)
    assert draft.title == "关于研究乡村公路养护问题的会议纪要"
    assert found["issue_number"] == "2024年第3次"
    assert found["series"] == "南屏县人民政府会议纪要"
    assert found["document_type"] == "纪要"
    assert found["issued_on"] == "2024-04-20"
    assert found["editor"] == "南屏县人民政府办公室"
    assert draft.readers == INTERNAL
    assert [item.heading for item in draft.sections] == ["一、关于养护经费", "二、关于养护队伍"]


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


ORDER = """
白河市人民政府令
第12号
《白河市公园管理规定》已经2021年6月2日市政府第40次常务会议通过，现公布《白河市公园管理规定》，自2021年8月1日起施行。
市长　方景行
2021年6月10日
白河市公园管理规定
第一条　为加强公园管理，制定本规定。
第二条　公园管理机构履行下列职责：
（一）维护园容；
（二）保障安全。
第三条　本规定自2021年8月1日起施行。
"""


def test_order_that_promulgates_a_rule(tmp_path: Path) -> None:
    draft = draft_file(tmp_path, ORDER)
    found = fields(draft)
    assert draft.title == "白河市公园管理规定"
    assert found["document_number"] == "白河市人民政府令第12号"
    assert found["signatory"] == "方景行"
    assert found["issued_on"] == "2021-06-10"
    assert found["validity"] == "自2021年8月1日起施行"
    assert draft.readers == {"public"}
    articles = [item.heading for item in draft.sections if item.style == "第X条"]
    assert articles == ["第一条", "第二条", "第三条"]
    assert "第二条　公园管理机构履行下列职责：\n（一）维护园容；\n（二）保障安全。" in bodies(draft)


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


STATUTE = """
# 沧水省志愿者保障条例

2019年11月28日 沧水省第十三届人民代表大会常务委员会第十五次会议通过

2023年3月30日 沧水省第十四届人民代表大会常务委员会第二次会议《关于修改〈沧水省志愿者保障条例〉的决定》修正

## 目　录

第一章　总则

第二章　保障措施

## 第一章　总则

第一条　为了保障志愿者合法权益，制定本条例。

第二条　（适用范围）本省行政区域内的志愿者保障工作，适用本条例。

## 第二章　保障措施

第三条　志愿服务组织应当为志愿者购买人身意外伤害保险。

第三条之一　鼓励保险机构开发专门险种。依照第二条规定开展的活动，同样适用。

第四条　本条例自2020年3月5日起施行。
"""


def test_statute(tmp_path: Path) -> None:
    draft = draft_file(tmp_path, STATUTE, "沧水省志愿者保障条例(2023-03-30).md")
    found = fields(draft)
    assert draft.title == "沧水省志愿者保障条例"
    assert found["organization"] == "沧水省人民代表大会常务委员会"
    assert found["issued_on"] == "2023-03-30"
    assert found["document_type"] == "条例"
    assert found["validity"] == "自2020年3月5日起施行"
    assert draft.readers == {"public"}
    assert outline(draft.sections)[-7:] == [
        "第一章　总则",
        "  第一条",
        "  第二条　（适用范围）",
        "第二章　保障措施",
        "  第三条",
        "  第三条之一",
        "  第四条",
    ]
    assert path_of(draft, "人身意外伤害保险") == ("第二章　保障措施", "第三条")


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
