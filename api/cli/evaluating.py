"""``lunku eval``."""

from pathlib import Path

from api.cli.output import out, print_json
from api.haystack_import import import_haystack


def run(
    corpus: Path, queries: Path, qrels: Path, mode: str, run_file: Path | None, as_json: bool, data_dir: Path | None
) -> None:
    """Measure, and print the figures."""
    import_haystack()
    from api.cli.querying import parse_mode
    from api.evaluation import evaluate

    report = evaluate(corpus, queries, qrels, parse_mode(mode), run_file, data_dir).to_json()
    if as_json:
        print_json(report)
        return
    for name, value in report.items():
        out.print(f"{name:>14}  {value}")
