"""Reading files in worker processes that may be killed.

A hostile or broken file can abort its reader (pdfium does), take all memory or never end: it costs one worker and that
file.

Isolated: memory and processor time are bounded, no file can be written, a worker ends with its parent; on Linux it
has no network where the system lets it leave (as root, or with unprivileged user namespaces). Not isolated: a worker
has the rights of the user and can read what the user can. Answers are JSON, never pickles, so a reader that was taken
over cannot run code in the parent.
"""

import os
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from queue import Empty, LifoQueue
from types import TracebackType
from typing import Self

from corpus.errors import DamagedFile, NeedsOcr, UnreadableFile
from ingest.conversion import converted, find_libreoffice
from ingest.readers.formats import CONVERTED_MEDIA_TYPES, Format, NeedsConversion
from ingest.readers.recognition import is_installed
from ingest.readers.sniffing import misnamed
from ingest.worker_process import Limits, Outcome, Task, WorkerLost, WorkerProcess

_BATCH_FILES = 32
_BATCH_BYTES = 1024**2
"""Small files travel together; a file above this size travels alone."""
_BATCH_CHARACTERS = 8_000
"""Characters in the paths of a batch, so that its requests fit into a pipe: the worker may be busy answering."""
_BATCHES_AHEAD = 2
"""Batches per worker that are read before the caller asks for them."""
_MOST_RECOGNIZERS = 2
_LEAST_THREADS, _MOST_THREADS = 2, 4
"""Processes that recognise text in images, each of some 900 MB, and processor threads of each: two cores are better
used by one process of two threads, for ingest is to need less than 3 GB."""


READING_LIMITS = Limits()
RECOGNITION_LIMITS = Limits(seconds=90, files=200, resident_bytes=1_600 * 1024**2)
"""Limits of workers that recognise text: loading the models takes seconds, so they are kept at their larger size."""

_Promise = Outcome | Future[Outcome]


