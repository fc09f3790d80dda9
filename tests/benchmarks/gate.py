"""The gate on sentences that say what their source says, and on such that do not.

    python -m tests.benchmarks.gate [--data FOLDER] [--sentences 400] [--sweep]

Sentences of passages are changed as ``tests/search/generation/changes.py`` says. The sets: the passages of
``corpus/eval`` in two halves by a hash of their id (one to choose thresholds on, one to measure), and, with FOLDER,
others that nothing was chosen on. Written answers of people (domainrag) are true sentences in their own words.
"""

import argparse
import gzip
import hashlib
import json
from collections import Counter, defaultdict
from pathlib import Path
from random import Random

from corpus.catalogue.views import PassageInContext
from corpus.terms import TermBase
from corpus.text.analyser import Analyser
from search.generation import matching
from search.generation.clauses import ClauseReader
from search.generation.gate import Gate
from search.generation.sources import Source
from tests.search.generation.changes import Changes, cite, sentences
from tests.search.generation.passages import passage_in_context

EVAL = Path(__file__).parents[2] / "corpus" / "eval" / "corpus.jsonl"


def chosen(identifier: str) -> bool:
    return hashlib.sha256(identifier.encode()).digest()[0] % 2 == 0


def eval_passages() -> dict[str, list[PassageInContext]]:
    halves = defaultdict(list)
    for line in EVAL.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        title, *path = row["title"].split(" › ")
        halves["samples, chosen on" if chosen(row["id"]) else "samples, other half"].append(
            passage_in_context(row["text"], title, tuple(path))
        )
    return halves


def read_lines(path: Path):
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def corpus_passages(path: Path, most: int) -> list[PassageInContext]:
    rows = [row for row in read_lines(path) if len(row["text"]) < 2_000]
    return [
        passage_in_context(row["text"], row.get("title") or "无题")
        for row in Random(3).sample(rows, min(most, len(rows)))
    ]


def measure(name: str, passages: list[PassageInContext], reader: ClauseReader, most: int, examples: bool) -> None:
    changes = Changes(reader, [item.passage.text for item in passages])
    random = Random(7)
    asked = [(item, text) for item in passages for text in sentences(item.passage.text)]
    asked = random.sample(asked, min(most, len(asked)))
    counts: dict[str, Counter] = defaultdict(Counter)
    for item, text in asked:
        gate = Gate([Source(item, reader)], reader)
        changes.passage = item.passage.text
        for label, kinds in (("true", changes.true), ("false", changes.false)):
            for kind, change in kinds.items():
                changed = change(text, random)
                if changed is None or (label == "false" and changed in item.passage.text):
                    continue
                verdict = gate.check(cite(changed))
                counts[f"{label}: {kind}"][verdict.fault or "passed"] += 1
                if examples and (verdict.fault is None) == (label == "false"):
                    print("   ", kind, verdict.fault, "|", changed, "|", text)
        others = [other for other in random.sample(passages, min(5, len(passages))) if text not in other.passage.text]
        if others:
            fault = Gate([Source(others[0], reader)], reader).check(cite(text)).fault
            counts["false: other source"][fault or "passed"] += 1
    print(f"{name}: {len(asked)} sentences")
    for label in ("true", "false"):
        kinds = {kind: found for kind, found in counts.items() if kind.startswith(label)}
        passed, whole = sum(found["passed"] for found in kinds.values()), sum(map(Counter.total, kinds.values()))
        print(f"  {label}: {passed} of {whole} passed ({passed / max(whole, 1):.4f})")
        for kind, found in kinds.items():
            print(f"    {kind}: {found['passed']}/{found.total()} {dict(found.most_common(4))}")


def written_answers(folder: Path, reader: ClauseReader, examples: bool) -> None:
    """Answers of people against the passages that they were written from, and against others."""
    texts = {row["id"]: row for row in read_lines(folder / "corpus.jsonl.gz")}
    relevant = defaultdict(list)
    for line in (folder / "qrels.tsv").read_text().splitlines()[1:]:
        query, passage = line.split("\t")[:2]
        relevant[query].append(passage)
    found, wrong = Counter(), Counter()
    random = Random(5)
    for row in read_lines(folder / "answers.jsonl.gz"):
        for answer in row["answers"]:
            if len(answer) < 12 or not relevant[row["id"]]:
                continue
            sources = [
                Source(passage_in_context(texts[key]["text"], texts[key].get("title") or ""), reader)
                for key in relevant[row["id"]]
            ]
            marks = "".join(f"[{number}]" for number in range(1, len(sources) + 1))
            fault = Gate(sources, reader).check(answer.rstrip("。") + marks + "。").fault
            found[fault or "passed"] += 1
            if examples and fault:
                print("   ", fault, "|", answer)
            other = texts[random.choice(sorted(texts))]
            if other["id"] not in relevant[row["id"]]:
                against = Source(passage_in_context(other["text"], other.get("title") or ""), reader)
                wrong[Gate([against], reader).check(answer.rstrip("。") + "[1]。").fault or "passed"] += 1
    print("domainrag, people's answers:", found["passed"], "of", found.total(), dict(found))
    print("  against other passages:", wrong["passed"], "of", wrong.total())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--sentences", type=int, default=400, help="of each set")
    parser.add_argument("--sweep", action="store_true", help="the first half under several thresholds")
    parser.add_argument("--examples", action="store_true", help="print what passes wrongly and what is withheld")
    parser.add_argument("--only", help="sets whose name begins with this")
    arguments = parser.parse_args()
    reader = ClauseReader(Analyser(TermBase.load()))
    sets = dict(eval_passages())
    if arguments.data:
        for name in ("gov_docs", "cmrc2018", "drcd", "lawbench_recite"):
            sets[name] = corpus_passages(arguments.data / name / "corpus.jsonl.gz", 1_000)
    if arguments.sweep:
        for coverage in (0.7, 0.8, 0.9, 1.0):
            matching.COVERAGE = coverage
            print("coverage", coverage)
            measure("samples, chosen on", sets["samples, chosen on"], reader, arguments.sentences, False)
            if arguments.data:
                written_answers(arguments.data / "domainrag", reader, False)
        return
    for name, passages in sets.items():
        if name.startswith(arguments.only or ""):
            measure(name, passages, reader, arguments.sentences, arguments.examples)
    if arguments.data and (arguments.only or "domainrag") == "domainrag":
        written_answers(arguments.data / "domainrag", reader, arguments.examples)


if __name__ == "__main__":
    main()
