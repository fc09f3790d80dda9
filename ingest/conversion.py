"""Office files of earlier generations to docx and pptx by LibreOffice, one confined process per batch.

A fresh profile per process: two that share one disturb each other. In it macros are off and links to elsewhere blocked;
the process has no network and limited memory, time and file size. LibreOffice guesses at contents and reports success
whatever happens, so each file is imported by the filter of its own format, and what counts is that there is an output.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from ingest.readers.formats import CONVERTED, Format

_ROOT = Path(__file__).resolve().parents[1]
_PLACES = (
    "/usr/lib/libreoffice/program/soffice",
    "/opt/libreoffice/program/soffice",
    "/Applications/LibreOffice.app/Contents/MacOS/soffice",
)
_IMPORT_FILTERS = {
    Format.DOC: "MS Word 97",
    Format.RTF: "Rich Text Format",
    Format.ODT: "writer8",
    Format.PPT: "MS PowerPoint 97",
    Format.ODP: "impress8",
}
_EXPORT_FILTERS = {Format.DOCX: "MS Word 2007 XML", Format.PPTX: "Impress MS PowerPoint 2007 XML"}
_SETTINGS = (
    ("/org.openoffice.Office.Common/Security/Scripting", "BlockUntrustedRefererLinks", "true"),
    ("/org.openoffice.Office.Common/Security/Scripting", "DisableMacrosExecution", "true"),
    ("/org.openoffice.Office.Common/Security/Scripting", "MacroSecurityLevel", "3"),
    ("/org.openoffice.Office.Common/Security/Scripting", "DisableActiveContent", "true"),
)


_LOOK_SECONDS = 0.2
"""How often a running LibreOffice is looked after."""


@dataclass(frozen=True, slots=True)
class ConversionLimits:
    """What one LibreOffice process may use.

    Attributes:
        memory_bytes: address space.
        start_seconds: wall clock to start in.
        seconds: wall clock per file: small ones take a tenth of a second, and large ones are converted by themselves.
        file_bytes: size of an output.
    """

    memory_bytes: int = 2_500 * 1024**2
    start_seconds: float = 40.0
    seconds: float = 30.0
    file_bytes: int = 200 * 1024**2


class _End(Enum):
    """How a LibreOffice process ended."""

    FINISHED = "finished"
    CRASHED = "crashed"
    STALLED = "stalled"
    """It was ended, since nothing came for as long as a file may take."""


def find_libreoffice() -> Path | None:
    """The program, from PATH or the usual places."""
    for name in ("soffice", "libreoffice"):
        if found := shutil.which(name):
            return Path(found)
    return next((path for place in _PLACES if (path := Path(place)).is_file()), None)


@contextlib.contextmanager
def converted(
    libreoffice: Path, paths: Sequence[Path], source: Format, limits: ConversionLimits = ConversionLimits()
) -> Iterator[list[Path | None]]:
    """What became of files of one format, as long as the context lasts; None for a file that could not be converted.

    A file that brings LibreOffice down takes along those behind it in the batch, so it is tried once more by itself,
    and they in another batch. One over which LibreOffice hangs is not tried again, nor is one that it refuses.
    """
    with tempfile.TemporaryDirectory(prefix="lunku-convert-") as name:
        outputs: list[Path | None] = []
        while len(outputs) < len(paths):
            rest, folder = paths[len(outputs) :], Path(name, str(len(outputs)))
            made, end = _run(libreoffice, rest, source, folder, limits)
            if end is not _End.FINISHED and len(rest) > 1:
                reached = max((index for index, output in enumerate(made, 1) if output), default=0)
                suspect = made[reached : reached + 1]
                if end is _End.CRASHED and suspect:
                    suspect, _ = _run(libreoffice, rest[reached : reached + 1], source, folder / "alone", limits)
                made = [*made[:reached], *suspect]
            outputs += made
        yield outputs


def _run(
    libreoffice: Path, paths: Sequence[Path], source: Format, folder: Path, limits: ConversionLimits
) -> tuple[list[Path | None], _End]:
    """What became of the files, in the order in which they were opened, and how LibreOffice ended."""
    target = CONVERTED[source]
    inputs, outputs, profile = folder / "in", folder / "out", folder / "profile"
    for place in (inputs, outputs, profile / "user"):
        place.mkdir(parents=True)
    (profile / "user" / "registrymodifications.xcu").write_text(_profile(), encoding="utf-8")
    copies = [inputs / f"{index}.{source}" for index in range(len(paths))]
    for path, copy in zip(paths, copies, strict=True):
        with contextlib.suppress(OSError):  # gone meanwhile: there will be no output
            shutil.copyfile(path, copy)
    end = _confined(
        [
            str(libreoffice),
            f"-env:UserInstallation={profile.as_uri()}",
            *("--headless", "--norestore", "--nologo", "--nodefault", "--nofirststartwizard", "--nolockcheck"),
            f"--infilter={_IMPORT_FILTERS[source]}",
            *("--convert-to", f"{target}:{_EXPORT_FILTERS[target]}", "--outdir", str(outputs)),
            *map(str, copies),
        ],
        outputs,
        len(paths),
        limits,
    )
    results = [outputs / f"{copy.stem}.{target}" for copy in copies]
    return [result if zipfile.is_zipfile(result) else None for result in results], end


def _confined(command: list[str], outputs: Path, count: int, limits: ConversionLimits) -> _End:
    """Run a command that makes ``count`` files in ``outputs``, in its own process group; end the whole group when no
    further file came for too long."""
    folder, seconds = outputs.parent, limits.start_seconds + limits.seconds * count
    confinement = [str(limits.memory_bytes), str(int(seconds)), str(limits.file_bytes)]
    environment = {
        "PATH": os.defpath,
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "LANG": "C.UTF-8",
        "SAL_USE_VCLPLUGIN": "svp",
    }
    process = subprocess.Popen(  # noqa: S603 (our own module)
        [sys.executable, "-P", str(_ROOT / "ingest" / "isolation.py"), *confinement, *command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=environment,
        cwd=folder,
        start_new_session=True,
    )
    try:
        return _watched(process, outputs, limits)
    finally:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _watched(process: "subprocess.Popen[bytes]", outputs: Path, limits: ConversionLimits) -> _End:
    """How a process ends that is given time for its start, and for each file that it makes."""
    made, deadline = 0, time.monotonic() + limits.start_seconds + limits.seconds
    while time.monotonic() < deadline:
        with contextlib.suppress(subprocess.TimeoutExpired):
            return _End.FINISHED if process.wait(_LOOK_SECONDS) == 0 else _End.CRASHED
        if (now := sum(1 for _ in outputs.iterdir())) != made:
            made, deadline = now, time.monotonic() + limits.seconds
    return _End.STALLED


def _profile() -> str:
    items = "".join(
        f'<item oor:path="{path}"><prop oor:name="{name}" oor:op="fuse"><value>{value}</value></prop></item>'
        for path, name, value in _SETTINGS
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<oor:items xmlns:oor="http://openoffice.org/2001/registry"'
        f' xmlns:xs="http://www.w3.org/2001/XMLSchema">{items}</oor:items>\n'
    )
