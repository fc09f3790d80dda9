"""Fonts that a PDF names and does not hold: most texts of older office programs are set so."""

import os
from pathlib import Path

import numpy as np
import pypdfium2 as pdfium
import pytest

from ingest.readers import read_file
from ingest.readers.pdf_fonts import system_fonts
from tests.ingest.readers.pdfs import SENTENCES, stream, write_pdf
from tests.ingest.readers.scans import font_path

SENTENCE = "".join(character for character in SENTENCES[0] if character not in "，。、")
MAPS = [
    ("GBK-EUC-H", "GB1", "gbk"),
    ("GB-EUC-H", "GB1", "gb2312"),
    ("GBK2K-H", "GB1", "gb18030"),
    ("UniGB-UCS2-H", "GB1", "utf-16-be"),
    ("UniGB-UTF16-H", "GB1", "utf-16-be"),
    ("UniCNS-UCS2-H", "CNS1", "utf-16-be"),
]


def lacking(path: Path, first: bytes, codes: list[bytes], *more: bytes) -> Path:
    """A page of characters each in a text object of its own, as programs write it that place them one by one."""
    shown = b" ".join(b"1 0 0 1 %d 700 Tm <%s> Tj" % (72 + 12 * i, code.hex().encode()) for i, code in enumerate(codes))
    descriptor = (
        b"<< /Type /FontDescriptor /FontName /SimSun /Flags 6 /FontBBox [0 -141 1000 859] /Ascent 859 /Descent -141"
        b" /CapHeight 683 /StemV 80 /ItalicAngle 0 >>"
    )
    return write_pdf(
        path,
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
            b" /Resources << /Font << /F1 5 0 R >> >> >>",
            stream(b"BT /F1 12 Tf " + shown + b" ET"),
            first,
            descriptor,
            *more,
        ],
    )


def composite(path: Path, encoding: str, ordering: str, kind: str, codes: list[bytes], *more: bytes) -> Path:
    unicode = b" /ToUnicode 8 0 R" if more else b""
    first = b"<< /Type /Font /Subtype /Type0 /BaseFont /SimSun /Encoding /%s /DescendantFonts [7 0 R]%s >>"
    descendant = (
        b"<< /Type /Font /Subtype /%s /BaseFont /SimSun /FontDescriptor 6 0 R /DW 1000"
        b" /CIDSystemInfo << /Registry (Adobe) /Ordering (%s) /Supplement 0 >> >>"
    )
    return lacking(
        path, first % (encoding.encode(), unicode), codes, descendant % (kind.encode(), ordering.encode()), *more
    )


def text_of(path: Path) -> str:
    return "".join(block.text for block in read_file(path).blocks)


@pytest.mark.parametrize("kind", ["CIDFontType0", "CIDFontType2"])
@pytest.mark.parametrize(("encoding", "ordering", "codec"), MAPS)
def test_every_character_is_read(tmp_path: Path, encoding: str, ordering: str, codec: str, kind: str) -> None:
    codes = [character.encode(codec) for character in SENTENCE]
    assert text_of(composite(tmp_path / "a.pdf", encoding, ordering, kind, codes)) == SENTENCE


def test_glyph_numbers_with_a_map_to_unicode(tmp_path: Path) -> None:
    pairs = b"\n".join(b"<%04x> <%04x>" % (index, ord(character)) for index, character in enumerate(SENTENCE, 1))
    mapping = (
        b"/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /X def /CMapType 2 def"
        b" 1 begincodespacerange <0000> <FFFF> endcodespacerange %d beginbfchar\n%s\nendbfchar endcmap end end"
    ) % (len(SENTENCE), pairs)
    codes = [index.to_bytes(2, "big") for index in range(1, len(SENTENCE) + 1)]
    path = composite(tmp_path / "a.pdf", "Identity-H", "Identity", "CIDFontType2", codes, stream(mapping))
    assert text_of(path) == SENTENCE


def test_a_simple_font_with_a_chinese_name(tmp_path: Path) -> None:
    first = (
        b"<< /Type /Font /Subtype /TrueType /BaseFont /#CB#CE#CC#E5 /Encoding /WinAnsiEncoding /FirstChar 32"
        b" /LastChar 255 /Widths [" + b"500 " * 224 + b"] /FontDescriptor 6 0 R >>"
    )
    assert text_of(lacking(tmp_path / "a.pdf", first, [c.encode("gbk") for c in SENTENCE])) == SENTENCE


def test_drawn_pages_have_the_letters_of_the_machines_fonts(tmp_path: Path) -> None:
    if not font_path():
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)("needs a Chinese font")
    codes = [character.encode("gbk") for character in SENTENCE]
    path = composite(tmp_path / "a.pdf", "GBK-EUC-H", "GB1", "CIDFontType0", codes)

    def drawn() -> np.ndarray:
        with pdfium.PdfDocument(path) as document:
            page = document[0].render(scale=2).to_numpy()[..., 0]
        return np.asarray(page < 128)

    with system_fonts():
        inside = drawn()
    assert text_of(path) == SENTENCE
    columns = [inside[:, 2 * (72 + 12 * i) : 2 * (84 + 12 * i)] for i in range(len(SENTENCE))]
    assert len({column.tobytes() for column in columns}) == len(set(SENTENCE))
