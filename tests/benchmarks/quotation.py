"""The quotation check on planted drafts: precision and recall of each verdict, and the time that a draft takes.

    LUNKU_EVAL_DATA=FOLDER python -m tests.benchmarks.quotation [--cases 1800] [--half fit|held-back] [--verbose]
    LUNKU_EVAL_DATA=FOLDER python -m tests.benchmarks.quotation --time [--library DIR]

The library is made of the laws (law_md) and government documents (gov_docs); every tenth document is left out of it,
so that its sentences are invented as far as the library goes. Each case plants one sentence in a draft and says which
verdict is right. A case whose planted words happen to stand in the library is dropped, by a plain substring search
that shares nothing with the check but the folding. Documents are split in two halves by a hash: the thresholds of
``search/quotation/judging.py`` were chosen on ``fit``, the figures to report are those of ``held-back``.

``--time`` measures drafts of 5,000 characters against the 54,654 articles of stard.
"""

import argparse
import hashlib
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
from dataclasses import dataclass, replace
from pathlib import Path

import opencc
import rjieba

from corpus.catalogue import Catalogue
from corpus.identifiers import content_hash
from corpus.records import IngestReport, Kind, MetadataField, PassageSpan, VersionDraft
from corpus.settings import Settings
from corpus.terms import TermBase
from corpus.text.analyser import Analyser
from corpus.text.folding import fold
from corpus.text.sentences import split_sentences
from search.embedding import open_embedder
from search.engine.factory import open_engine
from search.indexing import Indexer
from search.quotation.checking import QuotationChecker
from search.quotation.comparison import letters
from search.quotation.findings import FindingKind, Verdict
from tests.benchmarks.search import build, read_lines

GROUPS = frozenset({"public"})
LEFT_OUT = 10
"""One document in so many is not in the library."""
_PASSAGE = 400
"""Characters from which on a passage ends with its paragraph."""
_DRAFT = 5_000
AMBIGUOUS = frozenset({"neighbour"})
"""Manners of planting that have no one right verdict: shown, but in no figure."""

_OFFICES = (
    ("东川市人民政府", "东川政发"),
    ("东川市人民政府办公室", "东川政办发"),
    ("省财政厅", "财发"),
    ("省教育厅", "教发"),
)
_ARTICLE = re.compile(r"(?m)^(?P<label>第[一二三四五六七八九十百]{1,6}条)\s+(?P<sentence>[^\n。]{15,100}。)")
_JIEBA = rjieba.Jieba()
_TRADITIONAL = opencc.OpenCC("s2t")
_HAN = re.compile("[一-鿿]")
_RUNNING_TEXT = "笔者多年调研中注意到这样一点，{}这一点值得深思。"
_CLAUSES = ("会议强调：{}会后进行了讨论。", "通知明确：{}", "在座谈会上，负责人提出：{}大家都赞成。")
_NUMBER_CUT = re.compile(r"[0-9A-Za-z]{2}")


@dataclass(frozen=True)
class Source:
    """A document of the planting set."""

    title: str
    text: str

    @property
    def number(self) -> int:
        return int(hashlib.sha256(self.title.encode()).hexdigest()[:8], 16)

    @property
    def half(self) -> str:
        return "fit" if self.number // LEFT_OUT % 2 else "held-back"

    @property
    def document_number(self) -> str:
        """A made-up number, date and office: the planting set has none."""
        return f"{_OFFICES[self.number % len(_OFFICES)][1]}〔{self.issued_on[:4]}〕{self.number % 90 + 1}号"

    @property
    def issued_on(self) -> str:
        return f"{2001 + self.number % 22}-{self.number % 12 + 1:02d}-{self.number % 28 + 1:02d}"

    @property
    def organization(self) -> str:
        return _OFFICES[self.number % len(_OFFICES)][0]

    @property
    def held(self) -> bool:
        return self.number % LEFT_OUT != 0


@dataclass(frozen=True)
class Case:
    """A planted draft and the verdict that is right."""

    manner: str
    draft: str
    verdict: Verdict
    planted: str
    particular: FindingKind | None = None
    """What the draft says otherwise than the source, beside quoting it."""


