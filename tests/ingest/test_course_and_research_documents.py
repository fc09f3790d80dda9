"""Whole course and research documents, written for these tests, with everything that must be read out of them."""

from dataclasses import replace
from pathlib import Path

import pytest
from pptx import Presentation

from corpus.records import Flag, Kind
from ingest.blocks import Block, BlockType, ReadFile
from ingest.drafting import draft_version
from ingest.readers import read_file
from tests.ingest.drafts import bodies, cards, draft_file, fields, outline

TEACHING = {"instructors", "researchers"}

SYLLABUS = """
《乡村社会学导论》课程教学大纲

课程名称：乡村社会学导论　　课程代码：SO3105

学分：2　　学时：32　　开课学期：2024-2025学年第二学期

授课教师：罗静姝　　授课对象：社会学专业本科生

开课单位：江岭大学社会学院

一、课程目标

使学生了解乡村社会的基本结构，能够设计并完成一次小型田野调查。

二、教学内容

第一讲　乡村是什么

第二讲　土地与家庭

第三讲　村庄里的公共生活

三、考核方式

平时作业占40%，调查报告占60%。
"""


def test_syllabus(tmp_path: Path) -> None:
    draft = draft_file(tmp_path, SYLLABUS, "乡村社会学导论大纲.txt")
    found = fields(draft)
    assert draft.kind is Kind.COURSE
    assert draft.readers == TEACHING
    assert draft.title == "《乡村社会学导论》课程教学大纲"
    assert found["course_name"] == "乡村社会学导论"
    assert found["course_code"] == "SO3105"
    assert found["credits"] == 2
    assert found["hours"] == 32
    assert found["term"] == "2024-2025学年第二学期"
    assert found["instructor"] == "罗静姝"
    assert found["level"] == "社会学专业本科生"
    assert found["organization"] == "江岭大学社会学院"
    assert outline(draft.sections) == [
        "一、课程目标",
        "二、教学内容",
        "  第一讲　乡村是什么",
        "  第二讲　土地与家庭",
        "  第三讲　村庄里的公共生活",
        "三、考核方式",
    ]


LESSON = """
第4讲　村规民约从哪里来

课程：乡村治理案例
主讲：温书言

【教学目标】
1. 说出村规民约的三个来源。
2. 会用一个真实条款分析利益关系。

【教学重点】
1. 习惯与规则的区别。
2. 谁有权修改。

【思考题】你所在的村（社区）最近一次修改规约是什么时候？改了什么？
"""


def test_lesson_notes(tmp_path: Path) -> None:
    draft = draft_file(tmp_path, LESSON, "乡村治理案例-第4讲.txt")
    found = fields(draft)
    assert draft.kind is Kind.COURSE
    assert found["lesson_no"] == 4
    assert found["lesson_title"] == "村规民约从哪里来"
    assert found["course_name"] == "乡村治理案例"
    assert found["instructor"] == "温书言"
    assert outline(draft.sections) == [
        "【教学目标】",
        "  1. 说出村规民约的三个来源",
        "  2. 会用一个真实条款分析利益关系",
        "【教学重点】",
        "  1. 习惯与规则的区别",
        "  2. 谁有权修改",
        "【思考题】",
    ]


def test_slides() -> None:
    blocks = (
        Block("第2讲 社区动员的五种办法", heading_level=1, page=1, page_start=True),
        Block("《社区工作实务》", page=1),
        Block("主讲：苏晚亭", page=1),
        Block("从熟人开始", heading_level=1, page=2, page_start=True),
        Block("先找三位大家都信得过的人", page=2),
        Block("讲到这里停两分钟，请学生举例", BlockType.NOTE, page=2),
        Block("办法对照", heading_level=1, page=3, page_start=True),
        Block("办法：入户；人数：12；效果：好", BlockType.TABLE_ROW, page=3),
        Block("办法：广播；人数：300；效果：一般", BlockType.TABLE_ROW, page=3),
    )
    read = ReadFile("pptx", "application/x-pptx", blocks)
    draft = draft_version(read, source="s", file_name="社区工作实务-第2讲.pptx", sha256="0" * 64)
    found = fields(draft)
    assert draft.title == "第2讲 社区动员的五种办法"
    assert found["lesson_no"] == 2
    assert found["lesson_title"] == "社区动员的五种办法"
    assert found["instructor"] == "苏晚亭"
    assert [(item.style, item.heading) for item in draft.sections] == [("slide", "从熟人开始"), ("slide", "办法对照")]
    table = [item for item in draft.passages if Flag.TABLE in item.flags]
    assert [(item.page, item.path) for item in table] == [(3, ("办法对照",))]
    assert "办法：入户" in draft.text[table[0].start : table[0].end]


