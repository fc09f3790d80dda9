"""是否要找: planted slips of a library's names that are put right, and questions of others that are "corrected".

    python -m tests.benchmarks.corrections --library DIR [--seed 1] [--questions FOLDER]

Names of up to 20 Chinese characters that a reader of everything may be corrected to get a slip of each kind, most of
them among other words; slips that stand in a passage are not asked, as they are no errors there. ``--questions`` is a
folder of sets (``*/queries.jsonl.gz``): their questions of up to 21 characters are right as they are, so that what is
offered for them is wrong but where a question does misspell a name of the library.
"""

import argparse
import gzip
import json
import random
import statistics
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from pathlib import Path

from corpus.settings import Settings
from corpus.text.folding import fold
from search.names import Name
from search.searcher import Searcher
from search.spelling import sound, syllable
from search.suggestions import LONGEST_CORRECTED

_AROUND = ("{}", "{}怎么办", "如何开展{}", "{}的主要内容", "关于{}的规定", "什么是{}")
_COMMON = 2_500
"""Characters of the passages that slips are made of: the most frequent ones."""
_MOST = 300
"""Names that get a slip of one kind, at most."""

Plant = Callable[[str], str | None]


def plants(common: Sequence[str], chance: random.Random) -> dict[str, Plant]:
    """Ways to misspell a name; None where a name does not allow it."""
    by_syllable, by_sound = defaultdict(list), defaultdict(list)
    for character in common:
        by_syllable[syllable(character)].append(character)
        by_sound[sound(character)].append(character)

    def exchange(name: str, others: Callable[[str], Sequence[str]]) -> str | None:
        at = chance.randrange(len(name))
        found = [character for character in others(name[at]) if fold(character) != name[at]]
        return name[:at] + chance.choice(found) + name[at + 1 :] if found else None

    def homophone(name: str) -> str | None:
        return exchange(name, lambda character: by_syllable[syllable(character)])

    def near_sound(name: str) -> str | None:
        return exchange(
            name,
            lambda character: [other for other in by_sound[sound(character)] if syllable(other) != syllable(character)],
        )

    def two_homophones(name: str) -> str | None:
        once = homophone(name)
        return homophone(once) if once else None

    def missing(name: str) -> str | None:
        if len(name) < 4:
            return None
        at = chance.randrange(1, len(name) - 1)
        return name[:at] + name[at + 1 :]

    def doubled(name: str) -> str | None:
        at = chance.randrange(len(name))
        return name[:at] + name[at] + name[at:]

    def swapped(name: str) -> str | None:
        at = chance.randrange(len(name) - 1)
        return name[:at] + name[at + 1] + name[at] + name[at + 2 :] if len(name) > 2 else None

    made = (homophone, near_sound, two_homophones, missing, doubled, swapped)
    return {plant.__name__: plant for plant in made}


def questions(folder: Path) -> Iterator[tuple[str, list[str]]]:
    """The short questions of each set."""
    for file in sorted(folder.glob("*/queries.jsonl.gz")):
        with gzip.open(file, "rt", encoding="utf-8") as lines:
            texts = [json.loads(line)["text"].strip() for line in lines]
        yield file.parent.name, [text for text in texts if 0 < len(text) <= LONGEST_CORRECTED]


def common_characters(searcher: Searcher) -> list[str]:
    """The characters of the passages that are most frequent."""
    counts = Counter(chain.from_iterable(searcher._catalogue.passage_texts()))
    han = [character for character in counts if "\u4e00" <= character <= "\u9fff"]
    return sorted(han, key=lambda character: (-counts[character], character))[:_COMMON]


def known_names(searcher: Searcher, groups: frozenset[str]) -> list[Name]:
    """The names that somebody in ``groups`` may be corrected to."""
    suggestions = searcher._suggestions
    names = [name for name in suggestions._current().all if name.is_corrected_to and name.is_visible(groups)]
    names = [name for name in names if all("\u4e00" <= character <= "\u9fff" for character in name.folded)]
    held = suggestions._held([name.folded for name in names], groups)
    return [name for name in names if name.readers is not None or name.folded in held]


def ask_slip(searcher: Searcher, name: Name, written: str | None, around: str, groups: frozenset[str]) -> str | None:
    """``right``, ``wrong`` or ``missed``; None for what is no error or too long to be looked at."""
    text = around.format(written)
    if not written or written == name.folded or len(text) > LONGEST_CORRECTED:
        return None
    if searcher._suggestions._held([written], groups):
        return None
    corrected = searcher._suggestions.correct(text, groups)
    if corrected is None:
        return "missed"
    return "right" if fold(corrected) == around.format(name.folded) else "wrong"


def ask_slips(searcher: Searcher, groups: frozenset[str], chance: random.Random) -> dict[str, object]:
    """Shares of the slips of each kind that are put right, and that are put wrong."""
    names = known_names(searcher, groups)
    report: dict[str, object] = {"names": len(names)}
    for kind, plant in plants(common_characters(searcher), chance).items():
        results: Counter[str | None] = Counter()
        for name in chance.sample(names, min(_MOST, len(names))):
            written = plant(name.folded)
            around = chance.choice(_AROUND if len(name.folded) < 14 else _AROUND[:1])
            results[ask_slip(searcher, name, written, around, groups)] += 1
        asked = results.total() - results[None]
        report[kind] = {"asked": asked} | {kind: round(results[kind] / max(1, asked), 3) for kind in ("right", "wrong")}
    return report


def ask_questions(searcher: Searcher, groups: frozenset[str], folder: Path) -> dict[str, object]:
    """For how many of the short questions of each set something is offered, with some of them; and the time."""
    report: dict[str, object] = {}
    times = []
    for source, texts in questions(folder):
        offered = []
        for text in texts:
            started = time.perf_counter()
            corrected = searcher._suggestions.correct(text, groups)
            times.append((time.perf_counter() - started) * 1000)
            if corrected:
                offered.append((text, corrected))
        report[source] = {"questions": len(texts), "offered": len(offered), "examples": offered[:3]}
    return report | {"ms each, in the middle": round(statistics.median(times), 3)}


def main() -> None:
    """Print the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--library", type=Path, required=True, help="a data directory")
    parser.add_argument("--questions", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    with Searcher.open(Settings(data_dir=arguments.library)) as searcher:
        searcher.warm_up()
        groups = searcher._catalogue.groups()
        report = ask_slips(searcher, groups, random.Random(arguments.seed))
        if arguments.questions:
            report["questions"] = ask_questions(searcher, groups, arguments.questions)
    print(json.dumps(report, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
