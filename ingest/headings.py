"""The words of a heading, and lines that name a document within a document."""

import re
from collections.abc import Sequence

from ingest.lines import ends_as_title, field_of, is_organization
from ingest.numbering import Numbering, numbering

_HEADING = 45
"""Longest run-in heading, in characters; measured on State Council documents."""
_LINE = 60
_FINAL = "。：:；;，,、. \t\u3000"
_SENTENCE_END = re.compile(r"[。！？]")
_CLAUSE_END = re.compile(r"[，。；：！？,;:]")
_ARTICLE_NAME = re.compile(r"[ \t\u3000]*[（(【〔][^（()）【】〔〕]{2,30}[）)】〕]")
_ATTACHMENT = re.compile(
    r"(?P<label>附\s?[件录表](?:\s?[0-9０-９一二三四五六七八九十A-Z]{1,3})?)(?![\u4e00-\u9fff，。、])\s*(?P<colon>[：:])?\s*"
)
_CONTENTS = re.compile(r"目\s*[录次]")
_SMALL_TITLE = 40


def heading_text(line: str, number: Numbering | None) -> str:
    """The heading in ``line``, numbering included, without final punctuation.

    A short line is one as a whole; of a paragraph with a run-in heading (（一）指导思想。以…) it is the first sentence,
    if that is short, else the first clause. An article's is its number, and its name in brackets if it has one.
    """
    if number and number.style == "第X条":
        name = _ARTICLE_NAME.match(line, len(number.label))
        return line[: name.end()] if name else number.label
    if number and number.style == "【】":
        return line[: line.index("】") + 1]
    start = number.end if number else 0
    first = _SENTENCE_END.search(line, start)
    sentence = first.start() if first else len(line)
    if sentence - start <= (_LINE if first is None or first.end() == len(line) else _HEADING):
        return _shortened(line[:sentence])
    return clause(line, start)


def clause(text: str, start: int = 0) -> str:
    """The first clause of ``text``, at most 45 characters after ``start``, without final punctuation."""
    found = _CLAUSE_END.search(text, start)
    end = found.start() if found else len(text)
    return _shortened(text[: min(end, start + _HEADING)])


def _shortened(text: str) -> str:
    return text.rstrip(_FINAL) or text


def attachment(lines: Sequence[str], index: int) -> str | None:
    """The label of an attachment that starts at this line (附件1), or None.

    附件：1.… before the signature only lists attachments (GB/T 9704-2012 7.3.4); the attachment itself has its number
    on a line of its own (7.3.7), or its title behind it.
    """
    line = lines[index]
    found = _ATTACHMENT.match(line)
    if not found or len(line) > _LINE:
        return None
    rest = line[found.end() :]
    if not rest:
        return found["label"] if not found["colon"] else None
    if numbering(rest) or rest.startswith("《"):
        return None
    listed = found["colon"] and (found["label"][-1] in "件录表" or _is_list_entry(lines, index))
    return None if listed or rest[-1] in "。；，" else found["label"]


def _is_list_entry(lines: Sequence[str], index: int) -> bool:
    """Whether a signature, or the next entry, stands right behind."""
    following = lines[index + 1 : index + 3]
    return any(_ATTACHMENT.match(line) or is_organization(line) or field_of(line) == "date" for line in following)


def is_title_line(line: str, *, must_be_typed: bool = False) -> bool:
    """Whether a line could name what follows: short, no sentence, no numbering, no line of its own kind."""
    if not 2 <= len(line) <= _SMALL_TITLE or line[-1] in "。！？；：，、,;:" or "。" in line:
        return False
    if must_be_typed and not ends_as_title(line):
        return False
    return not (numbering(line) or field_of(line) or is_organization(line) or line.isascii())


def is_printed_title(line: str, text: str, before: int) -> bool:
    """Whether ``line`` is the title of a document that the text before it announces.

    关于印发X的通知 or 现将《X》印发给你们 announces X.
    """
    if not ends_as_title(line) or not is_title_line(line):
        return False
    plain = re.sub(r"[\s《》]", "", line)
    if len(plain) < 4:
        return False
    announced = re.sub(r"\s", "", text[: min(before, 3000)])
    return any(form in announced for form in (f"《{plain}》", f"印发{plain}的", f"公布{plain}的", f"发布{plain}的"))


def is_contents_line(line: str) -> bool:
    """Whether a table of contents starts at this line."""
    return len(line) <= 6 and bool(_CONTENTS.fullmatch(line))
