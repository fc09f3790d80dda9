"""Word packages (Open Packaging Conventions, ECMA-376 part 2) as python-docx can open them."""

import posixpath
from io import BytesIO
from zipfile import ZipFile

from docx.oxml import parse_xml
from lxml import etree

_RELS = ".rels"


def without_dangling(file: bytes) -> BytesIO:
    """The package without relationships to parts that are not in it.

    Word ignores them and many programs leave them behind (a thumbnail, a part called NULL); python-docx refuses the
    whole file. Every other part stays as it is, byte for byte.
    """
    copy = BytesIO()
    with ZipFile(BytesIO(file)) as source, ZipFile(copy, "w") as target:
        names = set(source.namelist())
        for item in source.infolist():
            data = source.read(item)
            target.writestr(item, _kept(data, item.filename, names) if item.filename.endswith(_RELS) else data)
    copy.seek(0)
    return copy


def _kept(relationships: bytes, name: str, parts: set[str]) -> bytes:
    root = parse_xml(relationships)
    folder = posixpath.dirname(posixpath.dirname(name))
    dangling = [
        item
        for item in root
        if item.get("TargetMode") != "External" and _part(folder, item.get("Target", "")) not in parts
    ]
    for item in dangling:
        root.remove(item)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True) if dangling else relationships


def _part(folder: str, target: str) -> str:
    """The name of a relationship's target within the package."""
    return posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
