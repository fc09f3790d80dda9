"""The ingest pipeline as Haystack components: read → clean → structure → metadata → passages → catalogue.

What travels between components is a ``Batch`` of ``FileInHand``: files with what is known of them so far. Haystack
deep-copies the inputs of every hop; a batch is immutable and hands itself over as it is.
"""

import hashlib
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any, Self

from haystack import Pipeline, component

from corpus.catalogue import Catalogue
from corpus.errors import DamagedFile, UnreadableFile
from corpus.originals import Originals, OriginalsBatch
from corpus.records import Document, Kind, Outcome, VersionDraft
from ingest.blocks import ReadFile
from ingest.drafting import Draft, as_version, cleaned, described, divided, structured
from ingest.outcomes import FileOutcome, failed
from ingest.readers.formats import MAIL_EXTENSIONS
from ingest.reading import ReaderPool

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file to take in, or one of the library's own originals, which is ``held``.

    ``name`` stands for the path of a temporary file or an original; kind and readers override what is guessed.
    """

    path: Path
    name: str | None = None
    kind: Kind | None = None
    readers: frozenset[str] | None = None
    container: Self | None = None
    held: bool = False

    @property
    def source(self) -> str:
        """What identifies the file from one ingest to the next; for a file in a container ``container!name``."""
        if self.container:
            return f"{self.container.source}!{self.name}"
        return self.name or str(self.path.resolve())

    @property
    def file_name(self) -> str:
        """The name shown to users."""
        return Path(self.name or self.path).name

    @property
    def depth(self) -> int:
        """How many containers it is in."""
        return self.container.depth + 1 if self.container else 0

    @property
    def label(self) -> str:
        """The path as the user gave it, into the container where the file is in one."""
        if self.container:
            return f"{self.container.label}!{self.name}"
        return self.name or str(self.path)


@dataclass(frozen=True, slots=True)
class FileInHand:
    """One file on its way. With an ``error`` or as a ``known`` document, later components pass it on untouched."""

    file: SourceFile
    sha256: str = ""
    draft: Draft | None = None
    known: Document | None = None
    error: UnreadableFile | None = None
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Batch:
    """Files that go through the pipeline and into the catalogue together, in order."""

    files: tuple[FileInHand, ...]

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return self


@component
class FileReader:
    """Reads files in worker processes, except those whose bytes are in the catalogue already.

    With ``reread`` these are read as well; what is given for them, or set by hand, then is what the document has now:
    nobody gets to see it through a rule that has changed.
    """

    def __init__(self, pool: ReaderPool, catalogue: Catalogue, *, reread: bool = False) -> None:
        self.pool = pool
        self.catalogue = catalogue
        self.reread = reread

    @component.output_types(batch=Batch, containers=list[SourceFile])
    def run(self, batch: Batch) -> dict[str, Batch | list[SourceFile]]:
        """The files that have text of their own, in order; and those with files inside them."""
        files = [_hashed(file.file) for file in batch.files]
        known = self.catalogue.known(file.sha256 for file in files if file.sha256)
        if self.reread:
            files = [_as_known(file, known.get(file.sha256)) for file in files]
        else:
            files = [replace(file, known=known.get(file.sha256)) for file in files]
        to_read = [file for file in files if not file.known and not file.error]
        started = time.perf_counter()
        results = self.pool.read([file.file.path for file in to_read], [file.file.name for file in to_read])
        read: dict[SourceFile, FileInHand] = {}
        containers = [file.file for file in files if file.known and _is_mail(file.file)]
        for file, (_, result) in zip(to_read, results, strict=True):
            seconds = time.perf_counter() - started
            if isinstance(result, UnreadableFile):
                read[file.file] = replace(file, error=result, seconds=seconds)
            elif result.blocks:
                draft = Draft(result, file.file.file_name, file.file.kind, file.file.readers)
                read[file.file] = replace(file, draft=draft, seconds=seconds)
            if isinstance(result, ReadFile) and result.members:
                containers.append(file.file)
            started = time.perf_counter()
        done = (read.get(file.file, file) for file in files)
        kept = tuple(file for file in done if file.draft or file.known or file.error)
        return {"batch": Batch(kept), "containers": containers}


def _as_known(file: FileInHand, document: Document | None) -> FileInHand:
    """A file to be read anew, with kind and readers as its document has them, unless others are given now."""
    if document is None:
        return file
    source = file.file
    kept = replace(source, kind=source.kind or document.kind, readers=source.readers or document.readers)
    return replace(file, file=kept)


def _is_mail(file: SourceFile) -> bool:
    """Whether a file that is in the catalogue already may have attachments that are not."""
    return Path(file.file_name).suffix.lower() in MAIL_EXTENSIONS


class _Stage:
    """A component that takes every readable file one stage further."""

    stage: Callable[[Draft], Draft]

    @component.output_types(batch=Batch)
    def run(self, batch: Batch) -> dict[str, Batch]:
        """The files after this stage, in order."""
        return {"batch": Batch(tuple(map(self._advance, batch.files)))}

    def _advance(self, file: FileInHand) -> FileInHand:
        if file.draft is None or file.error:
            return file
        started = time.perf_counter()
        try:
            draft = type(self).stage(file.draft)
        except Exception:  # one file's surprise must not stop the batch; the log has the trace for us
            _log.exception("%s failed on %s", type(self).__name__, file.file.path)
            return replace(file, error=DamagedFile("内容已读出，但整理时出错，未收进。请把这个文件交给维护人员。"))
        return replace(file, draft=draft, seconds=file.seconds + time.perf_counter() - started)


@component
class TextCleaner(_Stage):
    """Rejoins broken sentences and takes out page furniture; both are recorded."""

    stage = staticmethod(cleaned)


@component
class StructureParser(_Stage):
    """Builds the heading tree."""

    stage = staticmethod(structured)


@component
class MetadataExtractor(_Stage):
    """Finds kind, title and fields."""

    stage = staticmethod(described)


@component
class PassageSplitter(_Stage):
    """Cuts the text along its structure."""

    stage = staticmethod(divided)


@component
class CatalogueWriter:
    """Stores the originals and, in one transaction, all versions of the batch."""

    def __init__(
        self,
        catalogue: Catalogue,
        originals: Originals,
        groups: frozenset[str] | None = None,
        *,
        reread: bool = False,
    ) -> None:
        self.catalogue = catalogue
        self.originals = originals
        self.groups = groups
        self.reread = reread

    @component.output_types(outcomes=list[FileOutcome])
    def run(self, batch: Batch) -> dict[str, list[FileOutcome]]:
        """One outcome per file, in order."""
        with self.originals.batch() as originals:
            files = [_stored(file, originals) for file in batch.files]
        drafts = {file.file: _version(file) for file in files if file.draft and not file.error}
        written = dict(zip(drafts, self.catalogue.add_versions(list(drafts.values()), reread=self.reread), strict=True))
        return {"outcomes": self._with_alike([_outcome(file, written.get(file.file)) for file in files])}

    def _with_alike(self, outcomes: list[FileOutcome]) -> list[FileOutcome]:
        new = {item.document_id: index for index, item in enumerate(outcomes) if item.outcome is Outcome.INDEXED}
        for identifier, others in self.catalogue.alike([key for key in new if key], self.groups).items():
            outcomes[new[identifier]] = replace(outcomes[new[identifier]], alike=tuple(others))
        return outcomes


def _stored(file: FileInHand, originals: OriginalsBatch) -> FileInHand:
    """The original is kept before the catalogue speaks of it; a file that changed meanwhile is not taken in."""
    if file.draft is None or file.error:
        return file
    try:
        data = file.file.path.read_bytes()
    except OSError:
        data = None
    if data is None or originals.add(data) != file.sha256:
        return replace(file, error=DamagedFile("读取期间文件被改动或移走，请重新执行。"))
    return file


def _hashed(source: SourceFile) -> FileInHand:
    try:
        with source.path.open("rb") as stream:
            return FileInHand(source, hashlib.file_digest(stream, "sha256").hexdigest())
    except FileNotFoundError:
        lost = "库中的原件不见了，请把这个文件重新入库。" if source.held else "找不到这个文件，请检查路径。"
        return FileInHand(source, error=DamagedFile(lost))
    except OSError as error:
        return FileInHand(source, error=DamagedFile(f"无法打开文件：{error.strerror}。请检查权限。"))


def _version(file: FileInHand) -> VersionDraft:
    assert file.draft is not None
    return as_version(file.draft, source=file.file.source, sha256=file.sha256, seconds=file.seconds)


def _outcome(file: FileInHand, written: tuple[Document, bool] | None) -> FileOutcome:
    path = file.file.label
    if file.error:
        return failed(path, file.error, file.seconds)
    document = written[0] if written else file.known
    assert document is not None
    is_new = written is not None and written[1]
    reason = None if is_new else f"内容与库中《{document.title}》一致，未重复收进。"
    outcome = Outcome.INDEXED if is_new else Outcome.UNCHANGED
    return FileOutcome(path, outcome, reason, document.id, document.kind, file.seconds)


class IngestPipeline:
    """The components above, connected. Several threads may run it at once."""

    def __init__(
        self,
        pool: ReaderPool,
        catalogue: Catalogue,
        originals: Originals,
        groups: frozenset[str] | None = None,
        *,
        reread: bool = False,
    ) -> None:
        stages: dict[str, Any] = {
            "reader": FileReader(pool, catalogue, reread=reread),
            "cleaner": TextCleaner(),
            "structure": StructureParser(),
            "metadata": MetadataExtractor(),
            "passages": PassageSplitter(),
            "catalogue": CatalogueWriter(catalogue, originals, groups, reread=reread),
        }
        self.haystack = Pipeline()
        for name, stage in stages.items():
            self.haystack.add_component(name, stage)
        names = list(stages)
        for sender, receiver in pairwise(names):
            self.haystack.connect(f"{sender}.batch", f"{receiver}.batch")

    def run(self, sources: Sequence[SourceFile]) -> tuple[list[FileOutcome], list[SourceFile]]:
        """Outcomes of the sources that have text of their own, in order, and the sources with files inside them.

        Raises what the catalogue or the originals raise.
        """
        result = self.haystack.run({"reader": {"batch": Batch(tuple(map(FileInHand, sources)))}})
        return result["catalogue"]["outcomes"], result["reader"]["containers"]
