"""The quotation check on planted drafts: precision and recall of each verdict, and the time that a draft takes.

    LUNKU_EVAL_DATA=FOLDER python -m tests.benchmarks.quotation [--cases 1800] [--half fit|held-back] [--verbose]
    LUNKU_EVAL_DATA=FOLDER python -m tests.benchmarks.quotation --time [--library DIR]

The library is made of the laws (law_md) and government documents (gov_docs); every tenth document is left out of it,
so that its sentences are invented as far as the library goes. The cases are those of
``tests.benchmarks.planted_quotations``. Documents are split in two halves by a hash: the thresholds of
``search/quotation/judging.py`` were chosen on ``fit``, the figures to report are those of ``held-back``.

``--time`` measures drafts of 5,000 characters against the 54,654 articles of stard.
"""

import argparse
import json
import os
import random
import re
import statistics
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from corpus.catalogue import Catalogue
from corpus.identifiers import content_hash
from corpus.records import IngestReport, Kind, MetadataField, PassageSpan, VersionDraft
from corpus.settings import Settings
from corpus.terms import TermBase
from corpus.text.analyser import Analyser
from search.embedding import open_embedder
from search.engine.factory import open_engine
from search.indexing import Indexer
from search.quotation.checking import QuotationChecker
from search.quotation.comparison import letters
from search.quotation.findings import FindingKind, Verdict
from search.succession import Succession
from tests.benchmarks.planted_quotations import Case, Planter, Source, read_sources
from tests.benchmarks.search import build, read_lines

GROUPS = frozenset({"public"})
_PASSAGE = 400
"""Characters from which on a passage ends with its paragraph."""
_DRAFT = 5_000
AMBIGUOUS = frozenset({"neighbour"})
"""Manners of planting that have no one right verdict: shown, but in no figure."""


def draft_of(source: Source) -> VersionDraft:
    spans, start = [], 0
    for match in re.finditer(r"\n+|\Z", source.text):
        if source.text[start : match.start()].strip() and (match.start() - start > _PASSAGE or not match[0]):
            spans.append(PassageSpan(start, match.start(), ()))
            start = match.end()
    return VersionDraft(
        source=source.title,
        file_name=source.title,
        sha256=content_hash(source.text.encode()),
        media_type="text/plain",
        kind=Kind.POLICY,
        title=source.title,
        readers=GROUPS,
        text=source.text,
        fields=tuple(
            MetadataField(name, getattr(source, name)) for name in ("document_number", "issued_on", "organization")
        ),
        sections=(),
        passages=tuple(spans),
        report=IngestReport(reader="text"),
    )


@contextmanager
def checker(settings: Settings) -> Iterator[QuotationChecker]:
    engine = open_engine(settings)
    with Catalogue.open(settings.catalogue_url) as catalogue:
        terms = TermBase.load()
        yield QuotationChecker(catalogue, engine, Analyser(terms), terms, Succession(catalogue))
    engine.close()


def build_laws(settings: Settings, sources: Sequence[Source]) -> None:
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    embedder, engine = open_embedder(settings), open_engine(settings)
    with Catalogue.open(settings.catalogue_url) as catalogue:
        catalogue.add_versions([draft_of(source) for source in sources if source.held])
        Indexer(catalogue, engine, Analyser(TermBase.load()), embedder).index_pending()
    engine.close()


