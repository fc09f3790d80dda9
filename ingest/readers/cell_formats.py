"""Which cells of a workbook have a number format that changes how their values look; calamine does not say."""

import re
import struct
from collections.abc import Iterator, Mapping
from pathlib import Path

from lxml import etree

from corpus.errors import DamagedFile
from ingest.readers.archive import Archive
from ingest.readers.number_formats import BUILT_IN
from ingest.readers.ole import records
from ingest.readers.sheets import MAX_CELLS, SCATTERED

Formats = Mapping[tuple[int, int], str]
"""Format codes by row and column, from 0."""
_SHEET_PART = re.compile(r"xl/worksheets/[^/]+\.xml$")
_FILLED_CELL = re.compile(rb"""<(?:\w+:)?c\b(?=[^>]*\br=["']([A-Za-z]+)(\d+)["'])([^>]*)(?<!/)>""")
_LONGEST = 8
"""Characters of a row's or column's name that are looked at: more than any sheet has, few enough to count with."""
_STYLE = re.compile(rb"""\bs=["'](\d{1,5})["']""")
_PLAIN = re.compile(r"(?i)general|@|G/通用格式|")
_BOF, _BOUND_SHEET, _FORMAT, _XF = 0x0809, 0x0085, 0x041E, 0x00E0
_NUMBER, _RK, _FORMULA, _MULTIPLE_RK = 0x0203, 0x027E, 0x0006, 0x00BD
_BIFF8 = 0x0600
_MOST_SHEETS = 1_000


def formats_of_xlsx(path: Path) -> dict[str, Formats]:
    """Formats by the names of the sheets.

    Raises:
        DamagedFile: the outermost filled cells of a sheet lie too far apart; calamine would take all memory and abort.
    """
    with Archive(path) as archive:
        codes = _codes_of_xlsx(archive)
        names = _names_of_parts(archive)
        formats: dict[str, Formats] = {}
        for part in archive.names:
            if _SHEET_PART.match(part):
                found = _formats_of_part(archive.read(part), codes)
                if part in names:
                    formats[names[part]] = found
        return formats


def _formats_of_part(data: bytes, codes: list[str]) -> Formats:
    found: dict[tuple[int, int], str] = {}
    rows, columns = [], []
    for match in _FILLED_CELL.finditer(data):
        row, column = int(match[2].lstrip(b"0")[:_LONGEST] or 0) - 1, _column_number(match[1][:_LONGEST].upper()) - 1
        rows.append(row)
        columns.append(column)
        style = _STYLE.search(match[3]) if codes else None
        if style and int(style[1]) < len(codes) and (code := codes[int(style[1])]):
            found[row, column] = code
    if rows and (max(rows) - min(rows) + 1) * (max(columns) - min(columns) + 1) > MAX_CELLS:
        raise DamagedFile(SCATTERED)
    return found


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = 26 * number + letter - 64
    return number


def _codes_of_xlsx(archive: Archive) -> list[str]:
    """Format codes of the cell styles (18.8.10), empty where values are shown as they are; none if all are so."""
    try:
        root = archive.xml("xl/styles.xml")
    except DamagedFile:  # calamine reads on without styles
        return []
    if root is None:
        return []
    own = {_integer(f.get("numFmtId")): f.get("formatCode", "") for f in root.iterfind("{*}numFmts/{*}numFmt")}
    codes = [_code(_integer(xf.get("numFmtId")), own) for xf in root.iterfind("{*}cellXfs/{*}xf")]
    return codes if any(codes) else []


def _code(number: int, own: Mapping[int, str]) -> str:
    code = own.get(number) or BUILT_IN.get(number, "")
    return "" if _PLAIN.fullmatch(code) else code


def _integer(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() else -1


def _names_of_parts(archive: Archive) -> dict[str, str]:
    try:
        root: etree._Element | None = archive.xml("xl/workbook.xml")
        targets = archive.relations("xl/workbook.xml")
    except DamagedFile:
        return {}
    names = {}
    for sheet in root.iterfind("{*}sheets/{*}sheet") if root is not None else ():
        link = next((value for key, value in sheet.items() if key.endswith("}id")), "")
        if link in targets:
            names[targets[link].target] = sheet.get("name", "")
    return names


def formats_of_xls(path: Path) -> dict[str, Formats]:
    """Formats by the names of the sheets; empty before Excel 97 ([MS-XLS]).

    Raises:
        OSError: the file is broken.
    """
    import olefile

    with olefile.OleFileIO(path) as ole:
        name = next((name for name in ("Workbook", "Book") if ole.exists(name)), None)
        stream = ole.openstream(name).read() if name else b""
    if len(stream) < 6 or struct.unpack_from("<HHH", stream)[0::2] != (_BOF, _BIFF8):
        return {}
    own: dict[int, str] = {}
    styles: list[int] = []
    sheets: list[tuple[str, int]] = []
    for kind, data in records(stream, 0):
        if kind == _FORMAT and len(data) > 5:
            own[int.from_bytes(data[:2], "little")] = _string(data[2:], 2)
        elif kind == _XF and len(data) >= 4:
            styles.append(int.from_bytes(data[2:4], "little"))
        elif kind == _BOUND_SHEET and len(data) > 8 and len(sheets) < _MOST_SHEETS:
            sheets.append((_string(data[6:], 1), int.from_bytes(data[:4], "little")))
    codes = [_code(number, own) for number in styles]
    if not any(codes):
        return {}
    return {
        name: {place: codes[style] for place, style in _styles(stream, start) if style < len(codes) and codes[style]}
        for name, start in sheets
    }


def _string(data: bytes, width: int) -> str:
    """A string whose length takes ``width`` bytes ([MS-XLS] 2.5.294 and 2.5.240)."""
    count, wide = int.from_bytes(data[:width], "little"), data[width] & 1
    text = data[width + 1 :]
    return text[: 2 * count].decode("utf-16-le", "replace") if wide else text[:count].decode("latin-1")


def _styles(stream: bytes, start: int) -> Iterator[tuple[tuple[int, int], int]]:
    """Place and style of each number on the sheet that begins at ``start``."""
    for kind, data in records(stream, start):
        if kind in (_NUMBER, _RK, _FORMULA) and len(data) >= 6:
            row, column, style = struct.unpack_from("<HHH", data)
            yield (row, column), style
        elif kind == _MULTIPLE_RK and len(data) >= 6:
            row, first = struct.unpack_from("<HH", data)
            for index in range((len(data) - 6) // 6):
                yield (row, first + index), int.from_bytes(data[4 + 6 * index : 6 + 6 * index], "little")
