"""Sizes beyond which a file is not read."""

from pathlib import Path

from corpus.errors import DamagedFile

MAX_FILE_BYTES = 200 * 1024**2
MAX_TEXT_BYTES = 50 * 1024**2
MAX_PAGES = 5_000


def check_size(path: Path) -> int:
    """Size of the file in bytes.

    Raises:
        DamagedFile: empty, larger than ``MAX_FILE_BYTES``, not a regular file, or not there.
    """
    try:
        regular, size = path.is_file(), path.stat().st_size
    except OSError as error:
        raise DamagedFile(f"文件打不开（{error.strerror or error}）。请检查路径和权限。") from error
    if not regular:
        raise DamagedFile("不是普通文件，无法读取。")
    if size == 0:
        raise DamagedFile("文件是空的（0 字节）。请重新获取原件后再入库。")
    if size > MAX_FILE_BYTES:
        raise DamagedFile(
            f"文件有 {size // 1024**2} MB，超过单个文件 {MAX_FILE_BYTES // 1024**2} MB 的上限。请拆分后再入库。"
        )
    return size


def read_text_bytes(path: Path) -> bytes:
    """Content of a text file.

    Raises:
        DamagedFile: larger than ``MAX_TEXT_BYTES``.
    """
    if path.stat().st_size > MAX_TEXT_BYTES:
        raise DamagedFile(f"文本文件超过 {MAX_TEXT_BYTES // 1024**2} MB 的上限。请拆分后再入库。")
    return path.read_bytes()
