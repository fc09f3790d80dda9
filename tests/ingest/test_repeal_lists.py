"""Texts that a document lists as ended, as offices write such lists."""

from pathlib import Path

import pytest
from docx import Document
from hypothesis import given
from hypothesis import strategies as st

from ingest.blocks import Block, BlockType, ReadFile
from ingest.drafting import draft_version
from tests.ingest.drafts import draft_file, draft_of, fields

HEAD = "云岭县民政局关于公布规范性文件清理结果的通知\n云民发〔2022〕40号\n各乡镇人民政府：\n"
TAIL = "\n云岭县民政局\n2022年8月9日"
WEIR, FAIR = (
    "《云岭县水堰管护办法》（云民发〔2011〕3号）",
    "《关于印发〈云岭县集市管理细则〉的通知》（云民发〔2012〕14号）",
)


@pytest.mark.parametrize(
    ("body", "repealed"),
    [
        (
            "经研究，决定对以下2件规范性文件予以废止：\n1.《云岭县水堰管护办法》（云民发〔2011〕3号）\n"
            "2.关于印发《云岭县集市管理细则》的通知（云民发〔2012〕14号）\n本通知自印发之日起施行。",
            [WEIR, FAIR],
        ),
        (
            "一、废止的规范性文件（1件）\n1.《云岭县水堰管护办法》（云民发〔2011〕3号）\n"
            "二、修改的规范性文件（1件）\n1.关于印发《云岭县集市管理细则》的通知（云民发〔2012〕14号）",
            [WEIR],
        ),
        (
            "下列文件自即日起失效：\n1 云岭县水堰管护办法　云民发〔2011〕3号\n"
            "2 关于印发《云岭县集市管理细则》的通知　云民发〔2012〕14号\n特此通知。",
            [WEIR, FAIR],
        ),
        (
            "附件：1.决定废止的文件目录\n2.继续有效的文件目录\n云岭县民政局\n2022年8月9日\n附件1\n决定废止的文件目录\n（共1件）\n"
            "（一）县民政局文件\n1.云岭县水堰管护办法（试行）\n附件2\n继续有效的文件目录\n1.云岭县值班管理规定",
            ["《云岭县水堰管护办法》"],
        ),
        (
            "现决定废止下列规章：\n（一）《云岭县渡口规定》（1998年3月2日县政府令第12号公布，2004年修订）\n以上规章不再执行。",
            ["《云岭县渡口规定》（县政府令第12号）"],
        ),
        (
            "经研究，决定废止以下文件：1.《云岭县水堰管护办法》（云民发〔2011〕3号）；"
            "2.关于印发《云岭县集市管理细则》的通知（云民发〔2012〕14号）。",
            [WEIR, FAIR],
        ),
        (
            "下列文件停止执行：《云岭县水堰管护办法》（云民发〔2011〕3号）、《云岭县讲堂守则》和《云岭县未成年人讲堂守则》。",
            [WEIR, "《云岭县讲堂守则》", "《云岭县未成年人讲堂守则》"],
        ),
        ("决定废止以下文件：\n（一）未成年人保护类\n1.《云岭县水堰管护办法》 云民发〔2011〕3号", [WEIR]),
        ("拟废止以下文件：\n1.《云岭县水堰管护办法》（云民发〔2011〕3号）", None),
        ("废止的理由如下：\n1.《云岭县水堰管护办法》（云民发〔2011〕3号）与上位法不一致。", None),
        ("对以下文件予以修改、废止：\n1.《云岭县水堰管护办法》（云民发〔2011〕3号）", None),
        ("有下列情形之一的，应当废止：\n（一）与法律相抵触的；\n（二）依据云民发〔2011〕3号制定的。", None),
    ],
)
def test_lists_in_lines(tmp_path: Path, body: str, repealed: list[str] | None) -> None:
    assert fields(draft_file(tmp_path, HEAD + body + TAIL)).get("repeals") == repealed


def test_nothing_ends_while_opinions_are_asked_for(tmp_path: Path) -> None:
    text = HEAD.replace("公布规范性文件清理结果", "征求文件清理意见")
    body = "决定废止以下文件：\n1.《云岭县水堰管护办法》（云民发〔2011〕3号）"
    assert "repeals" not in fields(draft_file(tmp_path, text + body + TAIL))


