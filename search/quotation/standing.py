"""Whether the sources of a draft's quotations are the latest word: repealed, replaced, or changed in a new version."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from corpus.catalogue import Catalogue, DocumentTitle, visible_text
from corpus.days import today_in_china
from corpus.records import Document
from corpus.text.titles import core_title
from search.quotation.alignment import exact_place
from search.quotation.comparison import comparable, letters
from search.quotation.findings import Finding, Notice, NoticeKind, Verdict
from search.quotation.stored import StoredTexts
from search.results import Citation
from search.results import Standing as Past
from search.succession import Succession, repeal_of

_SHORTEST_PROBE = 12
"""Letters of the shortest quotation that is looked for in all earlier versions: shorter ones stand in many."""


@dataclass(frozen=True, slots=True)
class _Earlier:
    """An earlier version as it is compared."""

    document_id: str
    number: int
    compared: str


class Standing:
    """Adds to findings what is known of their sources' standing, for one reader in ``groups``."""

    def __init__(
        self,
        catalogue: Catalogue,
        succession: Succession,
        groups: frozenset[str],
        texts: StoredTexts,
        nearest: Callable[[str, str], Citation | None],
    ) -> None:
        """``nearest`` finds the place of a document that says nearly the same as a text."""
        self._catalogue = catalogue
        self._succession = succession
        self._groups = groups
        self._texts = texts
        self._nearest = nearest
        self._today = today_in_china().isoformat()

    def noted(
        self, findings: Sequence[Finding], documents: Mapping[str, Document], near: Sequence[Collection[str]]
    ) -> list[Finding]:
        """The findings with their notices.

        Args:
            findings: what was found.
            documents: the documents of their sources, by id.
            near: for each finding, ids of documents that have something like it or are named for it.
        """
        successors = self._successors(list(documents.values()))
        earlier = self._earlier_versions(findings, near)
        return [
            replace(item, notices=[*self._of_source(item, documents, successors), *self._of_versions(item, earlier)])
            for item in findings
        ]

    def _of_source(
        self, finding: Finding, documents: Mapping[str, Document], successors: Mapping[str, Document]
    ) -> list[Notice]:
        if finding.source is None or finding.verdict is Verdict.NOT_FOUND:
            return []
        document = documents[finding.source.document_id]
        notices = []
        fields = self._texts.fields(document.id, document.version)
        if ended := repeal_of(fields, self._today, document.title):
            notices.append(Notice(NoticeKind.REPEALED, f"《{document.title}》著录为“{ended}”，引用前请核对。"))
        elif by := self._repealed_by(document.id):
            detail = f"《{by.title}》写明《{document.title}》已废止，引用前请核对现行规定。"
            notices.append(Notice(NoticeKind.REPEALED, detail, self._nearest(by.id, finding.source.quote)))
        elif (past := self._succession.past(document.id, self._groups)) and past.standing is Past.EXPIRED:
            detail = f"《{document.title}》有效期已过，引用前请核对是否延期或另有新规定。"
            notices.append(Notice(NoticeKind.EXPIRED, detail))
        if newer := successors.get(document.id):
            detail = (
                f"馆藏有同名的新文本《{newer.title}》（{_when(newer)}），所引文本为{_when(document)}，请核对现行表述。"
            )
            notices.append(Notice(NoticeKind.REPLACED, detail, self._nearest(newer.id, finding.source.quote)))
        return notices

    def _repealed_by(self, document_id: str) -> DocumentTitle | None:
        """The latest document that says it repeals another."""
        past = self._succession.past(document_id, self._groups)
        return past.by[0] if past and past.by and past.standing is Past.REPEALED else None

    def _successors(self, documents: Collection[Document]) -> dict[str, Document]:
        """For documents of which the library has a later one under the same title, the latest such one."""
        cores = {document.id: core_title(document.title) for document in documents}
        held: dict[str, list[Document]] = {}
        for document in self._catalogue.namesakes(self._groups, sorted(set(cores.values()))):
            held.setdefault(core_title(document.title), []).append(document)
        found = {}
        for document in documents:
            same = [item for item in held.get(cores[document.id], ()) if item.kind is document.kind]
            later = [item for item in same if _is_later(item, document)]
            if later:
                found[document.id] = max(later, key=_day)
        return found

    def _earlier_versions(self, findings: Sequence[Finding], near: Sequence[Collection[str]]) -> list[_Earlier]:
        """Earlier versions that may have what the present texts have not."""
        open_ = [(item, ids) for item, ids in zip(findings, near, strict=True) if _is_open(item)]
        if not open_:
            return []
        probes = [item.text for item, _ in open_ if letters(item.text) >= _SHORTEST_PROBE]
        ids = {key for _, keys in open_ for key in keys}
        return [
            _Earlier(
                version.document_id,
                version.number,
                comparable(visible_text(version, self._groups)).text,
            )
            for version in self._catalogue.earlier_versions(self._groups, ids, probes)
        ]

    def _of_versions(self, finding: Finding, earlier: Sequence[_Earlier]) -> list[Notice]:
        if not _is_open(finding) or letters(finding.text) < _SHORTEST_PROBE:
            return []
        quote = comparable(finding.text).text
        had = next((item for item in earlier if exact_place(quote, item.compared)), None)
        if had is None:
            return []
        document = self._catalogue.document(had.document_id, self._groups)
        if finding.source and finding.source.document_id == had.document_id:
            told = f"文稿与《{document.title}》第 {had.number} 版一致，第 {document.version} 版已改为所列原文"
            detail = f"提法已更新：{told}。"
            return [Notice(NoticeKind.UPDATED_WORDING, detail, finding.source)]
        detail = f"这段文字见于《{document.title}》第 {had.number} 版，现行第 {document.version} 版中已无此文。"
        return [Notice(NoticeKind.EARLIER_VERSION, detail)]


def _is_open(finding: Finding) -> bool:
    return finding.verdict in {Verdict.ALTERED, Verdict.NOT_FOUND, Verdict.SPLICED}


def _day(document: Document) -> str:
    """When the text was issued, for comparison; empty where that is not known."""
    return document.issued_on.isoformat() if document.issued_on else str(document.year or "")


def _is_later(document: Document, other: Document) -> bool:
    """Whether a text is of a later date than another, as far as both dates are known."""
    day, than = _day(document), _day(other)
    known = min(len(day), len(than))
    return day[:known] > than[:known]


def _when(document: Document) -> str:
    day = document.issued_on
    return f"{day.year}年{day.month}月{day.day}日" if day else f"{document.year}年"
