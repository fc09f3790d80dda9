"""Lines of a PDF put together to paragraphs."""

from pathlib import Path

import pytest
from reportlab.pdfgen.canvas import Canvas

from ingest.blocks import BlockType
from tests.ingest.readers.pdfs import EM, FONT, LEADING, LEFT, SENTENCES, TOP, draw, set_paragraphs, texts, wrap


def test_paragraphs_are_rejoined_inside_and_across_pages(tmp_path: Path) -> None:
    pages = 0

    def paint(canvas: Canvas) -> None:
        nonlocal pages
        show = canvas.showPage

        def with_margins() -> None:
            nonlocal pages
            pages += 1
            canvas.setFont(FONT, 9)
            canvas.drawString(LEFT, 800, "江城市社会科学界联合会")
            canvas.drawCentredString(300, 40, f"— {pages} —")
            show()

        canvas.showPage = with_margins
        set_paragraphs(canvas, SENTENCES * 5, LEFT, TOP, 36, lines_per_page=11)

    read = draw(tmp_path, paint)
    assert texts(read) == SENTENCES * 5
    assert pages >= 4
    assert {item.text for item in read.removed if item.kind == "running_head"} == {"江城市社会科学界联合会"}
    numbers = [item.text for item in read.removed if item.kind == "page_number"]
    assert numbers == [f"— {i} —" for i in range(1, pages + 1)]
    assert {block.indented for block in read.blocks} <= {True, None}
    assert [block.page for block in read.blocks] == sorted(block.page or 0 for block in read.blocks)


def test_columns_are_read_one_after_the_other(tmp_path: Path) -> None:
    def paint(canvas: Canvas) -> None:
        canvas.setFont(FONT, 20)
        canvas.drawCentredString(297, 780, "基层宣讲的实践与思考")
        for column, left in enumerate((60.0, 310.0)):
            set_paragraphs(canvas, SENTENCES[2 * column : 2 * column + 2], left, TOP, 18)

    read = draw(tmp_path, paint)
    assert texts(read) == ["基层宣讲的实践与思考", *SENTENCES]


@pytest.mark.parametrize(
    ("before", "number", "after"),
    [("。", "2020", "年"), ("×", "100%", "，"), ("约", "700-800", "米"), ("占", "12.5", "%")],
)
def test_a_number_cut_by_the_end_of_a_line(tmp_path: Path, before: str, number: str, after: str) -> None:
    start = f"志愿服务站要公布服务时间和服务内容方便居民就近参加活动及时回应群众{before}"
    text = f"{start}{number}{after}居民参加了活动。"
    columns = 2 + len(start) + len(number) - 1
    assert texts(draw(tmp_path, lambda canvas: set_paragraphs(canvas, [text], LEFT, TOP, columns))) == [text]


def test_numbers_between_latin_words_stay_apart(tmp_path: Path) -> None:
    words = "The volunteers of this station met in the year 2024 and 120 people came."
    read = draw(tmp_path, lambda canvas: set_paragraphs(canvas, [words], LEFT, TOP, 54))
    assert texts(read)[0].split() == words.split()


def test_a_line_at_the_margin_goes_on_where_paragraphs_are_indented(tmp_path: Path) -> None:
    """Half-width figures leave a line short, though it is no paragraph's last."""
    figures = "全市二〇二四年宣讲1234567890123456人次。居民参加了每次活动，提出许多建议。"
    paragraphs = [*SENTENCES, figures]
    read = draw(tmp_path, lambda canvas: set_paragraphs(canvas, paragraphs, LEFT, TOP, 2 + figures.index("居民")))
    assert texts(read) == paragraphs


@pytest.mark.parametrize("line", ["以“一窗办理”提升服务水平", "推进“点单派单”机制落地"])
def test_quotation_marks_that_are_drawn_after_the_words_around_them(tmp_path: Path, line: str) -> None:
    """As LibreOffice does where marks and Han characters are of different fonts."""

    def paint(canvas: Canvas) -> None:
        canvas.setFont(FONT, EM)
        canvas.drawString(LEFT, TOP, line.replace("“", "　").replace("”", "　"))
        for index, character in enumerate(line):
            if character in "“”":
                canvas.drawString(LEFT + EM * index, TOP, character)

    assert texts(draw(tmp_path, paint)) == [line]


def test_items_of_a_line_and_a_bit_under_each_other(tmp_path: Path) -> None:
    items = [f"{number}.{SENTENCES[number % 4][: 24 + 12 * (number == 3)]}" for number in range(1, 6)]
    assert texts(draw(tmp_path, lambda canvas: set_paragraphs(canvas, items, LEFT, TOP, 32))) == items
    counted = f"申请人应当具备下列条件：（1）有固定的场所；（2）{SENTENCES[0][:9]}；（3）有专职的讲师。"
    read = draw(tmp_path, lambda canvas: set_paragraphs(canvas, [counted], LEFT, TOP, 2 + counted.index("（3）")))
    assert texts(read) == [counted]


