"""What the catalogue keeps beside documents: gaps, accepted answers, jobs and settings."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from corpus.catalogue import gaps, jobs, reading, writing
from corpus.catalogue.database import Database
from corpus.catalogue.views import AcceptedPair, Gap, GapCause, GapReceipt, GapStatus, Job, JobStatus


class Registers(Database):
    """The part of the catalogue that holds no document."""

    # The gap register

    def register_gap(self, key: str, text: str, cause: GapCause, same_as: str | None = None) -> str:
        """Count a question that was not answered; the id of its wording.

        Args:
            key: identifies the wording; at most 64 characters.
            text: the wording, without personal data.
            cause: ``THUMBS_DOWN`` opens a closed gap again.
            same_as: key of a known wording of the same question.
        """
        with self._write() as connection:
            return gaps.register(connection, key, text, cause, same_as)

    def gap_wordings(self, limit: int) -> dict[str, str]:
        """The newest wordings of all gaps, as key and text."""
        with self._read() as connection:
            return gaps.recent_wordings(connection, limit)

    def gap_wording(self, key: str) -> str | None:
        """Id of the wording with that key, if the question was registered in these words."""
        with self._read() as connection:
            return gaps.wording_of(connection, key)

    def gap_receipts(self, ids: Iterable[str], groups: frozenset[str] | None) -> dict[str, GapReceipt]:
        """What became of wordings, by id; unknown ids are left out."""
        with self._read() as connection:
            return gaps.receipts(connection, ids, groups)

    def gaps(self, status: GapStatus | None = None, *, limit: int = 50, offset: int = 0) -> tuple[list[Gap], int]:
        """A page of gaps, the most frequent first, and their total."""
        with self._read() as connection:
            return gaps.list_gaps(connection, status, limit, offset)

    def close_gap(self, gap_id: str, note: str, document_id: str | None = None) -> Gap:
        """Close a gap with a note for those who asked, and the document that answers. Raises ``NotFound``."""
        with self._write() as connection:
            return gaps.close(connection, gap_id, note, document_id)

    def accept_pairs(self, key: str, question: str, passages: Mapping[str, str]) -> None:
        """Keep passages (id and hash of the text) as accepted answers to a question."""
        with self._write() as connection:
            gaps.accept(connection, key, question, passages)

    def accepted_pairs(self, *, limit: int = 50, offset: int = 0) -> tuple[list[AcceptedPair], int]:
        """A page of the accepted pairs, newest first, and their total."""
        with self._read() as connection:
            return gaps.list_accepted(connection, limit, offset)

    # Jobs and settings

    def create_job(self, total: int) -> Job:
        """A queued job over ``total`` files."""
        with self._write() as connection:
            return jobs.create(connection, total)

    def update_job(
        self,
        job_id: str,
        *,
        status: JobStatus | None = None,
        outcomes: Sequence[Mapping[str, Any]] | None = None,
        total: int | None = None,
        detail: str | None = None,
    ) -> Job:
        """Record a job's progress. Raises ``NotFound``.

        Args:
            job_id: which.
            status: its new state.
            outcomes: all so far, one JSON object per file.
            total: files in all; more than at first where an archive was unpacked.
            detail: what went wrong with the job as a whole.
        """
        values: dict[str, Any] = {"status": status, "total": total, "detail": detail}
        if outcomes is not None:
            values |= {"outcomes": list(outcomes), "done": len(outcomes)}
        with self._write() as connection:
            return jobs.change(connection, job_id, {name: value for name, value in values.items() if value is not None})

    def job(self, job_id: str) -> Job:
        """One job; raises ``NotFound``."""
        with self._read() as connection:
            return jobs.get(connection, job_id)

    def jobs(self, *, limit: int = 50, offset: int = 0) -> tuple[list[Job], int]:
        """A page of jobs, newest first, and their total."""
        with self._read() as connection:
            return jobs.list_jobs(connection, limit, offset)

    def fail_unfinished_jobs(self, detail: str) -> None:
        """End jobs that a stopped process left behind."""
        with self._write() as connection:
            jobs.fail_unfinished(connection, detail)

    def value(self, key: str) -> str | None:
        """A stored setting, such as the index fingerprint."""
        with self._read() as connection:
            return reading.value(connection, key)

    def set_value(self, key: str, value: str) -> None:
        """Store a setting."""
        with self._write() as connection:
            writing.set_value(connection, key, value)
