"""What ends a document, or is ended or prolonged by it: its last day, the texts it repeals, those it lets hold on."""

import re
from datetime import date

from corpus.text.numerals import parse_date
from corpus.text.references import find_dates
from corpus.text.repeals import find_repeals, may_repeal
from corpus.text.validity import Prolongation, find_prolongations, find_validity, may_expire, may_prolong
from ingest.metadata.findings import Findings
from ingest.metadata.repeal_lists import listed_repeals
from ingest.metadata.sheet import Sheet

_UNDECIDED = re.compile("征求|征集|意见稿|草案|建议")
"""Titles of what is not decided yet: what such a text lists is still in force."""


def read_repeals(sheet: Sheet, findings: Findings) -> None:
    """The texts that a document brings to their end, each as it names it."""
    if not may_repeal(sheet.folded):
        return
    found = [(index, item) for index, line in enumerate(sheet.lines) for item in find_repeals(line)]
    listed = [] if _UNDECIDED.search(findings.text("title")) else list(listed_repeals(sheet))
    named = [*(sheet.lines[index][item.start : item.end] for index, item in found), *(text for _, text in listed)]
    spans = [sheet.part(index, item.start, item.end) for index, item in found]
    findings.add("repeals", list(dict.fromkeys(named)), [*spans, *(sheet.span(index) for index, _ in listed)])


def read_expiry(sheet: Sheet, findings: Findings) -> None:
    """The last day on which a document says it holds; a term without a first day counts from its own 施行 or 成文."""
    issued, effective = (parse_date(findings.text(name)) for name in ("issued_on", "effective_on"))
    for pair in sheet.pairs:
        # Further down it is a certificate's or an offer's.
        above = sheet.front_end == len(sheet.lines) or pair.span.end <= sheet.span(sheet.front_end).start
        if above and pair.label == "有效期" and (day := _labelled_end(pair.value, effective or issued)):
            findings.add("expires_on", day.isoformat(), (pair.span,), confidence=0.9)
            return
    if not may_expire(sheet.folded):
        return
    for index, line in enumerate(sheet.lines):
        found = find_validity(line)
        begins = issued if found and found.after else effective or issued
        if found and (last := found.last_day(begins)):
            span = sheet.part(index, found.start, found.end)
            findings.add("expires_on", last.isoformat(), (span,), confidence=0.85)
            return


def _labelled_end(value: str, begins: date | None) -> date | None:
    """The last day that a row 有效期：5年, or 有效期：2021-01-01至2025-12-31, stands for."""
    if found := find_validity(f"本文件有效期{value}"):
        return found.last_day(begins)
    days = find_dates(value)
    return parse_date(days[-1].value) if days else None


def read_prolongations(sheet: Sheet, findings: Findings) -> None:
    """The texts that a document lets hold on for longer, each as it names it, with its new end."""
    if not may_prolong(sheet.folded):
        return
    found = [(index, item) for index, line in enumerate(sheet.lines) for item in find_prolongations(line)]
    said = [f"{sheet.lines[index][item.start : item.end]}有效期延长{_new_end(item)}" for index, item in found]
    findings.add("prolongs", list(dict.fromkeys(said)), [sheet.part(i, item.start, item.end) for i, item in found])


def _new_end(item: Prolongation) -> str:
    day = item.until
    return f"至{day.year}年{day.month}月{day.day}日" if day else f"{item.months}个月"
