"""The command line as a user runs it, over real files."""

import gc
import json
import re
import subprocess
import sys
import time
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import patch

from api.cli import main
from search.engine.ending_process import take_back

ROOT = Path(__file__).parents[2]
COMMAND = [sys.executable, "-c", "from api.cli import main; main()"]

POLICY = """松江市人民政府办公室关于加强河湖巡护工作的通知
松政办发〔2023〕18号
各区县人民政府：
一、巡护安排
每月逢五组织志愿者巡护河岸，登记漂浮物数量。
二、保障措施
巡护物资由各街道统一配发，意外保险按年办理。
松江市人民政府办公室
2023年3月6日
"""
COURSE = """# 第三讲 田野访谈

## 提问的次序

先问做过什么，再问为什么这样做，最后才问怎样评价。
"""


def lunku(data_dir, *arguments, code=0):
    """Run a command over a data directory, in this process for speed; what it printed."""
    arguments = [*map(str, arguments), "--data-dir", str(data_dir)]
    out, err = StringIO(), StringIO()
    with patch.object(sys, "argv", ["lunku", *arguments]), redirect_stdout(out), redirect_stderr(err):
        try:
            main()
            ended = 0
        except SystemExit as end:
            ended = end.code or 0
        finally:  # what the system does when a process ends
            gc.unfreeze()
            take_back(Path(data_dir) / "index")
    assert ended == code, f"exit {ended}\n{out.getvalue()}\n{err.getvalue()}"
    return SimpleNamespace(stdout=out.getvalue(), stderr=err.getvalue())


def lunku_json(data_dir, *arguments, code=0):
    """The JSON on stdout, which must be the only thing there."""
    return json.loads(lunku(data_dir, *arguments, "--json", code=code).stdout)


def write_files(folder):
    """Two readable files and two that are not."""
    folder.mkdir()
    (folder / "巡护通知.txt").write_text(POLICY, encoding="gb18030")
    (folder / "田野访谈.md").write_text(COURSE, encoding="utf-8")
    (folder / "空白.txt").write_bytes(b"")
    (folder / "图片.png").write_bytes(b"\x89PNG\r\n\x1a\n" + b"\0" * 40)
    return folder


@contextmanager
def served(data_dir, *arguments):
    """A running ``lunku serve`` on a free port; its process and address."""
    command = [*COMMAND, "serve", "--port", "0", "--data-dir", str(data_dir), *arguments]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        line = process.stdout.readline()
        match = re.search(r"http://[\d.:]+", line)
        assert match, line + process.stderr.read()
        yield process, match[0]
    finally:
        process.terminate()
        process.communicate(timeout=30)


def wait_until(condition, seconds=30):
    """Wait for something that another process does."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.1)
