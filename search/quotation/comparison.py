"""The form in which a quotation and its source are compared, and where each of its characters stands.

Folded by the one analyser (width, case, traditional characters, years in Chinese digits), without blanks, and with one
sign for all quotation marks: GB/T 15834—2011 (4.8) turns “” into ‘’ inside a quotation, so their form carries nothing.
Every other mark counts.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from corpus.text.folding import fold

_QUOTATION_MARKS = str.maketrans(dict.fromkeys("“”‘’「」『』'\u201f\u301d\u301e", '"'))


@dataclass(frozen=True, slots=True)
class Comparable:
    """A text as it is compared.

    Attributes:
        text: the characters compared.
        origins: for each of them its offset in the original, and the original's end as one more.
    """

    text: str
    origins: Sequence[int]

    def original(self, start: int, end: int) -> tuple[int, int]:
        """The range of the original that [start, end) stands for; blanks at its edges are left out."""
        if start == end:
            return self.origins[start], self.origins[start]
        return self.origins[start], self.origins[end - 1] + 1

    def part(self, start: int, end: int) -> "Comparable":
        """Characters [start, end) as a text of their own."""
        return Comparable(self.text[start:end], [*self.origins[start:end], self.original(start, end)[1]])


def comparable(text: str, offset: int = 0) -> Comparable:
    """``text`` as it is compared; ``offset`` is added to every origin."""
    folded = fold(text).translate(_QUOTATION_MARKS)
    kept = [at for at, character in enumerate(folded) if not character.isspace()]
    return Comparable("".join(folded[at] for at in kept), [*(at + offset for at in kept), len(text) + offset])


def letters(text: str) -> int:
    """How many characters of ``text`` are letters, digits or Han: what a quotation is long by."""
    return sum(map(str.isalnum, text))