def test_columns_between_lines_that_cross_them(tmp_path: Path) -> None:
    def paint(canvas: Canvas) -> None:
        canvas.setFont(FONT, 18)
        canvas.drawString(180, 780, "两栏之上的文章题目")
        set_paragraphs(canvas, SENTENCES[:2], 60, 740, 18)
        set_paragraphs(canvas, SENTENCES[2:], 320, 740, 18)
        canvas.setFont(FONT, 9)
        canvas.drawString(
            60, 590, "收稿日期：某年某月某日，本文系社会科学规划课题的阶段性成果，两栏之下一行横贯全页的脚注。"
        )
        set_paragraphs(canvas, SENTENCES[:2], 60, 550, 18)
        set_paragraphs(canvas, SENTENCES[2:], 320, 550, 18)

    read = texts(draw(tmp_path, paint))
    assert (read[0], read[1:5], read[6:]) == ("两栏之上的文章题目", SENTENCES, SENTENCES)


def test_footnotes_are_notes_and_do_not_cut_the_sentence_over_the_page(tmp_path: Path) -> None:
    def paint(canvas: Canvas) -> None:
        set_paragraphs(canvas, SENTENCES[:2], LEFT, TOP, 36)
        set_paragraphs(canvas, [SENTENCES[2] * 2], LEFT, 620, 36, lines_per_page=2)

    def with_notes(canvas: Canvas) -> None:
        canvas.showPage, turn = lambda: (notes(canvas), turn()), canvas.showPage
        paint(canvas)

    def notes(canvas: Canvas) -> None:
        canvas.setFont(FONT, 9)
        canvas.drawString(
            LEFT, 120, "①宣讲活动的统计口径以年度通报为准，含线上与线下两种形式，重复参加的听众只统计一次，"
        )
        canvas.drawString(LEFT, 106, "各街道报送的数字由宣传部门核对。")
        canvas.drawString(LEFT, 92, "②志愿服务站包括社区和单位两类。")
        canvas.showPage = type(canvas).showPage.__get__(canvas)

    read = draw(tmp_path, with_notes)
    assert texts(read) == [
        *SENTENCES[:2],
        SENTENCES[2] * 2,
        "①宣讲活动的统计口径以年度通报为准，含线上与线下两种形式，重复参加的听众只统计一次，各街道报送的数字由宣传部门核对。",
        "②志愿服务站包括社区和单位两类。",
    ]
    assert [block.type for block in read.blocks] == [BlockType.PARAGRAPH] * 3 + [BlockType.NOTE] * 2


def _two_columns(canvas: Canvas, paragraphs: list[str], rows: int, columns: int = 18) -> None:
    """Paragraphs in columns of ``rows`` lines, two on a page."""
    lines = [
        (2 * EM if index == 0 else 0.0, line) for text in paragraphs for index, line in enumerate(wrap(text, columns))
    ]
    for number, (indent, line) in enumerate(lines):
        column, row = divmod(number, rows)
        if number and number % (2 * rows) == 0:
            canvas.showPage()
        canvas.setFont(FONT, EM)
        canvas.drawString((60.0, 312.0)[column % 2] + indent, TOP - row * LEADING, line)


@pytest.mark.parametrize("last", [1, 2])
def test_a_last_column_of_a_line_or_two_is_read_after_the_one_beside_it(tmp_path: Path, last: int) -> None:
    rows, wanted = 8, [f"{place}的{sentence}" for place in ("城北街道", "高新区", "江岸村") for sentence in SENTENCES]
    while (over := sum(len(wrap(text, 18)) for text in wanted) - 3 * rows - last) > 0:
        kept = len(wrap(wanted[-1], 18)) - over
        wanted[-1:] = [wanted[-1][: 18 * kept - 5]] if kept > 0 else []
    got = draw(tmp_path, lambda canvas: _two_columns(canvas, wanted, rows))
    assert texts(got) == wanted


def test_a_head_over_one_column_of_a_single_page_does_not_cut_the_paragraph_below(tmp_path: Path) -> None:
    def paint(canvas: Canvas) -> None:
        canvas.setFont(FONT, 9)
        canvas.drawString(480, TOP + 60, "政策文件汇编")
        _two_columns(canvas, SENTENCES, 7)

    assert texts(draw(tmp_path, paint)) == ["政策文件汇编", *SENTENCES]


def test_narrow_columns_with_few_paragraphs_are_judged_by_the_whole_document(tmp_path: Path) -> None:
    """The second line of the first paragraph is short of its column only for its half-width figures."""
    first = "为落实市政府志愿服务工作各项要求，根据（市政办〔2004〕125号）的规定，" + SENTENCES[0] * 3
    assert wrap(first, 18)[1].endswith("号）")
    wanted = [first, *SENTENCES, *(f"此外，{sentence}" for sentence in SENTENCES)]
    assert texts(draw(tmp_path, lambda canvas: _two_columns(canvas, wanted, 12))) == wanted


def test_each_particular_has_a_line_of_its_own_however_wide_the_one_above(tmp_path: Path) -> None:
    rows = ["项目名称：山区夜校与乡村议事的相互促进研究", "主 持 人：乔木青", "承担单位：石桥学院马克思主义学院"]

    def paint(canvas: Canvas) -> None:
        canvas.setFont(FONT, EM)
        for number, row in enumerate(rows):
            canvas.drawString(LEFT, TOP - number * LEADING, row)
        set_paragraphs(canvas, SENTENCES, LEFT, TOP - len(rows) * LEADING, 26)

    assert texts(draw(tmp_path, paint)) == [*rows, *SENTENCES]