class ReaderPool:
    """Worker processes that read files, started when needed and kept between calls. Threads may share a pool.

    A file with images of text is read again by a process that recognises it, while the others go on.

    Args:
        workers: processes at most; the machine's cores by default.
        limits: what each may use.
        recognition_limits: what each process that recognises text may use.
    """

    def __init__(
        self,
        workers: int | None = None,
        limits: Limits = READING_LIMITS,
        recognition_limits: Limits = RECOGNITION_LIMITS,
    ) -> None:
        cores = os.cpu_count() or 1
        self._workers = workers or cores
        self._limits = limits
        self._libreoffice = find_libreoffice()
        self._readers = _Crew(limits, 0)
        self._threads = ThreadPoolExecutor(self._workers, thread_name_prefix="reader")
        self._recognition_seconds = recognition_limits.seconds
        recognizers = max(1, min(self._workers, cores // _LEAST_THREADS, _MOST_RECOGNIZERS))
        self._recognizers = _Crew(recognition_limits, max(1, min(cores // recognizers, _MOST_THREADS)))
        self._recognition = ThreadPoolExecutor(recognizers, thread_name_prefix="recognizer")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the workers; a file still being read is given up."""
        self._readers.kill()
        self._recognizers.kill()
        self._threads.shutdown(cancel_futures=True)
        self._recognition.shutdown(cancel_futures=True)
        self._readers.release()
        self._recognizers.release()

    def read(self, paths: Iterable[Path], names: Iterable[str | None] | None = None) -> Iterator[tuple[Path, Outcome]]:
        """Read files; each comes back with what was read or the error that says why not, in the order of ``paths``.

        ``names`` are the original names of files whose paths do not have them. Only a few files are read ahead.
        """
        batches = self._batches(paths, names)
        running: deque[tuple[list[Task], Future[list[_Promise]]]] = deque()
        for batch in batches:
            running.append((batch, self._threads.submit(self._read_batch, batch)))
            if len(running) > self._workers * _BATCHES_AHEAD:
                yield from _results(*running.popleft())
        while running:
            yield from _results(*running.popleft())

    def _batches(self, paths: Iterable[Path], names: Iterable[str | None] | None) -> Iterator[list[Task]]:
        batch: list[Task] = []
        total = characters = 0
        given = iter(names) if names is not None else None
        for path in paths:
            size = _size(path)
            characters += len(os.fspath(path.absolute()))
            if batch and (len(batch) == _BATCH_FILES or total + size > _BATCH_BYTES or characters > _BATCH_CHARACTERS):
                yield batch
                batch, total, characters = [], 0, len(os.fspath(path.absolute()))
            seconds = self._limits.seconds + self._limits.seconds_per_mb * size / 1024**2
            batch.append(Task(path, next(given) if given is not None else None, seconds))
            total += size
        if batch:
            yield batch

    def _read_batch(self, batch: list[Task]) -> list[_Promise]:
        """Outcomes of a batch, some of them still to come."""
        outcomes = self._readers.run(batch)
        waiting: dict[Format, list[int]] = {}
        for index, outcome in enumerate(outcomes):
            if isinstance(outcome, NeedsConversion) and self._libreoffice:
                waiting.setdefault(outcome.format, []).append(index)
        for source, indices in waiting.items():
            tasks = [batch[index] for index in indices]
            for index, outcome in zip(indices, self._converted(tasks, source), strict=True):
                outcomes[index] = outcome
        known = {index for indices in waiting.values() for index in indices}
        return [
            self._recognised(task) if index not in known and _is_deferred(outcome) else outcome
            for index, (task, outcome) in enumerate(zip(batch, outcomes, strict=True))
        ]

    def _converted(self, tasks: list[Task], source: Format) -> list[Outcome]:
        """Outcomes of files of one format, read from what LibreOffice makes of them while that is there."""
        assert self._libreoffice is not None
        with converted(self._libreoffice, [task.path for task in tasks], source) as outputs:
            made = [Task(output, None, task.seconds) for task, output in zip(tasks, outputs, strict=True) if output]
            read = iter(self._readers.run(made))
            outcomes: list[Outcome] = []
            for task, output in zip(tasks, outputs, strict=True):
                outcome = next(read) if output else _refused()
                if output and _is_deferred(outcome):
                    [outcome] = self._recognizers.run([Task(output, None, task.seconds)])
                outcomes.append(_as_source(outcome, task, source))
            return outcomes

    def _recognised(self, task: Task) -> "Future[Outcome]":
        longer = replace(task, seconds=max(task.seconds, self._recognition_seconds))
        return self._recognition.submit(lambda: self._recognizers.run([longer])[0])


class _Crew:
    """Workers of one kind.

    Args:
        limits: what each may use.
        threads: threads of each for recognition; 0 where they only read.
    """

    def __init__(self, limits: Limits, threads: int) -> None:
        self._limits = limits
        self._recognition_threads = threads
        self._idle: LifoQueue[WorkerProcess] = LifoQueue()
        self._started: set[WorkerProcess] = set()
        self._lock = threading.Lock()
        self._closed = False

    def kill(self) -> None:
        """End all workers, now and from now on."""
        with self._lock:
            self._closed = True
            for worker in self._started:
                worker.kill()

    def release(self) -> None:
        """Close the pipes of all workers; only when no thread uses them any more."""
        for worker in self._started:
            worker.release()

    def run(self, batch: list[Task]) -> list[Outcome]:
        """Outcomes of a batch; after a worker is lost, a new one goes on with the next file."""
        outcomes: list[Outcome] = []
        while len(outcomes) < len(batch):
            worker = self._take()
            remaining = batch[len(outcomes) :]
            try:
                outcomes += worker.read(remaining)
            except WorkerLost as lost:
                outcomes += [*lost.outcomes, DamagedFile(lost.reason)]
            self._give_back(worker)
        return outcomes

    def _take(self) -> WorkerProcess:
        try:
            return self._idle.get_nowait()
        except Empty:
            worker = WorkerProcess(self._limits, self._recognition_threads)
        with self._lock:
            self._started.add(worker)
            if self._closed:
                worker.kill()
        worker.wait_until_ready()
        return worker

    def _give_back(self, worker: WorkerProcess) -> None:
        if worker.is_spent():
            with self._lock:
                self._started.discard(worker)
            worker.kill()
            worker.release()
        else:
            self._idle.put(worker)


def _results(batch: list[Task], future: Future[list[_Promise]]) -> Iterator[tuple[Path, Outcome]]:
    for task, outcome in zip(batch, future.result(), strict=True):
        yield task.path, outcome.result() if isinstance(outcome, Future) else outcome


def _is_deferred(outcome: Outcome) -> bool:
    """Whether a file waits for recognition that this installation can do."""
    return isinstance(outcome, NeedsOcr) and is_installed()


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _as_source(outcome: Outcome, task: Task, source: Format) -> Outcome:
    """What was read from a converted file, said of the file that was converted."""
    if isinstance(outcome, UnreadableFile):
        return outcome
    warning = misnamed(source, Path(task.name or task.path).suffix.lower())
    warnings = (warning, *outcome.warnings) if warning else outcome.warnings
    return replace(outcome, reader=source.value, media_type=CONVERTED_MEDIA_TYPES[source], warnings=warnings)


def _refused() -> DamagedFile:
    return DamagedFile("LibreOffice 无法打开这个文件，可能已损坏或设有密码。请用 WPS 或 Word 打开、另存后再入库。")