REPORT = """
江岭省哲学社会科学规划课题结项报告

课题编号：21JL032
课题名称：县域图书馆总分馆制运行成效研究
课题负责人：尹知秋（江岭大学公共管理学院教授）
课题组成员：夏青禾、段云舟、欧阳文博
承担单位：江岭大学公共管理学院
成果形式：研究报告
结项时间：2023年12月

摘要：本课题调查了14个县的图书馆总分馆，发现通借通还显著提高了分馆的借阅量，但人员流动频繁影响了服务质量。

关键词：图书馆；总分馆制；公共服务

一、研究背景

总分馆制在全省推行已有六年。

二、研究发现

（一）借阅量上升。分馆年均借阅量由1.2万册增至2.1万册。

（二）人员不稳。分馆管理员平均任职时间只有14个月。

参考文献

[1] 段云舟. 县级图书馆服务半径研究[J]. 图书馆论坛, 2021(5).
"""


def test_final_report(tmp_path: Path) -> None:
    draft = draft_file(tmp_path, REPORT, "结项报告-21JL032.txt")
    found = fields(draft)
    assert draft.kind is Kind.RESEARCH
    assert draft.readers == TEACHING
    assert draft.title == "县域图书馆总分馆制运行成效研究"
    assert found["project_number"] == "21JL032"
    assert found["project_title"] == "县域图书馆总分馆制运行成效研究"
    assert found["authors"] == ["尹知秋", "夏青禾", "段云舟", "欧阳文博"]
    assert found["organization"] == "江岭大学公共管理学院"
    assert found["output_type"] == "研究报告"
    assert found["year"] == 2023
    assert found["keywords"] == ["图书馆", "总分馆制", "公共服务"]
    assert str(found["abstract"]).startswith("本课题调查了14个县")
    assert [item.heading for item in draft.sections if item.level == 1] == ["一、研究背景", "二、研究发现"]


PAPER = """
农村老年人数字反哺的家庭路径

顾南乔　　邵一川

（江岭大学 社会学院，江岭 330100）

摘　要：数字反哺是老年人学习使用手机的主要途径。基于对62户家庭的访谈，本文区分了代办、代教和陪练三种路径。

关键词：数字反哺；家庭；老年人

基金项目：国家社科基金项目“老年数字融入研究”（21BSH077）

一、问题的提出

智能手机进村以后，不会用手机的老人反而更孤单了。

二、三种路径

代办最常见，代教最费时，陪练效果最好。
"""


def test_paper(tmp_path: Path) -> None:
    draft = draft_file(tmp_path, PAPER, "论文.txt")
    found = fields(draft)
    assert draft.kind is Kind.RESEARCH
    assert draft.title == "农村老年人数字反哺的家庭路径"
    assert found["authors"] == ["顾南乔", "邵一川"]
    assert found["organization"] == "江岭大学社会学院"
    assert found["project_number"] == "21BSH077"
    assert found["project_title"] == "老年数字融入研究"
    assert found["keywords"] == ["数字反哺", "家庭", "老年人"]
    assert str(found["abstract"]).endswith("陪练三种路径。")
    assert any("数字反哺是老年人" in card for card in cards(draft))
    assert not any("数字反哺是老年人" in body for body in bodies(draft))


BULLETIN = """
社科成果要报
2022 年第 3 期
（总第 41 期）
江岭省社会科学院主办
二〇二二年九月八日
以数字化赋能县域养老的几点思考
江岭省社会科学院  程望舒
内容摘要：县域养老缺人缺钱更缺数据。
县域养老问题突出。主要表现在三个方面。
第一，数据不通。民政和卫健两张表。
第二，人才不足。护理员平均年龄54岁。
（本文系国家社科基金一般项目“县域养老服务数字化研究”（项目编号：20BSH100）阶段性成果）
主送：省委、省政府领导
责任编辑：王小满   电话：0791-8888666
"""


def test_bulletin_of_research_results_is_internal(tmp_path: Path) -> None:
    draft = draft_file(tmp_path, BULLETIN)
    found = fields(draft)
    assert draft.title == "以数字化赋能县域养老的几点思考"
    assert (found["series"], found["issue_number"], found["serial"]) == ("社科成果要报", "2022年第3期", 41)
    assert found["issued_on"] == "2022-09-08"
    assert found["authors"] == ["程望舒"]
    assert found["organization"] == "江岭省社会科学院"
    assert found["project_number"] == "20BSH100"
    assert found["phone"] == "0791-8888666"
    assert draft.readers == {"researchers", "curators"}
    assert not any("8888666" in text for text in (*bodies(draft), *cards(draft)))
    assert [item.heading for item in draft.sections] == ["第一，数据不通", "第二，人才不足"]


