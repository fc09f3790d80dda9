"""What a file is, by its content. The extension only tells txt, md and csv apart, and words the reasons."""

import re
import zipfile
import zlib
from pathlib import Path

from corpus.errors import DamagedFile, EncryptedFile, SkippedFile, UnreadableFile, UnsupportedFile
from ingest.readers.formats import EXTENSIONS, TEXT_EXTENSIONS, Format
from ingest.readers.ole import sniff_ole

HEAD_BYTES = 8192
_PROGRAM_EXTENSIONS = frozenset({
    ".py", ".js", ".ts", ".css", ".json", ".jsonl", ".ipynb", ".yaml", ".yml", ".toml", ".ini", ".cfg", ".conf",
    ".sh", ".bat", ".c", ".h", ".cpp", ".java", ".go", ".rs", ".sql", ".tex",
})  # fmt: skip
_DROSS_NAMES = frozenset({".ds_store", "thumbs.db", "desktop.ini", ".gitkeep", ".gitignore"})


_UNPACK = "请解压后把其中的文件入库。"
_MAGIC: tuple[tuple[bytes, str, str], ...] = (
    (b"GIF8", "GIF 图片", "请另存为 png 后再入库。"),
    (b"7z\xbc\xaf\x27\x1c", "7z 压缩包", _UNPACK),
    (b"Rar!", "RAR 压缩包", _UNPACK),
    (b"\x1f\x8b", "gzip 压缩包", _UNPACK),
    (b"BZh", "bzip2 压缩包", _UNPACK),
    (b"\xfd7zXZ", "xz 压缩包", _UNPACK),
    (b"MZ", "Windows 程序", "程序文件不入库。"),
    (b"\x7fELF", "Linux 程序", "程序文件不入库。"),
    (b"ID3", "MP3 音频", "请转成文字稿后再入库。"),
    (b"RIFF", "RIFF 音频、视频或图片", "请转成文字稿后再入库。"),
    (b"SQLite format 3", "SQLite 数据库", "数据库文件不入库。"),
    (b"\xc5\xd0\xd3\xc6", "EPS 图形", "请另存为 pdf 后再入库。"),
    (b"%!PS", "PostScript 文件", "请另存为 pdf 后再入库。"),
)
_IMAGES = (
    (b"\x89PNG\r\n\x1a\n", Format.PNG),
    (b"\xff\xd8\xff", Format.JPEG),
    (b"II*\0", Format.TIFF),
    (b"MM\0*", Format.TIFF),
)
_ZIP_KINDS = (
    (re.compile(r"word/document[^/]*\.xml$"), Format.DOCX),
    (re.compile(r"ppt/presentation\.xml$"), Format.PPTX),
    (re.compile(r"xl/workbook\.(?:xml|bin)$"), Format.XLSX),
    (re.compile(r"(?i)(?:.*/)?ofd\.xml$"), Format.OFD),
    (re.compile(r"META-INF/container\.xml$"), Format.EPUB),
)
"""A part that only one format has."""
_IN_ZIPS = (Format.DOCX, Format.PPTX, Format.XLSX, Format.OFD, Format.EPUB, Format.ODT, Format.ODS, Format.ODP)
_MOST_MANIFEST = 4 * 1024**2
_ODF_KINDS = {
    b"application/vnd.oasis.opendocument.text": Format.ODT,
    b"application/vnd.oasis.opendocument.spreadsheet": Format.ODS,
    b"application/vnd.oasis.opendocument.presentation": Format.ODP,
}
"""What the part called mimetype says, templates aside (OpenDocument 1.3, part 2, 3.3)."""
_HTML = re.compile(rb"(?is)^\s*(?:<\?xml[^>]*\?>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b")
_HTML_FRAGMENT = re.compile(rb"(?is)^\s*<(?:div|p|table|article|section|meta|title|h[1-6]|span|br|ul|ol|center|font)\b")
_MAIL = re.compile(
    rb"(?im)^(?:Return-Path|Delivered-To|X-[\w-]+|DKIM-Signature|Received|From|To|Cc|Date|Subject|Message-ID|MIME-Version"
    rb"|Content-Type|Content-Transfer-Encoding):"
)
_LEAST_HEADERS = 3
"""Different header lines that a mail has at least; a text may begin with one."""
_SAVED_PAGE = re.compile(rb"(?im)^Content-Type:\s*multipart/related")
_DELIVERED = re.compile(rb"(?im)^(?:Received|To|Delivered-To|Message-ID):")
"""What a mail has and a saved page has not."""


def reject_dross(file_name: str) -> None:
    """Refuse files that only look like documents.

    Raises:
        SkippedFile: lock file of an open document, cache of a file manager.
    """
    if file_name.startswith(("~$", ".~lock.", "._")):
        raise SkippedFile("这是编辑软件或系统留下的临时文件，不是文档，已跳过。")
    if file_name.lower() in _DROSS_NAMES:
        raise SkippedFile("这是系统生成的文件，不是文档，已跳过。")


