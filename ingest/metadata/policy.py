"""Fields of official documents (GB/T 9704-2012) and of 内参, 专报, 简报, which add 期号, 批示 and distribution."""

import re

from corpus.records import Span
from corpus.text.numerals import chinese_number, parse_date
from corpus.text.references import find_dates, find_document_numbers
from ingest.lines import ISSUE_BODY, SESSION, ends_as_title, is_organization, names_offices
from ingest.metadata.findings import Findings
from ingest.metadata.names import organization_at_start
from ingest.metadata.sheet import Sheet
from ingest.numbering import numbering

_ISSUE = re.compile(ISSUE_BODY)
_SESSION = re.compile(SESSION)
_LABEL = re.compile(r"^[^：:]{1,12}[：:]\s*")
_PHONE = re.compile(r"(?:\+?86[-\s]?)?(?:\(?0\d{2,3}\)?[-—－–\s]?\d{7,8}(?:[-转]\d{1,6})?|1[3-9]\d{9}|\d{7,8})")
_PHONE_PART = re.compile(
    r"[\s，,；;、]*(?:(?:联\s?系\s?)?电\s?话|传\s?真|手\s?机|联\s?系\s?方\s?式|热\s?线|/)*\s*[：:]?\s*"
    rf"{_PHONE.pattern}(?:[\s、，,/；;]*{_PHONE.pattern})*[\s，,；;。）)]*"
)
"""A number, its label and the punctuation around them."""

_NAMED_PHONE = re.compile(rf"(?:电\s?话|传\s?真|手\s?机)\s*[：:]\s*{_PHONE.pattern}")
_SHORT_LINE = 80
"""A number in a longer line is part of what the text says."""

_SAID = re.compile(r"[\u4e00-\u9fffA-Za-z0-9]")
_NUMBER = re.compile(r"\d+")
_SERIES = re.compile(
    r"^[\u4e00-\u9fff“”·\s]{2,20}(?:专报|简报|内参|参考|要报|动态|快报|快讯|信息|通讯|专刊|摘报|建议|参阅|汇编|成果|纪要)$"
)
_LETTERHEAD = re.compile(r"\s*文\s?件$")
_ADDRESSEE = re.compile(
    r"(?:省|市|县|区|州|盟|政府|部|委|局|厅|署|院|校|单位|部门|处|科|室|办|公司|企业|集团|机构|代表|委员|中心|"
    r"会|党组|党委|支部|兵团|军区|站|所|团|协会|组织|组|学)"
    r"(?:（[^）]*）)?[：:]$"
)
_EDITED = re.compile(r"\s*(?:编\s?印|印\s?发|编\s?辑|主\s?办|承\s?办|印\s?制|编)\s*$")
_ATTENTION = re.compile(
    r"(?:自\s?)?(?P<date>\d{4}\s?年\s?\d{1,2}\s?月\s?\d{1,2}\s?日|(?:公布|发布|印发|"
    r"通过)之日)起(?:正式)?(?:施行|实施|执行|生效)"
)
_ADOPTED = re.compile(r"(?:通过|批准|修订|修正|公布|发布|修改)")
_ADOPTING = re.compile(
    r"(?P<place>[\u4e00-\u9fff]{0,12}?)第[一二三四五六七八九十百\d]+届(?P<organ>[\u4e00-\u9fff]{2,14}?代表大会"
    r"(?:常务委员会)?)"
)
_STATUTE = re.compile(
    r"(?:法|条例|规定|办法|细则|规则|决定|解释|宪法|宪法修正案|章程|法典)(?:[（(][^）)]{1,12}[）)])?$"
)
_ORDER = re.compile(r"(?:中华人民共和国)?(?P<issuer>[\u4e00-\u9fff]{2,20}?)令")
_OFFICER = re.compile(
    r"(?:总理|主席|委员长|主任|部长|省长|市长|州长|县长|区长|署长|局长|厅长|行长|院长|校长|"
    r"书记)[ \u3000]+(?P<name>[\u4e00-\u9fff·][\u4e00-\u9fff· \u3000]{1,8})$"
)
_NEXT_LIST = re.compile(r"(?<=[\u4e00-\u9fff）。；])(?<![抄报分呈发主送])\s*(?=(?:抄\s?送|分\s?送|送|发)\s?[：:])")
_TAIL = 400
_SIGNED = 0.9
"""Confidence of a date from which on it is the document's own: 成文日期, letterhead or signature."""


