import struct
import zipfile
from pathlib import Path

import pytest

from corpus.errors import DamagedFile
from ingest.readers import read_file
from ingest.readers.ole import is_memory_trap
from tests.ingest.readers.files import relations, write_zip
from tests.ingest.readers.ole_files import write_ole

MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
R = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
STYLES = f"""<styleSheet {MAIN}><fonts><font/></fonts><fills><fill/></fills><borders><border/></borders>
<cellStyleXfs><xf/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="14" applyNumberFormat="1"/></cellXfs>
</styleSheet>"""


def cell(place: str, value: object, style: int = 0) -> str:
    if isinstance(value, bool):
        return f'<c r="{place}" t="b"><v>{int(value)}</v></c>'
    if isinstance(value, int | float):
        return f'<c r="{place}" s="{style}"><v>{value}</v></c>'
    return f'<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{value}</t></is></c>'


def sheet(rows: dict[int, str], merges: tuple[str, ...] = ()) -> str:
    data = "".join(f'<row r="{number}">{cells}</row>' for number, cells in rows.items())
    merged = "".join(f'<mergeCell ref="{merge}"/>' for merge in merges)
    merged = f"<mergeCells>{merged}</mergeCells>" if merges else ""
    return f"<worksheet {MAIN}><sheetData>{data}</sheetData>{merged}</worksheet>"


def write_xlsx(path: Path, sheets: dict[str, str], hidden: tuple[str, ...] = (), styles: str = STYLES) -> Path:
    listed = "".join(
        f'<sheet name="{name}" sheetId="{i}" r:id="r{i}" state="{"hidden" if name in hidden else "visible"}"/>'
        for i, name in enumerate(sheets, 1)
    )
    links = {f"r{i}": ("worksheet", f"worksheets/sheet{i}.xml") for i in range(1, len(sheets) + 1)}
    parts = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        "_rels/.rels": relations({"r1": ("officeDocument", "xl/workbook.xml")}),
        "xl/workbook.xml": f"<workbook {MAIN} {R}><sheets>{listed}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": relations(links | {"rs": ("styles", "styles.xml")}),
        "xl/styles.xml": styles,
    }
    parts |= {f"xl/worksheets/sheet{i}.xml": content for i, content in enumerate(sheets.values(), 1)}
    return write_zip(path, parts)


def texts(path: Path) -> list[str]:
    return [block.text for block in read_file(path).blocks]