def sniff(path: Path, head: bytes, extension: str) -> Format:
    """Format of the file at ``path``, whose first ``HEAD_BYTES`` are ``head``.

    Raises:
        UnreadableFile: a format that is not read, or a damaged one of those that are.
    """
    if b"%PDF-" in head[:1024]:
        return Format.PDF
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _office_or_zip(_sniff_zip(path), extension)
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return sniff_ole(path)
    if head.startswith(b"{\\rtf"):
        return Format.RTF
    for magic, image in _IMAGES:
        if head.startswith(magic):
            return image
    for magic, name, advice in _MAGIC:
        if head.startswith(magic):
            raise UnsupportedFile(f"暂不支持 {name}。{advice}")
    if head[4:8] == b"ftyp":
        raise UnsupportedFile("暂不支持视频或 HEIC 图片。请转成文字稿后再入库。")
    if head[257:262] == b"ustar":
        raise UnsupportedFile(f"暂不支持 tar 压缩包。{_UNPACK}")
    return _sniff_text(head, extension)


def _office_or_zip(detected: Format, extension: str) -> Format:
    """An archive without the parts that make it an Office file, as which it is named, is a damaged one."""
    if detected is Format.ZIP and any(extension in EXTENSIONS[kind] for kind in _IN_ZIPS):
        raise DamagedFile(f"内容不是有效的 {extension[1:]}，文件可能已损坏。请重新获取原件后再入库。")
    return detected


def _sniff_zip(path: Path) -> Format:
    try:
        with zipfile.ZipFile(path) as archive:
            entries = [(name.lstrip("/").replace("\\", "/"), name) for name in archive.namelist()]
            marks = [original for name, original in entries if name == "mimetype"]
            kind = archive.open(marks[0]).read(100) if marks else b""
            manifests = [original for name, original in entries if name == "META-INF/manifest.xml"] if kind else []
            manifest = archive.open(manifests[0]).read(_MOST_MANIFEST) if manifests else b""
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError, RuntimeError) as error:
        raise DamagedFile("文件已损坏或不完整（压缩包打不开）。请重新获取原件后再入库。") from error
    for pattern, detected in _ZIP_KINDS:
        if any(pattern.match(name) for name, _ in entries):
            return detected
    if document := _ODF_KINDS.get(kind.strip().removesuffix(b"-template")):
        if b"encryption-data" in manifest:
            raise EncryptedFile("文件设有打开密码。请去掉密码、另存后再入库。")
        return document
    if kind.startswith(b"application/vnd.oasis."):
        raise UnsupportedFile("暂不支持这种 OpenDocument 文件。请另存为 docx、pptx 或 pdf 后再入库。")
    return Format.ZIP


def _sniff_text(head: bytes, extension: str) -> Format:
    markup = head.lstrip(b"\xef\xbb\xbf\xff\xfe").replace(b"\0", b"")
    if _HTML.match(markup) or (_HTML_FRAGMENT.match(markup) and extension in EXTENSIONS[Format.HTML]):
        return Format.HTML
    if markup.lstrip().startswith(b"<?xml"):
        raise UnsupportedFile("暂不支持 XML 文件。如是 Word 另存的文档，请另存为 docx 后再入库。")
    if _MAIL.match(markup) and len(set(map(bytes.lower, _MAIL.findall(markup)))) >= _LEAST_HEADERS:
        return Format.MHTML if _SAVED_PAGE.search(markup) and not _DELIVERED.search(markup) else Format.EML
    if extension in _PROGRAM_EXTENSIONS:
        raise UnsupportedFile(f"{extension} 是程序或数据文件，不入库。")
    for detected in (Format.MARKDOWN, Format.CSV):
        if extension in EXTENSIONS[detected]:
            return detected
    return Format.TEXT


def unknown_content(extension: str, error: UnreadableFile) -> UnreadableFile:
    """The error for content that is no text either: damaged where the name promises a format, else unsupported."""
    if extension in TEXT_EXTENSIONS:
        return error
    if any(extension in extensions for extensions in EXTENSIONS.values()):
        return DamagedFile(f"内容不是有效的 {extension[1:]}，文件可能已损坏。请重新获取原件后再入库。")
    return UnsupportedFile("无法识别的文件格式。请另存为 docx、pptx、pdf、html 或 txt 后再入库。")


def misnamed(detected: Format, extension: str) -> str | None:
    """A warning where the extension promises something else than the content is."""
    promised = any(extension in extensions for extensions in EXTENSIONS.values())
    if extension in EXTENSIONS[detected] or not (promised and extension):
        return None
    return f"扩展名是 {extension}，内容是 {detected}，已按内容读取。"
