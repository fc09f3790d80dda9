"""Cut a text into citable passages: by section, point, paragraph, sentence; never mid-sentence or over a heading."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from corpus.records import Flag, MetadataField, PassageSpan, Section, Span
from corpus.text.sentences import split_sentences
from ingest.blocks import BlockType
from ingest.cleaning import BLANKS, CleanText
from ingest.points import POINT_STYLES

TARGET = 350
"""Characters that a passage should have; a paragraph or point is not cut for being somewhat longer."""
HARD = 700
"""Characters beyond which a paragraph is cut at a sentence."""
SMALL = 80
"""A passage shorter than this joins its neighbour of the same path."""
LIST_ITEM = 30
"""Items of a list up to this length (names, key words) stand together; a longer point is cited by its own path."""
_RUNAWAY = 1400
"""A stretch without any sentence end that is longer than this is cut at a comma, or anywhere: it is no sentence."""

_CARD_FIELDS = frozenset({
    "title", "abstract", "author_note", "keywords", "document_number", "issue_number", "authors", "organization",
    "adoption",
    "project_number", "project_title", "project_type", "principal", "members", "output_type", "completion",
    "course_name", "course_code", "credits", "hours", "level", "prerequisites", "instructor", "term", "course_type",
    "assessment", "textbook", "lesson_title", "taught_on",
})  # fmt: skip
"""What is asked for: the credits of a course and who leads a project stand nowhere else than in such a line."""
_WHOLE = "第X条"


@dataclass(frozen=True, slots=True)
class _Piece:
    """A stretch of one paragraph in one section.

    Attributes:
        section: ordinal of the innermost section, or -1.
        heading: nothing but the heading's line.
        table: a table row.
    """

    start: int
    end: int
    section: int
    paragraph: int
    heading: bool = False
    table: bool = False

    @property
    def size(self) -> int:
        return self.end - self.start


def split(clean: CleanText, sections: Sequence[Section], fields: Sequence[MetadataField]) -> tuple[PassageSpan, ...]:
    """Passages in document order, cards first.

    Every non-blank character outside the fields' own lines is in exactly one passage that is no card. A heading belongs
    to the passage behind it. Cards show lines that belong to fields everybody may see, so that title, abstract and
    author note are found.
    """
    owned = sorted((span.start, span.end) for item in fields for span in item.owned)
    pieces = list(_pieces(clean, sections, owned))
    paths = _paths(sections)
    bodies = [_span(clean, group, paths, sections) for group in _groups(pieces, sections, clean.text)]
    return (*_cards(clean, fields), *bodies)


def _pieces(clean: CleanText, sections: Sequence[Section], owned: Sequence[tuple[int, int]]) -> Iterator[_Piece]:
    """Paragraphs cut where a section starts or ends, without what belongs to fields, long ones cut into sentences."""
    cuts = _section_cuts(sections)
    heading_starts = {section.start: section for section in sections}
    position = taken = 0
    current = -1
    for number, paragraph in enumerate(clean.paragraphs):
        start = paragraph.start
        while position < len(cuts) and cuts[position][0] <= start:
            current = cuts[position][1]
            position += 1
        while start < paragraph.end:
            end, following = paragraph.end, current
            if position < len(cuts) and cuts[position][0] < end:
                end, following = cuts[position]
                position += 1
            while taken < len(owned) and owned[taken][1] <= start:
                taken += 1
            section = heading_starts.get(start)
            table = paragraph.type is BlockType.TABLE_ROW
            heading = section is not None and not table and len(section.heading) + 2 >= end - start
            for stretch in _outside(start, end, owned, taken):
                yield from _sized(clean.text, _Piece(*stretch, current, number, heading, table))
            start, current = end, following


def _section_cuts(sections: Sequence[Section]) -> list[tuple[int, int]]:
    """Where the innermost section changes, and to which; -1 for text outside all of them."""
    cuts: list[tuple[int, int]] = []
    open_sections: list[Section] = []

    def close_until(position: int) -> None:
        while open_sections and open_sections[-1].end <= position:
            closed = open_sections.pop()
            cuts.append((closed.end, open_sections[-1].ordinal if open_sections else -1))

    for section in sections:
        close_until(section.start)
        cuts.append((section.start, section.ordinal))
        open_sections.append(section)
    close_until(1 << 60)
    return cuts


def _outside(start: int, end: int, owned: Sequence[tuple[int, int]], first: int) -> Iterator[tuple[int, int]]:
    for begin, stop in owned[first : first + 64]:
        if begin >= end:
            break
        if begin > start:
            yield start, begin
        start = max(start, stop)
    if start < end:
        yield start, end


def _sized(text: str, piece: _Piece) -> Iterator[_Piece]:
    """``piece`` without surrounding blanks; if too long for one passage, its sentences."""
    part = text[piece.start : piece.end]
    stripped = part.strip(BLANKS)
    if not stripped:
        return
    start = piece.start
    if len(stripped) < len(part):
        start += len(part) - len(part.lstrip(BLANKS))
        piece = replace(piece, start=start, end=start + len(stripped))
    if piece.size <= HARD:
        yield piece
        return
    for sentence in split_sentences(stripped):
        for begin, end in _bounded(stripped, sentence):
            body = stripped[begin:end].rstrip(BLANKS)
            if body:
                yield replace(piece, start=start + begin, end=start + begin + len(body))


def _bounded(text: str, sentence: Span) -> Iterator[tuple[int, int]]:
    start = sentence.start
    while sentence.end - start > _RUNAWAY:
        cut = max(text.rfind(mark, start + TARGET, start + HARD) for mark in "；，、;, ")
        end = cut + 1 if cut >= 0 else start + HARD
        yield start, end
        start = end
    yield start, sentence.end


def _paths(sections: Sequence[Section]) -> list[tuple[str, ...]]:
    paths: list[tuple[str, ...]] = []
    for section in sections:
        above = paths[section.parent] if section.parent is not None else ()
        paths.append((*above, section.heading))
    return paths


@dataclass(slots=True)
class _Group:
    """Pieces that become one passage; ``section`` names its path."""

    pieces: list[_Piece]
    section: int
    size: int
    listed: bool = False
    """Several entries of a list, under the heading above them."""

    @property
    def headings_only(self) -> bool:
        return all(piece.heading for piece in self.pieces)


def _groups(pieces: Sequence[_Piece], sections: Sequence[Section], text: str) -> list[_Group]:
    """Pieces packed into passages, then small ones merged with what stands beside them."""
    groups: list[_Group] = []
    for piece in pieces:
        last = groups[-1] if groups else None
        if last and _fits(last, piece, sections, text):
            last.section = _section_of(last, piece, sections)
            last.pieces.append(piece)
            last.size += piece.size
        else:
            groups.append(_Group([piece], piece.section, piece.size))
    return _merged(groups, sections, text)


def _fits(group: _Group, piece: _Piece, sections: Sequence[Section], text: str) -> bool:
    """Whether ``piece`` goes into the same passage as the pieces before it."""
    last = group.pieces[-1]
    if not _adjacent(last.end, piece.start, text) or group.size + piece.size > HARD:
        return False
    if group.headings_only:
        return piece.section == group.section or _below(group.section, piece.section, sections)
    if piece.section == group.section:
        return last.table == piece.table and group.size + piece.size <= TARGET
    article = _article(group.section, sections)
    if article is not None and article == _article(piece.section, sections):
        return sections[article].end - sections[article].start <= HARD
    # A short lead (…，具体如下：) goes with the first point below it, so it is not lost as a passage of its own.
    return group.size < SMALL and _below(group.section, piece.section, sections) and not piece.heading


def _section_of(group: _Group, piece: _Piece, sections: Sequence[Section]) -> int:
    """The section of a passage that ``piece`` joins: the deeper one, for what led up to it; but an article's items do
    not name the article's passage."""
    article = _article(group.section, sections)
    if article is not None and article == _article(piece.section, sections) and not group.headings_only:
        return article
    return piece.section if group.headings_only or _below(group.section, piece.section, sections) else group.section


