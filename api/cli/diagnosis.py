"""``lunku doctor``."""

from pathlib import Path

from rich.markup import escape

from api.cli.output import out, print_json
from api.doctor import Level, diagnose
from corpus.settings import load_settings

MARKS = {Level.OK: "[green]正常[/green]", Level.WARNING: "[yellow]注意[/yellow]", Level.ERROR: "[red]错误[/red]"}


def run(as_json: bool, data_dir: Path | None) -> bool:
    """Print the findings; whether none of them is an error."""
    findings = []
    for finding in diagnose(load_settings(data_dir)):
        findings.append(finding)
        if not as_json:
            out.print(f"{MARKS[finding.level]} {finding.check}：{escape(finding.detail)}")
            if finding.level is not Level.OK and finding.fix:
                out.print(f"     → {escape(finding.fix)}")
    if as_json:
        print_json({"findings": findings, "ok": all(item.level is not Level.ERROR for item in findings)})
    return all(item.level is not Level.ERROR for item in findings)
