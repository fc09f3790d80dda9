"""``lunku ingest`` over many short files, and ``lunku search`` from a cold shell over what it made.

    LUNKU_EVAL_DATA=FOLDER python -m tests.benchmarks.ingest [--documents 49958] [--library DIR]

Writes the articles of ``news_haystack`` as text files and takes them in as a user would: reading, cleaning,
structure, metadata, passages, catalogue, originals, vectors, index. The peer in the same run is what a script of twenty
lines would do: jieba's ``cut_for_search`` over the same texts and a bm25s index in memory, nothing stored.
"""

import argparse
import gzip
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from itertools import islice
from pathlib import Path

import bm25s
import jieba
import psutil

LUNKU = [sys.executable, "-m", "api"]
QUERIES = ("志愿服务 社区", "乡村振兴 产业", "人工智能 监管", "高校毕业生就业", "疫情 防控 措施")


def write_files(source: Path, folder: Path, count: int) -> list[str]:
    """The first ``count`` articles as text files; returns their texts."""
    texts = []
    with gzip.open(source, "rt", encoding="utf-8") as lines:
        for number, line in enumerate(islice(lines, count)):
            text = json.loads(line)["text"]
            path = folder / f"{number // 1000:03}" / f"{number:06}.txt"
            path.parent.mkdir(exist_ok=True, parents=True)
            path.write_text(text, encoding="utf-8")
            texts.append(text)
    return texts


class PeakMemory(threading.Thread):
    """Samples the resident memory of a process and its children, in bytes. A page that several of them have mapped
    counts for each in ``peak``, and once in ``peak_shared`` (proportional set size, Linux only)."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.root = psutil.Process(pid)
        self.peak = self.peak_shared = 0

    def run(self) -> None:
        while self.root.is_running() and self.root.status() != psutil.STATUS_ZOMBIE:
            try:
                family = [self.root, *self.root.children(recursive=True)]
                held = [process.memory_full_info() for process in family]
                self.peak = max(self.peak, sum(info.rss for info in held))
                self.peak_shared = max(self.peak_shared, sum(getattr(info, "pss", info.rss) for info in held))
            except psutil.NoSuchProcess:
                continue
            time.sleep(0.1)


def ingest(files: Path, library: Path) -> tuple[float, float, float]:
    """Seconds of ``lunku ingest``, and its peak memory in MB: summed, and with shared pages counted once."""
    started = time.perf_counter()
    command = [*LUNKU, "ingest", str(files), "--data-dir", str(library), "--json"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        memory = PeakMemory(process.pid)
        memory.start()
        if process.wait() != 0:
            raise SystemExit(f"lunku ingest failed with {process.returncode}")
    return time.perf_counter() - started, memory.peak / 1024**2, memory.peak_shared / 1024**2


def cold_search(library: Path) -> list[float]:
    """Seconds of ``lunku search`` as a new process, for each query three times."""
    times = []
    for query in QUERIES * 3:
        started = time.perf_counter()
        subprocess.run([*LUNKU, "search", query, "--data-dir", str(library)], check=True, stdout=subprocess.DEVNULL)
        times.append(time.perf_counter() - started)
    return times


def peer(texts: list[str]) -> float:
    """Seconds for jieba and bm25s over the same texts, in one process."""
    jieba.initialize()
    started = time.perf_counter()
    index = bm25s.BM25()
    index.index([list(jieba.cut_for_search(text)) for text in texts], show_progress=False)
    return time.perf_counter() - started


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, default=49_958)
    parser.add_argument("--library", type=Path, help="keep the library here")
    parser.add_argument("--peer-documents", type=int, default=2_000)
    arguments = parser.parse_args()
    source = Path(os.environ["LUNKU_EVAL_DATA"]) / "news_haystack.jsonl.gz"
    with tempfile.TemporaryDirectory() as temporary:
        files = Path(temporary) / "files"
        library = arguments.library or Path(temporary) / "library"
        texts = write_files(source, files, arguments.documents)
        seconds, memory, shared = ingest(files, library)
        times = cold_search(library)
    sample = texts[: arguments.peer_documents]
    peer_rate = len(sample) / peer(sample)
    rate = len(texts) / seconds
    print(f"machine: {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    print(f"lunku ingest: {len(texts)} documents in {seconds:.1f} s = {rate:.0f}/s")
    print(f"peak memory: {memory:.0f} MB, with shared pages counted once {shared:.0f} MB")
    print(f"peer (jieba + bm25s, in memory): {peer_rate:.0f}/s; lunku ÷ peer = {rate / peer_rate:.2f}")
    print(f"lunku search, new process: median {statistics.median(times):.2f} s, longest {max(times):.2f} s")


if __name__ == "__main__":
    main()