def _article(section: int, sections: Sequence[Section]) -> int | None:
    """The article (第X条) that a section is or stands in: an article is one passage, its items included."""
    while section >= 0:
        if sections[section].style == _WHOLE:
            return section
        parent = sections[section].parent
        section = -1 if parent is None else parent
    return None


def _below(above: int, section: int, sections: Sequence[Section]) -> bool:
    """Whether ``section`` stands under ``above``."""
    if above < 0:
        return False
    while section >= 0:
        parent = sections[section].parent
        section = -1 if parent is None else parent
        if section == above:
            return True
    return False


def _adjacent(end: int, start: int, text: str) -> bool:
    return not text[end:start].strip(BLANKS)


def _merged(groups: Sequence[_Group], sections: Sequence[Section], text: str) -> list[_Group]:
    """Join a small passage with the one before it: of the same section, or a list of short items under one heading."""
    result: list[_Group] = []
    for group in groups:
        last = result[-1] if result else None
        if last and _adjacent(last.pieces[-1].end, group.pieces[0].start, text):
            section = _common(last, group, sections)
            if section is not None:
                last.pieces += group.pieces
                last.size += group.size
                last.section = section
                continue
        result.append(group)
    return result


def _common(last: _Group, group: _Group, sections: Sequence[Section]) -> int | None:
    """The section under which two neighbours can stand as one passage, or None."""
    size = last.size + group.size
    if last.pieces[-1].table != group.pieces[0].table:
        return None
    if last.section == group.section:
        return last.section if size <= HARD and min(last.size, group.size) < SMALL else None
    if max(last.pieces[-1].size, group.size) > LIST_ITEM or size > TARGET or group.section < 0 or last.section < 0:
        return None
    if not (_is_item(group, sections) and (last.listed or _is_item(last, sections))):
        return None
    parent = sections[group.section].parent
    parent = -1 if parent is None else parent
    siblings = sections[last.section].parent == sections[group.section].parent and (
        sections[last.section].style == sections[group.section].style
    )
    if not siblings and not (last.listed and last.section == parent):
        return None
    last.listed = True
    return parent


