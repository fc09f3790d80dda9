"""A finding in Chinese sentences, for comments and tables."""

from api.wording import VERDICTS
from search.quotation.findings import Difference, Finding, Operation, Verdict

_MOST_CHANGES = 12
"""Changes named one by one; of a text that differs in more, the source itself tells more than a list."""


def heading(number: int, finding: Finding) -> str:
    """The number that comment and table share, and the verdict."""
    return f"{number}. {VERDICTS[finding.verdict]}"


def remarks(finding: Finding) -> list[str]:
    """What is to be said of a finding beyond its verdict, sources first."""
    sources = [f"出处：{citation}" for citation in finding.citations]
    return [*sources, *_on_the_wording(finding)]


def _on_the_wording(finding: Finding) -> list[str]:
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
