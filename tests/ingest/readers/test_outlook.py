import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import DamagedFile
from ingest.readers import read_file
from ingest.readers.mail import mail_members
from ingest.readers.outlook import outlook_members
from ingest.readers.rtf import decompressed, text_of
from tests.ingest.readers.ole_files import write_ole


def stream(tag: str, text: str) -> dict[str, bytes]:
    return {f"__substg1.0_{tag}001F": text.encode("utf-16-le")}


def properties(*values: tuple[int, int, int]) -> bytes:
    return bytes(32) + b"".join(struct.pack("<HHIQ", kind, tag, 6, value) for tag, kind, value in values)


SENT = (0x0039, 0x0040, 134169750000000000)
"""2026-03-03 01:30 as 100 ns since 1601."""


def message(**more: object) -> dict[str, object]:
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


RTF = rb"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0\fnil\fcharset134 SimSun;}}\f0\'d6\'be\'d4\'b8\'b7\'fe\'ce\'f1\par " + (
    rb"{\*\generator x;}{\b \u31532?}\u19968? \{1\}\par}"
)
PAGE = rb"{\rtf1\ansi\ansicpg936\fromhtml1 \deff0{\*\htmltag64 <p>}\htmlrtf \b no\htmlrtf0 \'d6\'be\'d4\'b8" + (
    rb"{\*\htmltag84 &nbsp;}\htmlrtf\par\htmlrtf0{\*\htmltag72 </p>}}"
)


def stored(rtf: bytes) -> dict[str, bytes]:
    return {"__substg1.0_10090102": struct.pack("<IIII", len(rtf) + 12, len(rtf), 0x414C454D, 0) + rtf}


def test_rtf_is_decompressed() -> None:
    """The two examples of [MS-OXRTFCP] 4.1 and 4.2; the second copies what it is still writing."""
    plain = "2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af32068656c090020627705b06c647d0a800fa0"
    assert decompressed(bytes.fromhex(plain)) == b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"
    crossing = "1a0000001c0000004c5a4675e2d44b51410004205758595a0d6e7d010eb0"
    assert decompressed(bytes.fromhex(crossing)) == b"{\\rtf1 WXYZWXYZWXYZWXYZWXYZ}"


@given(st.binary(max_size=300), st.sampled_from([0x75465A4C, 0x414C454D]))
def test_whatever_is_in_rtf_it_ends(data: bytes, kind: int) -> None:
    out = decompressed(struct.pack("<IIII", len(data) + 12, len(data), kind, 0) + data)
    assert len(out) <= 9 * len(data)
    text, _ = text_of(rb"{\rtf1" + data)
    text.encode()


@pytest.mark.parametrize(("rtf", "expected"), [(RTF, ["志愿服务", "第一 {1}"]), (PAGE, ["志愿"])])
def test_bodies_that_are_only_rtf(tmp_path: Path, rtf: bytes, expected: list[str]) -> None:
    read = read_file(write_ole(tmp_path / "a.msg", message(**stored(rtf))))
    assert [block.text.strip() for block in read.blocks[4:]] == expected


def test_broken_rtf_is_said(tmp_path: Path) -> None:
    read = read_file(write_ole(tmp_path / "a.msg", message(**stored(b"{ no RTF"))))
    assert [warning[:12] for warning in read.warnings] == ["邮件正文是损坏的 RTF"]


def test_attached_mails_become_mails_of_their_own(tmp_path: Path) -> None:
    inner = {
        "__properties_version1.0": bytes(24) + properties(SENT)[32:],
        **stream("0037", "关于读书活动的通知"),
        **stream("0C1A", "市社科联"),
        **stream("1000", "请各单位参加。\r\n"),
        "__attach_version1.0_#00000000": {"__substg1.0_37010102": b"name,\xe5\xa7\x93", **stream("3707", "名单.csv")},
    }
    storage = {"__attach_version1.0_#00000000": {"__substg1.0_3701000D": inner}}
    outer = write_ole(tmp_path / "a.msg", message(**storage))
    mail, *others = outlook_members(outer)
    assert (mail.name, len(others), read_file(outer).members) == ("关于读书活动的通知.eml", 1, 2)
    (tmp_path / "b.eml").write_bytes(mail.content)
    read = read_file(tmp_path / "b.eml")
    assert [block.text for block in read.blocks] == [
        "关于读书活动的通知",
        "发件人：市社科联",
        "日期：2026-03-03 01:30",
        "请各单位参加。",
    ]
    assert [(member.name, member.content) for member in mail_members(tmp_path / "b.eml")] == [
        ("名单.csv", b"name,\xe5\xa7\x93")
    ]


def test_a_storage_where_a_text_should_be_is_none(tmp_path: Path) -> None:
    strange = message(**stream("1000", "正文。"), **{"__substg1.0_0E03001F": stream("0037", "抄送")})
    assert read_file(write_ole(tmp_path / "a.msg", strange)).blocks[-1].text == "正文。"


def test_broken_files(tmp_path: Path) -> None:
    path = write_ole(tmp_path / "a.msg", message())
    path.write_bytes(path.read_bytes()[:-700])
    with pytest.raises(DamagedFile, match="邮件文件已损坏"):
        read_file(path)
