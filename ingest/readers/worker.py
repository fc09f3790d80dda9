"""The process in which files are read; started by ``ingest.reading`` as ``python -m ingest.readers.worker``.

Arguments: bytes of memory, and threads for text recognition (0: this process recognises none). Requests come on
standard input as one JSON array per line: path, original name or null, seconds it may take. Each is answered on
standard output by one length-prefixed JSON frame; before it comes one frame per image in which text is looked for, and
each of these may take as long again. End of input ends the process.
"""

import contextlib
import json
import os
import resource
import struct
import sys
from pathlib import Path
from typing import Any, BinaryIO

from corpus.errors import DamagedFile, UnreadableFile
from ingest.blocks import ReadFile
from ingest.isolation import allow_cpu, restrict
from ingest.readers import read_file
from ingest.readers.formats import NeedsConversion
from ingest.readers.recognition import MAX_RECOGNISED, Elsewhere, Recognizer, is_installed


def main() -> None:
    """Serve requests until standard input ends."""
    memory, threads = int(sys.argv[1]), int(sys.argv[2])
    restrict(memory)
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    sys.stdout = sys.stderr
    _send(answers, {"ready": True})
    for line in sys.stdin.buffer:
        path, name, seconds = json.loads(line)
        images = _Images(answers, seconds)
        answer = _answer(Path(path), name, _recognizer(threads, images))
        _send(answers, answer | {"resident": _peak_memory()})


class _Images:
    """Counts the images of a file in which text is looked for, and renews the limits for each."""

    def __init__(self, answers: BinaryIO, seconds: float) -> None:
        self._answers = answers
        self._seconds = seconds
        self._count = 0
        allow_cpu(seconds)

    def __call__(self) -> None:
        self._count += 1
        if self._count > MAX_RECOGNISED:
            raise DamagedFile(f"需要文字识别的页数超过 {MAX_RECOGNISED // 2} 页的上限。请拆分后再入库。")
        _send(self._answers, {"image": self._count})
        allow_cpu(self._seconds)


def _recognizer(threads: int, images: _Images) -> Recognizer | None:
    if threads:
        from ingest.readers.rapid_recognition import RapidRecognizer

        return RapidRecognizer(threads, images)
    return Elsewhere() if is_installed() else None


def _answer(path: Path, name: str | None, recognizer: Recognizer | None) -> dict[str, Any]:
    try:
        return {"read": encode(read_file(path, name, recognizer))}
    except NeedsConversion as error:
        return {"convert": error.format}
    except UnreadableFile as error:
        return {"error": error.code, "detail": error.detail}
    except MemoryError:
        return {"error": DamagedFile.code, "detail": "读取这个文件所需的内存超过上限。请拆分或另存后再入库。"}


def encode(read: ReadFile) -> list[Any]:
    """``read`` as plain lists, which JSON can carry: a reader that was taken over cannot send an object that acts."""
    return [
        read.reader,
        read.media_type,
        [
            (
                b.text,
                b.type,
                b.heading_level,
                b.indented,
                b.blank_before,
                b.page,
                b.page_start,
                b.generated,
                b.key_value,
                b.confidence,
                b.quoted,
            )
            for b in read.blocks
        ],
        [(r.kind, r.text, r.before, r.page) for r in read.removed],
        read.properties,
        read.warnings,
        read.ocr_pages,
        read.members,
    ]


def _send(answers: BinaryIO, answer: dict[str, Any]) -> None:
    data = json.dumps(answer, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
    answers.write(struct.pack(">I", len(data)) + data)
    answers.flush()


def _peak_memory() -> int:
    """The most memory this process has held, in bytes.

    Linux's ``ru_maxrss`` survives the exec: a worker started by a large process would count its parent's memory as its
    own. ``VmHWM`` (proc(5)) begins anew with the program.
    """
    with contextlib.suppress(OSError):
        for line in Path("/proc/self/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


if __name__ == "__main__":
    main()
