"""Who owns a data directory's index, and who waits for it.

``server.json`` is how other processes of the same owner find the server that owns it; ``index.wanted`` is how one that
waits for it tells a process that keeps it only for convenience.
"""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from corpus.errors import StorageError
from corpus.settings import Settings


@dataclass(frozen=True, slots=True)
class ServerRecord:
    """A running server. ``token`` makes its bearer the owner of the data directory."""

    url: str
    token: str
    pid: int


def record_path(settings: Settings) -> Path:
    """Where the record lies."""
    return settings.data_dir / "server.json"


@contextmanager
def announced(settings: Settings, url: str, token: str) -> Iterator[ServerRecord]:
    """Keep a record, readable by the owner alone, for as long as the server runs."""
    record = ServerRecord(url, token, os.getpid())
    path = record_path(settings)
    temporary = path.with_suffix(f".{record.pid}.tmp")
    try:
        with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as stream:
            json.dump(asdict(record), stream)
        temporary.replace(path)
    except OSError as error:
        raise StorageError(f"数据目录无法写入：{error.strerror}。请检查 {settings.data_dir} 的权限") from error
    try:
        yield record
    finally:
        if read_record(settings) == record:
            path.unlink(missing_ok=True)


def read_record(settings: Settings) -> ServerRecord | None:
    """The record of a server whose process still lives; None also for what a killed server left behind."""
    try:
        record = ServerRecord(**json.loads(record_path(settings).read_text()))
        os.kill(record.pid, 0)
    except (OSError, ValueError, TypeError):
        return None
    return record


def want_index(settings: Settings) -> None:
    """Tell whoever keeps the index only for convenience to give it back. Does nothing where nothing can be written."""
    with suppress(OSError):
        (settings.data_dir / "index.wanted").touch()


def index_wanted_at(settings: Settings) -> float | None:
    """When somebody last said that they wait for the index, in seconds since the epoch; None if nobody ever did."""
    try:
        return (settings.data_dir / "index.wanted").stat().st_mtime
    except OSError:
        return None
