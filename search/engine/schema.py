"""What the collection holds: vectors, indexed payload fields, and the grams that make ``Contains`` fast.

Both engines create exactly this, and refuse a filter on any other field: a condition on a field without an index would
be slow, and a misspelt one inside ``must_not`` would let everything pass.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, pairwise
from operator import add
from typing import Any

import numpy as np

from corpus.text.code_points import code_points, neighbourhood
from search.engine.interface import (
    BIGRAMS,
    DENSE,
    WORDS,
    AnyOf,
    Between,
    Condition,
    Contains,
    Either,
    Filter,
    HasId,
    Leg,
    Point,
    SparseVector,
)

COLLECTION = "lunku"
VECTORS = (DENSE, WORDS, BIGRAMS)
SPARSE_VECTORS = (WORDS, BIGRAMS)

KEYWORD_FIELDS = (
    "readers",
    "document_id",
    "version_id",
    "kind",
    "organization",
    "course",
    "project",
    "document_number",
    "identifiers",
)
INTEGER_FIELDS = ("issued_on", "year")
"""Dates are yyyymmdd."""
TEXT_FIELDS = ("text", "title")
"""Folded, with grams."""

_GRAMS = "_grams"
_PERCENT, _DOT = map(ord, "%.")
_RUN = re.compile(r"[^\W_]+(?:\.[^\W_]+)*%?")
"""Letters, digits and Han characters without a mark between them, but for those of numbers: 5.8%."""


def grams_field(field: str) -> str:
    """Payload field that holds the grams of a text field, separated by blanks and indexed by them."""
    return field + _GRAMS


def grams(text: str) -> list[str]:
    """Distinct pairs of neighbouring characters within runs of letters, digits and Han, in order.

    A text can only hold a string if it has all the string's grams, so the gram index leaves few texts to compare. Pairs
    across punctuation, a fifth of all, are left out: in what is left the text itself is compared.
    """
    return list(dict.fromkeys(chain.from_iterable(map(add, run, run[1:]) for run in _RUN.findall(text))))


def is_gram(text: str) -> bool:
    """Whether having the gram already means holding the string. Not so with punctuation, which tokenizers may drop."""
    return len(text) == 2 and text.isalnum()


def joined_grams(texts: Sequence[str]) -> list[str]:
    """``grams`` of each text, sorted and separated by blanks: of all together, in a sixth of the time."""
    codes, owners = code_points(texts)
    before, here, after = neighbourhood(codes)
    in_run = here | before & ((codes == _PERCENT) | after & (codes == _DOT))
    at = np.flatnonzero(in_run[:-1] & in_run[1:] & (codes[:-1] != _PERCENT))
    places = owners[at] << 42 | codes[at].astype(np.int64) << 21 | codes[at + 1]
    pairs = np.unique(places, return_counts=True)[0]  # Sorted; without counts, hashed: see ``corpus.likeness``.
    written = np.full((len(pairs), 3), ord(" "), dtype=np.uint32)
    written[:, 0], written[:, 1] = pairs >> 21 & 0x1FFFFF, pairs & 0x1FFFFF
    whole = written.tobytes().decode("utf-32-le", "surrogatepass")
    bounds = (3 * np.searchsorted(pairs >> 42, np.arange(len(texts) + 1))).tolist()
    return [whole[start : max(start, end - 1)] for start, end in pairwise(bounds)]


def with_grams(payloads: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The payloads as they are stored: beside each text field its grams."""
    stored = [dict(payload) for payload in payloads]
    for field in TEXT_FIELDS:
        texts = list({payload[field] for payload in payloads if payload.get(field)})
        grams_of = dict(zip(texts, joined_grams(texts), strict=True))
        for payload in stored:
            if payload.get(field):
                payload[grams_field(field)] = grams_of[payload[field]]
    return stored


def without_grams(payload: dict[str, Any]) -> dict[str, Any]:
    """The payload as it was given."""
    derived = {grams_field(field) for field in TEXT_FIELDS}
    return {field: value for field, value in payload.items() if field not in derived}


def check_filter(where: Filter) -> None:
    """Raise for a condition that the engines could not apply.

    Raises:
        TypeError: an unknown condition, or values of another type than the field's.
        ValueError: a field that is not indexed for the condition, or a condition without content. ``AnyOf`` without
            values is fine: it matches nothing.
    """
    for condition in (*where.must, *where.must_not):
        _check_condition(condition)


def check_facet(field: str) -> None:
    """Raise ``ValueError`` for a field that has no facets."""
    if field not in KEYWORD_FIELDS + INTEGER_FIELDS:
        raise ValueError(f"field has no facets: {field}")


def side_by_side(conditions: Iterable[Condition]) -> Iterator[Condition]:
    """Conditions that must all hold, with those unpacked that stand in groups of which again all must hold.

    Side by side Qdrant tests first what leaves fewest points, and what reads their texts last; of nested groups one
    after the other. The words of short questions are found in less than half of the time (0006).
    """
    for condition in conditions:
        match condition:
            case Either((only,)):
                yield from side_by_side((only,))
            case Filter(must, ()):
                yield from side_by_side(must)
            case _:
                yield condition


def _check_condition(condition: Condition) -> None:
    match condition:
        case HasId():
            return
        case Either(conditions):
            for alternative in conditions:
                _check_condition(alternative)
            return
        case Filter():
            check_filter(condition)
            return
    allowed = {AnyOf: KEYWORD_FIELDS + INTEGER_FIELDS, Between: INTEGER_FIELDS, Contains: TEXT_FIELDS}
    if type(condition) not in allowed:
        raise TypeError(f"unknown condition: {condition!r}")
    if condition.field not in allowed[type(condition)]:
        raise ValueError(f"field is not indexed for {type(condition).__name__}: {condition.field}")
    match condition:
        case AnyOf(field, values):
            kind = str if field in KEYWORD_FIELDS else int
            if not all(isinstance(value, kind) and not isinstance(value, bool) for value in values):
                raise TypeError(f"values of {field} must be {kind.__name__}: {values!r}")
        case Between(_, None, None):
            raise ValueError(f"range without a bound: {condition!r}")
        case Contains(_, ""):
            raise ValueError(f"substring without a character: {condition!r}")


def check_point(point: Point, dimensions: int) -> None:
    """Raise for a point that would fail inside the engine, which may by then have written half of its batch.

    Raises:
        ValueError: an unknown vector, a dense vector of another length, or sparse indices that repeat.
    """
    for name, vector in point.vectors.items():
        if name not in VECTORS or isinstance(vector, SparseVector) != (name in SPARSE_VECTORS):
            raise ValueError(f"point {point.id} has no vector {name!r} of this type")
        if isinstance(vector, SparseVector):
            if len(set(vector.indices)) != len(vector.indices) or len(vector.indices) != len(vector.values):
                raise ValueError(f"point {point.id}: the indices of {name} repeat, or do not pair with the values")
        elif len(vector) != dimensions:
            raise ValueError(f"point {point.id}: {len(vector)} dimensions instead of {dimensions}")


def is_ranked(leg: Leg) -> bool:
    """Whether a leg has a vector that can rank: zeros are as near to one point as to another, and find nothing."""
    if leg.vector is None:
        return False
    return any(leg.vector.values if isinstance(leg.vector, SparseVector) else leg.vector)
