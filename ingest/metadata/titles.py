"""The title of a document, which may run over several lines, and what the title itself says."""

import re
from collections.abc import Collection
from dataclasses import dataclass

from corpus.records import Span
from ingest.blocks import BlockType
from ingest.lines import DOCUMENT_TYPE, ends_as_official_title, ends_as_title, is_organization, names_offices
from ingest.metadata.findings import Findings
from ingest.metadata.names import is_byline, office_and_names
from ingest.metadata.sheet import Sheet
from ingest.numbering import numbering

_LONGEST = 120
_LINES = 4
_DOUBTFUL = 0.4
_SALUTATION = re.compile(r"同志们|朋友们|女士们|先生们|各位|尊敬的|亲爱的|你们好|您好")
_SPACED = re.compile(r"(?:[\u4e00-\u9fff《》][ \u3000]+){2,}[\u4e00-\u9fff《》]")
_PLACE_AND_DATE = re.compile(r"[（(].*\d{4}\s?年.*[）)]$|[（(](?:试行|暂行|草案|征求意见稿|节选|摘要)[）)]$")
_SUBTITLE = re.compile(r"[—–-]{1,2}")
_TYPE_AT_END = re.compile(rf"(?P<type>{DOCUMENT_TYPE})(?:[（(〔][^）)〕]{{1,20}}[）)〕])?》?$")
_TASK = re.compile("^(?:请|试[述论析]|结合|谈谈|以.{2,60}为题)|[。！？!?]$")
_NO_TYPE = frozenset({"实施", "总结", "说明", "目录", "名单"})


@dataclass(frozen=True, slots=True)
class Title:
    """A title as the text prints it, its lines, and how sure it is one."""

    text: str
    spans: tuple[Span, ...]
    confidence: float


def find_title(sheet: Sheet, findings: Findings) -> Title | None:
    """The title in the front matter, or None.

    GB/T 9704-2012 7.3.1: below the red line, over one or more lines, 机关 + 关于… + 文种. A format's only first-level
    heading is the title too.
    """
    candidates = [_run(sheet, findings, index) for index in _starts(sheet, findings)]
    best = max(candidates, key=lambda title: title.confidence, default=None)
    return best if best and best.confidence >= _DOUBTFUL else _promulgated(sheet) or best


def is_task(text: str) -> bool:
    """Whether what a row 题目 says is to be done, in an examination, instead of being a title."""
    return _TASK.search(text.strip()) is not None


def _promulgated(sheet: Sheet) -> Title | None:
    """What an order promulgates (…令 第707号 现公布《…条例》…) has its title where it is printed, below the order."""
    printed = next((item for item in sheet.sections if item.style == "document"), None)
    if printed is None:
        return None
    return Title(printed.heading, (Span(printed.start, printed.start + len(printed.heading)),), 0.8)


def _starts(sheet: Sheet, findings: Findings) -> list[int]:
    """Lines that a title could start with: the first free one of each group."""
    starts: list[int] = []
    last_free = -2
    for index in range(sheet.front_end):
        if not _is_free(sheet, findings, index):
            continue
        if last_free != index - 1 or not starts or sheet.clean.paragraphs[index].heading_level == 1:
            starts.append(index)
        last_free = index
    return starts[:6]


def _is_free(sheet: Sheet, findings: Findings, index: int) -> bool:
    line, paragraph = sheet.lines[index], sheet.clean.paragraphs[index]
    if (
        paragraph.type not in (BlockType.LINE, BlockType.PARAGRAPH)
        or paragraph.key_value
        or index in sheet.header_lines
    ):
        return False
    if findings.is_owned(sheet.span(index)) or len(line) > _LONGEST or _SALUTATION.search(line[:8]):
        return False
    if sheet.kinds[index] or line[-1] in "：:，、；" or ("。" in line and paragraph.heading_level is None):
        return False
    return not line.isascii() or paragraph.heading_level == 1 or len(line) > 20


def _run(sheet: Sheet, findings: Findings, start: int) -> Title:
    """The title that starts at this line, with the lines that go on with it."""
    lines = [sheet.lines[start]]
    level = sheet.clean.paragraphs[start].heading_level
    stop = start + len(lines)
    while stop < sheet.front_end and _goes_on(sheet, findings, lines, stop, level):
        lines.append(sheet.lines[stop])
        stop += 1
    offices = _offices(lines)
    if offices and "document_number" not in findings:
        # 机关 + 关于 … + 文种 is the title of an official document; in a bulletin the office above is not part of it.
        lines = lines[offices:]
    text = joined_title(lines)
    first = stop - len(lines)
    confidence = _confidence(text, level, first)
    if "issue_number" in sheet.kinds[stop : stop + 2]:
        confidence = min(confidence, _DOUBTFUL)  # a bulletin's name, over its issue number
    return Title(text, tuple(sheet.span(i) for i in range(first, stop)), confidence)


