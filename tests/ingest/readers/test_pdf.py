from collections.abc import Callable
from pathlib import Path

import pypdfium2 as pdfium
import pytest
from reportlab.lib.colors import black
from reportlab.pdfgen.canvas import Canvas

from corpus.errors import DamagedFile, EncryptedFile, NeedsOcr
from ingest.blocks import BlockType
from ingest.readers import read_file
from ingest.readers.pdf_rules import Rule
from ingest.readers.pdf_tables import cells_between
from tests.ingest.readers.pdfs import (
    EM,
    FONT,
    LEADING,
    LEFT,
    SENTENCES,
    TOP,
    draw,
    set_paragraphs,
    stream,
    texts,
    write_pdf,
)


def test_headings_by_size_of_type(tmp_path: Path) -> None:
    def paint(canvas: Canvas) -> None:
        y = 760.0
        for size, text in [(22, "社区宣讲工作手册"), (16, "选题"), (12, ""), (16, "开讲"), (12, "")]:
            if text:
                canvas.setFont(FONT, size)
                canvas.drawString(LEFT, y, text)
                y -= 40
            else:
                set_paragraphs(canvas, SENTENCES, LEFT, y, 36)
                y -= 12 * LEADING

    read = draw(tmp_path, paint)
    assert [(b.text, b.heading_level) for b in read.blocks if b.heading_level] == [
        ("社区宣讲工作手册", 1),
        ("选题", 2),
        ("开讲", 2),
    ]


def test_bookmarks_name_the_headings(tmp_path: Path) -> None:
    def paint(canvas: Canvas) -> None:
        y = 760.0
        for level, text in [(0, "一、选题"), (1, "（一）听民声"), (0, "二、开讲")]:
            canvas.bookmarkPage(text)
            canvas.addOutlineEntry(text, text, level)
            set_paragraphs(canvas, [text, SENTENCES[0]], LEFT, y, 36)
            y -= 100

    read = draw(tmp_path, paint)
    assert [(b.text, b.heading_level) for b in read.blocks if b.heading_level] == [
        ("一、选题", 1),
        ("（一）听民声", 2),
        ("二、开讲", 1),
    ]


def test_tables_become_rows(tmp_path: Path) -> None:
    def paint(canvas: Canvas) -> None:
        set_paragraphs(canvas, SENTENCES[:1], LEFT, TOP, 36)
        canvas.setFont(FONT, EM)
        for row, cells in enumerate(
            [("讲师姓名", "场次", "听众人数"), ("王桂兰", "21", "1200"), ("赵大勇", "17", "860")]
        ):
            for column, text in enumerate(cells):
                canvas.drawString(LEFT + 120 * column, 640 - LEADING * row, text)

    read = draw(tmp_path, paint)
    assert texts(read)[1:] == [
        "讲师姓名：王桂兰；场次：21；听众人数：1200",
        "讲师姓名：赵大勇；场次：17；听众人数：860",
    ]
    assert read.blocks[1].type is BlockType.TABLE_ROW


def test_number_and_signatory_on_one_line(tmp_path: Path) -> None:
    def paint(canvas: Canvas) -> None:
        canvas.setFont(FONT, EM)
        canvas.drawString(LEFT, 700, "江政发〔2023〕7号")
        canvas.drawString(400, 700, "签发人：周明")
        set_paragraphs(canvas, SENTENCES, LEFT, 640, 36)

    assert texts(draw(tmp_path, paint)) == ["江政发〔2023〕7号  签发人：周明", *SENTENCES]


def test_watermark_is_set_aside_and_slanted_type_is_not(tmp_path: Path) -> None:
    def paint(canvas: Canvas) -> None:
        set_paragraphs(canvas, SENTENCES, LEFT, TOP, 36)
        canvas.saveState()
        canvas.translate(200, 300)
        canvas.rotate(45)
        canvas.setFont(FONT, 40)
        canvas.drawString(0, 0, "内部资料")
        canvas.restoreState()
        canvas.saveState()
        canvas.transform(1, 0, 0.25, 1, 0, 0)
        canvas.setFont(FONT, EM)
        canvas.drawString(LEFT, 200, "斜体的附注")
        canvas.restoreState()

    read = draw(tmp_path, paint)
    assert [(item.kind, item.text) for item in read.removed] == [("watermark", "内部资料")]
    assert "斜体的附注" in texts(read)


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_turned_pages_read_alike(tmp_path: Path, rotation: int) -> None:
    def paint(canvas: Canvas) -> None:
        canvas.setPageRotation(rotation)
        set_paragraphs(canvas, SENTENCES, LEFT, TOP, 36)

    assert texts(draw(tmp_path, paint)) == SENTENCES


