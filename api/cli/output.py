"""What commands print: results on stdout, progress and messages on stderr."""

import json
import sys
from dataclasses import asdict, is_dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from corpus.errors import LunkuError
from corpus.records import Kind

JsonOption = Annotated[bool, typer.Option("--json", help="在标准输出给出 JSON")]
DataDirOption = Annotated[Path | None, typer.Option("--data-dir", help="数据目录，缺省为 ./data", show_default=False)]
KindOption = Annotated[Kind | None, typer.Option("--kind", help="文献类别", show_default=False)]
AsOption = Annotated[
    str | None, typer.Option("--as", help="以这些组的身份查看，用逗号分隔；缺省为数据目录的所有者", show_default=False)
]

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False)


def print_json(value: Any) -> None:
    """One JSON document on stdout, Chinese unescaped."""
    sys.stdout.write(json.dumps(to_json(value), ensure_ascii=False, indent=2) + "\n")


def to_json(value: Any) -> Any:
    """Plain JSON values; sets are sorted so that equal results print equally."""
    if is_dataclass(value) and not isinstance(value, type):
        return to_json(asdict(value))
    if isinstance(value, dict):
        return {str(key): to_json(item) for key, item in value.items()}
    if isinstance(value, frozenset | set):
        return sorted(to_json(item) for item in value)
    if isinstance(value, list | tuple):
        return [to_json(item) for item in value]
    if isinstance(value, date | datetime):
        return value.isoformat()
    return str(value) if isinstance(value, Path) else value


def report_error(error: LunkuError, as_json: bool) -> None:
    """A failure as the user asked for it; stdout stays valid JSON with ``--json``."""
    if as_json:
        print_json({"error": {"code": error.code, "detail": error.detail}})
    err.print(f"[red]错误[/red]：{_escape(error.detail)}")


def _escape(text: str) -> str:
    from rich.markup import escape

    return escape(text)