def test_abstract_alone_is_still_found(tmp_path: Path) -> None:
    draft = draft_file(tmp_path, "乡村剧团的重生\n\n摘要：十二个村的调查表明，剧团因网络直播而复兴。", "摘要.txt")
    assert bodies(draft) == []
    assert cards(draft) == ["乡村剧团的重生\n摘要：十二个村的调查表明，剧团因网络直播而复兴。"]


def test_kind_given_by_the_user_wins(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text(PAPER, encoding="utf-8")
    draft = draft_version(
        read_file(path), source="s", file_name="a.txt", sha256="0" * 64, kind=Kind.COURSE, readers=frozenset({"public"})
    )
    assert draft.kind is Kind.COURSE
    assert draft.report.kind_reasons == ("入库时指定",)
    assert draft.readers == {"public"}


def test_text_without_evidence_is_for_the_fewest(tmp_path: Path) -> None:
    draft = draft_file(tmp_path, "天气转凉，湖边的芦苇黄了，早起的人多了起来，谁也没有急着说话。", "随笔.txt")
    assert draft.title == "随笔"
    assert draft.readers == {"researchers", "curators"}
    assert "title" in draft.report.missing_fields


def test_what_a_syllabus_says_of_its_course_is_a_field_and_stays_text(tmp_path: Path) -> None:
    draft = draft_file(
        tmp_path,
        "《基层治理》课程教学大纲\n课程名称：基层治理\n先修课程：公共管理学\n考核方式：平时成绩40%，课程论文60%\n一、绪论\n正文。",
    )
    found = fields(draft)
    assert (found["prerequisites"], found["assessment"]) == ("公共管理学", "平时成绩40%，课程论文60%")
    assert "考核方式：平时成绩40%" in "".join(bodies(draft))


def test_how_a_project_was_closed(tmp_path: Path) -> None:
    found = fields(
        draft_file(
            tmp_path, "村规民约研究结项报告\n项目编号：21SHB123\n结项证书号：2023-118\n结项等级：良好\n一、概况\n正文。"
        )
    )
    assert found["completion"] == ["结项证书号：2023-118", "结项等级：良好"]


@pytest.mark.parametrize(
    ("line", "name", "value"),
    [
        ("课程名称：乡村社会学导论（课程代码：SO3105）", "course_name", "乡村社会学导论"),
        ("课程名称：乡村社会学导论（课程代码：SO3105）", "course_code", "SO3105"),
        ("本项目（项目编号：JLSK20230714）已由江岭市社科联批准立项，资金来自财政。", "project_number", "JLSK20230714"),
        ("本项目(项目编号:JLSK(2023)14)已由江岭市社科联批准立项,资金来自财政。", "project_number", "JLSK(2023)14"),
        ("入汛以来，巡查不断。（作者单位：江岭市水利局）本版供图：某人", "organization", "江岭市水利局"),
        ("课题负责人：罗静姝（教授）", "principal", "罗静姝（教授）"),
        ("课题编号：20ZK019、21ZD001", "project_number", "20ZK019、21ZD001"),
    ],
)
def test_a_value_ends_with_the_bracket_in_which_its_label_stands(
    tmp_path: Path, line: str, name: str, value: str
) -> None:
    text = f"库区调研记\n\n{line}\n\n{'调研组走访了沿岸的村庄。' * 5}"
    assert fields(draft_file(tmp_path, text, "a.txt"))[name] == value


def test_of_a_number_in_running_text_what_follows_is_no_part(tmp_path: Path) -> None:
    line = "立项编号：JLSK2023-14，由江岭市社科联批准，" + "课题组走访了沿岸的村庄，" * 6 + "形成本报告。"
    assert fields(draft_file(tmp_path, f"库区调研记\n\n{line}", "a.txt"))["project_number"] == "JLSK2023-14"


@pytest.mark.parametrize("label", ["作者", "课题负责人", "所在单位"])
def test_a_label_before_running_text_has_no_value(tmp_path: Path, label: str) -> None:
    told = f"{label}：罗静姝近日，由江岭市委宣传部主办的“名嘴进社区”宣讲活动走进沿河街道各个村居，群众叫好。下月再来。"
    found = fields(draft_file(tmp_path, f"库区调研记\n\n{told}\n\n{'走访村庄。' * 30}", "a.txt"))
    assert not found.keys() & {"authors", "principal", "organization"}


@pytest.mark.parametrize(
    ("listed", "words"),
    [
        ("图书馆；总分馆制；公共服务。", ["图书馆", "总分馆制", "公共服务"]),
        ("图书馆  总分馆 制  公共服务", ["图书馆", "总分馆 制", "公共服务"]),
        ("图书馆 总分馆制 公共服务", ["图书馆", "总分馆制", "公共服务"]),
        ("数字反哺（digital feedback, DF）", ["数字反哺（digital feedback, DF）"]),
        ("数字反哺(digital feedback) 老年人", ["数字反哺(digital feedback)", "老年人"]),
        ("rural governance; volunteer service", ["rural governance", "volunteer service"]),
    ],
)
def test_keywords_are_not_cut_within_brackets(tmp_path: Path, listed: str, words: list[str]) -> None:
    head = f"家庭里的数字反哺\n\n摘要：本文讨论家庭成员之间如何学用手机。\n\n关键词：{listed}"
    text = f"{head}\n\n一、引言\n\n{'走访村庄。' * 30}"
    assert fields(draft_file(tmp_path, text, "a.txt"))["keywords"] == words


def test_a_line_of_pairs_in_brackets_belongs_to_them(tmp_path: Path) -> None:
    text = f"导论\n\n课程名称：乡村社会学导论（课程代码：SO3105）\n\n{'走访村庄。' * 30}"
    draft = draft_file(tmp_path, text, "a.txt")
    assert not any("SO3105" in body for body in bodies(draft))
    more = draft_file(tmp_path, text.replace("）", "）面向全校学生开设。"), "b.txt")
    assert any("面向全校学生开设" in body for body in bodies(more))


def test_a_closing_note_in_prose_names_project_people_and_grade(tmp_path: Path) -> None:
    note = (
        "（本文系2023年度江城市社科规划课题“村规民约研究”（课题编号：JC2023-018）的结项成果，课题主持人：罗静姝，"
        "课题组成员：葛春来、方以宁；该课题于2024年5月结项，等级为良好，证书号2024-056。）"
    )
    found = fields(draft_file(tmp_path, f"村规民约何以有效\n一、概况\n村规民约写进了章程。\n{note}"))
    assert (found["project_number"], found["project_title"]) == ("JC2023-018", "村规民约研究")
    assert (found["principal"], found["members"]) == ("罗静姝", "葛春来、方以宁")
    assert found["authors"] == ["罗静姝", "葛春来", "方以宁"]
    assert found["completion"] == ["结项时间：2024年5月", "结项等级：良好", "结项证书号：2024-056"]
    assert found["author_note"] == note


@pytest.mark.parametrize("reader", ["pptx", "ppt"])
def test_a_deck_of_slides_is_a_lesson(tmp_path: Path, reader: str) -> None:
    deck = Presentation()
    for title, text in (("宣讲三步法", "江城市委党校　王一"), ("选题", "贴近群众，抓住热点。"), ("开讲", "先讲故事。")):
        slide = deck.slides.add_slide(deck.slide_layouts[1])
        slide.shapes.title.text, slide.placeholders[1].text = title, text
    deck.save(str(tmp_path / "a.pptx"))
    read = replace(read_file(tmp_path / "a.pptx"), reader=reader)
    draft = draft_version(read, source="s", file_name="a.pptx", sha256="0" * 64)
    found = fields(draft)
    assert draft.kind is Kind.COURSE
    assert {found["title"], found["lesson_title"]} == {"宣讲三步法"}
    assert found["organization"] == "江城市委党校"
    assert "document_type" not in found


def test_words_in_quotation_marks_after_a_project_are_no_title_of_one(tmp_path: Path) -> None:
    found = fields(draft_file(tmp_path, "第5讲　项目设计与“点单派单”机制\n课程名称：志愿服务理论\n一、设计\n正文。"))
    assert "project_title" not in found


def test_what_is_asked_about_a_course_or_a_project_can_be_found(tmp_path: Path) -> None:
    syllabus = (
        "《楼院讲述》课程教学大纲\n课程名称：楼院讲述\n英文名称：Telling in the Yard\n"
        "课程代码：LY2031\n学分：3\n学时：48\n上课地点：安渡楼204\n任课教师：柴琬舸\n一、课程简介\n本课程讲怎样在楼院里把道理讲明白。"
    )
    assert {"课程代码：LY2031\n学分：3\n学时：48", "任课教师：柴琬舸"} <= set(cards(draft_file(tmp_path, syllabus)))
    form = (
        "楼院讲堂研究结项报告\n备案单位：安渡学院\n课题负责人：陆闻笛\n成果形式：调研报告\n"
        "一、研究缘起\n楼院讲堂办了三年。"
    )
    assert any("课题负责人：陆闻笛\n成果形式：调研报告" in card for card in cards(draft_file(tmp_path, form)))
