"""Sentences about a source that say the same in other words, and such that say something else.

Each change takes a sentence of a passage and a random generator, and gives a sentence, or None where it does not apply.
"""

import re
from random import Random

from corpus.text.folding import fold
from corpus.text.numerals import chinese_number
from corpus.text.sentences import split_sentences
from search.generation.clauses import ClauseReader, UnitKind

_NUMERALS = "一二三四五六七八九"
_FLIPS = (
    ("全部", "部分"),
    ("所有", "个别"),
    ("至少", "至多"),
    ("不少于", "不超过"),
    ("不低于", "不高于"),
    ("以上", "以下"),
    ("应当", "可以"),
    ("必须", "可以"),
    ("可以", "应当"),
    ("不得", "可以"),
    ("禁止", "允许"),
    ("提高", "降低"),
    ("增加", "减少"),
    ("增长", "下降"),
    ("扩大", "缩小"),
    ("鼓励", "要求"),
    ("之前", "之后"),
    ("底前", "底后"),
    ("最高", "最低"),
    ("支持", "反对"),
    ("均", "部分"),
    ("每", "个别"),
)
_DENIALS = ("不得", "不", "未", "没有", "并非", "无须")
_WHO = (
    "志愿者|人员|人才|人士|干部|教师|老师|学生|青年|群众|村民|居民|职工|员工|单位|组织|机构|部门|企业|学校|高校|家庭"
    "|农户|团队"
)
_RESTRICTED = (
    re.compile(rf"(?:(?<=[，。；、：对向为给由])|^)[^，。；：、的\s对向为给由“”《》]{{2,10}}的(?={_WHO})"),
    re.compile(
        rf"(?:退休|离休|在职|专职|兼职|注册|困难|低保|农村|乡村|乡镇|社区|街道|县级|市级|省级|本科|研究|中小|民办|公办|基层|外来)(?={_WHO})"
    ),
)
_WIDE = str.maketrans("0123456789%", "０１２３４５６７８９％")
_WRITTEN = re.compile(rf"[{_NUMERALS}十百千万]{{2,}}(?=名|人|元|个|项|场|户|次|小时)")


def sentences(passage):
    """Statements of a passage that can be cited on their own."""
    found = (passage[span.start : span.end].strip() for span in split_sentences(passage))
    return [text for text in found if 12 <= len(text) <= 120 and text.endswith("。") and "\n" not in text]


