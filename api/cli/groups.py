"""The commands over documents, terms and gaps, and their options, as in ``api.cli.app``."""

from typing import Annotated

import typer

from api.cli.output import AsOption, DataDirOption, JsonOption, KindOption
from corpus.records import Status
from corpus.terms import TermStatus

documents = typer.Typer(help="查看与管理文献。", no_args_is_help=True)
terms = typer.Typer(help="查看与管理提法库。", no_args_is_help=True)
gaps = typer.Typer(help="查看与答复待补问题。", no_args_is_help=True)


@documents.command("list")
def documents_list(
    query: Annotated[str, typer.Argument(help="标题、发文字号或课题编号中的文字")] = "",
    kind: KindOption = None,
    trashed: Annotated[bool, typer.Option("--trashed", help="只看回收站")] = False,
    limit: Annotated[int, typer.Option(min=1, max=1000)] = 50,
    offset: Annotated[int, typer.Option(min=0)] = 0,
    groups: AsOption = None,
    as_json: JsonOption = False,
    data_dir: DataDirOption = None,
) -> None:
    """列出文献。"""
    from api.cli.holdings import list_documents

    status = Status.TRASHED if trashed else Status.ACTIVE
    list_documents(query, kind, status, limit, offset, groups, as_json, data_dir)


Identifier = Annotated[str, typer.Argument(metavar="ID", help="文献标识")]


@documents.command("show")
def documents_show(
    identifier: Identifier, groups: AsOption = None, as_json: JsonOption = False, data_dir: DataDirOption = None
) -> None:
    """显示一份文献的著录与目录。"""
    from api.cli.holdings import show

    show(identifier, groups, as_json, data_dir)


@documents.command("report")
def documents_report(
    identifier: Identifier, groups: AsOption = None, as_json: JsonOption = False, data_dir: DataDirOption = None
) -> None:
    """显示入库体检：类别与理由、著录项及出处、修复、移除、完整性证明和更正。"""
    from api.cli.holdings import report

    report(identifier, groups, as_json, data_dir)


AuthorOption = Annotated[
    str | None, typer.Option("--by", metavar="NAME", help="更正人；缺省为当前系统用户", show_default=False)
]


@documents.command("set")
def documents_set(
    identifier: Identifier,
    assignments: Annotated[list[str], typer.Argument(metavar="著录项=值...", help="如 issued_on=2024-03-05")],
    author: AuthorOption = None,
    as_json: JsonOption = False,
    data_dir: DataDirOption = None,
) -> None:
    """更正著录项、标题、类别或可见范围；重新入库和新版本不会覆盖。"""
    from api.cli.holdings import set_fields

    set_fields(identifier, assignments, author, as_json, data_dir)


@documents.command("undo")
def documents_undo(
    identifier: Identifier,
    correction: Annotated[int, typer.Argument(metavar="NUMBER", help="更正的编号，见 documents report")],
    author: AuthorOption = None,
    as_json: JsonOption = False,
    data_dir: DataDirOption = None,
) -> None:
    """撤销一次更正。"""
    from api.cli.holdings import undo

    undo(identifier, correction, author, as_json, data_dir)


@documents.command("delete")
def documents_delete(identifier: Identifier, as_json: JsonOption = False, data_dir: DataDirOption = None) -> None:
    """移入回收站。"""
    from api.cli.holdings import set_status

    set_status(identifier, Status.TRASHED, as_json, data_dir)


@documents.command("restore")
def documents_restore(identifier: Identifier, as_json: JsonOption = False, data_dir: DataDirOption = None) -> None:
    """从回收站恢复。"""
    from api.cli.holdings import set_status

    set_status(identifier, Status.ACTIVE, as_json, data_dir)


@terms.command("list")
def terms_list(
    query: Annotated[str, typer.Argument(help="术语或别名中的文字")] = "",
    status: Annotated[TermStatus | None, typer.Option(help="只列这一状态", show_default=False)] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000)] = 50,
    offset: Annotated[int, typer.Option(min=0)] = 0,
    as_json: JsonOption = False,
    data_dir: DataDirOption = None,
) -> None:
    """列出提法库中的术语。"""
    from api.cli.terms import list_terms

    list_terms(query, status, limit, offset, as_json, data_dir)


TermTexts = Annotated[list[str], typer.Argument(metavar="TERM...", help="术语")]


@terms.command("add")
def terms_add(
    text: Annotated[str, typer.Argument(metavar="TERM", help="术语")],
    alias: Annotated[list[str] | None, typer.Option(help="别名或简称，可重复", show_default=False)] = None,
    category: Annotated[str, typer.Option(help="分类")] = "",
    as_json: JsonOption = False,
    data_dir: DataDirOption = None,
) -> None:
    """添加术语，立即采用；同名的被替换。"""
    from api.cli.terms import add

    add(text, alias or [], category, as_json, data_dir)


@terms.command("accept")
def terms_accept(texts: TermTexts, as_json: JsonOption = False, data_dir: DataDirOption = None) -> None:
    """采用候选术语。"""
    from api.cli.terms import decide

    decide(texts, TermStatus.ACCEPTED, as_json, data_dir)


@terms.command("reject")
def terms_reject(texts: TermTexts, as_json: JsonOption = False, data_dir: DataDirOption = None) -> None:
    """不采用术语；以后也不再作为候选提出。"""
    from api.cli.terms import decide

    decide(texts, TermStatus.REJECTED, as_json, data_dir)


@terms.command("discover")
def terms_discover(as_json: JsonOption = False, data_dir: DataDirOption = None) -> None:
    """从馆藏中找出候选术语。"""
    from api.cli.terms import discover

    discover(as_json, data_dir)


@gaps.command("list")
def gaps_list(
    closed: Annotated[bool, typer.Option("--closed", help="只看已答复的")] = False,
    limit: Annotated[int, typer.Option(min=1, max=1000)] = 50,
    offset: Annotated[int, typer.Option(min=0)] = 0,
    as_json: JsonOption = False,
    data_dir: DataDirOption = None,
) -> None:
    """列出馆藏未能回答的问题，常问的在前。"""
    from api.cli.gaps import list_gaps

    list_gaps(closed, limit, offset, as_json, data_dir)


@gaps.command("close")
def gaps_close(
    identifier: Annotated[str, typer.Argument(metavar="ID", help="问题标识")],
    note: Annotated[str, typer.Option(help="答复，提问的人会看到")] = "",
    document: Annotated[str | None, typer.Option(help="能回答的文献的标识", show_default=False)] = None,
    as_json: JsonOption = False,
    data_dir: DataDirOption = None,
) -> None:
    """答复一个问题；再次提问的人会看到答复。"""
    from api.cli.gaps import close

    close(identifier, note, document, as_json, data_dir)


@gaps.command("accepted")
def gaps_accepted(
    limit: Annotated[int, typer.Option(min=1, max=100_000)] = 50,
    offset: Annotated[int, typer.Option(min=0)] = 0,
    as_json: JsonOption = False,
    data_dir: DataDirOption = None,
) -> None:
    """列出读者认可的问题与段落，可用于改进检索。"""
    from api.cli.gaps import list_accepted

    list_accepted(limit, offset, as_json, data_dir)
