"""The gate: a sentence of a language model is shown only if the passages that it cites say the same.

What is checked, in this order: the sentence cites passages it was given; what it puts in quotation marks stands there
character for character; and each of its clauses is supported by one sentence of a cited passage (with the clause's
neighbours and the heading that it stands under): every number, date, reference and name occurs, nothing is denied,
limited, widened or compared otherwise, its words are covered, and they are not joined from statements about different
things. What the gate lets through may leave something out; it must not say anything else than the source.
Decision and measurements: docs/decisions/0019-gate.md.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise

from corpus.records import Span
from corpus.text.folding import fold
from search.generation.clauses import Clause, ClauseReader, Unit
from search.generation.matching import Fault, find_support, keeps_subject, share_said
from search.generation.sources import Source
from search.generation.wording import LEAD_IN

LONGEST = 400
"""Characters of a sentence beyond which it is not checked: no reader would."""

_MARKER = re.compile(r"[\[【]\s*(\d{1,3}(?:\s*[,，、;；]\s*\d{1,3})*)\s*[\]】]")
_LIST_SIGN = re.compile(r"^\s*(?:[-*•·#>]+\s+|\d{1,2}(?:[、)）]|\.(?!\d))\s*)+")
_EMPHASIS = re.compile(r"\*\*|__|`")
_QUOTATION = re.compile(r"“([^“”]*)”|「([^「」]*)」|『([^『』]*)』|\"([^\"]*)\"|＂([^＂]*)＂|‘([^‘’]*)’")
_QUOTATION_MARKS = '“”「」『』"＂‘’'
_CONDITION = re.compile(r"(?:的|时|后|前提下|情况下|情形下|条件下)$|^(?:如果|如|若|凡|除非|除|未经|只有|只要|经)")


@dataclass(frozen=True, slots=True)
class Support:
    """A sentence of a source on which a claim rests: index of the source and span in its passage's text."""

    source: int
    span: Span


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the gate says of a sentence.

    Attributes:
        text: what may be shown: the sentence without its markers and list signs.
        supports: what it rests on, in the order of its clauses; empty if it is withheld.
        fault: why it is withheld, or None.
    """

    text: str
    supports: tuple[Support, ...] = ()
    fault: Fault | None = None


@dataclass(frozen=True, slots=True)
class _Place:
    """The clause of a source that says what a claim says, and the sentences that it rests on there."""

    source: int
    clause: int
    sentences: tuple[int, ...]
    claim: Clause


class Gate:
    """Checks sentences against numbered sources (the first is [1]). Pure: equal sentences give equal verdicts."""

    def __init__(self, sources: Sequence[Source], reader: ClauseReader) -> None:
        self._sources = sources
        self._reader = reader

    def check(self, sentence: str) -> Verdict:
        """Whether a sentence with its markers may be shown, and on what it rests."""
        text, numbers = strip_markers(sentence)
        fault = next(self._faults_of_form(text, numbers), None)
        if fault is not None:
            return Verdict(text, fault=fault)
        cited = [number - 1 for number in numbers if not self._sources[number - 1].addresses_model]
        found = self._whole_sentence(text, cited) or self._supports(text, cited)
        return Verdict(text, fault=found) if isinstance(found, Fault) else Verdict(text, tuple(found))

    def _faults_of_form(self, text: str, numbers: Sequence[int]) -> Iterator[Fault]:
        if len(text) > LONGEST:
            yield Fault.TOO_LONG
        if not numbers:
            yield Fault.UNCITED
        if not all(0 < number <= len(self._sources) for number in numbers):
            yield Fault.UNKNOWN_SOURCE
        elif not self._quotes_hold(text, numbers):
            yield Fault.QUOTATION

    def _whole_sentence(self, text: str, cited: Sequence[int]) -> list[Support]:
        """The sentence of a source that this one is, word for word."""
        key = _key(text)
        places = ((index, span) for index in cited for span in self._sources[index].sentences)
        found = (
            Support(index, span)
            for index, span in places
            if _key(self._sources[index].context.passage.text[span.start : span.end]) == key
        )
        return list(islice(found, 1))

    def _supports(self, text: str, cited: Sequence[int]) -> list[Support] | Fault:
        """What the sentence rests on, in the order of its clauses; or the first fault."""
        named, claims = self._claims(text)
        if not any(claim.content for claim in claims):
            return Fault.EMPTY
        supports: list[Support] = []
        last: _Place | None = None
        for claim in claims:
            found = self._place(claim, cited)
            if isinstance(found, Fault):
                return found
            if not self._goes_on(claim, found, last):
                return Fault.SPLICED
            source = self._sources[found.source]
            rests_on = (Support(found.source, source.sentences[number]) for number in found.sentences)
            supports += (support for support in rests_on if support not in supports)
            last = found
        if not all(any(self._is_said_by(unit, support) for support in supports) for unit in named):
            return Fault.NAME
        return supports if self._conditions_hold(claims, supports) else Fault.CONDITION

    def _claims(self, text: str) -> tuple[list[Unit], list[Clause]]:
        """The clauses of a sentence; of an opening that only says who says it, no more than its words."""
        clauses = self._reader.read(text)
        lead = LEAD_IN.match(fold(text))
        opening = [clause for clause in clauses if lead and clause.end < lead.end()]
        if any(clause.denials or clause.marks for clause in opening):
            return [], clauses
        return [unit for clause in opening for unit in clause.content], clauses[len(opening) :]

    def _quotes_hold(self, text: str, numbers: Sequence[int]) -> bool:
        """Whether every quotation stands in a cited source, and no quotation mark is left over."""
        cited = [self._sources[number - 1] for number in numbers]
        texts = [f"{source.context.passage.text}\n{source.heading}" for source in cited]
        for match in _QUOTATION.finditer(text):
            quoted = next(group for group in match.groups() if group is not None)
            if not quoted.strip() or not any(quoted in source for source in texts):
                return False
        return not any(mark in _QUOTATION.sub("", text) for mark in _QUOTATION_MARKS)

    def _place(self, claim: Clause, cited: Sequence[int]) -> "_Place | Fault":
        """Where the first of the cited sources says it, or the fault of the nearest miss."""
        if not claim.content:
            return Fault.QUALIFIER  # A turn or limit of something that is not named.
        faults = []
        for index in cited:
            source = self._sources[index]
            found = find_support(claim, source)
            if not isinstance(found, Fault):
                return _Place(index, found.clause, found.sentences, claim)
            faults.append(found)
        return faults[0] if faults else Fault.UNSUPPORTED

    def _goes_on(self, claim: Clause, place: "_Place", last: "_Place | None") -> bool:
        """Whether a clause says of its subject what the source says of it.

        A clause without a subject takes the one of the clause before it, in the claim as in the source: they must be
        the same. What is only named (a topic, an item of a list) belongs to the clause behind or before it.
        """
        clauses = self._sources[place.source].clauses
        here = clauses[place.clause]
        if not keeps_subject(claim, here):
            return False
        together = last is not None and last.source == place.source and last.clause < place.clause
        between = clauses[last.clause + 1 : place.clause] if last is not None and together else []
        if last is not None and (last.claim.names_only or claim.names_only):
            return together and not between
        if here.subject is not None or claim.subject is not None:
            return True
        if last is None:
            return place.clause == 0 or clauses[place.clause - 1].sentence != here.sentence
        return together and all(clause.subject is None for clause in between)

    def _is_said_by(self, unit: Unit, support: Support) -> bool:
        """Whether a source has a name in its heading or in the sentence that supports."""
        source = self._sources[support.source]
        here = [clause for clause in source.clauses if source.sentences[clause.sentence] == support.span]
        return source.head.holds(unit) or any(clause.holds(unit) for clause in here)

    def _conditions_hold(self, claims: Sequence[Clause], supports: Sequence[Support]) -> bool:
        """Whether the condition under which a source says something is not left out."""
        said = " ".join(claim.text for claim in claims)
        for support in supports:
            source = self._sources[support.source]
            inside = [clause for clause in source.clauses if source.sentences[clause.sentence] == support.span]
            for condition, consequence in pairwise(inside):
                if not _CONDITION.search(condition.text.strip()):
                    continue
                if share_said(consequence, said) >= 0.5 and share_said(condition, said) < 0.5:
                    return False
        return True


def strip_markers(sentence: str) -> tuple[str, list[int]]:
    """A sentence without markers and list signs, and the numbers of the sources that it cites, distinct, in order."""
    numbers = [int(number) for match in _MARKER.finditer(sentence) for number in re.findall(r"\d+", match[1])]
    text = _EMPHASIS.sub("", _LIST_SIGN.sub("", _MARKER.sub("", sentence)))
    return re.sub(r"\s+(?=[。，；！？])", "", " ".join(text.split())), list(dict.fromkeys(numbers))


def _key(sentence: str) -> str:
    return fold(sentence).strip(" \n\t。;,")
