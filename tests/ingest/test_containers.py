"""Archives and mails: what is inside becomes documents of their own."""

import zipfile
from email.message import EmailMessage
from pathlib import Path

import pytest

from corpus.catalogue import Catalogue
from corpus.errors import DamagedFile, EncryptedFile
from corpus.originals import Originals
from corpus.records import Outcome
from ingest.readers import read_file
from ingest.service import Ingester
from ingest.unpacking import Budget, unpack
from tests.ingest.readers.files import p, write_docx, write_zip
from tests.ingest.test_service import NOTICE


@pytest.fixture
def catalogue(tmp_path: Path):
    with Catalogue.open(f"sqlite:///{tmp_path / 'catalogue.sqlite3'}") as opened:
        yield opened


@pytest.fixture
def ingester(catalogue: Catalogue, tmp_path: Path) -> Ingester:
    return Ingester(catalogue, Originals(tmp_path / "originals"), lanes=1)


def document(folder: Path, text: str = "关于开展读书活动的通知") -> bytes:
    return write_docx(
        folder / "member.docx", p(text) + p("请各单位于月底前报送活动计划，并确定一名联系人。")
    ).read_bytes()


def mail(subject: str, body: str, attachments: dict[str, bytes]) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"] = "宣传部 <a@example.cn>", "b@example.cn"
    message["Date"] = "Wed, 04 Mar 2026 09:30:00 +0800"
    message["Subject"] = subject
    message.set_content(body)
    message.add_alternative(f"<html><body><p>{body}</p></body></html>", subtype="html")
    for name, data in attachments.items():
        message.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    return message


def test_files_of_an_archive_and_of_what_is_in_it(ingester, catalogue, tmp_path: Path) -> None:
    inner = write_zip(
        tmp_path / "inner.zip", {"二/讲稿.txt": NOTICE.replace("志愿服务站点", "宣讲点").encode("gb18030")}
    )
    parts = {
        "一/通知.docx": document(tmp_path),
        "一/~$通知.docx": b"x",
        "程序.exe": b"MZ" + bytes(200),
        "内层.zip": inner.read_bytes(),
        "空.txt": b"",
    }
    path = write_zip(tmp_path / "材料.zip", parts)
    seen: list[tuple[int, int]] = []
    outcomes = ingester.ingest([path], on_outcome=lambda outcome, done, total: seen.append((done, total)))
    assert {item.path.removeprefix(f"{path}!"): item.outcome for item in outcomes} == {
        "一/通知.docx": Outcome.INDEXED,
        "一/~$通知.docx": Outcome.SKIPPED,
        "程序.exe": Outcome.UNSUPPORTED,
        "内层.zip!二/讲稿.txt": Outcome.INDEXED,
        "空.txt": Outcome.FAILED,
    }
    assert seen[-1] == (5, 5)
    versions = [catalogue.version(item.document_id) for item in outcomes if item.document_id]
    assert sorted(version.file_name for version in versions) == ["讲稿.txt", "通知.docx"]
    assert {item.outcome for item in ingester.ingest([path])} == {
        Outcome.UNCHANGED,
        Outcome.SKIPPED,
        Outcome.UNSUPPORTED,
        Outcome.FAILED,
    }


def test_a_changed_member_is_a_new_version_of_its_document(ingester, catalogue, tmp_path: Path) -> None:
    path = tmp_path / "材料.zip"
    [first] = ingester.ingest([write_zip(path, {"通知.docx": document(tmp_path)})])
    [second] = ingester.ingest([write_zip(path, {"通知.docx": document(tmp_path, "关于推迟读书活动的通知")})])
    assert first.document_id == second.document_id
    assert len(catalogue.versions(first.document_id)) == 2


