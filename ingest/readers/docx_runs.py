"""The text of one Word paragraph: runs, breaks, symbols, fields, tracked changes, and what hangs on it."""

import re
from dataclasses import dataclass, field

from lxml import etree

from ingest.readers.docx_numbering import W
from ingest.readers.symbols import readable

_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
ALTERNATE = f"{_MC}AlternateContent"
FALLBACK = f"{_MC}Fallback"
_SKIPPED = frozenset(
    {
        f"{W}{name}"
        for name in ("del", "moveFrom", "pPr", "rPr", "instrText", "delText", "delInstrText", "rt", "p", "tbl", "sdtPr")
    }
)
"""Deletions, properties, field codes; ``rt`` is the reading above a character, not text."""


@dataclass(slots=True)
class ParagraphText:
    """What a paragraph says. Breaks that stand before or after all of its text are kept apart from those inside.

    Attributes:
        text: line breaks as line feeds.
        hidden: text set as hidden.
        boxes: contents of text boxes anchored here.
        notes: kind and id of footnotes and endnotes referred to.
        breaks_before, breaks_after: explicit page breaks.
        page_breaks_before, page_breaks_inside: page ends of Word's last layout.
    """

    text: str = ""
    hidden: str = ""
    boxes: list[etree._Element] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)
    breaks_before: int = 0
    breaks_after: int = 0
    page_breaks_before: int = 0
    page_breaks_inside: int = 0


def paragraph_text(paragraph: etree._Element) -> ParagraphText:
    """Read the runs of a paragraph; tracked changes as accepted."""
    content = ParagraphText()
    parts: list[str] = []
    _walk(paragraph, content, parts)
    content.text = "".join(parts)
    return content


def is_on(properties: etree._Element | None, name: str) -> bool:
    """Whether a toggle property is set (ECMA-376 part 1, 17.17.4)."""
    element = properties.find(W + name) if properties is not None else None
    return element is not None and element.get(f"{W}val", "true") not in ("0", "false", "off")


def _walk(parent: etree._Element, content: ParagraphText, parts: list[str]) -> None:
    for element in parent:
        tag = element.tag
        if tag == f"{W}r":
            _run(element, content, parts)
        elif tag == f"{_M}t":
            parts.append(element.text or "")
        elif tag == ALTERNATE:
            _walk(_chosen(element), content, parts)
        elif tag == f"{W}txbxContent":
            content.boxes.append(element)
        elif isinstance(tag, str) and tag not in _SKIPPED:
            _walk(element, content, parts)


def _run(run: etree._Element, content: ParagraphText, parts: list[str]) -> None:  # noqa: PLR0912 (one per element)
    shown: list[str] = []
    for element in run:
        tag = element.tag
        if tag == f"{W}t":
            shown.append(element.text or "")
        elif tag in (f"{W}tab", f"{W}ptab"):
            shown.append("\t")
        elif tag in (f"{W}br", f"{W}cr"):
            _break(element, content, parts, shown)
        elif tag == f"{W}lastRenderedPageBreak":
            if "".join((*parts, *shown)).strip():
                content.page_breaks_inside += 1
            else:
                content.page_breaks_before += 1
        elif tag == f"{W}noBreakHyphen":
            shown.append("-")
        elif tag == f"{W}sym":
            shown.append(_symbol(element.get(f"{W}char", "")))
        elif tag in (f"{W}footnoteReference", f"{W}endnoteReference"):
            content.notes.append((tag.removeprefix(W).removesuffix("Reference"), element.get(f"{W}id", "")))
        elif tag == ALTERNATE:
            _walk(_chosen(element), content, shown)
        elif isinstance(tag, str) and tag not in _SKIPPED:
            _walk(element, content, shown)
    if is_on(run.find(f"{W}rPr"), "vanish"):
        content.hidden += "".join(shown)
    else:
        parts += shown


def _symbol(code: str) -> str:
    """The character of a symbol font that a w:sym element names by its code."""
    value = int(code, 16) if re.fullmatch(r"[0-9A-Fa-f]{4}", code) else 0
    return readable(chr(0xF000 | value & 0xFF)) if value else "□"


def _break(element: etree._Element, content: ParagraphText, parts: list[str], shown: list[str]) -> None:
    if element.get(f"{W}type") not in ("page", "column"):
        shown.append("\n")
    elif "".join((*parts, *shown)).strip():
        content.breaks_after += 1
        shown.append("\n")
    else:
        content.breaks_before += 1


def _chosen(alternate: etree._Element) -> etree._Element:
    """The branch of an AlternateContent that today's Word shows: its first Choice."""
    return next((branch for branch in alternate if branch.tag != FALLBACK), alternate)
