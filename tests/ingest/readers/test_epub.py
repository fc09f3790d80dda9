from pathlib import Path

import pytest

from corpus.errors import DamagedFile, EncryptedFile
from ingest.readers import read_file
from tests.ingest.readers.files import write_zip

CONTAINER = (
    '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
    '<rootfile full-path="OEBPS/book.opf"/></rootfiles></container>'
)
PACKAGE = """<package xmlns="http://www.idpf.org/2007/opf"><metadata xmlns:dc="http://purl.org/dc/elements/1.1/">
<dc:title>理论宣讲手册</dc:title></metadata><manifest>
<item id="b" href="%E7%AC%AC%E4%BA%8C%E7%AB%A0.xhtml" media-type="application/xhtml+xml"/>
<item id="a" href="one.xhtml" media-type="application/xhtml+xml"/>
<item id="n" href="nav.xhtml" properties="nav" media-type="application/xhtml+xml"/>
<item id="p" href="cover.jpg" media-type="image/jpeg"/><item id="m" href="missing.xhtml" media-type="text/html"/>
</manifest><spine><itemref idref="p"/><itemref idref="n"/><itemref idref="a"/><itemref idref="b"/><itemref idref="m"/>
</spine></package>"""


def chapter(title: str, body: str) -> str:
    return (
        '<?xml version="1.0" encoding="utf-8"?><!DOCTYPE html><html xmlns="http://www.w3.org/1999/xhtml">'
        f"<head><title>x</title></head><body><h1>{title}</h1><p>{body}</p></body></html>"
    )


def parts() -> dict[str, str]:
    return {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": CONTAINER,
        "OEBPS/book.opf": PACKAGE,
        "OEBPS/nav.xhtml": chapter("目录", "第一章　第二章"),
        "OEBPS/one.xhtml": chapter("第一章", "讲清楚来龙去脉。"),
        "OEBPS/第二章.xhtml": chapter("第二章", "讲到百姓心坎里。"),
    }


def test_chapters_in_the_order_of_the_spine(tmp_path: Path) -> None:
    read = read_file(write_zip(tmp_path / "a.epub", parts()))
    assert [(block.text, block.heading_level, block.page_start) for block in read.blocks] == [
        ("第一章", 1, True),
        ("讲清楚来龙去脉。", None, False),
        ("第二章", 1, True),
        ("讲到百姓心坎里。", None, False),
    ]
    assert read.properties == {"title": "理论宣讲手册"}
    assert [item.kind for item in read.removed] == ["table_of_contents"]
    assert read.warnings == ("电子书中缺少 OEBPS/missing.xhtml。",)


@pytest.mark.parametrize(
    ("method", "error"),
    [("http://www.w3.org/2001/04/xmlenc#aes128-cbc", EncryptedFile), ("http://www.idpf.org/2008/embedding", None)],
)
def test_protected_books(tmp_path: Path, method: str, error: type[Exception] | None) -> None:
    encryption = (
        '<encryption xmlns="urn:oasis:names:tc:opendocument:xmlns:container" xmlns:e="http://www.w3.org/2001/04/xmlenc#">'
        f'<e:EncryptedData><e:EncryptionMethod Algorithm="{method}"/></e:EncryptedData></encryption>'
    )
    path = write_zip(tmp_path / "a.epub", parts() | {"META-INF/encryption.xml": encryption})
    if error is None:
        assert read_file(path).blocks
    else:
        with pytest.raises(error, match="DRM"):
            read_file(path)


def test_a_book_without_its_list_is_damaged(tmp_path: Path) -> None:
    with pytest.raises(DamagedFile, match="目录文件"):
        read_file(write_zip(tmp_path / "a.epub", {"META-INF/container.xml": CONTAINER}))
