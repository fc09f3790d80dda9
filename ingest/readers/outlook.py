"""Mail as Outlook saves it (msg, [MS-OXMSG]): an OLE file with one stream per property."""

import base64
import codecs
import datetime
import re
import struct
from collections.abc import Iterator
from email.header import Header
from email.message import Message
from pathlib import Path

import olefile

from corpus.errors import DamagedFile
from ingest.blocks import ReadFile
from ingest.readers.collector import Collector
from ingest.readers.decoding import decode, strict
from ingest.readers.mail import add_head
from ingest.readers.members import Member
from ingest.readers.plain_text import add_lines
from ingest.readers.rtf import decompressed, text_of
from ingest.readers.web_page import add_whole_page

MEDIA_TYPE = "application/vnd.ms-outlook"
_SUBJECT, _SENDER, _SENDER_ADDRESS, _TO, _CC = "0037", "0C1A", "0C1F", "0E04", "0E03"
_BODY, _HTML, _RTF = "1000", "1013", "1009"
_LONG_NAME, _SHORT_NAME, _DATA = "3707", "3704", "3701"
_SENT_AT, _RECEIVED_AT, _CODE_PAGE = 0x0039, 0x0E06, 0x3FFD
_EMBEDDED = "__substg1.0_3701000D"
_HEADER_BYTES, _EMBEDDED_HEADER_BYTES = 32, 24
"""Before the entries of the top level's property stream (2.4.1.1), and of an attached mail's (2.4.1.2)."""
_MOST_DEPTH = 4
"""Mails inside mails."""
_MOST_STREAM = 200 * 1024**2
_EPOCH = datetime.datetime(1601, 1, 1, tzinfo=datetime.UTC)


def read_outlook(path: Path) -> ReadFile:
    """Subject, sender, recipients and date, then the body; ``members`` counts the attachments.

    Raises:
        DamagedFile: broken, or nothing to read.
    """
    collector = Collector()
    with _Message(path) as message:
        fields = {
            "发件人": message.sender(),
            "收件人": message.text(_TO),
            "抄送": message.text(_CC),
            "日期": message.time(),
        }
        add_head(collector, message.subject(), fields)
        text, page = message.body()
        if page:
            add_whole_page(collector, page)
        elif text:
            add_lines(collector, text)
        elif message.data(_RTF):
            collector.warnings.append("邮件正文是损坏的 RTF，没有入库。请在 Outlook 中另存为 html 后再入库。")
        count = sum(1 for _ in message.members())
    return collector.finish("msg", MEDIA_TYPE, members=count)


def outlook_members(path: Path) -> Iterator[Member]:
    """Attached files, and attached mails as eml: in the msg they are no files but storages."""
    with _Message(path) as message:
        yield from message.members()


