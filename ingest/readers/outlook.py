"""Mail as Outlook saves it (msg, [MS-OXMSG]): an OLE file with one stream per property."""

import datetime
import re
import struct
from collections.abc import Iterator
from pathlib import Path

import olefile

from corpus.errors import DamagedFile
from ingest.blocks import ReadFile
from ingest.readers.collector import Collector
from ingest.readers.decoding import decode, strict
from ingest.readers.mail import add_head
from ingest.readers.members import Member
from ingest.readers.plain_text import add_lines
from ingest.readers.web_page import add_whole_page

MEDIA_TYPE = "application/vnd.ms-outlook"
_SUBJECT, _SENDER, _SENDER_ADDRESS, _TO, _CC = "0037", "0C1A", "0C1F", "0E04", "0E03"
_BODY, _HTML, _RTF = "1000", "1013", "1009"
_LONG_NAME, _SHORT_NAME, _DATA = "3707", "3704", "3701"
_SENT_AT, _RECEIVED_AT, _CODE_PAGE = 0x0039, 0x0E06, 0x3FFD
_HEADER_BYTES = 32
"""Before the entries of the top level's property stream (2.4.1.1)."""
_MOST_STREAM = 200 * 1024**2
_EPOCH = datetime.datetime(1601, 1, 1, tzinfo=datetime.UTC)


def read_outlook(path: Path) -> ReadFile:
    """Subject, sender, recipients and date, then the body; ``members`` counts the attachments.

    Raises:
        DamagedFile: broken, or nothing to read.
    """
    collector = Collector()
    with _Message(path) as message:
        sender = " ".join(filter(None, (message.text(_SENDER), message.text(_SENDER_ADDRESS))))
        fields = {
            "发件人": sender,
            "收件人": message.text(_TO),
            "抄送": message.text(_CC),
            "日期": message.time(),
        }
        add_head(collector, " ".join(message.text(_SUBJECT).split()), fields)
        if (body := message.text(_BODY)).strip():
            add_lines(collector, body)
        elif page := message.data(_HTML):
            add_whole_page(collector, page)
        elif message.data(_RTF):
            collector.warnings.append("邮件正文只有 RTF 格式，没有入库。请在 Outlook 中另存为 html 后再入库。")
        count = sum(1 for _ in message.members())
    return collector.finish("msg", MEDIA_TYPE, members=count)


def outlook_members(path: Path) -> Iterator[Member]:
    """Attached files. Mails attached as a whole are left out: they are storages, not files."""
    with _Message(path) as message:
        yield from message.members()


class _Message:
    """An open msg file, as a context manager.

    Raises:
        DamagedFile: not an OLE file, or a broken one.
    """

    def __init__(self, path: Path) -> None:
        try:
            self._ole = olefile.OleFileIO(path)
            self._properties = self._read_properties()
        except (OSError, struct.error, ValueError, IndexError) as error:
            raise DamagedFile("邮件文件已损坏，打不开。请重新获取原件后再入库。") from error

    def __enter__(self) -> "_Message":
        return self

    def __exit__(self, *_: object) -> None:
        self._ole.close()

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
        name = f"{storage}/__substg1.0_{tag}{kind}".lstrip("/")
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
        """Files among the attachments."""
        storages = sorted({entry[0] for entry in self._ole.listdir() if entry[0].startswith("__attach_version1.0_")})
        for storage in storages:
            data = self.data(_DATA, storage)
            name = self.text(_LONG_NAME, storage) or self.text(_SHORT_NAME, storage)
            if data:
                yield Member(re.sub(r"[\x00-\x1f/\\]+", "_", name).strip() or "附件", data)

    def _read_properties(self) -> dict[int, bytes]:
        """Values of fixed length by property id (2.4.2)."""
        data = self._ole.openstream("__properties_version1.0").read()[_HEADER_BYTES:]
        entries = struct.iter_unpack("<HHI8s", data[: len(data) // 16 * 16])
        return {identifier: value for _, identifier, _, value in entries}
