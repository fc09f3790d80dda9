"""PDF with a text layer, by pdfium; the layout is ours. Pages without text, or whose text lies, are sent to OCR."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median

import pypdfium2 as pdfium
from pypdfium2 import raw

from corpus.errors import DamagedFile, EncryptedFile, NeedsOcr
from ingest.blocks import ReadFile
from ingest.readers.collector import Collector
from ingest.readers.decoding import BIG5_LEVEL_1, GB2312_LEVEL_1
from ingest.readers.guards import MAX_PAGES
from ingest.readers.laid_out import LONGEST_HEADING, add_layout, levels_by_size
from ingest.readers.pdf_layout import Layout, Paragraph, lay_out
from ingest.readers.pdf_lines import Page, read_page

MEDIA_TYPE = "application/pdf"
_OCR_ADVICE = "请用文字识别软件（OCR）转成 docx 或带文字层的 PDF 后再入库。"
_PASSWORD_ERROR = 4
"""FPDF_ERR_PASSWORD."""
_FEW_CHARACTERS = 20
_MANY_PATHS = 50
"""Shapes on a page almost without text from which on its letters are taken to be drawn as outlines."""
_COMMON_HAN = GB2312_LEVEL_1 | BIG5_LEVEL_1
_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
_KANA = re.compile(r"[\u3040-\u30ff]")
_LATIN_1 = re.compile(r"[\xa1-\u024f]")
_NO_TEXT = re.compile(r"[\ue000-\uf8ff\ufffd]|\(cid:\d+\)")
_RARE_PAGE, _RARE_DOCUMENT, _RARE_SUSPECT = 0.10, 0.03, 0.015
"""Shares of rare Han characters above which a page is garbage, a document's text layer is wrong, or deserves a warning.

Measured: State Council documents at most .013, classical Chinese .017 to .029, a font with shifted glyphs .033.
"""


def read_pdf(path: Path) -> ReadFile:
    """Paragraphs in reading order, rejoined inside and across pages; running heads, page numbers, watermarks removed.

    Raises:
        EncryptedFile: a password is needed to open it.
        NeedsOcr: most pages are images, or the text layer does not say what the page shows.
        DamagedFile: it cannot be opened, has too many pages, or nothing to read.
    """
    try:
        document = pdfium.PdfDocument(path)
    except pdfium.PdfiumError as error:
        if getattr(error, "err_code", None) == _PASSWORD_ERROR:
            raise EncryptedFile("PDF 设有打开密码。请去掉密码、另存后再入库。") from error
        raise DamagedFile("PDF 已损坏，打不开。请重新获取原件，或用 PDF 软件另存后再入库。") from error
    try:
        return _read(document)
    except pdfium.PdfiumError as error:
        raise DamagedFile("PDF 已损坏，部分页面无法读取。请用 PDF 软件另存后再入库。") from error
    finally:
        document.close()


def _read(document: pdfium.PdfDocument) -> ReadFile:
    count = len(document)
    if count > MAX_PAGES:
        raise DamagedFile(f"PDF 有 {count} 页，超过 {MAX_PAGES} 页的上限。请拆分后再入库。")
    collector = Collector()
    pages, pictures, broken = [], [], []
    for number in range(1, count + 1):
        try:
            page = document[number - 1]
        except pdfium.PdfiumError:
            broken.append(number)
            continue
        lines = read_page(page, number)
        if sum(len(line.text) for line in lines.lines) < _FEW_CHARACTERS and _is_drawn(page):
            pictures.append(number)
        pages.append(lines)
        page.close()
    if broken:
        if len(broken) == count:
            raise DamagedFile("PDF 已损坏，没有可读的页面。请重新获取原件后再入库。")
        collector.warnings.append(f"{_names(broken)}已损坏，没有入库。")
    pages = _readable(pages, pictures, count, collector)
    layout = lay_out(pages)
    add_layout(layout, _levels(layout, document), collector)
    return collector.finish("pdf", MEDIA_TYPE)


def _is_drawn(page: pdfium.PdfPage) -> bool:
    """Whether a page shows images, or so many shapes that its letters may be among them."""
    kinds = Counter(
        raw.FPDFPageObj_GetType(raw.FPDFPage_GetObject(page, index)) for index in range(raw.FPDFPage_CountObjects(page))
    )
    images = kinds[raw.FPDF_PAGEOBJ_IMAGE] + kinds[raw.FPDF_PAGEOBJ_FORM]
    return images > 0 or kinds[raw.FPDF_PAGEOBJ_PATH] >= _MANY_PATHS


def _readable(pages: list[Page], pictures: list[int], count: int, collector: Collector) -> list[Page]:
    """The pages whose text can be trusted; the others are recorded and named.

    Raises:
        NeedsOcr: the others are most of the pages, or rare characters throughout show a wrong text layer.
    """
    shares = {page.number: _rare_share(page) for page in pages}
    garbage = [page.number for page in pages if _is_garbage(page, shares[page.number])]
    if 2 * len(pictures) > count:
        scanned = "全部" if len(pictures) == count else f"{count} 页中有 {len(pictures)} 页"
        raise NeedsOcr(f"这份 PDF {scanned}是扫描图片，没有文字层。{_OCR_ADVICE}")
    if 2 * len(garbage) > count:
        raise NeedsOcr(f"PDF 的文字层与页面显示不符（{count} 页中有 {len(garbage)} 页是乱码）。{_OCR_ADVICE}")
    rare = median(known) if (known := [share for share in shares.values() if share is not None]) else 0.0
    if rare > _RARE_DOCUMENT:
        raise NeedsOcr(f"PDF 的文字层与页面显示不符（生僻字异常多，疑为字体编码错乱）。{_OCR_ADVICE}")
    if rare > _RARE_SUSPECT:
        collector.warnings.append("生僻字偏多，文字层可能有误，引用前请与原件核对。")
    if pictures:
        collector.warnings.append(f"{_names(pictures)}是图片，没有文字层，内容没有入库。")
    if garbage:
        collector.warnings.append(f"{_names(garbage)}的文字层是乱码，没有入库。")
        for page in pages:
            if page.number in garbage:
                collector.remove("unreadable_text", "\n".join(line.text for line in page.lines), page.number)
    return [page for page in pages if page.number not in garbage]


def _rare_share(page: Page) -> float | None:
    """Share of Han characters that neither GB 2312 nor Big5 counts as common; None without enough to tell."""
    text = "".join(line.text for line in page.lines)
    han = _HAN.findall(text)
    if len(han) < 50 or len(_KANA.findall(text)) > 0.05 * len(han):
        return None
    return sum(character not in _COMMON_HAN for character in han) / len(han)


def _is_garbage(page: Page, rare: float | None) -> bool:
    text = "".join("".join(line.text for line in page.lines).split())
    if len(text) < _FEW_CHARACTERS:
        return False
    latin, missing = len(_LATIN_1.findall(text)), sum(map(len, _NO_TEXT.findall(text)))
    return latin > 0.08 * len(text) or missing > 0.05 * len(text) or (rare or 0.0) > _RARE_PAGE


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


def _names(pages: Sequence[int]) -> str:
    """第 3、5 页; long lists are cut."""
    shown = "、".join(map(str, pages[:20]))
    return f"第 {shown} 等 {len(pages)} 页" if len(pages) > 20 else f"第 {shown} 页"
