"""Zip archives of documents: what is in them, under the names that people gave."""

import zipfile
from collections.abc import Iterator
from pathlib import Path

from corpus.errors import DamagedFile, EncryptedFile, UnreadableFile
from ingest.blocks import ReadFile
from ingest.readers.archive import Archive
from ingest.readers.guards import MAX_FILE_BYTES
from ingest.readers.members import Member

MEDIA_TYPE = "application/zip"


def read_zip(path: Path) -> ReadFile:
    """An archive has no text of its own; ``members`` counts its files.

    Raises:
        DamagedFile: broken, suspiciously large when unpacked, or empty.
        EncryptedFile: every file in it needs a password.
    """
    with Archive(path) as archive:
        entries = archive.files
    if not entries:
        raise DamagedFile("压缩包里没有文件。")
    if all(entry.flag_bits & 1 for entry in entries.values()):
        raise EncryptedFile("压缩包设有密码。请解压后再入库。")
    return ReadFile("zip", MEDIA_TYPE, (), members=len(entries))


def zip_members(path: Path) -> Iterator[Member]:
    """The files in the archive."""
    with Archive(path) as archive:
        for name, entry in archive.files.items():
            yield Member(name, _content(archive, name, entry))


def _content(archive: Archive, name: str, entry: zipfile.ZipInfo) -> bytes | UnreadableFile:
    if entry.flag_bits & 1:
        return EncryptedFile("压缩包中的这个文件设有密码。请解压后再入库。")
    try:
        return archive.read(name, MAX_FILE_BYTES)
    except DamagedFile as error:
        return error
