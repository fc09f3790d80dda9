"""Damages files of every format, many times, and reads them in limited worker processes.

    python -m tests.benchmarks.fuzz [--count 10000] [--formats docx,ofd] [--seed 1]

Prints for each format how the files ended, the time, errors that no reader foresaw (by type), files that ended a worker
(crash or time limit), and the readers' peak memory after a tenth and at the end, that of recognition, whose models take
more by the size of the image, apart. Formats that LibreOffice converts are there where it is: what it does not open
ends as ``failed``, and what it makes of the rest must be read. Files under ``LUNKU_EVAL_DATA`` of up to 100 KB serve
as further seeds. Ends with an error where there was an unforeseen error, a lost worker, or growth.
"""

import argparse
import os
import random
import re
import shutil
import sys
import tempfile
import time
import zlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import psutil

from corpus.errors import UnreadableFile
from ingest.blocks import ReadFile
from ingest.conversion import find_libreoffice
from ingest.readers import format_of, read_file
from ingest.readers.formats import Format, NeedsConversion
from ingest.reading import ReaderPool
from ingest.worker_process import Limits
from tests.ingest.readers.mutations import mutate
from tests.ingest.readers.seeds import write_converted_seeds, write_seeds

BATCH = 200
LARGEST_SEED = 100_000
SECONDS = 20.0
GROWTH, LEAST = 1.5, 100 * 1024**2
"""Peak memory at the end over that after a tenth of the files, and bytes, beyond which there is growth."""
RECOGNITION = 1024**3
"""Bytes that a recognition process may take."""
_UNFORESEEN = re.compile(r"不合规范，无法读取（(\w+)）")
_LOST = re.compile("解析程序崩溃|已停止")


def main() -> None:
    """Print the figures; exit with an error where something is wrong."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--formats", default="")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="fuzz-") as name:
        seeds = _seeds(Path(name))
        wanted = [Format(kind) for kind in options.formats.split(",") if kind] or list(seeds)
        failures = [kind for kind in wanted if not _fuzz(kind, seeds[kind], options.count, options.seed, Path(name))]
    if failures:
        sys.exit(f"failed: {', '.join(failures)}")


def _seeds(folder: Path) -> dict[Format, list[bytes]]:
    written = write_seeds(folder)
    if libreoffice := find_libreoffice():
        written |= write_converted_seeds(folder, libreoffice)
    seeds = {kind: [path.read_bytes()] for kind, path in written.items()}
    root = os.environ.get("LUNKU_EVAL_DATA")
    for path in sorted(Path(root, "files").rglob("*")) if root else ():
        if path.is_file() and 0 < path.stat().st_size <= LARGEST_SEED:
            try:
                read = read_file(path)
            except NeedsConversion as needed:
                seeds.setdefault(needed.format, []).append(path.read_bytes())
            except UnreadableFile:
                continue
            else:
                if not any("图片" in warning for warning in read.warnings):  # text recognition takes seconds a page
                    seeds.setdefault(format_of(path), []).append(path.read_bytes())
    return seeds


def _fuzz(kind: Format, seeds: list[bytes], count: int, seed: int, folder: Path) -> bool:
    generator = random.Random(seed + zlib.crc32(kind.encode()))
    outcomes: Counter[str] = Counter()
    unforeseen: Counter[str] = Counter()
    lost: list[Path] = []
    peaks: list[tuple[int, int]] = []
    started = time.monotonic()
    with ReaderPool(limits=Limits(seconds=SECONDS, files=count)) as pool:
        for paths in _batches(kind, seeds, count, generator, folder):
            for path, outcome in pool.read(paths):
                outcomes[_name(outcome)] += 1
                detail = outcome.detail if isinstance(outcome, UnreadableFile) else ""
                if match := _UNFORESEEN.search(detail):
                    unforeseen[match[1]] += 1
                if match or _LOST.search(detail):
                    lost += [_kept(path, match[1] if match else "lost")]
            peaks.append(_memory())
    readers, recognition = zip(*peaks, strict=True)
    early, latest = max(readers[: max(len(readers) // 10, 1)]), max(readers)
    grown = latest > max(GROWTH * early, LEAST) or max(recognition) > RECOGNITION
    print(
        f"{kind:6} {len(seeds):3} seeds, {count} files in {time.monotonic() - started:.0f} s: {dict(outcomes)}"
        f"; unforeseen {dict(unforeseen)}; lost {len(lost) - sum(unforeseen.values())}"
        f"; memory {early // 1024**2} -> {latest // 1024**2} MB, recognition {max(recognition) // 1024**2} MB"
        + ("".join(f"\n    kept {p}" for p in lost[:5])),
        flush=True,
    )
    return not (lost or grown)


def _memory() -> tuple[int, int]:
    """Resident bytes of the largest reader and of the largest recognition process now."""
    held = [0, 0]
    for process in psutil.Process().children():
        try:
            threads = int(process.cmdline()[-1])  # as ``ingest.readers.worker`` takes it: a reader has none
            held[threads > 0] = max(held[threads > 0], process.memory_info().rss)
        except (psutil.NoSuchProcess, ValueError, IndexError):  # it has just ended
            continue
    return held[0], held[1]


def _batches(
    kind: Format, seeds: list[bytes], count: int, generator: random.Random, folder: Path
) -> Iterator[list[Path]]:
    for start in range(0, count, BATCH):
        paths = [folder / f"{kind}-{index}.{kind}" for index in range(min(BATCH, count - start))]
        for path in paths:
            path.write_bytes(mutate(generator.choice(seeds), generator))
        yield paths


def _kept(path: Path, why: str) -> Path:
    """A copy of a file to look into, beside the temporary ones."""
    copy = Path(tempfile.gettempdir()) / f"fuzz-{why}-{path.name}"
    shutil.copyfile(path, copy)
    return copy


def _name(outcome: ReadFile | UnreadableFile) -> str:
    return outcome.reader if isinstance(outcome, ReadFile) else outcome.outcome


if __name__ == "__main__":
    main()
