"""The index kept open between the calls of one client, and given back when somebody else wants it."""

import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from api.library import Index, own_index
from api.ownership import index_wanted_at
from corpus.settings import Settings

IDLE_SECONDS = 60.0
"""How long an index that nobody uses is kept. Calls of an assistant come in bursts, some seconds apart."""
_LOOK_SECONDS = 0.2
"""How often to look whether it is wanted: well within ``api.library.WAIT_SECONDS``."""
_GRACE_SECONDS = 1.0
"""How long to leave the index to whoever wanted it before opening it again."""


class KeptIndex:
    """The index of a data directory, opened when it is used. Safe to use from several threads."""

    def __init__(self, idle_seconds: float = IDLE_SECONDS) -> None:
        self._idle_seconds = idle_seconds
        self._changed = threading.Condition()
        self._open: ExitStack | None = None
        self._index: Index | None = None
        self._users = 0
        self._opened = self._used = 0.0

    @contextmanager
    def using(self, settings: Settings) -> Iterator[Index]:
        """The index, not closed meanwhile. Raises what ``own_index`` raises."""
        with self._changed:
            index = self._index or self._take(settings)
            self._users += 1
        try:
            yield index
        finally:
            with self._changed:
                self._users -= 1
                self._used = time.monotonic()
                self._changed.notify_all()

    def close(self) -> None:
        """Give the index back, once nobody uses it. Harmless when it is not open."""
        with self._changed:
            self._changed.wait_for(lambda: not self._users)
            self._give_back()

    def _take(self, settings: Settings) -> Index:
        wanted = index_wanted_at(settings)
        if wanted is not None:
            time.sleep(min(_GRACE_SECONDS, max(0.0, wanted + _GRACE_SECONDS - time.time())))
        with ExitStack() as opening:
            index = opening.enter_context(own_index(settings))
            self._open = opening.pop_all()
        self._index, self._opened = index, time.time()
        threading.Thread(target=self._watch, args=(settings, self._open), daemon=True).start()
        return index

    def _watch(self, settings: Settings, watched: ExitStack) -> None:
        """Give the index back when it is wanted or was not used for long."""
        while True:
            with self._changed:
                self._changed.wait(_LOOK_SECONDS)
                if self._open is not watched:
                    return
                idle = time.monotonic() - self._used > self._idle_seconds
                if not self._users and (idle or (index_wanted_at(settings) or 0.0) > self._opened):
                    self._give_back()
                    return

    def _give_back(self) -> None:
        if self._open is not None:
            self._open.close()
        self._open = self._index = None
