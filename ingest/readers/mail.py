"""Mail (eml, RFC 5322) and saved web pages (mhtml, RFC 2557), which are mail by their form."""

import re
from collections.abc import Iterator
from email import message_from_bytes
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.utils import parsedate_to_datetime
from pathlib import Path

from corpus.errors import DamagedFile
from ingest.blocks import ReadFile
from ingest.readers.collector import Collector
from ingest.readers.decoding import decode, strict
from ingest.readers.members import Member
from ingest.readers.plain_text import add_lines
from ingest.readers.web_page import add_article, add_whole_page

_FIELDS = (("From", "发件人"), ("To", "收件人"), ("Cc", "抄送"), ("Date", "日期"))
_MOST_PARTS = 2_000


def read_mail(path: Path) -> ReadFile:
    """Subject, sender, recipients and date, then the body; ``members`` counts the attachments.

    Raises:
        DamagedFile: nothing to read.
    """
    message = _message(path)
    collector = Collector()
    add_head(collector, _text(message, "Subject"), {label: _field(message, name) for name, label in _FIELDS})
    body = next((p for kind in ("text/plain", "text/html") for p in _bodies(message) if _is_filled(p, kind)), None)
    if body is not None and body.get_content_type() == "text/html":
        add_whole_page(collector, _payload(body))
    elif body is not None:
        add_lines(collector, _decoded(body))
    return collector.finish("eml", "message/rfc822", members=sum(1 for _ in mail_members(path)))


def add_head(collector: Collector, subject: str, fields: dict[str, str]) -> None:
    """Append a mail's subject as heading and title, and its fields as key and value."""
    if subject:
        collector.properties["title"] = subject
        collector.add(subject, heading_level=1)
    for label, value in fields.items():
        if value:
            collector.add(f"{label}：{value}", key_value=True)


def mail_members(path: Path) -> Iterator[Member]:
    """Attachments under their names; a mail attached as a whole under its subject."""
    for part in _parts(_message(path)):
        if part.get_content_type() == "message/rfc822":
            for mail in _inside(part):
                yield Member(f"{_text(mail, 'Subject') or '邮件'}.eml", mail.as_bytes())
        elif _is_attachment(part):
            yield Member(_file_name(part), _payload(part))


def read_saved_page(path: Path) -> ReadFile:
    """The article of the page that was saved.

    Raises:
        DamagedFile: no page in it, or nothing to read.
    """
    page = next((part for part in _parts(_message(path)) if part.get_content_type() == "text/html"), None)
    if page is None:
        raise DamagedFile("网页存档中没有网页。请重新保存网页后再入库。")
    collector = Collector()
    add_article(collector, _payload(page))
    return collector.finish("mhtml", "multipart/related")


def _message(path: Path) -> Message:
    return message_from_bytes(path.read_bytes())


def _parts(message: Message) -> Iterator[Message]:
    """Leaves of the message in order, and attached messages as wholes."""
    pending, count = [message], 0
    while pending and count < _MOST_PARTS:
        part = pending.pop(0)
        count += 1
        if part.is_multipart() and part.get_content_type() != "message/rfc822":
            pending[:0] = _inside(part)
        else:
            yield part


def _inside(part: Message) -> list[Message]:
    payload = part.get_payload()
    return [inner for inner in payload if isinstance(inner, Message)] if isinstance(payload, list) else []


def _bodies(message: Message) -> Iterator[Message]:
    return (part for part in _parts(message) if not _is_attachment(part))


def _is_attachment(part: Message) -> bool:
    """Whether a part is a document of its own; a picture shown inside the text is not."""
    if part.get_content_disposition() == "attachment":
        return True
    return bool(part.get_filename()) and not (part.get_content_maintype() == "image" and part.get("Content-ID"))


def _is_filled(part: Message, kind: str) -> bool:
    return part.get_content_type() == kind and bool(_payload(part).strip())


def _payload(part: Message) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _decoded(part: Message) -> str:
    data, charset = _payload(part), str(part.get_content_charset() or "")
    text = strict(data, _codec(charset)) if charset else None
    return decode(data).text if text is None else text


def _codec(charset: str) -> str:
    return "gb18030" if charset.lower() in ("gb2312", "gbk", "x-gbk") else charset


def _field(message: Message, name: str) -> str:
    if name != "Date":
        return _text(message, name)
    try:
        return parsedate_to_datetime(_text(message, name)).strftime("%Y-%m-%d %H:%M")
    except (ValueError, TypeError, OverflowError, IndexError):
        return _text(message, name)


def _file_name(part: Message) -> str:
    """Name of an attachment; a bare GBK name, as old mailers of China write, survives only as Latin-1."""
    headers = Message()
    for name in ("Content-Disposition", "Content-Type"):
        headers[name] = _raw(part, name)
    name = _readable(headers.get_filename() or "")
    return re.sub(r"[\x00-\x1f/\\]+", "_", name).strip() or "附件"


def _text(message: Message, name: str) -> str:
    return _readable(_raw(message, name))


def _raw(message: Message, name: str) -> str:
    """A header as it stands in the file, each byte as the Latin-1 character of its number."""
    value = next((value for key, value in message.raw_items() if key.lower() == name.lower()), "")
    return str(value).encode("utf-8", "surrogateescape").decode("latin-1")


def _readable(value: str) -> str:
    """A header's value: encoded words (RFC 2047) in their charset, bare bytes in whatever they are in."""
    if any(character > "\xff" for character in value):
        return value
    try:
        parts = decode_header(value)
    except (HeaderParseError, ValueError):
        parts = [(value, None)]
    return " ".join("".join(_word(word, charset) for word, charset in parts).split())


def _word(word: bytes | str, charset: str | None) -> str:
    data = word.encode("latin-1", "replace") if isinstance(word, str) else word
    text = strict(data, _codec(charset)) if charset else None
    if text is not None:
        return text
    try:
        return decode(data).text
    except DamagedFile:
        return data.decode("ascii", "replace")
