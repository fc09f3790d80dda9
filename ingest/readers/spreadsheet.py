"""Workbooks (xlsx, xlsm, xlsb, xls, et, ods): every table of every visible sheet, row by row."""

import datetime
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from corpus.errors import DamagedFile, EncryptedFile
from ingest.blocks import ReadFile
from ingest.readers.cell_formats import Formats, formats_of_xls, formats_of_xlsx
from ingest.readers.collector import Collector
from ingest.readers.number_formats import shown
from ingest.readers.ole import is_memory_trap
from ingest.readers.opendocument_sheets import read_sheets
from ingest.readers.sheets import MAX_CELLS, SCATTERED, Merges, Sheet, tables
from ingest.readers.tables import add_table

_DEFAULT_NAME = re.compile(r"(?i)(?:sheet|工作表|表)\s?\d*$")
_EMBEDDED_PICTURE = re.compile(r'=?DISPIMG\("')
_BROKEN = "工作簿已损坏，打不开。请用 Excel 或 WPS 打开修复、另存后再入库。"
_MEDIA_TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "xls": "application/vnd.ms-excel",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
}


def read_xlsx(path: Path) -> ReadFile:
    """As ``_read``, of xlsx, xlsm and xlsb."""
    return _read("xlsx", _calamine_sheets(path, formats_of_xlsx))


def read_xls(path: Path) -> ReadFile:
    """As ``_read``, of xls and et."""
    return _read("xls", _calamine_sheets(path, _formats_unless_trap))


def read_ods(path: Path) -> ReadFile:
    """As ``_read``."""
    return _read("ods", read_sheets(path))


def _read(container: str, sheets: Iterable[Sheet]) -> ReadFile:
    """Rows as 列名：值, under the sheet's name where it has one of its own.

    Values are those last computed, as the sheet shows them. Hidden sheets are left out, recorded, and named in a
    warning.

    Raises:
        EncryptedFile: a password is needed to open it.
        DamagedFile: broken, too large when unfolded, or nothing to read.
    """
    collector = Collector()
    hidden = []
    for sheet in sheets:
        if not any(any(row) for row in sheet.grid):
            continue
        if sheet.hidden:
            hidden.append(sheet.name)
            texts = ("；".join(filter(None, row)) for row in sheet.grid if any(row))
            collector.remove("hidden_sheet", "\n".join(texts))
            continue
        if not _DEFAULT_NAME.match(sheet.name.strip()):
            collector.add(" ".join(sheet.name.split()), heading_level=1)
        for table in tables(sheet.grid, sheet.merges):
            add_table(collector, table)
            collector.blank()
    if hidden:
        collector.warnings.append(f"工作表“{'”“'.join(hidden)}”设为隐藏，没有入库。")
    return collector.finish(container, _MEDIA_TYPES[container])


def _formats_unless_trap(path: Path) -> dict[str, Formats]:
    if is_memory_trap(path):
        raise DamagedFile(_BROKEN)
    return formats_of_xls(path)


def _calamine_sheets(path: Path, formats_of: Callable[[Path], Mapping[str, Formats]]) -> Iterator[Sheet]:
    try:
        formats = formats_of(path)
        with path.open("rb") as file, CalamineWorkbook.from_filelike(file) as workbook:
            yield from _sheets(workbook, formats)
    except PasswordError as error:
        raise EncryptedFile("工作簿设有打开密码。请去掉密码、另存后再入库。") from error
    except (CalamineError, OSError) as error:
        raise DamagedFile(_BROKEN) from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # calamine's own failure; no Exception, and not to be imported
            raise
        raise DamagedFile(_BROKEN) from error


def _sheets(workbook: CalamineWorkbook, formats: Mapping[str, Formats]) -> Iterator[Sheet]:
    for metadata in workbook.sheets_metadata:
        if metadata.typ is SheetTypeEnum.WorkSheet:
            sheet = workbook.get_sheet_by_name(metadata.name)
            grid = list(_grid(sheet, formats.get(metadata.name, {})))
            yield Sheet(metadata.name, grid, _merges(sheet), metadata.visible is not SheetVisibleEnum.Visible)


def _grid(sheet: CalamineSheet, formats: Formats) -> Iterator[list[str]]:
    """Texts of the filled area; row 0 is the first of the sheet, column 0 the first that is filled."""
    if sheet.start is None or sheet.end is None:
        return
    if sheet.total_height * sheet.width > MAX_CELLS:
        raise DamagedFile(SCATTERED)
    left = sheet.start[1]
    for index, row in enumerate(sheet.iter_rows()):
        yield [_text(value, formats.get((index, left + column))) for column, value in enumerate(row)]


def _merges(sheet: CalamineSheet) -> Merges:
    left = sheet.start[1] if sheet.start else 0
    return {
        (top, first - left): (bottom - top + 1, last - first + 1)
        for (top, first), (bottom, last) in sheet.merged_cell_ranges or ()
    }


def _text(value: Any, code: str | None) -> str:
    """A value as the sheet shows it; one without a format as it is."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if code is not None and (text := shown(value, code)) is not None:
        return text
    if isinstance(value, float):
        return format(value, ".15g")
    if isinstance(value, datetime.datetime):
        midnight = value.time() == datetime.time.min
        return value.date().isoformat() if midnight else value.isoformat(" ", "seconds")
    text = str(value)
    return "" if _EMBEDDED_PICTURE.match(text) or not text.strip() else text
