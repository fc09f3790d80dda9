"""Whether two lines are one sentence that a page break, a hard wrap or an export cut in two.

Measured by ``tests/benchmarks/structure.py``, which names the figures.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from ingest.lines import ends_as_title, field_of, is_organization
from ingest.numbering import numbering

_ENDS = frozenset("。！？；：…!?;:.")
_CLOSERS = frozenset("”’」』》）)】〉")
_MID_SENTENCE = frozenset("，、,—－-（(《“‘「『【〈·")
_CANNOT_START = frozenset("，。、；：）)》”’」』】！？,;:!?…")
_FUNCTION_WORD_END = frozenset("的和与及或在对为以将把被由从向等是有了并其各该自至日")
_PAIRS = (("（", "）"), ("(", ")"), ("《", "》"), ("“", "”"), ("【", "】"))

_BODY = 60
"""Characters from which a line without final punctuation is running text, not a title or list item."""
_CLAUSE = 20
_FULL_LINE = 24
"""A line of print has 26 to 28 characters (GB/T 9704-2012 5.2.3): one nearly full that stops anywhere was cut."""
_TOP = 4
_PHRASE = 12
_FEW = 6
_BRACKET = 200
"""A bracket open for longer than this was never closed."""
_STARTS_WITH_DATE = re.compile(r"\d{4}\s?年\s?\d{1,2}\s?月\s?\d{1,2}\s?日")
"""每次修正另起一行: dated notes of a statute's amendments, minutes, chronicles start a line of their own."""
_NAME_LIST = re.compile(r"^.{1,8}[ 　\t]{1,}\S")


@dataclass(frozen=True, slots=True)
class Line:
    """A line as joining sees it.

    Attributes:
        text: without surrounding blanks.
        plain: from plain text, where a line break may be a wrap; a paragraph of a format is cut only by a page break.
        indented: as in ``Block``.
        blank_before: blank lines stood before it.
        page_break: a page number, running head, form feed or page start stood before it.
        fixed: heading, table row, note or key-value row: never joined.
    """

    text: str
    plain: bool = True
    indented: bool | None = None
    blank_before: bool = False
    page_break: bool = False
    fixed: bool = False


@dataclass(frozen=True)
class Layout:
    """What the whole text shows of its lines.

    Attributes:
        wrap: columns at which lines are hard-wrapped (a Han character is two), or None.
        indents: paragraphs are indented, so a line that is not continues one.
        lines: all lines, to look up how others of their kind end.
        text: the same, to look up whether the two sides of a cut follow each other elsewhere.
    """

    wrap: int | None
    indents: bool
    lines: Sequence[str]
    text: str

    @cached_property
    def has_bare_headings(self) -> bool:
        """Many lines are neither sentences nor numbered: headings without numbers, or the cells of a table."""
        body = self.lines[_TOP:]
        bare = sum(12 <= len(line) < _BODY and not _ended(line) and not numbering(line) for line in body)
        return bare > 3 and bare * 8 > len(body)

    @cached_property
    def run_in(self) -> frozenset[str]:
        """Numbering styles whose lines are sentences as a rule, not headings on a line of their own."""
        ended: dict[str, list[bool]] = defaultdict(list)
        for line in self.lines:
            if found := numbering(line):
                ended[found.style].append(_ended(line))
        return frozenset(style for style, ends in ended.items() if len(ends) >= 3 and sum(ends) >= 0.6 * len(ends))


def width(text: str) -> int:
    """Columns that ``text`` takes in a fixed-width font."""
    return len(text) + len(_WIDE.findall(text))


_WIDE = re.compile("[\u1100-\u11ff\u2e80-\uffdc]")
_SAMPLE = 400
_FEWEST_LINES = 8
"""Fewer lines do not show at which column they were wrapped."""


def layout_of(lines: Sequence[Line]) -> Layout:
    """How the lines of a text are laid out."""
    plain = [line for line in lines if line.plain and not line.fixed]
    texts = [line.text for line in lines]
    indented = sum(line.indented is True for line in plain)
    return Layout(
        wrap=_wrap_columns([width(line.text) for line in plain[:_SAMPLE]]) if len(plain) >= _FEWEST_LINES else None,
        indents=indented >= 2 and indented * 8 >= len(plain),
        lines=texts,
        text="\n".join(texts),
    )


def _wrap_columns(widths: Sequence[int]) -> int | None:
    counts = Counter(widths)
    # Kinsoku may pull one punctuation mark up or push one character down: full lines differ by up to four columns.
    best = max(counts, key=lambda columns: (sum(counts[columns - less] for less in range(5)), columns))
    full = sum(counts[best - less] for less in range(5))
    longer = sum(count for columns, count in counts.items() if columns > best)
    return best if 20 <= best <= 130 and full >= 0.4 * len(widths) and longer <= 0.05 * len(widths) else None


