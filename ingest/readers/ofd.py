"""OFD fixed-layout documents (GB/T 33190-2016): glyphs with places, laid out by the code that lays out PDF.

Element names are compared without their namespace and paths without regard to case: producers vary in both.
"""

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
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
from ingest.readers.recognition import ADVICE, Recognizer, note_recognised

MEDIA_TYPE = "application/ofd"
POINTS = 72 / 25.4
"""Points per millimetre, the unit of OFD."""
_A4 = (0.0, 0.0, 210.0, 297.0)
_FEW_CHARACTERS = 20
_MANY_PATHS = 50
_NO_TEXT = re.compile(r"[\ue000-\uf8ff\ufffd]")
"""What stands for glyphs of a font that names no characters."""
_MOST_UNNAMED = 0.05
_CONVERT = "请用 OFD 阅读软件转成图片或 PDF 后再入库。"


@dataclass
class _Content:
    """A page: its lines, whether it shows more than text, and the part of the archive with its largest image."""

    page: Page
    drawn: bool
    image: str = ""

    @property
    def text(self) -> str:
        return "".join("".join(line.text.split()) for line in self.page.lines)

    @property
    def is_picture(self) -> bool:
        return self.drawn and len(self.text) < _FEW_CHARACTERS


def read_ofd(path: Path, recognizer: Recognizer | None = None) -> ReadFile:
    """Paragraphs in reading order as of ``read_pdf``; annotations (watermarks, seals, notes) as removals.

    Raises:
        DamagedFile: the archive or its XML is broken, or there is nothing to read.
        NeedsOcr: most pages show no text, or text in a font that does not name its characters, and there is no
            recognizer or no image that it could read.
    """
    collector = Collector()
    with Archive(path) as archive:
        reader = _Reader(archive, collector)
        contents = list(reader.pages())
        reader.record_annotations()
        if recognizer:
            contents = _with_recognised(contents, archive, recognizer, collector)
    pages = [content.page for content in _readable(contents, collector)]
    layout = lay_out(pages)
    add_layout(layout, levels_by_size(layout.paragraphs), collector)
    collector.confirm_title(reader.title)
    return collector.finish("ofd", MEDIA_TYPE)


def _with_recognised(
    contents: list[_Content], archive: Archive, recognizer: Recognizer, collector: Collector
) -> list[_Content]:
    """The pages, with those that are images replaced by what is read in them."""
    from ingest.readers.images import recognised

    images = [(c.page.number, archive.read(c.image)) for c in contents if c.is_picture and c.image in archive]
    seen = {page.number: page for page in recognised(images, recognizer)}
    note_recognised(seen.values(), collector)
    return [replace(c, page=seen[c.page.number], drawn=False) if c.page.number in seen else c for c in contents]


def _readable(contents: list[_Content], collector: Collector) -> list[_Content]:
    """The pages whose text can be trusted.

    Raises:
        NeedsOcr: they are fewer than the others.
    """
    pictures = [c for c in contents if c.is_picture]
    unnamed = [c for c in contents if len(_NO_TEXT.findall(c.text)) > _MOST_UNNAMED * max(len(c.text), 1)]
    if 2 * len(pictures) > len(contents):
        advice = ADVICE if any(c.image for c in pictures) else _CONVERT
        raise NeedsOcr(f"这份 OFD 的页面是图片或图形，没有文字。{advice}")
    if 2 * len(unnamed) > len(contents):
        raise NeedsOcr(f"这份 OFD 的字体没有给出对应的文字，无法直接读取。{_CONVERT}")
    for content in pictures:
        collector.warnings.append(f"第 {content.page.number} 页是图片或图形，其中的文字没有入库。")
    for content in unnamed:
        collector.warnings.append(f"第 {content.page.number} 页的字体没有给出对应的文字，这一页没有入库。")
        collector.remove("unreadable_text", "\n".join(line.text for line in content.page.lines), content.page.number)
    return [content for content in contents if content not in unnamed]


@dataclass
class _Resources:
    """Contents of composite objects, and the parts of the archive with images, by id."""

    units: dict[str, etree._Element] = field(default_factory=dict)
    media: dict[str, str] = field(default_factory=dict)


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
            resources = self._resources(location, document)
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
                    yield self._page(page, templates, area, number, resources)

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

    def _resources(self, location: str, document: etree._Element) -> _Resources:
        """What the pages of a document refer to (7.9)."""
        found = _Resources()
        for element in (*named(document, "PublicRes"), *named(document, "DocumentRes")):
            name = self._resolve(location, element.text)
            root = self._xml(name)
            if root is None:
                continue
            for unit in named(root, "CompositeGraphicUnit"):
                found.units[unit.get("ID", "")] = unit
            folder = f"{root.get('BaseLoc', '')}/".replace("\\", "/")
            for media in named(root, "MultiMedia"):
                file = next((e.text or "" for e in named(media, "MediaFile")), "").strip()
                part = self._resolve(name, file if file.startswith("/") else folder.lstrip("/") + file)
                found.media[media.get("ID", "")] = self._names.get(part.lower(), part)
        return found

    def _page(
        self,
        root: etree._Element,
        templates: dict[str, str],
        area: tuple[float, ...],
        number: int,
        resources: _Resources,
    ) -> _Content:
        left, top, width, height = next((box for e in named(root, "PhysicalBox") if (box := _box(e))), area)
        behind = (templates.get(template.get("TemplateID", "")) for template in named(root, "Template"))
        layers = [layer for name in behind if name and (layer := self._xml(name)) is not None]
        lines, drawings = [], 0
        images: list[tuple[float, str]] = []
        for layer in (*layers, root):
            lines += text_lines(layer, (left, top), POINTS, resources.units)
            drawings += sum(1 for _ in named(layer, "PathObject"))
            for image in named(layer, "ImageObject"):
                _, _, wide, high = _area(image.get("Boundary")) or (0.0, 0.0, 0.0, 0.0)
                images.append((wide * high, resources.media.get(image.get("ResourceID", ""), "")))
        page = Page(number, width * POINTS, height * POINTS, lines)
        drawn = bool(images) or drawings >= (_MANY_PATHS if lines else 1)
        return _Content(page, drawn, max(images, default=(0.0, ""))[1])

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
    """The area that an element says, as of ``_area``."""
    return _area(element.text)


def _area(value: str | None) -> tuple[float, ...]:
    """x, y, width and height of an ST_Box, or nothing where it is malformed."""
    try:
        box = tuple(float(part) for part in (value or "").split())
    except ValueError:
        return ()
    return box if len(box) == 4 and 0 < box[2] < 1e5 and 0 < box[3] < 1e5 else ()
