"""One small file per format, from which damaged ones are made."""

import subprocess
from pathlib import Path

import docx
from PIL import Image, ImageDraw, ImageFont
from pptx import Presentation
from pptx.util import Cm

from ingest.readers.formats import CONVERTED, Format
from tests.ingest.readers import test_epub, test_ofd, test_outlook, test_spreadsheet
from tests.ingest.readers.files import abstract, num, numbered, p, table, tc, write_docx, write_zip
from tests.ingest.readers.ole_files import write_ole
from tests.ingest.readers.pdfs import stream, write_pdf

PAGE = (
    "<html><body><div id='zoom'><h1>志愿服务条例</h1><p>第一条　为了规范志愿服务，制定本条例。</p>"
    "<table><tr><td>项目</td><td>数量</td></tr><tr><td>宣讲</td><td>12</td></tr></table></div></body></html>"
)
MAIL = (
    "From: a@b.cn\r\nTo: c@d.cn\r\nSubject: =?gb2312?B?zajWqg==?=\r\nDate: Wed, 04 Mar 2026 09:30:00 +0800\r\n"
    "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: text/plain;"
    " charset=utf-8\r\n\r\n请查收附件。\r\n--x\r\nContent-Type: text/plain\r\nContent-Disposition: attachment;"
    ' filename="a.txt"\r\n\r\n正文\r\n--x--\r\n'
)
SAVED_PAGE = (
    "From: <saved>\r\nSubject: x\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=x\r\n\r\n"
    f"--x\r\nContent-Type: text/html; charset=utf-8\r\n\r\n{PAGE}\r\n--x--\r\n"
)


def write_seeds(folder: Path) -> dict[Format, Path]:
    """The files, by format."""
    lists = abstract(0, ("chineseCounting", "%1、")) + num(1, 0)
    body = p("总则", numbered(1)) + table(tc("甲") + tc("乙"), tc("1") + tc("2"))
    rows = {1: "".join(test_spreadsheet.cell(f"{c}1", c) for c in "ABC"), 2: test_spreadsheet.cell("A2", 3.5)}
    texts = {
        Format.TEXT: "关于志愿服务的通知\n正文。\n".encode("gb18030"),
        Format.MARKDOWN: "# 题\n\n| a | b |\n|--|--|\n| 1 | 2 |\n\n- 项\n".encode(),
        Format.CSV: '姓名,备注\n王一,"两行\n文字"\n'.encode(),
        Format.HTML: PAGE.encode(),
        Format.EML: MAIL.encode(),
        Format.MHTML: SAVED_PAGE.encode(),
    }
    for kind, content in texts.items():
        (folder / f"a.{kind}").write_bytes(content)
    return {kind: folder / f"a.{kind}" for kind in texts} | {
        Format.DOCX: write_docx(folder / "a.docx", body, numbering=lists, styles="", footnotes="", header=p("页眉")),
        Format.PPTX: _write_pptx(folder / "a.pptx"),
        Format.PDF: _write_pdf(folder / "a.pdf"),
        Format.OFD: test_ofd.write_ofd(folder / "a.ofd", [test_ofd.page(*test_ofd.notice())]),
        Format.XLSX: test_spreadsheet.write_xlsx(
            folder / "a.xlsx", {"名单": test_spreadsheet.sheet(rows, ("A2:B2",)), "二": test_spreadsheet.sheet(rows)}
        ),
        Format.ODS: test_spreadsheet.write_ods(folder / "a.ods"),
        Format.EPUB: write_zip(folder / "a.epub", test_epub.parts()),
        Format.MSG: write_ole(folder / "a.msg", test_outlook.message()),
        Format.ZIP: write_zip(folder / "a.zip", {"一/a.txt": "正文", "b.docx": "x"}),
        Format.JPEG: _write_image(folder / "a.jpg"),
        Format.PNG: _write_image(folder / "a.png"),
        Format.TIFF: _write_image(folder / "a.tif", compression="tiff_lzw", save_all=True),
    }


def write_converted_seeds(folder: Path, libreoffice: Path) -> dict[Format, Path]:
    """One file for each format that is read after a conversion, made by LibreOffice of those of today's formats."""
    current = {Format.DOCX: write_notice(folder / "b.docx"), Format.PPTX: _write_pptx(folder / "b.pptx")}
    return {old: save_as(libreoffice, current[new], old, folder) for old, new in CONVERTED.items()}


def write_notice(path: Path) -> Path:
    """A document with automatic numbers and a table."""
    document = docx.Document()
    document.add_heading("关于报送课题清单的通知", 0)
    for text in ("在研课题按季度报送。", "结项课题随时报送。"):
        document.add_paragraph(text, style="List Number")
    table = document.add_table(rows=0, cols=2)
    for row in (("课题编号", "负责人"), ("26ZK001", "王一")):
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text
    document.add_paragraph("特此通知。")
    document.save(str(path))
    return path


def save_as(libreoffice: Path, path: Path, kind: Format, folder: Path) -> Path:
    """What a user does with 另存为; the copy lies in ``folder``."""
    command = [libreoffice, f"-env:UserInstallation={folder.as_uri()}/profile", "--headless", "--convert-to"]
    subprocess.run([*command, kind, "--outdir", folder, path], check=True, capture_output=True, timeout=180)
    return folder / f"{path.stem}.{kind}"


def _write_pptx(path: Path) -> Path:
    deck = Presentation()
    slide = deck.slides.add_slide(deck.slide_layouts[1])
    slide.shapes.title.text = "宣讲三步法"
    slide.placeholders[1].text = "选题\n开讲"
    cells = slide.shapes.add_table(2, 2, Cm(1), Cm(12), Cm(10), Cm(4)).table
    for index, text in enumerate(("讲师", "场次", "王一", "21")):
        cells.cell(index // 2, index % 2).text = text
    slide.notes_slide.notes_text_frame.text = "先讲故事"
    deck.save(str(path))
    return path


def _write_image(path: Path, **options: str | bool) -> Path:
    image = Image.new("L", (180, 44), 255)
    ImageDraw.Draw(image).text((10, 8), "Volunteer 2026", 0, ImageFont.load_default(20))
    image.save(path, **options)
    return path


def _write_pdf(path: Path) -> Path:
    font = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"
    page = (
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 300] /Contents 4 0 R /Resources << /Font << /F 5 0 R >> >> >>"
    )
    kids = b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>"
    text = stream(b"BT /F 12 Tf 20 200 Td (Volunteer service handbook) Tj 0 -20 Td (second line) Tj ET")
    return write_pdf(path, [b"<< /Type /Catalog /Pages 2 0 R >>", kids, page, text, font])
