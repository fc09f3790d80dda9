"""Metadata of a document, read by rule: what each value is, where it stands, how sure it is."""

from collections.abc import Mapping
from dataclasses import dataclass

from corpus.fields import missing_fields
from corpus.records import Kind, MetadataField, Section
from corpus.text.numerals import parse_date
from corpus.text.references import find_dates, normalise_identifier
from ingest.cleaning import CleanText
from ingest.metadata import course, endings, policy, research, titles
from ingest.metadata.findings import Findings
from ingest.metadata.kinds import guess_kind
from ingest.metadata.names import persons
from ingest.metadata.sheet import Pair, Sheet
from ingest.readers.formats import SLIDES

_DATES = frozenset({"issued_on", "published_on", "expires_on"})
_NUMBERS = frozenset({"credits", "hours"})
_NAMING = frozenset({"authors", "principal", "instructor", "organization", "project_title", "course_name"})
"""What a name or a list of names is the value of."""
_LONGEST_LIST = 40
_CONTENT = frozenset({"prerequisites", "teaching_content", "assessment", "textbook"})
"""What a syllabus says of the course, not of itself: it stays text that is searched and quoted."""


@dataclass(frozen=True, slots=True)
class Extraction:
    """What metadata rules read out of a document.

    Attributes:
        kind_reasons: Chinese, the strongest first.
        title: never empty.
        missing: expected fields of the kind that were not found.
    """

    kind: Kind
    kind_reasons: tuple[str, ...]
    title: str
    fields: tuple[MetadataField, ...]
    missing: tuple[str, ...]


def extract(
    clean: CleanText,
    sections: tuple[Section, ...],
    properties: Mapping[str, str],
    file_name: str,
    kind: Kind | None = None,
) -> Extraction:
    """Metadata of a clean text; ``kind`` given by the user wins over the guess."""
    sheet, findings = Sheet(clean, sections), Findings()
    for pair in sheet.pairs:
        _add_pair(findings, pair)
    policy.read_letterhead(sheet, findings)
    research.read_abstract(sheet, findings)
    research.read_author_notes(sheet, findings)
    policy.read_addressees(sheet, findings)
    title = _read_title(sheet, findings, properties, file_name)
    _read_properties(findings, properties)
    statute = policy.is_statute(sheet, title)
    if statute:
        policy.read_statute(sheet, findings, title)
    policy.read_tail(sheet, findings)
    policy.read_phones(sheet, findings)
    policy.read_validity(sheet, findings)
    research.read_byline(sheet, findings)
    research.read_project_front(sheet, findings)
    research.read_research(sheet, findings, title)
    course.read_course(sheet, findings, title, titles.title_of_file(file_name))
    _read_from_names(sheet, findings, title, file_name)
    slides = clean.reader in SLIDES
    guessed, reasons = guess_kind(
        findings, title, file_name, clean.text, [item.heading for item in sections if item.level <= 2],
        statute=statute, slides=slides,
    )  # fmt: skip
    chosen = kind or guessed
    if slides and chosen is Kind.COURSE:
        course.read_deck(findings, title)
    if chosen is Kind.POLICY:
        endings.read_repeals(sheet, findings)
        endings.read_expiry(sheet, findings)
        endings.read_prolongations(sheet, findings)
    if kind and kind is not guessed:
        reasons = ("入库时指定",)
    fields = findings.fields()
    missing = missing_fields(chosen, {item.name: item.confidence for item in fields})
    return Extraction(chosen, reasons, title, fields, missing)


def _add_pair(findings: Findings, pair: Pair) -> None:
    """A labelled row, its value brought into the field's form."""
    value: str | int | list[str] = pair.value
    if pair.field in _NAMING and _runs_on(pair.value):
        return
    if pair.field == "completion" and pair.value and pair.lines:
        findings.extend("completion", f"{pair.label}：{pair.value}", pair.lines[0])
        return
    if pair.field in _CONTENT:
        findings.add(pair.field, value, (pair.span,), confidence=0.9)
        return
    if pair.field == "title" and titles.is_task(pair.value):
        return
    if pair.field in _DATES:
        days = find_dates(pair.value)
        value = days[0].value if days else ""
    elif pair.field in ("document_number", "project_number"):
        value = normalise_identifier(pair.value) if pair.value else ""
    elif pair.field == "organization":
        value = "、".join(policy.offices(pair.value))
    elif pair.field in _NUMBERS and pair.value.isdigit():
        value = int(pair.value)
    elif pair.field == "instructor" and len(names := persons(pair.value)) == 1:
        value = names[0]
    elif pair.field == "authors":
        value = persons(pair.value) or pair.value
    findings.add(pair.field, value, (pair.span,), owned=pair.lines if value else (), confidence=0.95)
    if value and pair.lines:
        findings.own(pair.field, pair.lines)


def _runs_on(value: str) -> bool:
    """Whether a label is followed by running text: a sentence longer than a list of names, and more behind it."""
    sentence, _, more = value.partition("。")
    return len(sentence) > _LONGEST_LIST and bool(more.strip())


def _read_title(sheet: Sheet, findings: Findings, properties: Mapping[str, str], file_name: str) -> str:
    """The title from the text, a labelled row, the container or the file's name, in this order."""
    found = titles.find_title(sheet, findings)
    labelled = findings.text("title")
    if found and (not labelled or found.confidence >= 0.5):
        findings.add("title", found.text, found.spans, owned=found.spans, confidence=max(found.confidence, 0.5))
    title = findings.text("title")
    if (found is None or found.confidence < 0.4) and not labelled and properties.get("title", "").strip():
        title = titles.title_of_page(properties["title"])
        findings.add("title", title, (), confidence=0.6)
    title = findings.text("title") or titles.title_of_file(file_name)
    if titles.is_cover(title) and (project := findings.text("project_title")):
        title = project
        findings.add("title", title, (), confidence=0.97)
    if "title" not in findings:
        findings.add("title", title, (), confidence=0.3)
    if kind := titles.document_type(title):
        findings.add("document_type", kind, confidence=0.9)
    return title


def _read_properties(findings: Findings, properties: Mapping[str, str]) -> None:
    """What the container says of itself; the text is surer."""
    for name, value in properties.items():
        text = value.strip()
        if not text or name == "title":
            continue
        if name in _DATES:
            days = find_dates(text)
            day = parse_date(text[:10])
            text = days[0].value if days else day.isoformat() if day else ""
        elif name == "document_number":
            text = normalise_identifier(text)
        findings.add(name, text, (), confidence=0.7)


def _read_from_names(sheet: Sheet, findings: Findings, title: str, file_name: str) -> None:
    """The issuer that the title names, and a date in the title or the file's name, for want of better."""
    if name := titles.issuer(title, sheet.lines):
        findings.add("organization", name, (), confidence=0.8)
    for text, confidence in ((title, 0.5), (file_name, 0.4)):
        if days := find_dates(text):
            findings.add("issued_on", days[0].value, (), confidence=confidence)