def read_letterhead(sheet: Sheet, findings: Findings) -> None:
    """版头 and what stands like it: issuer's letterhead, number, secrecy, urgency, signatory, issue, instructions."""
    front = min(sheet.front_end + 1, len(sheet.lines))
    for index in range(front):
        kind, line, span = sheet.kinds[index], sheet.lines[index], sheet.span(index)
        if kind == "letterhead":
            _read_joint_letterhead(sheet, findings, index)
        elif kind == "document_number":
            _read_number(sheet, findings, index)
        elif kind == "issue_number":
            _read_issue(sheet, findings, index)
        elif kind == "serial":
            findings.add("serial", chinese_number(_NUMBER.search(line)[0]), (span,), owned=(span,))  # type: ignore[index]
        elif kind in ("secrecy", "urgency", "copy_number"):
            findings.add(kind, re.sub(r"\s", "", line), (span,), owned=(span,))
        elif kind == "signatory":
            findings.add("signatory", _LABEL.sub("", line), (span,), owned=(span,))
        elif kind == "instructions":
            findings.add("instructions", line, (span,), owned=(span,))
        elif kind == "date":
            _read_date(sheet, findings, index, 0.92)
    _read_office_lines(sheet, findings, front)


def _read_joint_letterhead(sheet: Sheet, findings: Findings, index: int) -> None:
    """发文机关标志; of a joint document one office a line, 文件 behind the last (7.2.4)."""
    first = index
    while first and is_organization(sheet.lines[first - 1]) and not findings.is_owned(sheet.span(first - 1)):
        first -= 1
    names = [re.sub(r"\s", "", _LETTERHEAD.sub("", line)) for line in sheet.lines[first : index + 1]]
    spans = [sheet.span(i) for i in range(first, index + 1)]
    findings.add("organization", "、".join(names), spans, owned=spans)


def _read_office_lines(sheet: Sheet, findings: Findings, front: int) -> None:
    """An office on a line of its own above the text."""
    for index in range(front):
        line, span = sheet.lines[index], sheet.span(index)
        if sheet.kinds[index] or findings.is_owned(span) or index in sheet.header_lines:
            continue
        office, day = _office_and_day(line)
        if day:
            findings.add("issued_on", day, (span,), confidence=0.92)
        names = offices(office)
        if not all(is_organization(name) for name in names):
            continue
        above = sheet.lines[index - 1] if index else ""
        if "document_number" in findings and sheet.heads_title(index):
            continue  # the first line of the title: 机关 + 关于 … + 文种
        if "关于" in above and not ends_as_title(above):
            continue  # the middle of one
        findings.add("organization", "、".join(names), (span,), owned=(span,), confidence=0.85)


def _office_and_day(line: str) -> tuple[str, str | None]:
    """The office on a line that also dates it (中共某县委宣传部  2023年11月8日), and the day."""
    found = find_dates(line) if line[-1:] == "日" and len(line) <= 60 else []
    if found and found[-1].end == len(line):
        office = _EDITED.sub("", line[: found[-1].start]).strip()
        if names_offices(office):
            return office, found[-1].value
    return line, None


def _read_number(sheet: Sheet, findings: Findings, index: int) -> None:
    """发文字号; an order's number may stand on a line below the name of the order (国务院令 / 第707号)."""
    line, spans = sheet.lines[index], [sheet.span(index)]
    found = find_document_numbers(line)
    above = sheet.lines[index - 1] if index else ""
    if not found and above.rstrip().endswith("令") and not findings.is_owned(sheet.span(index - 1)):
        found = find_document_numbers(above + line)
        spans.insert(0, sheet.span(index - 1))
    if found:
        findings.add("document_number", found[0].value, spans, owned=spans, confidence=0.95)
        name = sheet.lines[index - 1] if len(spans) == 2 else line
        if order := _ORDER.match(name):
            findings.add("organization", order["issuer"], spans[:1], confidence=0.8)
    if "签发人" in line:
        start = line.index("签发人")
        findings.add("signatory", _LABEL.sub("", line[start:]), (sheet.part(index, start, len(line)),))


def _read_issue(sheet: Sheet, findings: Findings, index: int) -> None:
    line, span = sheet.lines[index], sheet.span(index)
    found = _ISSUE.search(line)
    if session := _SESSION.match(line):
        findings.add("issue_number", f"{session['session_year']}年第{session['session']}次", (span,), owned=(span,))
    elif found:
        number = chinese_number(found["issue"])
        year = f"{chinese_number(found['year'])}年" if found["year"] else ""
        findings.add("issue_number", f"{year}第{number}期", (sheet.part(index, *found.span()),), owned=(span,))
        if found["serial"]:
            findings.add("serial", chinese_number(found["serial"]), (sheet.part(index, *found.span("serial")),))
    rest = line[found.end() :] if found else ""
    if days := find_dates(rest):
        findings.add("issued_on", days[0].value, (span,))
        rest = rest[: days[0].start]
    if is_organization(office := rest.strip(" \t\u3000（()）")):
        findings.add("organization", office, (span,), confidence=0.85)
    above = index - 1
    if above > 0 and sheet.kinds[above] == "instructions":
        above -= 1
    if above >= 0 and _SERIES.match(sheet.lines[above]) and not sheet.kinds[above]:
        findings.add("series", re.sub(r"\s", "", sheet.lines[above]), (sheet.span(above),), owned=(sheet.span(above),))
        if is_organization(office := sheet.lines[above].removesuffix("会议纪要")):
            findings.add("organization", office, (sheet.span(above),), confidence=0.7)


