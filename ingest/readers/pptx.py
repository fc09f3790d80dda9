"""PowerPoint presentations (pptx, ECMA-376 PresentationML) straight from their XML, shapes in reading order."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from lxml import etree

from corpus.errors import DamagedFile, NeedsOcr
from ingest.blocks import BlockType, ReadFile
from ingest.readers.archive import Archive, Relation
from ingest.readers.collector import Collector
from ingest.readers.docx_numbering import format_number
from ingest.readers.recognition import ADVICE, Recognizer
from ingest.readers.tables import Cell, add_table

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
P = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_FURNITURE = frozenset({"sldNum", "dt", "ftr", "hdr"})
_TITLES = frozenset({"title", "ctrTitle"})
_ROW = 300_000
"""Shapes whose tops are within about 8 mm (in EMU) stand in one row, and are read from the left."""
_AUTO_NUMBER = re.compile(
    r"^(arabic|alphaLc|alphaUc|romanLc|romanUc|circleNum|ea1)\w*?(Period|ParenR|ParenBoth|Minus|Plain)$"
)
_NUMBER_FORMATS = {
    "arabic": "decimal",
    "alphaLc": "lowerLetter",
    "alphaUc": "upperLetter",
    "romanLc": "lowerRoman",
    "romanUc": "upperRoman",
    "circleNum": "decimalEnclosedCircle",
}
_NUMBER_FRAMES = {"Period": "{}.", "ParenR": "{})", "ParenBoth": "({})", "Minus": "{}-", "Plain": "{}"}


@dataclass
class _Shape:
    """A shape to be read at a place: the title before everything, else by rows from the top."""

    element: etree._Element
    placeholder: str | None
    top: int
    left: int

    def order(self) -> tuple[int, int, int]:
        return (0 if self.placeholder in _TITLES else 1, round(self.top / _ROW), self.left)


@dataclass
class _Slide:
    name: str
    number: int
    relations: dict[str, Relation]
    positions: dict[tuple[str, str], tuple[int, int]]
    pictures: list[str] = field(default_factory=list)
    footer: list[str] = field(default_factory=list)


def read_pptx(path: Path, recognizer: Recognizer | None = None) -> ReadFile:
    """Blocks slide by slide; the title of a slide is a heading, its page the slide's number, speaker notes are notes.

    Hidden slides are left out, recorded, and named in a warning.

    Raises:
        DamagedFile: the archive or its XML is broken, or there is nothing to read.
        NeedsOcr: the slides are pictures, and there is no recognizer.
    """
    with Archive(path) as archive:
        reader = _Reader(archive)
        hidden = reader.read_slides()
        collector, pictures = reader.collector, reader.pictures
        if pictures and sum(len(block.text) for block in collector.blocks) < 5 * len(pictures):
            reader.read_pictures(recognizer)
    if hidden:
        collector.warnings.append(f"第 {'、'.join(map(str, hidden))} 张幻灯片设为隐藏，没有入库。")
    return collector.finish("pptx", MEDIA_TYPE)


class _Reader:
    def __init__(self, archive: Archive) -> None:
        self.collector = Collector()
        self.pictures: list[tuple[int, str]] = []
        """Number of the slide, and part of the archive."""
        self._archive = archive
        self._main = next(iter(archive.related("", "officeDocument")), "ppt/presentation.xml")
        self._layouts: dict[str, dict[tuple[str, str], tuple[int, int]]] = {}

    def read_slides(self) -> list[int]:
        """Read all slides in the order of the presentation; numbers of the hidden ones."""
        root = self._archive.xml(self._main)
        if root is None:
            raise DamagedFile("文件已损坏（缺少演示文稿）。请用 PowerPoint 或 WPS 打开修复、另存后再入库。")
        relations = self._archive.relations(self._main)
        hidden = []
        names = [relations[i].target for item in root.iter(f"{P}sldId") if (i := item.get(f"{R}id")) in relations]
        for number, name in enumerate(names, 1):
            slide = self._archive.xml(name)
            if slide is None:
                self.collector.warnings.append(f"第 {number} 张幻灯片在文件中缺失。")
            elif slide.get("show") in ("0", "false"):
                hidden.append(number)
                self.collector.remove("hidden_slide", "\n".join(_lines(slide)), number)
            else:
                self._read_slide(slide, name, number)
        return hidden

    def read_pictures(self, recognizer: Recognizer | None) -> None:
        """Append the text in the pictures, which are (nearly) all there is.

        Raises:
            NeedsOcr: there is no recognizer.
        """
        if recognizer is None:
            raise NeedsOcr(f"幻灯片的内容是 {len(self.pictures)} 张图片，没有文字。{ADVICE}")
        from ingest.readers.images import add_recognised, recognised

        images = ((number, self._archive.read(target)) for number, target in self.pictures if target in self._archive)
        self.collector.warnings.append(
            f"幻灯片的内容主要是 {len(self.pictures)} 张图片，其中的文字由识别得到，列在最后。"
        )
        add_recognised(recognised(images, recognizer), self.collector)

    def _read_slide(self, root: etree._Element, name: str, number: int) -> None:
        relations = self._archive.relations(name)
        slide = _Slide(name, number, relations, self._positions(relations))
        self.collector.page_break()
        tree = root.find(f"{P}cSld/{P}spTree")
        for shape in self._shapes(tree, slide) if tree is not None else ():
            self._read_shape(shape, slide)
        self.collector.remove("running_foot", "\n".join(slide.footer), number)
        self.pictures += [(number, target) for target in slide.pictures]
        for relation in relations.values():
            if relation.kind == "notesSlide":
                self._read_notes(self._archive.xml(relation.target), number)

    def _shapes(self, tree: etree._Element, slide: _Slide) -> list[_Shape]:
        """The shapes of a slide or group in reading order."""
        shapes = []
        for child in tree:
            if child.tag == f"{MC}AlternateContent":
                element = next((c for branch in child for c in branch), None)
            else:
                element = child
            if element is None or element.tag not in (
                f"{P}sp",
                f"{P}graphicFrame",
                f"{P}pic",
                f"{P}grpSp",
                f"{P}cxnSp",
            ):
                continue
            mark = element.find(f"*/{P}nvPr/{P}ph")
            kind = None if mark is None else mark.get("type", "body")
            offset = next(
                (o for path in (f"*/{A}xfrm/{A}off", f"{P}xfrm/{A}off") if (o := element.find(path)) is not None), None
            )
            if offset is not None:
                top, left = _emu(offset.get("y")), _emu(offset.get("x"))
            else:
                top, left = slide.positions.get((kind or "", mark.get("idx", "0") if mark is not None else ""), (0, 0))
            shapes.append(_Shape(element, kind, top, left))
        return sorted(shapes, key=_Shape.order)

    def _positions(self, relations: dict[str, Relation]) -> dict[tuple[str, str], tuple[int, int]]:
        """Where the slide's layout puts its placeholders, by type and index."""
        name = next((r.target for r in relations.values() if r.kind == "slideLayout"), "")
        if name not in self._layouts:
            root = self._archive.xml(name)
            self._layouts[name] = {
                (mark.get("type", "body"), mark.get("idx", "0")): (_emu(offset.get("y")), _emu(offset.get("x")))
                for shape in (root.iter(f"{P}sp", f"{P}pic") if root is not None else ())
                if (mark := shape.find(f"*/{P}nvPr/{P}ph")) is not None
                and (offset := shape.find(f"{P}spPr/{A}xfrm/{A}off")) is not None
            }
        return self._layouts[name]

    def _read_shape(self, shape: _Shape, slide: _Slide) -> None:
        element, number = shape.element, slide.number
        if shape.placeholder in _FURNITURE:
            slide.footer += _lines(element)
        elif shape.placeholder in _TITLES:
            title = " ".join(" ".join(line.split()) for line in _lines(element))
            self.collector.add(title, heading_level=1, page=number)
        elif element.tag == f"{P}grpSp":
            for child in self._shapes(element, slide):
                self._read_shape(child, slide)
        elif element.tag == f"{P}graphicFrame":
            self._read_frame(element, slide)
        elif element.tag == f"{P}pic":
            blip = element.find(f".//{A}blip")
            relation = slide.relations.get(blip.get(f"{R}embed", "")) if blip is not None else None
            slide.pictures.append(relation.target if relation else "")
        else:
            body = element.find(f"{P}txBody")
            for label, line in _numbered_lines(body) if body is not None else ():
                self.collector.add(label + line, page=number, generated=len(label))

    def _read_frame(self, frame: etree._Element, slide: _Slide) -> None:
        for table in frame.iter(f"{A}tbl"):
            add_table(self.collector, _rows(table), slide.number)
        for part in frame.iterfind(f".//{A}graphicData/*"):
            for attribute in ("id", "dm"):
                relation = slide.relations.get(part.get(R + attribute, ""))
                root = (
                    self._archive.xml(relation.target)
                    if relation and relation.kind in ("chart", "diagramData")
                    else None
                )
                if root is None or relation is None:
                    continue
                if relation.kind == "chart":
                    self._read_chart(root, slide.number)
                else:
                    for line in _lines(root):
                        self.collector.add(line, page=slide.number)

    def _read_chart(self, root: etree._Element, page: int) -> None:
        """A chart's title, and its data as a table: one row per category, one column per series."""
        title = root.find(f"{C}chart/{C}title")
        for line in _lines(title) if title is not None else ():
            self.collector.add(line, page=page)
        series = list(root.iter(f"{C}ser"))
        categories = _points(series[0].find(f"{C}cat")) if series else {}
        values = [_points(s.find(f"{C}val") if s.find(f"{C}val") is not None else s.find(f"{C}yVal")) for s in series]
        names = [" ".join(v.text or "" for v in s.iterfind(f"{C}tx//{C}v")) for s in series]
        if not any(values):
            return
        header = [Cell((name,), header=True) for name in ("", *names)]
        rows = sorted({index for column in (categories, *values) for index in column})
        body = [[Cell((column.get(index, ""),)) for column in (categories, *values)] for index in rows]
        add_table(self.collector, [header, *body], page)

    def _read_notes(self, root: etree._Element | None, page: int) -> None:
        for shape in root.iter(f"{P}sp") if root is not None else ():
            mark = shape.find(f"*/{P}nvPr/{P}ph")
            if mark is not None and mark.get("type") == "body":
                for line in _lines(shape):
                    self.collector.add(line, type=BlockType.NOTE, page=page)