WORDS = [
    "《",
    "》",
    "（",
    "）",
    "云民发〔2011〕3号",
    "县政府令第12号",
    "办法",
    "水堰",
    "；",
    "。",
    "：",
    "、",
    "1.",
    "序号",
    "废止",
    "以下文件",
]


@given(st.lists(st.tuples(st.booleans(), st.lists(st.sampled_from(WORDS), min_size=1, max_size=8)), max_size=6))
def test_whatever_a_list_looks_like_it_is_read(lines: list[tuple[bool, list[str]]]) -> None:
    blocks = [Block(line) for line in (*HEAD.split("\n")[:3], "决定废止以下文件：")]
    blocks += [Block("".join(words), BlockType.TABLE_ROW if row else BlockType.PARAGRAPH) for row, words in lines]
    draft = draft_version(
        ReadFile("docx", "application/msword", tuple(blocks)), source="s", file_name="s.docx", sha256="0" * 64
    )
    repealed = fields(draft).get("repeals", [])
    assert isinstance(repealed, list)
    assert all(repealed)
    assert all(entry.count("《") == entry.count("》") for entry in repealed)


COLUMNS = ("序号", "文件名称", "文号", "清理结果")
ROWS = (
    ("1", "云岭县水堰管护办法", "云民发〔2011〕3号", "废止"),
    ("2", "云岭县值班管理规定", "云民发〔2019〕7号", "继续有效"),
    ("3", "关于印发《云岭县集市管理细则》的通知", "云民发〔2012〕14号", "宣布失效"),
)


def _write_tables(path: Path, tables: list[tuple[str, list[tuple[str, ...]]]]) -> None:
    document = Document()
    for line in (HEAD + "现将清理结果公布如下。" + TAIL).split("\n"):
        document.add_paragraph(line)
    for number, (heading, rows) in enumerate(tables, 1):
        document.add_paragraph(f"附件{number}")
        document.add_paragraph(heading)
        table = document.add_table(rows=0, cols=len(rows[0]))
        for row in rows:
            for cell, text in zip(table.add_row().cells, row, strict=True):
                cell.text = text
    document.save(str(path))


@pytest.mark.parametrize(
    "tables",
    [
        [("规范性文件清理结果目录", [COLUMNS, *ROWS])],
        [
            ("继续有效的规范性文件目录", [COLUMNS[:3], ROWS[1][:3]]),
            ("废止和失效的规范性文件目录", [COLUMNS[:3], ROWS[0][:3], ROWS[2][:3]]),
        ],
        [("宣布失效的文件目录", [("文件标题", "发文字号"), ROWS[0][1:3], ROWS[2][1:3]])],
    ],
)
def test_lists_in_tables(tmp_path: Path, tables: list[tuple[str, list[tuple[str, ...]]]]) -> None:
    path = tmp_path / "清理结果.docx"
    _write_tables(path, tables)
    draft = draft_of(path)
    found = fields(draft)
    assert found["repeals"] == [WEIR, FAIR]
    # What a list names is none of the document's own names.
    assert draft.title == "云岭县民政局关于公布规范性文件清理结果的通知"
    assert (found["document_number"], found["issued_on"]) == ("云民发〔2022〕40号", "2022-08-09")


def test_a_list_of_projects_is_the_output_of_none(tmp_path: Path) -> None:
    path = tmp_path / "立项名单.docx"
    document = Document()
    for line in ("2024年度云岭县讲堂研究课题立项名单", "云岭县社科联", "2024年4月26日", "一、重点课题"):
        document.add_paragraph(line)
    table = document.add_table(rows=0, cols=3)
    for row in (
        ("课题编号", "课题名称", "主持人"),
        ("24YL005", "楼院讲堂研究", "柴琬舸"),
        ("24YL007", "集市宣讲研究", "陆闻笛"),
    ):
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text
    document.save(str(path))
    draft = draft_of(path)
    assert draft.title == "2024年度云岭县讲堂研究课题立项名单"
    assert not {"project_number", "project_title", "principal"} & fields(draft).keys()
