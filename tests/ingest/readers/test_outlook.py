import struct
from pathlib import Path

import pytest

from corpus.errors import DamagedFile
from ingest.readers import read_file
from ingest.readers.outlook import outlook_members
from tests.ingest.readers.ole_files import write_ole


def stream(tag: str, text: str) -> dict[str, bytes]:
    return {f"__substg1.0_{tag}001F": text.encode("utf-16-le")}


def properties(*values: tuple[int, int, int]) -> bytes:
    return bytes(32) + b"".join(struct.pack("<HHIQ", kind, tag, 6, value) for tag, kind, value in values)


SENT = (0x0039, 0x0040, 134169750000000000)
"""2026-03-03 01:30 as 100 ns since 1601."""


def message(**more: bytes) -> dict[str, object]:
    attachment = {"__substg1.0_37010102": b"data", **stream("3707", "通知.docx")}
    return {
        "__properties_version1.0": properties(SENT),
        **stream("0037", "转发：读书活动材料"),
        **stream("0C1A", "宣传部"),
        **stream("0E04", "各社区"),
        "__attach_version1.0_#00000000": attachment,
        "__attach_version1.0_#00000001": {"__substg1.0_37010102": b"more"},
        **more,
    }


def test_mail_with_attachments(tmp_path: Path) -> None:
    path = write_ole(tmp_path / "a.msg", message(**stream("1000", "各位同事：\r\n请按附件准备。\r\n")))
    read = read_file(path)
    assert [block.text for block in read.blocks] == [
        "转发：读书活动材料",
        "发件人：宣传部",
        "收件人：各社区",
        "日期：2026-03-03 01:30",
        "各位同事：",
        "请按附件准备。",
    ]
    assert (read.reader, read.members) == ("msg", 2)
    assert [(member.name, member.content) for member in outlook_members(path)] == [
        ("通知.docx", b"data"),
        ("附件", b"more"),
    ]


def test_bodies_in_html_and_in_old_code_pages(tmp_path: Path) -> None:
    page = "<html><body><p>志愿服务</p></body></html>".encode("gbk")
    html = write_ole(tmp_path / "a.msg", message(**{"__substg1.0_10130102": page}))
    assert read_file(html).blocks[-1].text == "志愿服务"
    old = {
        "__properties_version1.0": properties((0x3FFD, 3, 936)),
        "__substg1.0_0037001E": "镕基同志讲话".encode("gbk"),
        "__substg1.0_1000001E": "正文。\r\n".encode("gbk"),
    }
    assert [block.text for block in read_file(write_ole(tmp_path / "b.msg", old)).blocks] == ["镕基同志讲话", "正文。"]


def test_a_storage_where_a_text_should_be_is_none(tmp_path: Path) -> None:
    strange = message(**stream("1000", "正文。"), **{"__substg1.0_0E03001F": stream("0037", "抄送")})
    assert read_file(write_ole(tmp_path / "a.msg", strange)).blocks[-1].text == "正文。"


def test_broken_files(tmp_path: Path) -> None:
    path = write_ole(tmp_path / "a.msg", message())
    path.write_bytes(path.read_bytes()[:-700])
    with pytest.raises(DamagedFile, match="邮件文件已损坏"):
        read_file(path)
