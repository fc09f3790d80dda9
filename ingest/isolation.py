"""What a process may do that opens files of unknown origin. Called by the process itself, before it opens one.

As a program, ``isolation.py MEMORY SECONDS FILE_BYTES COMMAND ...`` restricts itself and becomes the command.
"""

import contextlib
import ctypes
import os
import resource
import sys
import threading
import time

_CLONE_NEWNET = 0x40000000
_CLONE_NEWUSER = 0x10000000
_PARENT_CHECK_SECONDS = 1.0


def restrict(memory: int, file_bytes: int = 0) -> None:
    """Bound memory and the size of files written (bytes), forbid dumping core, leave the network where the system lets
    us, and end soon after the parent."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (file_bytes, file_bytes))
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    if sys.platform == "linux":
        unshare = ctypes.CDLL(None, use_errno=True).unshare
        if unshare(_CLONE_NEWNET) != 0 and os.geteuid() != 0:
            unshare(_CLONE_NEWUSER | _CLONE_NEWNET)
    threading.Thread(target=_die_with_parent, args=(os.getppid(),), daemon=True).start()


def allow_cpu(seconds: float) -> None:
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


def main() -> None:
    """Become the command on the command line, restricted."""
    memory, seconds, file_bytes, *command = sys.argv[1:]
    restrict(int(memory), int(file_bytes))
    allow_cpu(float(seconds))
    os.execv(command[0], command)  # noqa: S606 (the command is ours; what it reads is not trusted)


if __name__ == "__main__":
    main()
