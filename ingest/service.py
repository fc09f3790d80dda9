"""Ingest of files and folders: what is new is read, what is known is skipped, each file gets an outcome.

A document counts as finished when its batch's transaction has committed. A process killed before that leaves nothing of
the batch behind, and the same command takes up where it stopped: bytes already held are skipped by their hash.
"""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

from corpus.catalogue import Catalogue, HeldFile
from corpus.errors import DamagedFile, UnsupportedFile
from corpus.originals import Originals
from corpus.records import Kind
from ingest.outcomes import FileOutcome, failed
from ingest.pipeline import IngestPipeline, SourceFile
from ingest.reading import ReaderPool
from ingest.unpacking import MAX_DEPTH, Budget, unpack

BATCH_FILES = 64
"""Files per transaction: enough to share one commit, few enough that a kill loses little work."""

BATCHES_AHEAD = 2
"""Batches submitted beyond the running ones; bounds memory on large folders."""

OnOutcome = Callable[[FileOutcome, int, int], None]


class Ingester:
    """Takes files into a catalogue; several batches at a time over shared reader processes.

    Args:
        catalogue: where versions go.
        originals: where the bytes go.
        lanes: batches in work at once; the machine's cores by default.
        groups: groups of those who see the outcomes, which name no document that these may not read; None is the
            owner of the data.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        originals: Originals,
        lanes: int | None = None,
        groups: frozenset[str] | None = None,
    ) -> None:
        self._catalogue = catalogue
        self._originals = originals
        self._groups = groups
        self._lanes = lanes or os.cpu_count() or 1

    def ingest(
        self,
        paths: Sequence[Path],
        *,
        kind: Kind | None = None,
        readers: frozenset[str] | None = None,
        names: Mapping[Path, str] | None = None,
        reread: bool = False,
        on_outcome: OnOutcome | None = None,
    ) -> list[FileOutcome]:
        """Take in files and everything below folders; one outcome per file, batch by batch in the order of ``expand``.

        The files in an archive and the attachments of a mail become documents of their own, and have their outcomes
        after those of the batch; an archive itself has none, unless it cannot be unpacked.

        Args:
            paths: files and folders.
            kind: overrides the guess.
            readers: overrides the default rule.
            names: the name to show and to remember for a path that is a temporary file, as with uploads.
            reread: read files whose bytes are held, too: where this program now finds something else in one than was
                found then, its document gets a new version, with the kind and the readers that it has.
            on_outcome: called after each file with its outcome, the number done and the total known so far.
        """
        files = [SourceFile(path, (names or {}).get(path), kind, readers) for path in expand(paths)]
        return self._run(files, _take_in, reread, on_outcome)

    def reread(self, held: Iterable[HeldFile], on_outcome: OnOutcome | None = None) -> list[FileOutcome]:
        """Read originals of the library anew, as ``ingest`` does with ``reread``; one outcome for each document.

        What is in a mail's attachments has originals of its own.
        """
        files = [SourceFile(self._originals.path(item.sha256), item.file_name, held=True) for item in held]
        return self._run(files, _take_in_alone, True, on_outcome)

    def _run(
        self,
        files: Sequence[SourceFile],
        take_in: Callable[[IngestPipeline, Sequence[SourceFile]], list[FileOutcome]],
        reread: bool,
        on_outcome: OnOutcome | None,
    ) -> list[FileOutcome]:
        outcomes: list[FileOutcome] = []
        left = len(files)
        with ReaderPool(self._lanes) as pool, ThreadPoolExecutor(self._lanes, "ingest") as threads:
            pipeline = IngestPipeline(pool, self._catalogue, self._originals, self._groups, reread=reread)
            work = partial(take_in, pipeline)
            for batch in _in_order(threads, work, _batches(files), self._lanes + BATCHES_AHEAD):
                left = max(left - BATCH_FILES, 0)
                total = len(outcomes) + len(batch) + left
                for outcome in batch:
                    outcomes.append(outcome)
                    if on_outcome:
                        on_outcome(outcome, len(outcomes), total)
        return outcomes


def expand(paths: Iterable[Path]) -> list[Path]:
    """Files named, and all files below folders named, without repeats; hidden ones below a folder are left out."""
    found: dict[Path, None] = {}
    for path in paths:
        if path.is_dir():
            below = (item for item in sorted(path.rglob("*")) if item.is_file())
            found.update(dict.fromkeys(item for item in below if not _hidden(item.relative_to(path))))
        else:
            found[path] = None
    return list(found)


def _hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)


def _batches(files: Sequence[SourceFile]) -> Iterator[list[SourceFile]]:
    remaining = iter(files)
    while batch := list(islice(remaining, BATCH_FILES)):
        yield batch


def _take_in(
    pipeline: IngestPipeline, sources: Sequence[SourceFile], budget: Budget | None = None
) -> list[FileOutcome]:
    """Outcomes of a batch, then of the files inside its containers."""
    outcomes, containers = pipeline.run(sources)
    for container in containers:
        with TemporaryDirectory(prefix="lunku-unpack-") as folder:
            outcomes += _take_in_members(pipeline, container, Path(folder), budget or Budget())
    return outcomes


def _take_in_alone(pipeline: IngestPipeline, sources: Sequence[SourceFile]) -> list[FileOutcome]:
    """Outcomes of a batch, whatever files are inside its containers."""
    return pipeline.run(sources)[0]


def _take_in_members(
    pipeline: IngestPipeline, container: SourceFile, folder: Path, budget: Budget
) -> list[FileOutcome]:
    if container.depth >= MAX_DEPTH:
        reason = f"压缩包或邮件嵌套超过 {MAX_DEPTH} 层，没有展开。请解压后把其中的文件入库。"
        return [failed(container.label, UnsupportedFile(reason))]
    try:
        found = unpack(container.path, container.file_name, folder, budget)
    except DamagedFile as error:
        return [failed(container.label, error)]
    outcomes = [failed(f"{container.label}!{item.name}", item.error) for item in found if item.error]
    members = [
        SourceFile(item.path, item.name, container.kind, container.readers, container) for item in found if item.path
    ]
    for batch in _batches(members):
        outcomes += _take_in(pipeline, batch, budget)
    return outcomes


def _in_order(
    threads: ThreadPoolExecutor,
    work: Callable[[Sequence[SourceFile]], list[FileOutcome]],
    batches: Iterator[list[SourceFile]],
    ahead: int,
) -> Iterator[list[FileOutcome]]:
    """Results in the order of the batches, never more than ``ahead`` batches submitted at once."""
    running: deque[Future[list[FileOutcome]]] = deque(threads.submit(work, batch) for batch in islice(batches, ahead))
    while running:
        yield running.popleft().result()
        running.extend(threads.submit(work, batch) for batch in islice(batches, 1))
