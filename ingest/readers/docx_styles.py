"""Paragraph properties of a Word document with their inheritance through styles (ECMA-376 part 1, 17.7)."""

import re
from collections.abc import Callable
from typing import TypeVar

from lxml import etree

from ingest.readers.docx_numbering import W, integer, value_of

_HEADING_NAME = re.compile(r"(?i)^(?:heading|标题)\s*([1-9])$")
_TITLE_NAME = re.compile(r"(?i)^(?:title|标题|公文标题|文件标题)$")
_CONTENTS_NAME = re.compile(r"(?i)^(?:toc|目录)\s*[1-9]$")
_QUOTATION_NAME = re.compile(r"(?i)^(?:(?:intense )?quote|block text|(?:明显)?引用|引文)$")
_SET_OFF, _SET_OFF_CHARACTERS = 400, 150
"""Indent on the left from which on a paragraph is set off: twentieths of a point, or hundredths of a character."""
_BODY_TEXT = 9
"""The outline level that stands for none."""
_T = TypeVar("_T")


class Styles:
    """The paragraph styles of a document."""

    def __init__(self, root: etree._Element | None) -> None:
        elements = root.iterfind(f"{W}style") if root is not None else ()
        self._styles = {element.get(f"{W}styleId", ""): element for element in elements}
        self._default = next(
            (
                name
                for name, element in self._styles.items()
                if element.get(f"{W}default") in ("1", "true") and element.get(f"{W}type") == "paragraph"
            ),
            None,
        )

    def lists(self) -> dict[str, str]:
        """The list (numId) of each style that has one."""
        return {
            name: number
            for name, element in self._styles.items()
            if (number := value_of(element.find(f"{W}pPr/{W}numPr"), "numId"))
        }

    def list_of(self, properties: etree._Element | None, style: str | None) -> tuple[str | None, int | None]:
        """List (numId) and level of a paragraph; the level is None where only the list says which style has which."""
        own = properties.find(f"{W}numPr") if properties is not None else None
        number, level = value_of(own, "numId"), value_of(own, "ilvl")
        if number is None:
            inherited = self._inherited(style, lambda p: p.find(f"{W}numPr"), wanted="numId")
            number = value_of(inherited, "numId")
            level = level or value_of(inherited, "ilvl")
        return number, integer(level, 0) if level is not None else None

    def heading_level(self, properties: etree._Element | None, style: str | None) -> int | None:
        """1 to 9 for a heading, by its outline level or the name of its style."""
        level = value_of(properties, "outlineLvl")
        if level is None:
            found = self._inherited(style, lambda p: p.find(f"{W}outlineLvl"))
            level = found.get(f"{W}val") if found is not None else None
        if level is not None:
            outline = integer(level, _BODY_TEXT)
            return outline + 1 if 0 <= outline < _BODY_TEXT else None
        named = next((match for name in self._names(style) if (match := _HEADING_NAME.match(name))), None)
        return int(named[1]) if named else None

    def is_title(self, style: str | None) -> bool:
        """Whether the style is that of a document's title."""
        return any(_TITLE_NAME.match(name) for name in self._names(style)[:1])

    def is_contents(self, style: str | None) -> bool:
        """Whether the style is that of an entry in the table of contents."""
        return any(_CONTENTS_NAME.match(name) for name in self._names(style))

    def is_quotation(self, properties: etree._Element | None, style: str | None) -> bool:
        """Whether a paragraph is set off as a quotation: by the name of its style, or on the left as a whole."""
        if any(_QUOTATION_NAME.match(name) for name in self._names(style)):
            return True
        own = properties.find(f"{W}ind") if properties is not None else None
        for indent in (own, self._inherited(style or self._default, lambda p: p.find(f"{W}ind"))):
            if indent is not None:
                characters = indent.get(f"{W}leftChars", indent.get(f"{W}startChars"))
                twips = indent.get(f"{W}left", indent.get(f"{W}start"))
                if characters is not None or twips is not None:
                    return integer(characters, 0) >= _SET_OFF_CHARACTERS or integer(twips, 0) >= _SET_OFF
        return False

    def first_line_indent(self, properties: etree._Element | None, style: str | None) -> bool | None:
        """Whether the first line is set in; None where neither paragraph nor style says."""
        own = properties.find(f"{W}ind") if properties is not None else None
        for indent in (own, self._inherited(style or self._default, lambda p: p.find(f"{W}ind"))):
            if indent is not None:
                values = (indent.get(f"{W}firstLineChars"), indent.get(f"{W}firstLine"))
                given = [integer(value, 0) for value in values if value is not None]
                if given:
                    return any(value > 0 for value in given)
        return None

    def _chain(self, style: str | None) -> list[etree._Element]:
        """The style and those it is based on, nearest first."""
        chain: list[etree._Element] = []
        while style in self._styles and self._styles[style] not in chain:
            chain.append(self._styles[style])
            style = value_of(chain[-1], "basedOn")
        return chain

    def _names(self, style: str | None) -> list[str]:
        return [value_of(element, "name") or "" for element in self._chain(style)]

    def _inherited(
        self,
        style: str | None,
        find: Callable[[etree._Element], etree._Element | None],
        wanted: str | None = None,
    ) -> etree._Element | None:
        """The nearest of a style's properties that ``find`` finds (and that has a child ``wanted``)."""
        for element in self._chain(style):
            properties = element.find(f"{W}pPr")
            found = find(properties) if properties is not None else None
            if found is not None and (wanted is None or value_of(found, wanted) is not None):
                return found
        return None
