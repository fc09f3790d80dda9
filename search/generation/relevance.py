"""Whether a written sentence bears on the question: what it rests on must be evidence, not only true."""

from collections.abc import Iterable

from corpus.records import Span
from search.conditions import missing_around
from search.evidence import Evidence, EvidenceModels
from search.question import other_years

LEAST = 0.001
"""How likely a sentence must hold the answer, over the likeliest one. Chosen with ``tests/benchmarks/answers.py``."""


class Relevance:
    """Knows which sentences of the passages found bear on the question, by the model that makes extractive answers."""

    def __init__(self, evidence: Evidence, models: EvidenceModels) -> None:
        question, table = evidence.question, evidence.table
        apart = {
            index for index, item in enumerate(evidence.found) if next(missing_around(question, item), None) is not None
        }
        shares = table.shares(models, range(len(table.sentences)))
        least = LEAST * float(shares.max(initial=0.0))
        self._bearing = {
            (evidence.found[sentence.passage].context.passage.id, sentence.start)
            for sentence, share in zip(table.sentences, shares, strict=True)
            if share >= least and sentence.passage not in apart and not other_years(question, sentence.folded)
        }

    def bears(self, places: Iterable[tuple[str, Span]]) -> bool:
        """Whether one of the sentences, each given by its passage and its span there, bears on the question."""
        return any((passage, span.start) in self._bearing for passage, span in places)
