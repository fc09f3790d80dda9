from pathlib import Path

import pytest
from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.util import Cm

from corpus.errors import NeedsOcr
from ingest.blocks import BlockType
from ingest.readers import read_file


def test_slides_in_reading_order(tmp_path: Path) -> None:
    deck = Presentation()
    slide = deck.slides.add_slide(deck.slide_layouts[5])
    slide.shapes.title.text = "宣讲三步法"
    for text, left, top in [("第三步 互动", 1, 12), ("第二步 开讲", 12, 6), ("第一步 选题", 1, 6.2)]:
        slide.shapes.add_textbox(Cm(left), Cm(top), Cm(8), Cm(2)).text_frame.text = text
    group = slide.shapes.add_group_shape()
    group.shapes.add_textbox(Cm(1), Cm(15), Cm(8), Cm(1)).text_frame.text = "组内说明"
    slide.notes_slide.notes_text_frame.text = "先讲故事\n再讲道理"
    read = _read(deck, tmp_path)
    assert [block.text for block in read.blocks] == [
        "宣讲三步法", "第一步 选题", "第二步 开讲", "第三步 互动", "组内说明", "先讲故事", "再讲道理",
    ]  # fmt: skip
    assert (read.blocks[0].heading_level, read.blocks[0].page, read.blocks[0].page_start) == (1, 1, True)
    assert [block.type for block in read.blocks[-2:]] == [BlockType.NOTE, BlockType.NOTE]


def test_tables_charts_and_hidden_slides(tmp_path: Path) -> None:
    deck = Presentation()
    first = deck.slides.add_slide(deck.slide_layouts[6])
    cells = first.shapes.add_table(3, 2, Cm(1), Cm(1), Cm(10), Cm(4)).table
    for index, text in enumerate(["讲师", "场次", "王桂兰", "21", "赵大勇", "17"]):
        cells.cell(index // 2, index % 2).text = text
    data = CategoryChartData()
    data.categories = ["2022年", "2023年"]
    data.add_series("听众", (1200, 3400))
    first.shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, Cm(1), Cm(8), Cm(10), Cm(6), data)
    hidden = deck.slides.add_slide(deck.slide_layouts[5])
    hidden.shapes.title.text = "备用页"
    hidden._element.set("show", "0")
    last = deck.slides.add_slide(deck.slide_layouts[5])
    last.shapes.title.text = "谢谢"
    read = _read(deck, tmp_path)
    assert [(block.text, block.page) for block in read.blocks] == [
        ("讲师：王桂兰；场次：21", 1),
        ("讲师：赵大勇；场次：17", 1),
        ("2022年；听众：1200", 1),
        ("2023年；听众：3400", 1),
        ("谢谢", 3),
    ]
    assert ("hidden_slide", "备用页") in {(item.kind, item.text) for item in read.removed}
    assert read.warnings == ("第 2 张幻灯片设为隐藏，没有入库。",)


def test_automatic_numbers(tmp_path: Path) -> None:
    deck = Presentation()
    slide = deck.slides.add_slide(deck.slide_layouts[6])
    frame = slide.shapes.add_textbox(Cm(1), Cm(1), Cm(8), Cm(4)).text_frame
    frame.text = "听得懂"
    frame.add_paragraph().text = "记得住"
    for paragraph in frame.paragraphs:
        mark = paragraph._p.get_or_add_pPr().makeelement(
            "{http://schemas.openxmlformats.org/drawingml/2006/main}buAutoNum", {"type": "ea1ChsPeriod"}
        )
        paragraph._p.get_or_add_pPr().append(mark)
    read = _read(deck, tmp_path)
    assert [(block.text, block.generated) for block in read.blocks] == [("一、听得懂", 2), ("二、记得住", 2)]


def test_slides_made_of_pictures(tmp_path: Path) -> None:
    dot = tmp_path / "dot.png"
    dot.write_bytes(
        bytes.fromhex(
            "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415408d763f8ffff3f0005fe02fea135"
            "81e60000000049454e44ae426082"
        )
    )
    deck = Presentation()
    deck.slides.add_slide(deck.slide_layouts[6]).shapes.add_picture(str(dot), 0, 0)
    with pytest.raises(NeedsOcr, match="图片"):
        _read(deck, tmp_path)


def _read(deck, folder: Path):
    deck.save(str(folder / "a.pptx"))
    return read_file(folder / "a.pptx")
