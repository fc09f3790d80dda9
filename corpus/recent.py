"""What was read or computed last, kept in memory for the next one who asks."""

from collections.abc import Callable, Iterable, Mapping
from itertools import islice
from threading import Lock
from typing import Generic, TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")


class Recent(Generic[Key, Value]):
    """The values found last, by key; beyond ``most`` of them the oldest go first. Safe to use from several threads."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._values: dict[Key, Value] = {}
        self._keeping = Lock()

    def find(self, keys: Iterable[Key], read: Callable[[list[Key]], Mapping[Key, Value]]) -> dict[Key, Value]:
        """The values of the keys, in their order; ``read`` is called once, for those that are not kept.

        Keys that it gives no value for are left out, and asked for again the next time.
        """
        values = self._values
        found = {key: values.get(key) for key in keys}
        missing = [key for key, value in found.items() if value is None]
        if missing:
            read_now = read(missing)
            found.update(read_now)
            self._keep(read_now)
        return {key: value for key, value in found.items() if value is not None}

    def _keep(self, read: Mapping[Key, Value]) -> None:
        with self._keeping:
            self._values.update(read)
            for oldest in list(islice(self._values, max(0, len(self._values) - self._most))):
                del self._values[oldest]
