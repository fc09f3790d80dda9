"""Drafts of documents that tests write: through a real file and its reader, up to the version draft."""

from collections.abc import Callable
from pathlib import Path

from corpus.identifiers import content_hash
from corpus.records import FieldValue, Flag, Section, VersionDraft
from ingest.blocks import Block, BlockType, ReadFile
from ingest.drafting import draft_version
from ingest.readers import read_file

Drafting = Callable[..., VersionDraft]


def draft_file(folder: Path, text: str, name: str = "文件.txt") -> VersionDraft:
    """The draft of a text file called ``name``; Markdown and HTML by extension."""
    path = folder / name
    path.write_text(text.strip("\n"), encoding="utf-8")
    return draft_of(path)


def draft_of(path: Path) -> VersionDraft:
    """The draft of a file of any format."""
    return draft_version(read_file(path), source=str(path), file_name=path.name, sha256=content_hash(path.read_bytes()))


def lines(text: str) -> ReadFile:
    """What the plain-text reader would see of ``text``."""
    blocks: list[Block] = []
    blank = False
    for line in text.strip("\n").split("\n"):
        if line.strip():
            blocks.append(Block(line, BlockType.LINE, blank_before=blank))
        blank = not line.strip()
    return ReadFile("txt", "text/plain", tuple(blocks))


def fields(draft: VersionDraft) -> dict[str, FieldValue]:
    """Values by name."""
    return {item.name: item.value for item in draft.fields}


def outline(sections: tuple[Section, ...]) -> list[str]:
    """Headings, indented by level."""
    return ["  " * (section.level - 1) + section.heading for section in sections]


def bodies(draft: VersionDraft) -> list[str]:
    """Texts of the passages that are no cards."""
    return [draft.text[item.start : item.end] for item in draft.passages if Flag.CARD not in item.flags]


def cards(draft: VersionDraft) -> list[str]:
    """Texts of the cards."""
    return [draft.text[item.start : item.end] for item in draft.passages if Flag.CARD in item.flags]


def path_of(draft: VersionDraft, phrase: str) -> tuple[str, ...]:
    """Path of the one passage that holds ``phrase``."""
    found = [
        item for item in draft.passages if phrase in draft.text[item.start : item.end] and Flag.CARD not in item.flags
    ]
    assert len(found) == 1, (phrase, len(found))
    return found[0].path
