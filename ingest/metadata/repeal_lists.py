"""Lists of texts that come to their end (决定废止以下文件：1.……; 废止的文件目录), in lines or the rows of a table.

Offices announce most ends so: a notice says that files were gone through, and lists the ended ones behind it or in an
attachment, beside lists of those that hold on or were amended; or lists them all, with what became of each.
"""

import re
from collections.abc import Iterator

from corpus.text.references import find_document_numbers
from corpus.text.repeals import ENDING_VERBS
from ingest.blocks import BlockType
from ingest.lines import ends_as_title
from ingest.metadata.sheet import Sheet, row_cells
from ingest.numbering import numbering

_ENDED = "|".join(ENDING_VERBS)
_OTHERWISE = re.compile("拟|建议|征求|修改|修订|修正|继续|保留|部分条款|个别条款|有效的|暂缓|理由|原因|程序|未(?!成年)")
"""What makes a list one of something else, or one that is not decided."""
_ANNOUNCED = re.compile(rf"(?=.*(?:以下|下列|如下|[\d一二三四五六七八九十百]+[件部项个])).*(?:{_ENDED})")
_HEADING = re.compile(
    rf"(?:{_ENDED})[^，。；：]{{0,20}}(?:目录|清单|名单|一览表|文件|规章|法规|规定)(?:\s*[（(][^（）()]{{1,20}}[）)])?$"
)
_ATTACHED = re.compile(r"^附\s?件\s?(?:\d{1,2}|[一二三四五六七八九十]+)?\s*[：:]?\s*")
_LONGEST_HEADING, _LONGEST_TITLE, _LONGEST_GROUP = 40, 120, 30
_LONGEST_NUMBER = 30
_JOINT = re.compile(r"[、，,和及与以\s]*")
_LIST = re.compile("(?:目录|清单|名单|一览表)$")
_IN_BRACKETS = re.compile(r"[（(](?:[^（()）]|[（(][^（()）]*[）)])*[）)]")
_COUNT_ALONE = re.compile(r"^[（(][^（）()]{1,30}[）)]$")
_NAME_COLUMN = re.compile("(?:名称|标题|题名|文件名)$")
_VERDICT_COLUMN = re.compile("(?:结果|意见|结论|情况|状态|效力|方式|决定)$")
_ENDS = re.compile(rf"(?:予以|宣布|决定|已|自行)?(?:{_ENDED})")
_NUMBER_COLUMN = re.compile("(?:文号|字号|文件编号)$")
_EDGES = " \t\u3000；;。，,、"
_BRACKETS = _EDGES + "（）()【】[]"


def listed_repeals(sheet: Sheet) -> Iterator[tuple[int, str]]:
    """The texts that a document lists as ended: the line of each, and the text as it is named: 《title》（number）."""
    inside = False
    for index, line in enumerate(sheet.lines):
        said, colon, listed = line.partition("：")
        found: list[str] = []
        if sheet.clean.paragraphs[index].type is BlockType.TABLE_ROW:
            found = _in_row(line, inside=inside)
        elif _opens(line):
            inside = True
        elif colon and _opens(said + colon):
            found = [named for part in re.split("[；。]", listed) for named in _in_line(part)]
            inside = not listed.endswith("。")
        elif inside:
            found = _in_line(line)
            inside = bool(found) or _goes_on(line)
        yield from ((index, named) for named in found if named)


def _opens(line: str) -> bool:
    """Whether the line says that ended texts follow: a sentence with a colon, or a heading."""
    if line.endswith(("：", ":")):
        last = re.split("[。；]", line.rstrip("：:"))[-1]
        return not _OTHERWISE.search(last) and _ANNOUNCED.match(last) is not None
    heading = _ATTACHED.sub("", line)
    return len(heading) <= _LONGEST_HEADING and not _OTHERWISE.search(heading) and bool(_HEADING.search(heading))


def _goes_on(line: str) -> bool:
    """Whether a line within a list only divides it (（一）市民政局文件), counts it, or names its columns."""
    if _OTHERWISE.search(line) or _ATTACHED.match(line):
        return False
    divides = numbering(line) is not None and len(line) <= _LONGEST_GROUP and line[-1] not in "。：:；"
    return divides or _COUNT_ALONE.match(line) is not None or ("序号" in line and "名称" in line)


def _in_row(line: str, *, inside: bool) -> list[str]:
    """What a row of a table names, if it is ended: by what the row says of it, or by the list that the row is in."""
    cells = row_cells(line)
    verdict = next((value.strip() for label, value in cells if _VERDICT_COLUMN.search(label) and value.strip()), None)
    if not inside if verdict is None else not _ENDS.fullmatch(verdict):
        return []
    title = next((value for label, value in cells if _NAME_COLUMN.search(label)), "")
    number = next((value for label, value in cells if _NUMBER_COLUMN.search(label)), "")
    if not inside and not (number or ends_as_title(title)):
        return []  # A certificate or a contract that has ended.
    return [_named(title, number)] if title else next(filter(None, (_in_line(value) for _, value in cells)), [])


def _in_line(line: str) -> list[str]:
    """What an item of a list names: titles in their marks, or one without them, with its number."""
    numbered = numbering(line.strip())
    body = line.strip()[numbered.end if numbered else 0 :].strip(_EDGES)
    if body.startswith("《"):
        return list(_titled(body))
    numbers = find_document_numbers(body)
    title = body[: numbers[0].start].strip(_BRACKETS) if numbers else _IN_BRACKETS.sub("", body).strip()
    if not numbers and not (numbered and ends_as_title(title) and not _LIST.search(title)):
        return []
    behind = _IN_BRACKETS.sub("", body[numbers[-1].end :]) if numbers else ""
    whole = len(title) <= _LONGEST_TITLE and not re.search("[。；：]", title) and not re.search("[。；，：]", behind)
    return [_named(title, numbers[0].value if numbers else "")] if whole else []


def _titled(text: str) -> Iterator[str]:
    """Titles in their marks, one behind the other; nothing where the text goes on to say something of them."""
    found, at = [], 0
    while text.startswith("《", at):
        end = at + _closing(text[at:])
        if text[end - 1] != "》":
            return
        bracket = _IN_BRACKETS.match(text, end)
        last = bracket.end() if bracket else end
        numbers = find_document_numbers(text[end:last] or text[end : end + _LONGEST_NUMBER])
        found.append(_named(text[at:end], numbers[0].value if numbers else ""))
        if not bracket and numbers:
            last = end + numbers[0].end
        at = last + len(_JOINT.match(text, last)[0])  # type: ignore[index]
    if not text[at:].strip(_BRACKETS):
        yield from found


def _closing(text: str) -> int:
    """The end of the title mark that opens a text."""
    depth = 0
    for at, character in enumerate(text):
        depth += (character == "《") - (character == "》")
        if not depth:
            return at + 1
    return len(text)


def _named(title: str, number: str) -> str:
    """A text as another names it: within title marks those of its own are 〈〉."""
    title = title.strip(_EDGES)
    if title.startswith("《") and _closing(title) == len(title):
        title = title[1:-1]
    numbers = find_document_numbers(number)
    bracket = f"（{numbers[0].value}）" if numbers else ""
    if not title:
        return numbers[0].value if numbers else number
    return f"《{title.replace('《', '〈').replace('》', '〉')}》{bracket}"
