from pathlib import Path

import docx
import pytest

from corpus.errors import DamagedFile, NeedsOcr
from ingest.blocks import BlockType, ReadFile
from ingest.readers import read_file
from ingest.readers.docx_numbering import format_number
from tests.ingest.readers.files import abstract, num, numbered, p, table, tc, write_docx


def texts(read: ReadFile) -> list[str]:
    return [block.text for block in read.blocks]


def test_automatic_numbering_of_official_documents(tmp_path: Path) -> None:
    lists = abstract(0, ("chineseCounting", "%1、"), ("chineseCounting", "（%2）"), ("decimal", "%3."))
    body = "".join(
        p(text, numbered(1, level))
        for text, level in [
            ("总体要求", 0),
            ("指导思想", 1),
            ("基本原则", 1),
            ("重点任务", 0),
            ("建机制", 1),
            ("立制度", 2),
        ]
    )
    read = read_file(write_docx(tmp_path / "a.docx", body, numbering=lists + num(1, 0)))
    assert texts(read) == [
        "一、总体要求",
        "（一）指导思想",
        "（二）基本原则",
        "二、重点任务",
        "（一）建机制",
        "1.立制度",
    ]
    assert [block.generated for block in read.blocks] == [2, 3, 3, 2, 3, 2]


def test_numbering_restarts_where_an_instance_says_so(tmp_path: Path) -> None:
    override = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride>'
    lists = abstract(0, ("decimal", "第%1讲")) + num(1, 0) + num(2, 0, override) + num(3, 0)
    body = (
        p("甲", numbered(1)) + p("乙", numbered(1)) + p("丙", numbered(2)) + p("丁", numbered(2)) + p("戊", numbered(3))
    )
    read = read_file(write_docx(tmp_path / "a.docx", body, numbering=lists))
    assert texts(read) == ["第1讲 甲", "第2讲 乙", "第1讲 丙", "第2讲 丁", "第3讲 戊"]


def test_legal_numbering_and_levels_bound_to_styles(tmp_path: Path) -> None:
    extras = ('<w:pStyle w:val="H1"/>', '<w:isLgl/><w:pStyle w:val="H2"/>')
    levels = abstract(0, ("chineseCounting", "第%1章"), ("decimal", "%1.%2"), extras=extras)
    styles = "".join(
        f'<w:style w:type="paragraph" w:styleId="{name}"><w:name w:val="heading {i}"/>'
        f'<w:pPr><w:numPr><w:numId w:val="1"/></w:numPr><w:outlineLvl w:val="{i - 1}"/></w:pPr></w:style>'
        for i, name in enumerate(("H1", "H2"), 1)
    )
    body = "".join(
        p(text, f'<w:pStyle w:val="{style}"/>')
        for text, style in [("导论", "H1"), ("缘起", "H2"), ("展开", "H1"), ("方法", "H2")]
    )
    read = read_file(write_docx(tmp_path / "a.docx", body, numbering=levels + num(1, 0), styles=styles))
    assert texts(read) == ["第一章 导论", "1.1 缘起", "第二章 展开", "2.1 方法"]
    assert [block.heading_level for block in read.blocks] == [1, 2, 1, 2]


def test_paragraphs_without_text_are_counted_and_shown_unless_hidden(tmp_path: Path) -> None:
    lists = abstract(0, ("decimal", "3.%1")) + num(1, 0)
    hidden = numbered(1) + "<w:rPr><w:vanish/></w:rPr>"
    body = p("", numbered(1)) + p("定期评价") + p("", hidden) + p("自我评估", numbered(1))
    blocks = read_file(write_docx(tmp_path / "a.docx", body, numbering=lists)).blocks
    assert [block.text for block in blocks] == ["3.1", "定期评价", "3.3 自我评估"]


@pytest.mark.parametrize(
    ("style", "number", "printed"),
    [
        ("chineseCountingThousand", 10, "十"), ("chineseCounting", 12, "十二"), ("japaneseCounting", 20, "二十"),
        ("chineseCountingThousand", 105, "一百零五"), ("chineseCountingThousand", 110, "一百一十"),
        ("chineseCountingThousand", 1001, "一千零一"), ("ideographTraditional", 3, "丙"),
        ("decimalEnclosedCircle", 2, "②"), ("chineseLegalSimplified", 12, "拾贰"), ("upperRoman", 14, "XIV"),
        ("lowerLetter", 27, "aa"), ("decimalZero", 7, "07"),
    ],
)  # fmt: skip
def test_number_formats(style: str, number: int, printed: str) -> None:
    assert format_number(number, style) == printed


