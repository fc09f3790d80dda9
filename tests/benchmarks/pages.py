"""Fidelity and speed of PDF and text recognition on pages generated from documents that are not part of the project.

    LUNKU_EVAL_DATA=FOLDER python -m tests.benchmarks.pages [--scans N] [--documents N]

FOLDER holds ``gov_docs`` (State Council documents). The limits and thresholds of the readers were set on sentences
written for the tests and on real files; documents are drawn from the half of ``gov_docs`` whose text hash is odd, at
random but the same each time. They are set like official documents (GB/T 9704-2012: 28 characters a line, indents of
two, running head, page number between dashes), as text and as 200 dpi scans with skew and noise, in one column and two.

Character error rates ignore blanks only; a wrong bracket or dash counts. Times are processor seconds of one process.
Measured 2026-11-27 on two cores of a slow machine, whose speed changes by the hour: 494 of 494 paragraphs exact in one
column and in two, all heads removed, 131 to 218 and 57 to 86 pages/s, 4.4 times pdfium's own time; embedded fonts 494
of 494, 91 to 151 pages/s; scans CER .0004 (one column, 2.4 and 2.75 s a page where the defaults took 6.5) and .0007
(two columns, three times the characters, 7 s; the defaults 10.4). On a newer one: 414 to 474, 189 to 210 and 295 to 352
pages/s, scans 1.6 and 3.8 s (defaults 5 and 7). On a third, without the copy of the page for each line that two columns
spent a quarter of their time on: 518, 212 and 411 pages/s, scans .7 and 1.7 s (defaults 2.3 and 4). With lines read
narrow first and again where in doubt, on a slow one: CER .0004 and .0006, 1.4 and 2.7 to 2.9 s (defaults 4.3 and 7.3;
before, 1.6 and 3.8 to 4.1).

Peers in the same run: pdfium's own text extraction (no layout) and RapidOCR as it comes (its classifier off).
"""

import argparse
import gc
import gzip
import hashlib
import json
import os
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import docx
import numpy as np
import pypdfium2 as pdfium
from docx.shared import Pt
from PIL import Image
from rapidfuzz.distance import Levenshtein
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from ingest.readers.formats import Format
from ingest.readers.pdf import read_pdf
from ingest.readers.rapid_recognition import RapidRecognizer
from tests.ingest.readers.scans import Sheet, scanned, wrapped
from tests.ingest.readers.seeds import save_as

FONT = "STSong-Light"
LINES, COLUMNS, EM, LEADING = 22, 28, 16.0, 28.0
LEFT, TOP = 73.5, 100.0
RUNNING_HEAD = "政策文件汇编"
_ASTRAL = 0x10000


@dataclass(frozen=True, slots=True)
class Layout:
    """Where type stands on a page: the left edges of its columns, and their measure."""

    lefts: tuple[float, ...]
    columns: int
    em: float
    leading: float
    lines: int


ONE = Layout((LEFT,), COLUMNS, EM, LEADING, LINES)
TWO = Layout((60.0, 312.0), 21, 10.5, 17.0, 36)


def main() -> None:
    """Print the figures; exit with an error where there is no data."""
    root = os.environ.get("LUNKU_EVAL_DATA")
    if not root:
        sys.exit("LUNKU_EVAL_DATA names no folder; nothing was measured.")
    parser = argparse.ArgumentParser()
    parser.add_argument("--documents", type=int, default=20)
    parser.add_argument("--scans", type=int, default=10)
    options = parser.parse_args()
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    documents = held_back(Path(root), options.documents)
    with tempfile.TemporaryDirectory() as folder:
        for name, layout in (("one column", ONE), ("two columns", TWO)):
            text_pages(name, layout, documents, Path(folder, "a.pdf"))
        embedded_fonts(documents, Path(folder))
    for name, layout in (("one column", ONE), ("two columns", TWO)):
        if options.scans:
            scans(name, layout, documents, options.scans)


