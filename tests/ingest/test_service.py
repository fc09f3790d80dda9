"""The whole ingest over real files, a real catalogue and real reader processes."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from corpus.catalogue import Catalogue
from corpus.originals import Originals
from corpus.records import Kind, Outcome
from ingest.service import Ingester, expand

NOTICE = """关于做好志愿服务站点建设的通知

各县（市、区）文明办：

一、建设目标

到年底，每个街道至少建成两个志愿服务站点，配备必要的桌椅、饮水和应急药箱，公布开放时间与联系方式，方便居民就近反映需求、领取服务。站点由街道统一管理，社区负责日常维护，志愿服务组织轮流值守。

二、工作要求

各地要明确专人负责，按季度报送进展情况。站点建设所需经费从基层治理专项中列支，不得向居民收取任何费用。年底前组织一次检查，对长期不开门、不接单的站点予以通报，并限期整改到位。
"""


@pytest.fixture
def catalogue(tmp_path: Path):
    with Catalogue.open(f"sqlite:///{tmp_path / 'catalogue.sqlite3'}") as opened:
        yield opened


@pytest.fixture
def ingester(catalogue: Catalogue, tmp_path: Path) -> Ingester:
    return Ingester(catalogue, Originals(tmp_path / "originals"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "files"
    path.mkdir()
    return path


def test_file_becomes_document_with_passages_and_original(ingester, catalogue, folder, tmp_path):
    (folder / "通知.txt").write_text(NOTICE, encoding="gb18030")
    [outcome] = ingester.ingest([folder])
    assert (outcome.outcome, outcome.reason) == (Outcome.INDEXED, None)
    version = catalogue.version(outcome.document_id)
    assert version.report.integrity.holds
    paths = {passage.path for passage in catalogue.passages_of(version.id)}
    assert any("二、工作要求" in path for path in paths)
    assert Originals(tmp_path / "originals").read(version.sha256) == NOTICE.encode("gb18030")


def test_same_bytes_are_unchanged_whatever_their_name(ingester, folder):
    (folder / "甲.txt").write_text(NOTICE, encoding="utf-8")
    ingester.ingest([folder])
    (folder / "乙.txt").write_text(NOTICE, encoding="utf-8")
    outcomes = ingester.ingest([folder])
    assert [outcome.outcome for outcome in outcomes] == [Outcome.UNCHANGED] * 2
    assert all("未重复收进" in outcome.reason for outcome in outcomes)


def test_changed_file_becomes_a_new_version(ingester, catalogue, folder):
    path = folder / "通知.txt"
    path.write_text(NOTICE, encoding="utf-8")
    [first] = ingester.ingest([path])
    path.write_text(NOTICE.replace("两个", "三个"), encoding="utf-8")
    [second] = ingester.ingest([path])
    assert second.document_id == first.document_id
    assert catalogue.document(first.document_id).version == 2


def test_bad_files_are_named_and_do_not_stop_the_rest(ingester, folder):
    (folder / "空.txt").write_bytes(b"")
    (folder / "坏.docx").write_bytes(b"PK\x03\x04" + b"\0" * 50)
    (folder / "好.txt").write_text(NOTICE, encoding="utf-8")
    missing = folder / "没有.txt"
    by_name = {Path(outcome.path).name: outcome for outcome in ingester.ingest([folder, missing])}
    assert by_name["好.txt"].outcome is Outcome.INDEXED
    for name in ("空.txt", "坏.docx", "没有.txt"):
        assert by_name[name].outcome is Outcome.FAILED
        assert by_name[name].reason


def test_given_kind_and_readers_win(ingester, catalogue, folder):
    (folder / "通知.txt").write_text(NOTICE, encoding="utf-8")
    [outcome] = ingester.ingest([folder], kind=Kind.COURSE, readers=frozenset({"instructors"}))
    document = catalogue.document(outcome.document_id)
    assert (document.kind, document.readers) == (Kind.COURSE, frozenset({"instructors"}))


def test_upload_is_known_by_its_name(ingester, catalogue, folder):
    temporary = folder / "upload-1"
    temporary.write_text(NOTICE, encoding="utf-8")
    [outcome] = ingester.ingest([temporary], names={temporary: "站点建设通知.txt"})
    assert outcome.path == "站点建设通知.txt"
    assert catalogue.version(outcome.document_id).file_name == "站点建设通知.txt"


def test_outcomes_are_reported_in_order_with_counts(ingester, folder):
    for number in range(300):
        (folder / f"{number:03}.txt").write_text(NOTICE.replace("两个", f"{number}个"), encoding="utf-8")
    seen: list[tuple[int, int]] = []
    outcomes = ingester.ingest([folder], on_outcome=lambda _, done, total: seen.append((done, total)))
    assert seen == [(number, 300) for number in range(1, 301)]
    assert [Path(outcome.path).stem for outcome in outcomes] == [f"{number:03}" for number in range(300)]


def test_a_missing_file_is_told_as_a_failure_beside_the_others(ingester, folder):
    (folder / "a.txt").write_text(NOTICE, encoding="utf-8")
    outcomes = ingester.ingest([folder / "a.txt", folder / "gone.txt"])
    assert [outcome.outcome for outcome in outcomes] == [Outcome.INDEXED, Outcome.FAILED]


def test_the_same_text_in_another_format_is_linked(ingester, folder):
    text = "".join(f"第{number}小组负责{number * 3}号楼的书屋，每周开放两次。\n\n" for number in range(30))
    (folder / "书屋.txt").write_text(text, encoding="utf-8")
    [first] = ingester.ingest([folder])
    (folder / "书屋.html").write_text(f"<body><p>{text.replace(chr(10), '</p><p>')}</p></body>", encoding="utf-8")
    (folder / "书屋修订.md").write_text(text.replace("第9小组", "第九小组教师"), encoding="utf-8")
    _, page, revised = sorted(ingester.ingest([folder]), key=lambda outcome: len(outcome.path))
    assert first.alike == ()
    [same] = [item for item in page.alike if item.same_text]
    assert (same.document_id, same.file_name, same.share) == (first.document_id, "书屋.txt", 1.0)
    assert all(0.8 < item.share < 1 and not item.same_text for item in revised.alike)
    assert first.document_id in {item.document_id for item in revised.alike}


def test_expand_walks_folders_and_leaves_hidden_files(folder):
    for name in ("b.txt", "a.txt", ".hidden", "sub/c.txt", ".git/d"):
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.touch()
    assert [str(path.relative_to(folder)) for path in expand([folder, folder / "a.txt"])] == [
        "a.txt",
        "b.txt",
        "sub/c.txt",
    ]


INGEST = """
import sys
from pathlib import Path
from corpus.catalogue import Catalogue
from corpus.originals import Originals
from ingest.service import Ingester
data, files = Path(sys.argv[1]), Path(sys.argv[2])
with Catalogue.open(f"sqlite:///{data / 'catalogue.sqlite3'}") as catalogue:
    Ingester(catalogue, Originals(data / "originals")).ingest(
        [files], on_outcome=lambda outcome, done, total: print(outcome.document_id, flush=True)
    )
