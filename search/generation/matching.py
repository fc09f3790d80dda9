"""A claim held against one clause of a source: does the source say it, all of it, and of the same thing?"""

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from rapidfuzz.distance import LCSseq

from search.generation.clauses import Clause, Unit, UnitKind
from search.generation.sources import Source
from search.generation.wording import BEHIND, DESCRIBING, PARTIES, QUANTIFYING

COVERAGE = 1.0
"""Share of a clause's words, by characters, that its source must have. Chosen with ``tests/benchmarks/gate.py``."""
MOVED = 1
"""Characters of a clause, dates left out, that may stand in another order than in the source. Chosen with it."""
RETAINED = 0.3
"""Share of the supporting clause's words that a claim must have kept: less is a fragment."""
_DATED = frozenset("年月日")
"""Measures of numbers that say when: they hold for more than their clause."""
_LONGEST_WEIGHT = 4
"""Characters that a unit counts for at most: a title or a full date is one thing."""
_NEAR = 14
"""Characters within which a mark's word must follow, or come before."""
_TRIED = 4
"""Clauses of a passage that are tried as support, the best first."""


class Fault(StrEnum):
    """Why a sentence is withheld."""

    EMPTY = "empty"
    TOO_LONG = "too_long"
    UNCITED = "uncited"
    UNKNOWN_SOURCE = "unknown_source"
    QUOTATION = "quotation"
    FACT = "fact"
    NAME = "name"
    DENIAL = "denial"
    QUALIFIER = "qualifier"
    CONDITION = "condition"
    RESTRICTION = "restriction"
    SPLICED = "spliced"
    ORDER = "order"
    UNSUPPORTED = "unsupported"


@dataclass(frozen=True, slots=True)
class Found:
    """What supports a claim: the number of the clause of the source, and those of the sentences that it rests on."""

    clause: int
    sentences: tuple[int, ...]


def find_support(claim: Clause, source: Source) -> Found | Fault:
    """Where ``source`` says what the claim says, or what keeps the likeliest place from it."""
    faults = []
    for number in _likeliest(claim, source):
        found = _Match(claim, source, number).check()
        if not isinstance(found, Fault):
            return found
        faults.append(found)
    return faults[0] if faults else Fault.UNSUPPORTED


