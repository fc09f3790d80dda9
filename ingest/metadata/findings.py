"""Metadata fields as they are found: the surest value wins, and a line belongs to one field alone."""

from collections.abc import Iterable
from dataclasses import replace

from corpus.fields import RESTRICTED_FIELDS
from corpus.records import FieldValue, MetadataField, Span


class Findings:
    """Collects fields of one document."""

    def __init__(self) -> None:
        self._fields: dict[str, MetadataField] = {}
        self._owners: dict[Span, str] = {}

    def add(
        self,
        name: str,
        value: FieldValue | None,
        spans: Iterable[Span] = (),
        *,
        owned: Iterable[Span] = (),
        confidence: float = 0.9,
    ) -> None:
        """Note a value; a less certain one of the same name only lends its lines, if it says the same."""
        if value is None or value in ("", []):
            return
        free = [span for span in owned if span not in self._owners]
        known = self._fields.get(name)
        if known and known.confidence >= confidence:
            spans, confidence, value = (
                (*known.spans, *(spans if value == known.value else ())),
                known.confidence,
                known.value,
            )
            lines = (*known.owned, *free)
        else:
            lines = (*(known.owned if known else ()), *free)
        self._owners.update(dict.fromkeys(free, name))
        self._fields[name] = MetadataField(
            name, value, tuple(dict.fromkeys(spans)), tuple(sorted(lines, key=lambda span: span.start)), confidence,
            name in RESTRICTED_FIELDS,
        )  # fmt: skip

    def own(self, name: str, lines: Iterable[Span]) -> None:
        """Give further lines to a field that was found."""
        if known := self._fields.get(name):
            self.add(name, known.value, known.spans, owned=lines, confidence=known.confidence)

    def extend(self, name: str, entry: str, line: Span) -> None:
        """Add an entry, which has ``line`` to itself, to a field that is a list."""
        known = self._fields.get(name)
        if known is None or not isinstance(known.value, list):
            self.add(name, [entry], (line,), owned=(line,))
        else:
            self._fields[name] = replace(known, value=[*known.value, entry], spans=(*known.spans, line))
            self.own(name, (line,))

    def __contains__(self, name: str) -> bool:
        return name in self._fields

    def value(self, name: str) -> FieldValue | None:
        """The value found under ``name``, or None."""
        found = self._fields.get(name)
        return found.value if found else None

    def text(self, name: str) -> str:
        """The value as text, lists joined; empty if there is none."""
        value = self.value(name)
        return "、".join(value) if isinstance(value, list) else "" if value is None else str(value)

    def confidence(self, name: str) -> float:
        """How sure the value is, 0 if there is none."""
        found = self._fields.get(name)
        return found.confidence if found else 0.0

    def is_owned(self, span: Span) -> bool:
        """Whether a line already belongs to a field."""
        return span in self._owners

    def fields(self) -> tuple[MetadataField, ...]:
        """All fields, in the order of their first lines, derived ones last."""
        return tuple(
            sorted(self._fields.values(), key=lambda item: min((span.start for span in item.spans), default=1 << 40))
        )