def _offices(lines: list[str]) -> int:
    """Number of lines at the top that only name offices; 0 if all do."""
    return next((count for count, line in enumerate(lines) if not names_offices(line)), 0)


def _goes_on(sheet: Sheet, findings: Findings, lines: list[str], index: int, level: int | None) -> bool:
    line = sheet.lines[index]
    if not _is_free(sheet, findings, index) or _is_byline(line) or sheet.clean.paragraphs[index].heading_level != level:
        return False
    so_far = joined_title(lines)
    if len(so_far) + len(line) > _LONGEST or len(lines) - _offices(lines) > _LINES:
        return False
    if _SUBTITLE.match(line) or _PLACE_AND_DATE.match(line):
        return bool(_SUBTITLE.match(line)) or len(line) <= 12
    if _offices(lines) == 0 and all(map(names_offices, lines)):
        return sheet.heads_title(index - 1)
    if is_organization(line):  # a byline, unless the title is not over or the issuer's name is cut in two
        following = sheet.lines[index + 1] if index + 1 < len(sheet.lines) else ""
        issuers = _squeezed(findings.text("organization"))
        unfinished = "关于" in so_far and not ends_as_title(so_far) and ends_as_official_title(following)
        return unfinished or issuers.startswith(_squeezed(so_far + line))
    typed_later = "关于" in so_far and ends_as_official_title(line) and not ends_as_official_title(so_far)
    return not numbering(line) and (not ends_as_title(so_far) or typed_later)


def _squeezed(text: str) -> str:
    return re.sub(r"[\s、]", "", text)


def _is_byline(line: str) -> bool:
    return is_byline(line) or office_and_names(line) is not None


def joined_title(lines: list[str]) -> str:
    """One line out of several; letters that were spaced out for looks (国 务 院 公 报) close up."""
    text = ""
    for line in lines:
        plain = _SPACED.sub(lambda match: re.sub(r"\s", "", match[0]), line)
        latin = text and text[-1:].isascii() and plain[:1].isascii() and text[-1:].isalnum()
        joint = text and names_offices(text) and names_offices(_issuers(plain) or plain)
        text += (" " if latin or joint else "") + plain
    return re.sub(r"[ \t\u3000]{2,}|\u3000", " ", text).strip("* 　")


def _confidence(text: str, level: int | None, first: int) -> float:
    score = 0.5
    score += 0.25 if ends_as_title(text) else 0.0
    score += 0.15 if "关于" in text else 0.0
    score += 0.3 if level == 1 else 0.05 if level else 0.0
    score -= 0.25 if len(text) < 4 else 0.0
    score -= 0.3 if is_organization(text) or is_byline(text) else 0.0
    score -= 0.02 * min(first, 10)
    return round(max(0.05, min(0.95, score)), 2)


def document_type(title: str) -> str | None:
    """The 文种 that a title ends with (…的通知 → 通知), or None."""
    found = _TYPE_AT_END.search(title)
    return found["type"] if found and found["type"] not in _NO_TYPE else None


_ISSUER = re.compile(r"(?P<issuer>[\u4e00-\u9fff（）、 　]{4,80}?)(?:关于|印发|转发|对)")


def _issuers(title: str) -> str:
    found = _ISSUER.match(title)
    return found["issuer"].strip() if found else ""


def issuer(title: str, lines: Collection[str] = ()) -> str | None:
    """The issuers that a title names before 关于 (国务院办公厅关于… → 国务院办公厅), joined by 、, or None.

    A name that also stands on a line of its own (letterhead, signature) need not look like one.
    """
    names = _issuers(title).split()
    named = names and all(is_organization(name) or name in lines for name in names)
    return "、".join(names) if named else None


_COVER = re.compile(r"(?:结项|结题|验收|鉴定|中期检查|开题)(?:报告书?|材料|成果|申请书)$|(?:申报|申请|立项)书$")


def is_cover(title: str) -> bool:
    """Whether a title only says what kind of form this is (…规划课题结项报告), not what it is about."""
    return bool(_COVER.search(title)) and not re.search("[《“”》：:]|关于", title)


_FILE_NOISE = re.compile(r"[（(\[]?\d{4}[-._]\d{1,2}[-._]\d{1,2}[）)\]]?$|^\d{1,3}[._、\s-]+(?=[\u4e00-\u9fff])")


def title_of_file(file_name: str) -> str:
    """A title from the file's name: without extension, folder and a trailing date. Never empty."""
    name = file_name.replace("\\", "/").rsplit("/", 1)[-1]
    stem = name.rsplit(".", 1)[0] if "." in name[1:] else name
    return _FILE_NOISE.sub("", stem).strip(" _-") or stem.strip() or "无标题"


_SITE = re.compile(r"\s*(?:[_|｜]|\s[-–—]\s).*$")


def title_of_page(title: str) -> str:
    """A container's title without the site's name behind it (…_中国政府网)."""
    return _SITE.sub("", title).strip() or title.strip()
