"""``lunku``: the commands and their options. What they do is imported when they run, so that help is instant."""

import gc
import logging
import sys
from pathlib import Path
from typing import Annotated

import typer

from api.cli.groups import documents, gaps, terms
from api.cli.output import AsOption, DataDirOption, JsonOption, KindOption, report_error
from corpus.errors import LunkuError

app = typer.Typer(
    help="论库：理论研究院的知识库，检索与问答皆有原文为证。",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(documents, name="documents")
app.add_typer(terms, name="terms")
app.add_typer(gaps, name="gaps")

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
    finally:
        gc.freeze()  # Python looks through all that is left once more before it ends: a quarter second after a search.


def _finish(succeeded: bool) -> None:
    if not succeeded:
        raise typer.Exit(1)


@app.command()
def ingest(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(metavar="PATH...", help="文件或文件夹；与 --reread 同用时可以不写，重读库中的原件"),
    ] = None,
    kind: KindOption = None,
    readers: Annotated[
        str | None, typer.Option("--readers", help="可见范围（组名，用逗号分隔）；缺省按规则判断", show_default=False)
    ] = None,
    reread: Annotated[
        bool, typer.Option("--reread", help="库中已有的文件也重新读一遍；读出的结果有变化的，另存为新版本")
    ] = False,
    as_json: JsonOption = False,
    data_dir: DataDirOption = None,
) -> None:
    """把文件或文件夹入库并建立索引。"""
    if not paths and not reread:
        raise typer.BadParameter("请写出要入库的文件或文件夹", param_hint="PATH...")
    from api.cli.ingesting import run

    _finish(run(paths or [], kind, readers, reread, as_json, data_dir))


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