def test_mail_with_attachments(ingester, catalogue, tmp_path: Path) -> None:
    forwarded = mail("原信", "请查收附件。", {"方案.docx": document(tmp_path, "读书活动方案")})
    message = mail("转发：读书活动材料", "各位同事：\n请按附件要求准备。", {"通知.docx": document(tmp_path)})
    message.add_attachment(NOTICE.encode(), maintype="text", subtype="plain", filename="通知.docx")
    message.add_attachment(forwarded)
    path = tmp_path / "来信.eml"
    path.write_bytes(message.as_bytes())
    outcomes = ingester.ingest([path])
    assert [(item.path.removeprefix(str(path)), item.outcome) for item in outcomes] == [
        ("", Outcome.INDEXED),
        ("!通知.docx", Outcome.INDEXED),
        ("!通知 (2).docx", Outcome.INDEXED),
        ("!原信.eml", Outcome.INDEXED),
        ("!原信.eml!方案.docx", Outcome.INDEXED),
    ]
    assert catalogue.document(outcomes[0].document_id).title == "转发：读书活动材料"
    version = catalogue.version(outcomes[0].document_id)
    assert "请按附件要求准备。" in version.text
    assert "2026-03-04 09:30" in version.text
    assert {item.outcome for item in ingester.ingest([path])} == {Outcome.UNCHANGED}


def test_a_mail_and_its_attachment_are_read_anew_once_each(ingester, catalogue, tmp_path: Path) -> None:
    path = tmp_path / "来信.eml"
    path.write_bytes(mail("活动安排", "附件是活动安排，请查收。" * 5, {"安排.docx": document(tmp_path)}).as_bytes())
    first = {item.document_id for item in ingester.ingest([path])}
    again = ingester.reread(catalogue.held_files())
    assert len(first) == len(again) == 2
    assert {item.document_id for item in again} == first
    assert {item.outcome for item in again} == {Outcome.UNCHANGED}


def test_nesting_ends(ingester, tmp_path: Path) -> None:
    path = write_zip(tmp_path / "0.zip", {"深处.txt": NOTICE})
    for level in range(1, 4):
        path = write_zip(tmp_path / f"{level}.zip", {f"{level - 1}.zip": path.read_bytes()})
    [outcome] = ingester.ingest([path])
    assert outcome.outcome is Outcome.UNSUPPORTED
    assert "嵌套" in outcome.reason


def test_names_are_labels_in_their_own_encoding(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name in ("../../外面.txt", "通知.txt", "./通知.txt", "/etc/x.txt", "目录/"):
            archive.writestr(name, "正文")
    data = path.read_bytes()
    for name in ("外面", "通知", "目录"):  # as an old archiver writes them: GBK, not marked as UTF-8
        data = data.replace(name.encode(), name.encode("gb18030") + b"__")
    for offset in [i for i in range(len(data)) if data[i : i + 4] in (b"PK\1\2", b"PK\3\4")]:
        flag = offset + (8 if data[offset + 2] == 1 else 6)
        data = data[: flag + 1] + b"\0" + data[flag + 2 :]
    path.write_bytes(data)
    folder = tmp_path / "out"
    folder.mkdir()
    found = unpack(path, "a.zip", folder, Budget())
    assert [item.name for item in found] == ["外面__.txt", "通知__.txt", "通知__ (2).txt", "etc/x.txt"]
    assert sorted(item.name for item in folder.iterdir()) == ["0", "1", "2", "3"]
    assert sorted(item.name for item in tmp_path.iterdir()) == ["a.zip", "out"]


def test_what_exceeds_the_budget_is_said(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "a.zip", {f"{i}.txt": "正文" * 100 for i in range(5)})
    for budget in (Budget(members=2), Budget(bytes=1300)):
        folder = tmp_path / f"out{budget.members}"
        folder.mkdir()
        found = unpack(path, "a.zip", folder, budget)
        assert [item.error is None for item in found] == [True, True, False]
        assert isinstance(found[-1].error, DamagedFile)


def test_locked_and_broken_archives(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "a.zip", {"a.txt": "正文", "b.txt": "正文" * 50})
    data = bytearray(path.read_bytes())
    directory = [i for i in range(len(data)) if data[i : i + 4] == b"PK\1\2"]
    data[directory[0] + 8] |= 1
    path.write_bytes(data)
    folder = tmp_path / "out"
    folder.mkdir()
    locked, readable = unpack(path, "a.zip", folder, Budget())
    assert isinstance(locked.error, EncryptedFile)
    assert readable.path is not None
    data[directory[1] + 8] |= 1
    path.write_bytes(data)
    with pytest.raises(EncryptedFile, match="密码"):
        read_file(path)
    with pytest.raises(DamagedFile, match="没有文件"):
        read_file(write_zip(tmp_path / "b.zip", {"目录/": ""}))
    path.write_bytes(b"PK\3\4" + bytes(100))
    with pytest.raises(DamagedFile, match="无法拆开"):
        unpack(path, "a.zip", folder, Budget())
