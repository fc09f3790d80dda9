"""HTML of government and university sites: the article as blocks, everything else visible as recorded removals."""

import re
from pathlib import Path

from lxml import etree, html

from corpus.errors import DamagedFile
from ingest.blocks import ReadFile
from ingest.readers.collector import Collector
from ingest.readers.decoding import DecodedText, decode, plausibility, strict
from ingest.readers.guards import read_text_bytes
from ingest.readers.plain_text import INDENT, split_paragraphs
from ingest.readers.tables import Cell, add_table
from ingest.readers.web_containers import (
    container_of,
    is_hidden,
    is_navigation,
    is_widget_line,
    main_text,
    metadata_of,
    squeeze,
)
from ingest.readers.web_fields import FIELD_NAMES, field_label, split_fields

_BLOCK_TAGS = frozenset({
    "address", "article", "aside", "blockquote", "body", "center", "dd", "details", "div", "dl", "dt", "fieldset",
    "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "html",
    "legend", "li", "main", "nav", "ol", "p", "pre", "section", "summary", "table", "tbody", "td", "tfoot", "th",
    "thead", "tr", "ul",
})  # fmt: skip
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_CHARSET = re.compile(rb"""(?i)<meta[^>]+charset\s*=\s*["']?\s*([\w-]+)""")
_SPACES = re.compile(r"[ \t\r\n\f]+")
_HAN = r"[\u2e80-\u9fff\uff00-\uffef\u3000-\u303f]"
_WRAP_IN_HAN = re.compile(rf"(?<={_HAN})[ \t]*[\r\n][ \t\r\n]*(?={_HAN})")
"""A line end of the source, not of the page: Chinese is written without spaces."""
_TEXT_INDENT = re.compile(r"text-indent\s*:\s*(?!0)[\d.]+")
_WRAPPER_CELL = 500
"""A table cell longer than this lays the page out; it holds no value."""


def read_html(path: Path) -> ReadFile:
    """Blocks of the article.

    ``properties`` has what the page's <meta> names and its header table (索引号, 发文字号 …) say, by field name.

    Raises:
        DamagedFile: the encoding cannot be told, or the page shows no text.
    """
    collector = Collector()
    encoding = add_article(collector, read_text_bytes(path))
    return collector.finish("html", f"text/html; charset={encoding}")


def add_article(collector: Collector, data: bytes) -> str:
    """Append the article of a page, everything else visible as removals; the encoding of the page.

    Raises:
        DamagedFile: the encoding cannot be told, or the page is empty.
    """
    decoded = decode_html(data)
    collector.warnings += decoded.warnings
    root = _parse(decoded.text)
    body = _body(root)
    collector.properties |= metadata_of(root)
    container = container_of(body)
    kept = None if container is not None else main_text(body, decoded.text)
    _Walker(collector, container, kept).walk(body)
    return decoded.encoding


def add_whole_page(collector: Collector, data: bytes) -> None:
    """Append all that a page shows, as it is no page of a web site: a chapter of a book, a mail. Raises as above."""
    decoded = decode_html(data)
    collector.warnings += decoded.warnings
    _Walker(collector, None, None).walk(_body(_parse(decoded.text)))


def page_text(data: bytes) -> str:
    """All that a page shows, one line per paragraph. Raises as above."""
    collector = Collector()
    add_whole_page(collector, data)
    return "\n".join(block.text for block in collector.blocks)


