"""Files of earlier Office generations, through a real LibreOffice."""

import os
import socket
import stat
import subprocess
import threading
import time
from pathlib import Path

import docx
import psutil
import pytest

from corpus.errors import DamagedFile, UnsupportedFile
from ingest import conversion
from ingest.blocks import ReadFile
from ingest.conversion import ConversionLimits, converted, find_libreoffice
from ingest.readers import read_file
from ingest.readers.formats import Format
from ingest.reading import ReaderPool
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


def save_as_doc(libreoffice: Path, path: Path) -> Path:
    """What a user does with 另存为."""
    command = [libreoffice, f"-env:UserInstallation={path.parent.as_uri()}/profile", "--headless", "--convert-to"]
    command += ["doc:MS Word 97", "--outdir", path.parent, path]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    return path.with_suffix(".doc")


def notice(path: Path) -> Path:
    """A document with automatic numbers and a table."""
    document = docx.Document()
    document.add_heading("关于报送课题清单的通知", 0)
    for text in ("在研课题按季度报送。", "结项课题随时报送。"):
        document.add_paragraph(text, style="List Number")
    table = document.add_table(rows=0, cols=2)
    for row in (("课题编号", "负责人"), ("26ZK001", "王一")):
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text
    document.add_paragraph("特此通知。")
    document.save(str(path))
    return path


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
    original = notice(tmp_path / "通知.docx")
    doc = save_as_doc(libreoffice, original)
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
