"""``lunku check-quotes``: the quotations of a file, or of what is piped in."""

import sys
from dataclasses import astuple
from pathlib import Path

from pydantic import TypeAdapter
from rich.markup import escape
from rich.text import Text

from api.cli.output import err, out, print_json
from api.cli.querying import by_owner
from api.drafts import Draft, read_draft, typed_draft
from api.quote_report.notes import remarks, replacement, verdict_name
from api.wording import VERDICTS
from corpus.errors import InputError
from corpus.settings import load_settings
from search.quotation.findings import Difference, Finding, Operation, QuoteCheck, Verdict

_COLOURS = {"exact": "green", "altered": "red", "misattributed": "magenta", "spliced": "yellow", "not_found": "dim"}


def run(path: Path, output: Path | None, groups: str | None, as_json: bool, data_dir: Path | None) -> None:
    """Check a draft and print the findings; ``-`` is the standard input. With ``output`` write the report, too."""
    if output and (output.suffix.lower() != ".docx" or output.resolve() == path.resolve()):
        raise InputError("报告请另存为 .docx 文件，不要与文稿同名")
    draft = typed_draft(sys.stdin.buffer.read()) if str(path) == "-" else read_draft(path)
    found = by_owner(
        load_settings(data_dir),
        groups,
        lambda searcher, readers: searcher.check_quotes(draft.text, readers, draft.blocks),
        lambda server: server.post(
            "/quote-checks", {"text": draft.text, "blocks": [astuple(block) for block in draft.blocks]}
        ),
    )
    check = TypeAdapter(QuoteCheck).validate_python(found)
    if output:
        _write(output, draft, check)
    if as_json:
        print_json(found)
        return
    counts = "，".join(f"{name} {check.summary[verdict]}" for verdict, name in VERDICTS.items())
    out.print(f"共 {len(check.findings)} 处：{counts}")
    for number, finding in enumerate(check.findings, 1):
        _show(number, finding)
    for wording in check.wordings:
        out.print(escape(f"\n提法已更新（第 {wording.start + 1} 字起）：{wording.text}。{replacement(wording)}"))


def _write(output: Path, draft: Draft, check: QuoteCheck) -> None:
    from api.quote_report import quote_report

    try:
        output.write_bytes(quote_report(draft, check))
    except OSError as error:
        raise InputError(f"报告写不进 {output}（{error.strerror or error}），请换一个位置") from error
    err.print(f"批注稿已写入 {escape(str(output))}")


def _show(number: int, finding: Finding) -> None:
    colour = _COLOURS[finding.verdict]
    out.print(f"\n{number}. [{colour}]{verdict_name(finding)}[/{colour}]（第 {finding.start + 1} 字起）")
    text = Text()
    for step in finding.diff if finding.verdict is Verdict.ALTERED else [_unchanged(finding)]:
        if step.op is Operation.EQUAL:
            text.append(step.draft)
            continue
        if step.source:
            text.append(f"［-{step.source}-］", "red")
        if step.draft:
            text.append(f"［+{step.draft}+］", "green")
    out.print(text)
    for remark in remarks(finding):
        out.print(escape(remark), style="dim")


def _unchanged(finding: Finding) -> Difference:
    """The words of a finding as one step."""
    return Difference(Operation.EQUAL, finding.text, finding.text)
