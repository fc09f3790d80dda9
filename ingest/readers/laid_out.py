"""Blocks of a file whose pages were laid out: what PDF and OFD have in common after the layout."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from ingest.blocks import BlockType
from ingest.readers.collector import Collector
from ingest.readers.pdf_layout import Layout, Paragraph, Removed, Table
from ingest.readers.tables import add_table

LONGEST_HEADING = 60
_HEADING_SIZE = 1.12


def add_layout(layout: Layout, levels: Mapping[int, int], collector: Collector) -> None:
    """Append paragraphs, tables and removals in reading order; ``levels`` are heading levels of paragraphs by id."""
    done = 0
    for item in layout.items:
        _remove(layout.removed[done : item.removals], collector)
        done = item.removals
        if item.page_start:
            collector.page_break()
        if isinstance(item, Table):
            _add_rows(item, collector)
        else:
            collector.add(
                item.text,
                type=BlockType.NOTE if item.note else BlockType.PARAGRAPH,
                heading_level=levels.get(id(item)),
                indented=item.indented,
                page=item.page,
                confidence=item.confidence,
            )
    _remove(layout.removed[done:], collector)


def levels_by_size(paragraphs: Sequence[Paragraph]) -> dict[int, int]:
    """Heading levels by id, larger type first; nothing where sizes are many or large type is common."""
    body = _body_size(paragraphs)
    large = [p for p in paragraphs if p.size >= _HEADING_SIZE * body and _may_head(p)]
    sizes: list[float] = []
    for paragraph in sorted(large, key=lambda p: -p.size):
        if not sizes or paragraph.size < 0.94 * sizes[-1]:
            sizes.append(paragraph.size)
    if len(sizes) > 4 or len(large) > 0.3 * len(paragraphs):
        return {}
    return {id(p): 1 + sum(size > p.size / 0.94 for size in sizes) for p in large}


def _remove(removed: Sequence[Removed], collector: Collector) -> None:
    for item in removed:
        collector.remove(item.kind, item.text, item.page)


def _add_rows(table: Table, collector: Collector) -> None:
    """A table of two rows or more; a lone row (发文字号 beside 签发人) is a line with gaps."""
    if len(table.rows) > 1:
        first = len(collector.blocks)
        add_table(collector, table.rows, table.page)
        if table.confidence is not None:
            added = collector.blocks[first:]
            collector.blocks[first:] = [replace(block, confidence=table.confidence) for block in added]
    else:
        line = "  ".join(cell.text for cell in table.rows[0] if cell.text)
        collector.add(line, page=table.page, confidence=table.confidence)


def _may_head(paragraph: Paragraph) -> bool:
    return paragraph.lines <= 3 and len(paragraph.text) <= LONGEST_HEADING and paragraph.text[-1] not in "。；，、;,"


def _body_size(paragraphs: Sequence[Paragraph]) -> float:
    """The size most characters are set in."""
    sizes: Counter[float] = Counter()
    for paragraph in paragraphs:
        sizes[round(paragraph.size * 2) / 2] += len(paragraph.text)
    return sizes.most_common(1)[0][0] if sizes else 0.0
