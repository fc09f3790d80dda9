"""Files of earlier Office generations, through a real LibreOffice."""

import os
import socket
import stat
import threading
import time
import zipfile
from pathlib import Path

import psutil
import pytest

from corpus.errors import DamagedFile, UnsupportedFile
from ingest import conversion
from ingest.blocks import ReadFile
from ingest.conversion import ConversionLimits, converted, find_libreoffice
from ingest.readers import read_file
from ingest.readers.formats import Format
from ingest.reading import ReaderPool
from tests.ingest.readers.seeds import save_as, write_notice
from tests.ingest.readers.test_hostile import ole


@pytest.fixture(scope="session")
def libreoffice() -> Path:
    found = find_libreoffice()
    if found is None:
        message = "LibreOffice is not installed: doc, wps, rtf, odt, ppt and dps are not tested"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    return found


def rich_text(port: int) -> bytes:
    """A text in GBK that asks for files from elsewhere."""
    text = "".join(f"\\'{byte:02x}" for byte in "理论宣讲要讲到百姓心坎里。".encode("gbk"))
    fields = "".join(
        f'{{\\field{{\\*\\fldinst {code} "http://127.0.0.1:{port}/a"}}{{\\fldrslt }}}}'
        for code in ("INCLUDETEXT", "INCLUDEPICTURE")
    )
    fonts = "{\\fonttbl{\\f0\\fcharset134 SimSun;}}"
    return f"{{\\rtf1\\ansi\\ansicpg936{fonts}\\f0 {text}\\par{fields}}}".encode()


def test_a_batch_is_read_as_if_it_had_been_saved_anew(libreoffice: Path, tmp_path: Path) -> None:
    original = write_notice(tmp_path / "通知.docx")
    doc = save_as(libreoffice, original, Format.DOC, tmp_path)
    broken = tmp_path / "坏.doc"
    broken.write_bytes(ole("Root Entry", "WordDocument"))
    misnamed = tmp_path / "讲稿.docx"
    calls: list[object] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        misnamed.write_bytes(rich_text(server.getsockname()[1]))
        stop = threading.Event()

        def listen() -> None:
            while not stop.is_set():
                try:
                    calls.append(server.accept())
                except TimeoutError:
                    continue

        listener = threading.Thread(target=listen)
        listener.start()
        with ReaderPool(workers=1) as pool:
            (_, first), (_, second), (_, third) = pool.read([doc, broken, misnamed])
        stop.set()
        listener.join()
    assert isinstance(first, ReadFile)
    assert (first.reader, first.media_type, first.warnings) == ("doc", "application/msword", ())
    assert [block.text for block in first.blocks] == [block.text for block in read_file(original).blocks]
    assert first.blocks[1].text == "1.在研课题按季度报送。"
    assert isinstance(second, DamagedFile)
    assert "LibreOffice" in second.detail
    assert isinstance(third, ReadFile)
    assert third.blocks[0].text == "理论宣讲要讲到百姓心坎里。"
    assert third.warnings == ("扩展名是 .docx，内容是 rtf，已按内容读取。",)
    assert calls == [], "a document made LibreOffice ask for something on the network"


def test_a_converter_that_hangs_is_ended_with_all_it_started(tmp_path: Path) -> None:
    program = tmp_path / "soffice"
    program.write_text("#!/bin/sh\nsleep 4321 &\nsleep 4321\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    document = tmp_path / "a.doc"
    document.write_bytes(ole("Root Entry", "WordDocument"))
    started = time.monotonic()
    limits = ConversionLimits(start_seconds=1.0, seconds=0.5)
    with converted(program, [document], Format.DOC, limits) as outputs:
        assert outputs == [None]
    assert time.monotonic() - started < 30
    assert not [process for process in psutil.process_iter(["cmdline"]) if "4321" in (process.info["cmdline"] or ())]


def test_a_file_that_brings_the_converter_down_costs_only_itself(tmp_path: Path) -> None:
    """A stand-in that logs what it opens and is killed by one file; LibreOffice has no file known to do that to it."""
    program, log = tmp_path / "soffice", tmp_path / "log"
    program.write_text(
        f"""#!/bin/sh
for argument in "$@"; do case "$last" in --outdir) out="$argument";; esac; last="$argument"; done
echo run >> {log}
for path in "$@"; do case "$path" in *.rtf)
    if grep -q bomb "$path"; then kill -SEGV $$; fi
    grep -q refused "$path" || cp {tmp_path}/whole.zip "$out/$(basename "$path" .rtf).docx";;
esac; done
"""
    )
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    with zipfile.ZipFile(tmp_path / "whole.zip", "w") as whole:
        whole.writestr("a", "a")
    contents = ["good", "refused", "good", "refused", "bomb", "good", "bomb", "refused"]
    paths = [tmp_path / f"{index}.rtf" for index in range(len(contents))]
    for path, content in zip(paths, contents, strict=True):
        path.write_text(content)
    with converted(program, paths, Format.RTF) as outputs:
        assert [output is not None for output in outputs] == [content == "good" for content in contents]
    assert log.read_text().count("run") == 7
    log.unlink()
    with converted(program, [paths[0], paths[1], paths[5]], Format.RTF) as outputs:
        assert [output is not None for output in outputs] == [True, False, True]
    assert log.read_text().count("run") == 1


def test_a_file_over_which_the_converter_hangs_costs_one_file_its_time(tmp_path: Path) -> None:
    program = tmp_path / "soffice"
    program.write_text(
        f"""#!/bin/sh
for argument in "$@"; do case "$last" in --outdir) out="$argument";; esac; last="$argument"; done
for path in "$@"; do case "$path" in *.rtf)
    if grep -q hang "$path"; then sleep 4322; fi
    cp {tmp_path}/whole.zip "$out/$(basename "$path" .rtf).docx";;
esac; done
"""
    )
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    with zipfile.ZipFile(tmp_path / "whole.zip", "w") as whole:
        whole.writestr("a", "a")
    paths = [tmp_path / f"{index}.rtf" for index in range(32)]
    for path in paths:
        path.write_text("hang" if path in (paths[3], paths[31]) else "good")
    started = time.monotonic()
    limits = ConversionLimits(start_seconds=2.0, seconds=1.0)
    with converted(program, paths, Format.RTF, limits) as outputs:
        assert [index for index, output in enumerate(outputs) if output is None] == [3, 31]
    assert time.monotonic() - started < 15
    assert not [process for process in psutil.process_iter(["cmdline"]) if "4322" in (process.info["cmdline"] or ())]


def test_without_libreoffice_the_outcome_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(conversion, "_PLACES", ())
    document = tmp_path / "a.rtf"
    document.write_bytes(rich_text(9))
    with ReaderPool(workers=1) as pool:
        ((_, outcome),) = pool.read([document])
    assert isinstance(outcome, UnsupportedFile)
    assert outcome.outcome == "unsupported"
    assert "apt install libreoffice" in outcome.detail