def test_controls_changes_and_hidden_text(tmp_path: Path) -> None:
    body = (
        f"<w:sdt><w:sdtContent>{p('江政发〔2023〕7号')}</w:sdtContent></w:sdt>"
        "<w:p><w:r><w:t>应当</w:t></w:r><w:del><w:r><w:delText>可以</w:delText></w:r></w:del>"
        "<w:ins><w:r><w:t>及时</w:t></w:r></w:ins><w:r><w:t>办理</w:t></w:r>"
        "<w:r><w:rPr><w:vanish/></w:rPr><w:t>内部提示</w:t></w:r></w:p>"
        "<w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr><w:r><w:t>前半句，</w:t></w:r></w:p><w:p><w:r><w:t>后半句。</w:t></w:r></w:p>"
        "<w:p><w:r><w:t>上行</w:t><w:br/><w:t>下行</w:t></w:r></w:p>"
    )
    read = read_file(write_docx(tmp_path / "a.docx", body))
    assert texts(read) == ["江政发〔2023〕7号", "应当及时办理", "前半句，后半句。", "上行", "下行"]
    assert [(item.kind, item.text) for item in read.removed] == [("hidden", "内部提示")]


def test_text_boxes_notes_and_margins(tmp_path: Path) -> None:
    box = (
        "<w:p><w:r><w:t>锚点。</w:t></w:r><w:r><mc:AlternateContent><mc:Choice Requires='wps'><w:drawing><wps:txbx>"
        f"<w:txbxContent>{p('框中字')}</w:txbxContent></wps:txbx></w:drawing></mc:Choice><mc:Fallback><w:pict><v:textbox>"
        f"<w:txbxContent>{p('框中字')}</w:txbxContent></v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r></w:p>"
    )
    note = "<w:p><w:r><w:t>正文</w:t><w:footnoteReference w:id='2'/><w:t>继续。</w:t></w:r></w:p>"
    read = read_file(
        write_docx(
            tmp_path / "a.docx",
            box + note,
            footnotes=f"<w:footnote w:type='separator' w:id='0'>{p('横线')}</w:footnote>"
            f"<w:footnote w:id='2'>{p('据访谈。')}</w:footnote>",
            header=p("江城社科"),
            footer=p("— 1 —"),
        )
    )
    assert texts(read) == ["锚点。", "框中字", "正文继续。", "据访谈。"]
    assert read.blocks[-1].type is BlockType.NOTE
    assert {(item.kind, item.text) for item in read.removed} == {
        ("running_head", "江城社科"),
        ("running_foot", "— 1 —"),
    }


def test_pages_and_indents(tmp_path: Path) -> None:
    laid_out = "<w:p><w:r><w:lastRenderedPageBreak/><w:t>第二页</w:t></w:r></w:p>"
    body = p("首行缩进", '<w:ind w:firstLineChars="200"/>') + p("顶格", '<w:ind w:firstLine="0"/>') + laid_out
    body += '<w:p><w:r><w:br w:type="page"/></w:r></w:p>' + p("第三页")
    blocks = read_file(write_docx(tmp_path / "a.docx", body)).blocks
    assert [block.indented for block in blocks] == [True, False, None, None]
    assert [block.page for block in blocks[:3]] == [1, 1, 2]
    assert [block.page_start for block in blocks] == [False, False, False, True]


def test_table_rows_carry_their_headings(tmp_path: Path) -> None:
    body = table(
        tc("社区", '<w:vMerge w:val="restart"/>') + tc("活动", '<w:gridSpan w:val="2"/>'),
        tc("", "<w:vMerge/>") + tc("场次") + tc("人数"),
        tc("东街", '<w:vMerge w:val="restart"/>') + tc("12") + tc("340"),
        tc("", "<w:vMerge/>") + tc("9") + tc("合计"),
    )
    body = body.replace("<w:tr>", "<w:tr><w:trPr><w:tblHeader/></w:trPr>", 2)
    read = read_file(write_docx(tmp_path / "a.docx", body))
    assert texts(read) == ["社区：东街；活动·场次：12；活动·人数：340", "社区：东街；活动·场次：9；活动·人数：合计"]
    assert read.blocks[0].type is BlockType.TABLE_ROW