def _is_item(group: _Group, sections: Sequence[Section]) -> bool:
    """Whether a group is an entry of a list: a line that is all heading, or a point within a paragraph."""
    return group.headings_only or sections[group.section].style in POINT_STYLES


def _span(
    clean: CleanText, group: _Group, paths: Sequence[tuple[str, ...]], sections: Sequence[Section]
) -> PassageSpan:
    first, last = group.pieces[0], group.pieces[-1]
    path = paths[group.section] if group.section >= 0 else ()
    flags = {Flag.TABLE} if last.table else set()
    return _passage(clean, first.start, last.end, path, first.paragraph, flags)


def _passage(
    clean: CleanText, start: int, end: int, path: tuple[str, ...], number: int, flags: set[Flag]
) -> PassageSpan:
    """The passage [start, end), which begins in paragraph ``number``, with the flags that its text itself demands."""
    if any(start <= repair.start and repair.end <= end for repair in clean.repairs):
        flags.add(Flag.REPAIRED)
    known = []
    for paragraph in clean.paragraphs[number:]:
        if paragraph.start >= end:
            break
        if paragraph.confidence is not None:
            known.append(paragraph.confidence)
    if known:
        flags.add(Flag.OCR)
    page = clean.paragraphs[number].page
    return PassageSpan(start, end, path, page, number + 1, frozenset(flags), min(known, default=None))


def _cards(clean: CleanText, fields: Sequence[MetadataField]) -> Iterator[PassageSpan]:
    """Runs of neighbouring lines that belong to fields for everyone, where one of them is worth finding."""
    hidden = {(span.start, span.end) for item in fields if item.restricted for span in item.owned}
    lines = sorted({(span.start, span.end, item.name) for item in fields for span in item.owned})
    run: list[tuple[int, int, str]] = []
    for line in [*lines, None]:
        if line and line[:2] in hidden:
            continue
        if run and (line is None or not _adjacent(run[-1][1], line[0], clean.text)):
            if any(name in _CARD_FIELDS for _, _, name in run):
                yield _card(clean, run[0][0], run[-1][1])
            run = []
        if line:
            run.append(line)


def _card(clean: CleanText, start: int, end: int) -> PassageSpan:
    number = next(i for i, paragraph in enumerate(clean.paragraphs) if paragraph.end > start)
    return _passage(clean, start, end, (), number, {Flag.CARD})
