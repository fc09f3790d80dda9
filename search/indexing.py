"""Passages of the catalogue → points of the engine.

The catalogue says what is pending; a version is marked as indexed only after its points are on the disk. A batch never
splits a version and is one operation of the engine, so whatever moment the process dies at, a version is found with all
its passages or with none, and the next run goes on from there. Point ids are passage ids: repeating a batch changes
nothing.
"""

import time
from collections.abc import Callable, Iterator

from corpus.catalogue import Catalogue, PassageToIndex
from corpus.text.analyser import Analyser
from search.embedding import Embedder
from search.engine.interface import AnyOf, Engine, Filter
from search.fingerprint import check_fingerprint, forget_fingerprint, store_fingerprint
from search.points import points_of
from search.rarity import has_token_counts, store_token_counts

BATCH_PASSAGES = 2_000
"""Passages from which on a batch is written: its points take about 40 MB, and its flush a fraction of a second."""

LEFT_UNOPTIMIZED = 1_000
"""Points without an index that are left so. They are loaded anew at every opening, which takes 0.2 s for 1,000."""

GROWN_CHARACTERS = 6_000_000
"""Characters of passages that a build lets gather before it optimises them: until then each takes some 100 bytes of
memory, afterwards next to none."""

FOLLOW_VERSIONS = 500
"""Versions for which it pays to begin a batch while more are being added."""

FILLING_VERSIONS = 500
"""Versions from which on an index is filled without its field indexes: to drop and to make them takes 0.1 s."""

_FOLLOW_SECONDS = 0.5
_CLAIMED_AT_ONCE = 200
_LISTED_AT_ONCE = 4_000

Progress = Callable[[int, int], None]
"""Told after each batch: versions done, versions in all."""


class Indexer:
    """Brings an engine up to date with a catalogue. One at a time per engine."""

    def __init__(self, catalogue: Catalogue, engine: Engine, analyser: Analyser, embedder: Embedder) -> None:
        self._catalogue = catalogue
        self._engine = engine
        self._analyser = analyser
        self._embedder = embedder
        # Of what the analyser was made with nothing is known: the first look finds out.
        self._terms_revision: str | None = None
        self._grown = 0
        """Characters indexed since the last optimisation."""

    def index_pending(self, on_progress: Progress | None = None, *, serving: bool = False) -> int:
        """Index every pending version and delete what was replaced or trashed; returns the number of versions indexed.

        ``serving`` says that searches must go on meanwhile, at the price of more memory (``Engine.optimize``).

        Raises:
            IndexMismatch: the index was built by another schema, analyser, term base or model.
            EngineUnavailable: the engine does not answer; what was indexed so far stays.
        """
        fingerprint = self._prepare()
        if not serving:
            self._defer_field_indexes(self._catalogue.pending_count())
        return self._index_rest(fingerprint, serving, on_progress)

    def follow(self, ended: Callable[[], bool]) -> None:
        """Index what another process adds, while it adds it; once that has ``ended``, all that is left.

        Raises:
            as ``index_pending``.
        """
        fingerprint = self._prepare()
        self._defer_field_indexes(FILLING_VERSIONS)
        while not ended():
            if self._catalogue.pending_count() < FOLLOW_VERSIONS:
                time.sleep(_FOLLOW_SECONDS)
                continue
            for _ in self._index_batches(fingerprint, serving=False):
                pass
        self._index_rest(fingerprint, serving=False)

    def _index_rest(self, fingerprint: str, serving: bool, on_progress: Progress | None = None) -> int:
        """Index what is pending, and complete the index; the number of versions."""
        total, done = self._catalogue.pending_count(), self._delete_stale()
        deleted = done
        for count in self._index_batches(fingerprint, serving):
            done += count
            if on_progress:
                on_progress(done, max(total, done))
        self._optimize(serving)
        self._engine.create_field_indexes()
        if done or not has_token_counts(self._catalogue):
            store_token_counts(self._catalogue, self._embedder)
        return done - deleted

    def _prepare(self) -> str:
        """Have an index that is of this build; its fingerprint."""
        self._engine.ensure_collection(self._embedder.dimensions)
        fingerprint = check_fingerprint(self._catalogue, self._analyser, self._embedder)
        store_fingerprint(self._catalogue, self._analyser, self._embedder)
        if not self._engine.count(Filter()):
            # A new index, or one whose files were removed: whatever the catalogue thinks is in it is not.
            self._catalogue.reset_index()
        self._catalogue.cut_by(self._analyser.names)
        return fingerprint

    def _defer_field_indexes(self, expected: int) -> None:
        """Have the field indexes made at the end, where most of the index will be new: ``expected`` versions at least,
        beside the points that it holds."""
        if expected >= FILLING_VERSIONS and self._engine.count(Filter()) <= expected:
            self._engine.defer_field_indexes()

    def follow_terms(self) -> None:
        """Take over what has changed in the term base, and have the passages that it concerns indexed again."""
        revision = self._catalogue.terms_revision()
        if revision != self._terms_revision:
            self._analyser.use(self._catalogue.term_base())
            self._catalogue.cut_by(self._analyser.names)
            self._terms_revision = revision

    def _index_batches(self, fingerprint: str, serving: bool) -> Iterator[int]:
        """Index what is pending; the number of versions after each batch."""
        for versions, passages in self._batches():
            self._engine.upsert(points_of(passages, self._analyser, self._embedder))
            self._engine.flush()
            self._catalogue.mark_indexed(versions, fingerprint)
            yield len(versions)
            self._grown += sum(len(item.passage.text) for item in passages)
            if self._grown > GROWN_CHARACTERS:
                self._optimize(serving)

    def rebuild(self, on_progress: Progress | None = None) -> int:
        """Build the index anew with the current schema, analyser and model. Killed, it is completed by another run."""
        forget_fingerprint(self._catalogue)
        self._catalogue.reset_index()
        self._engine.drop()
        self._engine.ensure_collection(self._embedder.dimensions)
        store_fingerprint(self._catalogue, self._analyser, self._embedder)
        return self.index_pending(on_progress)

    def _optimize(self, serving: bool) -> None:
        """Optimise what has gathered, unless it is too little."""
        self._grown = 0
        if self._engine.unoptimized() > LEFT_UNOPTIMIZED:
            self._engine.optimize(serving=serving)

    def _delete_stale(self) -> int:
        deleted = 0
        while versions := self._catalogue.stale_versions(_LISTED_AT_ONCE):
            self._engine.delete(Filter(must=(AnyOf("version_id", tuple(versions)),)))
            self._engine.flush()
            self._catalogue.mark_removed(versions)
            deleted += len(versions)
        return deleted

    def _batches(self) -> Iterator[tuple[list[str], list[PassageToIndex]]]:
        while waiting := self._catalogue.pending_versions(_LISTED_AT_ONCE):
            versions: list[str] = []
            passages: list[PassageToIndex] = []
            while len(versions) < len(waiting) and len(passages) < BATCH_PASSAGES:
                claimed = waiting[len(versions) : len(versions) + _CLAIMED_AT_ONCE]
                passages += self._catalogue.passages_to_index(claimed)
                versions += claimed
            yield versions, passages
