"""Files that are not what they seem, broken, or meant to harm: each ends in the right error, with a Chinese reason."""

import os
import random
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpus.errors import DamagedFile, EncryptedFile, NeedsOcr, SkippedFile, UnreadableFile, UnsupportedFile
from ingest.blocks import ReadFile
from ingest.readers import read_file
from tests.ingest.readers.files import (
    NAMESPACES,
    abstract,
    num,
    numbered,
    p,
    relations,
    table,
    tc,
    write_docx,
    write_zip,
)
from tests.ingest.readers.pdfs import stream, write_pdf

PAGE = (
    "<html><body><div id='zoom'><p>志愿服务条例</p>"
    "<table><tr><td>项目</td><td>数量</td></tr></table></div></body></html>"
)


def write(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def ole(*streams: str) -> bytes:
    """The parts of a compound file that tell its kind: signature, sector size, directory entries."""
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".ljust(30, b"\0") + b"\x09\0"
    entries = b"".join((name.encode("utf-16-le") + b"\0\0").ljust(116, b"\0") + b"\0" * 12 for name in streams)
    return header.ljust(512, b"\0") + entries.ljust(512, b"\0")


def small_pdf(path: Path) -> Path:
    font = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"
    page = (
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 300] /Contents 4 0 R /Resources << /Font << /F 5 0 R >> >> >>"
    )
    kids = b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>"
    text = stream(b"BT /F 12 Tf 20 200 Td (Volunteer service handbook) Tj 0 -20 Td (second line) Tj ET")
    return write_pdf(path, [b"<< /Type /Catalog /Pages 2 0 R >>", kids, page, text, font])


@pytest.mark.parametrize(
    ("name", "data", "error", "reason"),
    [
        ("~$通知.docx", b"x" * 162, SkippedFile, "临时文件"),
        (".DS_Store", b"\0\0\0\1Bud1", SkippedFile, "系统"),
        ("Thumbs.db", b"x", SkippedFile, "系统"),
        ("空.docx", b"", DamagedFile, "0 字节"),
        ("通知.doc", ole("Root Entry", "WordDocument"), UnsupportedFile, "LibreOffice.*另存为 docx"),
        ("课件.ppt", ole("Root Entry", "PowerPoint Document"), UnsupportedFile, "LibreOffice.*另存为 pptx"),
        ("表.xls", ole("Root Entry", "Workbook"), DamagedFile, "工作簿已损坏"),
        ("密.docx", ole("Root Entry", "EncryptionInfo", "EncryptedPackage"), EncryptedFile, "密码"),
        ("密.ppt", ole("Root Entry", "PowerPoint Document", "EncryptedSummary"), EncryptedFile, "密码"),
        ("a.rtf", b"{\\rtf1\\ansi }", UnsupportedFile, "rtf 文件需要 LibreOffice"),
        ("a.gif", b"GIF89a" + b"\0" * 50, UnsupportedFile, "GIF"),
        ("a.png", b"\x89PNG\r\n\x1a\n" + b"\0" * 50, NeedsOcr, "文字识别"),
        ("a.jpg", b"\xff\xd8\xff\xe0" + b"\0" * 50, NeedsOcr, "文字识别"),
        ("a.7z", b"7z\xbc\xaf\x27\x1c\0\4", UnsupportedFile, "解压"),
        ("a.xml", b"<?xml version='1.0'?><w:wordDocument/>", UnsupportedFile, "XML"),
        ("a.py", b"import os\n", UnsupportedFile, "程序"),
        ("a.bin", bytes(random.Random(1).randbytes(4000)), UnsupportedFile, "无法识别的文件格式"),
        ("a.docx", bytes(random.Random(2).randbytes(4000)), DamagedFile, "不是有效的 docx"),
        ("a.txt", bytes(random.Random(3).randbytes(4000)), DamagedFile, "编码"),
        ("a.docx", b"PK\x03\x04" + b"\0" * 100, DamagedFile, "压缩包打不开"),
        ("a.html", b"<html><body><script>x()</script></body></html>", DamagedFile, "没有可以入库的文字"),
        ("a.txt", b" \r\n\t\n", DamagedFile, "没有可以入库的文字"),
    ],
)  # fmt: skip
def test_outcomes(tmp_path: Path, name: str, data: bytes, error: type[UnreadableFile], reason: str) -> None:
    with pytest.raises(error, match=reason):
        read_file(write(tmp_path / name, data))


