"""Fields of research outputs: final reports, papers, and the notes that say whose project a text comes from."""

import re

from corpus.records import Span
from corpus.text.references import find_project_numbers
from ingest.lines import is_organization
from ingest.metadata.findings import Findings
from ingest.metadata.names import is_byline, office_and_names, organization_at_start, persons
from ingest.metadata.sheet import Sheet

_ABSTRACT_LABEL = re.compile(
    r"^[【\[]?\s?(?:摘\s*要|内容摘要|内容提要|提\s*要|中文摘要|编者按|核心提示)\s?[】\]]?\s?[：:]?\s*"
)
_KEYWORDS_LABEL = re.compile(r"^[【\[]?\s?关\s?键\s?[词字]\s?[】\]]?\s?[：:]?\s*")
_BRACKETED = re.compile(r"\([^()]*\)|（[^（）]*）")
_BETWEEN_KEYWORDS = re.compile(r"[；;，,、]|\s{2,}")
_BLANKS = re.compile(r"\s+")
_PROJECT_TITLE = re.compile(
    r"(?:项目|课题|基金)(?:[^《》（）()。]{0,30}《(?P<title>[^《》]{4,80})》"
    r"|(?:[（(][^（）()]{1,30}[）)])?\s*[：:]?\s*“(?P<quoted>[^“”]{4,80})”)"
)
_TEAM = re.compile(
    r"(?P<label>课题组(?:成员)?|项目组(?:成员)?|课题组主要成员|作\s*者|执笔人?|撰稿人?|主持人|"
    r"负责人)\s*[：:]\s*(?P<names>(?:(?![，,]\s*(?:课题|项目)组)[^；;。）)（(\n]){2,160})"
)
_AUTHOR_IS = re.compile(r"作者(?:系|为|是)(?P<rest>[^）)。；]{4,120})")
_COMPLETED = (
    ("结项时间", re.compile(r"(\d{4}年(?:\d{1,2}月)?)(?:通过)?结[项题]")),
    ("结项等级", re.compile(r"等级[为是：:]\s*(优秀|良好|合格|免于鉴定)")),
    ("结项证书号", re.compile(r"证书(?:编?号)[为是：:]?\s*([0-9A-Za-z][0-9A-Za-z-]{3,19})")),
)
"""What a sentence says of a project's end."""
_YEAR = re.compile(r"(?:19|20)\d\d")
_YEAR_OF_TITLE = re.compile(r"(?:19|20)\d\d(?=年|[）)]$)")
_OUTPUT = re.compile(
    r"研究报告|结项报告|调研报告|研究成果|咨询报告|论文集?|专著|著作|译著|工具书|电脑软件|决策建议|对策建议|案例"
)
_ABSTRACT_PARAGRAPHS = 6
_BYLINE_LINES = 6
_AFFILIATION = re.compile(
    r"^[（(]?\s*(?:\d[.．、]?\s*)?(?P<name>[\u4e00-\u9fff][\u4e00-\u9fff（）]{1,39}?(?:大学|学院|研究院|研究所|党校|中心|"
    r"科学院|社科院|学校|厅|局|部)(?:[ \u3000]*[\u4e00-\u9fff]{2,16}(?:学院|系|研究所|研究院|中心|教研室))?)"
)


def read_abstract(sheet: Sheet, findings: Findings) -> None:
    """摘要 and 关键词, each with the lines that are theirs alone."""
    for index in range(min(sheet.front_end + 40, len(sheet.lines))):
        kind = sheet.kinds[index]
        if kind == "abstract" and "abstract" not in findings:
            _read_abstract(sheet, findings, index)
        elif kind == "keywords" and "keywords" not in findings:
            words = _KEYWORDS_LABEL.sub("", sheet.lines[index])
            span = sheet.span(index)
            findings.add("keywords", _keywords(words), (span,), owned=(span,))


def _keywords(text: str) -> list[str]:
    """The words of a list, set apart by marks or wide blanks, else by blanks; none of these counts within brackets."""
    plain = _BRACKETED.sub(lambda found: "_" * len(found[0]), text)
    gaps = list(_BETWEEN_KEYWORDS.finditer(plain)) or list(_BLANKS.finditer(plain))
    starts, ends = [0, *(gap.end() for gap in gaps)], [*(gap.start() for gap in gaps), len(text)]
    words = (text[start:end].strip(" \t\u3000。") for start, end in zip(starts, ends, strict=True))
    return [word for word in words if word]


def _read_abstract(sheet: Sheet, findings: Findings, index: int) -> None:
    spans = [sheet.span(index)]
    texts = [_ABSTRACT_LABEL.sub("", sheet.lines[index])]
    if not texts[0]:
        texts = []
        headings = {section.start for section in sheet.sections}
        for position in range(index + 1, min(index + 1 + _ABSTRACT_PARAGRAPHS, len(sheet.lines))):
            span = sheet.span(position)
            if sheet.kinds[position] or span.start in headings or (texts and len(sheet.lines[position]) < 40):
                break
            texts.append(sheet.lines[position])
            spans.append(span)
    if texts:
        findings.add("abstract", "\n".join(texts), spans, owned=spans)


def read_author_notes(sheet: Sheet, findings: Findings) -> None:
    """（作者系…项目《…》(20ZK019) 课题组：…）: project, number, team, office."""
    for index, kind in enumerate(sheet.kinds):
        if kind != "author_note":
            continue
        line, span = sheet.lines[index], sheet.span(index)
        if findings.is_owned(span):
            continue
        findings.add("author_note", line, (span,), owned=(span,))
        _read_project(sheet, findings, index)
        _read_team(sheet, findings, index)
        _read_completion(sheet, findings, index)
        if (is_ := _AUTHOR_IS.search(line)) and not _PROJECT_TITLE.search(is_["rest"]):
            findings.add("organization", organization_at_start(is_["rest"]), (span,), confidence=0.7)


