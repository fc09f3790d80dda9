"""Checks of one installation: what is wrong, and what to do about it."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from enum import StrEnum

from api.library import open_index
from api.remote import find_server
from corpus.catalogue import Catalogue
from corpus.errors import EngineLocked, LunkuError
from corpus.settings import Settings, unknown_variables
from ingest.conversion import find_libreoffice

LOW_DISK_BYTES = 1024**3
"""Below this much free space an ingest may fail half-way."""


class Level(StrEnum):
    """How bad a finding is."""

    OK = "ok"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of one check. ``fix`` says what to do when something is wrong."""

    check: str
    level: Level
    detail: str
    fix: str | None = None


def diagnose(settings: Settings) -> Iterator[Finding]:
    """Run every check; a later one is left out where an earlier one makes it meaningless."""
    yield from _environment()
    yield _libreoffice()
    storage = _data_directory(settings)
    yield storage
    if storage.level is Level.ERROR:
        return
    yield _disk(settings)
    with ExitStack() as stack:
        try:
            catalogue = stack.enter_context(Catalogue.open(settings.catalogue_url))
        except LunkuError as error:
            yield Finding("目录库", Level.ERROR, error.detail, "检查 LUNKU_DATABASE_URL；若由新版本建立，请升级论库")
            return
        total = catalogue.documents(limit=1)[1]
        yield Finding("目录库", Level.OK, f"可以打开，结构为最新；{total} 份文献")
        yield _model(settings)
        yield _index(settings, catalogue)
        yield _pending(catalogue)


def _environment() -> Iterator[Finding]:
    unknown = unknown_variables()
    if unknown:
        names = "、".join(unknown)
        yield Finding("环境变量", Level.WARNING, f"没有这些设置：{names}", "改正拼写，或删去这些变量")
    else:
        yield Finding("环境变量", Level.OK, "没有不认识的 LUNKU_ 变量")


def _libreoffice() -> Finding:
    found = find_libreoffice()
    if found:
        return Finding("LibreOffice", Level.OK, f"{found}，可读 doc、wps、rtf、odt、ppt、dps")
    fix = "apt install libreoffice-writer libreoffice-impress，或到 LibreOffice 网站下载安装"
    return Finding("LibreOffice", Level.WARNING, "没有找到，doc、wps、rtf、odt、ppt、dps 读不了", fix)


def _data_directory(settings: Settings) -> Finding:
    try:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=settings.data_dir):
            pass
    except OSError as error:
        detail = f"{settings.data_dir} 无法写入：{error.strerror}"
        return Finding("数据目录", Level.ERROR, detail, "改用有写权限的目录（--data-dir 或 LUNKU_DATA_DIR）")
    return Finding("数据目录", Level.OK, f"{settings.data_dir.resolve()} 可写")


def _disk(settings: Settings) -> Finding:
    free = shutil.disk_usage(settings.data_dir).free
    detail = f"剩余 {free / 1024**3:.1f} GB"
    if free < LOW_DISK_BYTES:
        return Finding("磁盘空间", Level.WARNING, detail, "清理磁盘，或把数据目录移到更大的分区")
    return Finding("磁盘空间", Level.OK, detail)


def _model(settings: Settings) -> Finding:
    from search.embedding import open_embedder

    def load() -> str:
        embedder = open_embedder(settings)
        embedder.embed_query("试运行")
        adapted = settings.adapted_model_dir.is_dir()
        name = settings.embedding_model or ("按馆藏改进的自带模型" if adapted else "自带模型")
        return f"{name}可用，{embedder.dimensions} 维"

    return _attempt("语义模型", load, "检查 LUNKU_EMBEDDING_MODEL；删去它即用自带模型")


def _index(settings: Settings, catalogue: Catalogue) -> Finding:
    def load() -> str:
        try:
            with open_index(settings, catalogue):
                return "可以打开，与当前分词、术语表、模型一致"
        except EngineLocked:
            if find_server(settings) is None:
                raise
            return "由正在运行的服务使用"

    return _attempt("索引", load, "若提示不一致，运行 lunku reindex；若被占用，先结束占用它的进程")


def _pending(catalogue: Catalogue) -> Finding:
    pending = catalogue.pending_count()
    if pending:
        fix = "运行 lunku serve 或再次 lunku ingest，索引会自动补齐"
        return Finding("待索引", Level.WARNING, f"{pending} 个版本尚未反映到索引", fix)
    return Finding("待索引", Level.OK, "索引与目录库一致")


def _attempt(check: str, load: Callable[[], str], fix: str) -> Finding:
    try:
        return Finding(check, Level.OK, load())
    except LunkuError as error:
        return Finding(check, Level.ERROR, error.detail, fix)
