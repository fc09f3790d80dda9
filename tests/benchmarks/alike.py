"""Looking for documents with the same or nearly the same text: time, and what is found of planted revisions.

    LUNKU_EVAL_DATA=FOLDER python -m tests.benchmarks.alike [--documents 20000]

Fills a catalogue with news articles and, for every fiftieth, a revision in which sentences were left out at random.
The peer is the exact comparison with every document that a look-up saves (timed on a hundred of them).

Measured 2026-11-26 on two busy cores, 10,000 documents: a signature 1.5 ms; a look-up 6 ms CPU in the median and 17 at
worst, a six hundredth of comparing with every document; revisions with a common share of .6 or more: 178 of 179 found.
"""

import argparse
import gzip
import json
import os
import random
import statistics
import tempfile
import time
from collections import defaultdict
from itertools import islice
from pathlib import Path

from corpus.catalogue import Catalogue
from corpus.identifiers import content_hash
from corpus.likeness import likeness, shared, shingles
from corpus.records import IngestReport, Kind, VersionDraft


def draft(name: str, text: str) -> VersionDraft:
    readers = frozenset({"public"})
    sha256 = content_hash(f"{name}{text}".encode())
    report = IngestReport("txt")
    return VersionDraft(name, name, sha256, "text/plain", Kind.POLICY, name, readers, text, (), (), (), report)


def revise(text: str, chance: random.Random) -> str:
    """The text without some of its sentences."""
    left_out = chance.choice((0.03, 0.1, 0.2, 0.3))
    return "。".join(sentence for sentence in text.split("。") if chance.random() >= left_out)


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, default=20_000)
    arguments = parser.parse_args()
    source = Path(os.environ["LUNKU_EVAL_DATA"]) / "news_haystack.jsonl.gz"
    chance = random.Random(1)
    with gzip.open(source, "rt", encoding="utf-8") as lines:
        texts = [json.loads(line)["text"] for line in islice(lines, arguments.documents)]
    started = time.process_time()
    for text in texts[:1000]:
        likeness(text)
    signing = time.process_time() - started
    revisions = {number: revise(text, chance) for number, text in enumerate(texts) if number % 50 == 0}
    times: list[float] = []
    found: dict[int, list[bool]] = defaultdict(list)
    with tempfile.TemporaryDirectory() as folder, Catalogue.open(f"sqlite:///{folder}/c.sqlite3") as catalogue:
        ids: dict[str, str] = {}
        named = [*enumerate(texts), *((f"r{number}", text) for number, text in revisions.items())]
        for start in range(0, len(named), 500):
            batch = named[start : start + 500]
            drafts = [draft(str(name), text) for name, text in batch]
            written = zip(drafts, catalogue.add_versions(drafts), strict=True)
            ids |= {item.source: document.id for item, (document, _) in written}
        for number, text in revisions.items():
            started = time.process_time()
            found_alike = catalogue.alike([ids[f"r{number}"]])
            alike = {item.document_id for item in found_alike.get(ids[f"r{number}"], ())}
            times.append(time.process_time() - started)
            share = shared(shingles(text), shingles(texts[number]))
            found[int(share * 10)].append(ids[str(number)] in alike)
    started = time.process_time()
    for text in texts[:100]:
        shared(shingles(texts[0]), shingles(text))
    exact = (time.process_time() - started) / 100
    print(f"{len(texts)} documents; a signature {signing:.2f} ms")
    print(f"a look-up: median {statistics.median(times) * 1e3:.1f} ms, worst {max(times) * 1e3:.1f} ms CPU")
    print(
        f"peer, comparing with every document: {exact * len(texts):.1f} s; {exact * len(texts) / max(times):.0f} times"
    )
    for tenth, hits in sorted(found.items(), reverse=True):
        print(f"  common share {tenth / 10:.1f}: {sum(hits)} of {len(hits)} found")


if __name__ == "__main__":
    main()