def cut(before: Line, after: Line, layout: Layout) -> str | None:
    """The kind of repair that makes ``before`` and ``after`` one paragraph, or None if they are two."""
    if before.fixed or after.fixed or (before.text[-1] in _ENDS and not layout.wrap):
        return None
    if _stands_alone(before, after):
        return None
    kind = "page_break_join" if after.page_break else "line_join"
    if _open_bracket(before.text, after.text):
        return "bracket_join"
    if not before.plain and not after.page_break and not _certain(before.text, after.text):
        return None
    return kind if _continues(before, after, layout) else None


def _stands_alone(before: Line, after: Line) -> bool:
    """Whether one of the lines cannot be part of a sentence over two lines."""
    if field_of(after.text) not in (None, "issue_number", "document_number"):
        return True
    if numbering(after.text) and not after.text.startswith(("(", "（")):
        return True
    name = field_of(before.text) if len(before.text) <= 64 else None
    return name not in (None, "distribution", "author_note", "abstract", "keywords") or before.text.endswith(
        ("：", ":")
    )


def _open_bracket(before: str, after: str) -> bool:
    tail, head = before[-_BRACKET:], after[:_BRACKET]
    for opening, closing in _PAIRS:
        if tail.count(opening) > tail.count(closing) and head.count(closing) > head.count(opening):
            return tail.rfind(opening) > tail.rfind(closing) and head.find(closing) < (
                head.find(opening) % (_BRACKET + 1)
            )
    return False


def _certain(before: str, after: str) -> bool:
    """Evidence in the characters at the cut alone."""
    return (before[-1] in _MID_SENTENCE and len(before) >= _CLAUSE) or after[0] in _CANNOT_START


def _continues(before: Line, after: Line, layout: Layout) -> bool:
    text = before.text
    if after.text[0] in _CANNOT_START:
        return text[-1] not in _ENDS
    if layout.wrap and before.plain and after.plain and not after.page_break:
        return _wrapped(before, after, layout.wrap, layout)
    if _ended(text) or (after.indented and layout.indents) or numbering(after.text):
        return False
    if text[-1] in _MID_SENTENCE:
        return len(text) >= (_FEW if text[-1] == "、" else _PHRASE)
    dated = _STARTS_WITH_DATE.match(after.text) and text[-1] not in _FUNCTION_WORD_END
    if dated or is_organization(after.text) or _NAME_LIST.match(after.text):
        return False
    one_number = text[-1].isdigit() and after.text[0].isdigit() and len(text) >= _CLAUSE
    return (
        len(text) >= _BODY
        or one_number
        or (_is_prose(text, after.text, layout) and _unfinished(text, after.text, layout))
    )


def _ended(text: str) -> bool:
    """Whether a sentence ends here: final punctuation, inside or before what closes last (。” or 。（某部负责）)."""
    if text[-1] in _ENDS:
        return True
    if text[-1] not in _CLOSERS:
        return False
    opening = max(text.rfind("（"), text.rfind("("))
    return text[-2:-1] in _ENDS or (text[-1] in "）)" and opening > 0 and text[opening - 1] in _ENDS)


def _wrapped(before: Line, after: Line, columns: int, layout: Layout) -> bool:
    """In hard-wrapped text a full line goes on in the next one unless that is indented or set off."""
    full = width(before.text) + (4 if before.indented and layout.indents else 0) >= columns - 4
    if not full or after.indented or numbering(after.text):
        return False
    return not after.blank_before or before.text[-1] not in _ENDS


def _is_prose(before: str, after: str, layout: Layout) -> bool:
    """Whether ``after`` is the rest of a sentence, not a title's line; 发文单位： is a label, 现通知如下： is not."""
    if after[-1] in "：:":
        number = numbering(before)
        is_sentence = "，" in before or (number is not None and number.style in layout.run_in)
        return len(after) >= _BODY or (len(before) >= _CLAUSE and is_sentence)
    return len(after) >= _BODY or _ended(after)


def _unfinished(before: str, after: str, layout: Layout) -> bool:
    """Whether a line too short to be running text for certain was cut, by what stands at the cut.

    A numbered line is a heading unless others of its style are sentences. For the rest three characters across the
    cut that follow each other elsewhere in the text are enough, for a longer line two. A line with a finished
    sentence before an unfinished one is running text.
    """
    number = numbering(before)
    if number and "。" not in before:
        return number.style in layout.run_in and len(before) >= _CLAUSE
    if before[-2:] + after[0] in layout.text or before[-1] + after[:2] in layout.text:
        return len(before) >= _FEW
    if len(before) < _CLAUSE:
        return False
    if "。" in before or "，" in before or before[-1] in _FUNCTION_WORD_END or before[-1] + after[0] in layout.text:
        return True
    # A full line that is no title: titles stand at the top, or end with a document type.
    if len(before) < _FULL_LINE or ends_as_title(before) or layout.has_bare_headings:
        return False
    return before not in layout.lines[:_TOP]
