"""Lesson slides: a title slide, then a slide for every heading with points, a table and speaker notes."""

import io
from collections.abc import Iterator
from typing import Any

from pptx import Presentation
from pptx.util import Cm, Pt

from corpus.samples.packaging import repack
from corpus.samples.source import NOTICE, Source, SourceBlock

_TITLE_LAYOUT, _CONTENT_LAYOUT, _TITLE_ONLY_LAYOUT = 0, 1, 5


def render_pptx(source: Source) -> bytes:
    """Slides: headings of level 1 are slide titles; ``::note`` lines become notes."""
    deck = Presentation()
    deck.slide_width, deck.slide_height = Cm(33.867), Cm(19.05)
    cover, *pages = _pages(source.blocks)
    slide = deck.slides.add_slide(deck.slide_layouts[_TITLE_LAYOUT])
    slide.shapes.title.text = source.title
    _place(slide.shapes.title, 2.5, 4.5, 28.8, 4)
    _place(slide.placeholders[1], 2.5, 9.5, 28.8, 5)
    slide.placeholders[1].text = "\n".join(block.text for block in cover if block.role not in ("title", "note"))
    _add_notes(slide, cover)
    for page in pages:
        _add_slide(deck, page)
    notice = deck.slides[-1].shapes.add_textbox(Cm(22), Cm(17.8), Cm(11), Cm(0.8))
    notice.text_frame.text = NOTICE
    notice.text_frame.paragraphs[0].font.size = Pt(9)
    properties = deck.core_properties
    properties.title, properties.author = source.title, source.layout.get("author", "")
    properties.comments, properties.last_modified_by = NOTICE, ""
    properties.created = properties.modified = source.written.replace(tzinfo=None)
    buffer = io.BytesIO()
    deck.save(buffer)
    return repack(buffer.getvalue())


def _pages(blocks: tuple[SourceBlock, ...]) -> Iterator[list[SourceBlock]]:
    page: list[SourceBlock] = []
    for block in blocks:
        if block.role == "heading" and block.level == 1:
            yield page
            page = []
        page.append(block)
    yield page


def _add_slide(deck: Any, blocks: list[SourceBlock]) -> None:
    heading, *body = blocks
    tables = [block for block in body if block.role == "table"]
    points = [block for block in body if block.role not in ("table", "note")]
    slide = deck.slides.add_slide(deck.slide_layouts[_CONTENT_LAYOUT if points else _TITLE_ONLY_LAYOUT])
    title = slide.shapes.title
    title.text = heading.text
    _place(title, 1.5, 0.8, 30.8, 2.2)
    if points:
        frame = slide.placeholders[1]
        _place(frame, 1.5, 3.4, 30.8, 6 if tables else 13.5)
        _fill(frame.text_frame, points)
    for block in tables:
        _add_table(slide, block.rows, top=Cm(10 if points else 4))
    _add_notes(slide, body)


def _place(shape: Any, left: float, top: float, width: float, height: float) -> None:
    shape.left, shape.top, shape.width, shape.height = Cm(left), Cm(top), Cm(width), Cm(height)


def _fill(frame: Any, points: list[SourceBlock]) -> None:
    for index, point in enumerate(points):
        paragraph = frame.paragraphs[0] if index == 0 else frame.add_paragraph()
        paragraph.text = point.text
        paragraph.font.size = Pt(20)


def _add_table(slide: Any, rows: tuple[tuple[str, ...], ...], top: int) -> None:
    shape = slide.shapes.add_table(len(rows), len(rows[0]), Cm(1.5), top, Cm(30.8), Cm(1.2 * len(rows)))
    for row, cells in zip(shape.table.rows, rows, strict=True):
        for cell, text in zip(row.cells, cells, strict=True):
            cell.text = text
            cell.text_frame.paragraphs[0].font.size = Pt(16)


def _add_notes(slide: Any, blocks: list[SourceBlock]) -> None:
    notes = [block.text for block in blocks if block.role == "note"]
    if notes:
        slide.notes_slide.notes_text_frame.text = "\n".join(notes)
