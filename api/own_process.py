"""Processes of our own: a module that runs as one, with a connection to the process that started it.

``multiprocessing.Process`` would run the main module of whoever uses us once more in each of them.
"""

import os
import socket
import subprocess
import sys
from multiprocessing.connection import Connection
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[1]


def start(module: str) -> tuple[subprocess.Popen[bytes], Connection]:
    """Run ``module`` as a process; it, and the connection to it, which ends with it or with us."""
    ours, theirs = socket.socketpair()
    with theirs:
        search_path = os.pathsep.join(filter(None, (str(_ROOT), os.environ.get("PYTHONPATH"))))
        process = subprocess.Popen(  # noqa: S603 - our own module
            [sys.executable, "-P", "-m", module, str(theirs.fileno())],
            stdin=subprocess.DEVNULL,
            env=os.environ | {"PYTHONPATH": search_path},
            pass_fds=[theirs.fileno()],
        )
    return process, Connection(ours.detach())


def connection_to_parent() -> Connection:
    """The other end, in the process that was started."""
    return Connection(int(sys.argv[1]))