def test_text_turned_to_stand_upright(tmp_path: Path) -> None:
    def paint(canvas: Canvas) -> None:
        canvas.translate(595, 0)
        canvas.rotate(90)
        set_paragraphs(canvas, SENTENCES, LEFT, 500, 36)

    assert texts(draw(tmp_path, paint)) == SENTENCES


def test_scans_need_ocr_and_a_few_pictures_are_named(tmp_path: Path) -> None:
    def picture(canvas: Canvas) -> None:
        for i in range(60):
            canvas.setStrokeColor(black)
            canvas.line(50, 50 + i * 10, 500, 60 + i * 10)
        canvas.showPage()

    def scans(canvas: Canvas) -> None:
        picture(canvas)
        picture(canvas)

    with pytest.raises(NeedsOcr, match="全部是扫描图片"):
        draw(tmp_path, scans)

    def mixed(canvas: Canvas) -> None:
        for _ in range(2):
            set_paragraphs(canvas, SENTENCES, LEFT, TOP, 36)
            canvas.showPage()
        picture(canvas)

    assert draw(tmp_path, mixed).warnings == ("第 3 页是图片，没有文字层，内容没有入库。",)


@pytest.mark.parametrize(
    "text", ["ÄÅÖ×ÜßàáâãäåæçèéêëìíîïðñÄÅÖ×ÜßàáâãäåæçèéêëìíîïðñÄÅÖ×ÜßàáâãäåæçèéêëìíîïðñÄÅ", "\ue123" * 60]
)
def test_text_layer_that_lies(tmp_path: Path, text: str) -> None:
    content = b"BT /F 12 Tf 50 700 Td <" + text.encode("utf-16-be").hex().encode() + b"> Tj ET"
    cmap = (
        b"/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /X def /CMapType 2 def\n"
        b"1 begincodespacerange <0000> <FFFF> endcodespacerange\n"
        b"2 beginbfrange <0000> <00FF> <0000> <E100> <E1FF> <E100> endbfrange endcmap end end"
    )
    path = write_pdf(
        tmp_path / "a.pdf",
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 2000 800] /Contents 4 0 R"
            b" /Resources << /Font << /F 5 0 R >> >> >>",
            stream(content),
            b"<< /Type /Font /Subtype /Type0 /BaseFont /X /Encoding /Identity-H"
            b" /DescendantFonts [6 0 R] /ToUnicode 7 0 R >>",
            b"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /X /DW 1000 /CIDToGIDMap /Identity"
            b" /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> >>",
            stream(cmap),
        ],
    )
    with pytest.raises(NeedsOcr, match="文字层与页面显示不符"):
        read_file(path)


def test_passwords(tmp_path: Path) -> None:
    from reportlab.lib.pdfencrypt import StandardEncryption

    with pytest.raises(EncryptedFile, match="密码"):
        draw(
            tmp_path, lambda c: set_paragraphs(c, SENTENCES, LEFT, TOP, 36), encrypt=StandardEncryption("open", "owner")
        )
    owner_only = StandardEncryption("", "owner", canPrint=0)
    assert texts(draw(tmp_path, lambda c: set_paragraphs(c, SENTENCES, LEFT, TOP, 36), encrypt=owner_only)) == SENTENCES


def test_empty_and_broken(tmp_path: Path) -> None:
    with pytest.raises(DamagedFile, match="没有可以入库的文字"):
        draw(tmp_path, lambda canvas: canvas.showPage())
    (tmp_path / "b.pdf").write_bytes(b"%PDF-1.7\n" + b"garbage " * 50)
    with pytest.raises(DamagedFile, match="打不开"):
        read_file(tmp_path / "b.pdf")


@pytest.mark.parametrize(("sentence", "said"), [("■" * 40, DamagedFile), (SENTENCES[0] + "■" * 8, None)])
def test_text_that_was_lost_for_want_of_a_font(tmp_path: Path, sentence: str, said: type[Exception] | None) -> None:
    def paint(canvas: Canvas) -> None:
        set_paragraphs(canvas, [sentence] * 4, LEFT, TOP, 36)

    if said:
        with pytest.raises(said, match="缺少字体"):
            draw(tmp_path, paint)
    else:
        assert "缺少字体" in draw(tmp_path, paint).warnings[0]


Ruler = Callable[[Canvas, float, float, float, float], None]


def stroke(canvas: Canvas, x0: float, y0: float, x1: float, y1: float) -> None:
    canvas.line(x0, y0, x1, y1)


def thin_box(canvas: Canvas, x0: float, y0: float, x1: float, y1: float) -> None:
    """A rule as Word draws it."""
    canvas.rect(x0 - 0.25, min(y0, y1) - 0.25, x1 - x0 + 0.5, abs(y1 - y0) + 0.5, stroke=0, fill=1)


