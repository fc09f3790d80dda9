"""``lunku gaps``: needs the catalogue alone, and so runs beside a server."""

from pathlib import Path

from rich.markup import escape
from rich.table import Table

from api import wording
from api.cli.output import out, print_json
from api.schemas import Page
from corpus.catalogue import Catalogue, GapStatus
from corpus.days import CHINA
from corpus.errors import InputError
from corpus.settings import load_settings


def list_gaps(closed: bool, limit: int, offset: int, as_json: bool, data_dir: Path | None) -> None:
    """Print a page of the register."""
    status = GapStatus.CLOSED if closed else GapStatus.OPEN
    with _open(data_dir) as catalogue:
        found, total = catalogue.gaps(status, limit=limit, offset=offset)
    if as_json:
        print_json(Page(found, total, limit, offset))
        return
    out.print(f"{wording.GAP_STATES[status]} {total} 个")
    for gap in found:
        counted = ((name, gap.counts[cause]) for cause, name in wording.GAP_CAUSES.items())
        causes = "，".join(f"{name} {count} 次" for name, count in counted if count)
        out.print(f"\n[bold]{escape(gap.wordings[0])}[/bold]")
        for other in gap.wordings[1:]:
            out.print(f"又问：{escape(other)}")
        if gap.note:
            out.print(f"答复：{escape(gap.note)}")
        out.print(f"{gap.id}　{causes}，最近 {gap.asked_at.astimezone(CHINA):%Y-%m-%d}", style="dim")


def close(identifier: str, note: str, document: str | None, as_json: bool, data_dir: Path | None) -> None:
    """Close a gap."""
    if not note.strip() and document is None:
        raise InputError("请用 --note 写明答复，或用 --document 指定文献")
    with _open(data_dir) as catalogue:
        gap = catalogue.close_gap(identifier, note.strip(), document)
    if as_json:
        print_json(gap)
    else:
        out.print(f"已答复：{escape(gap.wordings[0])}")


def list_accepted(limit: int, offset: int, as_json: bool, data_dir: Path | None) -> None:
    """Print a page of the accepted pairs."""
    with _open(data_dir) as catalogue:
        found, total = catalogue.accepted_pairs(limit=limit, offset=offset)
    if as_json:
        print_json(Page(found, total, limit, offset))
        return
    table = Table("问题", "段落标识", "次数", title=f"共 {total} 对")
    for pair in found:
        table.add_row(escape(pair.question), pair.passage_id, str(pair.count))
    out.print(table)


def _open(data_dir: Path | None) -> Catalogue:
    return Catalogue.open(load_settings(data_dir).catalogue_url)
