"""One process that reads files (``ingest.readers.worker``), seen from outside: its limits, its pipes, its end."""

import contextlib
import json
import os
import select
import signal
import struct
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpus.errors import LunkuError, UnreadableFile, unreadable_file
from corpus.module_process import module_command, module_environment
from ingest.blocks import Block, BlockType, ReadFile, RemovedBlock
from ingest.readers.formats import Format, NeedsConversion
from ingest.readers.recognition import MAX_RECOGNISED

_WORKER = "ingest.readers.worker"
_START_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Limits:
    """What one worker may use.

    Attributes:
        memory_bytes: address space.
        seconds: wall clock and processor time per file, and again for each image in which text is looked for.
        seconds_per_mb: added for each MB of the file.
        files: files after which a worker is replaced.
        resident_bytes: peak memory above which a worker is replaced: libraries do not give all of it back.
    """

    memory_bytes: int = 2_500 * 1024**2
    seconds: float = 60.0
    seconds_per_mb: float = 0.5
    files: int = 2_000
    resident_bytes: int = 400 * 1024**2


Outcome = ReadFile | UnreadableFile


@dataclass(frozen=True, slots=True)
class Task:
    """A file to be read: where it is, its original name where that differs, and the seconds that it may take."""

    path: Path
    name: str | None
    seconds: float


class WorkerLost(Exception):
    """A worker ended while reading. Carries what it read before, and a Chinese sentence on the file it was reading."""

    def __init__(self, outcomes: list[Outcome], reason: str) -> None:
        super().__init__(reason)
        self.outcomes = outcomes
        self.reason = reason


class WorkerProcess:
    """One worker process and the pipes to it."""

    def __init__(self, limits: Limits, recognition_threads: int) -> None:
        self._limits = limits
        self._files = 0
        self._resident = 0
        self._ready = False
        self._process = subprocess.Popen(  # noqa: S603 (our own module)
            module_command(_WORKER, limits.memory_bytes, recognition_threads),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=module_environment(),
            start_new_session=True,
            bufsize=0,
        )
        assert self._process.stdout is not None
        self._poll = select.poll()
        self._poll.register(self._process.stdout, select.POLLIN | select.POLLHUP)
        self._buffer = bytearray()

    def wait_until_ready(self) -> None:
        """Wait for the process to have started.

        Raises:
            LunkuError: it cannot start: the installation is at fault, not a file.
        """
        if self._ready:
            return
        try:
            self._frame(_START_SECONDS)
        except (EOFError, OSError, ValueError) as error:
            raise LunkuError("读取文件的进程无法启动。请检查安装是否完整（运行 lunku doctor）。") from error
        self._ready = True

    def read(self, tasks: list[Task]) -> list[Outcome]:
        """Outcomes of all ``tasks``.

        Raises:
            WorkerLost: the process ended or was killed on the way.
        """
        outcomes: list[Outcome] = []
        stdin = self._process.stdin
        assert stdin is not None
        requests = "".join(
            json.dumps([os.fspath(task.path.absolute()), task.name, task.seconds]) + "\n" for task in tasks
        )
        try:
            stdin.write(requests.encode("utf-8"))
            for task in tasks:
                answer = self._answer(task.seconds)
                outcomes.append(_decode(answer))
                self._files += 1
                self._resident = answer["resident"]
        except TimeoutError:
            self.kill()
            raise WorkerLost(outcomes, _too_slow(tasks[len(outcomes)].seconds)) from None
        except (EOFError, OSError, ValueError, KeyError, TypeError, struct.error):
            self.kill()
            raise WorkerLost(outcomes, self._cause(tasks[len(outcomes)].seconds)) from None
        return outcomes

    def kill(self) -> None:
        """End the process and everything it started, now. Any thread may call this."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if self._process.poll() is None:
                os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def release(self) -> None:
        """Close the pipes; only when no thread reads from them any more."""
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()

    def is_spent(self) -> bool:
        """Whether the process has ended, or should."""
        used_up = self._files >= self._limits.files or self._resident > self._limits.resident_bytes
        return used_up or self._process.poll() is not None

    def _cause(self, seconds: float) -> str:
        if self._process.returncode == -signal.SIGXCPU:
            return _too_slow(seconds)
        return "读取这个文件时解析程序崩溃，文件可能已损坏或带有恶意内容。请用办公软件打开、另存后再入库。"

    def _answer(self, seconds: float) -> dict[str, Any]:
        """The answer for a file; each image in which its text is looked for is announced and has its own time."""
        for _ in range(MAX_RECOGNISED + 1):
            answer: dict[str, Any] = json.loads(self._frame(seconds))
            if "image" not in answer:
                return answer
        raise ValueError("images without end")

    def _frame(self, seconds: float) -> bytes:
        """The next answer; time spent waiting for the caller does not count, for it is taken off the pipe at once."""
        deadline = time.monotonic() + seconds
        (length,) = struct.unpack(">I", self._take(4, deadline))
        return self._take(length, deadline)

    def _take(self, count: int, deadline: float) -> bytes:
        stdout = self._process.stdout
        assert stdout is not None
        while len(self._buffer) < count:
            if not self._poll.poll(max(0.0, deadline - time.monotonic()) * 1000):
                raise TimeoutError
            data = os.read(stdout.fileno(), 1 << 20)
            if not data:
                raise EOFError
            self._buffer += data
        taken = bytes(self._buffer[:count])
        del self._buffer[:count]
        return taken


def _too_slow(seconds: float) -> str:
    return f"读取超过 {seconds:.0f} 秒仍未完成，已停止。请拆分文件或另存后再入库。"


def _decode(answer: dict[str, Any]) -> Outcome:
    if "convert" in answer:
        return NeedsConversion(Format(answer["convert"]))
    if "error" in answer:
        return unreadable_file(answer["error"], answer["detail"])
    reader, media_type, blocks, removed, properties, warnings, ocr_pages, members = answer["read"]
    return ReadFile(
        reader=reader,
        media_type=media_type,
        blocks=tuple(Block(text, BlockType(kind), *rest) for text, kind, *rest in blocks),
        removed=tuple(RemovedBlock(*item) for item in removed),
        properties=properties,
        warnings=tuple(warnings),
        ocr_pages=tuple(ocr_pages),
        members=int(members),
    )