def _parse(text: str) -> html.HtmlElement:
    parser = html.HTMLParser(no_network=True, huge_tree=False, remove_pis=True)
    try:
        return html.document_fromstring(re.sub(r"^\s*<\?xml[^>]*\?>", "", text), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise DamagedFile("网页内容为空或已损坏。请重新保存网页后再入库。") from error


def _body(root: html.HtmlElement) -> html.HtmlElement:
    body = root.find("body")
    return root if body is None else body


def decode_html(data: bytes) -> DecodedText:
    """Text of a page: a byte order mark, then the page's own charset if the bytes bear it out, then detection."""
    declared = _CHARSET.search(data[:4096])
    if declared and not data.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        name = declared[1].decode("ascii").lower()
        name = "gb18030" if name in ("gb2312", "gbk", "gb_2312-80") else "cp950" if name == "big5" else name
        text = strict(data, name) if not name.startswith("utf-16") else None
        if text is not None and "\0" not in text and plausibility(text) > 0.5:
            return DecodedText(text, name)
    return decode(data)


class _Walker:
    """Walks the visible text in order. Lines end at block elements and at <br>, which CMSs use as a paragraph break."""

    def __init__(self, collector: Collector, container: html.HtmlElement | None, kept: str | None) -> None:
        self._collector = collector
        self._container = container
        self._kept = kept
        self._inside = container is None
        self._seen_container = container is None
        self._line: list[str] = []
        self._outside: list[str] = []
        self._heading: int | None = None
        self._indented: bool | None = None
        self._generated = ""

    def walk(self, body: html.HtmlElement) -> None:
        self._visit(body)
        self._end_line()
        self._end_outside()

    def _visit(self, element: html.HtmlElement) -> None:
        if not isinstance(element.tag, str) or is_hidden(element):
            return
        if element is self._container:
            self._end_line()
            self._inside = self._seen_container = True
            self._content(element)
            self._end_line()
            self._inside = False
        elif self._inside and is_navigation(element):
            self._end_line()
            self._inside = False
            self._content(element)
            self._end_line()
            self._inside = True
        elif element.tag == "table" and self._table(element):
            pass
        elif element.tag == "br":
            self._end_line()
        elif element.tag in _BLOCK_TAGS:
            self._block(element)
        else:
            self._content(element)

    def _block(self, element: html.HtmlElement) -> None:
        self._end_line()
        outer = self._heading, self._indented
        self._heading = _HEADINGS.get(str(element.tag), self._heading)
        if element.tag in ("p", "div"):
            self._indented = bool(_TEXT_INDENT.search(element.get("style", ""))) or None
        elif element.tag == "li":
            self._generated = _list_number(element)
        self._content(element)
        self._end_line()
        self._heading, self._indented = outer

    def _content(self, element: html.HtmlElement) -> None:
        self._line.append(element.text or "")
        for child in element:
            self._visit(child)
            self._line.append(child.tail or "")

    def _end_line(self) -> None:
        line = collapse("".join(self._line))
        self._line.clear()
        if not line.strip():
            return
        if not self._inside:
            self._add_outside(line)
            return
        generated, self._generated = self._generated, ""
        for paragraph in split_paragraphs(line):
            self._add(paragraph, generated)
            generated = ""

    def _add(self, paragraph: str, generated: str) -> None:
        if is_widget_line(paragraph) or (self._kept is not None and squeeze(paragraph) not in self._kept):
            self._outside.append(paragraph)
            return
        self._end_outside()
        self._collector.add(
            generated + paragraph.strip(),
            heading_level=self._heading,
            indented=True if INDENT.match(paragraph) else self._indented,
            generated=len(generated),
        )

    def _add_outside(self, line: str) -> None:
        if fields := split_fields(line):
            for label, value in fields:
                self._field(label, value)
        elif not self._seen_container and self._is_title(line):
            self._end_outside()
            self._collector.add(line.strip(), heading_level=1)
        else:
            self._outside.append(line.strip())

    def _is_title(self, line: str) -> bool:
        """The page's title above the article, unless the article opens with it as well."""
        title = squeeze(line)
        known = squeeze(self._collector.properties.get("title", ""))
        opening = squeeze(self._container.text_content()[:500]) if self._container is not None else ""
        return len(title) > 3 and (self._heading == 1 or title == known) and title not in opening

    def _end_outside(self) -> None:
        self._collector.remove("navigation", "\n".join(self._outside))
        self._outside.clear()

    def _field(self, label: str, value: str) -> None:
        self._end_outside()
        value = value.strip()
        if not value:
            self._collector.remove("empty_field", label)
            return
        self._collector.add(f"{label}：{value}", key_value=True)
        self._collector.properties.setdefault(FIELD_NAMES[label], value)

    def _table(self, table: html.HtmlElement) -> bool:
        """Read a table of values; False where it only lays the page out."""
        if table.find(".//table") is not None or any(child is self._container for child in table.iter()):
            return False
        rows = [[_cell(cell) for cell in row if cell.tag in ("td", "th")] for row in table.iter("tr")]
        cells = [cell for row in rows for cell in row if cell.text]
        self._end_line()
        if 2 * sum(field_label(cell.text) is not None for cell in cells) >= len(cells) > 0:
            for row in rows:
                self._field_row(row)
            return True
        if not self._inside or len(cells) < 2 or any(len(cell.text) > _WRAPPER_CELL for cell in cells):
            return False
        if self._kept is not None and not any(squeeze(cell.text) in self._kept for cell in cells):
            return False
        self._end_outside()
        add_table(self._collector, rows)
        return True

    def _field_row(self, row: list[Cell]) -> None:
        pending: str | None = None
        for cell in row:
            label = field_label(cell.text)
            if label is None and pending is None:
                self._outside.append(cell.text)
            elif label is None:
                self._field(pending or "", cell.text)
                pending = None
            else:
                if pending:
                    self._field(pending, "")
                pending = label
        if pending:
            self._field(pending, "")


def collapse(text: str) -> str:
    """Runs of white space as one space, as a browser shows them; a wrapped source line leaves none between Han."""
    return _SPACES.sub(" ", _WRAP_IN_HAN.sub("", text)).strip(" ")


def _cell(element: html.HtmlElement) -> Cell:
    lines = Collector()
    walker = _Walker(lines, None, None)
    walker.walk(element)
    header = element.tag == "th" or next(element.iterancestors("thead"), None) is not None
    paragraphs = tuple(block.text for block in lines.blocks)
    return Cell(paragraphs, min(_span(element, "colspan"), 100), min(_span(element, "rowspan"), 1000), header)


def _span(element: html.HtmlElement, name: str) -> int:
    value = element.get(name, "")
    return max(1, int(value)) if value.isdecimal() and len(value) < 6 else 1


def _list_number(item: html.HtmlElement) -> str:
    """The number a browser shows before an item of an ordered list."""
    parent = item.getparent()
    if parent is None or parent.tag != "ol":
        return ""
    position = sum(sibling.tag == "li" for sibling in item.itersiblings(preceding=True))
    start = parent.get("start", "1")
    return f"{(int(start) if start.isdecimal() and len(start) < 6 else 1) + position}. "
