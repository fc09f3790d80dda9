"""How long a document says it holds, or another one holds on: “本办法自2024年5月1日起施行，有效期5年”,
“《某办法》有效期延长至2027年12月31日”."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from corpus.text.folding import fold
from corpus.text.numerals import chinese_number, parse_date
from corpus.text.repeals import named_before

_NUMBER = r"[\d零〇○一二两三四五六七八九十]"
_DAY = rf"{_NUMBER}{{4}} ?年 ?{_NUMBER}{{1,3}} ?月 ?{_NUMBER}{{1,3}} ?日"
_ISSUED = "(?:(?:公开)?发布|印发|公布|下发|颁布|发文)之日"
_IN_FORCE = "(?:正式|开始)?(?:施行|实施|执行|试行|生效)"
_UNTIL = "(?:截至|截止到?|至|到|(?<=[日起])[-—–~]{1,2})"
_ITSELF = (
    r"本(?:实施|暂行|管理|试行|工作|操作)*(?:办法|规定|细则|意见|通知|通告|公告|条例|规则|决定|措施|政策|文件|制度|方案|指引|指南"
    r"|规范|标准|计划|规划|目录|准则|导则|批复)(?:\([^()]{1,12}\))?(?:由[^,。;]{2,40}解释,)?"
)
"""The text's own name for itself: certificates, contracts and offers inside it have terms of their own."""
_BESIDE = "(?:[^,。;]{2,60}(?:解释|废止|失效|执行)[,。;]){0,2}"
"""Clauses that may stand before the term: who explains the text, what it repeals."""
_NAME = "(?:有效|试行|施行|实施|执行|适用)(?:期限?|时间)(?:暂定|暂|定)?(?:为|是|:)?"
_TRIAL = "(?:暂|先)?试行"
_TERM = (
    rf"(?:{_NAME}|{_TRIAL})(?P<count>{_NUMBER}{{1,3}})(?P<unit>年|个月)"
    rf"|(?:{_NAME}(?:[自从]?(?:{_DAY}|{_ISSUED})起?)?|{_IN_FORCE})?(?:延长|延续)?{_UNTIL}(?P<last>{_DAY})"
)
_START = (
    rf"(?:自|从|于)(?:(?P<first>{_DAY})|{_ISSUED})起?(?:满?(?P<after>{_NUMBER}{{1,3}})日[之以]?后)?起?"
    rf"(?:{_IN_FORCE}|(?={_TRIAL}{_NUMBER}))"
)
_BEGUN = re.sub(r"\?P<\w+>", "?:", _START) + f"(?:[,。;]{_BESIDE})?"
_STATED = re.compile(
    rf"(?:{_ITSELF}(?:{_BEGUN})?|{_BEGUN})(?:并|其|的| )?(?:{_TERM})"
    rf"|{_ITSELF}(?:自|从)?(?:{_DAY}|{_ISSUED})起?{_UNTIL}(?P<last_in_range>{_DAY})(?:止|期间)?{_IN_FORCE}"
)
_PROLONGED = re.compile(
    rf"(?:的)?(?:{_NAME})?(?:均|统一|同意)?(?:延长|延续|顺延|继续(?:有效|执行|实施|施行),?(?:{_NAME})?(?:延长)?)"
    rf"(?:执行|实施|有效期|试行)?(?:{_UNTIL}(?P<last>{_DAY})|(?P<count>{_NUMBER}{{1,3}})(?P<unit>年|个月))"
)
_STARTED = re.compile(_START)
_DAY_LENGTH = timedelta(days=1)
_END_OF_SENTENCE = re.compile("[。;\n]")


@dataclass(frozen=True, slots=True)
class Validity:
    """What a text says of its own end, with its half-open span.

    Attributes:
        until: its last day, if it names one.
        months: else how many months it holds: from ``first`` or, where that is None, ``after`` days after its issue.
    """

    start: int
    end: int
    until: date | None
    months: int
    first: date | None
    after: int

    def last_day(self, first: date | None) -> date | None:
        """The last day on which the text holds; ``first`` stands in for a first day that it does not name.

        A term of years ends on the day before its anniversary, as those do that name both days (5月1日起，至4月30日).
        """
        if self.until:
            return self.until
        begins = self.first or (_days_later(first, self.after) if first else None)
        return _months_later(begins, self.months) - _DAY_LENGTH if begins else None


def may_expire(folded: str) -> bool:
    """Whether a folded text has anything that ``find_validity`` could find in one of its lines."""
    return _STATED.search(folded) is not None


def find_validity(text: str) -> Validity | None:
    """What ``text`` first says of its own end; not what it quotes, nor the terms of what it regulates."""
    return next(_stated(text), None)


@dataclass(frozen=True, slots=True)
class Prolongation:
    """A text that holds on, as it is named, with its half-open span.

    Attributes:
        until: its new last day, if that is named.
        months: else how many months it holds on after its last day.
    """

    start: int
    end: int
    until: date | None
    months: int

    def last_day(self, before: date) -> date:
        """The new last day of a text whose last day was ``before``."""
        return self.until or _months_later(_days_later(before, 1), self.months) - _DAY_LENGTH


def may_prolong(folded: str) -> bool:
    """Whether a folded text has a verb of ``find_prolongations`` at all, which is soon said."""
    verbs = ("延长", "延续", "顺延", "继续有效", "继续执行", "继续实施", "继续施行")
    return any(verb in folded for verb in verbs)


def find_prolongations(text: str) -> list[Prolongation]:
    """The texts that ``text`` says hold on for longer than they said, in order."""
    folded = fold(text)
    return sorted(
        (
            Prolongation(*span, until, months)
            for found in _PROLONGED.finditer(folded)
            for until, months in _new_end(found)
            for span in named_before(folded, found.start())
        ),
        key=lambda item: item.start,
    )


def _new_end(found: re.Match[str]) -> Iterator[tuple[date | None, int]]:
    """The day or the months of a match; nothing where the calendar has no such day."""
    if found["last"]:
        if day := parse_date(found["last"]):
            yield day, 0
    elif count := chinese_number(found["count"]):
        yield None, count * (12 if found["unit"] == "年" else 1)


def _stated(text: str) -> Iterator[Validity]:
    folded = fold(text)
    for found in _STATED.finditer(folded):
        before = text[: found.start()]
        if before.count("“") > before.count("”"):
            continue
        named = found["last"] or found["last_in_range"]
        until = parse_date(named) if named else None
        count = chinese_number(found["count"]) if found["count"] else 0
        if not until and not count:
            continue
        sentence = _END_OF_SENTENCE.search(folded, found.end())
        started = _STARTED.search(folded, found.start(), sentence.start() if sentence else len(folded))
        first, after = started.group("first", "after") if started else (None, None)
        yield Validity(
            found.start(),
            found.end(),
            until,
            months=(count or 0) * (12 if found["unit"] == "年" else 1),
            first=parse_date(first) if first else None,
            after=(chinese_number(after) or 0) if after else 0,
        )


def _days_later(day: date, days: int) -> date:
    """A later day; the calendar's last one (9999-12-31 stands for ever in some tables) stays what it is."""
    return day + timedelta(days=min(days, (date.max - day).days))


def _months_later(day: date, months: int) -> date:
    """The same day of a later month, or the day after that month's last one where it has no such day."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    if year >= date.max.year:
        return date.max
    try:
        return day.replace(year=year, month=month)
    except ValueError:
        return date(year + month // 12, month % 12 + 1, 1)
