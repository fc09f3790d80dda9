"""Processes of our own: a module that runs as one, with a connection to the process that started it.

``multiprocessing.Process`` would run the main module of whoever uses us once more in each of them.
"""

import socket
import subprocess
import sys
from multiprocessing.connection import Connection

from corpus.module_process import module_command, module_environment


def start(module: str) -> tuple[subprocess.Popen[bytes], Connection]:
    """Run ``module`` as a process; it, and the connection to it, which ends with it or with us."""
    ours, theirs = socket.socketpair()
    with theirs:
        process = subprocess.Popen(  # noqa: S603 - our own module
            module_command(module, theirs.fileno()),
            stdin=subprocess.DEVNULL,
            env=module_environment(),
            pass_fds=[theirs.fileno()],
        )
    return process, Connection(ours.detach())


def connection_to_parent() -> Connection:
    """The other end, in the process that was started."""
    return Connection(int(sys.argv[1]))
