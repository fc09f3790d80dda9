"""One reader per format; all return the same blocks. Runs inside a worker process (``ingest.reading``)."""

from dataclasses import replace
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


def _read(  # noqa: PLR0911, PLR0912 (a branch per format)
    detected: Format, path: Path, recognizer: Recognizer | None
) -> ReadFile:
    """Readers are imported when first needed: a folder of text files loads neither lxml nor pdfium."""
    match detected:
        case Format.TEXT:
            from ingest.readers.plain_text import read_plain_text

            return read_plain_text(path)
        case Format.MARKDOWN:
            from ingest.readers.markdown import read_markdown

            return read_markdown(path)
        case Format.HTML:
            from ingest.readers.web_page import read_html

            return read_html(path)
        case Format.DOCX:
            from ingest.readers.docx import read_docx

            return read_docx(path, recognizer)
        case Format.PPTX:
            from ingest.readers.pptx import read_pptx

            return read_pptx(path, recognizer)
        case Format.PDF:
            from ingest.readers.pdf import read_pdf

            return read_pdf(path, recognizer)
        case Format.JPEG | Format.PNG | Format.TIFF:
            from ingest.readers.images import read_image

            return read_image(path, recognizer)
        case Format.OFD:
            from ingest.readers.ofd import read_ofd

            return read_ofd(path, recognizer)
        case Format.XLSX | Format.XLS | Format.ODS:
            from ingest.readers.spreadsheet import read_spreadsheet

            return read_spreadsheet(path, detected)
        case Format.CSV:
            from ingest.readers.delimited import read_delimited

            return read_delimited(path)
        case Format.EPUB:
            from ingest.readers.epub import read_epub

            return read_epub(path)
        case Format.EML:
            from ingest.readers.mail import read_mail

            return read_mail(path)
        case Format.MHTML:
            from ingest.readers.mail import read_saved_page

            return read_saved_page(path)
        case Format.MSG:
            from ingest.readers.outlook import read_outlook

            return read_outlook(path)
        case Format.ZIP:
            from ingest.readers.zip_archive import read_zip

            return read_zip(path)
        case Format.DOC | Format.PPT | Format.RTF | Format.ODT | Format.ODP:
            raise NeedsConversion(detected)
