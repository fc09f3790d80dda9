import os
import stat
import threading

import pytest

from corpus.errors import NotFound, StorageError
from corpus.identifiers import content_hash
from corpus.originals import Originals


def test_stored_bytes_come_back_by_hash(tmp_path):
    originals = Originals(tmp_path / "originals")
    sha256 = originals.store("原件\x00内容".encode())
    assert sha256 == content_hash("原件\x00内容".encode())
    assert sha256 in originals
    assert originals.read(sha256) == "原件\x00内容".encode()
    with originals.open(sha256) as stream:
        assert stream.read(6) == "原件".encode()


def test_equal_bytes_are_stored_once_and_leave_no_temporary_file(tmp_path):
    originals = Originals(tmp_path)
    assert originals.store(b"a") == originals.store(b"a")
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert [path.relative_to(tmp_path).as_posix() for path in files] == [
        f"{content_hash(b'a')[0]}/{content_hash(b'a')}"
    ]


def test_an_original_of_an_earlier_release_is_found_where_it_lies_and_not_stored_again(tmp_path):
    sha256 = content_hash(b"a")
    place = tmp_path / sha256[:2] / sha256[2:4] / sha256
    place.parent.mkdir(parents=True)
    place.write_bytes(b"a")
    originals = Originals(tmp_path)
    assert sha256 in originals
    assert originals.store(b"a") == sha256
    assert originals.read(sha256) == b"a"
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [place]


def test_a_batch_waits_for_each_of_its_files_and_the_directories_that_name_them(tmp_path, monkeypatch):
    synced = []
    fsync = os.fsync

    def recorded(descriptor):
        synced.append((os.fstat(descriptor).st_ino, len([*tmp_path.rglob("[0-9a-f]*/[0-9a-f]*")])))
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", recorded)
    originals = Originals(tmp_path)
    with originals.batch() as batch:
        hashes = [batch.add(bytes([number])) for number in range(40)]
    places = [tmp_path / sha256[0] / sha256 for sha256 in hashes]
    files, folders = synced[:40], synced[40:]
    assert {inode for inode, _ in files} == {place.stat().st_ino for place in places}
    assert {named for _, named in files} == {0}
    assert {inode for inode, _ in folders} == {
        folder.stat().st_ino for folder in {tmp_path, *(item.parent for item in places)}
    }
    assert {named for _, named in folders} == {40}


@pytest.mark.parametrize("name", ["../../etc/passwd", "", "abc", "A" * 64, "/" * 64, "a" * 63 + "\n"])
def test_only_hashes_name_an_original(tmp_path, name):
    originals = Originals(tmp_path)
    with pytest.raises(NotFound):
        originals.open(name)
    with pytest.raises(NotFound):
        _ = name in originals


def test_a_missing_original_says_what_to_do(tmp_path):
    with pytest.raises(NotFound, match="重新入库"):
        Originals(tmp_path).read("0" * 64)


def test_a_directory_that_cannot_be_written_is_a_storage_error(tmp_path):
    (tmp_path / "originals").write_text("a file stands where the directory should be")
    with pytest.raises(StorageError, match="无法写入"):
        Originals(tmp_path / "originals").store(b"a")


def test_writers_of_the_same_bytes_do_not_disturb_each_other(tmp_path):
    originals = Originals(tmp_path)
    data = b"x" * 100_000
    threads = [threading.Thread(target=originals.store, args=(data,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert originals.read(content_hash(data)) == data
    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == 1


def test_originals_are_private_to_the_owner(tmp_path):
    originals = Originals(tmp_path)
    with originals.open(originals.store(b"a")) as stream:
        mode = stat.S_IMODE((tmp_path / stream.name).stat().st_mode)
    assert mode & 0o077 == 0


def test_a_batch_keeps_all_its_files_in_order(tmp_path):
    originals = Originals(tmp_path)
    contents = [bytes([number]) * 10 for number in range(100)]
    with originals.batch() as batch:
        hashes = [batch.add(data) for data in [*contents, contents[0]]]
    assert hashes == list(map(content_hash, [*contents, contents[0]]))
    assert [originals.read(sha256) for sha256 in hashes[:-1]] == contents
    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == 100


def test_a_batch_that_fails_leaves_nothing(tmp_path):
    originals = Originals(tmp_path)
    with pytest.raises(RuntimeError), originals.batch() as batch:
        sha256 = batch.add(b"a")
        raise RuntimeError
    assert sha256 not in originals
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
