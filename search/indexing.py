"""Passages of the catalogue → points of the engine.

The catalogue says what is pending; a version is marked as indexed only after its points are on the disk. A batch never
splits a version and is one operation of the engine, so whatever moment the process dies at, a version is found with all
its passages or with none, and the next run goes on from there. Point ids are passage ids: repeating a batch changes
nothing.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from corpus.catalogue import Catalogue, PassageToIndex
from corpus.records import Document
from corpus.text.analyser import Analyser
from corpus.text.folding import fold
from corpus.text.references import normalise_identifier
from corpus.text.titles import title_key
from search.embedding import Embedder
from search.engine.interface import DENSE, AnyOf, Engine, Filter, Point
from search.fingerprint import check_fingerprint, forget_fingerprint, store_fingerprint
from search.rarity import has_token_counts, store_token_counts
from search.sparse import index_text, passage_vectors

BATCH_PASSAGES = 2_000
"""Passages from which on a batch is written: its points take about 40 MB, and its flush a fraction of a second."""

LEFT_UNOPTIMIZED = 1_000
"""Points without an index that are left so. They are loaded anew at every opening, which takes 0.2 s for 1,000."""

GROWN_CHARACTERS = 6_000_000
"""Characters of passages that a build lets gather before it optimises them: until then each takes some 100 bytes of
memory, afterwards next to none."""

FOLLOW_VERSIONS = 500
"""Versions for which it pays to begin a batch while more are being added."""

_FOLLOW_SECONDS = 0.5
_CLAIMED_AT_ONCE = 200
_LISTED_AT_ONCE = 4_000

_IDENTIFYING_FIELDS = ("document_number", "project_number", "course_code")

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
        total, done = self._catalogue.pending_count(), self._delete_stale()
        deleted = done
        for count in self._index_batches(fingerprint, serving):
            done += count
            if on_progress:
                on_progress(done, max(total, done))
        self._optimize(serving)
        if done or not has_token_counts(self._catalogue):
            store_token_counts(self._catalogue, self._embedder)
        return done - deleted

    def follow(self, ended: Callable[[], bool]) -> None:
        """Index what another process adds, while it adds it; once that has ``ended``, all that is left.

        Raises:
            as ``index_pending``.
        """
        fingerprint = self._prepare()
        while not ended():
            if self._catalogue.pending_count() < FOLLOW_VERSIONS:
                time.sleep(_FOLLOW_SECONDS)
                continue
            for _ in self._index_batches(fingerprint, serving=False):
                pass
        self.index_pending()

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
            self._engine.upsert(self._points(passages))
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

    def _points(self, passages: Sequence[PassageToIndex]) -> Iterator[Point]:
        texts = [index_text(item.document.title, item.passage.path, item.passage.text) for item in passages]
        rows = self._embedder.embed_passages(texts)
        shared: dict[str, dict[str, Any]] = {}
        for item, text, row in zip(passages, texts, rows, strict=True):
            version = item.passage.version_id
            if version not in shared:
                shared[version] = version_payload(item)
            vectors = {DENSE: row.tolist(), **passage_vectors(text, self._analyser)}
            # Folded, as the phrases are that are looked for in it.
            yield Point(item.passage.id, vectors, shared[version] | {"text": fold(item.passage.text)})


def version_payload(item: PassageToIndex) -> dict[str, Any]:
    """What the engine filters on, equal for all passages of a version. Fields without a value are left out."""
    document = item.document
    values = {
        "readers": sorted(document.readers),
        "title": fold(document.title),
        "document_id": document.id,
        "version_id": item.passage.version_id,
        "kind": document.kind.value,
        "organization": document.organization,
        "course": document.course,
        "project": document.project,
        "document_number": document.document_number and normalise_identifier(document.document_number),
        "identifiers": _identifiers(item),
        "issued_on": _day(document),
        "year": document.year,
    }
    return {field: value for field, value in values.items() if value is not None}


def _identifiers(item: PassageToIndex) -> list[str]:
    """The keys that name the document: its numbers, and its title as ``corpus.text.titles`` compares titles."""
    document = item.document
    numbers: set[str] = {number for number in (document.document_number, document.project) if number}
    for field in item.fields:
        if field.name in _IDENTIFYING_FIELDS and not field.restricted:
            numbers.update(map(str, field.value if isinstance(field.value, list) else [field.value]))
    return sorted({title_key(document.title), *map(normalise_identifier, numbers)} - {""})


def _day(document: Document) -> int | None:
    day = document.issued_on
    return day.year * 10_000 + day.month * 100 + day.day if day else None
