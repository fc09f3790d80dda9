"""What is known of metadata fields by their names: the type of the value, and whether it is for everyone."""

import re
from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from corpus.errors import InvalidField
from corpus.records import FieldValue, Kind
from corpus.text.numerals import parse_date
from corpus.text.references import normalise_identifier


class FieldType(StrEnum):
    """What a value is."""

    TEXT = "text"
    DAY = "day"
    NUMBER = "number"
    LIST = "list"


_NAMES = {
    FieldType.TEXT: (
        "title organization document_number document_type issue_number series abstract subject subject_words "
        "index_number column_name site_name content_source instructions feedback phone contact editor signatory "
        "copy_number secrecy urgency validity adoption annotation author_note course_name course_code "
        "course_type lesson_title term taught_on instructor level prerequisites teaching_content assessment textbook "
        "project_number project_title project_type principal members output_type author url "
        "journal volume issue pages place publisher"
    ),
    FieldType.DAY: "issued_on published_on effective_on expires_on repealed_on printed_on",
    FieldType.NUMBER: "serial copies year lesson_no credits hours",
    FieldType.LIST: "authors keywords addressees distribution attachments completion repeals prolongs",
}

IDENTIFYING_FIELDS = frozenset({"document_number", "project_number", "course_code"})
"""Fields whose values are numbers that name the document, its project or its course."""

FIELD_TYPES: Mapping[str, FieldType] = MappingProxyType(
    {name: kind for kind, names in _NAMES.items() for name in names.split()}
)
"""Every field that ingest may find and a curator may set, in no particular order."""

EXPECTED_FIELDS: Mapping[Kind, tuple[str, ...]] = MappingProxyType(
    {
        Kind.POLICY: ("title", "organization", "issued_on", "document_number", "document_type"),
        Kind.COURSE: ("title", "course_name", "instructor", "term"),
        Kind.RESEARCH: ("title", "authors", "organization", "project_number", "year"),
    }
)
"""Fields whose absence the ingest report names."""

_STANDS_FOR = {"document_number": "issue_number"}
_GUESSED = 0.3
"""Confidence up to which a title is only the file's name."""

RESTRICTED_FIELDS = frozenset({"distribution", "phone", "instructions", "feedback", "contact"})
"""Fields that only ``RESTRICTED_FIELD_READERS`` see, whatever the document's readers."""

ATTRIBUTES = frozenset({"title", "kind", "readers"})
"""What a document has beside its fields and a curator may set in the same way; ``title`` is both."""

_LONGEST = 20_000
_IDENTIFIERS = frozenset({"document_number", "project_number"})
_BETWEEN_ENTRIES = re.compile(r"[；;\n]")
_BETWEEN_NAMES = re.compile(r"[；;\n、，,]")
_OF_NAMES = frozenset({"authors", "keywords", "readers"})
"""Lists whose entries hold no comma; those of offices do (各市、县人民政府)."""


def missing_fields(kind: Kind, confidences: Mapping[str, float]) -> tuple[str, ...]:
    """The expected fields of a kind that are not among those found, which come with how sure each is."""
    return tuple(
        name
        for name in EXPECTED_FIELDS[kind]
        if (name not in confidences and _STANDS_FOR.get(name, name) not in confidences)
        or (name == "title" and confidences[name] <= _GUESSED)
    )


def parse_field(name: str, given: object) -> FieldValue | None:
    """The value of field or attribute ``name`` as the library stores it, from what a person or program gave.

    Days are written in any usual form; lists are lists, or text with ； between the entries. None and empty text
    mean that the document has no such field; an attribute cannot be without a value.

    Raises:
        InvalidField: no such field, or the value is none of its type.
    """
    if name not in FIELD_TYPES and name not in ATTRIBUTES:
        raise InvalidField(f"没有“{name}”这个著录项")
    value = None if given is None else _parsed(name, given)
    if not value and value != 0:
        if name in ATTRIBUTES:
            raise InvalidField("标题、类别和可见范围不能为空")
        return None
    return value


def _parsed(name: str, given: object) -> FieldValue | None:
    if isinstance(given, bool) or not isinstance(given, str | int | float | list | tuple | set | frozenset):
        raise InvalidField(f"“{name}”的值应是文字、数字或列表")
    if name == "readers" or FIELD_TYPES.get(name) is FieldType.LIST:
        return _entries(given, _BETWEEN_NAMES if name in _OF_NAMES else _BETWEEN_ENTRIES)
    if not isinstance(given, str | int | float):
        raise InvalidField(f"“{name}”只能有一个值")
    text = str(given).strip()
    if len(text) > _LONGEST:
        raise InvalidField(f"“{name}”的值过长，最多 {_LONGEST} 字")
    if not text:
        return None
    if name == "kind":
        if text not in set(Kind):
            raise InvalidField("类别应是 policy（政策文件）、course（课程材料）或 research（课题成果）")
        return text
    return _typed(name, text)


def _typed(name: str, text: str) -> FieldValue:
    match FIELD_TYPES[name]:
        case FieldType.DAY:
            day = parse_date(text) or _iso_date(text)
            if day is None:
                raise InvalidField(f"“{text}”不是完整的日期，请写成 2024-03-05 或 2024年3月5日")
            return day.isoformat()
        case FieldType.NUMBER:
            number = text.removesuffix(".0")
            if not number.isascii() or not number.isdigit() or len(number) > 9:
                raise InvalidField(f"“{text}”不是整数")
            return int(number)
        case _:
            return normalise_identifier(text) if name in _IDENTIFIERS else text


def _entries(given: object, between: re.Pattern[str]) -> list[str]:
    parts = between.split(given) if isinstance(given, str) else given
    if not isinstance(parts, list | tuple | set | frozenset) or not all(isinstance(part, str) for part in parts):
        raise InvalidField("列表中的每一项都应是文字")
    entries = [part.strip() for part in (sorted(parts) if isinstance(parts, set | frozenset) else parts)]
    if sum(map(len, entries)) > _LONGEST:
        raise InvalidField(f"列表过长，最多 {_LONGEST} 字")
    return list(dict.fromkeys(entry for entry in entries if entry))


def _iso_date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
