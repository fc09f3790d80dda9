"""Who issued a document, when, and what it is called, over the layouts that official documents come in."""

from pathlib import Path

import pytest

from tests.ingest.drafts import draft_file, fields

BODY = "　　为做好有关工作，经研究，现将有关事项通知如下，请结合实际认真抓好落实，并于年底前报送进展情况。"

JOINT_LETTERHEAD = f"""
青川省教育厅
青川省财政厅文件

青教规〔2022〕6号

青川省教育厅　青川省财政厅
关于加强县域图书馆建设的通知

各市教育局、财政局：

{BODY}

青川省教育厅　　　青川省财政厅
二〇二二年十月八日
"""

JOINT_WITHOUT_LETTERHEAD = f"""
中共青川省委宣传部
青川省广播电视局
中国人民银行青川省分行
关于开展“送书下乡”活动的通知
青宣联﹝2019﹞12号

各市委宣传部：

{BODY}

中共青川省委宣传部
青川省广播电视局
中国人民银行青川省分行
2019 年 3 月 5 日
"""

OFFICE_CUT_IN_TWO = f"""
青川省精神文明建设指导委员会办公室文件
青文明办〔2021〕3号　　　签发人：方　白

青川省精神文明建设指导委员会
办公室关于推荐优秀志愿服务项目的
通知

各市文明办：

{BODY}

青川省精神文明建设指导委员会办公室　　2021年4月2日

抄送：省委办公厅。
青川省精神文明建设指导委员会办公室　　　2021年4月6日印发
"""

TITLE_WITH_A_LINE_LIKE_AN_OFFICE = f"""
青川省人民政府文件
青政函〔2006〕81号

青川省人民政府关于
同意省地震局后勤中心
迁址新建的批复

省地震局：

{BODY}

青川省人民政府
二○○六年五月一日
"""

FORWARDED = f"""
青川省人民政府办公厅转发省民政厅
关于规范社区社会组织管理意见的通知
青政办发（2011）40号

各市人民政府：

{BODY}

青川省人民政府办公厅
二〇一一年十二月二十日
"""


@pytest.mark.parametrize(
    ("text", "organization", "title", "number", "day"),
    [
        (
            JOINT_LETTERHEAD,
            "青川省教育厅、青川省财政厅",
            "青川省教育厅 青川省财政厅关于加强县域图书馆建设的通知",
            "青教规〔2022〕6号",
            "2022-10-08",
        ),
        (
            JOINT_WITHOUT_LETTERHEAD,
            "中共青川省委宣传部、青川省广播电视局、中国人民银行青川省分行",
            "中共青川省委宣传部 青川省广播电视局 中国人民银行青川省分行关于开展“送书下乡”活动的通知",
            "青宣联〔2019〕12号",
            "2019-03-05",
        ),
        (
            OFFICE_CUT_IN_TWO,
            "青川省精神文明建设指导委员会办公室",
            "青川省精神文明建设指导委员会办公室关于推荐优秀志愿服务项目的通知",
            "青文明办〔2021〕3号",
            "2021-04-02",
        ),
        (
            TITLE_WITH_A_LINE_LIKE_AN_OFFICE,
            "青川省人民政府",
            "青川省人民政府关于同意省地震局后勤中心迁址新建的批复",
            "青政函〔2006〕81号",
            "2006-05-01",
        ),
        (
            FORWARDED,
            "青川省人民政府办公厅",
            "青川省人民政府办公厅转发省民政厅关于规范社区社会组织管理意见的通知",
            "青政办发〔2011〕40号",
            "2011-12-20",
        ),
    ],
)
def test_layouts(tmp_path: Path, text: str, organization: str, title: str, number: str, day: str) -> None:
    draft = draft_file(tmp_path, text)
    found = fields(draft)
    assert (found["organization"], found["title"], found["document_number"], found["issued_on"]) == (
        organization,
        title,
        number,
        day,
    )
    assert draft.report.integrity is not None
    assert draft.report.integrity.holds


def test_label_that_an_export_ran_together_with_the_value_before(tmp_path: Path) -> None:
    found = fields(
        draft_file(
            tmp_path,
            "村级议事规则研究结项报告\n项目名称：村级议事规则的形成机制研究主持人：方白\n课题编号：19ZK003课题组成员：柳青、古月\n",
        )
    )
    assert found["project_title"] == "村级议事规则的形成机制研究"
    assert found["project_number"] == "19ZK003"
    assert found["authors"] == ["方白", "柳青", "古月"]


@pytest.mark.parametrize(
    ("text", "year"),
    [
        (
            "村级议事规则的形成\n方白\n【摘要】本文讨论村级议事规则如何形成。\n【收稿日期】2021年3月4日\n一、引言\n正文。",
            2021,
        ),
        ("2020年度立项课题一览\n一、重点课题\n正文。", 2020),
    ],
)
def test_year_without_a_date_of_issue(tmp_path: Path, text: str, year: int) -> None:
    assert fields(draft_file(tmp_path, text))["year"] == year


@pytest.mark.parametrize(
    "task",
    [
        "请以“我的家乡”为题，写一篇不少于八百字的短文。",
        "结合材料谈谈对院坝讲堂的认识",
        "院坝讲堂为了谁？",
        "以“讲堂十年”为题写一篇小作文，600字",
    ],
)
def test_a_row_that_sets_a_task_is_no_title(tmp_path: Path, task: str) -> None:
    draft = draft_file(tmp_path, f"# 宣讲学期末试卷\n\n## 一、论述题\n\n**题目：** {task}\n", "试卷.md")
    assert draft.title == "宣讲学期末试卷"
    assert task.split("，", maxsplit=1)[0] in draft.text


def test_a_row_that_names_the_work_is_its_title(tmp_path: Path) -> None:
    draft = draft_file(tmp_path, "题目：以文化人：院坝讲堂十年\n\n作者：罗静姝\n\n院坝讲堂办了十年。\n", "文.txt")
    assert draft.title == "以文化人：院坝讲堂十年"
