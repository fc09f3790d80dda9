"""What stands around the text of a page: running heads, page numbers, footnotes."""

import re
from collections import Counter, defaultdict
from collections.abc import Sequence

from ingest.readers.pdf_columns import by_rows
from ingest.readers.pdf_lines import Line, Page

_NUMBER_ZONE, _HEAD_ZONE = 0.14, 0.2
"""Shares of the page's height, at its top and bottom, in which page numbers and repeated heads are looked for."""
_MOST_HEAD_ROWS = 3
_LONGEST_HEAD = 60
_SAME_HEIGHT = 6.0
"""Points by which the height of a head may differ from page to page."""
_NOTE_SIZE = 0.9
"""Footnotes are set at least this much smaller than the text: 小五 below 五号 is .86, below 三号 .56."""
_NOTE_MARK = re.compile(r"[①-⑳⓪*＊†‡]|[〔［]\d{1,2}[〕］]|注\s*[\d①-⑳]*\s*[：:]")
"""Bare numbers and [1] begin lists of literature as well."""
_WORD = re.compile(r"[^\W_]")
_NUMBER = r"(?:\d{1,4}|[ivxlc]{1,6}|[IVXLC]{1,6}|[〇一二三四五六七八九十百]{1,4})"
_DASHES = r"[\s\-—–－_·•.~|]*"
_PAGE_NUMBER = re.compile(
    rf"^{_DASHES}(?:第\s*)?{_NUMBER}(?:\s*页)?(?:\s*[/／,，]?\s*(?:共\s*)?{_NUMBER}\s*页?)?{_DASHES}$"
    rf"|^(?i:page)\s*\d{{1,4}}(?:\s*(?i:of)\s*\d{{1,4}})?$"
)


def running_heads(pages: Sequence[Page]) -> dict[int, str]:
    """Kind of each line (by ``id``) that is a running head or foot, or a page number.

    A head is the same text, digits aside, at the same height of many pages (those of left and right pages may differ),
    with nothing but heads and numbers between it and the edge of the page.
    """
    heights: dict[str, list[float]] = defaultdict(list)
    for page in pages:
        for line in page.lines:
            if _zone(line, page, _HEAD_ZONE) is not None:
                heights[_key(line.text)].append(line.top)
    many = 2 if len(pages) == 2 else max(3, min(0.3 * len(pages), 6))
    kinds: dict[int, str] = {}
    for page in pages:
        for at_top in (True, False):
            zone = [line for line in page.lines if _zone(line, page, _HEAD_ZONE) is at_top]
            rows = by_rows(zone)
            for row in (rows if at_top else rows[::-1])[:_MOST_HEAD_ROWS]:
                found = {id(line): kind for line in row if (kind := _head_kind(line, page, heights, many))}
                kinds |= found if len(found) == len(row) else {}
                if len(found) < len(row):
                    break
    return kinds


def body_size(pages: Sequence[Page]) -> float:
    """The size that the middle one of all characters is set in."""
    sizes: Counter[float] = Counter()
    for page in pages:
        for line in page.lines:
            sizes[line.size] += len(line.text)
    half, passed = sizes.total() / 2, 0
    for size in sorted(sizes):
        passed += sizes[size]
        if passed >= half:
            return size
    return 0.0


def footnotes(lines: Sequence[Line], page: Page, size: float) -> list[Line]:
    """The lines at the foot of a page from the first footnote mark on, all in smaller type than the text above."""
    found: list[Line] = []
    for line in sorted(lines, key=lambda line: line.top, reverse=True):
        if line.rows or line.size > _NOTE_SIZE * size or line.bottom < page.height / 2:
            break
        found.append(line)
    while found and not _NOTE_MARK.match(found[-1].text):
        found.pop()
    return found[::-1] if len(found) < len(lines) else []


def _head_kind(line: Line, page: Page, heights: dict[str, list[float]], many: float) -> str | None:
    if _zone(line, page, _NUMBER_ZONE) is not None and _PAGE_NUMBER.match(line.text):
        return "page_number"
    key = _key(line.text)
    if len(key) > _LONGEST_HEAD or not _WORD.search(key):
        return None
    return "running_head" if sum(abs(top - line.top) < _SAME_HEIGHT for top in heights[key]) >= many else None


def _zone(line: Line, page: Page, share: float) -> bool | None:
    """True in the top ``share`` of the page's height, False in the bottom one, None between."""
    if line.bottom < share * page.height:
        return True
    return False if line.top > (1 - share) * page.height else None


def _key(text: str) -> str:
    return re.sub(r"\d+", "#", "".join(text.split()))
