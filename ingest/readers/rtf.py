"""Text of the RTF in which Outlook keeps a mail's body ([MS-OXRTFCP], [MS-OXRTFEX], RTF 1.9.1).

Files that are RTF are read by way of LibreOffice; this reads no more than words, in mails that have them in no other
form. RTF made of HTML gives that HTML back.
"""

import codecs
import re
import struct
from dataclasses import dataclass, replace

_DICTIONARY = (
    rb"{\rtf1\ansi\mac\deff0\deftab720{\fonttbl;}{\f0\fnil \froman \fswiss \fmodern \fscript \fdecor MS "
    rb"Sans SerifSymbolArialTimes New RomanCourier{\colortbl\red0\green0\blue0%s\par \pard\plain\f0\fs20\b\i\u\tab\tx"
) % b"\r\n"
_WINDOW = 4096
_HEADER = struct.Struct("<IIII")
_COMPRESSED, _STORED = 0x75465A4C, 0x414C454D
_MOST_BYTES = 64 * 1024**2
_TOKEN = re.compile(
    rb"\\([A-Za-z]{1,32})(-?\d{1,9})? ?|\\'([0-9A-Fa-f]{2})|\\([^A-Za-z'])|([{}])|[\r\n]+|([^\\{}\r\n]+|[\\{}])",
    re.DOTALL,
)
_CHARACTERS = {
    "par": "\n", "line": "\n", "row": "\n", "sect": "\n", "page": "\n", "tab": "\t", "cell": "\t", "emdash": "—",
    "endash": "–", "lquote": "‘", "rquote": "’", "ldblquote": "“", "rdblquote": "”", "bullet": "•", "emspace": "\u3000",
}  # fmt: skip
_SYMBOLS = {"~": "\xa0", "_": "-", "{": "{", "}": "}", "\\": "\\", "\n": "\n", "\r": "\n"}
_NO_TEXT = frozenset(
    [
        "colortbl",
        "stylesheet",
        "info",
        "pict",
        "object",
        "header",
        "headerf",
        "headerl",
        "headerr",
        "footer",
        "footerf",
        "footerl",
        "footerr",
        "listtable",
        "listoverridetable",
        "rsidtbl",
        "generator",
        "themedata",
        "colorschememapping",
        "latentstyles",
        "datastore",
        "xmlnstbl",
        "fldinst",
    ]
)
_CODE_PAGES = {128: "cp932", 129: "cp949", 134: "gb18030", 136: "cp950", 204: "cp1251", 238: "cp1250"}
"""Code pages by \\fcharset; others are the document's."""


def decompressed(data: bytes) -> bytes:
    """RTF out of PidTagRtfCompressed.

    Raises:
        ValueError: it is no such data.
    """
    if len(data) < _HEADER.size:
        raise ValueError("no header")
    _, size, kind, _ = _HEADER.unpack_from(data)
    body = data[_HEADER.size :]
    if kind == _STORED:
        return body[:size]
    if kind != _COMPRESSED:
        raise ValueError("unknown compression")
    window = bytearray(_DICTIONARY.ljust(_WINDOW, b"\0"))
    out, at, write = bytearray(), 0, len(_DICTIONARY)
    while at < len(body) and len(out) < _MOST_BYTES:
        control = body[at]
        at += 1
        for bit in range(8):
            if control >> bit & 1:
                token = int.from_bytes(body[at : at + 2], "big")
                at += 2
                start, length = token >> 4, (token & 15) + 2
                if start == write % _WINDOW or at > len(body):
                    return bytes(out)
            else:
                start, length = -1, 1
            for step in range(length):
                if start < 0 and at >= len(body):
                    return bytes(out)
                byte = body[at] if start < 0 else window[(start + step) % _WINDOW]
                out.append(byte)
                window[write % _WINDOW] = byte
                write += 1
            at += start < 0
    return bytes(out)