def test_form_is_read_as_pairs_and_long_cells_as_prose(tmp_path: Path) -> None:
    prose = "|".join(
        f"第{i}周讲授志愿服务的历史、制度与方法，组织学生走访社区服务站并写出心得体会，课堂交流互评。"
        for i in range(1, 7)
    )
    body = table(
        tc("课程名称") + tc("志愿服务概论") + tc("课程代码") + tc("ZY2101"),
        tc("授课教师") + tc("李老师") + tc("学分") + tc("2"),
        tc("教学内容") + tc(prose, '<w:gridSpan w:val="3"/>'),
    )
    read = read_file(write_docx(tmp_path / "a.docx", body))
    assert texts(read)[:3] == ["课程名称：志愿服务概论；课程代码：ZY2101", "授课教师：李老师；学分：2", "教学内容："]
    assert texts(read)[3:] == prose.split("|")


def test_numbers_of_table_rows_are_shown(tmp_path: Path) -> None:
    cell = f"<w:tc>{p('', numbered(1))}</w:tc>"
    body = table(tc("序号") + tc("名称"), cell + tc("书屋"), cell + tc("讲堂"))
    lists = abstract(0, ("decimal", "%1")) + num(1, 0)
    read = read_file(write_docx(tmp_path / "a.docx", body, numbering=lists))
    assert texts(read) == ["序号：1；名称：书屋", "序号：2；名称：讲堂"]


def test_nested_table_stays_in_its_cell(tmp_path: Path) -> None:
    inner = table(tc("甲") + tc("乙"))
    body = table(tc("项目") + tc("构成"), tc("队伍") + f"<w:tc>{inner}{p('等')}</w:tc>")
    assert texts(read_file(write_docx(tmp_path / "a.docx", body))) == ["项目：队伍；构成：甲 乙 等"]


def test_contents_are_set_aside_and_title_is_known(tmp_path: Path) -> None:
    styles = '<w:style w:styleId="T"><w:name w:val="Title"/></w:style>'
    styles += '<w:style w:styleId="C"><w:name w:val="toc 1"/></w:style>'
    body = p("百姓宣讲手册", '<w:pStyle w:val="T"/>') + p("一、选题 3", '<w:pStyle w:val="C"/>') + p("一、选题")
    read = read_file(write_docx(tmp_path / "a.docx", body, styles=styles))
    assert read.properties == {"title": "百姓宣讲手册"}
    assert texts(read) == ["百姓宣讲手册", "一、选题"]
    assert read.removed[0].kind == "table_of_contents"


def test_document_of_another_writer(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_heading("社区调研报告", 0)
    document.add_heading("一、背景", 1)
    document.add_paragraph("调研历时三个月。")
    for text in ("入户访谈", "座谈会"):
        document.add_paragraph(text, style="List Number")
    rows = document.add_table(rows=2, cols=2)
    for cell, text in zip([c for row in rows.rows for c in row.cells], ["社区", "户数", "西街", "1200"], strict=True):
        cell.text = text
    document.save(str(tmp_path / "a.docx"))
    read = read_file(tmp_path / "a.docx")
    assert texts(read) == [
        "社区调研报告",
        "一、背景",
        "调研历时三个月。",
        "1.入户访谈",
        "2.座谈会",
        "社区：西街；户数：1200",
    ]
    assert read.properties["title"] == "社区调研报告"
    assert read.blocks[1].heading_level == 1


def test_pictures_only(tmp_path: Path) -> None:
    picture = "<w:p><w:r><w:pict><v:imagedata/></w:pict></w:r></w:p>"
    with pytest.raises(NeedsOcr, match="1 张图片"):
        read_file(write_docx(tmp_path / "a.docx", picture))
    with pytest.raises(DamagedFile, match="没有可以入库的文字"):
        read_file(write_docx(tmp_path / "b.docx", p("")))
