import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from corpus.errors import DamagedFile, UnreadableFile, UnsupportedFile
from ingest.blocks import ReadFile
from ingest.reading import ReaderPool
from ingest.worker_process import Limits
from tests.ingest.readers.files import write_zip
from tests.ingest.readers.pdfs import self_drawing_pdf


def write_texts(folder: Path, count: int) -> list[Path]:
    paths = [folder / f"{i:04}.txt" for i in range(count)]
    for i, path in enumerate(paths):
        path.write_text(f"第{i}号简报\n志愿服务站今日开放。\n" * 5, encoding="utf-8")
    return paths


def children() -> list[psutil.Process]:
    """The reader processes; a session of tests may have others, such as a browser."""
    readers = []
    for child in psutil.Process().children():
        with contextlib.suppress(psutil.NoSuchProcess):  # ended, or about to be reaped
            if "ingest.readers.worker" in child.cmdline():
                readers.append(child)
    return readers


def test_answers_come_in_order_whatever_happens_to_a_file(tmp_path: Path) -> None:
    paths = write_texts(tmp_path, 80)
    paths[3].write_bytes(b"")
    paths[40].write_bytes(b"PK\x03\x04 cut off")
    paths[50] = tmp_path / "missing.txt"
    with ReaderPool(workers=2) as pool:
        answers = list(pool.read(paths))
    assert [path for path, _ in answers] == paths
    failed = {path.name: answer for path, answer in answers if isinstance(answer, UnreadableFile)}
    assert set(failed) == {"0003.txt", "0040.txt", "missing.txt"}
    assert "0 字节" in failed["0003.txt"].detail
    assert {type(error) for error in failed.values()} == {DamagedFile}
    read = answers[79][1]
    assert isinstance(read, ReadFile)
    assert read.blocks[0].text == "第79号简报"


def test_a_reader_that_aborts_costs_one_file(tmp_path: Path) -> None:
    before, after = write_texts(tmp_path, 2)
    bomb = self_drawing_pdf(tmp_path / "bomb.pdf")
    limits = Limits(memory_bytes=400 * 1024**2, seconds=20)
    with ReaderPool(workers=1, limits=limits) as pool:
        answers = dict(pool.read([before, bomb, after]))
    assert isinstance(answers[before], ReadFile)
    assert isinstance(answers[bomb], DamagedFile)
    assert isinstance(answers[after], ReadFile)


def test_a_reader_that_does_not_end_is_stopped(tmp_path: Path) -> None:
    before, after = write_texts(tmp_path, 2)
    endless = tmp_path / "endless.txt"
    os.mkfifo(tmp_path / "pipe")
    endless.symlink_to(tmp_path / "pipe")
    slow = self_drawing_pdf(tmp_path / "slow.pdf")
    with ReaderPool(workers=1, limits=Limits(seconds=1.5, seconds_per_mb=0)) as pool:
        started = time.monotonic()
        answers = dict(pool.read([before, slow, endless, after]))
    assert time.monotonic() - started < 15
    assert isinstance(answers[slow], DamagedFile)
    assert "已停止" in str(answers[slow]) or "崩溃" in str(answers[slow])
    assert "不是普通文件" in str(answers[endless])
    assert isinstance(answers[after], ReadFile)


def test_workers_start_when_needed_and_end_with_the_pool(tmp_path: Path) -> None:
    with ReaderPool(workers=2) as pool:
        assert children() == []
        list(pool.read(write_texts(tmp_path, 1)))
        assert len(children()) == 1
        list(pool.read(write_texts(tmp_path, 1)))
        assert len(children()) == 1, "a worker is kept between calls"
    assert children() == []


def test_a_worker_does_not_count_the_memory_of_a_large_parent(tmp_path: Path) -> None:
    limits = Limits(resident_bytes=200 * 1024**2)
    ballast = bytearray(os.urandom(1024**2) * 300)
    with ReaderPool(workers=1, limits=limits) as pool:
        list(pool.read(write_texts(tmp_path, 1)))
        (first,) = children()
        list(pool.read(write_texts(tmp_path, 1)))
        assert children() == [first]
    assert len(ballast) > limits.resident_bytes