def _emu(value: str | None) -> int:
    return int(value) if value and re.fullmatch(r"-?\d{1,12}", value) else 0


def _lines(element: etree._Element) -> list[str]:
    """The non-blank lines of all paragraphs below ``element``."""
    lines = (line for paragraph in element.iter(f"{A}p") for line in _text(paragraph).split("\n"))
    return [line.strip() for line in lines if line.strip()]


def _text(paragraph: etree._Element) -> str:
    parts = []
    for element in paragraph.iter(f"{A}t", f"{A}br", f"{M}t"):
        if not any(ancestor.tag == f"{MC}Fallback" for ancestor in element.iterancestors(f"{MC}Fallback")):
            parts.append("\n" if element.tag == f"{A}br" else (element.text or "").replace("\v", "\n"))
    return "".join(parts)


def _numbered_lines(body: etree._Element) -> Iterator[tuple[str, str]]:
    """Lines of a text body with the numbers that PowerPoint prints before its paragraphs."""
    counters: dict[int, int] = {}
    for paragraph in body.iterfind(f"{A}p"):
        lines = [line.strip() for line in _text(paragraph).split("\n") if line.strip()]
        properties = paragraph.find(f"{A}pPr")
        level = _emu(properties.get("lvl")) if properties is not None else 0
        number = properties.find(f"{A}buAutoNum") if properties is not None else None
        counters = {i: count for i, count in counters.items() if i < level or (i == level and number is not None)}
        label = ""
        if number is not None and lines:
            counters[level] = counters.get(level, _emu(number.get("startAt", "1")) - 1) + 1
            label = _auto_number(counters[level], number.get("type", "arabicPeriod"))
        for line in lines:
            yield label, line
            label = ""


