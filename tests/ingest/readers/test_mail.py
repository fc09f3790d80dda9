from pathlib import Path

import pytest

from corpus.errors import DamagedFile
from ingest.blocks import ReadFile
from ingest.readers import read_file
from ingest.readers.mail import mail_members

HEAD = b"From: a@b.cn\r\nTo: c@d.cn\r\nDate: Wed, 04 Mar 2026 09:30:00 +0800\r\n"


def read(tmp_path: Path, data: bytes, name: str = "a.eml") -> ReadFile:
    path = tmp_path / name
    path.write_bytes(data)
    return read_file(path)


def test_words_in_every_charset_that_mailers_write(tmp_path: Path) -> None:
    subject = b"Subject: =?gb2312?B?" + __import__("base64").b64encode("镕基同志讲话".encode("gbk")) + b"?=\r\n"
    body = "专家库建设情况如下：\n镕字不在 GB 2312 里。\n".encode("gbk")
    message = (
        HEAD + subject + b"Content-Type: text/plain; charset=gb2312\r\nContent-Transfer-Encoding: 8bit\r\n\r\n" + body
    )
    mail = read(tmp_path, message)
    assert [(block.text, block.heading_level, block.key_value) for block in mail.blocks] == [
        ("镕基同志讲话", 1, False),
        ("发件人：a@b.cn", None, True),
        ("收件人：c@d.cn", None, True),
        ("日期：2026-03-04 09:30", None, True),
        ("专家库建设情况如下：", None, False),
        ("镕字不在 GB 2312 里。", None, False),
    ]
    bare = HEAD + b"Subject: " + "未编码的主题".encode("gbk") + b"\r\n\r\n" + "正文。".encode("gbk")
    assert [block.text for block in read(tmp_path, bare).blocks][0::4] == ["未编码的主题", "正文。"]


@pytest.mark.parametrize(
    ("header", "name"),
    [
        (b'attachment; filename="' + "通知.docx".encode("gbk") + b'"', "通知.docx"),
        (b'attachment; filename="=?utf-8?B?6YCa55+lLmRvY3g=?="', "通知.docx"),
        (b"attachment; filename*=gb18030''%CD%A8%D6%AA.docx", "通知.docx"),
        (b'attachment; filename="..\\..\\a/b.docx"', ".._.._a_b.docx"),
        (b"attachment", "附件"),
    ],
)
def test_names_of_attachments(tmp_path: Path, header: bytes, name: str) -> None:
    part = b"--x\r\nContent-Type: application/octet-stream\r\nContent-Disposition: " + header + b"\r\n\r\ndata\r\n"
    picture = b"--x\r\nContent-Type: image/png; name=logo.png\r\nContent-ID: <1>\r\n\r\npng\r\n"
    text = b"--x\r\nContent-Type: text/html\r\n\r\n<p>body</p>\r\n"
    path = tmp_path / "a.eml"
    path.write_bytes(HEAD + b"Content-Type: multipart/mixed; boundary=x\r\n\r\n" + text + picture + part + b"--x--\r\n")
    assert [(member.name, member.content) for member in mail_members(path)] == [(name, b"data")]
    assert (read_file(path).members, read_file(path).blocks[-1].text) == (1, "body")


@pytest.mark.parametrize("charset", ["x-none", "gb\x00k", "hex", "idna", "utf-7", ""])
def test_charsets_that_are_none(tmp_path: Path, charset: str) -> None:
    kind = f"Content-Type: text/plain; charset={charset}\r\nSubject: =?{charset}?B?YQ==?=\r\n\r\n"
    assert read(tmp_path, HEAD + kind.encode() + "正文。\r\n".encode("gbk")).blocks[-1].text == "正文。"


def test_saved_page(tmp_path: Path) -> None:
    page = "<html><head><meta charset='gbk'></head><body><div id='zoom'><p>志愿服务条例</p></div></body></html>"
    data = (
        b"From: <saved>\r\nSubject: x\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=x\r\n\r\n"
        b"--x\r\nContent-Type: text/html\r\nContent-Transfer-Encoding: 8bit\r\n\r\n" + page.encode("gbk") + b"\r\n--x--"
    )
    saved = read(tmp_path, data, "a.mht")
    assert (saved.reader, [block.text for block in saved.blocks]) == ("mhtml", ["志愿服务条例"])
    with pytest.raises(DamagedFile, match="没有网页"):
        read(tmp_path, data.replace(b"text/html", b"image/png"), "a.mht")


def test_a_text_that_begins_like_a_mail_is_a_text(tmp_path: Path) -> None:
    assert read(tmp_path, "Date: 三月四日\n今日开会。\n".encode(), "纪要.txt").reader == "txt"
