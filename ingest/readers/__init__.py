"""One reader per format; all return the same blocks. Runs inside a worker process (``ingest.reading``)."""

from collections.abc import Callable
from dataclasses import replace
from importlib import import_module
from pathlib import Path

from corpus.errors import DamagedFile, UnreadableFile
from ingest.blocks import ReadFile
from ingest.readers.decoding import UnknownEncoding
from ingest.readers.formats import Format, NeedsConversion
from ingest.readers.guards import check_size
from ingest.readers.recognition import Recognizer
from ingest.readers.sniffing import HEAD_BYTES, misnamed, reject_dross, sniff, unknown_content

__all__ = ["format_of", "read_file"]


def format_of(path: Path, file_name: str | None = None) -> Format:
    """Format of a file, going by its content.

    Raises:
        UnreadableFile: a format that is not read, or a damaged file.
    """
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    return sniff(path, head, Path(file_name or path.name).suffix.lower())


def read_file(path: Path, file_name: str | None = None, recognizer: Recognizer | None = None) -> ReadFile:
    """Read a file, going by its content; ``file_name`` is its original name where ``path`` has another.

    Text in images is read by ``recognizer``.

    Raises:
        UnreadableFile: of the subclass that says how the file ended; the message is Chinese and says what to do.
    """
    name = Path(file_name or path).name
    extension = Path(name).suffix.lower()
    reject_dross(name)
    check_size(path)
    try:
        detected = format_of(path, name)
        read = _read(detected, path, recognizer)
    except UnknownEncoding as error:
        raise unknown_content(extension, error) from error
    except (UnreadableFile, ImportError):
        raise
    except MemoryError as error:
        raise DamagedFile("读取这个文件所需的内存超过上限。请拆分或另存后再入库。") from error
    except RecursionError as error:
        raise DamagedFile("文件的结构嵌套过深，无法读取。请另存后再入库。") from error
    except OSError as error:
        raise DamagedFile(f"文件打不开（{error.strerror or error}）。请检查路径和权限。") from error
    except Exception as error:  # whatever a hostile file provokes, it must not end the batch
        raise DamagedFile(f"文件内容不合规范，无法读取（{type(error).__name__}）。请另存后再入库。") from error
    warning = misnamed(detected, extension)
    return replace(read, warnings=(warning, *read.warnings)) if warning else read


_READERS = {
    Format.TEXT: "plain_text.read_plain_text",
    Format.MARKDOWN: "markdown.read_markdown",
    Format.CSV: "delimited.read_delimited",
    Format.HTML: "web_page.read_html",
    Format.MHTML: "mail.read_saved_page",
    Format.DOCX: "docx.read_docx",
    Format.PPTX: "pptx.read_pptx",
    Format.PDF: "pdf.read_pdf",
    Format.JPEG: "images.read_image",
    Format.PNG: "images.read_image",
    Format.TIFF: "images.read_image",
    Format.OFD: "ofd.read_ofd",
    Format.XLSX: "spreadsheet.read_xlsx",
    Format.XLS: "spreadsheet.read_xls",
    Format.ODS: "spreadsheet.read_ods",
    Format.EPUB: "epub.read_epub",
    Format.EML: "mail.read_mail",
    Format.MSG: "outlook.read_outlook",
    Format.ZIP: "zip_archive.read_zip",
}
"""Modules and functions, imported when first needed: a folder of text files loads neither lxml nor pdfium."""
_RECOGNISING = frozenset({
    Format.DOCX, Format.PPTX, Format.PDF, Format.JPEG, Format.PNG, Format.TIFF, Format.OFD,
})  # fmt: skip
"""Formats whose readers are given the recogniser as well."""


def _read(detected: Format, path: Path, recognizer: Recognizer | None) -> ReadFile:
    if detected not in _READERS:
        raise NeedsConversion(detected)
    module, function = _READERS[detected].split(".")
    reader: Callable[..., ReadFile] = getattr(import_module(f"{__name__}.{module}"), function)
    return reader(path, recognizer) if detected in _RECOGNISING else reader(path)