class _Message:
    """An open msg file or a mail attached in one, as a context manager.

    Raises:
        DamagedFile: not an OLE file, or a broken one.
    """

    def __init__(self, source: Path | olefile.OleFileIO, root: str = "", depth: int = 1) -> None:
        try:
            self._ole = olefile.OleFileIO(source) if isinstance(source, Path) else source
            self._root, self._depth = root, depth
            self._properties = self._read_properties()
        except (OSError, struct.error, ValueError, IndexError) as error:
            raise DamagedFile("邮件文件已损坏，打不开。请重新获取原件后再入库。") from error

    def __enter__(self) -> "_Message":
        return self

    def __exit__(self, *_: object) -> None:
        self._ole.close()

    def subject(self) -> str:
        """The subject on one line."""
        return " ".join(self.text(_SUBJECT).split())

    def sender(self) -> str:
        """Name and address."""
        return " ".join(filter(None, (self.text(_SENDER), self.text(_SENDER_ADDRESS))))

    def body(self) -> tuple[str, bytes]:
        """The body as text or as a page, whichever the mail has; both empty where it has neither."""
        if (body := self.text(_BODY)).strip():
            return body, b""
        if page := self.data(_HTML):
            return "", page
        try:
            text, is_page = text_of(decompressed(self.data(_RTF)))
        except ValueError:
            return "", b""
        return ("", codecs.BOM_UTF8 + text.encode()) if is_page else (text, b"")

    def text(self, tag: str, storage: str = "") -> str:
        """A string property of a message or attachment: UTF-16, or 8-bit in the message's code page."""
        wide = self.data(tag, storage, "001F")
        if wide:
            return wide.decode("utf-16-le", "replace").rstrip("\0")
        narrow = self.data(tag, storage, "001E").rstrip(b"\0")
        if not narrow:
            return ""
        page = int.from_bytes(self._properties.get(_CODE_PAGE, b"")[:4], "little")
        text = strict(narrow, "gb18030" if page == 936 else f"cp{page}") if page else None
        return decode(narrow).text if text is None else text

    def data(self, tag: str, storage: str = "", kind: str = "0102") -> bytes:
        """The stream of a property, or nothing."""
        name = self._path(storage, f"__substg1.0_{tag}{kind}")
        if self._ole.get_type(name) != olefile.STGTY_STREAM or self._ole.get_size(name) > _MOST_STREAM:
            return b""
        data: bytes = self._ole.openstream(name).read()
        return data

    def time(self) -> str:
        """When the mail was sent, else received, in UTC; empty where neither is known."""
        value = self._properties.get(_SENT_AT) or self._properties.get(_RECEIVED_AT)
        if not value:
            return ""
        try:
            at = _EPOCH + datetime.timedelta(microseconds=int.from_bytes(value, "little") // 10)
        except OverflowError:
            return ""
        return at.strftime("%Y-%m-%d %H:%M")

    def members(self) -> Iterator[Member]:
        """Files and mails among the attachments."""
        for storage in self._storages():
            name = self.text(_LONG_NAME, storage) or self.text(_SHORT_NAME, storage)
            if data := self.data(_DATA, storage):
                yield Member(re.sub(r"[\x00-\x1f/\\]+", "_", name).strip() or "附件", data)
            elif mail := self._attached(storage):
                yield Member(f"{mail.subject() or '邮件'}.eml", mail.as_eml())

    def as_eml(self) -> bytes:
        """The mail as eml (RFC 5322), its attachments with it."""
        mail = Message()
        heads = (("Subject", self.subject()), ("From", self.sender()), ("To", self.text(_TO)), ("Cc", self.text(_CC)))
        for name, value in (*heads, ("Date", self.time())):
            if value:
                mail[name] = Header(" ".join(value.split()), "utf-8").encode()
        text, page = self.body()
        mail["MIME-Version"], mail["Content-Type"] = "1.0", "multipart/mixed"
        mail.attach(
            _part("text/html" if page else "text/plain; charset=utf-8", page or text.encode("utf-8", "replace"))
        )
        for member in self.members():
            part = _part("application/octet-stream", member.content if isinstance(member.content, bytes) else b"")
            part.add_header("Content-Disposition", "attachment", filename=("utf-8", "", member.name))
            mail.attach(part)
        return mail.as_bytes()

    def _attached(self, storage: str) -> "_Message | None":
        """The mail attached in ``storage``, if one is."""
        root = self._path(storage, _EMBEDDED)
        if self._depth >= _MOST_DEPTH or self._ole.get_type(root) != olefile.STGTY_STORAGE:
            return None
        try:
            return _Message(self._ole, root, self._depth + 1)
        except DamagedFile:
            return None

    def _storages(self) -> list[str]:
        """Names of the storages that hold an attachment each."""
        above = [part for part in self._root.split("/") if part]
        inside = (entry[len(above)] for entry in self._ole.listdir() if entry[: len(above)] == above != entry)
        return sorted({name for name in inside if name.startswith("__attach_version1.0_")})

    def _path(self, *parts: str) -> str:
        return "/".join(filter(None, (self._root, *parts)))

    def _read_properties(self) -> dict[int, bytes]:
        """Values of fixed length by property id (2.4.2)."""
        data = self._ole.openstream(self._path("__properties_version1.0")).read()
        data = data[_EMBEDDED_HEADER_BYTES if self._root else _HEADER_BYTES :]
        entries = struct.iter_unpack("<HHI8s", data[: len(data) // 16 * 16])
        return {identifier: value for _, identifier, _, value in entries}


def _part(content_type: str, data: bytes) -> Message:
    part = Message()
    part["Content-Type"] = content_type
    part["Content-Transfer-Encoding"] = "base64"
    part.set_payload(base64.encodebytes(data).decode("ascii"))
    return part