ODF = "application/vnd.oasis.opendocument"


@pytest.mark.parametrize(
    ("parts", "error", "reason"),
    [
        ({"xl/workbook.xml": "<x/>"}, DamagedFile, "工作簿已损坏"),
        ({"OFD.xml": "<x/>"}, DamagedFile, "没有可以入库的文字"),
        ({"META-INF/container.xml": "<x/>"}, DamagedFile, "缺少目录文件"),
        ({"mimetype": f"{ODF}.text"}, UnsupportedFile, "odt 文件需要 LibreOffice"),
        ({"mimetype": f"{ODF}.presentation-template"}, UnsupportedFile, "odp 文件需要 LibreOffice"),
        ({"mimetype": f"{ODF}.graphics"}, UnsupportedFile, "OpenDocument"),
    ],
)
def test_other_zips(tmp_path: Path, parts: dict[str, str], error: type[UnreadableFile], reason: str) -> None:
    with pytest.raises(error, match=reason):
        read_file(write_zip(tmp_path / "a.zip", parts))


def test_encrypted_word_97(tmp_path: Path) -> None:
    data = bytearray(ole("Root Entry", "WordDocument") + b"\0" * 512)
    data[512 + 128 + 116] = 1
    data[1024:1036] = b"\xec\xa5" + b"\0" * 8 + b"\x00\x01"
    with pytest.raises(EncryptedFile, match="密码"):
        read_file(write(tmp_path / "a.doc", bytes(data)))


def test_misnamed_files_are_read_for_what_they_are(tmp_path: Path) -> None:
    misnamed = write_docx(tmp_path / "通知.pdf", p("关于开展读书活动的通知"))
    read = read_file(misnamed)
    assert (read.reader, read.blocks[0].text) == ("docx", "关于开展读书活动的通知")
    assert read.warnings == ("扩展名是 .pdf，内容是 docx，已按内容读取。",)
    assert read_file(small_pdf(tmp_path / "a.docx")).reader == "pdf"
    page = read_file(write(tmp_path / "网页.doc", PAGE.encode("gb18030")))
    assert (page.reader, page.blocks[0].text) == ("html", "志愿服务条例")


def test_missing_and_unusual_paths(tmp_path: Path) -> None:
    for path in (tmp_path / "none.txt", tmp_path):
        with pytest.raises(DamagedFile):
            read_file(path)


def test_enormous_files(tmp_path: Path) -> None:
    for name, size in (("a.pdf", 500 * 1024**2), ("a.txt", 60 * 1024**2)):
        path = write(tmp_path / name, b"text\n")
        os.truncate(path, size)
        with pytest.raises(DamagedFile, match="上限"):
            read_file(path)


def test_zip_bombs(tmp_path: Path) -> None:
    blank = "<w:p/>" * 4_000_000
    with pytest.raises(DamagedFile, match="压缩炸弹"):
        read_file(write_docx(tmp_path / "ratio.docx", blank))
    many = tmp_path / "many.docx"
    with zipfile.ZipFile(many, "w") as archive:
        for i in range(10_001):
            archive.writestr(f"word/document{i}.xml", "")
    with pytest.raises(DamagedFile, match="压缩炸弹"):
        read_file(many)


def test_an_entry_longer_than_it_says(tmp_path: Path) -> None:
    path = write_docx(tmp_path / "a.docx", p("字" * 200_000))
    data = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        size = archive.getinfo("word/document.xml").file_size
    path.write_bytes(data.replace(size.to_bytes(4, "little"), (1000).to_bytes(4, "little")))
    with pytest.raises(DamagedFile):
        read_file(path)