@dataclass(frozen=True, slots=True)
class _State:
    """What a group inherits and its end takes back."""

    skipped: bool = False
    font: int = -1
    fallback: int = 1
    """Characters behind a Unicode one that stand in for it."""
    tag: bool = False
    """Inside a piece of the HTML that the RTF was made of."""
    rtf_only: bool = False
    """Inside what was added for RTF and is not in that HTML."""
    fonts: bool = False


class _Parser:
    def __init__(self, data: bytes) -> None:
        head = data[:1000]
        self.is_html = rb"\fromhtml" in head
        page = re.search(rb"\\ansicpg(\d{3,5})", head)
        self._page = _encoding(int(page[1]) if page else 1252)
        self._fonts: dict[int, str] = {}
        self._parts: list[str] = []
        self._pending = bytearray()
        self._state = _State()
        self._stack: list[_State] = []
        self._to_skip = 0
        self._starred = False
        for token in _TOKEN.finditer(data):
            self._take(token)
        self._flush()
        self.text = "".join(self._parts).encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")

    def _take(self, token: re.Match[bytes]) -> None:
        word, number, code, symbol, brace, text = token.groups()
        if brace:
            self._flush()
            if brace == b"{":
                self._stack.append(self._state)
            elif self._stack:
                self._state = self._stack.pop()
            self._to_skip, self._starred = 0, False
        elif word:
            self._word(word.decode("ascii"), int(number) if number else None)
        elif symbol == b"*":
            self._starred = True
        elif symbol:
            self._put(_SYMBOLS.get(symbol.decode("latin-1"), ""))
        elif code or text:
            self._bytes(bytes((int(code, 16),)) if code else text)

    def _bytes(self, data: bytes) -> None:
        skipped = min(self._to_skip, len(data))
        self._to_skip -= skipped
        if self._is_heard():
            self._pending += data[skipped:]

    def _is_heard(self) -> bool:
        state = self._state
        return not state.skipped and not (self.is_html and state.rtf_only and not state.tag)

    def _put(self, text: str) -> None:
        self._flush()
        if self._is_heard():
            self._parts.append(text)

    def _flush(self) -> None:
        if self._pending:
            encoding = self._fonts.get(self._state.font, self._page)
            self._parts.append(self._pending.decode(encoding, "replace"))
            self._pending.clear()

    def _word(self, word: str, number: int | None) -> None:
        starred, self._starred = self._starred, False
        if word == "htmltag" and starred:
            self._change(tag=True)
        elif (starred and word != "htmltag") or word in _NO_TEXT:
            self._change(skipped=True)
        elif word == "fonttbl":
            self._change(skipped=True, fonts=True)
        elif word == "htmlrtf":
            self._change(rtf_only=number != 0)
        elif word == "f" and number is not None:
            self._change(font=number)
        elif word == "fcharset" and self._state.fonts and number in _CODE_PAGES:
            self._fonts[self._state.font] = _CODE_PAGES[number]
        elif word == "uc" and number is not None:
            self._change(fallback=min(max(number, 0), 8))
        elif word == "u" and number is not None:
            self._put(chr(number & 0xFFFF))
            self._to_skip = self._state.fallback
        elif word == "bin":
            self._change(skipped=True)
        elif word in _CHARACTERS:
            self._put(_CHARACTERS[word])

    def _change(self, **changes: bool | int) -> None:
        self._flush()
        self._state = replace(self._state, **changes)  # type: ignore[arg-type]


def text_of(rtf: bytes) -> tuple[str, bool]:
    """The words of an RTF document, or the HTML that it was made of; True with the latter.

    Raises:
        ValueError: it is no RTF.
    """
    if not rtf.lstrip().startswith(rb"{\rtf"):
        raise ValueError("no RTF")
    parser = _Parser(rtf[:_MOST_BYTES])
    return parser.text, parser.is_html


def _encoding(page: int) -> str:
    name = "gb18030" if page == 936 else f"cp{page}"
    try:
        codecs.lookup(name)
    except LookupError:
        return "cp1252"
    return name
