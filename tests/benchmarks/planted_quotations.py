"""Drafts with planted quotations: the changes that ``tests.benchmarks.quotation`` measures the check on.

Each case plants one sentence of a law (law_md) or government document (gov_docs) in a draft and says which verdict is
right. A case whose planted words happen to stand in the library is dropped, by a plain substring search that shares
nothing with the check but the folding.
"""

import hashlib
import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import opencc
import rjieba

from corpus.text.folding import fold
from corpus.text.sentences import split_sentences
from search.quotation.comparison import letters
from search.quotation.findings import FindingKind, Verdict
from tests.benchmarks.search import read_lines

LEFT_OUT = 10
"""One document in so many is not in the library."""

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
