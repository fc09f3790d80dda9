"""Indexing in a process of its own while an ingest goes on, so that each of the two keeps a core busy.

The process owns the index meanwhile, and dies with its parent. What it leaves pending, for whatever reason, its parent
indexes afterwards, which is also where an error is told.
"""

import multiprocessing
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.synchronize import Event

from corpus.catalogue import Catalogue
from corpus.errors import LunkuError
from corpus.settings import Settings

LONG_INGEST = 1_000
"""Files for which it pays to start such a process; a running server indexes meanwhile in any case."""

_REPORT_SECONDS = 0.3


@contextmanager
def indexing_alongside(
    settings: Settings, catalogue: Catalogue, on_progress: Callable[[int, int], None]
) -> Iterator[None]:
    """Index what the block adds to the catalogue while it adds it; returns when the process has caught up.

    ``on_progress`` is told, after the block, how many of the versions that were then left are done, and how many those
    are.
    """
    context = multiprocessing.get_context("spawn")
    ended = context.Event()
    process = context.Process(target=_follow, args=(settings, ended), name="indexer", daemon=True)
    process.start()
    try:
        yield
        ended.set()
        total = catalogue.pending_count()
        while process.is_alive():
            on_progress(max(total - catalogue.pending_count(), 0), total)
            process.join(_REPORT_SECONDS)
    finally:
        process.kill()
        process.join()


def _follow(settings: Settings, ended: Event) -> None:
    """What the process does."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # its parent decides when to stop
    from api.library import open_index
    from search.engine.optimiser import die_with_parent

    die_with_parent()
    try:
        with Catalogue.open(settings.catalogue_url) as catalogue, open_index(settings, catalogue, ending=True) as index:
            index.indexer.follow(ended.is_set)
    except LunkuError:
        sys.exit(1)  # its parent meets the same error, and tells it