def moved_form(canvas: Canvas, x0: float, y0: float, x1: float, y1: float) -> None:
    """A rule in a form that is drawn elsewhere than it stands."""
    name = f"f{x0}-{y0}-{x1}-{y1}"
    canvas.beginForm(name, lowerx=0, lowery=0, upperx=2000, uppery=2000)
    canvas.line(2 * x0, 2 * y0 + 30, 2 * x1, 2 * y1 + 30)
    canvas.endForm()
    canvas.saveState()
    canvas.translate(0, -15)
    canvas.scale(0.5, 0.5)
    canvas.doForm(name)
    canvas.restoreState()


def rule_table(
    canvas: Canvas,
    lefts: list[float],
    tops: list[float],
    missing: tuple[tuple[int, int], ...] = (),
    rule: Ruler = stroke,
) -> None:
    """Rules of a table; ``missing`` are (row, column) whose lower rule is left out, for a cell over two rows."""
    for column in range(len(lefts)):
        rule(canvas, lefts[column], tops[0], lefts[column], tops[-1])
    for row, top in enumerate(tops):
        for column in range(len(lefts) - 1):
            if (row - 1, column) not in missing:
                rule(canvas, lefts[column], top, lefts[column + 1], top)


def paint_table(canvas: Canvas, rule: Ruler = stroke) -> None:
    set_paragraphs(canvas, SENTENCES[:1], LEFT, TOP, 36)
    rule_table(canvas, [80, 150, 330, 400], [660, 635, 590, 545], missing=((1, 0),), rule=rule)
    canvas.setFont(FONT, EM)
    for x, y, text in [
        (85, 643, "街道"), (155, 643, "宣讲内容"), (335, 643, "场次"),
        (85, 590, "东湖"),
        (155, 618, "用家常话讲清政策的来由和办法"), (155, 600, "并当场回答提问"), (335, 610, "12"),
        (155, 573, "张同志"), (155, 555, "李同志"), (335, 565, "8"),
    ]:  # fmt: skip
        canvas.drawString(x, y, text)
    set_paragraphs(canvas, SENTENCES[1:2], LEFT, 500, 36)


PAINTED = [
    SENTENCES[0],
    "街道：东湖；宣讲内容：用家常话讲清政策的来由和办法并当场回答提问；场次：12",
    "街道：东湖；宣讲内容：张同志 李同志；场次：8",
    SENTENCES[1],
]


@pytest.mark.parametrize("rule", [stroke, thin_box, moved_form])
def test_cells_of_a_ruled_table_keep_their_lines_and_spans(tmp_path: Path, rule: Ruler) -> None:
    read = draw(tmp_path, lambda canvas: paint_table(canvas, rule))
    assert texts(read) == PAINTED
    assert [block.type for block in read.blocks[1:3]] == [BlockType.TABLE_ROW] * 2


def test_a_table_on_a_page_whose_corner_is_not_the_origin(tmp_path: Path) -> None:
    draw(tmp_path, paint_table)
    with pdfium.PdfDocument(tmp_path / "a.pdf") as document:
        for set_box in (document[0].set_mediabox, document[0].set_cropbox):
            set_box(-40, 25, 560, 850)
        document.save(tmp_path / "b.pdf")
    assert texts(read_file(tmp_path / "b.pdf")) == PAINTED


@pytest.mark.parametrize(("side", "tables"), [(60, 1), (70, 0)])
def test_squared_paper_is_no_table(side: int, tables: int) -> None:
    places = [4.0 * index for index in range(side)]
    across = [Rule(True, 0, place, places[-1], place) for place in places]
    down = [Rule(False, place, 0, place, places[-1]) for place in places]
    assert len(cells_between([*across, *down])) == tables


def test_rules_that_are_no_table_leave_the_text_alone(tmp_path: Path) -> None:
    def paint(canvas: Canvas) -> None:
        set_paragraphs(canvas, SENTENCES, LEFT, TOP, 36)
        rule_table(canvas, [30, 40, 50, 60, 560], [800, 790, 780, 500])

    def with_neighbours(canvas: Canvas) -> None:
        paint(canvas)
        canvas.drawString(LEFT, 440, "供稿：东湖街道")
        canvas.drawString(LEFT + 300, 440, "校对：西山街道")

    assert texts(draw(tmp_path, paint)) == SENTENCES
    read = draw(tmp_path, with_neighbours)
    assert texts(read)[: len(SENTENCES)] == SENTENCES
    assert {block.type for block in read.blocks[: len(SENTENCES)]} == {BlockType.PARAGRAPH}
