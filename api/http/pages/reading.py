"""A version's text as paragraphs for the reading view: headings with anchors, passages that can be linked to."""

from collections.abc import Sequence
from dataclasses import dataclass

from api.wording import doubt
from corpus.records import Passage, Section


@dataclass(frozen=True, slots=True)
class Segment:
    """Part of a paragraph that lies in one passage, or in none.

    Attributes:
        anchor: id of the passage, where it begins.
        marked: part of the passage that the reader came for.
        doubt: what to say of text that was recognised in an image.
    """

    text: str
    anchor: str | None
    marked: bool
    doubt: str | None = None


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A line of the canonical text. ``level`` is that of the heading that it is, 0 for body text."""

    level: int
    anchor: str | None
    segments: tuple[Segment, ...]


def paragraphs(
    text: str, sections: Sequence[Section], passages: Sequence[Passage], marked: str | None
) -> list[Paragraph]:
    """The text, which may be masked, cut at line feeds and at the borders of passages."""
    headings = {section.start: section for section in reversed(sections)}
    ordered = sorted((item for item in passages if item.end > item.start), key=lambda item: (item.start, item.end))
    result: list[Paragraph] = []
    anchored: set[str] = set()
    start = first = 0
    for line in text.split("\n"):
        end = start + len(line)
        while first < len(ordered) and ordered[first].end <= start:
            first += 1
        if line.strip():
            heading = headings.get(start)
            level = heading.level if heading and _is_whole_line(heading, line) else 0
            segments = _segments(text, start, end, ordered[first:], marked, anchored)
            result.append(Paragraph(level, f"s-{heading.ordinal}" if heading else None, segments))
        start = end + 1
    return result


def _is_whole_line(heading: Section, line: str) -> bool:
    """Whether the line is the heading and nothing else; a run-in heading is body text with an anchor."""
    return len(line.strip()) <= len(heading.heading) + 2


def _segments(
    text: str, start: int, end: int, passages: Sequence[Passage], marked: str | None, anchored: set[str]
) -> tuple[Segment, ...]:
    """The line [start, end) cut at passages. ``anchored`` holds the passages that have begun, and is added to."""
    segments = []
    at = start
    for passage in passages:
        if passage.start >= end:
            break
        if passage.start > at:
            segments.append(Segment(text[at : passage.start], None, marked=False))
        low, high = max(at, passage.start), max(at, min(end, passage.end))
        anchor = None if passage.id in anchored else f"p-{passage.id}"
        anchored.add(passage.id)
        if high > low or anchor:  # Where passages overlap, the first one has the text; a link finds the others too.
            said = doubt(passage.flags, passage.confidence)
            segments.append(Segment(text[low:high], anchor, marked=passage.id == marked, doubt=said))
        at = high
    if at < end:
        segments.append(Segment(text[at:end], None, marked=False))
    return tuple(segments)
