"""``lunku serve`` and ``lunku demo``."""

from collections import Counter
from pathlib import Path

from api.cli.ingesting import SUCCEEDED, ingest_and_index, rebuild_if_outdated
from api.cli.output import err, out, print_json
from api.haystack_import import import_haystack
from corpus import samples
from corpus.records import Outcome
from corpus.settings import DEMO_GROUPS, Settings, load_settings

SAMPLES = Path(samples.__file__).parent / "files"

TRY_SEARCHES = ("点单派单", "“志愿服务记录”", "松宣发〔2023〕8号")
TRY_QUESTIONS = (
    "星级志愿者是怎样认定的？",
    "百姓名嘴队伍建设的目标是什么？",
    "宣讲员接到派单以后，几个工作日内要确认？",
)


def run(host: str | None, port: int | None, as_json: bool, data_dir: Path | None) -> None:
    """Serve until interrupted."""
    _serve(_with_address(load_settings(data_dir), host, port), as_json)


def demo(no_serve: bool, port: int | None, as_json: bool, data_dir: Path | None) -> bool:
    """Ingest the samples, say what to try, and serve them to every demo group; whether every file succeeded."""
    settings = load_settings(data_dir).model_copy(update={"anonymous_groups": DEMO_GROUPS})
    settings = _with_address(settings, None, port)
    rebuild_if_outdated(settings)
    outcomes = ingest_and_index(settings, [SAMPLES], show_outcomes=False)
    counts = Counter(item.outcome for item in outcomes)
    succeeded = all(item.outcome in SUCCEEDED for item in outcomes)
    if as_json:
        print_json({"files": outcomes, "summary": dict(counts)})
    else:
        _print_suggestions(settings, len(outcomes), counts[Outcome.UNCHANGED])
        for item in outcomes:
            if item.outcome not in SUCCEEDED:
                err.print(f"[red]{item.path}[/red]：{item.reason}")
    if not no_serve:
        _serve(settings, as_json)
    return succeeded


def _print_suggestions(settings: Settings, total: int, unchanged: int) -> None:
    out.print(f"样例已就绪：{total} 份文献（其中 {unchanged} 份此前已入库）。")
    out.print(f"\n网页：http://{settings.host}:{settings.port}/　可以试试检索：")
    for text in TRY_SEARCHES:
        out.print(f"  lunku search '{text}' --data-dir {settings.data_dir}")
    out.print("\n或者提问：")
    for text in TRY_QUESTIONS:
        out.print(f"  lunku ask '{text}' --data-dir {settings.data_dir}")
    out.print("\n样例服务让未登录的请求拥有全部演示组，只供本机试用。")


def _serve(settings: Settings, as_json: bool) -> None:
    import_haystack()
    from api.serving import serve

    def announce(url: str) -> None:
        if as_json:
            print_json({"url": url})
        else:
            out.print(f"论库已启动：{url}　按 Ctrl+C 停止")

    serve(settings, announce)


def _with_address(settings: Settings, host: str | None, port: int | None) -> Settings:
    given = {"host": host, "port": port}
    return settings.model_copy(update={name: value for name, value in given.items() if value is not None})
