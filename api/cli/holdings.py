"""``lunku documents`` and ``lunku terms``: what needs the catalogue alone, and so runs beside a server."""

from pathlib import Path

from rich.markup import escape
from rich.table import Table

from api import wording
from api.cli.output import out, print_json
from api.schemas import DocumentDetail, DocumentSummary, Page
from corpus.catalogue import Catalogue
from corpus.records import Kind, Status
from corpus.settings import load_settings, parse_groups
from corpus.terms import TermBase


def list_documents(
    query: str,
    kind: Kind | None,
    status: Status,
    limit: int,
    offset: int,
    groups: str | None,
    as_json: bool,
    data_dir: Path | None,
) -> None:
    """Print a page of the list."""
    with _open(data_dir) as catalogue:
        found, total = catalogue.documents(
            _groups(groups), kind=kind, query=query or None, status=status, limit=limit, offset=offset
        )
    if as_json:
        print_json(Page([DocumentSummary.of(document) for document in found], total, limit, offset))
        return
    table = Table("标识", "类别", "标题", "日期", "可见范围", title=f"共 {total} 份")
    for document in found:
        date = str(document.issued_on or document.year or "")
        readers = "、".join(wording.GROUPS.get(name, name) for name in sorted(document.readers))
        table.add_row(document.id, wording.KINDS[document.kind], escape(document.title), date, readers)
    out.print(table)


def show(identifier: str, groups: str | None, as_json: bool, data_dir: Path | None) -> None:
    """Print a document's fields and outline."""
    readers = _groups(groups)
    with _open(data_dir) as catalogue:
        document = catalogue.document(identifier, readers)
        version = catalogue.version(document.id)
    detail = DocumentDetail.of(document, version, readers)
    if as_json:
        print_json(detail)
        return
    out.print(f"[bold]{escape(document.title)}[/bold]（{wording.KINDS[document.kind]}，第 {document.version} 版）")
    for field in detail.fields:
        value = "、".join(field.value) if isinstance(field.value, list) else str(field.value)
        out.print(f"  {wording.FIELDS.get(field.name, field.name)}：{escape(value)}")
    for section in detail.sections:
        out.print("  " * section.level + escape(section.heading), style="dim")


def report(identifier: str, groups: str | None, as_json: bool, data_dir: Path | None) -> None:
    """Print how a document was read."""
    with _open(data_dir) as catalogue:
        found = catalogue.version(catalogue.document(identifier, _groups(groups)).id).report
    if as_json:
        print_json(found)
        return
    if found.integrity:
        proof = found.integrity
        out.print("原文一字未失" if proof.holds else f"有 {proof.missing} 字未能归位，{proof.duplicated} 字重复")
        out.print(
            f"原件 {proof.original} 字：正文 {proof.in_passages}，著录 {proof.in_fields}，移除 {proof.in_removals}"
        )
    for repair in found.repairs:
        out.print(f"修复：{escape(repair.note or repair.kind)}，原为 {escape(repr(repair.original))}")
    for removal in found.removals:
        where = f"（第 {removal.page} 页）" if removal.page else ""
        out.print(f"移除{where}：{escape(removal.original)}")
    for warning in found.warnings:
        out.print(f"提示：{escape(warning)}")


def set_status(identifier: str, status: Status, as_json: bool, data_dir: Path | None) -> None:
    """Trash or restore a document."""
    with _open(data_dir) as catalogue:
        change = catalogue.trash if status is Status.TRASHED else catalogue.restore
        document = change(identifier)
    if as_json:
        print_json(DocumentSummary.of(document))
    else:
        out.print(f"{'已移入回收站' if status is Status.TRASHED else '已恢复'}：{escape(document.title)}")


def list_terms(query: str, limit: int, offset: int, as_json: bool, _data_dir: Path | None) -> None:
    """Print a page of the term base, which comes with the program."""
    found = TermBase.load().find(query)
    page = found[offset : offset + limit]
    if as_json:
        print_json(Page(page, len(found), limit, offset))
        return
    table = Table("术语", "别名", "分类", title=f"共 {len(found)} 条")
    for term in page:
        table.add_row(escape(term.text), escape("、".join(term.aliases)), escape(term.category))
    out.print(table)


def _open(data_dir: Path | None) -> Catalogue:
    return Catalogue.open(load_settings(data_dir).catalogue_url)


def _groups(text: str | None) -> frozenset[str] | None:
    return None if text is None else parse_groups(text)
