"""``lunku search`` and ``lunku ask``: in this process, or by the server that owns the index."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.markup import escape
from rich.text import Text

from api.cli.output import out, print_json, to_json
from api.library import Index, own_index, owner_groups
from api.registration import with_gap
from api.remote import Remote, find_server
from api.wording import cautions, model_note
from corpus.errors import EngineLocked, InvalidQuery
from corpus.settings import Settings, load_settings, parse_groups
from search.results import Mode, SearchFilters, SearchRequest

if TYPE_CHECKING:
    from search.searcher import Searcher


_own_to_the_end = partial(own_index, ending=True)
"""A command that has its result has nothing more to do with the index."""


def search(
    query: str,
    number: int,
    mode: str,
    filters: SearchFilters,
    groups: str | None,
    as_json: bool,
    data_dir: Path | None,
) -> None:
    """Search and print the hits."""
    request = SearchRequest(query, parse_mode(mode), filters, limit=number)
    given = {**asdict(filters), "q": query, "mode": mode, "limit": number}
    found = by_owner(
        load_settings(data_dir),
        groups,
        lambda searcher, readers: searcher.search(request, readers),
        lambda server: server.get("/search", given),
    )
    if as_json:
        print_json(found)
        return
    out.print(f"找到 {found['total']} 处，用时 {found['took_ms']:.0f} 毫秒")
    for number_, hit in enumerate(found["hits"], 1):
        _show_hit(number_, hit)


def ask(question: str, groups: str | None, as_json: bool, data_dir: Path | None) -> None:
    """Answer and print the sentences with their sources."""
    found = by_owner(
        load_settings(data_dir),
        groups,
        lambda searcher, readers: with_gap(
            searcher.gaps, question, searcher.answer(question, SearchFilters(), readers), readers, counted=True
        ),
        lambda server: server.post("/answers", {"question": question}),
    )
    if as_json:
        print_json(found)
        return
    if found["asked"]:
        out.print(escape(f"按“{found['asked']}”查找"), style="dim")
    citations: list[dict[str, Any]] = []
    for sentence in found["sentences"]:
        numbers = range(len(citations) + 1, len(citations) + len(sentence["citations"]) + 1)
        citations += sentence["citations"]
        out.print(escape(sentence["text"]) + escape("".join(f"[{number}]" for number in numbers)))
    if found["status"] == "abstained":
        out.print("[bold]未见直接依据[/bold]")
    if found["reason"]:
        out.print(escape(found["reason"]))
    if note := model_note(found["model"], found["withheld"]):
        out.print(escape(note), style="dim")
    if found["gap"] and found["gap"]["status"] == "closed":
        reply = [found["gap"]["note"], f"参见《{found['gap']['title']}》" if found["gap"]["title"] else ""]
        out.print(escape("资料管理员的答复：" + "　".join(part for part in reply if part)))
    for number, citation in enumerate(citations, 1):
        path = " › ".join([f"《{citation['title']}》", *citation["path"]])
        out.print(f"\\[{number}] {escape(path)}", style="dim")
        _show_cautions(citation)
    if found["nearest"]:
        out.print("\n最接近的段落：")
        for number, hit in enumerate(found["nearest"], 1):
            _show_hit(number, hit)


def by_owner(
    settings: Settings,
    groups: str | None,
    here: "Callable[[Searcher, frozenset[str]], Any]",
    there: Callable[[Remote], Any],
    own: Callable[[Settings], AbstractContextManager[Index]] = _own_to_the_end,
) -> Any:
    """The result as JSON values: by this process if it can own the index, else by the server that does."""
    named = None if groups is None else parse_groups(groups)
    try:
        with own(settings) as index:
            return to_json(here(index.searcher, named if named is not None else owner_groups(index.catalogue)))
    except EngineLocked:
        server = find_server(settings, named)
        if server is None:
            raise
        return there(server)


def parse_mode(text: str) -> Mode:
    """A mode by its name; raises ``InvalidQuery``."""
    if text not in set(Mode):
        raise InvalidQuery(f"没有“{text}”这种方式，可用：{'、'.join(Mode)}")
    return Mode(text)


def _show_hit(number: int, hit: dict[str, Any]) -> None:
    text = Text(hit["text"])
    for start, end in hit["highlights"]:
        text.stylize("bold yellow", start, end)
    out.print(f"\n[bold]{number}. {escape(hit['title'])}[/bold]")
    if hit["path"]:
        out.print(escape(" › ".join(hit["path"])), style="dim")
    out.print(text)
    out.print(escape(hit["citation"]), style="dim")
    _show_cautions(hit)


def _show_cautions(item: dict[str, Any]) -> None:
    for said in cautions(item["standing"], item["flags"], item["confidence"]):
        out.print(said, style="yellow")
