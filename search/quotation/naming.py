"""Which documents of the library a draft means by a title or a document number."""

from collections.abc import Sequence

from corpus.catalogue import Catalogue, PassageInContext
from corpus.text.references import normalise_identifier
from corpus.text.titles import STATE, title_key
from search.engine.interface import AnyOf, EngineReader, Filter, Leg
from search.quotation.comparison import letters
from search.quotation.spans import QuotedSpan

_SHORTEST_PART = 8
"""Letters of the shortest title that is looked for inside longer ones: 《条例》 and 《实施意见》 stand in many."""
_MOST = 20
"""Documents that a part of a title may stand for, beyond which it names none of them."""

_INNER_MARKS = str.maketrans("〈〉", "《》")


class NamedSources:
    """Resolves names for one reader, each once. ``where`` is the reader's filter, ``groups`` are its groups."""

    def __init__(self, catalogue: Catalogue, engine: EngineReader, where: Filter, groups: frozenset[str]) -> None:
        self._catalogue = catalogue
        self._engine = engine
        self._where = where
        self._groups = groups
        self._found: dict[str, AnyOf | None] = {}

    def of(self, span: QuotedSpan) -> list[AnyOf] | None:
        """Conditions on the documents that the draft names for the span: its titles, or without any its numbers.

        None when it names nothing, or something that the library does not hold as far as this reader can see.
        """
        titles = [name for name in span.named if name.startswith("《")]
        conditions = [self._condition(name) for name in titles or span.named]
        held = [condition for condition in conditions if condition is not None]
        return held if held and len(held) == len(conditions) else None

    def passages(self, titles: Sequence[str]) -> dict[str, list[PassageInContext]]:
        """For each title in 《》 a passage of every document that has it, as far as the reader sees them."""
        names = list(dict.fromkeys(titles))
        legs = [Leg(Filter((*self._where.must, AnyOf("identifiers", _keys(name)))), _MOST) for name in names]
        lists = self._engine.query(legs) if legs else []
        ids = [[point.id for point in points] for points in lists]
        held = self._catalogue.hydrate([key for keys in ids for key in keys], self._groups)
        return {
            name: list({held[key].document.id: held[key] for key in reversed(keys) if key in held}.values())
            for name, keys in zip(names, ids, strict=True)
        }

    def _condition(self, name: str) -> AnyOf | None:
        if name not in self._found:
            self._found[name] = self._by_identifier(name) or self._by_part(name)
        return self._found[name]

    def _by_identifier(self, name: str) -> AnyOf | None:
        condition = AnyOf("identifiers", _keys(name))
        [held] = self._engine.query([Leg(Filter((*self._where.must, condition)), 1)])
        return condition if held else None

    def _by_part(self, name: str) -> AnyOf | None:
        """Documents whose title holds the name: 《某办法》 is found as 关于印发《某办法》的通知 and 某办法（试行）."""
        title = name[1:-1]
        if not name.startswith("《") or letters(title) < _SHORTEST_PART:
            return None
        documents, total = self._catalogue.documents(self._groups, query=title, limit=_MOST)
        # Of a document that is not yet indexed nobody can say that it lacks the words.
        if not 0 < total <= _MOST or not all(document.indexed for document in documents):
            return None
        return AnyOf("document_id", tuple(document.id for document in documents))


def _keys(name: str) -> tuple[str, ...]:
    """The identifiers under which a document of that name may be indexed."""
    if not name.startswith("《"):
        return (normalise_identifier(name),)
    title = name[1:-1]
    # Inside 《》, a title's own 《》 may be written 〈〉 (GB/T 15834—2011, 4.15).
    spellings: Sequence[str] = (title, STATE + title, title.translate(_INNER_MARKS))
    return tuple(dict.fromkeys(map(title_key, spellings)))
