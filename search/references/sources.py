"""A document, or a passage of it, as the source that a reference describes."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from corpus.catalogue import visible_fields
from corpus.days import CHINA
from corpus.records import Document, FieldValue, Kind, Passage, Version

PATH_SEPARATOR = " › "

_WEB = frozenset({"url", "site_name", "column_name"})
"""Fields that only a web page gives."""
_THESIS = re.compile(r"(?:博士|硕士|学士|学位|毕业)(?:学位)?论文")
_BOOK = re.compile("专著|著作|译著|编著|教材|工具书")
_YEAR = re.compile(r"(?:19|20)\d\d")
_ISSUE = re.compile(r"第?\s*(\d{1,4}(?:\s*[-—－至、]\s*\d{1,4})?)\s*期")


class SourceType(StrEnum):
    """What a source is, as GB/T 7714—2015 tells them apart (appendix B)."""

    ARTICLE = "J"
    BOOK = "M"
    THESIS = "D"
    REPORT = "R"
    WEB_PAGE = "EB"
    OTHER = "Z"
    """Policy documents, laws and course material that were not read from a web page."""


_REQUIRED: Mapping[SourceType, Sequence[str]] = {
    SourceType.ARTICLE: ("authors", "journal", "dated", "issue", "pages"),
    SourceType.BOOK: ("authors", "place", "publisher", "dated"),
    SourceType.THESIS: ("authors", "place", "publisher", "dated"),
    SourceType.REPORT: ("authors", "place", "publisher", "dated"),
    SourceType.WEB_PAGE: ("authors", "dated", "url"),
    SourceType.OTHER: ("authors", "dated"),
}
_NAMES = {
    "authors": "主要责任者",
    "journal": "刊名",
    "issue": "期号",
    "pages": "页码",
    "place": "出版地",
    "publisher": "出版者",
    "dated": "日期",
    "url": "获取和访问路径",
}


@dataclass(frozen=True, slots=True)
class Source:
    """What a reference says. Texts are as the document has them; None and empty where it has none.

    Attributes:
        key: identifies the source within a bibliography.
        dated: year, or year, month and day.
        accessed: when the library took the page in.
        number: 发文字号, or the number of a project.
        pages: of the article; or the page that is cited.
        course: the course that a lesson belongs to.
    """

    key: str
    type: SourceType
    title: str
    authors: tuple[str, ...] = ()
    dated: tuple[int, ...] = ()
    accessed: date | None = None
    number: str | None = None
    journal: str | None = None
    volume: str | None = None
    issue: str | None = None
    pages: str | None = None
    place: str | None = None
    publisher: str | None = None
    url: str | None = None
    course: str | None = None
    is_course: bool = False

    @property
    def missing(self) -> tuple[str, ...]:
        """Chinese names of the elements that a reference of this type needs and the library does not know."""
        required = [*_REQUIRED[self.type], *(("place", "publisher") if self.is_course else ())]
        return tuple(_NAMES[name] for name in required if not getattr(self, name))


def source_of(
    document: Document, version: Version, groups: frozenset[str] | None, passage: Passage | None = None
) -> Source:
    """The source that a document is, or one passage of it.

    Args:
        document: the document.
        version: the version that is cited.
        groups: of the reader, who may see some fields and not others; None is the owner.
        passage: what is cited of it.
    """
    values = {item.name: item.value for item in reversed(visible_fields(version.fields, groups))}
    kind = _type(document, values)
    pages = _text(values.get("pages")) if kind is SourceType.ARTICLE else None
    page = str(passage.page) if passage and passage.page else None
    course = _text(values.get("course_name"))
    return Source(
        key=document.id.partition("-")[0],
        type=kind,
        title=_title(document, course),
        authors=_authors(document, values),
        dated=_date(document, values),
        accessed=version.created_at.astimezone(CHINA).date() if kind is SourceType.WEB_PAGE else None,
        number=_text(values.get("document_number")) if document.kind is Kind.POLICY else None,
        journal=_text(values.get("journal")) or _text(values.get("series")),
        volume=_text(values.get("volume")),
        issue=_issue(values),
        pages=pages or page,
        place=_text(values.get("place")),
        publisher=_publisher(document, kind, values),
        url=_url(values),
        course=course,
        is_course=document.kind is Kind.COURSE and kind is SourceType.OTHER,
    )


def cite(document: Document, path: Sequence[str]) -> str:
    """A source in one readable line: 《title》（organization，document number，date），section › subsection.

    Title marks inside a title become 〈〉 (GB/T 15834—2011, 4.15).
    """
    title = document.title.replace("《", "〈").replace("》", "〉")
    facts = [document.organization, document.document_number, _chinese_date(document.issued_on)]
    known = "，".join(fact for fact in facts if fact)
    sections = PATH_SEPARATOR.join(heading for heading in path if heading != document.title)
    return f"《{title}》" + (f"（{known}）" if known else "") + (f"，{sections}" if sections else "")


def _type(document: Document, values: Mapping[str, FieldValue]) -> SourceType:
    if values.get("journal") or values.get("series"):
        return SourceType.ARTICLE
    if document.kind is Kind.RESEARCH:
        output = f"{_text(values.get('output_type')) or ''} {document.title}"
        if _THESIS.search(output):
            return SourceType.THESIS
        if _BOOK.search(_text(values.get("output_type")) or ""):
            return SourceType.BOOK
        is_paper = "论文" in output and "论文集" not in output
        return SourceType.ARTICLE if is_paper else SourceType.REPORT
    return SourceType.WEB_PAGE if _WEB & values.keys() else SourceType.OTHER


def _title(document: Document, course: str | None) -> str:
    title = " ".join(document.title.split())
    return f"{course}：{title}" if document.kind is Kind.COURSE and course and course not in title else title


def _authors(document: Document, values: Mapping[str, FieldValue]) -> tuple[str, ...]:
    """People where they are named, else the office."""
    people = ("instructor",) if document.kind is Kind.COURSE else ("authors", "principal")
    for name in (*people, "organization"):
        value = values.get(name)
        if value and not (document.kind is Kind.POLICY and name == "principal"):
            names = value if isinstance(value, list) else re.split("[、，；;]", str(value))
            return tuple(name.strip() for name in names if name.strip())
    return ()


def _date(document: Document, values: Mapping[str, FieldValue]) -> tuple[int, ...]:
    for name in ("issued_on", "published_on", "taught_on"):
        try:
            day = date.fromisoformat(str(values.get(name)))
        except ValueError:
            continue
        return (day.year, day.month, day.day)
    year = document.year or next((int(found[0]) for name in ("year", "issue_number", "term")
                                  if (found := _YEAR.search(str(values.get(name) or "")))), None)  # fmt: skip
    return (year,) if year else ()


def _issue(values: Mapping[str, FieldValue]) -> str | None:
    """The number of an issue without 第 and 期: the style writes them its own way."""
    given = _text(values.get("issue")) or _text(values.get("issue_number"))
    found = _ISSUE.search(given or "")
    return found[1] if found else given


def _publisher(document: Document, kind: SourceType, values: Mapping[str, FieldValue]) -> str | None:
    """Who brought it out. An office that stands as the author is not named again, as for policy documents."""
    if given := _text(values.get("publisher")):
        return given
    office = _text(values.get("organization"))
    return (
        office if kind not in {SourceType.ARTICLE, SourceType.WEB_PAGE} and document.kind is not Kind.POLICY else None
    )


def _url(values: Mapping[str, FieldValue]) -> str | None:
    given = _text(values.get("url"))
    return given if given and given.startswith(("http://", "https://")) else None


def _text(value: FieldValue | None) -> str | None:
    text = "、".join(value) if isinstance(value, list) else "" if value is None else str(value)
    return " ".join(text.split()) or None


def _chinese_date(day: date | None) -> str | None:
    return None if day is None else f"{day.year}年{day.month}月{day.day}日"
