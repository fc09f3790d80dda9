"""Word documents (docx, ECMA-376 WordprocessingML) straight from their XML.

Kept is what other readers lose: automatic numbers, content controls, text boxes, insertions, notes, merged cells.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from lxml import etree

from corpus.errors import DamagedFile, NeedsOcr
from ingest.blocks import BlockType, ReadFile
from ingest.readers.archive import Archive
from ingest.readers.collector import Collector
from ingest.readers.docx_numbering import Numbering, W, integer, value_of
from ingest.readers.docx_runs import ALTERNATE, ParagraphText, is_on, paragraph_text
from ingest.readers.docx_styles import Styles
from ingest.readers.plain_text import INDENT
from ingest.readers.recognition import ADVICE, Recognizer
from ingest.readers.tables import Cell, add_table

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_TRANSPARENT = frozenset(W + name for name in ("ins", "moveTo", "customXml", "smartTag", "sdtContent"))
_NOTE_KINDS = frozenset({"separator", "continuationSeparator", "continuationNotice"})
_IMAGES = ("}blip", "}imagedata")
_FEW_CHARACTERS = 20
"""Characters per picture up to which the pictures are the document."""
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"


def read_docx(path: Path, recognizer: Recognizer | None = None) -> ReadFile:
    """Blocks in reading order; headers, footers, comments, hidden text and the table of contents as removals.

    Tracked changes are read as accepted. Page numbers are those of Word's last layout, if the file holds them.

    Raises:
        DamagedFile: the archive or its XML is broken, or there is nothing to read.
        NeedsOcr: the document is made of pictures, and there is no recognizer.
    """
    with Archive(path) as archive:
        main = next(iter(archive.related("", "officeDocument")), "word/document.xml")
        root = archive.xml(main)
        body = root.find(f"{W}body") if root is not None else None
        if root is None or body is None:
            raise DamagedFile("文件已损坏（缺少正文）。请用 Word 或 WPS 打开修复、另存后再入库。")
        reader = _Reader(archive, main, has_layout=next(root.iter(f"{W}lastRenderedPageBreak"), None) is not None)
        reader.read_margins()
        reader.read_body(body)
        collector = reader.collector
        pictures = list(_pictures(body))
        if pictures and sum(len(block.text) for block in collector.blocks) < _FEW_CHARACTERS * len(pictures):
            reader.read_pictures(pictures, recognizer)
    collector.confirm_title(reader.core_title)
    return collector.finish("docx", MEDIA_TYPE)


@dataclass
class _Place:
    """Where a paragraph stands: the page, and text carried over from a paragraph whose end mark was deleted."""

    page: int | None
    carried: list[str] = field(default_factory=list)


class _Reader:
    """One pass over the body. Numbering counts while it goes, so paragraphs are visited once, in order."""

    def __init__(self, archive: Archive, main: str, *, has_layout: bool) -> None:
        self.collector = Collector()
        self._archive = archive
        self._main = main
        self._relations = archive.relations(main)
        self._styles = Styles(self._part("styles"))
        self._numbering = Numbering(self._part("numbering"), self._styles.lists())
        self._notes = {kind: self._note_elements(kind) for kind in ("footnote", "endnote")}
        self._place = _Place(1 if has_layout else None)
        core = archive.xml("docProps/core.xml")
        self.core_title = (
            " ".join((core.findtext("{http://purl.org/dc/elements/1.1/}title") or "").split())
            if core is not None
            else ""
        )

    def _part(self, kind: str) -> etree._Element | None:
        names = self._archive.related(self._main, kind)
        return self._archive.xml(names[0]) if names else None

    def _note_elements(self, kind: str) -> dict[str, etree._Element]:
        root = self._part(f"{kind}s")
        notes = root.iterfind(W + kind) if root is not None else ()
        return {note.get(f"{W}id", ""): note for note in notes if note.get(f"{W}type") not in _NOTE_KINDS}

    def read_margins(self) -> None:
        """Record headers, footers and comments, which belong to no place in the text."""
        for kind, name in (("header", "running_head"), ("footer", "running_foot"), ("comments", "comment")):
            for part in self._archive.related(self._main, kind):
                root = self._archive.xml(part)
                if root is not None:
                    lines = [paragraph_text(p).text.strip() for p in root.iter(f"{W}p")]
                    self.collector.remove(name, "\n".join(line for line in lines if line))

    def read_pictures(self, pictures: Sequence[str], recognizer: Recognizer | None) -> None:
        """Append the text in the pictures, which are (nearly) all there is.

        Raises:
            NeedsOcr: they are all there is, and there is no recognizer.
        """
        if recognizer is None:
            if not self.collector.blocks:
                raise NeedsOcr(f"文档的内容是 {len(pictures)} 张图片，没有文字。{ADVICE}")
            self.collector.warnings.append(f"文档中有 {len(pictures)} 张图片，图片里的文字没有入库。")
            return
        from ingest.readers.images import add_recognised, recognised

        targets = [self._relations[identifier].target for identifier in pictures if identifier in self._relations]
        images = (self._archive.read(target) for target in dict.fromkeys(targets) if target in self._archive)
        self.collector.warnings.append(f"文档的内容主要是 {len(pictures)} 张图片，其中的文字由识别得到，列在最后。")
        add_recognised(recognised(enumerate(images, 1), recognizer), self.collector)

    def read_body(self, body: etree._Element) -> None:
        """Append the blocks of everything in the body."""
        for element in self._children(body):
            if element.tag == f"{W}p":
                self._paragraph(element)
            elif element.tag == f"{W}tbl":
                self._table(element)
            elif element.tag == f"{W}altChunk":
                self.collector.warnings.append("文档中嵌有另一个文件，其内容没有入库。请用 Word 打开、另存后再入库。")

    def _children(self, parent: etree._Element) -> Iterator[etree._Element]:
        """Paragraphs and tables of a container, through content controls and tracked insertions."""
        for element in parent:
            if element.tag == f"{W}sdt":
                content = element.find(f"{W}sdtContent")
                if content is not None:
                    yield from self._children(content)
            elif element.tag in _TRANSPARENT:
                yield from self._children(element)
            elif element.tag == ALTERNATE:
                choice = next(iter(element), None)
                if choice is not None:
                    yield from self._children(choice)
            else:
                yield element

    def _paragraph(self, element: etree._Element) -> None:
        content = paragraph_text(element)
        properties = element.find(f"{W}pPr")
        style = value_of(properties, "pStyle")
        if self._place.page and content.page_breaks_before:
            self._place.page += content.page_breaks_before
        if content.breaks_before or is_on(properties, "pageBreakBefore"):
            self.collector.page_break()
        if self._mark_has(properties, "del"):  # the paragraph runs into the next
            self._place.carried.append(content.text)
            return
        text = "".join(self._place.carried) + content.text
        self._place.carried.clear()
        self.collector.remove("hidden", content.hidden, self._place.page)
        label = self._label(properties, style)
        if text.strip() or (label and not self._mark_has(properties, "vanish")):
            self._add(text, label, properties, style)
        else:
            self.collector.blank()
        if self._place.page:
            self._place.page += content.page_breaks_inside
        if content.breaks_after:
            self.collector.page_break()
        for box in content.boxes:
            self.read_body(box)
        self._add_notes(content)

    def _add(self, text: str, label: str, properties: etree._Element | None, style: str | None) -> None:
        level = self._styles.heading_level(properties, style)
        if level and "\n" in text:
            text = _one_line(text)
        if self._styles.is_contents(style):
            self.collector.remove("table_of_contents", label + text, self._place.page)
            return
        if self._styles.is_title(style) and "title" not in self.collector.properties:
            self.collector.properties["title"] = _one_line(text)
        indented = True if INDENT.match(text) else self._styles.first_line_indent(properties, style)
        self.collector.add(
            (label + text.strip()).rstrip() if label else text.rstrip(),
            heading_level=level,
            indented=indented,
            page=self._place.page,
            generated=len(label),
            quoted=not (label or level) and self._styles.is_quotation(properties, style),
        )

    def _label(self, properties: etree._Element | None, style: str | None) -> str:
        """The automatic number of a paragraph, which is counted even if nothing of the paragraph is shown."""
        number, level = self._styles.list_of(properties, style)
        if number in (None, "0"):
            return ""
        if level is None:
            level = self._numbering.level_of_style(number, style) if style else 0
        return self._numbering.label(number, level)

    @staticmethod
    def _mark_has(properties: etree._Element | None, name: str) -> bool:
        """Whether the paragraph's end mark is hidden (``vanish``) or deleted (``del``)."""
        return properties is not None and is_on(properties.find(f"{W}rPr"), name)

    def _add_notes(self, content: ParagraphText) -> None:
        for kind, identifier in content.notes:
            note = self._notes[kind].pop(identifier, None)
            for paragraph in note.iter(f"{W}p") if note is not None else ():
                self.collector.add(paragraph_text(paragraph).text.strip(), type=BlockType.NOTE, page=self._place.page)

    def _table(self, table: etree._Element) -> None:
        rows: list[list[Cell]] = []
        above: dict[int, Cell] = {}
        notes: list[ParagraphText] = []
        for row in self._rows(table):
            cells: list[Cell] = []
            row_properties = row.find(f"{W}trPr")
            column = max(0, min(integer(value_of(row_properties, "gridBefore"), 0), 50))
            cells += [Cell(())] * column
            header = is_on(row_properties, "tblHeader")
            for element in self._cells(row):
                cell = self._cell(element, above.get(column), notes, header=header)
                above[column] = cell
                cells.append(cell)
                column += cell.columns
            rows.append(cells)
        add_table(self.collector, rows, self._place.page)
        for content in notes:
            self._add_notes(content)

    def _rows(self, table: etree._Element) -> Iterator[etree._Element]:
        return (element for element in self._children(table) if element.tag == f"{W}tr")

    def _cells(self, row: etree._Element) -> Iterator[etree._Element]:
        return (element for element in self._children(row) if element.tag == f"{W}tc")

    def _cell(self, element: etree._Element, above: Cell | None, notes: list[ParagraphText], *, header: bool) -> Cell:
        properties = element.find(f"{W}tcPr")
        columns = max(1, min(integer(value_of(properties, "gridSpan"), 1), 100))
        merged = properties.find(f"{W}vMerge") if properties is not None else None
        if merged is not None and merged.get(f"{W}val", "continue") == "continue" and above is not None:
            return above
        return Cell(tuple(self._cell_paragraphs(element, notes)), columns, header=header)

    def _cell_paragraphs(self, cell: etree._Element, notes: list[ParagraphText]) -> Iterator[str]:
        for element in self._children(cell):
            if element.tag == f"{W}tbl":
                for row in self._rows(element):
                    yield " ".join(" ".join(self._cell_paragraphs(inner, notes)) for inner in self._cells(row))
            elif element.tag == f"{W}p":
                content = paragraph_text(element)
                notes.append(content)
                if self._place.page:
                    self._place.page += content.page_breaks_before + content.page_breaks_inside
                properties = element.find(f"{W}pPr")
                line = self._label(properties, value_of(properties, "pStyle")) + _one_line(content.text)
                if line.strip():
                    yield line.strip()
                for box in content.boxes:
                    yield from self._cell_paragraphs(box, notes)


def _pictures(body: etree._Element) -> Iterator[str]:
    """Relation ids of the pictures in the order of the text (DrawingML's blip, VML's imagedata)."""
    for element in body.iter():
        if isinstance(element.tag, str) and element.tag.endswith(_IMAGES):
            yield element.get(f"{R}embed") or element.get(f"{R}id") or ""


def _one_line(text: str) -> str:
    """``text`` with its line breaks taken out; a space where Latin words would run together."""
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    joined = lines[0] if lines else ""
    for line in lines[1:]:
        joined += (" " if joined[-1].isascii() and line[0].isascii() else "") + line
    return joined