def held_back(root: Path, count: int) -> list[list[str]]:
    """Paragraphs of documents of the held-back half; those that pages of a Chinese font cannot show are left out."""
    with gzip.open(root / "gov_docs" / "corpus.jsonl.gz", "rt", encoding="utf-8") as file:
        texts = [json.loads(line)["text"] for line in file]
    odd = [text for text in texts if hashlib.sha256(text.encode()).digest()[0] % 2]
    random.Random(9).shuffle(odd)
    documents = []
    for text in odd:
        lines = ["".join(line.split()) for line in text.splitlines()]
        paragraphs = [line for line in lines if len(line) > COLUMNS and line[-1] in "。；" and _is_plain(line)]
        if len(paragraphs) >= 12:
            documents.append(paragraphs)
    return documents[:count]


def _is_plain(line: str) -> bool:
    return all(ord(character) < _ASTRAL for character in line) and not any(c.isascii() and c.isalpha() for c in line)


def set_lines(paragraphs: Sequence[str], layout: Layout) -> list[list[list[str]]]:
    """Pages of columns of lines."""
    lines = [line for paragraph in paragraphs for line in wrapped(paragraph, layout.columns)]
    columns = [lines[start : start + layout.lines] for start in range(0, len(lines), layout.lines)]
    return [columns[start : start + len(layout.lefts)] for start in range(0, len(columns), len(layout.lefts))]


def text_pages(name: str, layout: Layout, documents: Sequence[Sequence[str]], path: Path) -> None:
    """Exact paragraphs, heads and numbers removed, order, pages a second."""
    exact = total = heads = wanted = pages = errors = characters = 0
    seconds = peer = 0.0
    for paragraphs in documents:
        canvas = Canvas(str(path), pagesize=A4)
        sheets = set_lines(paragraphs, layout)
        for number, columns in enumerate(sheets, 1):
            _draw(canvas, columns, layout, number)
        canvas.save()
        del canvas
        _forget()
        started = time.process_time()
        read = read_pdf(path)
        seconds += time.process_time() - started
        started = time.process_time()
        with pdfium.PdfDocument(path) as document:
            for page in document:
                page.get_textpage().get_text_range()
        peer += time.process_time() - started
        got = [block.text for block in read.blocks]
        pages += len(sheets)
        exact += sum(paragraph in set(got) for paragraph in paragraphs)
        total += len(paragraphs)
        heads += sum(item.kind in ("running_head", "page_number") for item in read.removed)
        wanted += 2 * len(sheets)
        errors += Levenshtein.distance("".join(got), "".join(paragraphs))
        characters += sum(map(len, paragraphs))
    print(
        f"text, {name}: {pages} pages, {exact} of {total} paragraphs exact, CER {errors / characters:.5f}, "
        f"{heads} of {wanted} heads and numbers removed, {pages / seconds:.0f} pages/s "
        f"({seconds / peer:.1f} times pdfium's extraction alone)"
    )


def _forget() -> None:
    """Keep what was made so far out of the garbage collections to come: a reader process holds nothing of the sort."""
    gc.collect()
    gc.freeze()


def embedded_fonts(documents: Sequence[Sequence[str]], folder: Path) -> None:
    """Pages a second where the font is in the file, as Word and LibreOffice write it; needs soffice."""
    soffice = shutil.which("soffice")
    if not soffice:
        print("text, embedded font: LibreOffice is not installed; not measured")
        return
    document = docx.Document()
    for paragraph in (paragraph for paragraphs in documents for paragraph in paragraphs):
        added = document.add_paragraph()
        added.paragraph_format.first_line_indent = Pt(32)
        added.add_run(paragraph).font.size = Pt(16)
    document.save(str(folder / "b.docx"))
    save_as(Path(soffice), folder / "b.docx", Format.PDF, folder)
    del document
    _forget()
    started = time.process_time()
    read = read_pdf(folder / "b.pdf")
    seconds = time.process_time() - started
    with pdfium.PdfDocument(folder / "b.pdf") as pdf:
        pages = len(pdf)
        started = time.process_time()
        for page in pdf:
            page.get_textpage().get_text_range()
        peer = time.process_time() - started
    got = {"".join(block.text.split()) for block in read.blocks}  # LibreOffice sets space between Han and digits
    wanted = [paragraph for paragraphs in documents for paragraph in paragraphs]
    print(
        f"text, embedded font: {pages} pages, {sum(item in got for item in wanted)} of {len(wanted)} paragraphs exact "
        f"but for blanks, {pages / seconds:.0f} pages/s ({seconds / peer:.1f} times pdfium's extraction alone)"
    )


