"""Cutting a ranking between equals the same way every time.

An engine returns equal scores in an order of its own, so which of them make it into the first ``limit`` depends on how
its segments happen to lie. Fetching one more tells whether the cut falls between equals; if so, all of them are fetched
and the smallest ids stay.
"""

from collections.abc import Callable
from typing import TypeVar

Item = TypeVar("Item")

LONGEST = 10_000
"""Equals beyond so many items are not resolved; the cut is then the engine's own."""


def cut(
    found: list[Item],
    limit: int,
    order: Callable[[Item], tuple[float, str | int]],
    fetch: Callable[[int], list[Item]],
) -> list[Item]:
    """The first ``limit`` of ``found`` by ``order``.

    Args:
        found: the best ``limit + 1`` items, or all if there are fewer.
        limit: how many to keep.
        order: sort key: negative score first, then what breaks ties.
        fetch: gives the best n items.
    """
    size, ranked = limit + 1, sorted(found, key=order)
    while limit and size < LONGEST and len(ranked) >= size and order(ranked[limit - 1])[0] == order(ranked[-1])[0]:
        size *= 4
        ranked = sorted(fetch(size), key=order)
    return ranked[:limit]