@pytest.mark.parametrize(
    "doctype",
    [
        '<!DOCTYPE x [<!ENTITY a "笑"><!ENTITY b "&a;&a;&a;"><!ENTITY c "&b;&b;&b;">]>',
        '<!DOCTYPE x [<!ENTITY c SYSTEM "file:///etc/hostname">]>',
        '<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">',
    ],
)
def test_entities_are_refused(tmp_path: Path, doctype: str) -> None:
    reference = "&c;" if "ENTITY" in doctype else ""
    document = f"{doctype}<w:document {NAMESPACES}><w:body>{p('正文' + reference)}</w:body></w:document>"
    parts = {"_rels/.rels": relations({"r1": ("officeDocument", "word/document.xml")}), "word/document.xml": document}
    with pytest.raises(DamagedFile, match=r"XML|恶意"):
        read_file(write_zip(tmp_path / "a.docx", parts))


def test_deep_nesting(tmp_path: Path) -> None:
    nested = "<w:tbl><w:tr><w:tc>" * 80 + p("底") + "</w:tc></w:tr></w:tbl>" * 80
    assert read_file(write_docx(tmp_path / "a.docx", nested)).blocks[0].text == "底"
    with pytest.raises(DamagedFile):
        read_file(
            write_docx(
                tmp_path / "b.docx", nested.replace("<w:tbl>", "<w:tbl>" * 5).replace("</w:tbl>", "</w:tbl>" * 5)
            )
        )
    deep = "<div>" * 5_000 + "底" + "</div>" * 5_000
    result = outcome(write(tmp_path / "a.html", f"<html><body>{deep}</body></html>".encode()))
    assert isinstance(result, ReadFile | DamagedFile)


def outcome(path: Path) -> ReadFile | UnreadableFile:
    try:
        return read_file(path)
    except UnreadableFile as error:
        assert error.detail.endswith(("。", "."))
        return error


def seeds(folder: Path) -> list[Path]:
    lists = abstract(0, ("chineseCounting", "%1、")) + num(1, 0)
    body = p("总则", numbered(1)) + table(tc("甲") + tc("乙"), tc("1") + tc("2"))
    return [
        write_docx(folder / "a.docx", body, numbering=lists, styles="", footnotes="", header=p("页眉")),
        small_pdf(folder / "a.pdf"),
        write(folder / "a.html", PAGE.encode()),
        write(folder / "a.md", "# 题\n\n| a | b |\n|--|--|\n| 1 | 2 |\n\n- 项\n".encode()),
        write(folder / "a.txt", "关于志愿服务的通知\n正文。\n".encode("gb18030")),
    ]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    which=st.integers(0, 4),
    changes=st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), max_size=12),
    cut=st.floats(0.3, 1),
)
def test_mutated_files_end_in_a_named_outcome(
    tmp_path: Path, which: int, changes: list[tuple[float, int]], cut: float
) -> None:
    seed = seeds(tmp_path)[which]
    data = bytearray(seed.read_bytes())
    for place, value in changes:
        data[int(place * len(data))] = value
    result = outcome(write(seed, bytes(data[: int(cut * len(data))])))
    if isinstance(result, ReadFile):
        for block in result.blocks:
            block.text.encode("utf-8")
            assert "\n" not in block.text
            assert block.text.strip()


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    part=st.sampled_from(
        ["word/document.xml", "word/numbering.xml", "word/styles.xml", "word/_rels/document.xml.rels"]
    ),
    old=st.sampled_from(["0", "1", "decimal", "w:val", "w:lvl", "w:p>", "w:tc>", "w:numId", "Target", "header", "%1"]),
    new=st.sampled_from(["", "-1", "99999999999", "x", "w:tbl", "w:sdt", "w:r", "../..", "%9", "w:p>"]),
)
def test_strange_xml_ends_in_a_named_outcome(tmp_path: Path, part: str, old: str, new: str) -> None:
    seed = seeds(tmp_path)[0]
    with zipfile.ZipFile(seed) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts[part] = parts[part].decode().replace(old, new).encode()
    result = outcome(write_zip(seed, parts))
    assert not isinstance(result, NeedsOcr)
