"""References by number: 发文字号, project numbers, articles of laws, dates; each with one normal form.

Every pattern starts with something rare and looks a bounded distance around it, so searching is linear in the text.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from corpus.text.folding import fold
from corpus.text.numerals import DATE, chinese_number, matched_date

_HAN = r"\u4e00-\u9fff"
_NUMERAL = r"[0-9零一二三四五六七八九十百千两]"


@dataclass(frozen=True, slots=True)
class Reference:
    """A reference in its normal form and its half-open span in the text."""

    value: str
    start: int
    end: int


# The issuer's code stands before the year: 国办发, 黑政办规, 发改社会. What leads a sentence up to it is cut off.
_YEAR_AND_NUMBER = re.compile(
    r"[〔\[(【《<{「] ?(?P<year>(?:19|20)\d\d) ?[〕\])】》>}」] ?第? ?"
    r"(?P<number>\d{1,5}|[零一二三四五六七八九十百]{1,5}) ?号"
)
_TYPED = re.compile(
    r" ?(?P<open>[〔\[(【]?) ?-?(?P<year>(?:19|20)\d\d) ?(?P<close>[〕\])】年-]?) ?"
    r"第? ?(?P<number>\d{1,4}) ?(?P<end>号?)(?![\d年月日./-])"
)
_TYPED_CODE = re.compile(rf"[{_HAN}]{{2,14}}$")
_CODE = re.compile(rf"[{_HAN}]{{1,14}}(?: ?[({{〔][{_HAN}]{{1,4}}[)}}〕])?[{_HAN}]{{0,4}} ?$")
_LEAD_IN = re.compile(
    "根据|依据|按照|依照|遵照|参照|贯彻|落实|执行|印发|转发|下发|发布|参见|详见|关于|文件|通知|意见|决定|以及|字号|文号|编号"
    "|[的见据照和与及以在按经依从对同于为由是即将把件知号]"
)
_ORDER = re.compile(rf"令[ \n]{{0,3}}\(?第? ?(?P<number>\d{{1,5}}|{_NUMERAL}{{1,8}}) ?号")
_DATE_END = re.compile(r"\d[年月日]")
"""What may stand right before an issuer and belongs to the day of its order: 1998年3月2日市政府令第12号."""
_ISSUER = re.compile(
    rf"(?P<nation>中华人民共和国)?(?P<name>国务院|国|主席|[{_HAN}]{{1,8}}?(?:部|委|委员会|总局|局|署|政府|人民银行)) ?$"
)

_PROJECT = re.compile(
    r"(?<![0-9A-Za-z&])(?:"
    r"\d\d(?:&[A-Z]{1,3}|[A-Z]{1,4})\d{3,6}"
    r"|(?:19|20)\d\d[A-Z]{1,5}-?\d{2,9}"
    rf"|[{_HAN}]{{0,2}}社科[{_HAN}]{{0,2}}(?:[A-Z]{{1,4}}-?)?\d\d[0-9A-Z-]{{2,12}}"
    r")(?![0-9A-Za-z])",
    re.IGNORECASE,
)
_LABELLED_PROJECT = re.compile(
    r"(?:(?:项目|课题|立项|资助|批准)(?:编号|批准号|号)|批准号)[为是]?[: ]{0,3}"
    r"(?P<number>[0-9A-Za-z][0-9A-Za-z&/-]{3,19})"
)

_FUNDED_PROJECT = re.compile(
    r"(?:项目|课题|基金|专项)[^()\n。；;]{0,60}\((?P<number>(?=[A-Z&-]*\d[0-9A-Z&-]*\))[0-9A-Z][0-9A-Z&-]{5,19})\)",
    re.IGNORECASE,
)
"""A project with its number in brackets behind it, whatever the scheme: …基金项目(72204001)."""
_DAY = re.compile(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])|1\d{10}")
"""A date or a mobile telephone's number."""
_END_OF_A_NUMBER = re.compile(r"[\da-z号-]")
"""How every number ends. Titles are normalised by the ten thousand, and few of them end like that."""

_ARTICLE = re.compile(rf"第 ?(?P<number>\d{{1,4}}|{_NUMERAL}{{1,9}}) ?条(?: ?之(?P<part>{_NUMERAL}{{1,3}}))?")
_TITLE = re.compile(r"[《〈](?P<name>[^《》〈〉\n]{2,80})[》〉]")
_LAW_BEFORE = re.compile(
    rf"(?P<name>[{_HAN}]{{1,40}}?(?:法|法典|条例|规定|办法|细则|章程|准则|决定|解释|宪法))(?:\([^()\n]{{1,12}}\))?$"
)
_SELF = re.compile("[本该此](?:法|法典|条例|规定|办法|细则|章程|准则|决定|解释)$")
_LAW_LEAD_IN = re.compile("根据|依据|按照|依照|遵照|参照|违反|符合|属于|适用|引用|以及|或者|请问|我国|[和与及按依据照]")


def find_document_numbers(text: str) -> list[Reference]:
    """发文字号 (国发〔2019〕5号, every bracket variant) and numbered orders (国务院令第707号), in text order."""
    folded = fold(text)
    found = [*_bracketed_numbers(folded), *_orders(folded)]
    return sorted(found, key=lambda reference: reference.start)


