"""Documents looked for by number and by title, as people write these: how often the document stands first.

    python -m tests.benchmarks.known_items --library DIR

Every document that a reader of everything finds in the library is asked for in each of the ways in which its number and
its title may be written. Documents whose titles differ in their last bracket alone count as one.
"""

import argparse
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

from corpus.settings import Settings
from corpus.text.titles import STATE, called, core_title
from search.query import MAX_CHARACTERS
from search.results import SearchRequest
from search.searcher import Searcher

_NUMBER = re.compile(r"(.+?)〔(\d{4})〕(\d+)号")
_HAN_DIGITS = str.maketrans("0123456789", "〇一二三四五六七八九")
_FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
_MARKS = re.compile(r"[《》“”（）()、—\s]")
_EXAMPLES = 5


def number_forms(number: str) -> Iterator[tuple[str, str]]:
    """Ways to write a document's number, by name."""
    yield "as it is", number
    if match := _NUMBER.fullmatch(number):
        code, year, count = match.groups()
        yield "[]", f"{code}[{year}]{count}号"
        yield "（）", f"{code}（{year}）{count}号"
        yield "【】", f"{code}【{year}】{count}号"
        yield "第", f"{code}〔{year}〕第{count}号"
        yield "Chinese digits", f"{code}〔{year.translate(_HAN_DIGITS)}〕{count}号"
        yield "full width", f"{code}〔{year.translate(_FULL_WIDTH)}〕{count}号"
        yield "no brackets", f"{code}{year}{count}号"
        yield "blanks", f"{code} {year} {count}号"
        yield "年", f"{code}{year}年{count}号"
        yield "dashes", f"{code}-{year}-{count}号"
        yield "no 号", f"{code}〔{year}〕{count}"
        yield "in a question", f"{number}说了什么"


def title_forms(title: str) -> Iterator[tuple[str, str]]:
    """Ways to write a document's title, by name."""
    yield "as it is", title
    yield "《》", f"《{title}》"
    yield "with a blank", f"{title[: len(title) // 2]} {title[len(title) // 2 :]}"
    yield "的内容", f"{title}的内容"
    yield "有没有", f"有没有{title}"
    if title.startswith(STATE):
        yield "without the state", title.removeprefix(STATE)
    if (plain := _MARKS.sub("", title)) != title:
        yield "without marks", plain
    if printed := re.search(r"印发《(.+)》的通知$", title):
        yield "what it prints", printed[1]


def measure(
    searcher: Searcher, groups: frozenset[str], asked: Iterable[tuple[Iterator[tuple[str, str]], set[str]]]
) -> dict[str, dict[str, object]]:
    """For each form the number of queries, the share with a wanted document first, and some without."""
    first: dict[str, list[bool]] = defaultdict(list)
    missed: dict[str, list[str]] = defaultdict(list)
    for forms, wanted in asked:
        for form, text in forms:
            if len(text) > MAX_CHARACTERS:
                continue
            hits = searcher.search(SearchRequest(text, limit=1), groups).hits
            found = bool(hits) and hits[0].document_id in wanted
            first[form].append(found)
            if not found:
                missed[form].append(text)
    return {
        form: {"queries": len(found), "first": round(sum(found) / len(found), 3), "missed": missed[form][:_EXAMPLES]}
        for form, found in first.items()
    }


def main() -> None:
    """Print the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--library", type=Path, required=True, help="a data directory")
    arguments = parser.parse_args()
    with Searcher.open(Settings(data_dir=arguments.library)) as searcher:
        groups = searcher._catalogue.groups()
        documents, _ = searcher._catalogue.documents(groups, limit=100_000)
        of_number, of_title = defaultdict(set), defaultdict(set)
        for document in documents:
            of_title[called(core_title(document.title))].add(document.id)
            if document.document_number:
                of_number[document.document_number].add(document.id)
        titles = ((title_forms(item.title), of_title[called(core_title(item.title))]) for item in documents)
        numbers = ((number_forms(number), wanted) for number, wanted in of_number.items())
        report = {"numbers": measure(searcher, groups, numbers), "titles": measure(searcher, groups, titles)}
    print(json.dumps(report, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
