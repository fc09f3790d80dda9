"""The font that stands in where a PDF names a Chinese font that it does not hold.

pdfium would take one of the machine's. Where there is none it drops every text object whose glyphs it lacks, without a
word; where there is one it measures each glyph, most of the time that such a page takes. Reading needs no shapes: the
advances are in the file. So every character gets the same box, and a page reads alike on every machine. Only where a
page is drawn, for recognition, do the machine's fonts come in.
"""

import ctypes
import struct
from collections.abc import Iterator
from contextlib import contextmanager

from pypdfium2 import raw

_EM, _ASCENT, _DESCENT = 1000, 880, -120
_BLANK = 0x3000
_LATIN = 0
"""FXFONT_ANSI_CHARSET; pdfium has fonts of its own for it, with advances."""


def _stand_in() -> bytes:
    """A TrueType font of one square for all of Unicode but blanks, with the tables that FreeType asks for.

    Source: ISO/IEC 14496-22 (OpenType); the character map has format 13, many characters to one glyph.
    """
    square = struct.pack(
        ">5h HH 4B 8h", 1, 0, _DESCENT, _EM, _ASCENT, 3, 0, 1, 1, 1, 1, 0, _EM, 0, -_EM, _DESCENT, 0, _EM, 0
    )
    square += b"\0" * (-len(square) % 4)
    groups = [(0x21, _BLANK - 1), (_BLANK + 1, 0x10FFFF)]
    many_to_one = struct.pack(">HHIII", 13, 0, 16 + 12 * len(groups), 0, len(groups))
    many_to_one += b"".join(struct.pack(">3I", first, last, 1) for first, last in groups)
    bounds = (0, _DESCENT, _EM, _ASCENT)
    return _font_file(
        {
            b"cmap": struct.pack(">HHHHI", 0, 1, 3, 10, 12) + many_to_one,
            b"glyf": square,
            b"head": struct.pack(
                ">4I HH QQ 4h HH 3h", 1 << 16, 1 << 16, 0, 0x5F0F3CF5, 0, _EM, 0, 0, *bounds, 0, 8, 2, 1, 0
            ),
            b"hhea": struct.pack(">I 3h H 11h H", 1 << 16, _ASCENT, _DESCENT, 0, _EM, 0, 0, _EM, 1, *[0] * 7, 1),
            b"hmtx": struct.pack(">H 2h", _EM, 0, 0),
            b"loca": struct.pack(">3I", 0, 0, len(square)),
            b"maxp": struct.pack(">I 14H", 1 << 16, 2, 4, 1, 0, 0, 1, *[0] * 8),
        }
    )


def _font_file(tables: dict[bytes, bytes]) -> bytes:
    directory, body = struct.pack(">I 4H", 1 << 16, len(tables), 0, 0, 0), b""
    start = len(directory) + 16 * len(tables)
    for tag, table in tables.items():
        directory += struct.pack(">4s 3I", tag, 0, start + len(body), len(table))
        body += table + b"\0" * (-len(table) % 4)
    return directory + body


_FONT = _stand_in()
_CALLBACKS = dict(raw.FPDF_SYSFONTINFO._fields_)


def _map(
    _info: object, _weight: int, _italic: int, charset: int, _pitch: int, _face: object, _exact: object
) -> int | None:
    return None if charset == _LATIN else 1


def _data(_info: object, _font: object, table: int, buffer: int, size: int) -> int:
    if table:
        return 0  # one table, or a collection of fonts: pdfium then asks for the file
    if size >= len(_FONT):
        ctypes.memmove(buffer, _FONT, len(_FONT))
    return len(_FONT)


_READING = raw.FPDF_SYSFONTINFO(
    version=1,
    MapFont=_CALLBACKS["MapFont"](_map),
    GetFontData=_CALLBACKS["GetFontData"](_data),
    GetFaceName=_CALLBACKS["GetFaceName"](lambda _info, _font, _buffer, _size: 0),
    GetFontCharset=_CALLBACKS["GetFontCharset"](lambda _info, _font: 1),
    DeleteFont=_CALLBACKS["DeleteFont"](lambda _info, _font: None),
)


@contextmanager
def system_fonts() -> Iterator[None]:
    """Inside, documents that are opened get the machine's fonts for those that they lack."""
    raw.FPDF_SetSystemFontInfo(raw.FPDF_GetDefaultSystemFontInfo())  # pdfium frees it when the next one is set
    try:
        yield
    finally:
        _leave_out()


def _leave_out() -> None:
    raw.FPDF_SetSystemFontInfo(ctypes.byref(_READING))


_leave_out()