class Changes:
    """The changes, over words of a library: ``passages`` are where foreign words, names and clauses come from."""

    def __init__(self, reader: ClauseReader, passages):
        self.reader = reader
        units = [unit for passage in passages for clause in reader.read(passage) for unit in clause.units]
        self.names = sorted({unit.value for unit in units if unit.kind is UnitKind.NAME and len(unit.value) > 1})
        self.words = sorted({unit.value for unit in units if unit.kind is UnitKind.WORD and len(unit.value) > 1})
        self.passage = ""
        self.true = {
            "verbatim": lambda text, rng: text,
            "attributed": lambda text, rng: f"该文件指出，{text}",
            "wide digits": self.wide,
            "arabic numbers": self.arabic,
            "first clauses": self.first_clauses,
            "without particles": self.without_particles,
        }
        self.false = {
            "digit": self.digit,
            "denial added": self.denial_added,
            "denial dropped": self.denial_dropped,
            "word flipped": self.flipped,
            "foreign name": self.foreign_name,
            "foreign word": self.foreign_word,
            "names exchanged": self.exchanged,
            "numbers exchanged": self.numbers_exchanged,
            "subject exchanged": self.subject_exchanged,
            "quotation altered": self.quotation,
            "number added": self.number_added,
            "statements joined": self.joined,
            "restriction dropped": self.restriction_dropped,
        }

    def wide(self, text, rng):
        changed = text.translate(_WIDE)
        return changed if changed != text and not re.search("[“”]", text) else None

    def arabic(self, text, rng):
        changed = _WRITTEN.sub(lambda match: str(chinese_number(match[0]) or match[0]), text)
        return changed if changed != text else None

    def first_clauses(self, text, rng):
        clauses = re.split(r"(?<=[，；])", text)
        if len(clauses) < 2 or re.search(r"(?:的|时|后)[，；]$|^(?:如|若|凡|除|未经|经|对|在|为|按|由)", clauses[0]):
            return None
        return clauses[0].rstrip("，；") + "。" if len(clauses[0]) > 10 else None

    def without_particles(self, text, rng):
        if re.search("[《“]", text):
            return None
        changed = re.sub(r"(?<=[\u4e00-\u9fff])的(?=[\u4e00-\u9fff])(?![确])", "", text, count=1)
        return changed if changed != text and "目的" not in text else None

    def _units(self, text, *kinds):
        return [unit for clause in self.reader.read(text) for unit in clause.units if unit.kind in kinds]

    def digit(self, text, rng):
        places = [
            m.start()
            for m in re.finditer(
                rf"(?<!^)\d|(?<=[{_NUMERALS}十百])[{_NUMERALS}]|[{_NUMERALS}](?=[十百]?[名人元项场户次倍])", text
            )
        ]
        if not places:
            return None
        at = rng.choice(places)
        pool = "123456789" if text[at].isdigit() and text[at].isascii() else _NUMERALS
        return text[:at] + rng.choice([digit for digit in pool if digit != text[at]]) + text[at + 1 :]

    def denial_added(self, text, rng):
        places = [unit.start for unit in self._units(text, UnitKind.WORD, UnitKind.NAME) if not unit.nominal]
        if not places:
            return None
        at = rng.choice(places)
        return text[:at] + rng.choice(_DENIALS) + text[at:]

    def denial_dropped(self, text, rng):
        found = list(re.finditer("不得|不予|不再|并未|没有|未经|[不未非](?![断仅但同少来常物遗管论])", text))
        if not found:
            return None
        match = rng.choice(found)
        return text[: match.start()] + text[match.end() :]

    def flipped(self, text, rng):
        pairs = [pair for pair in (*_FLIPS, *((b, a) for a, b in _FLIPS)) if pair[0] in text]
        if not pairs:
            return None
        old, new = rng.choice(pairs)
        return text.replace(old, new, 1)

    def _replaced(self, text, unit, value):
        return text[: unit.start] + value + text[unit.end :]

    def foreign_name(self, text, rng):
        units = [unit for unit in self._units(text, UnitKind.NAME) if len(unit.value) > 1]
        names = [name for name in rng.sample(self.names, min(20, len(self.names))) if name not in text]
        return self._replaced(text, rng.choice(units), names[0]) if units and names else None

    def foreign_word(self, text, rng):
        units = [unit for unit in self._units(text, UnitKind.WORD) if len(unit.value) > 1]
        words = [word for word in rng.sample(self.words, min(20, len(self.words))) if word not in text]
        return self._replaced(text, rng.choice(units), words[0]) if units and words else None

    def _exchange(self, text, units, rng):
        pairs = [(a, b) for a in units for b in units if a.end < b.start and a.value != b.value]
        if not pairs:
            return None
        first, second = rng.choice(pairs)
        return self._replaced(
            self._replaced(text, second, text[first.start : first.end]), first, text[second.start : second.end]
        )

    def exchanged(self, text, rng):
        """Two names of different clauses, or around a preposition, change places."""
        return self._exchange(
            text, [u for u in self._units(text, UnitKind.NAME) if u.nominal and len(u.value) > 1], rng
        )

    def numbers_exchanged(self, text, rng):
        return self._exchange(text, [u for u in self._units(text, UnitKind.FACT) if u.measure], rng)

    def subject_exchanged(self, text, rng):
        """The subject of one clause with what another says of its own."""
        clauses = [c for c in self.reader.read(text) if len(c.content) > 2 and c.content[0].nominal]
        pairs = [(a, b) for a in clauses for b in clauses if a is not b and a.content[0].value not in b.text]
        if not pairs:
            return None
        one, other = rng.choice(pairs)
        subject, old = one.content[0], other.content[0]
        return text[other.start : old.start] + text[subject.start : subject.end] + text[old.end : other.end] + "。"

    def joined(self, text, rng):
        """The opening of one sentence with what the passage says of something else; needs ``self.passage``."""
        opening = re.split("[，；。]", text)[0]
        others = [c for c in self.reader.read(self.passage) if c.subject and c.text not in fold(text)]
        others = [c for c in others if c.subject.value not in text and len(c.content) > 2]
        if not others:
            return None
        other = rng.choice(others)
        return f"{opening}，{self.passage[other.subject.end : other.end]}。"

    def quotation(self, text, rng):
        found = list(re.finditer(r"“[^“”]{3,}”", text))
        if found:
            match = rng.choice(found)
            at = rng.randrange(match.start() + 1, match.end() - 1)
            return text[:at] + rng.choice([c for c in "的之与新大中" if c != text[at]]) + text[at + 1 :]
        return None

    def restriction_dropped(self, text, rng):
        """What is said of some is said of all: 退休的志愿者 → 志愿者, 乡镇干部 → 干部."""
        found = [match for pattern in _RESTRICTED for match in pattern.finditer(text)]
        if not found:
            return None
        match = rng.choice(found)
        return text[: match.start()] + text[match.end() :]

    def number_added(self, text, rng):
        return f"{text.rstrip('。')}，共{rng.randrange(3, 999)}人。"


def cite(text, number=1):
    """A sentence with its marker, as models write it."""
    return f"{text.rstrip('。')}[{number}]。"


def rng_of(seed):
    return Random(seed)
