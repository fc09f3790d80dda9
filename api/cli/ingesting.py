"""``lunku ingest`` and ``lunku reindex``."""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from api import wording
from api.cli.output import err, out, print_json
from api.haystack_import import import_haystack
from api.index_process import LONG_INGEST, indexing_alongside
from api.library import open_index
from api.remote import find_server
from corpus.catalogue import Catalogue
from corpus.errors import EngineLocked, IndexMismatch, InvalidSetting
from corpus.originals import Originals
from corpus.records import Kind, Outcome
from corpus.settings import Settings, load_settings, parse_readers
from ingest.outcomes import FileOutcome

SUCCEEDED = {Outcome.INDEXED, Outcome.UNCHANGED, Outcome.SKIPPED}

_POLL_SECONDS = 0.3


def run(
    paths: Sequence[Path], kind: Kind | None, readers: str | None, reread: bool, as_json: bool, data_dir: Path | None
) -> bool:
    """Ingest and index; whether every file succeeded."""
    named = None if readers is None else parse_readers(readers)
    if named is not None and not named:
        raise InvalidSetting("--readers 没有写出组名，例如 --readers instructors,researchers")
    if not paths and (kind or named):
        raise InvalidSetting("重读库中已有的文件时，类别与可见范围保持不变。要改，请用 lunku documents set 或写出文件")
    settings = load_settings(data_dir)
    outcomes = ingest_and_index(settings, paths, kind, named, reread=reread, show_outcomes=not as_json)
    if as_json:
        print_json({"files": outcomes, "summary": dict(Counter(item.outcome for item in outcomes))})
    return all(item.outcome in SUCCEEDED for item in outcomes)


def ingest_and_index(
    settings: Settings,
    paths: Sequence[Path],
    kind: Kind | None = None,
    readers: frozenset[str] | None = None,
    *,
    reread: bool = False,
    show_outcomes: bool,
) -> list[FileOutcome]:
    """Ingest the paths, or without any read the library's own originals anew; then bring the index up to date. Progress
    on stderr."""
    import_haystack()
    from ingest.service import Ingester, expand

    started = time.perf_counter()
    with Catalogue.open(settings.catalogue_url, mapped=False) as catalogue, show_progress() as progress:
        task = progress.add_task("入库", total=None)

        def show(outcome: FileOutcome, done: int, total: int) -> None:
            progress.update(task, completed=done, total=total)
            if show_outcomes and outcome.outcome is not Outcome.UNCHANGED:
                progress.console.print(_line(outcome))

        files = expand(paths)
        held = [] if paths else catalogue.held_files()
        alongside = len(files) + len(held) >= LONG_INGEST and find_server(settings) is None
        with ExitStack() as beside:
            if alongside:
                tell = beside.enter_context(index_bars(progress, many=0))
                beside.enter_context(indexing_alongside(settings, catalogue, tell))
            ingester = Ingester(catalogue, Originals(settings.originals_dir))
            if paths:
                outcomes = ingester.ingest(files, kind=kind, readers=readers, reread=reread, on_outcome=show)
            else:
                outcomes = ingester.reread(held, show)
        _index(settings, catalogue, progress)
    if show_outcomes:
        counts = Counter(item.outcome for item in outcomes)
        parts = "，".join(f"{wording.OUTCOMES[name]} {counts[name]}" for name in wording.OUTCOMES if counts[name])
        out.print(
            f"共 {len(outcomes)} 个文件：{parts or '没有可入库的文件'}。用时 {time.perf_counter() - started:.1f} 秒"
        )
    return outcomes


def reindex(as_json: bool, data_dir: Path | None) -> None:
    """Drop the index and build it again from the catalogue."""
    settings = load_settings(data_dir)
    if find_server(settings):
        raise InvalidSetting("服务正在使用索引。请先停止 lunku serve，再重建索引")
    count = rebuild(settings)
    if as_json:
        print_json({"indexed": count})
    else:
        out.print(f"索引已重建：{count} 份文献")


def rebuild_if_outdated(settings: Settings) -> None:
    """Rebuild an index that an earlier program built. For the demo alone, which is to start after every update; a
    library's index is rebuilt when its owner says so."""
    if settings.index_dir.exists() and not find_server(settings):
        try:
            with Catalogue.open(settings.catalogue_url) as catalogue, open_index(settings, catalogue):
                return
        except IndexMismatch:
            err.print("程序已更新，正在重建样例索引")
            rebuild(settings)


def rebuild(settings: Settings) -> int:
    """Drop the index and build it again, with progress on stderr; the number of versions in it."""
    with (
        Catalogue.open(settings.catalogue_url) as catalogue,
        open_index(settings, catalogue, rebuilding=True) as index,
        show_progress() as progress,
        index_bars(progress) as tell,
    ):
        return index.indexer.rebuild(tell)


def _index(settings: Settings, catalogue: Catalogue, progress: Progress) -> None:
    """Index what is pending: here, or in the server that owns the index."""
    if not catalogue.pending_count():
        return
    try:
        with open_index(settings, catalogue) as index, index_bars(progress) as tell:
            index.indexer.index_pending(tell)
    except EngineLocked:
        if find_server(settings) is None:
            raise
        wait_for_server(settings, catalogue, progress)


def wait_for_server(settings: Settings, catalogue: Catalogue, progress: Progress) -> None:
    """Wait until the server's background indexer has caught up."""
    server = find_server(settings)
    total = catalogue.pending_count()
    task = progress.add_task("索引（由服务完成）", total=total)
    while pending := catalogue.pending_count():
        progress.update(task, completed=max(total - pending, 0))
        if server is None:
            raise EngineLocked("服务在索引完成前停止。文献已入库，请重新启动 lunku serve，索引会自动补齐")
        server.get("/health/ready")
        time.sleep(_POLL_SECONDS)
        server = find_server(settings)
    progress.update(task, completed=total)


@contextmanager
def index_bars(progress: Progress, many: int = LONG_INGEST) -> Iterator[Callable[[int, int], None]]:
    """A bar for the versions that are indexed. Once all are, of ``many`` or more, a second one says that the index is
    being completed, which takes up to a minute and tells nothing meanwhile."""
    tell = advance(progress, "索引")
    completing = progress.add_task("整理索引", start=False, total=None, visible=False)

    def show(done: int, total: int) -> None:
        tell(done, total)
        if done >= total >= many:
            progress.start_task(completing)
            progress.update(completing, visible=True)
            progress.refresh()

    yield show
    progress.update(completing, total=1, completed=1)


def advance(progress: Progress, title: str) -> Callable[[int, int], None]:
    """A bar, as something that is told how much is done of how much."""
    task = progress.add_task(title, total=None)
    return lambda done, total: progress.update(task, completed=done, total=total)


def _line(outcome: FileOutcome) -> str:
    colour = "green" if outcome.outcome in SUCCEEDED else "red"
    reason = f"：{escape(outcome.reason)}" if outcome.reason else ""
    for (title, how), number in Counter((item.title, wording.alike(item)) for item in outcome.alike).items():
        reason += f"；与《{escape(title)}》{f'（{number} 份）' if number > 1 else ''}{how}"
    return f"[{colour}]{wording.OUTCOMES[outcome.outcome]}[/{colour}] {escape(outcome.path)}{reason}"


def show_progress() -> Progress:
    """A progress display on stderr."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    return Progress(*columns, console=err)
