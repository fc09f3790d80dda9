"""Structure and rejoining measured on documents that are not part of the project.

    LUNKU_EVAL_DATA=FOLDER python -m tests.benchmarks.structure [--show]

FOLDER holds ``gov_docs`` (State Council documents whose text starts with a header table), ``law_md`` (statutes),
``courses/course_md`` and ``news_haystack.jsonl.gz``. Header tables are cut off before the documents are read and serve
as the truth. Documents with an odd number, and the statutes' text, were hardly looked at when the rules were written.
Rejoining is simulated: texts are set in pages of 22 lines of 28 characters and cut where a page ends mid-sentence, six
times with different first pages. ``--show`` lists what is wrong.

Measured 2026-11-23: rejoining recall / precision .995 / .983 (even), .984 / .979 (odd; about half of the wrong joins
are titles over two lines inside 《》), .996 / 1.0 (statutes);
articles in 259 of 259 statutes, chapters in 258; course kind 15 of 15; about
1.8 Mchar/s on one core, 0.25 ms for a news text of 690 characters.
"""

import argparse
import gzip
import json
import os
import random
import re
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import product
from pathlib import Path

from corpus.records import VersionDraft
from ingest.blocks import Block, BlockType, ReadFile
from ingest.cleaning import clean
from ingest.drafting import draft_version
from ingest.integrity import solid
from ingest.readers import read_file

_HEADER = re.compile(r"^(索\s*引\s*号|主题分类|发文机关|成文日期|标\s*题|发文字号|发布日期|主\s*题\s*词)[:：]")
_ARTICLE = re.compile(
    r"^第[一二三四五六七八九十百千零〇]+条(?:之[一二三四五六七八九十]+)?(?=[\s\u3000]|$)", re.MULTILINE
)
_CHAPTER = re.compile(r"^#+ *第[一二三四五六七八九十百]+[编章节]", re.MULTILINE)
_ROUNDS = 6
_PAGE_LINES, _LINE_CHARACTERS = 22, 28
"""A page of GB/T 9704-2012 5.2.3: 22 lines of 28 characters, paragraphs indented by two."""


class Scores:
    """Right of all, by name, with what is wrong."""

    def __init__(self) -> None:
        self.right: Counter[str] = Counter()
        self.all: Counter[str] = Counter()
        self.wrong: list[tuple[object, ...]] = []

    def add(self, name: str, right: bool, *info: object) -> None:
        self.right[name] += right
        self.all[name] += 1
        if not right:
            self.wrong.append((name, *info))

    def lines(self) -> Iterator[str]:
        for name, count in self.all.items():
            yield f"  {name}: {self.right[name]}/{count}"


def read_lines(text: str) -> ReadFile:
    blocks = tuple(Block(line, BlockType.LINE) for line in text.split("\n") if line.strip())
    return ReadFile("txt", "text/plain", blocks)


def drafted(read: ReadFile, name: str) -> VersionDraft:
    return draft_version(read, source=name, file_name=name, sha256="0" * 64)


def state_council(folder: Path) -> list[tuple[int, dict[str, str], str]]:
    """Number, header table and the text without it, of every State Council document."""
    documents = []
    with gzip.open(folder / "gov_docs/corpus.jsonl.gz", "rt", encoding="utf-8") as file:
        for line in file:
            row = json.loads(line)
            if not row["id"].startswith("g"):
                continue
            lines = row["text"].replace("扫一扫在手机打开当前页\n-->", "").split("\n")
            last = max(i for i, text in enumerate(lines[:26]) if _HEADER.match(text))
            header = {re.sub(r"\s", "", lines[i][:-1]): lines[i + 1] for i in range(last) if _HEADER.match(lines[i])}
            body = lines[last + 1 :]
            if "国务院" not in body[0] and " " in body[0]:
                body = body[1:]  # subject words, the last row of the table
            documents.append((int(row["id"][1:]), header, "\n".join(body)))
    return documents


def score_access(documents: list[tuple[int, dict[str, str], str]]) -> Scores:
    scores = Scores()
    for number, _, text in documents:
        draft = drafted(read_lines(text), "a.txt")
        scores.add("readers public", draft.readers == {"public"}, number, draft.readers)
        scores.add("integrity holds", bool(draft.report.integrity and draft.report.integrity.holds), number)
    return scores


def typeset(text: str, rng: random.Random) -> tuple[list[str], set[int]]:
    """The text cut where its pages would end, and the indices of lines that a cut inside a sentence made."""
    lines: list[str] = []
    cuts: set[int] = set()
    left = rng.randint(5, _PAGE_LINES)
    for paragraph in text.split("\n"):
        rest, current, room = paragraph.strip(), "", _LINE_CHARACTERS - 2
        while rest:
            current, rest, room = current + rest[:room], rest[room:], _LINE_CHARACTERS
            left -= 1
            if left == 0:
                left = _PAGE_LINES
                if rest and current[-1] not in "。！？；：":
                    lines.append(current)
                    cuts.add(len(lines))
                    current = ""
        if current:
            lines.append(current)
    return lines, cuts


