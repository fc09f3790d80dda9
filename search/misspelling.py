"""Which stretches of a text are misspelt names: a noisy channel over the words of the text.

A stretch may be a slip for a name that sounds like it or is one edit away. It is taken for one if that makes the text
likelier: the name, the slip and the words around it, against the words as they were written (Kernighan, Church and
Gale 1990; words are independent of each other). So 地理现象 is not 立项 misspelt: both its words would be lost for it.
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from corpus.text.analyser import COUNTED_WORDS, Analyser
from corpus.text.numerals import chinese_number
from search.names import LONGEST_NAME, Name, Names, Stretches
from search.spelling import sound, sounds_partly_alike

SHORTEST_EDITED = 4
"""Characters of a name that is recognised with one of them wrong or missing, at least."""
_SHORTEST_EXCHANGED = 3

_NAME = -12.0
"""Logarithm of how likely a name is to be looked for: as a rare word."""
_SOUNDS_ALIKE, _OTHER_SOUND, _DOUBLED, _EXCHANGED, _MISSING = -2.0, -4.0, -4.0, -4.0, -4.0
"""Logarithms of how likely each slip is. Who types pinyin most often picks another character of the same sound."""


class Misspelling(NamedTuple):
    """A stretch [start, end) of a text, and the name that is meant by it."""

    start: int
    end: int
    name: Name


class _Candidate(NamedTuple):
    gain: float
    misspelling: Misspelling


def misspellings(folded: str, names: Names, groups: frozenset[str], analyser: Analyser) -> list[Misspelling]:
    """The misspelt names of a folded text that ``groups`` may know, in order and not overlapping; the likeliest first
    decide. Nothing within a name that is written as it should be is an error, nor is a word of the dictionary."""
    stretches = Stretches.within(folded, LONGEST_NAME + 1)
    alike, edited = names.sounding_like(stretches), names.an_edit_away(stretches)
    if not alike and not edited:
        return []
    right: list[tuple[int, int]] = []
    meant: dict[tuple[int, int], list[Name]] = {}
    for number in alike.keys() | edited.keys():
        part, place = stretches[number], stretches.place(number)
        near = [*alike.get(number, ()), *edited.get(number, ())]
        if any(name.folded == part for name in near):
            right.append(place)
        elif part.split() == [part] and not analyser.has_word(part):
            meant[place] = [name for name in near if name.is_visible(groups)]
    chosen: list[Misspelling] = []
    for _, found in sorted(_candidates(folded, meant, analyser), key=_likeliest_first):
        # A name that is a part of what is meant may be right: 志愿服务 in 志愿服务办珐.
        kept = [(start, end) for start, end in right if start < found.start or found.end < end]
        kept += [(other.start, other.end) for other in chosen]
        if not any(found.start < end and start < found.end for start, end in kept):
            chosen.append(found)
    return sorted(chosen)


def _likeliest_first(candidate: _Candidate) -> tuple[float, tuple[int, int, str], int]:
    found = candidate.misspelling
    return -candidate.gain, found.name.preference, found.start


def _candidates(
    folded: str, meant: Mapping[tuple[int, int], Sequence[Name]], analyser: Analyser
) -> Iterator[_Candidate]:
    written = _likelihood(folded, analyser) if any(meant.values()) else 0.0
    for (start, end), names in meant.items():
        slips = [(slip(folded[start:end], name.folded), name) for name in names]
        likely = [(likelihood, name) for likelihood, name in slips if likelihood is not None]
        if likely:
            around = _likelihood(folded[:start], analyser) + _likelihood(folded[end:], analyser)
            for likelihood, name in likely:
                gain = around + _NAME + likelihood - written
                if gain > 0:
                    yield _Candidate(gain, Misspelling(start, end, name))


def _likelihood(text: str, analyser: Analyser) -> float:
    """Logarithm of how likely a text's words are."""
    return sum(math.log(max(analyser.frequency(word), 1)) - math.log(COUNTED_WORDS) for word in analyser.cut(text))


def slip(written: str, meant: str) -> float | None:
    """Logarithm of how likely somebody is to write the one for the other; None for what is no slip.

    A character that is missing at the edge is none: what begins or ends a name is being typed, or is another word. Nor
    is one number written for another: 第十二讲 is not 第二十讲.
    """
    if len(written) == len(meant):
        return _slip_of_equals(written, meant)
    if len(written) + 1 == len(meant) and len(meant) >= SHORTEST_EDITED:
        inside = range(1, len(meant) - 1)
        return _MISSING if _is_left(written, meant, inside) else None
    if len(written) == len(meant) + 1:
        doubled = (at for at in range(1, len(written)) if written[at] == written[at - 1])
        return _DOUBLED if _is_left(meant, written, doubled) else None
    return None


def _is_left(shorter: str, longer: str, places: Iterable[int]) -> bool:
    """Whether one is left of the other without the character at one of the places, which is no figure of a number."""
    left = (at for at in places if longer[:at] + longer[at + 1 :] == shorter)
    at = next(left, None)
    return at is not None and not (
        _is_numeral(longer[at]) and (_is_numeral(longer[at - 1]) or _is_numeral(longer[at + 1 : at + 2]))
    )


def _slip_of_equals(written: str, meant: str) -> float | None:
    differing = [at for at, pair in enumerate(zip(written, meant, strict=True)) if pair[0] != pair[1]]
    if any(_is_numeral(written[at]) and _is_numeral(meant[at]) for at in differing):
        return None
    if all(sound(written[at]) == sound(meant[at]) for at in differing):
        return _SOUNDS_ALIKE
    first, last = differing[0], differing[-1]
    if len(differing) == 1 and len(meant) >= SHORTEST_EDITED:
        return _OTHER_SOUND if sounds_partly_alike(written[first], meant[first]) else None
    exchanged = len(differing) == 2 and last == first + 1 and written[first : last + 1] == meant[last] + meant[first]
    return _EXCHANGED if exchanged and len(meant) >= _SHORTEST_EXCHANGED else None


def _is_numeral(character: str) -> bool:
    return chinese_number(character) is not None
