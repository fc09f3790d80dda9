"""The proof that no text was lost: every non-blank character of the original is in one passage, field or removal."""

import re
from collections.abc import Iterable, Sequence

from corpus.records import Flag, IntegrityProof, MetadataField, PassageSpan
from ingest.blocks import ReadFile
from ingest.cleaning import ZERO_WIDTH, CleanText

_ZERO_WIDTH = re.compile(f"[{ZERO_WIDTH}]")


def solid(text: str) -> str:
    """``text`` without blanks: what the proof counts and compares."""
    plain = "".join(text.split())
    return plain if plain.isascii() or not _ZERO_WIDTH.search(plain) else _ZERO_WIDTH.sub("", plain)


def original_text(read: ReadFile) -> str:
    """Everything the reader saw, what it removed at its place, one block per line."""
    parts: list[str] = []
    removed = sorted(read.removed, key=lambda item: min(max(item.before, 0), len(read.blocks)))
    taken = 0
    for index, block in enumerate(read.blocks):
        while taken < len(removed) and removed[taken].before <= index:
            parts.append(removed[taken].text)
            taken += 1
        parts.append(block.text)
    parts += [item.text for item in removed[taken:]]
    return "\n".join(parts)


def restore(clean: CleanText) -> str:
    """The reader's text again: repairs undone, removals back in place. Blanks between lines may differ."""
    edits: list[tuple[int, int, int, str]] = [(item.at, 0, item.at, item.original) for item in clean.removals]
    edits += [(item.start, 1, item.end, item.original) for item in clean.repairs]
    # At one offset a removal comes first: it stood before the line that the repair begins with.
    edits.sort(key=lambda edit: edit[:2])
    parts: list[str] = []
    position = 0
    for start, _, end, original in edits:
        parts += (clean.text[position:start], original)
        position = max(position, end)
    return "".join((*parts, clean.text[position:]))


def prove(
    read: ReadFile, clean: CleanText, passages: Sequence[PassageSpan], fields: Sequence[MetadataField]
) -> IntegrityProof:
    """Count where every non-blank character went. Card passages show text of fields and do not count."""
    in_passages = [(item.start, item.end) for item in passages if Flag.CARD not in item.flags]
    in_fields = [(span.start, span.end) for item in fields for span in item.owned]
    original = solid(original_text(read))
    missing, duplicated = _coverage(clean.text, (*in_passages, *in_fields))
    lost = original != solid(restore(clean))
    return IntegrityProof(
        original=len(original),
        in_passages=_count(clean.text, in_passages),
        in_fields=_count(clean.text, in_fields),
        in_removals=sum(len(solid(item.original)) for item in clean.removals),
        missing=missing,
        duplicated=duplicated,
        holds=not (lost or missing or duplicated),
    )


def _count(text: str, intervals: Iterable[tuple[int, int]]) -> int:
    return sum(len(solid(text[start:end])) for start, end in intervals)


def _coverage(text: str, intervals: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """Non-blank characters in none of the intervals, and in more than one (counted per further interval)."""
    covered = missing = duplicated = 0
    for start, end in sorted(intervals):
        missing += len(solid(text[covered:start]))
        duplicated += len(solid(text[start : min(end, covered)]))
        covered = max(covered, end)
    return missing + len(solid(text[covered:])), duplicated
