"""What a user's line of text asks for: quoted phrases, identifiers, titles, articles and plain words."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Self

from corpus.errors import InvalidQuery
from corpus.records import Kind
from corpus.text.analyser import Analyser
from corpus.text.folding import fold
from corpus.text.numerals import chinese_numeral
from corpus.text.references import (
    Reference,
    find_article_numbers,
    find_document_numbers,
    find_law_names,
    find_project_numbers,
    find_typed_numbers,
    normalise_identifier,
)
from corpus.text.titles import EDGES, STATE, find_called, may_name, title_key
from search.demands import Concept, Demands, Values, demands_of, find_concepts, parse_day
from search.engine.interface import AnyOf, Between, Condition, Either, Filter
from search.results import Mode, SearchFilters
from search.syntax import PHRASE, parse_expression, phrase_text

MAX_CHARACTERS = 500
"""Longest query, in characters. A longer text is a document, for which there is the quotation check."""

RUNNING_TEXT = 10
"""Letters and digits beside a quotation from which on a text is a sentence that happens to quote."""

_LETTER = "A-Za-zＡ-Ｚａ-ｚ"
_CODE = re.compile(rf"(?<![\d{_LETTER}])[{_LETTER}]{{1,8}}[-_－]?\d{{2,8}}[{_LETTER}]?(?![\d{_LETTER}])")
"""What may be the code of a course; whether it is one, the library says."""
_TITLE = re.compile(r"《((?:[^《》]|《[^《》]*》)+)》")


class Shared:
    """Base of immutable values that Haystack may hand on without copying them.

    Haystack deep-copies whatever passes from component to component; a value that nothing can change need not be.
    """

    __slots__ = ()

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: dict[int, object]) -> Self:
        return self


@dataclass(frozen=True, slots=True)
class CodedCourse:
    """A code that documents carry, normalised, and the names of their courses, which go for documents without it."""

    code: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Query(Shared):
    """A query taken apart.

    Attributes:
        text: what ranks a passage: the text as entered, without control characters and outer blanks, or what an
            expression of the query language leaves of it (``Demands.ranking``), or a course's code (``within``).
        asked: the same with the course's code.
        unquoted: what of ``text`` stands outside quotation marks.
        words: distinct terms of the analyser over ``text``, in order.
        concepts: what ``unquoted`` is about (``search.demands.find_concepts``).
        must, must_not: what the signs of the query language demand of every passage beside its phrases.
        phrases: quoted strings, folded, as they must stand in a passage.
        identifiers: document and project numbers, normalised.
        bare: the query is nothing but identifiers.
        codes: what may be the code of a course, normalised.
        courses: those of them for which the library has documents.
        titles: keys (``title_key``) of the titles that the query as a whole may be, with 中华人民共和国 and without;
            某法第N条 also without the words around it.
        named: keys of the titles that it names: what stands in 《》, and the law before an article.
        called: what in ``text`` may be the name of a document (``corpus.text.titles.find_called``).
        article: 第N条 as ``find_article_numbers`` normalises it.
        article_forms: the ways in which that is written, folded.
        mode: how to search for it.
    """

    text: str
    asked: str
    unquoted: str
    words: tuple[str, ...]
    concepts: tuple[Concept, ...] = ()
    must: tuple[Condition, ...] = ()
    must_not: tuple[Condition, ...] = ()
    phrases: tuple[str, ...] = ()
    identifiers: tuple[str, ...] = ()
    bare: bool = False
    codes: tuple[str, ...] = ()
    courses: tuple[CodedCourse, ...] = ()
    titles: tuple[str, ...] = ()
    named: tuple[str, ...] = ()
    called: tuple[Reference, ...] = ()
    article: str | None = None
    article_forms: tuple[str, ...] = ()
    mode: Mode = Mode.HYBRID

    @property
    def synonyms(self) -> tuple[str, ...]:
        """Other names of the terms in the query."""
        return tuple(name for concept in self.concepts for name in concept[1:])

    @property
    def demanding(self) -> bool:
        """Whether the query says what a passage must hold; one that only excludes does not."""
        return bool(self.phrases or self.must)

    def as_phrase(self) -> "Query":
        """The query with its whole text as one phrase, unless it says itself what it demands."""
        if self.demanding or self.must_not:
            return self
        return replace(self, unquoted="", concepts=(), phrases=(fold(self.text).strip(),))

    @property
    def of_courses(self) -> Condition:
        """What all passages of ``courses`` pass."""
        codes = tuple(course.code for course in self.courses)
        names = tuple(name for course in self.courses for name in course.names)
        return Either((AnyOf("identifiers", codes), AnyOf("course", names)))

    def within(self, courses: Sequence[CodedCourse], analyser: Analyser) -> "Query":
        """The query as one within courses, for which the codes in it stand; what else it says is what ranks."""
        query, rest = replace(self, courses=tuple(courses)), _CODE.sub(" ", self.text).strip(EDGES)
        if not courses or not (words := _distinct(analyser.words(rest))):
            return query
        return replace(query, text=rest, unquoted=rest, words=words, concepts=find_concepts(rest, analyser))

    def without_phrases(self) -> "Query":
        """The query with its quotations as plain text: a question names things in quotes, it does not demand them."""
        return replace(self, unquoted=self.text, concepts=(), phrases=())


def parse_query(text: str, analyser: Analyser, values: Values | None = None) -> Query:
    """Take a query apart.

    Args:
        text: what the user entered.
        analyser: cuts it into words.
        values: resolves the fields of the query language; without it, as for questions, the text is no expression.

    Raises:
        InvalidQuery: nothing to search for, more than ``MAX_CHARACTERS``, or an expression that breaks the grammar.
    """
    text = _printable(text).strip()
    if not text:
        raise InvalidQuery("请输入要检索的内容。")
    if len(text) > MAX_CHARACTERS:
        raise InvalidQuery(f"检索内容过长（{len(text)} 字），请缩短到 {MAX_CHARACTERS} 字以内。")
    expression = parse_expression(text) if values else None
    if expression and values:
        demands = demands_of(expression, analyser, values)
    else:
        demanded = [match for match in PHRASE.finditer(text) if not _in_passing(match)]
        phrases = _distinct(fold(phrase_text(match)).strip() for match in demanded)
        unquoted = PHRASE.sub(lambda match: match[0] if _in_passing(match) else " ", text)
        demands = Demands((), (), phrases, text, unquoted)
    text = demands.ranking
    words = _distinct(analyser.words(text))
    if not (words or demands.phrases or demands.must):
        raise InvalidQuery("检索内容中没有可检索的文字，请输入汉字、字母或数字。")
    references = [*find_document_numbers(text), *find_project_numbers(text)]
    article = next(iter(find_article_numbers(text)), None)
    return Query(
        text=text,
        asked=text,
        unquoted=demands.unquoted,
        words=words,
        concepts=find_concepts(demands.unquoted, analyser),
        must=demands.must,
        must_not=demands.must_not,
        phrases=demands.phrases,
        identifiers=_distinct(
            normalise_identifier(reference.value) for reference in (*references, *find_typed_numbers(text))
        ),
        codes=_distinct(map(normalise_identifier, _CODE.findall(_without(text, references)))),
        bare=bool(references) and not any(map(str.isalnum, _without(text, references))),
        titles=_distinct([*_title_keys(text), *_article_titles(text)]),
        named=_named_titles(text),
        called=tuple(find_called(text, analyser.tagged(text))) if may_name(text) else (),
        article=article.value if article else None,
        article_forms=_article_forms(article.value, text[article.start : article.end]) if article else (),
    )


def build_filter(groups: Iterable[str], filters: SearchFilters) -> Filter:
    """The filter of every leg: what the reader may see, and what was asked for.

    No groups give an ``AnyOf`` without values, which matches nothing.

    Raises:
        InvalidQuery: a filter value that cannot be understood.
    """
    if filters.kind is not None and filters.kind not in set(Kind):
        raise InvalidQuery(f"没有“{filters.kind}”这一文献类别，可用：{'、'.join(Kind)}。")
    must: list[Condition] = [*access(groups).must]
    exact = {"kind": filters.kind, "organization": filters.organization, "course": filters.course}
    exact["project"] = filters.project
    must += [AnyOf(name, (value.strip(),)) for name, value in exact.items() if value is not None]
    if filters.year is not None:
        must.append(AnyOf("year", (filters.year,)))
    low, high = parse_day(filters.date_from, 1, 1), parse_day(filters.date_to, 12, 31)
    if low is not None and high is not None and low > high:
        raise InvalidQuery("起始日期晚于截止日期，请检查。")
    if low is not None or high is not None:
        must.append(Between("issued_on", low, high))
    return Filter(must=tuple(must))


def access(groups: Iterable[str]) -> Filter:
    """What a reader in the groups may see."""
    return Filter(must=(AnyOf("readers", tuple(sorted(groups))),))


def access_only(where: Filter) -> Filter:
    """The filter of ``build_filter`` without what was asked for."""
    return Filter(must=tuple(item for item in where.must if isinstance(item, AnyOf) and item.field == "readers"))


def _printable(text: str) -> str:
    """Control characters as blanks; lone surrogates, which no engine can encode, likewise."""
    return "".join(" " if unicodedata.category(character) in {"Cc", "Cs"} else character for character in text)


def _distinct(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in values if value))


def _in_passing(quotation: re.Match[str]) -> bool:
    """Whether a quotation is part of a sentence or title, which uses the marks for itself and demands nothing.

    Such a text goes on right before or behind the marks, and says more than what is typed beside a string to look for.
    """
    text = quotation.string
    before, after = text[: quotation.start()][-1:], text[quotation.end() :][:1]
    beside = sum(map(str.isalnum, PHRASE.sub("", text)))
    return (before.isalnum() or after.isalnum()) and beside >= RUNNING_TEXT


def blank_identifiers(text: str) -> str:
    """The text with blanks for its document and project numbers."""
    return _without(text, [*find_document_numbers(text), *find_project_numbers(text)])


def _without(text: str, references: Iterable[Reference]) -> str:
    characters = list(text)
    for reference in references:
        characters[reference.start : reference.end] = " " * (reference.end - reference.start)
    return "".join(characters)


def _title_keys(text: str) -> tuple[str, str]:
    """The keys of the title that a text is, with the name of the state and without."""
    plain = title_key(text).removeprefix(STATE)
    return plain, STATE + plain


def _named_titles(text: str) -> tuple[str, ...]:
    whole = title_key(text)
    laws = [law.value for law in find_law_names(text)]
    names = [match[1] for match in _TITLE.finditer(text)] + laws + [STATE + law for law in laws]
    return _distinct(key for key in map(title_key, names) if key != whole)


def _article_forms(value: str, written: str) -> tuple[str, ...]:
    """第33条 and 第三十三条, and as the query writes it."""
    chinese = re.sub(r"\d+", lambda number: chinese_numeral(int(number[0])), value)
    return _distinct([chinese, value, "".join(fold(written).split())])


def _article_titles(text: str) -> Iterator[str]:
    """The titles that an article may have where articles are documents of their own."""
    articles = find_article_numbers(text)
    for law in find_law_names(text):
        following = (article for article in articles if article.start >= law.end)
        if article := next(following, None):
            number = text[article.start : article.end]
            yield from (title_key(prefix + law.value + number) for prefix in ("", STATE))