def read_sources(data: Path) -> list[Source]:
    sources = [Source(row["title"], row["text"]) for row in read_lines(data / "gov_docs" / "corpus.jsonl.gz")]
    for path in sorted((data / "law_md").glob("*.md")):
        text = path.read_text(encoding="utf-8")
        title = re.search(r"^#+ *(.+)$", text, re.MULTILINE)
        body = re.sub(r"^#+ *|<!--.*?-->", "", text, flags=re.MULTILINE)
        sources.append(Source((title[1] if title else path.stem).strip(), body))
    unique = {source.text: source for source in sources if len(source.text) > 400}
    return list({source.title: source for source in unique.values()}.values())


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


def plain(text: str) -> str:
    """What is compared to tell whether planted words happen to stand in the library."""
    return re.sub(r"[\s“”‘’「」『』\"']", "", fold(text))


def sentences(source: Source) -> list[str]:
    found = [source.text[span.start : span.end].strip() for span in split_sentences(source.text)]
    kept = [re.sub(r"^第\S{1,8}条\s+", "", sentence) for sentence in found]
    return [item for item in kept if 15 <= len(item) <= 120 and not set("“”「」\"'#|*<>…\n") & set(item)]


def _is_whole(sentence: str) -> bool:
    """Whether a sentence is one to the draft's reader, too, and says nothing that looks like another 指出：."""
    return sentence.endswith("。") and not re.search("[：:；;！？]", sentence)


