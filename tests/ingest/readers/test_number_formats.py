import datetime
import struct
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.readers import read_file
from ingest.readers.number_formats import shown
from tests.ingest.readers.ole_files import write_ole
from tests.ingest.readers.test_spreadsheet import STYLES, cell, sheet, texts, write_xlsx

MOMENT = datetime.datetime.fromisoformat("2026-04-01T15:05:09")


@pytest.mark.parametrize(
    ("value", "code", "expected"),
    [
        (0.853, "0%", "85%"),
        (0.8535, "0.00%", "85.35%"),
        (2.675, "0.00", "2.68"),
        (1234567.891, "#,##0.00", "1,234,567.89"),
        (-5.5, "0.0_ ;[Red]-0.0", "-5.5"),
        (-5.5, "0.0", "-5.5"),
        (-0.0001, "0.00", "0.00"),
        (0, '_(* "-"??_)', "-"),
        (3, "000", "003"),
        (12345678, '0.0,,"百万"', "12.3百万"),
        (1234.5, "[$¥-804]#,##0.00", "¥1,234.50"),
        (1234.5, '"￥"#,##0.00_);[Red]("￥"#,##0.00)', "￥1,234.50"),
        (0.5, "# ?/?", None),
        (1e20, "0.00E+00", None),
        (5, "General", None),
        (5, "[>3]0.0;0", None),
        (MOMENT, "yyyy/m/d;@", "2026/4/1"),
        (MOMENT, 'yyyy"年"m"月"d"日";@', "2026年4月1日"),
        (MOMENT, '[DBNum1][$-804]yyyy"年"m"月"d"日";@', "二〇二六年四月一日"),
        (MOMENT, "yyyy-mm-dd hh:mm:ss", "2026-04-01 15:05:09"),
        (MOMENT, '上午/下午h"时"mm"分"', "下午3时05分"),
        (MOMENT, "h:mm AM/PM", "3:05 PM"),
        (MOMENT, "aaaa", "星期三"),
        (MOMENT, "[h]:mm:ss", None),
        (MOMENT, "dddd, mmmm dd", None),
        (datetime.time(9, 5), "h:mm", "9:05"),
        ("文字", "0%", None),
    ],
)
def test_values_as_a_sheet_shows_them(value: object, code: str, expected: str | None) -> None:
    assert shown(value, code) == expected


@given(st.floats(-1e9, 1e9, allow_nan=False), st.integers(0, 6), st.booleans())
def test_what_is_shown_is_the_value_rounded(value: float, places: int, percent: bool) -> None:
    code = f"#,##0{'.' * bool(places)}{'0' * places}{'%' * percent}"
    text = shown(value, code)
    assert text is not None
    given = Decimal(text.rstrip("%").replace(",", "")).scaleb(-2 * percent)
    assert abs(given - Decimal(format(value, ".15g"))) <= Decimal("0.5").scaleb(-places - 2 * percent)


@given(
    st.one_of(st.floats(), st.integers(), st.datetimes(), st.times()),
    st.text('0#?.,%;ymdhsae"\\_*[]$-年 E/@', max_size=20),
)
def test_any_format_shows_a_value_or_leaves_it(value: object, code: str) -> None:
    assert isinstance(shown(value, code), str | None)


def test_formats_of_a_workbook(tmp_path: Path) -> None:
    formats = '<numFmts><numFmt numFmtId="164" formatCode="yyyy&quot;年&quot;m&quot;月&quot;;@"/></numFmts><fonts>'
    styles = STYLES.replace("<fonts>", formats).replace(
        "</cellXfs>", '<xf numFmtId="10" applyNumberFormat="1"/><xf numFmtId="164" applyNumberFormat="1"/></cellXfs>'
    )
    rows = {
        2: cell("B2", "课题名称") + cell("C2", "完成比例") + cell("D2", "立项年月"),
        3: cell("B3", "基层宣讲研究") + cell("C3", 0.853, 2) + cell("D3", 46113, 3),
    }
    path = write_xlsx(tmp_path / "a.xlsx", {"Sheet1": sheet(rows)}, styles=styles)
    assert texts(path) == ["课题名称：基层宣讲研究；完成比例：85.30%；立项年月：2026年4月"]


def test_formats_of_an_old_workbook(tmp_path: Path) -> None:
    def record(kind: int, data: bytes) -> bytes:
        return struct.pack("<HH", kind, len(data)) + data

    def label(column: int, text: str) -> bytes:
        encoded = text.encode("utf-16-le")
        return record(0x0204, struct.pack("<HHHHB", 0, column, 0, len(text), 1) + encoded)

    code = "0.0%".encode("latin-1")
    styles = record(0x041E, struct.pack("<HHB", 164, len(code), 0) + code)
    styles += record(0x00E0, bytes(20)) + record(0x00E0, struct.pack("<HH", 0, 164) + bytes(16))
    head = record(0x0809, struct.pack("<HH", 0x0600, 5) + bytes(12)) + styles
    name = b"Sheet1"
    listed = len(head) + 4 + 8 + len(name) + 4
    bound = record(0x0085, struct.pack("<IHBB", listed, 0, len(name), 0) + name)
    cells = label(0, "项目名称") + label(1, "完成比例") + record(0x0203, struct.pack("<HHHd", 1, 1, 1, 0.853))
    cells += record(0x0203, struct.pack("<HHHd", 1, 0, 0, 7.5))
    body = record(0x0809, struct.pack("<HH", 0x0600, 0x10) + bytes(12)) + cells + record(0x000A, b"")
    path = write_ole(tmp_path / "a.xls", {"Workbook": head + bound + record(0x000A, b"") + body})
    assert [block.text for block in read_file(path).blocks] == ["项目名称：7.5；完成比例：85.3%"]
