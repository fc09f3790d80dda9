"""Bytes of a text file to text: UTF-8, UTF-16, GB18030, Big5 and Shift JIS, told apart by the bytes alone.

Chinese office text is often a few words in GBK, where statistical detectors fail; strict decoding plus the share of
everyday characters does not. ``gb2312`` and ``gbk`` are always read as their superset GB18030 (GB 18030-2022).
"""

import codecs
import re
from dataclasses import dataclass

from corpus.errors import DamagedFile


def _characters(encoding: str, leads: range, trails: range) -> frozenset[str]:
    """Characters of the given rows of a two-byte character set."""
    rows = (bytes((lead, trail)).decode(encoding, "ignore") for lead in leads for trail in trails)
    return frozenset(character for character in rows if character)


GB2312_LEVEL_1 = _characters("gb2312", range(0xB0, 0xD8), range(0xA1, 0xFF))
"""The 3,755 Han characters in daily use of GB/T 2312-1980."""
BIG5_LEVEL_1 = _characters("cp950", range(0xA4, 0xC7), range(0x40, 0xFF))
"""The 5,401 Han characters in daily use of Big5."""
_GB_PLAUSIBLE = _characters("gb2312", range(0xA1, 0xF8), range(0xA1, 0xFF)) | BIG5_LEVEL_1 | frozenset("—·€〇﹏﹙﹚•")
_JIS_PLAUSIBLE = _characters("cp932", range(0x81, 0x98), range(0x40, 0xFD))
_BIG5_PLAUSIBLE = _characters("cp950", range(0xA1, 0xC7), range(0x40, 0xFF))

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_UTF16_HIGH_BYTES = bytes((0x00, 0x20, 0x30, 0xFF, *range(0x4E, 0xA0)))
"""High bytes of Latin, punctuation, Han and full-width characters in UTF-16."""
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_UNLIKELY = re.compile(r"\A[\x00-\u07ff]*[\u0250-\u036f\u0590-\u07ff][\x00-\u07ff]*\Z")
"""Accents and scripts of the Near East: what short Chinese in GBK (联通, 通知) looks like as UTF-8, which it may be."""
_SAMPLE = 4000
_LEAST_PLAUSIBLE, _LEAST_PLAUSIBLE_OF_FEW = 0.7, 0.5
"""Share of everyday characters a text must have; measured on news: at least .67 from 16 characters on, .5 on 4."""
_MOST_DAMAGED = 0.01
"""Share of undecodable characters up to which a text is read, with a warning."""


class UnknownEncoding(DamagedFile):
    """No encoding fits: not a text, or a badly damaged one."""


@dataclass(frozen=True, slots=True)
class DecodedText:
    """A text, the encoding it was read in, and Chinese sentences on what could not be read."""

    text: str
    encoding: str
    warnings: tuple[str, ...] = ()


def decode(data: bytes) -> DecodedText:
    """Text of ``data`` in whatever encoding it is.

    Raises:
        UnknownEncoding: no encoding fits.
    """
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return _lenient(data[len(mark) :], encoding) or _refuse()
    if (text := strict(data, "utf-8")) is not None and "\0" not in text:
        chinese = strict(data, "gb18030") if _UNLIKELY.search(text) else None
        if chinese is None or plausibility(chinese) < 1:
            return DecodedText(_accept(text), "utf-8")
    if (wide := _without_mark(data)) is not None:
        return wide
    candidates = [
        (plausibility(text, common), encoding, text)
        for encoding, common in (("gb18030", _GB_PLAUSIBLE), ("cp950", _BIG5_PLAUSIBLE))
        if (text := strict(data, encoding)) is not None
    ]
    share, encoding, text = max(candidates, key=lambda candidate: candidate[0], default=(0.0, "", ""))
    if share >= _LEAST_PLAUSIBLE:
        return DecodedText(_accept(text), "big5" if encoding == "cp950" else encoding)
    if (japanese := strict(data, "cp932")) is not None and plausibility(japanese, _JIS_PLAUSIBLE) > 0.9:
        return DecodedText(_accept(japanese), "cp932")
    return _lenient(data, "utf-8") or _lenient(data, "gb18030") or _refuse()


def strict(data: bytes, encoding: str) -> str | None:
    """``data`` in ``encoding``, or None where a byte does not fit or the encoding is unknown."""
    try:
        return data.decode(encoding)
    except (ValueError, LookupError):  # a name with a NUL in it is no LookupError
        return None


def plausibility(text: str, common: frozenset[str] = _GB_PLAUSIBLE) -> float:
    """Share of the non-ASCII characters at the start of ``text`` that are in ``common``; 1 where there are none."""
    sample = [character for character in text[: 20 * _SAMPLE] if character > "\x7f"][:_SAMPLE]
    return sum(character in common for character in sample) / len(sample) if sample else 1.0


def _without_mark(data: bytes) -> DecodedText | None:
    """UTF-16 without a byte order mark: every other byte is a high byte of the planes that Chinese text uses."""
    even, odd = data[: 2 * _SAMPLE : 2], data[1 : 2 * _SAMPLE : 2]
    if not odd:
        return None
    for encoding, high, low in (("utf-16-le", odd, even), ("utf-16-be", even, odd)):
        share = 1 - len(high.translate(None, _UTF16_HIGH_BYTES)) / len(high)
        if share > 0.9 and share > 1 - len(low.translate(None, _UTF16_HIGH_BYTES)) / len(low):
            decoded = _lenient(data, encoding)
            if decoded and plausibility(decoded.text) >= _LEAST_PLAUSIBLE:
                return decoded
    return None


def _lenient(data: bytes, encoding: str) -> DecodedText | None:
    """``data`` with a few damaged characters replaced by U+FFFD and reported, or None where they are many."""
    text = data.decode(encoding, "replace")
    damaged = text.count("�")
    readable = bool(text.strip("\ufffd \r\n")) or not text
    if damaged > max(1, len(text) * _MOST_DAMAGED) or not readable:
        return None
    if (damaged or encoding == "gb18030") and plausibility(text) < _LEAST_PLAUSIBLE_OF_FEW:
        return None
    warnings = (f"有 {damaged} 处字节无法识别，已用“�”代替，请与原件核对。",) if damaged else ()
    return DecodedText(_accept(text), encoding, warnings)


def _accept(text: str) -> str:
    """``text``, unless it is binary data that happens to decode."""
    if len(_CONTROLS.findall(text[:_SAMPLE])) > len(text[:_SAMPLE]) * _MOST_DAMAGED:
        _refuse()
    return text


def _refuse() -> DecodedText:
    raise UnknownEncoding("无法识别文字编码，可能不是文本或已损坏。请用记事本另存为 UTF-8 编码后再入库。")
