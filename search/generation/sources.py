"""The numbered sources of a written answer, as the model reads them and as its sentences are checked against them."""

from dataclasses import dataclass, field
from functools import cached_property

from corpus.catalogue.views import PassageInContext
from corpus.records import Span
from corpus.text.folding import fold
from corpus.text.sentences import split_sentences
from search.generation.clauses import Clause, ClauseReader
from search.generation.wording import ADDRESSING
from search.hits import make_citation
from search.results import Citation, Standing


@dataclass(frozen=True)
class Source:
    """A passage as the model gets it, with the heading that tells what it is from.

    ``standing`` says what became of its document.
    """

    context: PassageInContext
    reader: ClauseReader = field(repr=False)
    standing: Standing | None = None

    def citation(self, start: int, end: int) -> Citation:
        """The citation of [start, end) of the passage's text."""
        return make_citation(self.context, start, end, self.standing)

    @cached_property
    def heading(self) -> str:
        """Title, issuer, number, date and section path, in lines."""
        document = self.context.document
        facts = [f"《{document.title}》", document.title, document.organization, document.document_number]
        facts += [document.project, document.issued_on.isoformat() if document.issued_on else None]
        facts += [f"{document.year}年" if document.year else None, *self.context.passage.path]
        return "\n".join(fact for fact in facts if fact)

    @cached_property
    def head(self) -> Clause:
        """The heading, read as one clause."""
        return self.reader.clause(fold(self.heading))

    @cached_property
    def sentences(self) -> list[Span]:
        """Sentences of the passage, as ``Clause.sentence`` counts them."""
        return split_sentences(self.context.passage.text)

    @cached_property
    def clauses(self) -> list[Clause]:
        """Clauses of the passage."""
        return self.reader.read(self.context.passage.text)

    @cached_property
    def addresses_model(self) -> bool:
        """Whether the passage speaks to a language model: it is then neither shown to it nor taken as support."""
        return ADDRESSING.search(fold(f"{self.heading}\n{self.context.passage.text}")) is not None
