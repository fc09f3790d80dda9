"""What one process needs of a data directory, opened and closed together."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from api.haystack_import import import_haystack
from api.ownership import read_record, want_index
from corpus.catalogue import Catalogue
from corpus.errors import EngineLocked
from corpus.settings import DEMO_GROUPS, Settings, parse_groups
from corpus.text.analyser import Analyser

WAIT_SECONDS = 10.0
"""How long to wait for another command to give the index back. Searches take about a second, so that two at a time
should both succeed; an ingest may take hours, and is named instead."""

_RETRY_SECONDS = 0.1

if TYPE_CHECKING:
    from search.embedding import Embedder
    from search.engine.interface import Engine
    from search.generation.model import LanguageModel
    from search.indexing import Indexer
    from search.searcher import Searcher


@dataclass(frozen=True)
class Index:
    """The search index, owned by this process. Searcher and indexer share one engine, analyser and model."""

    settings: Settings
    catalogue: Catalogue
    engine: "Engine"
    analyser: Analyser
    embedder: "Embedder"
    model: "LanguageModel | None"

    @cached_property
    def searcher(self) -> "Searcher":
        """Searches and answers; raises ``ModelUnavailable`` if a reranker is named that cannot be loaded."""
        from search.cross_encoder import open_reranker
        from search.searcher import Searcher

        reranker = open_reranker(self.settings, self.catalogue)
        return Searcher(self.catalogue, self.engine, self.analyser, self.embedder, self.model, reranker)

    @cached_property
    def indexer(self) -> "Indexer":
        """Brings the index up to date with the catalogue."""
        from search.indexing import Indexer

        return Indexer(self.catalogue, self.engine, self.analyser, self.embedder)


@contextmanager
def open_index(
    settings: Settings, catalogue: Catalogue, *, rebuilding: bool = False, ending: bool = False
) -> Iterator[Index]:
    """Own the index.

    Args:
        settings: where it is.
        catalogue: what it is derived from.
        rebuilding: it is about to be dropped, so it may be of another build.
        ending: the process ends with this, so that little needs to be given back.

    Raises:
        EngineLocked: a server owns it, or another command for longer than ``WAIT_SECONDS``.
        IndexMismatch: another schema, analyser, term base or model built it.
        InvalidSetting: the language model is named by halves.
    """
    import_haystack()
    from search.embedding import open_embedder
    from search.fingerprint import check_fingerprint
    from search.generation.model import LanguageModel

    model = LanguageModel.of(settings)

    engine = own_engine(settings)
    try:
        index = Index(settings, catalogue, engine, Analyser(catalogue.term_base()), open_embedder(settings), model)
        if not rebuilding:
            engine.ensure_collection(index.embedder.dimensions)
            check_fingerprint(catalogue, index.analyser, index.embedder)
        yield index
    finally:
        engine.close(ending=ending)


@contextmanager
def own_index(settings: Settings, *, ending: bool = False) -> Iterator[Index]:
    """``open_index`` with a catalogue of its own.

    Raises:
        CatalogueUnavailable: the catalogue cannot be opened.
        EngineLocked, IndexMismatch, InvalidSetting: as ``open_index``.
    """
    with Catalogue.open(settings.catalogue_url) as catalogue, open_index(settings, catalogue, ending=ending) as index:
        yield index


def own_engine(settings: Settings) -> "Engine":
    """The engine, once other commands over the same data directory have finished; a server does not finish.

    Raises:
        EngineLocked: a server owns it, or another command for longer than ``WAIT_SECONDS``.
    """
    from search.engine.factory import open_engine

    deadline = time.monotonic() + WAIT_SECONDS
    while True:
        try:
            return open_engine(settings)
        except EngineLocked:
            if read_record(settings) or time.monotonic() > deadline:
                raise
            want_index(settings)
        time.sleep(_RETRY_SECONDS)


def owner_groups(catalogue: Catalogue) -> frozenset[str]:
    """The groups of the data directory's owner: every one there is."""
    return catalogue.groups() | parse_groups(DEMO_GROUPS)
