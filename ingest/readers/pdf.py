"""PDF by pdfium; the layout is ours. Pages without text, and those whose text layer lies, are read by recognition."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pypdfium2 as pdfium
from pypdfium2 import raw

from corpus.errors import DamagedFile, EncryptedFile, NeedsOcr
from ingest.blocks import ReadFile
from ingest.readers.collector import Collector
from ingest.readers.guards import MAX_PAGES
from ingest.readers.laid_out import LONGEST_HEADING, add_layout, levels_by_size
from ingest.readers.pdf_fonts import system_fonts
from ingest.readers.pdf_layout import Layout, Paragraph, lay_out
from ingest.readers.pdf_lines import Page, read_page
from ingest.readers.pdf_tables import set_tables
from ingest.readers.pdf_text_layer import (
    FEW_CHARACTERS,
    RARE_DOCUMENT,
    RARE_SUSPECT,
    Fault,
    blotted_share,
    fault_of,
    has_han,
    is_confirmed,
    rare_in,
    rare_share,
)
from ingest.readers.recognition import ADVICE, Recognizer, names, note_recognised

if TYPE_CHECKING:
    from PIL.Image import Image

MEDIA_TYPE = "application/pdf"
_PASSWORD_ERROR = 4
"""FPDF_ERR_PASSWORD."""
_MANY_PATHS = 50
"""Shapes on a page almost without text from which on its letters are taken to be drawn as outlines."""
_FEW_ON_SCAN = 80
"""Characters beside an image of the whole page up to which they are a stamp of the scanner or of the library."""
_WHOLE_PAGE = 0.7
_MOST_BLOTTED = 0.5


def read_pdf(path: Path, recognizer: Recognizer | None = None) -> ReadFile:
    """Paragraphs in reading order, rejoined inside and across pages; running heads, page numbers, watermarks removed.

    Raises:
        EncryptedFile: a password is needed to open it.
        NeedsOcr: there is no recognizer, and most pages are images or have a text layer that does not say what they
            show.
        DamagedFile: it cannot be opened, has too many pages, or nothing to read.
    """
    try:
        document = pdfium.PdfDocument(path)
    except pdfium.PdfiumError as error:
        if getattr(error, "err_code", None) == _PASSWORD_ERROR:
            raise EncryptedFile("PDF 设有打开密码。请去掉密码、另存后再入库。") from error
        raise DamagedFile("PDF 已损坏，打不开。请重新获取原件，或用 PDF 软件另存后再入库。") from error
    try:
        return _read(path, document, recognizer)
    except pdfium.PdfiumError as error:
        raise DamagedFile("PDF 已损坏，部分页面无法读取。请用 PDF 软件另存后再入库。") from error
    finally:
        document.close()


def _read(path: Path, document: pdfium.PdfDocument, recognizer: Recognizer | None) -> ReadFile:
    count = len(document)
    if count > MAX_PAGES:
        raise DamagedFile(f"PDF 有 {count} 页，超过 {MAX_PAGES} 页的上限。请拆分后再入库。")
    collector = Collector()
    pages, ruled, faults, broken = [], {}, {}, []
    for number in range(1, count + 1):
        try:
            page = document[number - 1]
        except pdfium.PdfiumError:
            broken.append(number)
            continue
        lines = read_page(page, number)
        if fault := Fault.PICTURE if _is_picture(page, lines) else fault_of(lines):
            faults[number] = fault
        else:
            ruled[number] = set_tables(page, lines)
        pages.append(lines)
        page.close()
    if broken:
        if len(broken) == count:
            raise DamagedFile("PDF 已损坏，没有可读的页面。请重新获取原件后再入库。")
        collector.warnings.append(f"{names(broken)}已损坏，没有入库。")
    _check_blots(pages, collector)
    trusted = [page for page in pages if page.number not in faults]
    if rare_in(trusted) > RARE_SUSPECT:
        faults |= _suspected(path, trusted, recognizer, collector)
    if faults and recognizer:
        pages = _recognised(path, pages, faults, recognizer, collector)
    elif faults:
        pages = _without_recognition(pages, faults, collector)
    layout = lay_out([page if page.number in faults else ruled[page.number] for page in pages])
    add_layout(layout, _levels(layout, document), collector)
    return collector.finish("pdf", MEDIA_TYPE)


def _check_blots(pages: Sequence[Page], collector: Collector) -> None:
    share = blotted_share(pages)
    if share > _MOST_BLOTTED:
        raise DamagedFile("PDF 里的文字大多显示为“■”：生成时缺少字体，原文已经丢失。请用原始文档重新导出（嵌入字体）。")
    if share > 0.02:
        collector.warnings.append("部分文字显示为“■”：生成 PDF 时缺少字体，原文已经丢失。请用原始文档重新导出。")


def _is_picture(page: pdfium.PdfPage, lines: Page) -> bool:
    """Whether what a page shows is images, or so many shapes that its letters may be among them."""
    characters = sum(len(line.text) for line in lines.lines)
    if characters >= _FEW_ON_SCAN:
        return False
    kinds: Counter[int] = Counter()
    largest = 0.0
    for index in range(raw.FPDFPage_CountObjects(page)):
        shape = raw.FPDFPage_GetObject(page, index)
        kind = raw.FPDFPageObj_GetType(shape)
        kinds[kind] += 1
        if kind == raw.FPDF_PAGEOBJ_IMAGE:
            left, bottom, right, top = pdfium.PdfObject(shape, page=page).get_bounds()
            largest = max(largest, (right - left) * (top - bottom))
    if largest > _WHOLE_PAGE * lines.width * lines.height:
        return True
    images = kinds[raw.FPDF_PAGEOBJ_IMAGE] + kinds[raw.FPDF_PAGEOBJ_FORM]
    return characters < FEW_CHARACTERS and (images > 0 or kinds[raw.FPDF_PAGEOBJ_PATH] >= _MANY_PATHS)


def _suspected(
    path: Path, pages: Sequence[Page], recognizer: Recognizer | None, collector: Collector
) -> dict[int, Fault]:
    """Faults of a document with strangely many rare characters: one page is recognised, and its text compared.

    Raises:
        NeedsOcr: without a recognizer, rare characters are so many that the text layer must be wrong.
    """
    if recognizer is None:
        if rare_in(pages) > RARE_DOCUMENT:
            raise NeedsOcr(f"PDF 的文字层与页面显示不符（生僻字异常多，疑为字体编码错乱）。{ADVICE}")
        collector.warnings.append("生僻字偏多，文字层可能有误，引用前请与原件核对。")
        return {}
    sample = max(pages, key=lambda page: rare_share(page) or 0.0)
    [seen] = _recognise(path, [sample.number], recognizer)
    if is_confirmed(sample, seen):
        collector.warnings.append(f"生僻字偏多，经文字识别抽查第 {sample.number} 页，文字层与页面一致。")
        return {}
    return {page.number: Fault.WRONG for page in pages if has_han(page)}


def _recognised(
    path: Path,
    pages: Sequence[Page],
    faults: Mapping[int, Fault],
    recognizer: Recognizer,
    collector: Collector,
) -> list[Page]:
    """All pages, the faulty ones as recognised; their text layers become removals."""
    seen = {page.number: page for page in _recognise(path, faults, recognizer)}
    _record(pages, faults, "，已改用文字识别", collector)
    note_recognised(seen.values(), collector)
    return [seen.get(page.number, page) for page in pages]


def _recognise(path: Path, numbers: Iterable[int], recognizer: Recognizer) -> Iterator[Page]:
    with system_fonts(), pdfium.PdfDocument(path) as document:
        for number in numbers:
            page = document[number - 1]
            try:
                yield recognizer.page(partial(_draw, page), number, page.get_size())
            finally:
                page.close()


def _draw(page: pdfium.PdfPage) -> "Image":
    from ingest.readers.rapid_recognition import rendering_scale

    image: Image = page.render(scale=rendering_scale(*page.get_size()), rev_byteorder=True).to_pil()
    return image


def _without_recognition(pages: Sequence[Page], faults: Mapping[int, Fault], collector: Collector) -> list[Page]:
    """The pages whose text can be trusted; the others are recorded and named.

    Raises:
        NeedsOcr: the others are most of the pages.
    """
    count = len(pages)
    pictures = [number for number, fault in faults.items() if fault is Fault.PICTURE]
    if 2 * len(pictures) > count:
        scanned = "全部" if len(pictures) == count else f"{count} 页中有 {len(pictures)} 页"
        raise NeedsOcr(f"这份 PDF {scanned}是扫描图片，没有文字层。{ADVICE}")
    if 2 * (len(faults) - len(pictures)) > count:
        wrong = len(faults) - len(pictures)
        raise NeedsOcr(f"PDF 的文字层与页面显示不符（{count} 页中有 {wrong} 页是乱码）。{ADVICE}")
    _record(pages, faults, "，内容没有入库", collector)
    return [page for page in pages if page.number not in faults]


def _record(pages: Sequence[Page], faults: Mapping[int, Fault], consequence: str, collector: Collector) -> None:
    for fault in Fault:
        if affected := [number for number, found in faults.items() if found is fault]:
            collector.warnings.append(f"{names(affected)}{fault}{consequence}。")
    for page in pages:
        if page.number in faults:
            collector.remove("unreadable_text", "\n".join(line.text for line in page.lines), page.number)


def _levels(layout: Layout, document: pdfium.PdfDocument) -> dict[int, int]:
    """Heading level of paragraphs (by ``id``): from the bookmarks if they fit the text, else from the size of type."""
    marked = dict(_bookmarked(layout.paragraphs, document))
    return marked if len(marked) >= 3 else levels_by_size(layout.paragraphs)


def _bookmarked(paragraphs: Sequence[Paragraph], document: pdfium.PdfDocument) -> Iterator[tuple[int, int]]:
    by_page: dict[int, list[Paragraph]] = defaultdict(list)
    for paragraph in paragraphs:
        if len(paragraph.text) <= LONGEST_HEADING:
            by_page[paragraph.page].append(paragraph)
    for bookmark in document.get_toc(max_depth=6):
        destination = bookmark.get_dest()
        index = destination.get_index() if destination else None
        title = "".join(bookmark.get_title().split())
        for paragraph in by_page.get(index + 1, ()) if index is not None and title else ():
            if "".join(paragraph.text.split()) == title:
                yield id(paragraph), min(bookmark.level + 1, 9)
                break
