"""Indexing in a process of its own while an ingest goes on, so that each of the two keeps a core busy.

The process owns the index meanwhile, and dies with its parent. What it leaves pending, for whatever reason, its parent
indexes afterwards, which is also where an error is told.
"""

import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from api import own_process
from corpus.catalogue import Catalogue
from corpus.settings import Settings

LONG_INGEST = 1_000
"""Files for which it pays to start such a process; a running server indexes meanwhile in any case."""

_REPORT_SECONDS = 0.3


@contextmanager
def indexing_alongside(
    settings: Settings, catalogue: Catalogue, on_progress: Callable[[int, int], None] = lambda _done, _total: None
) -> Iterator[None]:
    """Index what the block adds to the catalogue while it adds it; returns when the process has caught up.

    ``on_progress`` is told, after the block, how many of the versions that were then left are done, and how many those
    are.
    """
    process, connection = own_process.start("api.index_worker")
    try:
        with suppress(OSError):  # One that has ended is seen below.
            connection.send(settings)
        yield
        connection.close()
        total = catalogue.pending_count()
        while process.poll() is None:
            on_progress(max(total - catalogue.pending_count(), 0), total)
            with suppress(subprocess.TimeoutExpired):
                process.wait(_REPORT_SECONDS)
    finally:
        connection.close()
        process.kill()
        process.wait()
