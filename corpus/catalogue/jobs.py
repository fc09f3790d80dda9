"""Background jobs: progress and per-file outcomes."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, RowMapping, func, insert, select, update

from corpus.catalogue.tables import jobs
from corpus.catalogue.views import Job, JobStatus
from corpus.errors import NotFound


def create(connection: Connection, total: int) -> Job:
    """A queued job over ``total`` files."""
    now = datetime.now(UTC)
    job = Job(str(uuid4()), JobStatus.QUEUED, 0, total, [], None, now, now)
    connection.execute(insert(jobs).values({column.name: getattr(job, column.name) for column in jobs.c}))
    return job


def change(connection: Connection, job_id: str, values: Mapping[str, Any]) -> Job:
    """Set some of a job's attributes."""
    connection.execute(update(jobs).where(jobs.c.id == job_id).values({**values, "updated_at": datetime.now(UTC)}))
    return get(connection, job_id)


def get(connection: Connection, job_id: str) -> Job:
    """One job."""
    row = connection.execute(select(jobs).where(jobs.c.id == job_id)).mappings().one_or_none()
    if row is None:
        raise NotFound("没有这个任务")
    return _job(row)


def list_jobs(connection: Connection, limit: int, offset: int) -> tuple[list[Job], int]:
    """A page of jobs, newest first, and how many there are in all."""
    total = connection.execute(select(func.count()).select_from(jobs)).scalar_one()
    page = select(jobs).order_by(jobs.c.created_at.desc(), jobs.c.id).limit(limit).offset(offset)
    return [_job(row) for row in connection.execute(page).mappings()], total


def fail_unfinished(connection: Connection, detail: str) -> None:
    """End the jobs that a stopped server left behind."""
    open_states = (JobStatus.QUEUED, JobStatus.RUNNING)
    values = {"status": JobStatus.FAILED, "detail": detail, "updated_at": datetime.now(UTC)}
    connection.execute(update(jobs).where(jobs.c.status.in_(open_states)).values(values))


def _job(row: RowMapping) -> Job:
    return Job(**{**row, "status": JobStatus(row["status"])})
