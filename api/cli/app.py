"""``lunku``: the commands and their options. What they do is imported when they run, so that help is instant."""

import gc
import logging
import sys
from pathlib import Path
from typing import Annotated

import typer

from api.cli.output import AsOption, DataDirOption, JsonOption, report_error
from corpus.errors import LunkuError
from corpus.records import Kind, Status
from corpus.terms import TermStatus

app = typer.Typer(
    help="论库：理论研究院的知识库，检索与问答皆有原文为证。",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
documents = typer.Typer(help="查看与管理文献。", no_args_is_help=True)
terms = typer.Typer(help="查看与管理提法库。", no_args_is_help=True)
app.add_typer(documents, name="documents")
app.add_typer(terms, name="terms")
gaps = typer.Typer(help="查看与答复待补问题。", no_args_is_help=True)
app.add_typer(gaps, name="gaps")

KindOption = Annotated[Kind | None, typer.Option("--kind", help="文献类别", show_default=False)]

_ALLOCATIONS = 50_000
"""New objects between two rounds of the garbage collector: with Python's own 700 they take a tenth of a search from a
cold shell, which makes half a million objects that stay."""


def main() -> None:
    """Run ``lunku``. Exits with 0 only if everything succeeded, with 2 for a command that cannot be understood."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s", stream=sys.stderr)
    gc.set_threshold(_ALLOCATIONS)
    try:
        app()
    except LunkuError as error:
        report_error(error, "--json" in sys.argv)
        sys.exit(1)
    except BrokenPipeError:
        sys.stderr.close()  # The reader of our output left; Python would complain at exit.
        sys.exit(1)
    except Exception:
        logging.getLogger("lunku").exception("unexpected error")
        report_error(LunkuError("程序内部出错，详情见上面的日志。请把它交给维护人员"), "--json" in sys.argv)
        sys.exit(1)


def _finish(succeeded: bool) -> None:
    if not succeeded:
        raise typer.Exit(1)


@app.command()
def ingest(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH...", help="文件或文件夹")],
    kind: KindOption = None,
    readers: Annotated[
        str | None, typer.Option("--readers", help="可见范围（组名，用逗号分隔）；缺省按规则判断", show_default=False)
    ] = None,
    as_json: JsonOption = False,
    data_dir: DataDirOption = None,
) -> None:
    """把文件或文件夹入库并建立索引。"""
    from api.cli.ingesting import run

    _finish(run(paths, kind, readers, as_json, data_dir))


@app.command()
def search(  # noqa: PLR0913, PLR0917 - the options of the command
    query: Annotated[str, typer.Argument(help="检索内容；加引号的词句逐字查找")],
    number: Annotated[int, typer.Option("-n", min=1, max=100, help="条数")] = 10,
    mode: Annotated[str, typer.Option(help="hybrid、lexical、semantic 或 exact")] = "hybrid",
    kind: KindOption = None,
    date_from: Annotated[
        str | None, typer.Option("--from", metavar="DATE", help="起始日期", show_default=False)
    ] = None,
    date_to: Annotated[str | None, typer.Option("--to", metavar="DATE", help="截止日期", show_default=False)] = None,
    organization: Annotated[str | None, typer.Option(help="机关或单位", show_default=False)] = None,
    groups: AsOption = None,
    as_json: JsonOption = False,
    data_dir: DataDirOption = None,
) -> None:
    """检索馆藏。"""
    from api.cli.querying import search as run
    from search.results import SearchFilters

    filters = SearchFilters(kind=kind, organization=organization, date_from=date_from, date_to=date_to)
    run(query, number, mode, filters, groups, as_json, data_dir)


@app.command()
def ask(
    question: Annotated[str, typer.Argument(help="一个完整的问题")],
    groups: AsOption = None,
    as_json: JsonOption = False,
    data_dir: DataDirOption = None,
) -> None:
    """提一个问题，用原文回答；找不到依据时如实告知。"""
    from api.cli.querying import ask as run

    run(question, groups, as_json, data_dir)


@app.command()
def mcp(groups: AsOption = None, data_dir: DataDirOption = None) -> None:
    """以 MCP 工具（search、read、ask、check_quotes）经标准输入输出供其他程序使用。"""
    from api.mcp.owned import run

    run(groups, data_dir)


@app.command("check-quotes")
def check_quotes(
    path: Annotated[Path, typer.Argument(metavar="FILE|-", help="文稿文件；- 为标准输入")],
    output: Annotated[
        Path | None, typer.Option(metavar="REPORT.docx", help="另存一份带批注的 Word 文稿", show_default=False)
    ] = None,
    groups: AsOption = None,
    as_json: JsonOption = False,
    data_dir: DataDirOption = None,
) -> None:
    """核验文稿中的引文与馆藏原文是否一致；不改动文稿。"""
    from api.cli.quote_checking import run

    run(path, output, groups, as_json, data_dir)


@app.command()
def cite(
    identifier: Annotated[str, typer.Argument(metavar="ID", help="文献标识")],
    passage: Annotated[str | None, typer.Option(help="段落标识：引用其中一段", show_default=False)] = None,
    style: Annotated[str, typer.Option(help="gb7714、bibtex 或 ris")] = "gb7714",
    groups: AsOption = None,
    as_json: JsonOption = False,
    data_dir: DataDirOption = None,
) -> None:
    """给出一份文献的参考文献著录（GB/T 7714—2015、BibTeX、RIS），并指出所缺项目。"""
    from api.cli.citing import run

    run(identifier, passage, style, groups, as_json, data_dir)


@app.command("eval")
def evaluate(
    corpus: Annotated[Path, typer.Option(exists=True, dir_okay=False, help="JSONL 语料，可为 .gz")],
    queries: Annotated[Path, typer.Option(exists=True, dir_okay=False, help="JSONL 查询")],
    qrels: Annotated[Path, typer.Option(exists=True, dir_okay=False, help="相关性标注（制表符分隔）")],
    mode: Annotated[str, typer.Option(help="hybrid、lexical、semantic 或 exact")] = "hybrid",
    run_file: Annotated[Path | None, typer.Option(help="写出 TREC 结果文件", show_default=False)] = None,
    as_json: JsonOption = False,
    data_dir: DataDirOption = None,
) -> None:
    """在标注集上测量检索效果与速度。"""
    from api.cli.evaluating import run

    run(corpus, queries, qrels, mode, run_file, as_json, data_dir)


@app.command()
def doctor(as_json: JsonOption = False, data_dir: DataDirOption = None) -> None:
    """检查数据目录、目录库、索引、模型与设置，并指出如何修复。"""
    from api.cli.diagnosis import run

    _finish(run(as_json, data_dir))


@app.command()
def reindex(as_json: JsonOption = False, data_dir: DataDirOption = None) -> None:
    """从目录库重建索引，不重读文件。"""
    from api.cli.ingesting import reindex as run

    run(as_json, data_dir)


@app.command()
def adapt(
    undo: Annotated[bool, typer.Option("--undo", help="改回自带模型")] = False,
    groups: AsOption = None,
    as_json: JsonOption = False,
    data_dir: DataDirOption = None,
) -> None:
    """按馆藏文字和读者认可的问答改进自带的语义模型；确有提高才启用，并重建索引。"""
    from api.cli import adapting

    if undo:
        adapting.undo(as_json, data_dir)
    else:
        adapting.run(groups, as_json, data_dir)


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="监听地址", show_default=False)] = None,
    port: Annotated[int | None, typer.Option(min=0, max=65535, help="监听端口", show_default=False)] = None,
    as_json: JsonOption = False,
    data_dir: DataDirOption = None,
) -> None:
    """启动网页与接口服务。"""
    from api.cli.serving import run

    run(host, port, as_json, data_dir)


@app.command()
def demo(
    no_serve: Annotated[bool, typer.Option("--no-serve", help="入库后不启动服务")] = False,
    port: Annotated[int | None, typer.Option(min=0, max=65535, help="监听端口", show_default=False)] = None,
    as_json: JsonOption = False,
    data_dir: DataDirOption = None,
) -> None:
    """把自带样例入库并启动服务。"""
    from api.cli.serving import demo as run

    _finish(run(no_serve, port, as_json, data_dir))


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
