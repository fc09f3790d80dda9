"""Cutting a ranking between equals the same way every time.

An engine returns equal scores in an order of its own, so which of them make it into the first ``limit`` depends on how
its segments happen to lie. Fetching one more tells whether the cut falls between equals; if so, all of them are fetched
and the smallest ids stay.
"""

from collections.abc import Callable
from operator import itemgetter
from typing import TypeVar

Item = TypeVar("Item", bound=tuple[str | int, float])
"""An id or a value, and its score or count."""

LONGEST = 10_000
"""Equals beyond so many items are not resolved; the cut is then the engine's own."""


def cut(found: list[Item], limit: int, fetch: Callable[[int], list[Item]]) -> list[Item]:
    """The first ``limit`` of ``found``, by score descending, then by id.

    Args:
        found: the best ``limit + 1`` items, or all if there are fewer.
        limit: how many to keep.
        fetch: gives the best n items.
    """
    size, ranked = limit + 1, _in_order(found)
    while limit and size < LONGEST and len(ranked) >= size and ranked[limit - 1][1] == ranked[-1][1]:
        size *= 4
        ranked = _in_order(fetch(size))
    return ranked[:limit]


def _in_order(items: list[Item]) -> list[Item]:
    """Sorted twice by what C compares: a key of our own would cost every query more than both."""
    return sorted(sorted(items, key=itemgetter(0)), key=itemgetter(1), reverse=True)