"""


def test_killed_ingest_keeps_what_it_reported_and_is_completed_by_the_next(tmp_path, folder):
    for number in range(400):
        (folder / f"{number:03}.txt").write_text(NOTICE.replace("两个", f"{number}个"), encoding="utf-8")
    command = [sys.executable, "-c", INGEST, str(tmp_path), str(folder)]
    chance = random.Random(20240501)
    for _ in range(3):
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True)
        process.stdout.readline()
        time.sleep(chance.uniform(0, 0.3))
        os.killpg(process.pid, signal.SIGKILL)
        reported = process.stdout.read().split()
        process.wait()
        with Catalogue.open(f"sqlite:///{tmp_path / 'catalogue.sqlite3'}") as catalogue:
            for document_id in reported:
                version = catalogue.version(document_id)
                assert catalogue.passages_of(version.id)
    subprocess.run(command, check=True, capture_output=True)
    with Catalogue.open(f"sqlite:///{tmp_path / 'catalogue.sqlite3'}") as catalogue:
        assert catalogue.documents()[1] == 400


SYLLABUS = (
    "《楼院讲述》课程教学大纲\n英文名称：Telling in the Yard\n课程代码：LY2031\n学分：3\n一、课程简介\n本课程讲怎样讲。"
)


def test_a_file_is_read_anew_where_that_is_asked_for(ingester, catalogue, folder, monkeypatch):
    (folder / "大纲.txt").write_text(SYLLABUS, encoding="utf-8")
    with monkeypatch.context() as earlier:
        earlier.setattr("ingest.passages._CARD_FIELDS", frozenset({"title"}))  # As an earlier release cut it.
        [first] = ingester.ingest([folder])
    staff = frozenset({"instructors"})
    catalogue.update_document(first.document_id, readers=staff, title="楼院讲述大纲")
    assert [item.outcome for item in ingester.ingest([folder])] == [Outcome.UNCHANGED]

    [anew] = ingester.ingest([folder], reread=True)
    assert (anew.outcome, anew.document_id) == (Outcome.INDEXED, first.document_id)
    document = catalogue.document(first.document_id)
    assert (document.version, document.readers, document.title) == (2, staff, "楼院讲述大纲")
    texts = [passage.text for passage in catalogue.passages_of(catalogue.version(document.id).id)]
    assert any("学分：3" in text for text in texts)
    assert not any("学分：3" in passage.text for passage in catalogue.passages_of(catalogue.version(document.id, 1).id))

    assert [item.outcome for item in ingester.ingest([folder], reread=True)] == [Outcome.UNCHANGED]
    assert catalogue.document(document.id).version == 2


def test_originals_are_read_anew_without_the_files_that_they_came_from(
    ingester, catalogue, folder, monkeypatch, tmp_path
):
    (folder / "大纲.txt").write_text(SYLLABUS, encoding="utf-8")
    (folder / "通知.txt").write_text(NOTICE, encoding="utf-8")
    with monkeypatch.context() as earlier:
        earlier.setattr("ingest.passages._CARD_FIELDS", frozenset({"title"}))
        changed, same = ingester.ingest([folder])
    source = catalogue.document(changed.document_id).source
    for path in folder.iterdir():
        path.unlink()

    outcomes = {item.document_id: item.outcome for item in ingester.reread(catalogue.held_files())}
    assert outcomes == {changed.document_id: Outcome.INDEXED, same.document_id: Outcome.UNCHANGED}
    document = catalogue.document(changed.document_id)
    assert (document.version, document.source) == (2, source)
    assert catalogue.version(document.id).file_name == "大纲.txt"
    assert {item.outcome for item in ingester.reread(catalogue.held_files())} == {Outcome.UNCHANGED}

    catalogue.trash(same.document_id)
    Originals(tmp_path / "originals").path(catalogue.version(document.id).sha256).unlink()
    [lost] = ingester.reread(catalogue.held_files())
    assert lost.outcome not in {Outcome.INDEXED, Outcome.UNCHANGED}
    assert "重新入库" in lost.reason


def test_a_file_that_was_trashed_only_comes_back_when_it_is_read_anew(ingester, catalogue, folder, monkeypatch):
    (folder / "大纲.txt").write_text(SYLLABUS, encoding="utf-8")
    staff = frozenset({"curators"})
    [first] = ingester.ingest([folder], readers=staff)
    catalogue.trash(first.document_id)
    monkeypatch.setattr("ingest.passages._CARD_FIELDS", frozenset({"title"}))
    ingester.ingest([folder], reread=True)
    document = catalogue.document(first.document_id)
    assert (document.version, document.readers) == (1, staff)
