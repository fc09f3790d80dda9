"""Sections asked for by their headings (某方案的工作目标是什么): whether what is shown stands in the section.

    python -m tests.benchmarks.headings --library DIR [--form 的{}是什么？] [--half held-back]

Of every document that a reader of everything finds, what its title is about is asked together with each heading that
ends in a noun like 目标, 要求, 措施, and with that noun alone where one heading of the document has it. Documents are
split in two halves by a hash of their ids. Titles that several documents share, and what a title leaves out (the
province), make some questions ambiguous: no system reaches 1.
"""

import argparse
import hashlib
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from corpus.catalogue import Catalogue
from corpus.records import Document
from corpus.settings import Settings
from search.results import Answer, AnswerStatus, SearchFilters
from search.searcher import Searcher

_NOUNS = (
    "目标|任务|原则|要求|措施|职责|对象|条件|程序|范围|方法|内容|意义|特点|问题|建议|安排|待遇|方式|标准|流程|形式|纪律|背景|依据"
    "|成效|经验|目的|奖项|结论|特征|类型|作用|功能|地位"
)
_HEADING = re.compile(rf".{{0,4}}(?:{_NOUNS})")
_HAN = "[一二三四五六七八九十百]+"
_NUMBER = re.compile(rf"^(?:第{_HAN}[章节条讲]|{_HAN}、|[（(]{_HAN}[）)]|\d+(?:\.\d+)*[.．、\s])\s*")
_ABOUT = (
    re.compile(r"印发《?(?P<about>.+?)》?(?:（[^）]*）)?的通知$"),
    re.compile(
        "关于(?:加快|进一步|深入|全面)?(?:推进|加强|促进|做好|开展|实施|举办|发展|深化|支持|推动)?(?P<about>.+?)的?(?:若干|实施)?"
        "(?:意见|通知|方案|决定|公告|函|批复|建议|办法)$"
    ),
)
_AROUND = re.compile(r"[（(][^（()）]*[)）]$|^.{2,8}(?:省|市)(?:人民政府)?(?:办公厅|办公室)?|^第\S+讲\s*|[《》“”〈〉]")


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, and where in which document its answer stands."""

    text: str
    heading: str
    document_id: str
    spans: list[tuple[int, int]]


def topic(title: str) -> str:
    """What a title is about: 关于推进某事的意见 is about 某事."""
    for pattern in _ABOUT:
        found = pattern.search(title)
        title = found["about"] if found else title
    return _AROUND.sub("", title).strip()


def questions(catalogue: Catalogue, document: Document, form: str) -> Iterator[Asked]:
    """The questions that a document's headings answer."""
    about = topic(document.title)
    spans = defaultdict(list)
    for passage in catalogue.passages_of(catalogue.version(document.id).id):
        for part in passage.path:
            heading = _NUMBER.sub("", part).strip()
            if _HEADING.fullmatch(heading):
                spans[heading].append((passage.start, passage.end))
    nouns = Counter(noun for heading in spans for noun in re.findall(f"(?:{_NOUNS})$", heading))
    for heading, places in spans.items():
        names = {heading, *(noun for noun in nouns if heading.endswith(noun) and nouns[noun] == 1)}
        for name in sorted(names) if 3 <= len(about) <= 24 else ():
            yield Asked(about + form.format(name), heading, document.id, places)


def outcome(asked: Asked, answer: Answer) -> str:
    """Whether all sentences shown are of the section, some, or none; ``in part`` where the answer says so itself."""
    if answer.status is AnswerStatus.ABSTAINED:
        return "refused"
    right = [
        citation.document_id == asked.document_id
        and any(start <= citation.locator.start < end for start, end in asked.spans)
        and _NUMBER.sub("", citation.quote).strip() != asked.heading
        for sentence in answer.sentences
        for citation in sentence.citations
    ]
    shown = "all" if all(right) else "some" if any(right) else "none"
    return shown if answer.status is AnswerStatus.ANSWERED else f"{shown}, in part"


def main() -> None:
    """Ask about every heading, and print how many answers are of its section."""
    parser = argparse.ArgumentParser(
        description=__doc__.replace("%", "%%"), formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--library", type=Path, required=True, help="a data directory")
    parser.add_argument("--form", default="的{}是什么？", help="how the question goes on, {} for the heading")
    parser.add_argument("--half", choices=("development", "held-back"), default="held-back")
    arguments = parser.parse_args()
    settings, counts = Settings(data_dir=arguments.library), Counter[str]()
    with Catalogue.open(settings.catalogue_url) as catalogue, Searcher.open(settings) as searcher:
        groups = catalogue.groups()
        documents, _ = catalogue.documents(groups, limit=1_000_000)
        for document in documents:
            even = int(hashlib.sha256(document.id.encode()).hexdigest(), 16) % 2 == 0
            if even == (arguments.half == "development"):
                for asked in questions(catalogue, document, arguments.form):
                    counts[outcome(asked, searcher.answer(asked.text, SearchFilters(), groups))] += 1
    total = sum(counts.values())
    print(json.dumps({"questions": total} | {key: round(n / total, 3) for key, n in counts.most_common()}))


if __name__ == "__main__":
    main()
