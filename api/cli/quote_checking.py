"""``lunku check-quotes``: the quotations of a file, or of what is piped in."""

import sys
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter
from rich.markup import escape
from rich.text import Text

from api.cli.output import err, out, print_json
from api.cli.querying import by_owner
from api.drafts import Draft, read_draft, typed_draft
from api.wording import VERDICTS
from corpus.errors import InputError
from corpus.settings import load_settings
from search.quotation.findings import QuoteCheck

_COLOURS = {"exact": "green", "altered": "red", "misattributed": "magenta", "spliced": "yellow", "not_found": "dim"}


def run(path: Path, output: Path | None, groups: str | None, as_json: bool, data_dir: Path | None) -> None:
    """Check a draft and print the findings; ``-`` is the standard input. With ``output`` write the report, too."""
    if output and (output.suffix.lower() != ".docx" or output.resolve() == path.resolve()):
        raise InputError("报告请另存为 .docx 文件，不要与文稿同名")
    draft = typed_draft(sys.stdin.buffer.read()) if str(path) == "-" else read_draft(path)
    found = by_owner(
        load_settings(data_dir),
        groups,
        lambda searcher, readers: searcher.check_quotes(draft.text, readers),
        lambda server: server.post("/quote-checks", {"text": draft.text}),
    )
    if output:
        _write(output, draft, found)
    if as_json:
        print_json(found)
        return
    counts = "，".join(f"{name} {found['summary'][verdict]}" for verdict, name in VERDICTS.items())
    out.print(f"共 {len(found['findings'])} 处引文：{counts}")
    for number, finding in enumerate(found["findings"], 1):
        _show(number, finding)


def _write(output: Path, draft: Draft, found: Any) -> None:
    from api.quote_report import quote_report

    check = TypeAdapter(QuoteCheck).validate_python(found)
    try:
        output.write_bytes(quote_report(draft, check))
    except OSError as error:
        raise InputError(f"报告写不进 {output}（{error.strerror or error}），请换一个位置") from error
    err.print(f"批注稿已写入 {escape(str(output))}")


def _show(number: int, finding: dict[str, Any]) -> None:
    verdict = finding["verdict"]
    colour = _COLOURS[verdict]
    out.print(f"\n{number}. [{colour}]{VERDICTS[verdict]}[/{colour}]（第 {finding['start'] + 1} 字起）")
    text = Text()
    for step in finding["diff"] if verdict == "altered" else [{"op": "equal", "draft": finding["text"]}]:
        if step["op"] == "equal":
            text.append(step["draft"])
            continue
        if step["source"]:
            text.append(f"［-{step['source']}-］", "red")
        if step["draft"]:
            text.append(f"［+{step['draft']}+］", "green")
    out.print(text)
    if verdict == "misattributed":
        out.print(escape(f"文稿称引自：{'、'.join(finding['named'])}"))
    for citation in finding["citations"]:
        out.print(escape(f"出处：{citation}"), style="dim")