def score_joining(documents: Sequence[tuple[int, str]]) -> tuple[float, float, list[tuple[object, ...]]]:
    """Recall and precision of joining what page ends cut."""
    right = wrong = missed = 0
    examples: list[tuple[object, ...]] = []
    for seed, (number, text) in product(range(_ROUNDS), documents):
        lines, cuts = typeset(text, random.Random(seed * 1000 + number))
        result = clean(read_lines("\n".join(lines)))
        starts, length = set(), 0
        for paragraph in result.paragraphs:
            starts.add(length)
            length += len(solid(result.line(paragraph)))
        offset = 0
        for index, line in enumerate(lines):
            joined = index > 0 and offset not in starts
            right += joined and index in cuts
            wrong += joined and index not in cuts
            missed += index in cuts and not joined
            if joined != (index in cuts):
                examples.append((number, "joined" if joined else "missed", lines[index - 1][-30:], line[:30]))
            offset += len(solid(line))
    return right / (right + missed), right / (right + wrong), examples


def score_statutes(folder: Path) -> Scores:
    scores = Scores()
    for path in sorted((folder / "law_md").glob("*.md")):
        text = path.read_text(encoding="utf-8")
        draft = drafted(read_file(path), path.name)
        styles = Counter(section.style for section in draft.sections)
        articles = len(_ARTICLE.findall(text))
        chapters = len(_CHAPTER.findall(text))
        headings = styles["第X编"] + styles["第X章"] + styles["第X节"]
        title = text.strip().split("\n", 1)[0].lstrip("# ").strip()
        scores.add("articles", styles["第X条"] == articles, path.name, articles, styles["第X条"])
        scores.add("chapters", headings == chapters, path.name, chapters, headings)
        scores.add("title", re.sub(r"\s", "", draft.title) == re.sub(r"\s", "", title), path.name, draft.title)
        scores.add("readers public", draft.readers == {"public"}, path.name)
        scores.add("integrity holds", bool(draft.report.integrity and draft.report.integrity.holds), path.name)
    return scores


def statutes_as_text(folder: Path) -> list[tuple[int, str]]:
    """Every eighth statute without its Markdown."""
    texts = [path.read_text(encoding="utf-8") for path in sorted((folder / "law_md").glob("*.md"))[::8]]
    plain = [re.sub(r"<!--.*?-->|^#+ *", "", text, flags=re.MULTILINE | re.DOTALL) for text in texts]
    return list(enumerate("\n".join(line for line in text.split("\n") if line.strip()) for text in plain))


def score_courses(folder: Path) -> Scores:
    scores = Scores()
    for path in sorted((folder / "courses/course_md").iterdir()):
        text = path.read_text(encoding="utf-8")
        draft = drafted(read_file(path), path.name)
        headings = len(re.findall(r"^#{2,} ", text, re.MULTILINE))
        found = sum(section.style in ("outline", "一、", "第X章", "（一）", "1.") for section in draft.sections)
        scores.add("kind", draft.kind == "course", path.name, draft.kind, draft.report.kind_reasons)
        scores.add("no heading lost", found >= headings, path.name, headings, found)
        scores.add("integrity holds", bool(draft.report.integrity and draft.report.integrity.holds), path.name)
    return scores


def speed(folder: Path) -> str:
    reads = [read_lines(text) for _, _, text in state_council(folder)]
    news: list[ReadFile] = []
    with gzip.open(folder / "news_haystack.jsonl.gz", "rt", encoding="utf-8") as file:
        for line, _ in zip(file, range(2000), strict=False):
            news.append(read_lines(json.loads(line)["text"]))
    parts = []
    for name, group in (("State Council", reads), ("news", news)):
        characters = sum(len(block.text) for read in group for block in read.blocks)
        for read in group[:10]:
            drafted(read, "a.txt")  # patterns compiled at first use are no part of the speed
        started = time.process_time()
        for read in group:
            drafted(read, "a.txt")
        seconds = time.process_time() - started
        parts.append(f"{name} {characters / seconds / 1e6:.1f} Mchar/s, {seconds / len(group) * 1e3:.2f} ms a document")
    return "; ".join(parts)


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--show", action="store_true", help="list what is wrong")
    arguments = parser.parse_args()
    if not (data := os.environ.get("LUNKU_EVAL_DATA")):
        sys.exit("LUNKU_EVAL_DATA names no data folder: nothing measured")
    folder = Path(data)
    documents = state_council(folder)
    for name, parity in (("looked at", 0), ("held back", 1)):
        half = [item for item in documents if item[0] % 2 == parity]
        recall, precision, examples = score_joining([(number, text) for number, _, text in half])
        print(f"State Council documents, {name}: rejoining recall {recall:.3f} precision {precision:.3f}")
        report(score_access(half), arguments.show, examples)
    recall, precision, examples = score_joining(statutes_as_text(folder))
    print(f"Statutes: rejoining recall {recall:.3f} precision {precision:.3f}")
    report(score_statutes(folder), arguments.show, examples)
    print("Courses")
    report(score_courses(folder), arguments.show)
    print("Speed (CPU time, one core):", speed(folder))


def report(scores: Scores, show: bool, examples: list[tuple[object, ...]] | None = None) -> None:
    """Print scores and, if asked, what is wrong."""
    print("\n".join(scores.lines()))
    for example in [*scores.wrong, *(examples or [])] if show else []:
        print("   ", *example)


if __name__ == "__main__":
    main()
