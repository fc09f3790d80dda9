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


@pytest.mark.parametrize(
    ("said", "until"),
    [
        ("自2021年8月1日起施行，有效期5年", "2026-07-31"),
        ("自印发之日起施行，有效期3年", "2024-06-09"),
        ("自公布之日起30日后施行，有效期至2025年12月31日", "2025-12-31"),
        ("施行前核发的许可证，在有效期5年内继续有效", None),
    ],
)
def test_how_long_a_document_says_it_holds(tmp_path: Path, said: str, until: str | None) -> None:
    draft = draft_file(tmp_path, ORDER.replace("自2021年8月1日起施行", said))
    assert fields(draft).get("expires_on") == until
    assert said in draft.text


def test_a_term_may_count_from_some_days_after_the_issue(tmp_path: Path) -> None:
    said = "自公布之日起30日后施行，有效期2年"
    assert fields(draft_file(tmp_path, ORDER.replace("自2021年8月1日起施行", said)))["expires_on"] == "2023-07-09"


@pytest.mark.parametrize(
    ("row", "until"),
    [
        ("有效期：5年", "2026-07-09"),
        ("有效期：三年", "2024-07-09"),
        ("有效期：2021年8月1日至2025年12月31日", "2025-12-31"),
        ("有效期：2021-08-01至2025-12-31", "2025-12-31"),
        ("有效期：长期", None),
    ],
)
def test_a_header_row_says_how_long_a_document_holds(tmp_path, row, until):
    header = f"索引号：015/2021-3\n发文机关：云岭县民政局\n成文日期：2021年7月10日\n{row}\n"
    text = "云岭县社区讲堂管理办法\n第一条 社区讲堂由村（社区）设立。\n第二条 本办法由县民政局解释。"
    assert fields(draft_file(tmp_path, header + text)).get("expires_on") == until
    attached = text + f"\n附件\n讲堂登记证样式\n{row}"
    assert "expires_on" not in fields(draft_file(tmp_path, attached))


def test_texts_that_a_notice_prolongs(tmp_path: Path) -> None:
    said = "《白河市公园管理规定》（白政发〔2016〕3号）有效期延长至2026年7月31日，《白河市广场管理规定》有效期延长2年"
    draft = draft_file(tmp_path, ORDER.replace("本规定自2021年8月1日起施行", said))
    assert fields(draft)["prolongs"] == [
        "《白河市公园管理规定》（白政发〔2016〕3号）有效期延长至2026年7月31日",
        "《白河市广场管理规定》有效期延长24个月",
    ]


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
