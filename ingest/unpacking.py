"""Takes the files out of an archive or a mail, in a restricted process of its own.

As a program it is that process: ``unpacking.py PATH NAME FOLDER`` writes the files to the folder, numbered, and what
they are called to standard output. Names of members are labels; none is ever used as a path.
"""

import json
import os
import posixpath
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpus.errors import DamagedFile, UnreadableFile, unreadable_file
from corpus.module_process import module_command, module_environment

MAX_DEPTH = 3
"""Containers inside containers, the outermost counted."""
MAX_MEMBERS = 3_000
MAX_BYTES = 1024**3
"""Files, and their bytes, that one file from a user may unfold to."""
_MEMORY_BYTES = 2_500 * 1024**2
_FILE_BYTES = 256 * 1024**2
_SECONDS = 120


@dataclass(slots=True)
class Budget:
    """What is left of the members and bytes that one file may unfold to; shared by the containers inside it."""

    members: int = MAX_MEMBERS
    bytes: int = MAX_BYTES


@dataclass(frozen=True, slots=True)
class Unpacked:
    """A file taken out: its name in the container, where it lies now, or the error that says why it does not."""

    name: str
    path: Path | None
    error: UnreadableFile | None = None


def unpack(container: Path, name: str, folder: Path, budget: Budget) -> list[Unpacked]:
    """The files of a container, written to ``folder``; what exceeds the budget comes back as errors.

    Args:
        container: the archive or mail.
        name: its original name.
        folder: an empty folder.
        budget: reduced by what is taken out.

    Raises:
        DamagedFile: it cannot be unpacked.
    """
    try:
        listed = json.loads(
            _child([str(container.absolute()), name, str(folder), str(budget.members), str(budget.bytes)])
        )
        found = [_unpacked(folder, *item) for item in listed]
    except (ValueError, TypeError, KeyError, OSError) as error:
        raise DamagedFile("压缩包或邮件无法拆开，可能已损坏。请解压后把其中的文件入库。") from error
    budget.members -= len(found)
    budget.bytes -= sum(item.path.stat().st_size for item in found if item.path)
    return found


def _unpacked(folder: Path, name: str, number: int | None, code: str, detail: str) -> Unpacked:
    if number is None:
        return Unpacked(name, None, unreadable_file(code, detail))
    return Unpacked(name, folder / str(int(number)))


def _child(arguments: list[str]) -> bytes:
    confinement = (_MEMORY_BYTES, _SECONDS, _FILE_BYTES)
    process = subprocess.Popen(  # noqa: S603 (our own modules)
        module_command("ingest.isolation", *confinement, *module_command("ingest.unpacking", *arguments)),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=module_environment(),
        start_new_session=True,
    )
    try:
        return process.communicate(timeout=_SECONDS)[0]
    except subprocess.TimeoutExpired:
        return b""
    finally:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def main() -> None:
    """Write the members of a container to a folder, and the list of them to standard output."""
    path, name, folder, members, total = sys.argv[1:]
    listed = list(_write(Path(path), name, Path(folder), int(members), int(total)))
    sys.stdout.write(json.dumps(listed))


def _write(path: Path, name: str, folder: Path, most_members: int, most_bytes: int) -> Iterator[list[Any]]:
    from ingest.readers import format_of
    from ingest.readers.members import members_of

    names: dict[str, int] = {}
    for number, member in enumerate(members_of(path, format_of(path, name))):
        label = _unique(_label(member.name), names)
        content = member.content
        if number >= most_members:
            yield [
                label,
                None,
                DamagedFile.code,
                f"一个文件最多展开 {MAX_MEMBERS} 个，其余没有入库。请分批解压后再入库。",
            ]
            return
        if isinstance(content, UnreadableFile):
            yield [label, None, content.code, content.detail]
            continue
        most_bytes -= len(content)
        if most_bytes < 0:
            yield [
                label,
                None,
                DamagedFile.code,
                f"展开后超过 {MAX_BYTES // 1024**2} MB，其余没有入库。请解压后分批入库。",
            ]
            return
        (folder / str(number)).write_bytes(content)
        yield [label, number, "", ""]


def _label(name: str) -> str:
    """A member's name without what would lead out of the container."""
    parts = (part for part in name.replace("\\", "/").split("/") if part not in ("", ".", ".."))
    return posixpath.join("", *parts).encode("utf-8", "replace").decode() or "未命名"


def _unique(name: str, names: dict[str, int]) -> str:
    """``name`` with a number where it occurred before: two attachments may be called the same."""
    names[name] = names.get(name, 0) + 1
    if names[name] == 1:
        return name
    stem, extension = posixpath.splitext(name)
    return _unique(f"{stem} ({names[name]}){extension}", names)


if __name__ == "__main__":
    main()
