"""Electronic books (EPUB 2 and 3): the chapters in reading order, each read as a page."""

import posixpath
from pathlib import Path
from urllib.parse import unquote

from lxml import etree

from corpus.errors import DamagedFile, EncryptedFile
from ingest.blocks import ReadFile
from ingest.readers.archive import Archive
from ingest.readers.collector import Collector
from ingest.readers.web_page import add_whole_page, page_text

MEDIA_TYPE = "application/epub+zip"
_CONTAINER = "{urn:oasis:names:tc:opendocument:xmlns:container}"
_OPF = "{http://www.idpf.org/2007/opf}"
_DC = "{http://purl.org/dc/elements/1.1/}"
_ENCRYPTION = "{http://www.w3.org/2001/04/xmlenc#}"
_OBFUSCATED_FONTS = ("http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC")
_PAGES = ("application/xhtml+xml", "text/html")


def read_epub(path: Path) -> ReadFile:
    """Blocks of all chapters; the table of contents as a removal.

    Raises:
        EncryptedFile: the chapters are under digital rights management.
        DamagedFile: the archive or its lists are broken, or there is nothing to read.
    """
    collector = Collector()
    with Archive(path) as archive:
        if _is_protected(archive):
            raise EncryptedFile("电子书设有版权保护（DRM），无法读取。请换用未加密的版本。")
        name, package = _package(archive)
        title = " ".join((package.findtext(f".//{_DC}title") or "").split())
        items = {item.get("id"): item for item in package.iter(f"{_OPF}item")}
        for reference in package.iter(f"{_OPF}itemref"):
            item = items.get(reference.get("idref"))
            if item is None or item.get("media-type") not in _PAGES:
                continue
            part = posixpath.normpath(posixpath.join(posixpath.dirname(name), unquote(item.get("href", ""))))
            if part not in archive:
                collector.warnings.append(f"电子书中缺少 {part}。")
                continue
            if "nav" in item.get("properties", "").split():
                collector.remove("table_of_contents", page_text(archive.read(part)))
                continue
            collector.page_break()
            try:
                add_whole_page(collector, archive.read(part))
            except DamagedFile:
                collector.warnings.append(f"{part} 为空或已损坏，这一部分没有入库。")
    if title:
        collector.properties["title"] = title
    return collector.finish("epub", MEDIA_TYPE)


def _package(archive: Archive) -> tuple[str, etree._Element]:
    """Name and root of the package document, which lists the chapters."""
    container = archive.xml("META-INF/container.xml")
    file = container.find(f".//{_CONTAINER}rootfile") if container is not None else None
    name = file.get("full-path", "") if file is not None else ""
    package = archive.xml(name)
    if package is None:
        raise DamagedFile("电子书已损坏（缺少目录文件）。请重新获取原件后再入库。")
    return name, package


def _is_protected(archive: Archive) -> bool:
    """Whether more than fonts is encrypted (EPUB OCF 3.3, 4.2.6.3.2)."""
    root = archive.xml("META-INF/encryption.xml")
    methods = root.iterfind(f".//{_ENCRYPTION}EncryptionMethod") if root is not None else ()
    return any(method.get("Algorithm") not in _OBFUSCATED_FONTS for method in methods)