def _read_date(sheet: Sheet, findings: Findings, index: int, confidence: float) -> None:
    line, span = sheet.lines[index], sheet.span(index)
    line, mark, annotation = line.partition("（此件")
    if mark:
        findings.add("annotation", mark + annotation, (span,))
    day = parse_date(line.strip("（()） 　").replace(" ", "").replace("元月", "一月"))
    if day:
        findings.add("issued_on", day.isoformat(), (span,), owned=(span,), confidence=confidence)


def read_addressees(sheet: Sheet, findings: Findings) -> None:
    """主送机关: the first line below the title that ends with a colon and names offices (7.3.2)."""
    for index in range(min(sheet.front_end + 1, len(sheet.lines))):
        line, span = sheet.lines[index], sheet.span(index)
        if sheet.kinds[index] or findings.is_owned(span) or len(line) > 300 or index in sheet.header_lines:
            continue
        if _ADDRESSEE.search(line) and "。" not in line and not line.startswith(("附", "一", "现")):
            names = [name.strip() for name in re.split(r"[，,；;]", line[:-1]) if name.strip()]
            findings.add("addressees", names, (span,), owned=(span,))
            return


def read_tail(sheet: Sheet, findings: Findings) -> None:
    """Signature, date, annotation and 版记, and the lines that close a 内参."""
    for index, (kind, line) in enumerate(zip(sheet.kinds, sheet.lines, strict=True)):
        span = sheet.span(index)
        if findings.is_owned(span):
            continue
        if kind is None:
            if sheet.front_end <= index < sheet.main_end and line[-1] == "日" and index not in sheet.header_lines:
                _read_signed_line(sheet, findings, index)
        elif kind == "date":
            if index < sheet.main_end or "issued_on" not in findings:
                _read_signature(sheet, findings, index)
        elif kind == "distribution":
            _read_distribution(sheet, findings, index)
        elif kind in ("feedback", "annotation", "instructions"):
            findings.add(kind, line, (span,), owned=(span,))
        elif kind == "print_run":
            findings.add("copies", int(_NUMBER.search(line)[0]), (span,), owned=(span,))  # type: ignore[index]
        elif kind == "editor":
            _read_editor(sheet, findings, index)
        elif kind == "attachment_list" and index > sheet.front_end:
            _read_attachments(sheet, findings, index)


def _read_attachments(sheet: Sheet, findings: Findings, index: int) -> None:
    """附件说明 (7.3.4): names of what is attached, one a line, numbered if there are several."""
    if "attachments" in findings:
        return
    names, spans = [_LABEL.sub("", sheet.lines[index])], [sheet.span(index)]
    for position in range(index + 1, len(sheet.lines)):
        number = numbering(sheet.lines[position])
        if number is None or number.style != "1." or number.number != len(names) + 1:
            break
        names.append(sheet.lines[position])
        spans.append(sheet.span(position))
    numbers = [numbering(name) for name in names]
    plain = [name[number.end :] if number else name for name, number in zip(names, numbers, strict=True)]
    findings.add("attachments", [name for name in plain if name], spans)


def read_phones(sheet: Sheet, findings: Findings) -> None:
    """Telephone numbers of whom to ask. They alone are the field's: the name and address beside them stay text."""
    numbers: list[str] = []
    spans: list[Span] = []
    owned: list[Span] = []
    for index, (kind, line) in enumerate(zip(sheet.kinds, sheet.lines, strict=True)):
        named = kind == "phone" or (len(line) <= _SHORT_LINE and _NAMED_PHONE.search(line))
        if not named or not (found := _PHONE.findall(line)):
            continue
        numbers += [number for number in found if number not in numbers]
        alone = not _SAID.search(_PHONE_PART.sub("", line))
        parts = [sheet.part(index, *part.span()) for part in _PHONE_PART.finditer(line)]
        parts = [sheet.span(index)] if alone else parts
        spans += parts
        owned += parts if not findings.is_owned(sheet.span(index)) else []
    if numbers:
        findings.add("phone", numbers[0] if len(numbers) == 1 else numbers, spans, owned=owned)


