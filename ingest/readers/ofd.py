"""OFD fixed-layout documents (GB/T 33190-2016): glyphs with places, laid out by the code that lays out PDF.

Element names are compared without their namespace and paths without regard to case: producers vary in both.
"""

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from lxml import etree

from corpus.errors import DamagedFile, NeedsOcr
from ingest.blocks import ReadFile
from ingest.readers.archive import Archive
from ingest.readers.collector import Collector
from ingest.readers.guards import MAX_PAGES
from ingest.readers.laid_out import add_layout, levels_by_size
from ingest.readers.ofd_text import text_lines
from ingest.readers.pdf_layout import lay_out
from ingest.readers.pdf_lines import Page

MEDIA_TYPE = "application/ofd"
POINTS = 72 / 25.4
"""Points per millimetre, the unit of OFD."""
_A4 = (0.0, 0.0, 210.0, 297.0)
_FEW_CHARACTERS = 20
_MANY_PATHS = 50
_NO_TEXT = re.compile(r"[\ue000-\uf8ff\ufffd]")
"""What stands for glyphs of a font that names no characters."""
_MOST_UNNAMED = 0.05
_OCR_ADVICE = "请用文字识别软件（OCR）转成 docx 或带文字层的 PDF 后再入库。"


@dataclass
class _Content:
    """A page: its lines, and whether it shows more than text."""

    page: Page
    drawn: bool

    @property
    def text(self) -> str:
        return "".join("".join(line.text.split()) for line in self.page.lines)


def read_ofd(path: Path) -> ReadFile:
    """Paragraphs in reading order as of ``read_pdf``; annotations (watermarks, seals, notes) as removals.

    Raises:
        DamagedFile: the archive or its XML is broken, or there is nothing to read.
        NeedsOcr: most pages show no text, or text in a font that does not name its characters.
    """
    collector = Collector()
    with Archive(path) as archive:
        reader = _Reader(archive, collector)
        contents = list(reader.pages())
        reader.record_annotations()
    pages = [content.page for content in _readable(contents, collector)]
    layout = lay_out(pages)
    add_layout(layout, levels_by_size(layout.paragraphs), collector)
    collector.confirm_title(reader.title)
    return collector.finish("ofd", MEDIA_TYPE)


def _readable(contents: list[_Content], collector: Collector) -> list[_Content]:
    """The pages whose text can be trusted.

    Raises:
        NeedsOcr: they are fewer than the others.
    """
    pictures = [c for c in contents if c.drawn and len(c.text) < _FEW_CHARACTERS]
    unnamed = [c for c in contents if len(_NO_TEXT.findall(c.text)) > _MOST_UNNAMED * max(len(c.text), 1)]
    if 2 * len(pictures) > len(contents):
        raise NeedsOcr(f"这份 OFD 的页面是图片或图形，没有文字。{_OCR_ADVICE}")
    if 2 * len(unnamed) > len(contents):
        raise NeedsOcr(f"这份 OFD 的字体没有给出对应的文字，无法直接读取。{_OCR_ADVICE}")
    for content in pictures:
        collector.warnings.append(f"第 {content.page.number} 页是图片或图形，其中的文字没有入库。")
    for content in unnamed:
        collector.warnings.append(f"第 {content.page.number} 页的字体没有给出对应的文字，这一页没有入库。")
        collector.remove("unreadable_text", "\n".join(line.text for line in content.page.lines), content.page.number)
    return [content for content in contents if content not in unnamed]


