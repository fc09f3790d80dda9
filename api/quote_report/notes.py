"""A finding in Chinese sentences, for comments and tables."""

from collections.abc import Iterator
from dataclasses import dataclass

from api.wording import PARTICULARS, VERDICTS
from search.quotation.findings import Difference, Finding, FindingKind, Operation, QuoteCheck, Verdict, Wording

_MOST_CHANGES = 12
"""Changes named one by one; of a text that differs in more, the source itself tells more than a list."""


@dataclass(frozen=True, slots=True)
class Note:
    """What is to be said of a place in the draft: a heading, and sentences."""

    start: int
    end: int
    text: str
    heading: str
    remarks: list[str]


def notes(check: QuoteCheck) -> list[Note]:
    """Findings and replaced wordings, in the order of the draft."""
    return sorted([*_of_findings(check), *map(_of_wording, check.wordings)], key=lambda note: (note.start, note.end))


def verdict_name(finding: Finding) -> str:
    """The verdict; of a particular, that the library has another one."""
    if finding.kind is FindingKind.QUOTATION:
        return VERDICTS[finding.verdict]
    return f"{PARTICULARS[finding.kind]}与馆藏不同"


def _of_findings(check: QuoteCheck) -> Iterator[Note]:
    for item in check.findings:
        yield Note(item.start, item.end, item.text, verdict_name(item), remarks(item))


def _of_wording(wording: Wording) -> Note:
    return Note(wording.start, wording.end, wording.text, "提法已更新", [replacement(wording)])


def replacement(wording: Wording) -> str:
    """What is said today."""
    return f"现行提法为“{wording.replaced_by}”。"


def remarks(finding: Finding) -> list[str]:
    """What is to be said of a finding beyond its verdict, sources first."""
    sources = [f"出处：{citation}" for citation in finding.citations]
    return [*sources, *_on_the_wording(finding), *_on_the_standing(finding)]


def _on_the_standing(finding: Finding) -> Iterator[str]:
    for notice in finding.notices:
        yield notice.detail
        if notice.successor and notice.successor != finding.source:
            yield f"新文本作：“{notice.successor.quote}”"


def particular(finding: Finding) -> str:
    """What the source has where the draft has another number, date, office or article."""
    return (
        f"馆藏中该文献的{PARTICULARS[finding.kind]}为“{finding.expected}”，文稿作“{finding.text}”；"
        "不表示文稿有误，请对照所引文献。"
    )


def _on_the_wording(finding: Finding) -> list[str]:
    if finding.kind is not FindingKind.QUOTATION:
        return [particular(finding)]
    if finding.verdict is Verdict.ALTERED and finding.source:
        return [f"原文：“{finding.source.quote}”", *_changes(finding.diff)]
    if finding.verdict is Verdict.MISATTRIBUTED:
        return [f"文稿称引自{'、'.join(finding.named)}，该处未见这段文字；馆藏中它出自上列文献。"]
    if finding.verdict is Verdict.SPLICED:
        return ["这段文字由多处原文连缀而成，中间未加省略号。"]
    if finding.verdict is Verdict.NOT_FOUND:
        return ["馆藏中未见这段文字，不表示引用有误，请对照原始出处。"]
    return []


def _changes(diff: list[Difference]) -> list[str]:
    changes = [_change(step) for step in diff if step.op is not Operation.EQUAL]
    more = f"等，共 {len(changes)} 处" if len(changes) > _MOST_CHANGES else ""
    return [f"改动：{'；'.join(changes[:_MOST_CHANGES])}{more}。"] if changes else []


def _change(step: Difference) -> str:
    if not step.draft.strip():
        return f"缺“{step.source}”"
    if not step.source.strip():
        return f"多“{step.draft}”"
    return f"原文“{step.source}”，文稿作“{step.draft}”"
