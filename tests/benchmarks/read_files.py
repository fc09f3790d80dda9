"""Measures the readers on a folder of real files: outcomes, time per format, throughput of the pool.

    LUNKU_EVAL_DATA=/path/to/data python -m tests.benchmarks.read_files [--list]

Times per format are of one process, processor seconds, imports excluded; ``--list`` prints the outcome of every file.
"""

import os
import sys
import tempfile
import time
from collections import Counter, defaultdict
from pathlib import Path
from statistics import median

import pypdfium2

from corpus.errors import UnreadableFile
from ingest.blocks import ReadFile
from ingest.readers import read_file
from ingest.readers.recognition import is_installed
from ingest.reading import ReaderPool
from tests.ingest.test_real_files import expected, outcome_of

SHORT_TEXT = "关于开展志愿服务活动的通知\n\n各社区：\n　　请于本月底前报送活动计划，并确定联系人。\n" * 6


def main() -> None:
    """Print the figures; exit with an error where there is no data."""
    root = os.environ.get("LUNKU_EVAL_DATA")
    if not root:
        sys.exit("LUNKU_EVAL_DATA names no folder; nothing was measured.")
    folders = [folder for name in ("files", "law_md", "courses", "memo") if (folder := Path(root, name)).is_dir()]
    paths = [path for folder in folders for path in sorted(folder.rglob("*")) if path.is_file()]
    answers = _pool(paths)
    _compare(answers, Path(root, "files"))
    if "--list" in sys.argv:
        for path, answer in answers:
            print(f"{_name(answer)}\t{path.relative_to(root)}\t{_reason(answer)}")
    read = [path for path, answer in answers if isinstance(answer, ReadFile)]
    _formats(read)
    _short_texts()


def _pool(paths: list[Path]) -> list[tuple[Path, ReadFile | UnreadableFile]]:
    started = time.perf_counter()
    with ReaderPool() as pool:
        answers = list(pool.read(paths))
    seconds = time.perf_counter() - started
    print(f"{len(paths)} files through the pool in {seconds:.1f} s")
    for outcome, count in Counter(_name(answer) for _, answer in answers).most_common():
        print(f"  {outcome:12} {count}")
    return answers


def _compare(answers: list[tuple[Path, ReadFile | UnreadableFile]], folder: Path) -> None:
    """Outcomes other than those of the checked-in table, with text recognition if it is installed."""
    table = {file.file: file.outcome_with_ocr if is_installed() else file.outcome for file in expected()}
    compared = [(path.relative_to(folder).as_posix(), answer) for path, answer in answers if folder in path.parents]
    other = [(name, outcome_of(answer)) for name, answer in compared if table.get(name, "") != outcome_of(answer)]
    listed = [(name, outcome) for name, outcome in other if name in table]
    print(f"{len(table) - len(listed)} of {len(table)} files as in tests/ingest/expected_outcomes.tsv")
    for name, outcome in listed:
        print(f"  {outcome}, not {table[name]}: {name}")


def _formats(paths: list[Path]) -> None:
    times: dict[str, list[float]] = defaultdict(list)
    pages = 0
    for path in paths:
        started = time.process_time()
        try:
            read = read_file(path)
        except UnreadableFile:  # needs a conversion or text recognition, which the pool had
            continue
        times[read.reader].append(time.process_time() - started)
        if read.reader == "pdf":
            document = pypdfium2.PdfDocument(path)
            pages += len(document)
            document.close()
    for name, seconds in sorted(times.items()):
        print(f"{name:6} {len(seconds):4} files, median {1000 * median(seconds):6.1f} ms, longest {max(seconds):.2f} s")
    if times["pdf"]:
        print(f"pdf    {pages} pages at {pages / sum(times['pdf']):.0f} pages/s")


def _short_texts() -> None:
    count = 5_000
    with tempfile.TemporaryDirectory() as name:
        paths = [Path(name, f"{i}.txt") for i in range(count)]
        for path in paths:
            path.write_text(SHORT_TEXT, encoding="utf-8")
        with ReaderPool() as pool:
            started = time.perf_counter()
            read = sum(isinstance(answer, ReadFile) for _, answer in pool.read(paths))
            print(f"{read} short txt files at {read / (time.perf_counter() - started):.0f} files/s, start included")


def _name(answer: ReadFile | UnreadableFile) -> str:
    return answer.reader if isinstance(answer, ReadFile) else type(answer).__name__


def _reason(answer: ReadFile | UnreadableFile) -> str:
    return " ".join(answer.warnings) if isinstance(answer, ReadFile) else answer.detail


if __name__ == "__main__":
    main()
