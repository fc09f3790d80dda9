"""``lunku documents``: what needs the catalogue alone, and so runs beside a server."""

import getpass
from pathlib import Path

from rich.markup import escape
from rich.table import Table

from api import wording
from api.cli.output import out, print_json
from api.reporting import DocumentReport, Source, report_on
from api.schemas import DocumentDetail, DocumentSummary, Page
from corpus.catalogue import Catalogue
from corpus.errors import InvalidField
from corpus.records import Document, Kind, Status
from corpus.settings import load_settings, parse_groups


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
    readers = _groups(groups)
    with _open(data_dir) as catalogue:
        found = report_on(catalogue, catalogue.document(identifier, readers), readers)
    if as_json:
        print_json(found)
        return
    kind = f"{wording.KINDS[found.kind]}（{'，'.join(found.kind_reasons)}）"
    out.print(f"[bold]{escape(found.title)}[/bold]（第 {found.version} 版）：{escape(kind)}")
    _print_fields(found)
    if found.integrity:
        proof = found.integrity
        out.print("原文一字未失" if proof.holds else f"有 {proof.missing} 字未能归位，{proof.duplicated} 字重复")
        out.print(
            f"原件 {proof.original} 字：正文 {proof.in_passages}，著录 {proof.in_fields}，移除 {proof.in_removals}"
        )
    for repair in found.repairs:
        out.print(f"修复：{escape(repair.note or repair.kind)}　{escape(repair.before)} → {escape(repair.after)}")
    for removal in found.removals:
        where = f"（第 {removal.page} 页）" if removal.page else ""
        out.print(f"移除{where}：{escape(removal.original)}")
    if found.ocr_pages:
        out.print(f"文字识别的页：{'、'.join(map(str, found.ocr_pages))}")
    for other in found.alike:
        out.print(f"{wording.alike(other)}：{escape(other.title)}（{escape(other.file_name)}，{other.document_id}）")
    for warning in found.warnings:
        out.print(f"提示：{escape(warning)}")
    out.print(f"读取与整理用时 {wording.duration(found.seconds)}")


def _print_fields(found: DocumentReport) -> None:
    table = Table()
    for name in ("著录项", "值", "把握", "出处"):
        table.add_column(name, overflow="fold")  # Chinese has no blanks: the default would cut a value short
    for field in found.fields:
        value = "；".join(field.value) if isinstance(field.value, list) else str(field.value)
        place = "人工更正" if field.corrected else "" if not field.sources else _place(field.sources[0])
        table.add_row(field.label, escape(value), f"{field.confidence:.0%}", escape(place))
    out.print(table)
    if found.missing_fields:
        out.print(f"未找到：{'、'.join(wording.FIELDS.get(name, name) for name in found.missing_fields)}")
    for item in found.corrections:
        value = wording.plain(item.value) if item.value is not None else "（无）"
        undone = f"，已由{item.undone_by or '不详'}撤销" if item.undone_at else ""
        name = wording.CORRECTABLE.get(item.name, item.name)
        out.print(f"更正 {item.id}：{name} → {escape(value)}（{item.author or '不详'}{undone}）")


def _place(source: Source) -> str:
    page = f"第 {source.page} 页，" if source.page else ""
    return f"{page}第 {source.paragraph} 段：{source.text}"


def set_fields(
    identifier: str, assignments: list[str], author: str | None, as_json: bool, data_dir: Path | None
) -> None:
    """Set fields by hand."""
    changes: dict[str, str | None] = {}
    for assignment in assignments:
        name, found, value = assignment.partition("=")
        if not found:
            raise InvalidField(f"“{assignment}”没有写成 著录项=值，例如 issued_on=2024-03-05；等号后留空表示没有这一项")
        changes[_FIELD_OF_NAME.get(name.strip(), name.strip())] = value or None
    with _open(data_dir) as catalogue:
        document = catalogue.update_document(identifier, fields=changes, author=author or _user())
    _print_changed("已更正", document, as_json)


def undo(identifier: str, correction: int, author: str | None, as_json: bool, data_dir: Path | None) -> None:
    """Take a correction back."""
    with _open(data_dir) as catalogue:
        document = catalogue.undo_correction(identifier, correction, author or _user())
    _print_changed("已撤销", document, as_json)


_FIELD_OF_NAME = {label: name for name, label in wording.CORRECTABLE.items()}


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user without a name
        return "命令行"


def _print_changed(done: str, document: Document, as_json: bool) -> None:
    if as_json:
        print_json(DocumentSummary.of(document))
    else:
        out.print(f"{done}：{escape(document.title)}")


def set_status(identifier: str, status: Status, as_json: bool, data_dir: Path | None) -> None:
    """Trash or restore a document."""
    with _open(data_dir) as catalogue:
        change = catalogue.trash if status is Status.TRASHED else catalogue.restore
        document = change(identifier)
    _print_changed("已移入回收站" if status is Status.TRASHED else "已恢复", document, as_json)


def _open(data_dir: Path | None) -> Catalogue:
    return Catalogue.open(load_settings(data_dir).catalogue_url)


def _groups(text: str | None) -> frozenset[str] | None:
    return None if text is None else parse_groups(text)
