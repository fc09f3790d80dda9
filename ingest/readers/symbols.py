"""Characters of symbol fonts (Wingdings, Symbol), which have no Unicode meaning of their own: U+F020 to U+F0FF."""

import re

_KNOWN = {
    "\uf052": "☑", "\uf0fe": "☑", "\uf053": "☒", "\uf0fd": "☒", "\uf0fc": "✓", "\uf0d6": "√", "\uf0fb": "✗",
    "\uf0d8": "➢", "\uf06c": "●", "\uf06e": "■", "\uf075": "◆", "\uf076": "❖", "\uf0a7": "▪", "\uf0b7": "•",
    "\uf0e0": "→", "\uf0e8": "➔", "\uf0b2": "◇", "\uf09f": "•", "\uf02d": "-",
}  # fmt: skip
_SYMBOL = re.compile("[\uf020-\uf0ff]")


def readable(text: str) -> str:
    """``text`` with characters of symbol fonts as those that look like them; □ where none is known."""
    return _SYMBOL.sub(lambda match: _KNOWN.get(match[0], "□"), text)
