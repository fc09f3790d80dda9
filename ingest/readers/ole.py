"""Tells old Office files (OLE compound files, [MS-CFB]) apart, so that the refusal can say what to do."""

import re
from pathlib import Path

from corpus.errors import EncryptedFile, UnreadableFile, UnsupportedFile

_KINDS = (
    ("WordDocument", "暂不支持 Word 97-2003 文档和 WPS 文字（doc、wps）。请用 Word 或 WPS 另存为 docx 后再入库。"),
    ("PowerPoint Document", "暂不支持 PowerPoint 97-2003 和 WPS 演示（ppt、dps）。请另存为 pptx 后再入库。"),
    ("Workbook", "暂不支持 Excel 97-2003 工作簿（xls、et）。请把需要检索的表格复制到 docx 文档中再入库。"),
    ("Book", "暂不支持 Excel 95 工作簿（xls）。请把需要检索的表格复制到 docx 文档中再入库。"),
    ("__properties_version1.0", "暂不支持 Outlook 邮件（msg）。请把正文另存为 html、docx 或 txt 后再入库。"),
)
"""A stream that only one kind of file has, and what to tell its owner."""
_FIB_MAGIC = 0xA5EC
_FIB_ENCRYPTED = 0x0100
_SEARCHED_BYTES = 64 * 1024**2


def describe_ole(path: Path) -> UnreadableFile:
    """The error for an OLE file: encrypted, or in a format that has to be saved anew."""
    with path.open("rb") as file:
        data = file.read(_SEARCHED_BYTES)
    if _entry(data, "EncryptedPackage") or _entry(data, "EncryptedSummary") or _encrypted_word(data):
        return EncryptedFile("文件设有打开密码。请去掉密码、另存后再入库。")
    for stream, reason in _KINDS:
        if _entry(data, stream):
            return UnsupportedFile(reason)
    return UnsupportedFile("暂不支持这种旧版 Office 格式。请另存为 docx、pptx 或 pdf 后再入库。")


def _entry(data: bytes, name: str) -> bytes | None:
    """Directory entry of the stream called ``name`` (128 bytes, aligned; [MS-CFB] 2.6.1)."""
    for match in re.finditer(re.escape(name.encode("utf-16-le") + b"\0\0"), data):
        if match.start() % 128 == 0:
            return data[match.start() : match.start() + 128]
    return None


def _encrypted_word(data: bytes) -> bool:
    """The fEncrypted bit of the file information block ([MS-DOC] 2.5.2), at the start of the WordDocument stream."""
    entry = _entry(data, "WordDocument")
    if entry is None:
        return False
    sector_size = 1 << (int.from_bytes(data[30:32], "little") & 0x1F)
    start = (int.from_bytes(entry[116:120], "little") + 1) * sector_size
    block = data[start : start + 12]
    return int.from_bytes(block[:2], "little") == _FIB_MAGIC and bool(
        int.from_bytes(block[10:12], "little") & _FIB_ENCRYPTED
    )