def test_workers_are_replaced_after_their_share_of_files(tmp_path: Path) -> None:
    with ReaderPool(workers=1, limits=Limits(files=32)) as pool:
        seen = set()
        for _ in pool.read(write_texts(tmp_path, 100)):
            seen |= {child.pid for child in children()}
    assert len(seen) > 1


def test_only_a_few_files_are_read_ahead(tmp_path: Path) -> None:
    taken = 0

    def paths() -> Iterator[Path]:
        nonlocal taken
        for path in write_texts(tmp_path, 600):
            taken += 1
            yield path

    with ReaderPool(workers=1) as pool:
        next(pool.read(paths()))
        assert taken < 200


def test_original_names_decide_what_paths_cannot(tmp_path: Path) -> None:
    upload = tmp_path / "0a1b2c"
    upload.write_text("# 学习笔记\n", encoding="utf-8")
    with ReaderPool(workers=1) as pool:
        ((_, notes), (_, program)) = pool.read([upload, upload], ["笔记.md", "程序.py"])
    assert isinstance(notes, ReadFile)
    assert notes.blocks[0].heading_level == 1
    assert isinstance(program, UnsupportedFile)


def test_long_file_names_do_not_block_the_pipe(tmp_path: Path) -> None:
    folder = tmp_path / ("长" * 80) / ("径" * 80) / ("名" * 80)
    folder.mkdir(parents=True)
    paths = [folder / f"{'文' * 70}{i}.txt" for i in range(100)]
    for path in paths:
        path.write_text("志愿服务。\n" * 3000, encoding="utf-8")
    with ReaderPool(workers=1) as pool:
        assert all(isinstance(answer, ReadFile) for _, answer in pool.read(paths))


def test_workers_end_when_the_parent_is_killed(tmp_path: Path) -> None:
    (path,) = write_texts(tmp_path, 1)
    program = (
        "import sys, time\nfrom pathlib import Path\nfrom ingest.reading import ReaderPool\n"
        "pool = ReaderPool(workers=1)\nlist(pool.read([Path(sys.argv[1])]))\n"
        "print('ready', flush=True)\ntime.sleep(60)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", program, str(path)], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    assert parent.stdout.readline() == "ready\n"
    (worker,) = psutil.Process(parent.pid).children()
    parent.kill()
    parent.wait()
    _, alive = psutil.wait_procs([worker], timeout=10)
    assert not alive


def test_a_worker_loads_no_heavy_library(tmp_path: Path) -> None:
    program = (
        "import sys\nfrom pathlib import Path\nimport ingest.readers.worker\nfrom ingest.readers import read_file\n"
        "read_file(Path(sys.argv[1]))\n"
        "print([m for m in ('haystack', 'torch', 'qdrant_client', 'lxml', 'numpy', 'pypdfium2') if m in sys.modules])"
    )
    (path,) = write_texts(tmp_path, 1)
    run = subprocess.run([sys.executable, "-c", program, str(path)], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_memory_is_bounded(tmp_path: Path) -> None:
    text = tmp_path / "large.txt"
    text.write_text("一行文字，不长不短。\n" * 1_000_000, encoding="utf-8")
    with ReaderPool(workers=1, limits=Limits(memory_bytes=250 * 1024**2)) as pool:
        ((_, answer),) = pool.read([text])
    assert isinstance(answer, DamagedFile)
    assert "内存" in answer.detail


@pytest.mark.parametrize("name", ["../../escape.xml", "/etc/escape.xml", "word/document.xml"])
def test_nothing_is_written(tmp_path: Path, name: str) -> None:
    archive = write_zip(tmp_path / "in" / "a.docx" if (tmp_path / "in").mkdir() is None else tmp_path, {name: "<x/>"})
    with ReaderPool(workers=1) as pool:
        ((_, answer),) = pool.read([archive])
    assert isinstance(answer, UnreadableFile)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [archive]
