"""The files of ``LUNKU_EVAL_DATA/files``: how each ends, and sentences that must be in the stored text.

``expected_outcomes.tsv`` has the outcome of every file without and with text recognition, and for readable files up to
three short pieces of text as ``length:hash`` of the folded piece. The pieces stand at 20, 50 and 80 % of what another
program reads: pdftotext, LibreOffice (Word and Excel as text, slides by way of PDF), BeautifulSoup, and for OFD the
bare TextCode elements. Left out were pieces of a running head, of a page in an unreadable font, of a picture's formula,
and times of day of dates without one.
"""

import csv
import hashlib
import os
import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path

import pytest

from corpus.errors import UnreadableFile
from ingest.blocks import ReadFile
from ingest.drafting import draft_version
from ingest.readers import read_file
from ingest.readers.formats import NeedsConversion
from ingest.readers.recognition import is_installed
from ingest.reading import ReaderPool
from tests.ingest.test_conversion import libreoffice

__all__ = ["libreoffice"]

ROOT = Path(os.environ.get("LUNKU_EVAL_DATA", "/nonexistent"), "files")
QUICKLY_RECOGNISED = 9_000
"""Bytes up to which a file is read with text recognition here; ``tests/benchmarks/read_files.py`` reads all."""

pytestmark = pytest.mark.skipif(not ROOT.is_dir(), reason="LUNKU_EVAL_DATA names no folder with real files")


@dataclass(frozen=True)
class Expected:
    file: str
    outcome: str
    outcome_with_ocr: str
    sentences: tuple[tuple[int, str], ...]


def expected() -> list[Expected]:
    with Path(__file__).with_name("expected_outcomes.tsv").open(encoding="utf-8", newline="") as table:
        rows = list(csv.DictReader(table, delimiter="\t", quoting=csv.QUOTE_NONE))
    return [
        Expected(row["file"], row["outcome"], row["outcome_with_ocr"], tuple(_pieces(row["sentences"]))) for row in rows
    ]


def _pieces(sentences: str) -> list[tuple[int, str]]:
    pairs = (piece.split(":") for piece in sentences.split())
    return [(int(length), digest) for length, digest in pairs]


def fold(text: str) -> str:
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text).lower())


def outcome_of(answer: ReadFile | UnreadableFile) -> str:
    return "indexed" if isinstance(answer, ReadFile) else answer.outcome


def check(file: Expected, answer: ReadFile | UnreadableFile) -> None:
    """The outcome without recognition, the sentences, and that no character was lost on the way."""
    assert outcome_of(answer) == file.outcome, file.file
    if isinstance(answer, ReadFile):
        version = draft_version(answer, source=file.file, file_name=Path(file.file).name, sha256="0" * 64)
        assert version.report.integrity.holds, file.file
        text = fold(version.text)
        for length, digest in file.sentences:
            pieces = {text[at : at + length] for at in range(len(text) - length + 1)}
            assert digest in {hashlib.sha256(piece.encode()).hexdigest()[:12] for piece in pieces}, (
                f"{file.file}: a piece of {length} characters is not in the text"
            )


def test_the_table_is_complete() -> None:
    listed = [file.file for file in expected()]
    with (ROOT / "index.tsv").open(encoding="utf-8", newline="") as index:
        names = [row["file"] for row in csv.DictReader(index, delimiter="\t", quoting=csv.QUOTE_NONE)]
    assert sorted(listed) == sorted(names)


@pytest.mark.parametrize("part", range(8))
def test_outcomes_and_sentences(part: int) -> None:
    for file in expected()[part::8]:
        try:
            answer: ReadFile | UnreadableFile = read_file(ROOT / file.file)
        except NeedsConversion:
            continue
        except UnreadableFile as error:
            answer = error
        check(file, answer)


@pytest.mark.slow
def test_files_that_are_converted(libreoffice: Path) -> None:
    waiting = []
    for file in expected():
        try:
            read_file(ROOT / file.file)
        except NeedsConversion:
            waiting.append(file)
        except UnreadableFile:
            continue
    assert len(waiting) == 22
    with ReaderPool() as pool:
        for file, (_, answer) in zip(waiting, pool.read([ROOT / file.file for file in waiting]), strict=True):
            check(file, answer)


@pytest.mark.skipif(not is_installed(), reason="text recognition is not installed")
def test_files_that_are_recognised() -> None:
    waiting = [file for file in expected() if file.outcome == "needs_ocr"]
    quick = [file for file in waiting if (ROOT / file.file).stat().st_size <= QUICKLY_RECOGNISED]
    assert {file.outcome_with_ocr for file in quick} == {"indexed", "needs_ocr", "failed"}
    with ReaderPool(1) as pool:
        for file, (_, answer) in zip(quick, pool.read([ROOT / file.file for file in quick]), strict=True):
            assert outcome_of(answer) == file.outcome_with_ocr, file.file
