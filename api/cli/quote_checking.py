"""``lunku check-quotes``: the quotations of a file, or of what is piped in."""

import sys
from pathlib import Path
from typing import Any

from rich.markup import escape
from rich.text import Text

from api.cli.output import out, print_json
from api.cli.querying import by_owner
from api.drafts import file_text, plain_text
from api.wording import VERDICTS
from corpus.settings import load_settings

_COLOURS = {"exact": "green", "altered": "red", "misattributed": "magenta", "spliced": "yellow", "not_found": "dim"}


def run(path: Path, groups: str | None, as_json: bool, data_dir: Path | None) -> None:
    """Check a draft and print the findings; ``-`` is the standard input."""
    text = plain_text(sys.stdin.buffer.read()) if str(path) == "-" else file_text(path)
    found = by_owner(
        load_settings(data_dir),
        groups,
        lambda searcher, readers: searcher.check_quotes(text, readers),
        lambda server: server.post("/quote-checks", {"text": text}),
    )
    if as_json:
        print_json(found)
        return
    counts = "，".join(f"{name} {found['summary'][verdict]}" for verdict, name in VERDICTS.items())
    out.print(f"共 {len(found['findings'])} 处引文：{counts}")
    for number, finding in enumerate(found["findings"], 1):
        _show(number, finding)


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
    for citation in [finding["source"], *finding["others"]] if finding["source"] else []:
        out.print(escape("出处：" + " › ".join([f"《{citation['title']}》", *citation["path"]])), style="dim")