def test_rows_under_their_headings_with_merged_cells(tmp_path: Path) -> None:
    rows = {
        1: cell("B1", "二〇二六年度课题一览表"),
        2: cell("B2", "课题编号") + cell("C2", "课题名称") + cell("D2", "经费（万元）") + cell("E2", "立项日期"),
        3: cell("B3", "26ZK001") + cell("C3", "基层宣讲长效机制研究") + cell("D3", 3.5) + cell("E3", 46113, 1),
        4: cell("C4", "志愿服务供需对接研究") + cell("D4", 12) + cell("E4", True),
    }
    path = write_xlsx(tmp_path / "a.xlsx", {"Sheet1": sheet(rows, ("B1:E1", "B3:B4"))})
    read = read_file(path)
    assert [block.text for block in read.blocks] == [
        "二〇二六年度课题一览表",
        "课题编号：26ZK001；课题名称：基层宣讲长效机制研究；经费（万元）：3.5；立项日期：2026-04-01",
        "课题编号：26ZK001；课题名称：志愿服务供需对接研究；经费（万元）：12；立项日期：TRUE",
    ]
    assert [(item.kind, item.text) for item in read.removed] == [
        ("table_header", "课题编号；课题名称；经费（万元）；立项日期")
    ]
    assert (read.reader, read.media_type) == (
        "xlsx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    )


def test_named_sheets_are_headings_and_hidden_ones_are_said(tmp_path: Path) -> None:
    names = {"讲师名单": "王一", "底稿": "不公开的内容", "Sheet3": "附注"}
    sheets = {name: sheet({1: cell("A1", text)}) for name, text in names.items()}
    read = read_file(write_xlsx(tmp_path / "a.xlsx", sheets, hidden=("底稿",)))
    assert [(block.text, block.heading_level) for block in read.blocks] == [
        ("讲师名单", 1),
        ("王一", None),
        ("附注", None),
    ]
    assert read.warnings == ("工作表“底稿”设为隐藏，没有入库。",)
    assert [(item.kind, item.text) for item in read.removed] == [("hidden_sheet", "不公开的内容")]


def test_tables_of_a_sheet_are_told_apart_and_gaps_do_not_end_one(tmp_path: Path) -> None:
    rows = {
        1: cell("A1", "姓名") + cell("B1", "单位") + cell("E1", "场次名称") + cell("F1", "时间"),
        2: cell("A2", "王一") + cell("B2", "市委党校") + cell("E2", "第一场") + cell("F2", "三月"),
        4: cell("A4", "李二") + cell("B4", "社科联"),
    }
    assert texts(write_xlsx(tmp_path / "a.xlsx", {"Sheet1": sheet(rows)})) == [
        "姓名：王一；单位：市委党校",
        "场次名称：第一场；时间：三月",
        "李二；社科联",
    ]
    del rows[1], rows[2]
    rows = {
        1: cell("A1", "姓名") + cell("B1", "单位"),
        2: cell("A2", "王一") + cell("B2", "市委党校"),
        4: cell("A4", "李二") + cell("B4", "社科联"),
    }
    assert texts(write_xlsx(tmp_path / "b.xlsx", {"Sheet1": sheet(rows)}))[-1] == "姓名：李二；单位：社科联"


def test_a_stray_far_cell_is_refused_before_it_takes_all_memory(tmp_path: Path) -> None:
    rows = {1: cell("A1", "一"), 1048576: cell("XFD1048576", "二")}
    with pytest.raises(DamagedFile, match="零散单元格"):
        read_file(write_xlsx(tmp_path / "a.xlsx", {"Sheet1": sheet(rows)}))
    formatted = {1: cell("A1", "一"), 1048576: '<c r="XFD1048576" s="0"/>'}
    assert texts(write_xlsx(tmp_path / "b.xlsx", {"Sheet1": sheet(formatted)})) == ["一"]


@pytest.mark.parametrize("place", ["C16000000000000000000000", "B" + "9" * 5000, "c99999999", "AAAAAAA2"])
def test_a_cell_beyond_any_sheet_is_refused_before_it_ends_the_worker(tmp_path: Path, place: str) -> None:
    """calamine counts on, past the end of its numbers, and asks for hundreds of GB."""
    rows = {1: cell("A1", "一"), 2: cell(place, 2)}
    with pytest.raises(DamagedFile, match="零散单元格"):
        read_file(write_xlsx(tmp_path / "a.xlsx", {"Sheet1": sheet(rows)}))


def _row(*texts: str) -> str:
    value = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'
    return "".join(value.format(text) for text in texts)


def write_ods(path: Path) -> Path:
    office = "urn:oasis:names:tc:opendocument:xmlns"
    rows = "".join(
        f"<table:table-row>{_row(*texts)}</table:table-row>" for texts in (("姓名", "单位"), ("王一", "市委党校"))
    )
    content = (
        f'<office:document-content xmlns:office="{office}:office:1.0" xmlns:table="{office}:table:1.0"'
        f' xmlns:text="{office}:text:1.0"><office:body><office:spreadsheet><table:table table:name="名单">{rows}'
        "</table:table></office:spreadsheet></office:body></office:document-content>"
    )
    parts = {
        "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
        "META-INF/manifest.xml": f'<manifest:manifest xmlns:manifest="{office}:manifest:1.0"/>',
        "content.xml": content,
    }
    return write_zip(path, parts)


def rewritten(path: Path, source: Path, *changes: tuple[str, str]) -> Path:
    """A copy of a workbook whose content is changed."""
    with zipfile.ZipFile(source) as archive:
        parts = {name: archive.read(name).decode() for name in archive.namelist()}
    for old, new in changes:
        assert old in parts["content.xml"]
        parts["content.xml"] = parts["content.xml"].replace(old, new, 1)
    return write_zip(path, parts)


def test_opendocument_spreadsheet(tmp_path: Path) -> None:
    plain = write_ods(tmp_path / "a.ods")
    assert texts(plain) == ["名单", "姓名：王一；单位：市委党校"]
    shown = "<text:p>市委<text:s/>党校<office:annotation><text:p>批注</text:p></office:annotation></text:p>"
    wide = '<table:table-cell table:number-columns-repeated="16000"/></table:table-row>'
    blank = f'<table:table-row table:number-rows-repeated="1000000">{wide}</table:table>'
    path = rewritten(
        tmp_path / "b.ods",
        plain,
        ("<text:p>市委党校</text:p>", shown),
        ("</table:table-row>", wide),
        ("</table:table>", blank),
    )
    assert texts(path) == ["名单", "姓名：王一；单位：市委 党校"]


def test_merged_cells_and_hidden_sheets_of_opendocument(tmp_path: Path) -> None:
    plain = write_ods(tmp_path / "a.ods")
    style = (
        '<office:automatic-styles><style:style xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" '
        'style:name="h" style:family="table"><style:table-properties table:display="false"/></style:style>'
        "</office:automatic-styles><office:body>"
    )
    hidden = (
        '<table:table table:name="底稿" table:style-name="h"><table:table-row><table:table-cell><text:p>不公开</text:p>'
        "</table:table-cell></table:table-row></table:table></office:spreadsheet>"
    )
    merged = (
        '<table:table-row><table:table-cell table:number-rows-spanned="2"><text:p>王一</text:p></table:table-cell>'
        "<table:table-cell><text:p>市委党校</text:p></table:table-cell></table:table-row><table:table-row>"
        "<table:covered-table-cell/><table:table-cell><text:p>社科联</text:p></table:table-cell></table:table-row>"
    )
    old = f"<table:table-row>{_row('王一', '市委党校')}</table:table-row>"
    path = rewritten(
        tmp_path / "b.ods", plain, ("<office:body>", style), ("</office:spreadsheet>", hidden), (old, merged)
    )
    read = read_file(path)
    assert [block.text for block in read.blocks] == ["名单", "姓名：王一；单位：市委党校", "姓名：王一；单位：社科联"]
    assert read.warnings == ("工作表“底稿”设为隐藏，没有入库。",)


@pytest.mark.parametrize(
    "change",
    [
        ("</table:table>", "</table>"),
        ("</table:table-row>", ""),
        ("</office:spreadsheet>", ""),
        ("<table:table-row>", '<table:table-row table:number-rows-repeated="1048576">'),
        ("<table:table-cell", '<table:table-cell table:number-columns-repeated="99999999"'),
    ],
)
def test_broken_and_endless_opendocument_is_refused_at_once(tmp_path: Path, change: tuple[str, str]) -> None:
    path = rewritten(tmp_path / "b.ods", write_ods(tmp_path / "a.ods"), change)
    if "1048576" in change[1]:
        path = rewritten(
            tmp_path / "c.ods", path, ("<table:table-cell", '<table:table-cell table:number-columns-repeated="16384"')
        )
    with pytest.raises(DamagedFile):
        read_file(path)


@pytest.mark.parametrize(
    "dimensions",
    [
        struct.pack("<HHIIHHH", 0x0200, 14, 0, 0x7FFFFFFF, 0, 256, 0),
        struct.pack("<HHIIHHH", 0x0200, 14, 2600468480, 5, 0, 4, 0),
        struct.pack("<HHIIHHH", 0x0200, 14, 0, 5, 9, 4, 0),
        struct.pack("<HHHHHHH", 0x0200, 10, 9, 5, 0, 4, 0),
    ],
)
def test_old_workbooks_that_would_take_all_memory(tmp_path: Path, dimensions: bytes) -> None:
    sheet_at = struct.pack("<HHI", 0x0085, 4, 23)
    impossible = write_ole(tmp_path / "a.xls", {"Workbook": sheet_at + b"\xff" * 15 + dimensions})
    endless = write_ole(tmp_path / "b.xls", {"Workbook": bytes(600)}, endless=True)
    assert is_memory_trap(impossible)
    assert is_memory_trap(endless)
    assert not is_memory_trap(write_ole(tmp_path / "c.xls", {"Workbook": dimensions[:8]}))
    for path in (impossible, endless):
        with pytest.raises(DamagedFile, match="工作簿已损坏"):
            read_file(path)


@pytest.mark.parametrize(
    ("name", "data", "expected"),
    [
        ("a.csv", "姓名,单位,电话\n王一,\"市委党校\n（兼）\",\n", ["姓名：王一；单位：市委党校 （兼）"]),
        ("a.csv", "项目名称;数量\n宣讲;12\n", ["项目名称：宣讲；数量：12"]),
        ("a.tsv", "姓名\t单位\n王一\t社科联, 兼\n", ["姓名：王一；单位：社科联, 兼"]),
        ("a.csv", "只有一列\n没有分隔\n", ["只有一列", "没有分隔"]),
        ("a.csv", '姓名,备注\n王一,"没有配对的引号\n', ['姓名：王一；备注："没有配对的引号']),
    ],
)  # fmt: skip
def test_delimited_text(tmp_path: Path, name: str, data: str, expected: list[str]) -> None:
    path = tmp_path / name
    path.write_bytes(data.encode("gb18030"))
    assert texts(path) == expected