def _bracketed_numbers(folded: str) -> Iterator[Reference]:
    for match in _YEAR_AND_NUMBER.finditer(folded):
        before = folded[max(0, match.start() - 24) : match.start()]
        code = _CODE.search(before)
        if not code:
            continue
        number = chinese_number(match["number"])
        if number is None:
            continue
        name = _after_lead_in(code[0], _LEAD_IN)
        value = f"{name.replace(' ', '')}〔{match['year']}〕{number}号"
        yield Reference(value, match.start() - len(name), match.end())


def find_typed_numbers(text: str) -> list[Reference]:
    """发文字号 as they are typed in haste: 国发2018 43号, 国发2018年43号, 国发〔2018〕43, in text order.

    Without brackets and 号 alike, as 国发 2018 43, only where nothing else stands in the text.
    """
    folded = fold(text).strip()
    start = len(text) - len(text.lstrip())
    found = []
    for match in _TYPED.finditer(folded):
        code = _TYPED_CODE.search(folded[max(0, match.start() - 14) : match.start()])
        if code is None:
            continue
        alone = (match.start() - len(code[0]), match.end()) == (0, len(folded))
        if match["end"] or (match["open"] and match["close"]) or alone:
            name = _after_lead_in(code[0], _LEAD_IN)
            value = f"{name}〔{match['year']}〕{int(match['number'])}号"
            found.append(Reference(value, start + match.start() - len(name), start + match.end()))
    return found


def _orders(folded: str) -> Iterator[Reference]:
    for match in _ORDER.finditer(folded):
        number = chinese_number(match["number"])
        issuer = _ISSUER.search(_DATE_END.sub("  ", folded[max(0, match.start() - 20) : match.start()]))
        if number is not None and issuer:
            name = issuer["name"] if issuer["nation"] else _after_lead_in(issuer["name"], _LEAD_IN)
            start = match.start() - len(issuer[0]) + (0 if issuer["nation"] else len(issuer["name"]) - len(name))
            yield Reference(f"{'国务院' if name == '国' else name}令第{number}号", start, match.end())


def _after_lead_in(name: str, lead_in: re.Pattern[str]) -> str:
    """``name`` without the words that led up to it, which a fixed look-back catches too (根据国办发 → 国办发)."""
    ends = [found.end() for found in lead_in.finditer(name)]
    return name[max((end for end in ends if end < len(name.rstrip())), default=0) :]


def find_project_numbers(text: str) -> list[Reference]:
    """Numbers of funded projects: 20ZK019, 21&ZD001, 21YJA710033, 2021YFC3300100, and what is labelled as one."""
    folded = fold(text)
    spans = {match.span() for match in _PROJECT.finditer(folded)}
    for match in _FUNDED_PROJECT.finditer(folded):
        digits = sum(character.isdigit() for character in match["number"])
        if digits > 4 and not _DAY.fullmatch(match["number"]):
            spans.add(match.span("number"))
    for match in _LABELLED_PROJECT.finditer(folded):
        if sum(character.isdigit() for character in match["number"]) > 2:
            spans.add(match.span("number"))
    return [Reference(folded[start:end].upper(), start, end) for start, end in _outermost(spans)]


def _outermost(spans: set[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    last = 0
    for start, end in sorted(spans, key=lambda span: (span[0], -span[1])):
        if start >= last:
            yield start, end
            last = end


def find_article_numbers(text: str) -> list[Reference]:
    """Articles of laws and rules, as 第33条 or 第33条之1, however they are written."""
    return list(_articles(fold(text)))


def _articles(folded: str) -> Iterator[Reference]:
    for match in _ARTICLE.finditer(folded):
        number = chinese_number(match["number"])
        part = chinese_number(match["part"]) if match["part"] else None
        if number is not None:
            yield Reference(f"第{number}条" + (f"之{part}" if part else ""), *match.span())


def find_law_names(text: str) -> list[Reference]:
    """Titles in 《》, and laws named right before an article (农民专业合作社法第三十三条), without 中华人民共和国."""
    folded = fold(text)
    found = [Reference(_plain_name(match["name"]), *match.span("name")) for match in _TITLE.finditer(folded)]
    for article in _ARTICLE.finditer(folded):
        law = _LAW_BEFORE.search(folded[max(0, article.start() - 50) : article.start()])
        if law and not _SELF.search(name := _after_lead_in(law["name"], _LAW_LEAD_IN)):
            end = article.start() - len(law[0]) + len(law["name"])
            found.append(Reference(_plain_name(name), end - len(name), end))
    return sorted(found, key=lambda reference: reference.start)


def _plain_name(name: str) -> str:
    return name.removeprefix("中华人民共和国") or name


def find_dates(text: str) -> list[Reference]:
    """Full dates, as ISO 8601."""
    found = ((matched_date(match), match) for match in DATE.finditer(text))
    return [Reference(day.isoformat(), *match.span()) for day, match in found if day]


def normalise_identifier(value: str) -> str:
    """The one key under which a number is indexed and searched.

    A text that is a document or project number gives that number's normal form; anything else is folded, without
    blanks, in capitals.
    """
    plain = "".join(fold(value).split())
    if not _END_OF_A_NUMBER.match(plain[-1:]):
        return plain.upper()
    for reference in (*find_document_numbers(plain), *find_project_numbers(plain)):
        if (reference.start, reference.end) == (0, len(plain)):
            return reference.value
    return plain.upper()