def measure(check: QuotationChecker, cases: Sequence[Case], verbose: bool) -> dict:
    """Per verdict its precision and recall; per manner of planting the verdicts that were given."""
    pairs: Counter[tuple[Verdict, str]] = Counter()
    told: Counter[tuple[FindingKind | None, FindingKind]] = Counter()
    planted: Counter[FindingKind | None] = Counter()
    given: dict[str, Counter[str]] = defaultdict(Counter)
    for case in cases:
        found = check.check(case.draft, GROUPS).findings
        beside = {item.kind for item in found} - {FindingKind.QUOTATION}
        planted[case.particular] += 1
        told.update((case.particular, kind) for kind in beside)
        findings = [item for item in found if item.kind is FindingKind.QUOTATION and letters(item.text) >= 10]
        verdict = findings[0].verdict.value if len(findings) == 1 else f"{len(findings)} findings"
        if case.manner not in AMBIGUOUS:
            pairs[case.verdict, verdict] += 1
        given[case.manner][verdict] += 1
        if verbose and beside != {case.particular} - {None}:
            print(case.manner, case.particular, "→", beside, "|", case.draft)
        if verbose and verdict != case.verdict:
            print(case.manner, case.verdict, "→", verdict, "|", case.planted)
            for finding in findings:
                print("    ", finding.source and finding.source.quote, [other.quote for other in finding.others])
    figures = {}
    for verdict in Verdict:
        right = pairs[verdict, verdict.value]
        called = sum(count for (_, name), count in pairs.items() if name == verdict)
        wanted = sum(count for (truth, _), count in pairs.items() if truth == verdict)
        figures[verdict.value] = {
            "cases": wanted,
            "precision": round(right / called, 4) if called else None,
            "recall": round(right / wanted, 4) if wanted else None,
        }
    particulars = {}
    for kind in set(planted) - {None}:
        called = sum(count for (_, name), count in told.items() if name is kind)
        particulars[kind] = {
            "cases": planted[kind],
            "precision": round(told[kind, kind] / called, 4) if called else None,
            "recall": round(told[kind, kind] / planted[kind], 4),
        }
    return {
        "verdicts": figures,
        "particulars": particulars,
        "given": {name: dict(counts) for name, counts in sorted(given.items())},
    }


def time_drafts(data: Path, folder: Path) -> dict:
    """Seconds for drafts of 5,000 characters made of changed and unchanged sentences and of words of others."""
    settings = Settings(data_dir=folder)
    articles = read_lines(data / "stard" / "corpus.jsonl.gz")
    if not (folder / "catalogue.sqlite3").exists():
        build(settings, articles)
    others = [row["text"] for row in read_lines(data / "csl_title" / "corpus.jsonl.gz")]
    shuffle = random.Random(7)
    seconds, processor, found = [], [], []
    with checker(settings) as check:
        for _ in range(6):
            draft = ""
            while len(draft) < _DRAFT:
                quoted = shuffle.choice(articles)["text"].replace("\n", "")[:80]
                if shuffle.random() < 0.5 and len(quoted) > 20:
                    at = shuffle.randrange(len(quoted) - 2)
                    quoted = quoted[:at] + "变" + quoted[at + 2 :]
                draft += f"有关规定指出：“{quoted}”。" + shuffle.choice(others)[:120] + "。\n"
            started, used = time.perf_counter(), time.process_time()
            found.append(len(check.check(draft[:_DRAFT], GROUPS).findings))
            seconds.append(time.perf_counter() - started)
            processor.append(time.process_time() - used)
    return {"articles": len(articles), "seconds": [round(value, 2) for value in seconds],
            "processor_seconds": [round(value, 2) for value in processor], "findings": found,
            "median": round(statistics.median(seconds), 2), "load": os.getloadavg()[0]}  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=1_800)
    parser.add_argument("--half", choices=("fit", "held-back"), default="held-back")
    parser.add_argument("--seed", type=int, default=2024)
    parser.add_argument("--library", type=Path, help="keep the library in this folder and use it again")
    parser.add_argument("--time", action="store_true")
    parser.add_argument("--verbose", action="store_true", help="print every case that went wrong")
    arguments = parser.parse_args()
    data = Path(os.environ["LUNKU_EVAL_DATA"])
    with tempfile.TemporaryDirectory() as temporary:
        folder = arguments.library or Path(temporary)
        if arguments.time:
            print(json.dumps(time_drafts(data, folder)))
            return
        settings, sources = Settings(data_dir=folder), read_sources(data)
        if not (folder / "catalogue.sqlite3").exists():
            build_laws(settings, sources)
        rows = read_lines(data / "csl_title" / "corpus.jsonl.gz")
        unrelated = [Source(row["title"], row["text"]) for row in rows[arguments.half == "fit" :: 2]]
        cases = list(Planter(sources, unrelated, arguments.half, arguments.seed).cases(arguments.cases))
        with checker(settings) as check:
            print(json.dumps(measure(check, cases, arguments.verbose), ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
