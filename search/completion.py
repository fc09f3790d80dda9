"""What is being typed, held against the names that it may become."""

import re
from collections.abc import Iterator

from search.names import SHORTEST_INITIALS, Name, Names
from search.spelling import letters, spelling

BEGINS, HOLDS, HOLDS_WORDS, SPELT, SPELT_WITHIN = range(5)
"""How a name fits, best first: it begins with the text, holds it, holds all its words, is spelt so from its beginning,
or from a later syllable on."""

_MIXED = re.compile("(?P<written>[\u4e00-\u9fff]+)(?P<spelt>[a-z][a-z']*)")
"""What stands in a search field while its last word is being typed in pinyin."""
_SHORTEST_SPELT_WITHIN = 4
"""Letters of pinyin that are looked for within names, at least: fewer stand in too many."""


def fitting(typed: str, names: Names) -> dict[int, int]:
    """The numbers of the names that a folded text may become, each with how it fits."""
    fits: dict[int, int] = {}
    for number, fit in (*_written(typed, names), *_mixed(typed, names), *_spelt(typed, names)):
        fits[number] = min(fit, fits.get(number, fit))
    return fits


def _written(typed: str, names: Names) -> Iterator[tuple[int, int]]:
    for number, at in names.written.find(typed):
        yield number, HOLDS if at else BEGINS
    words = typed.split()
    if len(words) > 1:
        for number, _ in names.written.find(max(words, key=len)):
            if all(word in names.all[number].folded for word in words):
                yield number, HOLDS_WORDS


def _mixed(typed: str, names: Names) -> Iterator[tuple[int, int]]:
    """Names that hold the characters typed, and go on as the letters behind them spell."""
    mixed = _MIXED.fullmatch(typed)
    if mixed:
        spelt = letters(mixed["spelt"])
        for number, at in names.written.find(mixed["written"]):
            following = names.all[number].folded[at + len(mixed["written"]) :][: len(spelt)]
            syllables = [spelling(character) for character in following]
            forms = ("".join(syllables), "".join(syllable[:1] for syllable in syllables))
            if any(form.startswith(spelt) for form in forms):
                yield number, SPELT_WITHIN if at else SPELT


def _spelt(typed: str, names: Names) -> Iterator[tuple[int, int]]:
    """Names whose pinyin, or its initials, are the letters typed."""
    if not typed.isascii() or any(map(str.isdigit, typed)) or not (spelt := letters(typed)):
        return
    for number, at in names.pinyin.find(spelt):
        if at == 0:
            yield number, SPELT
        elif len(spelt) >= _SHORTEST_SPELT_WITHIN and _begins_a_syllable(names.all[number], at):
            yield number, SPELT_WITHIN
    for number, at in names.initials.find(spelt) if len(spelt) > 1 else ():
        if at == 0:
            yield number, SPELT
        elif len(spelt) >= SHORTEST_INITIALS:
            yield number, SPELT_WITHIN


def _begins_a_syllable(name: Name, at: int) -> bool:
    """Whether one of a name's syllables begins at a place of its pinyin."""
    start = 0
    for syllable in name.syllables():
        if start >= at:
            break
        start += len(letters(syllable))
    return start == at