def _draw(canvas: Canvas, columns: Sequence[Sequence[str]], layout: Layout, number: int) -> None:
    canvas.setFont(FONT, 9)
    canvas.drawString(480, A4[1] - 60, RUNNING_HEAD)
    canvas.drawString(285, 50, f"— {number} —")
    canvas.setFont(FONT, layout.em)
    for left, lines in zip(layout.lefts, columns, strict=False):
        for row, line in enumerate(lines):
            body = line.lstrip("　")
            indent = layout.em * (len(line) - len(body))
            canvas.drawString(left + indent, A4[1] - TOP - row * layout.leading - layout.em, body)
    canvas.showPage()


def scans(name: str, layout: Layout, documents: Sequence[Sequence[str]], count: int) -> None:
    """Character error rate and processor seconds a page, and those of RapidOCR's defaults on the first pages."""
    chance = random.Random(4)
    recognizer = RapidRecognizer()
    errors = characters = 0
    seconds = 0.0
    peer: list[tuple[float, float]] = []
    engine = _default_engine()
    for number in range(count):
        paragraphs = _one_page(documents[number % len(documents)], layout)
        image = _scan(paragraphs, layout, chance.uniform(-1.5, 1.5), chance.uniform(6, 18), number)
        if not number:
            recognizer.page(lambda: Image.new("L", (200, 200), 255), 1)  # loads the models
        started = time.process_time()
        page = recognizer.page(image.copy, 1)
        seconds += time.process_time() - started
        got = _ordered([page])
        errors += Levenshtein.distance(got, "".join(paragraphs))
        characters += sum(map(len, paragraphs))
        if number < 2:
            started = time.process_time()
            result = engine(np.asarray(image.convert("RGB")))
            spent = time.process_time() - started
            raw = "".join(result.txts or ())
            peer.append((Levenshtein.distance(raw, "".join(paragraphs)) / sum(map(len, paragraphs)), spent))
    print(
        f"scans, {name}: {count} pages, CER {errors / characters:.5f}, {seconds / count:.2f} CPU s/page; RapidOCR's "
        f"defaults on the first two: CER {sum(e for e, _ in peer) / len(peer):.5f} (raw order), "
        f"{sum(s for _, s in peer) / len(peer):.2f} CPU s/page"
    )


def _one_page(paragraphs: Sequence[str], layout: Layout) -> list[str]:
    """As many paragraphs as fill a page."""
    room, chosen = layout.lines * len(layout.lefts), []
    for paragraph in paragraphs:
        room -= len(wrapped(paragraph, layout.columns))
        if room < 0:
            break
        chosen.append(paragraph)
    return chosen or [paragraphs[0][: layout.columns * layout.lines // 2]]


def _scan(paragraphs: Sequence[str], layout: Layout, skew: float, noise: float, number: int) -> Image.Image:
    sheet = Sheet()
    [columns] = set_lines(paragraphs, layout)
    for left, lines in zip(layout.lefts, columns, strict=False):
        for row, line in enumerate(lines):
            body = line.lstrip("　")
            sheet.line(body, left + layout.em * (len(line) - len(body)), TOP + row * layout.leading, layout.em)
    sheet.line(f"— {number + 1} —", 270, 760, 14)
    return scanned(sheet.image, skew, noise, number)


def _ordered(pages: Any) -> str:
    from ingest.readers.pdf_layout import lay_out

    return "".join(item.text for item in lay_out(pages).paragraphs)


def _default_engine() -> Any:
    from rapidocr import RapidOCR

    return RapidOCR(
        params={
            "Global.use_cls": False,
            "Global.log_level": "critical",
            "EngineConfig.onnxruntime.intra_op_num_threads": 1,
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
        }
    )


if __name__ == "__main__":
    main()
