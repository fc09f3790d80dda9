"""The process in which files are read; started by ``ingest.reading`` as ``python -m ingest.readers.worker``.

Requests come on standard input as one JSON array per line: path, original name or null, seconds it may take. Each is
answered on standard output by one length-prefixed JSON frame. End of input ends the process.
"""

import contextlib
import ctypes
import json
import os
import resource
import struct
import sys
import threading
import time
from pathlib import Path
from typing import Any, BinaryIO

from corpus.errors import DamagedFile, UnreadableFile
from ingest.blocks import Block, ReadFile
from ingest.readers import read_file

_CLONE_NEWNET = 0x40000000
_CLONE_NEWUSER = 0x10000000
_BLOCK_FIELDS = tuple(Block.__dataclass_fields__)
_PARENT_CHECK_SECONDS = 1.0


def main() -> None:
    """Serve requests until standard input ends."""
    memory = int(sys.argv[1])
    _restrict(memory)
    threading.Thread(target=_die_with_parent, args=(os.getppid(),), daemon=True).start()
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    sys.stdout = sys.stderr
    _send(answers, {"ready": True})
    for line in sys.stdin.buffer:
        path, name, seconds = json.loads(line)
        _allow_cpu(seconds)
        _send(answers, _answer(Path(path), name) | {"resident": _peak_memory()})


def _answer(path: Path, name: str | None) -> dict[str, Any]:
    try:
        return {"read": encode(read_file(path, name))}
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
            )
            for b in read.blocks
        ],
        [(r.kind, r.text, r.before, r.page) for r in read.removed],
        read.properties,
        read.warnings,
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


def _restrict(memory: int) -> None:
    """Bound memory, forbid writing files and dumping core, and leave the network where the system lets us."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    if sys.platform == "linux":
        unshare = ctypes.CDLL(None, use_errno=True).unshare
        if unshare(_CLONE_NEWNET) != 0 and os.geteuid() != 0:
            unshare(_CLONE_NEWUSER | _CLONE_NEWNET)


def _allow_cpu(seconds: float) -> None:
    """Let the process use ``seconds`` more of processor time, after which the system kills it."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    limit = int(used.ru_utime + used.ru_stime + seconds) + 1
    most = resource.getrlimit(resource.RLIMIT_CPU)[1]
    resource.setrlimit(resource.RLIMIT_CPU, (limit if most == resource.RLIM_INFINITY else min(limit, most), most))


def _die_with_parent(parent: int) -> None:
    """End this process soon after its parent, even in the middle of a file."""
    while os.getppid() == parent:
        time.sleep(_PARENT_CHECK_SECONDS)
    os._exit(1)


if __name__ == "__main__":
    main()
