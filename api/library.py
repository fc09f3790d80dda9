"""What one process needs of a data directory, opened and closed together."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from api.haystack_import import import_haystack
from corpus.catalogue import Catalogue
from corpus.settings import DEMO_GROUPS, Settings, parse_groups
from corpus.terms import TermBase
from corpus.text.analyser import Analyser

if TYPE_CHECKING:
    from search.embedding import Embedder
    from search.engine.interface import Engine
    from search.indexing import Indexer
    from search.searcher import Searcher


@dataclass(frozen=True)
class Index:
    """The search index, owned by this process. Searcher and indexer share one engine, analyser and model."""

    catalogue: Catalogue
    engine: "Engine"
    terms: TermBase
    analyser: Analyser
    embedder: "Embedder"

    @cached_property
    def searcher(self) -> "Searcher":
        """Searches and answers."""
        from search.searcher import Searcher

        return Searcher(self.catalogue, self.engine, self.analyser, self.terms, self.embedder)

    @cached_property
    def indexer(self) -> "Indexer":
        """Brings the index up to date with the catalogue."""
        from search.indexing import Indexer

        return Indexer(self.catalogue, self.engine, self.analyser, self.embedder)


@contextmanager
def open_index(settings: Settings, catalogue: Catalogue, *, rebuilding: bool = False) -> Iterator[Index]:
    """Own the index.

    Args:
        settings: where it is.
        catalogue: what it is derived from.
        rebuilding: it is about to be dropped, so it may be of another build.

    Raises:
        EngineLocked: another process owns it.
        IndexMismatch: another schema, analyser, term base or model built it.
    """
    import_haystack()
    from search.embedding import open_embedder
    from search.engine.factory import open_engine
    from search.fingerprint import check_fingerprint

    with closing(open_engine(settings)) as engine:
        terms = TermBase.load()
        index = Index(catalogue, engine, terms, Analyser(terms), open_embedder(settings))
        if not rebuilding:
            engine.ensure_collection(index.embedder.dimensions)
            check_fingerprint(catalogue, index.analyser, index.embedder)
        yield index


def owner_groups(catalogue: Catalogue) -> frozenset[str]:
    """The groups of the data directory's owner: every one there is."""
    return catalogue.groups() | parse_groups(DEMO_GROUPS)