class _Reader:
    """Follows the references from OFD.xml to the documents, their pages and templates."""

    def __init__(self, archive: Archive, collector: Collector) -> None:
        self.title = ""
        self._archive = archive
        self._collector = collector
        self._names = {name.lower(): name for name in archive.names}
        self._documents: list[tuple[str, etree._Element]] = []

    def pages(self) -> Iterator[_Content]:
        """All pages of all documents in the file, numbered through."""
        number = 0
        for location, document in self._open_documents():
            area = next((box for e in named(document, "PhysicalBox") if (box := _box(e))), _A4)
            templates = {
                template.get("ID", ""): self._resolve(location, template.get("BaseLoc"))
                for template in named(document, "TemplatePage")
            }
            units = self._composites(location, document)
            for reference in named(document, "Page"):
                if not reference.get("BaseLoc"):
                    continue
                number += 1
                if number > MAX_PAGES:
                    raise DamagedFile(f"OFD 超过 {MAX_PAGES} 页的上限。请拆分后再入库。")
                page = self._xml(self._resolve(location, reference.get("BaseLoc")))
                if page is None:
                    self._collector.warnings.append(f"第 {number} 页在文件中缺失。")
                else:
                    yield self._page(page, templates, area, number, units)

    def record_annotations(self) -> None:
        """Record the texts of annotations, each once: a watermark stands on every page."""
        seen: dict[str, None] = {}
        for location, document in self._documents:
            for listing in named(document, "Annotations"):
                folder = self._resolve(location, listing.text)
                index = self._xml(folder)
                for reference in named(index, "FileLoc") if index is not None else ():
                    root = self._xml(self._resolve(folder, reference.text))
                    for annotation in named(root, "Annot") if root is not None else ():
                        codes = (" ".join("".join(code.itertext()).split()) for code in named(annotation, "TextCode"))
                        seen |= dict.fromkeys(code for code in codes if code)
        self._collector.remove("annotation", "\n".join(seen))

    def _open_documents(self) -> Iterator[tuple[str, etree._Element]]:
        start = next((name for name in self._names if posixpath.basename(name) == "ofd.xml"), "ofd.xml")
        root = self._xml(start)
        if root is None:
            raise DamagedFile("文件已损坏（缺少 OFD.xml）。请重新获取原件后再入库。")
        for body in named(root, "DocBody"):
            for title in named(body, "Title"):
                self.title = self.title or " ".join((title.text or "").split())
            location = self._resolve(start, next((e.text for e in named(body, "DocRoot")), None))
            document = self._xml(location)
            if document is None:
                raise DamagedFile("文件已损坏（缺少文档主体）。请重新获取原件后再入库。")
            self._documents.append((location, document))
            yield location, document

    def _composites(self, location: str, document: etree._Element) -> dict[str, etree._Element]:
        """Contents that composite objects of the pages refer to, by id."""
        units: dict[str, etree._Element] = {}
        for element in (*named(document, "PublicRes"), *named(document, "DocumentRes")):
            resources = self._xml(self._resolve(location, element.text))
            for unit in named(resources, "CompositeGraphicUnit") if resources is not None else ():
                units[unit.get("ID", "")] = unit
        return units

    def _page(
        self,
        root: etree._Element,
        templates: dict[str, str],
        area: tuple[float, ...],
        number: int,
        units: dict[str, etree._Element],
    ) -> _Content:
        left, top, width, height = next((box for e in named(root, "PhysicalBox") if (box := _box(e))), area)
        behind = (templates.get(template.get("TemplateID", "")) for template in named(root, "Template"))
        layers = [layer for name in behind if name and (layer := self._xml(name)) is not None]
        lines, drawings, images = [], 0, 0
        for layer in (*layers, root):
            lines += text_lines(layer, (left, top), POINTS, units)
            kinds = [local_name(element) for element in layer.iter()]
            drawings += kinds.count("PathObject")
            images += kinds.count("ImageObject")
        page = Page(number, width * POINTS, height * POINTS, lines)
        return _Content(page, images > 0 or drawings >= (_MANY_PATHS if lines else 1))

    def _xml(self, name: str) -> etree._Element | None:
        return self._archive.xml(self._names.get(name.lower(), name))

    @staticmethod
    def _resolve(base: str, location: str | None) -> str:
        """Name of the part at ``location`` as seen from part ``base`` (7.3: absolute with a leading slash)."""
        target = (location or "").strip().replace("\\", "/")
        return posixpath.normpath(posixpath.join("/", posixpath.dirname(base), target)).lstrip("/")


def local_name(element: etree._Element) -> str:
    """Name of an element without its namespace."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def named(parent: etree._Element, name: str) -> Iterator[etree._Element]:
    """Descendants of ``parent`` by local name, in document order."""
    return (element for element in parent.iter() if local_name(element) == name)


def _box(element: etree._Element) -> tuple[float, ...]:
    """x, y, width and height of an ST_Box, or nothing where it is malformed."""
    try:
        box = tuple(float(part) for part in (element.text or "").split())
    except ValueError:
        return ()
    return box if len(box) == 4 and 0 < box[2] < 1e5 and 0 < box[3] < 1e5 else ()
