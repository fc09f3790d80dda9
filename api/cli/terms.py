"""``lunku terms``: the term base. A change is followed by the index at once, here or in the server that owns it."""

import time
from collections.abc import Sequence
from pathlib import Path

from rich.markup import escape
from rich.table import Table

from api import wording
from api.cli.ingesting import show_progress, wait_for_server
from api.cli.output import out, print_json
from api.library import open_index
from api.remote import find_server
from api.schemas import Page
from api.term_base import changed_term, find_candidates, new_term
from corpus.catalogue import Catalogue
from corpus.errors import EngineLocked
from corpus.settings import Settings, load_settings
from corpus.terms import Term, TermStatus

_POLL_SECONDS = 0.3


def list_terms(
    query: str, status: TermStatus | None, limit: int, offset: int, as_json: bool, data_dir: Path | None
) -> None:
    """Print a page of the term base."""
    with Catalogue.open(load_settings(data_dir).catalogue_url) as catalogue:
        found = catalogue.term_base().find(query, status)
    page = found[offset : offset + limit]
    if as_json:
        print_json(Page(page, len(found), limit, offset))
        return
    _print(page, f"共 {len(found)} 条")


def add(text: str, aliases: Sequence[str], category: str, as_json: bool, data_dir: Path | None) -> None:
    """Add a term."""
    term = new_term(text, aliases, category)
    settings = load_settings(data_dir)
    with Catalogue.open(settings.catalogue_url) as catalogue:
        catalogue.put_terms([term])
        _follow(settings, catalogue)
    _report([term], as_json)


def decide(texts: Sequence[str], status: TermStatus, as_json: bool, data_dir: Path | None) -> None:
    """Accept or reject terms."""
    settings = load_settings(data_dir)
    with Catalogue.open(settings.catalogue_url) as catalogue:
        changed = [changed_term(catalogue, text, status) for text in texts]
        _follow(settings, catalogue)
    _report(changed, as_json)


def discover(as_json: bool, data_dir: Path | None) -> None:
    """Look for candidates."""
    with Catalogue.open(load_settings(data_dir).catalogue_url) as catalogue:
        found = find_candidates(catalogue)
    if as_json:
        print_json({"candidates": found})
    else:
        _print(found, f"新增候选 {len(found)} 条。请用 lunku terms accept 或 reject 逐条审定")


def _follow(settings: Settings, catalogue: Catalogue) -> None:
    """Have the index follow, here or in the server that owns it."""
    try:
        with open_index(settings, catalogue) as index:
            index.indexer.index_pending()
    except EngineLocked:
        if find_server(settings) is None:
            raise
        names = catalogue.term_base().accepted.folded_names
        while not catalogue.is_cut_by(names) and find_server(settings):
            time.sleep(_POLL_SECONDS)
        with show_progress() as progress:
            wait_for_server(settings, catalogue, progress)


def _report(terms: Sequence[Term], as_json: bool) -> None:
    if as_json:
        print_json({"terms": terms})
        return
    for term in terms:
        out.print(f"{wording.TERM_STATES[term.status]}：{escape(term.text)}")


def _print(terms: Sequence[Term], title: str) -> None:
    table = Table("术语", "别名", "分类", "状态", "来源", "次数", title=title)
    for term in terms:
        cells = (term.text, "、".join(term.aliases), term.category)
        state, source = wording.TERM_STATES[term.status], wording.TERM_SOURCES[term.source]
        table.add_row(*map(escape, cells), state, source, str(term.occurrences or ""))
    out.print(table)
