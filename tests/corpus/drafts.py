"""Drafts to fill a catalogue with."""

from dataclasses import replace

from hypothesis import strategies as st

from corpus.identifiers import content_hash
from corpus.records import (
    PUBLIC,
    Flag,
    IngestReport,
    IntegrityProof,
    Kind,
    MetadataField,
    PassageSpan,
    Removal,
    Repair,
    Section,
    Span,
    VersionDraft,
)

EVERYONE = frozenset({"public"})
STAFF = frozenset({"public", "researchers"})
GROUPS = st.frozensets(st.sampled_from(["public", "researchers", "curators", "讲师团", "Public", ",", '"']), max_size=3)
TEXT = (
    "关于做好冬季供暖工作的通知\n一、总体要求\n坚持民生优先，压实属地责任。\n二、重点任务\n一是摸清底数，二是落实热源。"
)


def make_draft(source: str = "/资料/通知.txt", body: str = "", **changes: object) -> VersionDraft:
    """A small policy document; ``body`` is appended to the text and makes the bytes differ."""
    text = TEXT + body
    draft = VersionDraft(
        source=source,
        file_name=source.rsplit("/", 1)[-1],
        sha256=content_hash(text.encode()),
        media_type="text/plain",
        kind=Kind.POLICY,
        title="关于做好冬季供暖工作的通知",
        readers=frozenset({PUBLIC}),
        text=text,
        fields=(
            MetadataField("organization", "松江市人民政府办公室", (Span(0, 2),), confidence=0.9),
            MetadataField("document_number", "松政办发〔2022〕7号"),
            MetadataField("issued_on", "2022-10-08"),
            MetadataField("distribution", ["市委办公室", "各区县"], owned=(Span(2, 4),), restricted=True),
            MetadataField("copies", 60),
        ),
        sections=(
            Section(0, None, 1, "一、", "一、", "一、总体要求", TEXT.index("一、"), TEXT.index("二、")),
            Section(1, None, 1, "二、", "二、", "二、重点任务", TEXT.index("二、"), len(text)),
        ),
        passages=(
            PassageSpan(21, 35, ("一、总体要求",), page=1, paragraph=3),
            PassageSpan(
                TEXT.index("一是"),
                len(text),
                ("二、重点任务",),
                paragraph=5,
                flags=frozenset({Flag.REPAIRED, Flag.TABLE}),
            ),
        ),
        report=IngestReport(
            reader="text",
            kind_reasons=("有发文字号",),
            repairs=(Repair("line_join", 3, 3, "\n", "接回断行"),),
            removals=(Removal("page_number", 9, "— 1 —", 1),),
            integrity=IntegrityProof(60, 40, 16, 4, 0, 0, holds=True),
            warnings=("缺少密级",),
        ),
    )
    return replace(draft, **changes)


def add(catalogue, *drafts):
    return catalogue.add_versions(drafts)


def passage_numbers(catalogue, document):
    return [passage.number for passage in catalogue.passages_of(catalogue.version(document.id).id)]


def index_everything(catalogue, fingerprint="f"):
    pending = catalogue.pending_versions(100)
    catalogue.passages_to_index(pending)
    catalogue.mark_indexed(pending, fingerprint)
    catalogue.mark_removed(catalogue.stale_versions(100))