def _read_team(sheet: Sheet, findings: Findings, index: int) -> None:
    """Who took part: the principal first, then the others in the order of the note."""
    everyone: list[str] = []
    spans = []
    for team in _TEAM.finditer(sheet.lines[index]):
        if not (names := persons(team["names"])):
            continue
        span = sheet.part(index, *team.span("names"))
        spans.append(span)
        if team["label"] in ("主持人", "负责人"):
            findings.add("principal", names[0], (span,), confidence=0.93)
            everyone[:0] = names
        else:
            everyone += names
            if team["label"].endswith("成员"):
                findings.add("members", "、".join(names), (span,), confidence=0.93)
    findings.add("authors", list(dict.fromkeys(everyone)), spans, confidence=0.93)


def _read_completion(sheet: Sheet, findings: Findings, index: int) -> None:
    found = [(label, match) for label, pattern in _COMPLETED if (match := pattern.search(sheet.lines[index]))]
    spans = [sheet.part(index, *match.span(1)) for _, match in found]
    findings.add("completion", [f"{label}：{match[1]}" for label, match in found], spans)


def _read_project(sheet: Sheet, findings: Findings, index: int) -> None:
    line = sheet.lines[index]
    if title := _PROJECT_TITLE.search(line):
        name = "title" if title["title"] else "quoted"
        findings.add("project_title", title[name], (sheet.part(index, *title.span(name)),))
    if number := find_project_numbers(line):
        findings.add("project_number", number[0].value, (sheet.part(index, number[0].start, number[0].end),))


def read_byline(sheet: Sheet, findings: Findings) -> None:
    """Names of authors right below the title, and the office below them."""
    title = [span for field in findings.fields() if field.name == "title" for span in field.owned]
    if not title:
        return
    start = next((i for i, item in enumerate(sheet.clean.paragraphs) if item.start > title[-1].start), len(sheet.lines))
    for index in range(start, min(start + _BYLINE_LINES, len(sheet.lines))):
        line, span = sheet.lines[index], sheet.span(index)
        if findings.is_owned(span) or sheet.kinds[index] == "date":
            continue
        if "authors" not in findings and is_byline(line):
            findings.add("authors", persons(line), (span,), owned=(span,), confidence=0.8)
        elif "authors" not in findings and (names := office_and_names(line)):
            findings.add("authors", names[1], (span,), owned=(span,), confidence=0.8)
            findings.add("organization", names[0], (span,), confidence=0.75)
            return
        elif "authors" in findings and len(line) <= 80 and (office := _AFFILIATION.match(line)) and "。" not in line:
            findings.add("organization", re.sub(r"\s", "", office["name"]), (span,), owned=(span,), confidence=0.75)
            return
        elif len(line) > 40:
            return


def read_research(sheet: Sheet, findings: Findings, title: str) -> None:
    """What labelled rows and notes left open: output type, year; and one list of authors, the principal first."""
    principal, members = findings.text("principal"), findings.text("members")
    if names := [*persons(principal), *persons(members)]:
        spans = _spans(findings, "principal", "members")
        findings.add("authors", list(dict.fromkeys(names)), spans, confidence=0.96)
    organization = findings.text("organization")
    if organization.endswith("课题组") and is_organization(organization.removesuffix("课题组")):
        sure = findings.confidence("organization") + 0.001
        findings.add(
            "organization", organization.removesuffix("课题组"), _spans(findings, "organization"), confidence=sure
        )
    if "output_type" not in findings and (found := _OUTPUT.search(title)):
        findings.add("output_type", found[0], (), confidence=0.6)
    year = _YEAR.search(findings.text("year")) or _YEAR.search(findings.text("issue_number"))
    if year:
        findings.add("year", int(year[0]), _spans(findings, "year"), confidence=0.96)
    else:
        _read_year(sheet, findings, title)
    if isinstance(findings.value("keywords"), str):
        words = _keywords(findings.text("keywords"))
        findings.add("keywords", words, _spans(findings, "keywords"), confidence=0.96)


def _read_year(sheet: Sheet, findings: Findings, title: str) -> None:
    """The year of a paper's receipt, or that its title names, where no date is known."""
    for index, kind in enumerate(sheet.kinds):
        if kind == "received" and (received := _YEAR.search(sheet.lines[index])):
            findings.add("year", int(received[0]), (sheet.part(index, *received.span()),), confidence=0.7)
            return
    if "issued_on" not in findings and (named := _YEAR_OF_TITLE.search(title)):
        findings.add("year", int(named[0]), (), confidence=0.6)


def _spans(findings: Findings, *names: str) -> list[Span]:
    return [span for field in findings.fields() if field.name in names for span in field.spans]


def read_project_front(sheet: Sheet, findings: Findings) -> None:
    """A project number on the cover or in a note of the first page (基金项目：国家社科基金项目“…”（21BZZ001）)."""
    for index in range(min(sheet.front_end + 6, len(sheet.lines))):
        line = sheet.lines[index]
        if index in sheet.listing_rows:
            continue  # A list of projects is the output of none of them.
        if len(line) <= 300 and ("项目" in line or "课题" in line or "基金" in line):
            _read_project(sheet, findings, index)
