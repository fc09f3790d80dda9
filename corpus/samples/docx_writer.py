"""Word documents in the manner of Chinese offices, with typed or automatic numbering."""

import io
import re
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Cm, Pt, RGBColor

from corpus.samples.packaging import repack
from corpus.samples.source import NOTICE, Source, SourceBlock

_ALIGN = {
    "title": WD_ALIGN_PARAGRAPH.CENTER,
    "head": WD_ALIGN_PARAGRAPH.CENTER,
    "attachment": WD_ALIGN_PARAGRAPH.CENTER,
    "center": WD_ALIGN_PARAGRAPH.CENTER,
    "right": WD_ALIGN_PARAGRAPH.RIGHT,
}
_FACES = {"title": "方正小标宋简体", "attachment": "方正小标宋简体", "head": "方正小标宋简体", "heading": "黑体"}
_SIZES = {"title": 22, "attachment": 22, "head": 36}
_INDENTED = ("heading", "paragraph", "bullet")

_OUTLINE, _ARTICLES = 41, 42
"""Ids of the two lists that automatic numbering uses."""

_LEVELS = {
    _OUTLINE: (
        ("chineseCountingThousand", "%1、", "nothing"),
        ("chineseCountingThousand", "（%2）", "nothing"),
        ("decimal", "%3.", "nothing"),
    ),
    _ARTICLES: (
        ("chineseCountingThousand", "第%1章", "space"),
        ("chineseCountingThousand", "第%2条", "space"),
    ),
}
_HAN = "[一二三四五六七八九十百]+"
_LABELS = (
    (re.compile(rf"第{_HAN}章\s*"), _ARTICLES, 0),
    (re.compile(rf"第{_HAN}条\s*"), _ARTICLES, 1),
    (re.compile(rf"{_HAN}、"), _OUTLINE, 0),
    (re.compile(rf"（{_HAN}）"), _OUTLINE, 1),
    (re.compile(r"\d+\."), _OUTLINE, 2),
)


def render_docx(source: Source) -> bytes:
    """``layout.numbering = "automatic"`` leaves the numbers to Word; ``layout.headings = "style"`` uses its styles."""
    document = Document()
    _set_page(document)
    automatic = source.layout.get("numbering") == "automatic"
    if automatic:
        _define_lists(document)
    for block in source.blocks:
        if block.role == "table":
            _add_table(document, block.rows, form=source.layout.get("tables") == "form")
        else:
            _add_paragraph(document, block, automatic=automatic, styled=source.layout.get("headings") == "style")
    properties = document.core_properties
    properties.title, properties.author = source.layout.get("title", ""), source.layout.get("author", "")
    properties.comments, properties.last_modified_by = NOTICE, ""
    properties.created = properties.modified = source.written.replace(tzinfo=None)
    buffer = io.BytesIO()
    document.save(buffer)
    return repack(buffer.getvalue())


def _set_page(document: Any) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.top_margin, section.bottom_margin = Cm(3.7), Cm(3.5)
    section.left_margin, section.right_margin = Cm(2.8), Cm(2.6)
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = "Times New Roman", Pt(16)
    normal.element.rPr.rFonts.set(qn("w:eastAsia"), "仿宋_GB2312")
    normal.paragraph_format.line_spacing, normal.paragraph_format.space_after = Pt(28), Pt(0)
    footer = section.footer.paragraphs[0]
    footer.alignment = WD_ALIGN_PARAGRAPH.CENTER
    footer.add_run(NOTICE).font.size = Pt(8)


def _add_paragraph(document: Any, block: SourceBlock, *, automatic: bool, styled: bool) -> None:
    paragraph = document.add_paragraph()
    if styled and block.role == "heading":
        paragraph.style = document.styles[f"Heading {block.level}"]
    text = _number(paragraph, block) if automatic else block.text
    paragraph.alignment = _ALIGN.get(block.role)
    if block.role in _INDENTED:
        paragraph.paragraph_format.first_line_indent = Pt(32)
    run = paragraph.add_run(text)
    run.font.size = Pt(_SIZES.get(block.role, 16))
    if block.role in _FACES:
        face = "楷体_GB2312" if block.role == "heading" and block.level > 1 else _FACES[block.role]
        run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), face)
    if block.role == "head":
        run.font.color.rgb = RGBColor(0xC0, 0, 0)


def _number(paragraph: Any, block: SourceBlock) -> str:
    """Give the paragraph its list level; the text that remains to be typed."""
    for label, number, level in _LABELS if block.role in ("heading", "paragraph") else ():
        match = label.match(block.text)
        if match and (block.role == "heading" or number == _ARTICLES):
            listed = paragraph._p.get_or_add_pPr().get_or_add_numPr()
            listed.get_or_add_ilvl().val = level
            listed.get_or_add_numId().val = number
            return block.text[match.end() :]
    return block.text


def _define_lists(document: Any) -> None:
    root = document.part.numbering_part.element
    for number, levels in _LEVELS.items():
        abstract = "".join(
            f'<w:lvl w:ilvl="{index}"><w:start w:val="1"/><w:numFmt w:val="{style}"/>'
            + ('<w:lvlRestart w:val="0"/>' if number == _ARTICLES and index == 1 else "")
            + f'<w:suff w:val="{suffix}"/><w:lvlText w:val="{text}"/><w:lvlJc w:val="left"/></w:lvl>'
            for index, (style, text, suffix) in enumerate(levels)
        )
        root.insert(
            0,
            parse_xml(
                f'<w:abstractNum {nsdecls("w")} w:abstractNumId="{number}">'
                f'<w:multiLevelType w:val="multilevel"/>{abstract}</w:abstractNum>'
            ),
        )
        root.append(parse_xml(f'<w:num {nsdecls("w")} w:numId="{number}"><w:abstractNumId w:val="{number}"/></w:num>'))


def _add_table(document: Any, rows: tuple[tuple[str, ...], ...], *, form: bool) -> None:
    table = document.add_table(len(rows), len(rows[0]))
    table.style = document.styles["Table Grid"]
    if not form:
        properties = table.rows[0]._tr.get_or_add_trPr()
        properties.append(OxmlElement("w:tblHeader"))
    for row, cells in zip(table.rows, rows, strict=True):
        for cell, text in zip(row.cells, cells, strict=True):
            cell.text = text
            cell.paragraphs[0].runs[0].font.size = Pt(12)
