"""Reads parts of an Office file (zip with XML inside) without trusting any figure in it.

Limits: real Office files have at most a few hundred entries, 9 MB of content and a compression ratio of 70.
Names in the archive are only looked up, never used as paths; nothing is written.
"""

import contextlib
import posixpath
import zipfile
import zlib
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

from lxml import etree

from corpus.errors import DamagedFile

MAX_ENTRIES = 10_000
MAX_TOTAL_BYTES = 512 * 1024**2
MAX_XML_BYTES = 64 * 1024**2
MAX_RATIO = 200
_RATIO_FROM_BYTES = 10 * 1024**2
"""Below this size a high ratio is harmless (a blank page of XML compresses well)."""
_UTF8_NAME = 0x800
"""General purpose bit 11 (APPNOTE 4.4.4)."""
_ZIP_ERRORS = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError)


class Relation(NamedTuple):
    """What one part says of another: the last word of the relation's type, and the target part's name."""

    kind: str
    target: str


class Archive:
    """An open zip of XML parts, as a context manager.

    Raises:
        DamagedFile: not a zip, cut off, or unpacking it would take more than any real document does.
    """

    def __init__(self, path: Path) -> None:
        try:
            self._zip = zipfile.ZipFile(path)
            entries = self._zip.infolist()
        except _ZIP_ERRORS as error:
            raise DamagedFile("文件已损坏或不完整（压缩包打不开）。请重新获取原件后再入库。") from error
        self._names = {entry_name(entry): entry for entry in entries}
        total = sum(entry.file_size for entry in entries)
        if len(entries) > MAX_ENTRIES or total > MAX_TOTAL_BYTES or any(map(_suspicious, entries)):
            self._zip.close()
            raise DamagedFile("文件展开后异常庞大，疑似压缩炸弹，已拒绝读取。请核对来源。")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._zip.close()

    def __contains__(self, name: str) -> bool:
        return name in self._names

    @property
    def names(self) -> list[str]:
        """Names of the parts, without a leading slash."""
        return list(self._names)

    @property
    def files(self) -> dict[str, zipfile.ZipInfo]:
        """Entries that are files, by name; of several with one name the last, as unpacking leaves it."""
        return {name: entry for name, entry in self._names.items() if not name.endswith("/") and name}

    def read(self, name: str, limit: int = MAX_XML_BYTES) -> bytes:
        """Content of a part.

        Raises:
            DamagedFile: the part is longer than ``limit`` bytes (whatever the directory says), or broken.
        """
        try:
            with self._zip.open(self._names[name]) as part:
                data = part.read(limit + 1)
        except _ZIP_ERRORS as error:
            raise DamagedFile(f"文件已损坏（其中的 {name} 无法读取）。请重新获取原件后再入库。") from error
        if len(data) > limit:
            raise DamagedFile(f"文件中的 {name} 超过 {limit // 1024**2} MB，已拒绝读取。请拆分后再入库。")
        return data

    def xml(self, name: str) -> etree._Element | None:
        """Root of an XML part, or None where there is no such part."""
        return parse_xml(self.read(name), name) if name in self._names else None

    def relations(self, name: str) -> dict[str, Relation]:
        """The internal relations of part ``name`` (ECMA-376 part 2, 6.5), by id."""
        folder, base = posixpath.split(name)
        root = self.xml(posixpath.join(folder, "_rels", f"{base}.rels"))
        relations = {}
        for element in root if root is not None else ():
            target, kind = element.get("Target"), element.get("Type")
            if target and kind and element.get("TargetMode") != "External":
                full = posixpath.normpath(posixpath.join("/", folder, target.replace("\\", "/"))).lstrip("/")
                relations[element.get("Id", "")] = Relation(kind.rsplit("/", 1)[-1], full)
        return relations

    def related(self, name: str, kind: str) -> list[str]:
        """Names of the existing parts that ``name`` has a relation of ``kind`` to."""
        return [r.target for r in self.relations(name).values() if r.kind == kind and r.target in self]


def entry_name(entry: zipfile.ZipInfo) -> str:
    """Name of an entry with plain slashes and no leading one; names not marked as UTF-8 are GBK in China."""
    name = entry.filename
    if not entry.flag_bits & _UTF8_NAME:
        with contextlib.suppress(UnicodeError):
            name = name.encode("cp437").decode("gb18030")
    return name.replace("\\", "/").lstrip("/")


def parse_xml(data: bytes, name: str) -> etree._Element:
    """Root element; no entity is expanded, nothing is loaded from elsewhere.

    Raises:
        DamagedFile: malformed, or with a document type (Office files have none; bombs do).
    """
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise DamagedFile(f"文件已损坏（其中的 {name} 不是有效的 XML）。请重新获取原件后再入库。") from error
    if root.getroottree().docinfo.doctype:
        raise DamagedFile(f"文件中的 {name} 含有不应出现的实体定义，疑似恶意文件，已拒绝读取。")
    return root


def _suspicious(entry: zipfile.ZipInfo) -> bool:
    return entry.file_size > _RATIO_FROM_BYTES and entry.file_size > MAX_RATIO * max(entry.compress_size, 1)
