"""Comments and the table of findings, written into a Word document with python-docx."""

from collections.abc import Sequence
from io import BytesIO
from typing import Any

from docx import Document
from docx.blkcntnr import BlockItemContainer
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Cm, Pt
from docx.text.run import Run

from api.quote_report.anchors import anchored_runs
from api.quote_report.notes import Note, notes
from api.quote_report.package import without_dangling
from api.wording import VERDICTS
from search.quotation.findings import QuoteCheck

_AUTHOR, _INITIALS = "论库引文核验", "核验"
_COLUMNS = (("序号", 1.2), ("文稿中的文字", 5.2), ("结果", 2.2), ("出处与说明", 6.4))
"""Headings of the table and their widths in centimetres."""
_BORDERS = ("top", "left", "bottom", "right", "insideH", "insideV")


def annotated(file: bytes, text: str, check: QuoteCheck) -> bytes:
    """A copy of a Word file with comments at the findings, and behind its last page the table.

    Args:
        file: the docx.
        text: the draft's canonical text, in which the findings count.
        check: the findings.
    """
    return _written(Document(without_dangling(file)), text, check)


def text_report(text: str, check: QuoteCheck, remark: str = "") -> bytes:
    """A Word document made of a draft's text, a paragraph for each line, with the same comments and table.

    ``remark`` stands above the table.
    """
    text = _printable(text)
    document = Document()
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = "Times New Roman", Pt(12)
    normal.element.rPr.rFonts.set(qn("w:eastAsia"), "宋体")
    for line in text.split("\n"):
        document.add_paragraph(line)
    return _written(document, text, check, remark)


def _written(document: Any, text: str, check: QuoteCheck, remark: str = "") -> bytes:
    found = notes(check)
    places = anchored_runs(document, text, [(note.start, note.end) for note in found])
    for number, (note, runs) in enumerate(zip(found, places, strict=True), 1):
        if runs:
            lines = "\n".join(map(_printable, [f"{number}. {note.heading}", *note.remarks]))
            document.add_comment([Run(run, document) for run in runs], lines, _AUTHOR, _INITIALS)
    _add_summary(BlockItemContainer(document.element.body, document), check, found, remark)
    buffer = BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def _add_summary(body: Any, check: QuoteCheck, found: Sequence[Note], remark: str) -> None:
    title = body.add_paragraph()
    title.paragraph_format.page_break_before = True
    _plain(title, "引文核验结果", bold=True, size=16)
    counts = "，".join(f"{name} {check.summary[verdict]} 处" for verdict, name in VERDICTS.items())
    counts += f"；提法已更新 {len(check.wordings)} 处" if check.wordings else ""
    _plain(body.add_paragraph(), f"共 {len(check.findings)} 处：{counts}。以上正文未作任何改动，批注与下表序号一致。")
    if remark:
        _plain(body.add_paragraph(), remark)
    table = body.add_table(1 + len(found), len(_COLUMNS), Cm(sum(width for _, width in _COLUMNS)))
    lines = "".join(f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="808080"/>' for side in _BORDERS)
    table._tbl.tblPr.append(parse_xml(f"<w:tblBorders {nsdecls('w')}>{lines}</w:tblBorders>"))
    table.autofit = False
    for column, (_, width) in zip(table.columns, _COLUMNS, strict=True):
        column.width = Cm(width)
    table.rows[0]._tr.get_or_add_trPr().append(parse_xml(f"<w:tblHeader {nsdecls('w')}/>"))
    rows = [[name for name, _ in _COLUMNS], *(_row(number, note) for number, note in enumerate(found, 1))]
    for row, values in zip(table.rows, rows, strict=True):
        for cell, value, (_, width) in zip(row.cells, values, _COLUMNS, strict=True):
            cell.width = Cm(width)
            _plain(cell.paragraphs[0], value, bold=values is rows[0], size=9)


def _row(number: int, note: Note) -> Sequence[str]:
    return str(number), note.text, note.heading, "\n".join(note.remarks)


def _plain(paragraph: Any, text: str, *, bold: bool = False, size: float = 10.5) -> None:
    """Text that does not depend on how the draft sets up its default style."""
    form = paragraph.paragraph_format
    form.first_line_indent, form.left_indent, form.space_before, form.space_after = Pt(0), Pt(0), Pt(3), Pt(3)
    form.line_spacing = 1.2
    run = paragraph.add_run(_printable(text))
    run.bold, run.font.size = bold, Pt(size)


def _printable(text: str) -> str:
    """``text`` with every character that XML cannot hold replaced, one by one, so that offsets stay true."""
    return "".join(character if _is_xml(ord(character)) else "\ufffd" for character in text)


def _is_xml(code: int) -> bool:
    """Whether XML 1.0 allows the character (production 2, Char)."""
    return code in {0x9, 0xA, 0xD} or 0x20 <= code <= 0xD7FF or 0xE000 <= code <= 0xFFFD or code >= 0x10000
