"""PDF in one or two columns, with running head and page numbers, set in the reader's own Song typeface."""

import io
import re
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib import colors
from reportlab.lib.enums import TA_CENTER, TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, PageTemplate, Paragraph, Table, TableStyle

from corpus.samples.source import NOTICE, Source, SourceBlock

_FONT = "STSong-Light"
_WIDTH, _HEIGHT = A4
_MARGIN, _GAP, _BODY_HEIGHT = 27 * mm, 8 * mm, _HEIGHT - 64 * mm


_UNBROKEN = re.compile(r"[!-~]+|.")
_NEVER_FIRST, _NEVER_LAST = "，。、；：？！）》”’】", "（《“‘【"


class _SongParagraph(Paragraph):  # type: ignore[misc]
    """Keeps numbers whole, hangs closing punctuation and carries opening punctuation over (GB/T 15834, 5.1)."""

    def breakLinesCJK(self, maxWidths: Any) -> Any:  # noqa: N802, N803 - the name is reportlab's
        if hasattr(self, "blPara") and getattr(self, "_splitpara", False):
            return super().breakLinesCJK(maxWidths)
        widths = maxWidths if isinstance(maxWidths, (list, tuple)) else [maxWidths]
        frag, line, used = self.frags[0], "", 0.0
        lines: list[tuple[float, list[str]]] = []
        for token in _UNBROKEN.findall(getattr(frag, "text", None) or "".join(frag.words)):
            room = widths[min(len(lines), len(widths) - 1)]
            size = pdfmetrics.stringWidth(token, frag.fontName, frag.fontSize)
            if line and used + size > room + 0.01 and token not in _NEVER_FIRST:
                kept = line.rstrip(_NEVER_LAST)
                lines.append((room - pdfmetrics.stringWidth(kept, frag.fontName, frag.fontSize), [kept]))
                line = line[len(kept) :]
                used = pdfmetrics.stringWidth(line, frag.fontName, frag.fontSize)
            line, used = line + token, used + size
        lines.append((widths[min(len(lines), len(widths) - 1)] - used, [line]))
        return frag.clone(kind=0, lines=lines, ascent=frag.fontSize, descent=-0.2 * frag.fontSize)


def render_pdf(source: Source) -> bytes:
    """``layout.columns`` (1 or 2), ``layout.running_head`` (none by default), pages numbered ``— 1 —``."""
    pdfmetrics.registerFont(UnicodeCIDFont(_FONT))
    columns = source.layout.get("columns", 1)
    styles = _styles(size=12 if columns == 2 else 14)
    buffer = io.BytesIO()
    document = BaseDocTemplate(
        buffer,
        pagesize=A4,
        title=source.title,
        author=source.layout.get("author", ""),
        subject=NOTICE,
        creator="",
        invariant=1,
        pageCompression=0,
    )
    head = source.layout.get("running_head", "")
    document.addPageTemplates(
        PageTemplate(frames=_frames(columns), onPage=lambda canvas, page: _decorate(canvas, page.page, head))
    )
    width = (_WIDTH - 2 * _MARGIN - _GAP * (columns - 1)) / columns
    document.build([_flowable(block, styles, width) for block in source.blocks])
    return buffer.getvalue()


def _frames(columns: int) -> list[Frame]:
    width = (_WIDTH - 2 * _MARGIN - _GAP * (columns - 1)) / columns
    return [
        Frame(_MARGIN + index * (width + _GAP), 32 * mm, width, _BODY_HEIGHT, 0, 0, 0, 0, id=f"column{index}")
        for index in range(columns)
    ]


def _decorate(canvas: Any, page: int, head: str) -> None:
    if head:
        canvas.setFont(_FONT, 9)
        canvas.drawCentredString(_WIDTH / 2, _HEIGHT - 20 * mm, head)
    canvas.setFont(_FONT, 10.5)
    canvas.drawCentredString(_WIDTH / 2, 18 * mm, f"— {page} —")
    canvas.setFont(_FONT, 6.5)
    canvas.drawRightString(_WIDTH - _MARGIN, 10 * mm, NOTICE)


def _styles(size: float) -> dict[str, ParagraphStyle]:
    base = {"fontName": _FONT, "wordWrap": "CJK", "leading": size * 1.6}

    def style(name: str, **more: Any) -> ParagraphStyle:
        return ParagraphStyle(name, **{**base, "fontSize": size, **more})

    centred = style("center", alignment=TA_CENTER)
    return {
        "title": style(
            "title", alignment=TA_CENTER, fontSize=size * 1.4, leading=size * 2.1, spaceBefore=8, spaceAfter=8
        ),
        "heading": style("heading", firstLineIndent=2 * size, fontSize=size, spaceBefore=4, keepWithNext=1),
        "paragraph": style("paragraph", firstLineIndent=2 * size),
        "bullet": style("bullet", firstLineIndent=2 * size),
        "center": centred,
        "attachment": centred,
        "head": style("head", alignment=TA_CENTER, fontSize=size * 1.9, leading=size * 2.8, textColor=colors.red),
        "right": style("right", alignment=TA_RIGHT),
        "left": style("left"),
        "cell": style("cell", fontSize=size * 0.85, leading=size * 1.2),
    }


def _flowable(block: SourceBlock, styles: dict[str, ParagraphStyle], width: float) -> Flowable:
    if block.role != "table":
        return _SongParagraph(escape(block.text), styles[block.role])
    cells = [[_SongParagraph(escape(cell), styles["cell"]) for cell in row] for row in block.rows]
    grid = TableStyle([("GRID", (0, 0), (-1, -1), 0.5, colors.black), ("VALIGN", (0, 0), (-1, -1), "MIDDLE")])
    columns = len(block.rows[0])
    return Table(cells, colWidths=[width / columns] * columns, style=grid, spaceBefore=6, spaceAfter=6)