def _read_signature(sheet: Sheet, findings: Findings, index: int) -> None:
    """A date with the signing offices above it (7.3.5). The first one signs the document, the rest attachments."""
    first = index
    while first > sheet.front_end and index - first < 6 and is_organization(sheet.lines[first - 1]):
        first -= 1
    signing = range(first, index)
    names = [re.sub(r"[ \t\u3000]+", "", part) for i in signing for part in offices(sheet.lines[i])]
    if not names and index > 0 and (officer := _OFFICER.match(sheet.lines[index - 1])):
        span = sheet.span(index - 1)
        findings.add("signatory", re.sub(r"\s", "", officer["name"]), (span,), owned=(span,))
    # A 通知 that prints a 方案 is signed before it: the signature after the attachment is the attachment's.
    surest = 0.93 if index < sheet.main_end and findings.confidence("issued_on") < _SIGNED else 0.6
    if names:
        spans = [sheet.span(i) for i in signing]
        findings.add("organization", "、".join(names), spans, owned=spans, confidence=surest)
    _read_date(sheet, findings, index, surest)


def _read_signed_line(sheet: Sheet, findings: Findings, index: int) -> None:
    """Office and date on one line."""
    office, day = _office_and_day(sheet.lines[index])
    if day and names_offices(office):
        span = sheet.span(index)
        surest = 0.93 if findings.confidence("issued_on") < _SIGNED else 0.6
        findings.add("organization", "、".join(offices(office)), (span,), owned=(span,), confidence=surest)
        findings.add("issued_on", day, (span,), owned=(span,), confidence=surest)


def offices(line: str) -> list[str]:
    """The offices that sign on one line, set apart by blanks."""
    parts = re.split(r"[ \t\u3000]+", line)
    return parts if len(parts) > 1 and all(is_organization(part) for part in parts) else [line]


def _read_distribution(sheet: Sheet, findings: Findings, index: int) -> None:
    line, span = sheet.lines[index], sheet.span(index)
    for entry in _NEXT_LIST.split(line):
        label, _, names = entry.replace(":", "：", 1).partition("：")
        label = re.sub(r"\s", "", label)
        if label != "发" or index > sheet.front_end:
            findings.extend("distribution", f"{label}：{names.strip()}", span)


def _read_editor(sheet: Sheet, findings: Findings, index: int) -> None:
    line, span = sheet.lines[index], sheet.span(index)
    name = _EDITED.sub("", _LABEL.sub("", line))
    days = find_dates(name)
    if days:
        name = name[: days[0].start]
        findings.add("issued_on", days[0].value, (span,), confidence=0.6)
        if index > sheet.front_end:
            findings.add("printed_on", days[0].value, (span,))
    surest = 0.8 if index < sheet.front_end else 0.5
    findings.add("editor", re.sub(r"\s", "", name), (span,), owned=(span,))
    if organization := organization_at_start(re.sub(r"\s", "", name)):
        findings.add("organization", organization, (span,), confidence=surest)


def read_statute(sheet: Sheet, findings: Findings, title: str) -> None:
    """When and by whom a statute was adopted and last amended, and when it comes into force."""
    if not is_statute(sheet, title):
        return
    days: list[tuple[str, Span]] = []
    for index in range(min(sheet.front_end + 1, len(sheet.lines), 40)):
        line = sheet.lines[index]
        if len(line) > _TAIL or not _ADOPTED.search(line) or index in sheet.header_lines:
            continue
        found = [day for day in find_dates(line) if not line.startswith("起", day.end)]  # 自…起施行 is no adoption
        days += [(day.value, sheet.span(index)) for day in found]
        if found and not findings.is_owned(sheet.span(index)):
            findings.add("adoption", line, (sheet.span(index),), owned=(sheet.span(index),))
        if organ := _ADOPTING.search(line):
            name = f"{organ['place']}{organ['organ']}".lstrip("日月 ")
            findings.add("organization", name, (sheet.span(index),), confidence=0.8)
    if days:
        latest = max(days, key=lambda day: day[0])
        findings.add("issued_on", latest[0], (latest[1],), confidence=0.89)


def read_validity(sheet: Sheet, findings: Findings) -> None:
    """From when a document is in force: 自…起施行, among its last lines."""
    for index in range(len(sheet.lines) - 1, max(len(sheet.lines) - 12, -1), -1):
        if len(sheet.lines[index]) < _TAIL and (force := _ATTENTION.search(sheet.lines[index])):
            findings.add("validity", force[0], (sheet.part(index, *force.span()),))
            return


def is_statute(sheet: Sheet, title: str) -> bool:
    """Whether the document is a law, regulation or rule set out in articles."""
    if not _STATUTE.search(title):
        return False
    articles = sum(item.style == "第X条" for item in sheet.sections)
    return articles >= 2 or any(_is_adoption(line) for line in sheet.lines[: min(sheet.front_end + 1, 12)])


def _is_adoption(line: str) -> bool:
    return len(line) <= _TAIL and bool(_ADOPTING.search(line) and _ADOPTED.search(line) and find_dates(line))