def _auto_number(number: int, scheme: str) -> str:
    """A number in one of PowerPoint's schemes (ST_TextAutonumberScheme)."""
    match = _AUTO_NUMBER.match(scheme)
    if not match:
        return f"{number}. "
    style = _NUMBER_FORMATS.get(match[1], "chineseCounting")
    label = _NUMBER_FRAMES[match[2]].format(format_number(number, style))
    return label.replace(".", "、") if style == "chineseCounting" else f"{label} "


def _rows(table: etree._Element) -> Iterator[list[Cell]]:
    properties = table.find(f"{A}tblPr")
    first_is_header = properties is not None and properties.get("firstRow") in ("1", "true")
    for index, row in enumerate(table.iterfind(f"{A}tr")):
        yield [
            Cell(
                tuple(_lines(cell)),
                min(max(_emu(cell.get("gridSpan", "1")), 1), 100),
                min(max(_emu(cell.get("rowSpan", "1")), 1), 1000),
                header=first_is_header and index == 0,
            )
            for cell in row.iterfind(f"{A}tc")
            if cell.get("hMerge") not in ("1", "true") and cell.get("vMerge") not in ("1", "true")
        ]


def _points(source: etree._Element | None) -> dict[int, str]:
    """Cached values of a chart's data source, by position."""
    points = source.iter(f"{C}pt") if source is not None else ()
    return {_emu(point.get("idx")): point.findtext(f"{C}v", "").strip() for point in points}