class Planter:
    """Makes the cases, each from a sentence of the library or of a document left out of it."""

    def __init__(self, sources: Sequence[Source], unrelated: Sequence[Source], half: str, seed: int) -> None:
        self.random = random.Random(seed)
        self.held = [item for item in sources if item.held and item.half == half]
        self.absent = [item for item in sources if not item.held and item.half == half]
        self.unrelated = unrelated
        self.library = "\n\n".join(plain(item.text) for item in sources if item.held)
        self.by_source = {item.title: plain(item.text) for item in sources if item.held}
        self.characters = [character for item in self.held for character in item.text if "一" <= character <= "鿿"]
        self.words = self._chain()

    def _chain(self) -> dict[str, list[str]]:
        following: dict[str, list[str]] = defaultdict(list)
        for item in self.held:
            for sentence in sentences(item)[:40]:
                words = ["", *_JIEBA.cut(sentence, hmm=False)]
                for word, after in zip(words, [*words[1:], ""], strict=True):
                    following[word].append(after)
        return following

    def sentence(self, sources: Sequence[Source]) -> tuple[str, Source]:
        while True:
            source = self.random.choice(sources)
            if found := sentences(source):
                return self.random.choice(found), source

    def cases(self, number: int) -> Iterator[Case]:
        manners = [name.removeprefix("plant_") for name in dir(self) if name.startswith("plant_")]
        made = Counter()
        while sum(made.values()) < number:
            manner = min(manners, key=lambda name: made[name])
            if case := getattr(self, "plant_" + manner)():
                made[manner] += 1
                yield case

    def _case(self, manner: str, planted: str, verdict: Verdict, form: str | None = None) -> Case | None:
        core = planted.strip("。；，：、！？.;,:!? ")
        stands = plain(core) in self.library
        if len(_HAN.findall(core)) < 12 or stands != (verdict in {Verdict.EXACT, Verdict.MISATTRIBUTED}):
            return None
        form = form or self.random.choice(["文件要求，“{}”。", "会上提到“{}”，", "有关规定：「{}」。", "指出：“{}”"])
        return Case(manner, form.format(planted), verdict, planted)

    def plant_unchanged(self) -> Case | None:
        sentence, _ = self.sentence(self.held)
        return self._case("unchanged", sentence, Verdict.EXACT)

    def plant_part(self) -> Case | None:
        sentence, _ = self.sentence(self.held)
        start = self.random.randrange(len(sentence) // 3)
        end = start + self.random.randint(12, 60)
        if _NUMBER_CUT.search(sentence[max(0, start - 1) : start + 1]) or _NUMBER_CUT.search(
            sentence[end - 1 : end + 1]
        ):
            return None
        return self._case("part", sentence[start:end], Verdict.EXACT)

    def plant_width(self) -> Case | None:
        sentence, _ = self.sentence(self.held)
        wide = str.maketrans("0123456789，；：（）", "０１２３４５６７８９,;:()")
        return self._case("width", sentence.translate(wide), Verdict.EXACT)

    def plant_traditional(self) -> Case | None:
        sentence, _ = self.sentence(self.held)
        return self._case("traditional", _TRADITIONAL.convert(sentence), Verdict.EXACT)

    def plant_characters(self) -> Case | None:
        sentence, _ = self.sentence(self.held)
        changed = list(sentence)
        for at in self.random.sample(range(len(changed)), self.random.randint(1, 3)):
            changed[at] = self.random.choice(self.characters)
        return self._case("characters", "".join(changed), Verdict.ALTERED)

    def plant_dropped(self) -> Case | None:
        sentence, _ = self.sentence(self.held)
        size = self.random.randint(1, min(12, len(sentence) // 4))
        at = self.random.randrange(3, len(sentence) - size - 3)
        return self._case("dropped", sentence[:at] + sentence[at + size :], Verdict.ALTERED)

    def plant_inserted(self) -> Case | None:
        sentence, _ = self.sentence(self.held)
        other, _ = self.sentence(self.held)
        at = self.random.randrange(3, len(sentence) - 3)
        size = self.random.randint(1, 6)
        return self._case("inserted", sentence[:at] + other[3 : 3 + size] + sentence[at:], Verdict.ALTERED)

    def plant_swapped(self) -> Case | None:
        sentence, _ = self.sentence(self.held)
        words = list(_JIEBA.cut(sentence, hmm=False))
        if len(words) < 6:
            return None
        at = self.random.randrange(len(words) - 2)
        words[at], words[at + 2] = words[at + 2], words[at]
        return self._case("swapped", "".join(words), Verdict.ALTERED)

    def plant_punctuation(self) -> Case | None:
        sentence, _ = self.sentence(self.held)
        marks = [match.start() for match in re.finditer("[，；、]", sentence[:-1])]
        if not marks:
            return None
        at = self.random.choice(marks)
        changed = sentence[:at] + self.random.choice(["", "。", "：", "、", "，"]) + sentence[at + 1 :]
        return self._case("punctuation", changed, Verdict.ALTERED)

    def plant_numbers(self) -> Case | None:
        sentence, _ = self.sentence(self.held)
        numbers = list(re.finditer(r"\d+|[二三四五六七八九]", sentence))
        if not numbers:
            return None
        match = self.random.choice(numbers)
        value = (
            str(int(match[0]) + self.random.randint(1, 9))
            if match[0].isdigit()
            else self.random.choice("二三四五六七八九")
        )
        return self._case("numbers", sentence[: match.start()] + value + sentence[match.end() :], Verdict.ALTERED)

    def plant_joined(self) -> Case | None:
        (first, one), (second, other) = self.sentence(self.held), self.sentence(self.held)
        first = first.rstrip("。；：")
        if one is other or not (14 <= len(first) <= 60 and 14 <= len(second) <= 60):
            return None
        joint = self.random.choice(["，", "。", "；", ""])
        return self._case("joined", first + joint + second, Verdict.SPLICED)

    def plant_source(self) -> Case | None:
        (sentence, source), (_, other) = self.sentence(self.held), self.sentence(self.held)
        core = plain(sentence.strip("。；，："))
        if source is other or core in self.by_source[other.title]:
            return None
        return self._case("source", sentence, Verdict.MISATTRIBUTED, f"《{other.title}》规定：“{{}}”")

    def plant_right_source(self) -> Case | None:
        sentence, source = self.sentence(self.held)
        return self._case("right_source", sentence, Verdict.EXACT, f"根据《{source.title}》，“{{}}”。")

    def plant_several(self) -> Case | None:
        """Two of the changes at once."""
        sentence, _ = self.sentence(self.held)
        if len(sentence) < 30:
            return None
        at = self.random.randrange(len(sentence) // 2)
        changed = sentence[:at] + self.random.choice(self.characters) + sentence[at + 1 :]
        at, size = self.random.randrange(len(changed) // 2, len(changed) - 4), self.random.randint(1, 4)
        return self._case("several", changed[:at] + changed[at + size :], Verdict.ALTERED)

    def plant_unmarked(self) -> Case | None:
        """A copied sentence in running text."""
        sentence, _ = self.sentence(self.held)
        if letters(sentence) < 30:
            return None
        return self._case("unmarked", sentence, Verdict.EXACT, _RUNNING_TEXT)

    def plant_unmarked_changed(self) -> Case | None:
        """The same with a character changed, away from its ends."""
        sentence, _ = self.sentence(self.held)
        if letters(sentence) < 45:
            return None
        at = self.random.randrange(15, len(sentence) - 15)
        changed = sentence[:at] + self.random.choice(self.characters) + sentence[at + 1 :]
        return self._case("unmarked_changed", changed, Verdict.ALTERED, _RUNNING_TEXT)

    def plant_clause(self) -> Case | None:
        """What follows 指出： without quotation marks."""
        sentence, _ = self.sentence(self.held)
        return (
            self._case("clause", sentence, Verdict.EXACT, self.random.choice(_CLAUSES)) if _is_whole(sentence) else None
        )

    def plant_clause_changed(self) -> Case | None:
        sentence, _ = self.sentence(self.held)
        if not _is_whole(sentence):
            return None
        at = self.random.randrange(len(sentence) - 1)
        changed = sentence[:at] + self.random.choice(self.characters) + sentence[at + 1 :]
        return self._case("clause_changed", changed, Verdict.ALTERED, self.random.choice(_CLAUSES))

    def plant_block(self) -> Case | None:
        """A block quotation."""
        sentence, _ = self.sentence(self.held)
        return self._case("block", sentence, Verdict.EXACT, "这一条的原文如下\n> {}\n以上内容请对照")

    def plant_with_particulars(self) -> Case | None:
        """A quotation with the number, date, office and article of its source."""
        return self._beside(None)

    def plant_other_number(self) -> Case | None:
        return self._beside(FindingKind.DOCUMENT_NUMBER)

    def plant_other_date(self) -> Case | None:
        return self._beside(FindingKind.DATE)

    def plant_other_office(self) -> Case | None:
        return self._beside(FindingKind.ORGANIZATION)

    def plant_other_article(self) -> Case | None:
        return self._beside(FindingKind.ARTICLE)

    def _beside(self, other: FindingKind | None) -> Case | None:
        source = self.random.choice(self.held)
        articles = [match for match in _ARTICLE.finditer(source.text) if not set("“”「」\"'…") & set(match[0])]
        if not articles:
            return None
        match = self.random.choice(articles)
        number, year, office, article = (
            source.document_number,
            source.issued_on[:4],
            source.organization,
            match["label"],
        )
        if other is FindingKind.DOCUMENT_NUMBER:
            number = re.sub(r"\d+(?=号)", lambda found: str(int(found[0]) + self.random.randint(1, 9)), number)
        elif other is FindingKind.DATE:
            year = str(int(year) + self.random.choice([-3, -1, 1, 2]))
        elif other is FindingKind.ORGANIZATION:
            office = self.random.choice([name for name, _ in _OFFICES if name != office])
        elif other is FindingKind.ARTICLE:
            article = self.random.choice([item["label"] for item in articles])
            if article == match["label"]:
                return None
        form = self.random.choice([
            f"{office}{year}年印发的《{source.title}》（{number}）{article}规定：“{{}}”。",
            f"根据{year}年{office}发布的《{source.title}》（{number}），其{article}明确：“{{}}”",
        ])  # fmt: skip
        case = self._case("particulars", match["sentence"], Verdict.EXACT, form)
        return case and replace(case, particular=other, manner=f"other_{other}" if other else "with_particulars")

    def plant_unrelated(self) -> Case | None:
        """A sentence of another field."""
        sentence, _ = self.sentence(self.unrelated)
        return self._case("unrelated", sentence, Verdict.NOT_FOUND)

    def plant_neighbour(self) -> Case | None:
        """A sentence of a document left out. Laws copy from each other: that it alters another law is no mistake."""
        sentence, _ = self.sentence(self.absent)
        return self._case("neighbour", sentence, Verdict.NOT_FOUND)

    def plant_invented(self) -> Case | None:
        """Words of the laws in an order that no law has them in."""
        words, word = [], ""
        while len("".join(words)) < 60:
            word = self.random.choice(self.words[word])
            if not word or word in "。；":
                break
            words.append(word)
        return self._case("invented", "".join(words), Verdict.NOT_FOUND)


@contextmanager
def checker(settings: Settings) -> Iterator[QuotationChecker]:
    engine = open_engine(settings)
    with Catalogue.open(settings.catalogue_url) as catalogue:
        terms = TermBase.load()
        yield QuotationChecker(catalogue, engine, Analyser(terms), terms)
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
