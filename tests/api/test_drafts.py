"""What a draft's format sets off as quotations."""

from docx import Document
from docx.shared import Pt

from api.drafts import read_draft


def blocks(path):
    draft = read_draft(path)
    return [draft.text[block.start : block.end] for block in draft.blocks]


def test_quotation_styles_and_indents_of_word(tmp_path):
    document = Document()
    document.add_paragraph("开场白。")
    document.add_paragraph("一抓到底，久久为功。", style="Quote")
    document.add_paragraph("条目不是引文。", style="List Bullet")
    document.add_paragraph("首行缩进不是引文。").paragraph_format.first_line_indent = Pt(24)
    document.add_paragraph("整段缩进的原文。").paragraph_format.left_indent = Pt(24)
    document.save(tmp_path / "文稿.docx")
    assert blocks(tmp_path / "文稿.docx") == ["一抓到底，久久为功。", "整段缩进的原文。"]


def test_a_document_that_is_set_in_as_a_whole_quotes_nothing(tmp_path):
    document = Document()
    for text in ("第一段。", "第二段。", "第三段。"):
        document.add_paragraph(text).paragraph_format.left_indent = Pt(24)
    document.save(tmp_path / "文稿.docx")
    assert blocks(tmp_path / "文稿.docx") == []


def test_markdown(tmp_path):
    (tmp_path / "文稿.md").write_text("开场白。\n\n> 一抓到底。\n\n收尾。", encoding="utf-8")
    assert blocks(tmp_path / "文稿.md") == ["一抓到底。"]