class _Match:
    """A claim held against one clause of a source, the clauses before it and its heading."""

    def __init__(self, claim: Clause, source: Source, number: int) -> None:
        self._claim = claim
        self._source = source
        self._number = number
        self._clause = source.clauses[number]
        self._own: list[Unit] = []
        self._headed: list[Unit] = []
        self._carried: dict[int, list[Unit]] = {}
        self._missing: list[Unit] = []
        self._assign()

    def check(self) -> Found | Fault:
        """That the clause supports the claim, or why it does not."""
        for fault, sound in (
            (Fault.FACT, not any(unit.kind is UnitKind.FACT for unit in self._missing)),
            (Fault.FACT, not self._exchanges_a_year()),
            (Fault.NAME, not any(unit.kind is UnitKind.NAME for unit in self._missing)),
            (Fault.DENIAL, self._denials_agree()),
            (Fault.QUALIFIER, self._marks_agree()),
            (Fault.UNSUPPORTED, self._coverage() >= COVERAGE and self._retained() >= RETAINED),
            (Fault.RESTRICTION, self._keeps_restrictions()),
            (Fault.SPLICED, self._is_one_statement()),
            (Fault.ORDER, self._in_order()),
        ):
            if not sound:
                return fault
        return Found(self._number, tuple(sorted({clause.sentence for clause in self._said})))

    def _assign(self) -> None:
        """Where each unit of the claim comes from.

        What the clause itself has not can only be its topic, named in the heading or in a clause before, or a date.
        """
        spent: Counter[str] = Counter()
        for unit in self._claim.content:
            spent[unit.value] += 1
            if self._clause.holds(unit) and (unit.kind is not UnitKind.FACT or self._often(unit) >= spent[unit.value]):
                self._own.append(unit)
            elif not (unit.nominal or _is_year(unit)):
                self._missing.append(unit)
            elif self._source.head.holds(unit):
                self._headed.append(unit)
            elif (place := self._before(unit)) is not None:
                self._carried.setdefault(place, []).append(unit)
            else:
                self._missing.append(unit)

    def _exchanges_a_year(self) -> bool:
        """Whether a year from elsewhere stands for one that the clause names itself (比2022年, of a report on 2023)."""
        elsewhere = [unit for units in (self._headed, *self._carried.values()) for unit in units]
        dropped = any(_is_year(unit) and not self._claim.holds(unit) for unit in self._clause.content)
        return dropped and any(map(_is_year, elsewhere))

    def _often(self, unit: Unit) -> int:
        """How often the clause has a number."""
        return sum(other.value == unit.value for other in (*self._clause.units, *self._clause.implied))

    def _before(self, unit: Unit) -> int | None:
        """The nearest clause before, of the same sentence or the last one, that has the unit."""
        for number in range(self._number - 1, -1, -1):
            clause = self._source.clauses[number]
            if clause.sentence < self._clause.sentence - 1:
                return None
            if clause.holds(unit):
                return number
        return None

    @property
    def _said(self) -> list[Clause]:
        """The clauses that the claim rests on, in order."""
        return [self._source.clauses[number] for number in sorted((self._number, *self._carried))]

    def _denials_agree(self) -> bool:
        """Whether the claim denies as often as the source, and the same."""
        said = Counter(denial for clause in (self._source.head, *self._said) for denial in clause.denials)
        kept = Counter(denial for clause in self._said for denial in clause.denials)
        claimed = Counter(self._claim.denials)
        return claimed <= said and kept <= claimed

    def _marks_agree(self) -> bool:
        """Whether each mark of the claim stands at the same word in the source, and none of the source's is lost."""
        for mark in self._claim.marks:
            target = _target(self._claim, mark)
            if not any(_marks(clause, mark.value, target) for clause in self._said):
                return False
        for mark in self._clause.marks:
            target = _target(self._clause, mark)
            if mark.value in QUANTIFYING or target is None or not self._claim.holds(target):
                continue
            if not _marks(self._claim, mark.value, target):
                return False
        return True

    def _coverage(self) -> float:
        whole = sum(_weight(unit) for unit in self._claim.content)
        return 1 - sum(map(_weight, self._missing)) / whole if whole else 1.0

    def _retained(self) -> float:
        whole = sum(_weight(unit) for unit in self._clause.content)
        kept = sum(_weight(unit) for unit in self._clause.content if self._claim.holds(unit))
        return kept / whole if whole else 1.0

    def _keeps_restrictions(self) -> bool:
        """Whether every noun taken from the clause keeps the word that narrows it down, unless the heading says it.

        退休的志愿者 and 乡村志愿者 are not all 志愿者. A word narrows a noun down when 的 joins them, or when it stands
        right before it and is a noun itself or the noun names people or bodies (注册志愿者).
        """
        for narrowing, noun in pairwise(self._clause.content):
            joint = self._clause.text[narrowing.end - self._clause.start : noun.start - self._clause.start]
            narrows = joint == "的" or (not joint and (narrowing.nominal or PARTIES.search(noun.value)))
            if not (narrows and noun.nominal and narrowing.value not in DESCRIBING and self._claim.holds(noun)):
                continue
            if not (self._claim.holds(narrowing) or self._source.head.holds(narrowing)):
                return False
        return True

    def _is_one_statement(self) -> bool:
        """Whether words from elsewhere are the topic of what the clause says.

        省级负责统筹，县级负责落实 says nothing of 省级负责落实: a clause whose words are joined with others
        must bring its own subject along, none may be passed over on the way, and the topic comes first. It stands for
        nothing that the clause itself begins with: 每组总额 is not 项目总额.
        """
        elsewhere = [unit for units in self._carried.values() for unit in units] + self._headed
        topics = [unit for unit in elsewhere if not _is_year(unit)]
        if not topics:
            return True
        if not all(map(self._claim.holds, self._clause.content[:1])):
            return False
        first = min(self._carried, default=self._number)
        if not all(keeps_subject(self._claim, clause) for clause in self._source.clauses[first : self._number + 1]):
            return False
        own = (unit.start for unit in self._own if unit.measure not in _DATED)
        return max(unit.start for unit in topics) < min(own, default=self._claim.end)

    def _in_order(self) -> bool:
        """Whether the claim's words stand in the source's order, and its numbers in theirs; a date may be moved."""
        own = "".join(unit.value for unit in self._own if unit.measure not in _DATED)
        said = "".join(unit.value for unit in self._clause.units)
        numbers = [unit.value for unit in self._own if unit.measure]
        counted = [unit.value for unit in self._clause.units if unit.kind is UnitKind.FACT]
        dates = [unit.value for unit in self._clause.implied]
        rising = max(LCSseq.similarity(numbers, counted), LCSseq.similarity(numbers, [*dates, *counted]))
        return rising == len(numbers) and len(own) - LCSseq.similarity(own, said) <= MOVED


def keeps_subject(claim: Clause, clause: Clause) -> bool:
    """Whether a claim names what a clause of its source is about."""
    return clause.subject is None or claim.holds(clause.subject)


def _is_year(unit: Unit) -> bool:
    """Whether a number is a calendar year: it may hold for more than its clause."""
    return unit.measure == "年" and len(unit.value) == 4


def _likeliest(claim: Clause, source: Source) -> list[int]:
    """Numbers of the source's clauses that share most with the claim."""
    shared = [
        (sum(_weight(unit) for unit in claim.content if clause.holds(unit)), number)
        for number, clause in enumerate(source.clauses)
    ]
    ranked = sorted((item for item in shared if item[0]), key=lambda item: (-item[0], item[1]))
    return [number for _, number in ranked[:_TRIED]]


def _target(clause: Clause, mark: Unit) -> Unit | None:
    """The word that a mark is about: the next one, or the one before for those that stand behind."""
    if mark.value in BEHIND:
        return next((unit for unit in reversed(clause.units) if unit.end <= mark.start), None)
    return next((unit for unit in clause.units if unit.start >= mark.end), None)


def _marks(clause: Clause, word: str, target: Unit | None) -> bool:
    """Whether a mark stands in the clause, near the target."""
    for unit in clause.units:
        if unit.kind is UnitKind.MARK and unit.value == word:
            about = _target(clause, unit)
            if target is None or (about is not None and about.value == target.value):
                return True
            ahead = clause.text[unit.end - clause.start :][:_NEAR]
            behind = clause.text[: unit.start - clause.start][-_NEAR:]
            if target.value in (behind if word in BEHIND else ahead):
                return True
    return False


def share_said(clause: Clause, said: str) -> float:
    """Share of a clause's words, by characters, that a folded text has."""
    whole = sum(_weight(unit) for unit in clause.content)
    return sum(_weight(unit) for unit in clause.content if unit.value in said) / whole if whole else 0.0


def _weight(unit: Unit) -> int:
    return min(len(unit.value), _LONGEST_WEIGHT)
