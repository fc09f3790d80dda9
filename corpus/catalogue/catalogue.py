"""The facade over the catalogue database."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime

from sqlalchemy import Engine

from corpus.catalogue import alike, corrections, index_queue, naming, reading, terms, writing
from corpus.catalogue.known import KnownPassages
from corpus.catalogue.registers import Registers
from corpus.catalogue.views import (
    AlikeDocument,
    DocumentFacts,
    DocumentTitle,
    HeldFile,
    PassageInContext,
    PassageToIndex,
    VersionSummary,
)
from corpus.fields import parse_field
from corpus.likeness import likeness
from corpus.records import Correction, Document, Kind, Passage, Section, Status, Version, VersionDraft
from corpus.terms import Term, TermBase


class Catalogue(Registers):
    """Everything the library holds except originals and vectors. Safe to use from several threads and processes.

    Every method may raise ``CatalogueUnavailable``. Where ``groups`` may be None, None is the owner of the data,
    who reads everything; an empty set reads nothing.
    """

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine)
        self._known = KnownPassages()

    # Adding and changing

    def add_versions(self, drafts: Sequence[VersionDraft], *, reread: bool = False) -> list[tuple[Document, bool]]:
        """Add a batch in one transaction: after a crash either all of it is there or nothing.

        With ``reread``, bytes that are held become a new version where something else was read in them.

        Returns:
            For each draft its document, and whether there is something new to index (a new document or version,
            or a document back from the trash). Bytes that are some document's current version add nothing.
        """
        likenesses = [likeness(draft.text) for draft in drafts]
        with self._write() as connection:
            results = writing.Addition(connection, drafts, likenesses, reread=reread).run()
            found = reading.by_id(connection, {identifier for identifier, _ in results})
        return [(found[identifier], is_new) for identifier, is_new in results]

    def update_document(
        self,
        document_id: str,
        *,
        readers: frozenset[str] | None = None,
        kind: Kind | None = None,
        title: str | None = None,
        fields: Mapping[str, object] | None = None,
        author: str = "",
    ) -> Document:
        """Set attributes and fields by hand; a field that is given as None is said not to be there.

        What is set outlasts later versions, is kept with its author and time, and can be undone.

        Raises:
            NotFound: there is no such document.
            InvalidField: no such field, or a value that is none of its type.
        """
        given: dict[str, object] = {"readers": readers, "kind": kind, "title": title}
        changes = {name: value for name, value in given.items() if value is not None} | dict(fields or {})
        parsed = {name: parse_field(name, value) for name, value in changes.items()}
        with self._write() as connection:
            return writing.correct(connection, document_id, parsed, author)

    def undo_correction(self, document_id: str, correction_id: int, author: str = "") -> Document:
        """Take a correction back: what it replaced counts again. Raises ``NotFound``, also if it is undone already."""
        with self._write() as connection:
            return writing.undo_correction(connection, document_id, correction_id, author)

    def corrections(self, document_id: str) -> list[Correction]:
        """Every correction of a document, undone ones too, latest first."""
        with self._read() as connection:
            return corrections.history(connection, document_id)

    def trash(self, document_id: str) -> Document:
        """Take a document out of every search and list; raises ``NotFound``."""
        with self._write() as connection:
            return writing.set_status(connection, document_id, Status.TRASHED)

    def restore(self, document_id: str) -> Document:
        """Bring a document back from the trash; raises ``NotFound``."""
        with self._write() as connection:
            return writing.set_status(connection, document_id, Status.ACTIVE)

    # Reading

    def known(self, sha256s: Iterable[str]) -> dict[str, Document]:
        """Active documents whose current version has one of the hashes: files that need not be read again."""
        with self._read() as connection:
            return reading.by_sha256(connection, sha256s, Status.ACTIVE)

    def known_sources(self, sources: Iterable[str]) -> dict[str, Document]:
        """Documents, trashed ones too, that came from one of the sources."""
        with self._read() as connection:
            return reading.by_source(connection, sources)

    def document(self, document_id: str, groups: frozenset[str] | None = None) -> Document:
        """One document, trashed or not.

        Raises:
            NotFound: there is none, or ``groups`` may not read it.
        """
        with self._read() as connection:
            return reading.document(connection, document_id, groups)

    def documents(
        self,
        groups: frozenset[str] | None = None,
        *,
        kind: Kind | None = None,
        query: str | None = None,
        status: Status = Status.ACTIVE,
        limit: int = 50,
        offset: int = 0,
    ) -> tuple[list[Document], int]:
        """A page of the documents that ``groups`` may read, latest change first, and their total.

        Args:
            groups: groups of the reader.
            kind: only this kind.
            query: part of the title, document number or project number.
            status: active ones, or the trash.
            limit: documents on the page at most.
            offset: documents before the page.
        """
        with self._read() as connection:
            return reading.list_documents(
                connection, groups, kind=kind, query=query, status=status, limit=limit, offset=offset
            )

    def groups(self) -> frozenset[str]:
        """Every group that some document names as a reader."""
        with self._read() as connection:
            return reading.groups(connection)

    def version(self, document_id: str, number: int | None = None) -> Version:
        """A version with text, fields, sections and report; the current one without ``number``. Raises ``NotFound``.

        Fields are as ingest read them; those of the current version with what was set by hand.
        """
        with self._read() as connection:
            return corrections.version(connection, document_id, number)

    def version_texts(self, numbers: Collection[tuple[str, int]]) -> dict[tuple[str, int], str]:
        """The texts of versions by document id and number, whoever may read them; those that do not exist are left
        out."""
        with self._read() as connection:
            return reading.version_texts(connection, numbers)

    def held_files(self) -> list[HeldFile]:
        """The files that the active documents were read from, as their current versions have them."""
        with self._read() as connection:
            return reading.held_files(connection)

    def earlier_versions(
        self, groups: frozenset[str], document_ids: Iterable[str], holding: Sequence[str] = ()
    ) -> list[Version]:
        """Replaced versions of documents that ``groups`` may read, newest first: those of the given documents, and
        those whose text has one of the strings."""
        with self._read() as connection:
            return reading.earlier_versions(connection, groups, document_ids, holding)

    def namesakes(self, groups: frozenset[str], titles: Iterable[str]) -> list[Document]:
        """Active documents that ``groups`` may read whose title is one of the given ones, or one with a bracket behind
        it: 某条例 and 某条例（2023年修订）."""
        with self._read() as connection:
            return reading.namesakes(connection, groups, titles)

    def versions(self, document_id: str) -> list[VersionSummary]:
        """Every version of a document without its text, newest first."""
        with self._read() as connection:
            return reading.list_versions(connection, document_id)

    def sections(self, version_id: str) -> list[Section]:
        """A version's headings in document order."""
        with self._read() as connection:
            return reading.list_sections(connection, version_id)

    def passages_of(self, version_id: str) -> list[Passage]:
        """A version's passages in document order."""
        with self._read() as connection:
            return reading.list_passages(connection, version_id)

    def hydrate(self, numbers: Sequence[int], groups: frozenset[str]) -> dict[int, PassageInContext]:
        """Passages by number (``corpus.identifiers.passage_number``) with their documents, for search hits.

        Left out are passages of replaced versions, of trashed documents, and of documents that ``groups`` may not
        read, whatever the index says. Whether a document is indexed is not told anew where nothing else changed.
        """
        found = self._in_context(numbers)
        return {key: item for key, item in found.items() if item.document.readers & groups}

    def texts_of(self, numbers: Sequence[int]) -> dict[int, tuple[str, tuple[str, ...], str]]:
        """Title, path and text by passage number, whoever may read them: for what ``document_facts`` returned."""
        found = self._in_context(numbers)
        return {key: (item.document.title, item.passage.path, item.passage.text) for key, item in found.items()}

    def _in_context(self, numbers: Sequence[int]) -> dict[int, PassageInContext]:
        with self._read() as connection:
            return self._known.passages(connection, self._last_change(connection), numbers)

    def document_facts(self, numbers: Sequence[int], groups: frozenset[str]) -> dict[int, DocumentFacts]:
        """What is counted over many hits, by passage number; the same passages are left out as in ``hydrate``."""
        with self._read() as connection:
            return self._known.facts(connection, self._last_change(connection), numbers, groups)

    def preload_facts(self) -> None:
        """Read what ``document_facts`` keeps in memory, so that the first searches do not wait for it."""
        with self._read() as connection:
            self._known.load_facts(connection, self._last_change(connection))

    def names(self, column: str) -> dict[str, frozenset[frozenset[str]]]:
        """What active documents have in a column (title, organization …), with the readers of those that have it."""
        with self._read() as connection:
            return reading.names(connection, column)

    def uncertain(self) -> list[str]:
        """Ids of documents that share a name with another, or whose title or fields say something of an end."""
        with self._read() as connection:
            return naming.uncertain(connection)

    def named(self, wanted: Iterable[str]) -> list[str]:
        """Ids of documents that are called so: by number or, as ``corpus.text.titles.called`` writes it, title."""
        with self._read() as connection:
            return naming.named(connection, wanted)

    def bearers(self, names: Iterable[str], groups: frozenset[str]) -> dict[str, list[str]]:
        """Ids of the active documents that ``groups`` may read, by those of the names (``corpus.text.titles.called``)
        that they have."""
        with self._read() as connection:
            return naming.bearers(connection, names, groups)

    def dated_titles(self, document_ids: Sequence[str]) -> list[DocumentTitle]:
        """The titles and dates of those documents that are active, whoever may read them, with what their fields say of
        their end."""
        with self._read() as connection:
            found = reading.dated_titles(connection, document_ids)
            by_hand = corrections.standing(connection, document_ids)
        return [
            replace(item, ended=corrections.corrected(item.ended, by_hand[item.id])) if item.id in by_hand else item
            for item in found
        ]

    def copies(self) -> dict[str, str]:
        """Documents whose text another one has too, whoever may read them, each with its text's hash."""
        with self._read() as connection:
            return alike.copies(connection)

    def last_change(self) -> datetime | None:
        """When a document was last added or changed."""
        with self._read() as connection:
            return self._last_change(connection)

    def issue_dates(self, document_ids: Sequence[str]) -> dict[str, date]:
        """成文日期 of the documents that have one, by document id."""
        with self._read() as connection:
            return reading.issue_dates(connection, document_ids)

    def alike(
        self, document_ids: Sequence[str], groups: frozenset[str] | None = None
    ) -> dict[str, list[AlikeDocument]]:
        """For each document that has any: others that ``groups`` may read with the same text or nearly the same, the
        most alike first."""
        with self._read() as connection:
            return alike.alike(connection, document_ids, groups)

    def sample_passages(self, limit: int) -> list[PassageInContext]:
        """At most ``limit`` passages of current versions of active documents: those of the smallest numbers, which
        are hashes, so that a library always gives the same ones and they are as good as random."""
        with self._read() as connection:
            return reading.sample_passages(connection, limit)

    # The index

    def pending_versions(self, limit: int) -> list[str]:
        """Ids of versions that are to be indexed, oldest first."""
        with self._read() as connection:
            return index_queue.pending(connection, limit)

    def passages_to_index(self, version_ids: Sequence[str]) -> list[PassageToIndex]:
        """The passages of pending versions with their documents, grouped by version, in document order."""
        with self._write() as connection:
            return index_queue.claim(connection, version_ids)

    def mark_indexed(self, version_ids: Sequence[str], fingerprint: str) -> None:
        """The index holds these versions. One that changed since ``passages_to_index`` stays pending."""
        with self._write() as connection:
            index_queue.mark_indexed(connection, version_ids, fingerprint)

    def stale_versions(self, limit: int) -> list[str]:
        """Ids of versions whose points must be deleted: replaced, or of trashed documents."""
        with self._read() as connection:
            return index_queue.stale(connection, limit)

    def mark_removed(self, version_ids: Sequence[str]) -> None:
        """The index no longer holds these versions."""
        with self._write() as connection:
            index_queue.mark_removed(connection, version_ids)

    def pending_count(self) -> int:
        """Number of versions that the index does not yet reflect, deletions included."""
        with self._read() as connection:
            return index_queue.pending_count(connection)

    def reset_index(self) -> None:
        """The index was dropped: index everything again."""
        with self._write() as connection:
            index_queue.reset(connection)

    # Terms

    def term_base(self) -> TermBase:
        """Every term with its status: those that come with Lunku, and the library's own changes."""
        with self._read() as connection:
            return TermBase.load().with_changes(terms.stored(connection))

    def put_terms(self, given: Sequence[Term]) -> None:
        """Store terms, each in place of the one of the same text. Passages follow when the index is next updated."""
        with self._write() as connection:
            terms.put(connection, given)

    def terms_revision(self) -> str | None:
        """A value that changes with every ``put_terms``."""
        return self.value(terms.REVISION)

    def passage_texts(self) -> Iterator[str]:
        """The text of every current passage, newest documents first."""
        with self._read() as connection:
            yield from terms.passage_texts(connection)

    def is_cut_by(self, names: frozenset[str]) -> bool:
        """Whether passages are cut, or about to be cut, by exactly these folded names."""
        with self._read() as connection:
            return terms.indexed_names(connection) == names

    def cut_by(self, names: frozenset[str]) -> int:
        """Have passages cut into words by these folded names: versions whose text holds one that is new or gone become
        pending. Returns their number."""
        started = datetime.now(UTC)
        with self._read() as connection:
            before = terms.indexed_names(connection)
            if before == names:
                return 0
            affected = terms.versions_with(connection, (before or frozenset()) ^ names)
        with self._write() as connection:
            terms.cut_anew(connection, affected, started)
            terms.set_indexed_names(connection, names)
        return len(affected)
