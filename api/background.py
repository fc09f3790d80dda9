"""What a server does beside answering: indexing what is pending, and ingesting uploads one after the other."""

import logging
import shutil
import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from queue import SimpleQueue
from typing import TYPE_CHECKING, Protocol

from corpus.catalogue import Catalogue, JobStatus
from corpus.errors import LunkuError
from corpus.originals import Originals
from corpus.records import CURATORS, PUBLIC, Kind
from ingest.outcomes import FileOutcome

if TYPE_CHECKING:
    from ingest.service import Ingester

logger = logging.getLogger(__name__)

POLL_SECONDS = 1.0
"""How often to look for versions that another process has added."""

INTERRUPTED = "服务在任务完成前停止。已入库的文件不受影响，请重新上传其余文件"


class PendingIndexer(Protocol):
    """The part of ``search.indexing.Indexer`` that is used here."""

    def follow_terms(self) -> None:
        """Take over changes of the term base."""
        ...

    def index_pending(self, *, serving: bool = False) -> int:
        """Index what is pending; the number of versions."""
        ...


class BackgroundIndexer:
    """Brings the index up to date whenever the catalogue has moved on. Errors are logged and tried again."""

    def __init__(self, catalogue: Catalogue, indexer: PendingIndexer) -> None:
        self._catalogue = catalogue
        self._indexer = indexer
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="indexer", daemon=True)
        self.error: LunkuError | None = None

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self) -> None:
        """Finish the batch in hand and end the thread."""
        self._stopping.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stopping.wait(POLL_SECONDS):
            try:
                self._indexer.follow_terms()
                if self._catalogue.pending_count():
                    count = self._indexer.index_pending(serving=True)
                    logger.info("indexed %d versions", count)
                self.error = None
            except LunkuError as error:
                logger.exception("indexing failed")
                self.error = error


@dataclass(frozen=True, slots=True)
class Upload:
    """Uploaded files waiting for their job. ``names`` gives each stored file its name at the user's."""

    job_id: str
    directory: Path
    names: Mapping[Path, str]
    kind: Kind | None = None
    readers: frozenset[str] | None = None


@dataclass(slots=True)
class Uploads:
    """The queue of uploads and the thread that ingests them, in order."""

    catalogue: Catalogue
    originals: Originals
    directory: Path
    _queue: "SimpleQueue[Upload | None]" = field(default_factory=SimpleQueue)
    _thread: threading.Thread | None = None

    def start(self) -> None:
        """End what an earlier server left unfinished, and start the thread."""
        shutil.rmtree(self.directory, ignore_errors=True)
        self.directory.mkdir(parents=True)
        self.catalogue.fail_unfinished_jobs(INTERRUPTED)
        self._thread = threading.Thread(target=self._run, name="uploads", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Finish the upload in hand and end the thread."""
        self._queue.put(None)
        if self._thread:
            self._thread.join()

    def submit(self, upload: Upload) -> None:
        """Queue an upload."""
        self._queue.put(upload)

    def _run(self) -> None:
        from ingest.service import Ingester

        # Any curator sees the jobs: what an outcome names, all of them must be allowed to read.
        ingester = Ingester(self.catalogue, self.originals, lanes=1, groups=frozenset({PUBLIC, CURATORS}))
        while upload := self._queue.get():
            try:
                self._ingest(ingester, upload)
            except Exception as error:
                logger.exception("job %s failed", upload.job_id)
                detail = error.detail if isinstance(error, LunkuError) else "处理时出错，请查看服务日志"
                self.catalogue.update_job(upload.job_id, status=JobStatus.FAILED, detail=detail)
            finally:
                shutil.rmtree(upload.directory, ignore_errors=True)

    def _ingest(self, ingester: "Ingester", upload: Upload) -> None:
        outcomes: list[dict[str, object]] = []
        self.catalogue.update_job(upload.job_id, status=JobStatus.RUNNING)

        def record(outcome: FileOutcome, _done: int, total: int) -> None:
            outcomes.append(asdict(outcome))
            self.catalogue.update_job(upload.job_id, outcomes=outcomes, total=total)

        ingester.ingest(
            list(upload.names), kind=upload.kind, readers=upload.readers, names=upload.names, on_outcome=record
        )
        self.catalogue.update_job(upload.job_id, status=JobStatus.DONE)
