"""Tables as text (csv, tsv): rows as 列名：值."""

import csv
import io
from pathlib import Path

from ingest.blocks import ReadFile
from ingest.readers.collector import Collector
from ingest.readers.decoding import decode
from ingest.readers.guards import MAX_TEXT_BYTES, read_text_bytes
from ingest.readers.tables import Cell, add_table

_DELIMITERS = "\t,;|"
_SAMPLE_ROWS = 50
csv.field_size_limit(MAX_TEXT_BYTES)


def read_delimited(path: Path) -> ReadFile:
    """One block per row; a file in which no delimiter makes columns is read line by line.

    Raises:
        DamagedFile: the encoding cannot be told, or nothing is in the file.
    """
    decoded = decode(read_text_bytes(path))
    collector = Collector()
    collector.warnings += decoded.warnings
    text = decoded.text.replace("\0", "")
    rows = _rows(text, _delimiter(text))
    add_table(collector, ([Cell(tuple(cell.splitlines())) for cell in row] for row in rows))
    return collector.finish("csv", f"text/csv; charset={decoded.encoding}")


def _delimiter(text: str) -> str:
    """The delimiter that cuts most of the first rows into the same number of cells, more than one."""

    def agreement(delimiter: str) -> float:
        widths = [len(row) for row in _rows(text[:100_000], delimiter)[:_SAMPLE_ROWS] if row]
        width = max(set(widths), key=widths.count, default=0)
        return widths.count(width) / len(widths) if width > 1 else 0.0

    return max(_DELIMITERS, key=agreement)


def _rows(text: str, delimiter: str) -> list[list[str]]:
    """Rows as of RFC 4180; line by line where quotes do not match up."""
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error:
        return list(csv.reader(text.splitlines(), delimiter=delimiter, quoting=csv.QUOTE_NONE))
