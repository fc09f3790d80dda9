"""Answers to the questions of ``corpus/eval`` over the ingested samples.

    python -m tests.benchmarks.sample_answers --data-dir DIR [--split dev|held-back] [--show]

DIR is a data directory into which ``corpus/samples/files`` was ingested. ``held-back`` is for judging a release, never
for tuning. An answer is right if it shows a sentence of the labelled evidence (or the evidence holds the sentence).
"""

import argparse
import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from corpus.settings import DEMO_GROUPS, Settings, parse_groups
from corpus.text.folding import fold
from search.results import AnswerStatus, SearchFilters
from search.searcher import Searcher

QUESTIONS = Path(__file__).parents[2] / "corpus" / "eval" / "questions.jsonl"
_SHORTEST_OVERLAP = 8


def plain(text: str) -> str:
    return "".join(character for character in fold(text) if character.isalnum())


def shows(sentences: Sequence[str], evidence: Sequence[str]) -> bool:
    """Whether a sentence holds a piece of evidence, such as a table's cell, or is a sizeable part of one."""
    shown = [plain(sentence) for sentence in sentences]
    gold = [plain(text) for text in evidence]
    return any(other in one or (len(one) >= _SHORTEST_OVERLAP and one in other) for one in shown for other in gold)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data-dir", type=Path, required=True)
    parser.add_argument("--split", default="dev")
    parser.add_argument("--show", action="store_true")
    arguments = parser.parse_args()
    questions = [json.loads(line) for line in QUESTIONS.read_text(encoding="utf-8").splitlines()]
    counts: Counter[str] = Counter()
    with Searcher.open(Settings(data_dir=arguments.data_dir)) as searcher:
        for item in questions:
            if item["split"] != arguments.split:
                continue
            answer = searcher.answer(item["text"], SearchFilters(), parse_groups(DEMO_GROUPS))
            right = shows([sentence.text for sentence in answer.sentences], item.get("evidence", []))
            kind = "answerable" if item["answerable"] else f"unanswerable/{item['gap']}"
            outcome = "right" if right else ("abstained" if answer.status is AnswerStatus.ABSTAINED else "other")
            counts[f"{kind}: {answer.status}, {outcome}"] += 1
            expected = "right" if item["answerable"] else "abstained"
            if arguments.show and outcome != expected:
                print(f"\n{item['id']} {kind} {item.get('type', '')} → {answer.status}: {item['text']}")
                print("   ", answer.reason)
                for sentence in answer.sentences:
                    print("    shown:", sentence.text[:100])
                for text in item.get("evidence", [])[:2]:
                    print("    gold: ", text[:100])
                print("    nearest:", [(hit.title[:16], hit.path[-1:]) for hit in answer.nearest[:3]])
    for name, count in sorted(counts.items()):
        print(f"{count:4d}  {name}")


if __name__ == "__main__":
    main()
