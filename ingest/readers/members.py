"""What a container holds: files that become documents of their own."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from corpus.errors import UnreadableFile
from ingest.readers.formats import Format


@dataclass(frozen=True, slots=True)
class Member:
    """A file inside a file: its name there (with plain slashes) and its bytes, or the error why it cannot be had."""

    name: str
    content: bytes | UnreadableFile


def members_of(path: Path, container: Format) -> Iterator[Member]:
    """The files in a container, one after the other.

    Raises:
        DamagedFile: the container is broken.
    """
    match container:
        case Format.ZIP:
            from ingest.readers.zip_archive import zip_members

            yield from zip_members(path)
        case Format.EML:
            from ingest.readers.mail import mail_members

            yield from mail_members(path)
        case Format.MSG:
            from ingest.readers.outlook import outlook_members

            yield from outlook_members(path)
