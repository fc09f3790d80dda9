from dataclasses import replace
from datetime import date
from itertools import pairwise
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, event

from corpus.catalogue import JobStatus
from corpus.errors import CatalogueUnavailable, NotFound
from corpus.identifiers import content_hash, document_id, passage_id, version_id
from corpus.records import (
    Flag,
    IngestReport,
    Kind,
    MetadataField,
    PassageSpan,
    Removal,
    Repair,
    Section,
    Span,
    Status,
    VersionDraft,
)
from corpus.terms import Term, TermStatus
from tests.corpus.drafts import EVERYONE, GROUPS, TEXT, add, make_draft

# Adding


def test_a_draft_becomes_a_document_with_derived_identifiers(catalogue):
    draft = make_draft()
    [(document, is_new)] = add(catalogue, draft)
    version = catalogue.version(document.id)
    assert is_new
    assert document.id == document_id(draft.sha256)
    assert (document.title, document.kind, document.readers) == (draft.title, Kind.POLICY, EVERYONE)
    assert (document.issued_on, document.year) == (date(2022, 10, 8), 2022)
    assert (document.organization, document.document_number) == ("松江市人民政府办公室", "松政办发〔2022〕7号")
    assert version.id == version_id(document.id, 1, draft.sha256)
    assert (version.text, version.fields, version.sections, version.report) == (
        draft.text,
        draft.fields,
        draft.sections,
        draft.report,
    )
    passages = catalogue.passages_of(version.id)
    assert [passage.text for passage in passages] == ["坚持民生优先，压实属地责任。", "一是摸清底数，二是落实热源。"]
    assert passages[0].id == passage_id(version.id, 21, 35, passages[0].text)
    assert passages[1].flags == {Flag.REPAIRED, Flag.TABLE}
    assert (passages[0].page, passages[0].paragraph, passages[0].path) == (1, 3, ("一、总体要求",))


def test_the_same_bytes_are_unchanged_under_any_path(catalogue):
    [(first, _)] = add(catalogue, make_draft())
    [(again, is_new)] = add(catalogue, make_draft(source="/别处/副本.txt"))
    assert (again, is_new) == (first, False)
    assert catalogue.documents()[1] == 1


def test_the_same_source_with_other_bytes_is_a_new_version(catalogue):
    [(first, _)] = add(catalogue, make_draft())
    [(second, is_new)] = add(catalogue, make_draft(body="\n修订。", title="新题"))
    assert is_new
    assert (second.id, second.version, second.title) == (first.id, 2, "新题")
    assert [item.number for item in catalogue.versions(first.id)] == [2, 1]
    assert catalogue.version(first.id, 1).text == TEXT
    assert catalogue.version(first.id).text.endswith("修订。")


def test_going_back_to_earlier_bytes_is_a_third_version(catalogue):
    for body in ("", "甲", ""):
        [(document, is_new)] = add(catalogue, make_draft(body=body))
        assert is_new
    assert document.version == 3


def test_bytes_that_another_document_began_with_get_their_own_document(catalogue):
    [(first, _)] = add(catalogue, make_draft())
    add(catalogue, make_draft(body="改"))
    [(other, is_new)] = add(catalogue, make_draft(source="/别处/旧稿.txt"))
    assert is_new
    assert other.id != first.id
    assert catalogue.documents()[1] == 2


def test_drafts_of_one_batch_see_each_other(catalogue):
    results = add(
        catalogue,
        make_draft(source="/a"),
        make_draft(source="/b"),
        make_draft(source="/a", body="改"),
        make_draft(source="/c"),
    )
    assert [is_new for _, is_new in results] == [True, False, True, True]
    assert results[0][0].id == results[2][0].id != results[3][0].id
    assert results[2][0].version == 2
    assert len(catalogue.pending_versions(10)) == 2


def test_nothing_of_a_failed_batch_is_kept(catalogue):
    broken = make_draft(source="/b", body="b", passages=(PassageSpan(0, 2, ("甲",)),) * 2)
    with pytest.raises(CatalogueUnavailable):
        add(catalogue, make_draft(source="/a"), broken)
    assert catalogue.documents() == ([], 0)


def test_ingesting_a_trashed_document_again_restores_it(catalogue):
    [(document, _)] = add(catalogue, make_draft())
    catalogue.trash(document.id)
    assert catalogue.known([make_draft().sha256]) == {}
    [(again, is_new)] = add(catalogue, make_draft())
    assert (again.id, again.status, again.version, is_new) == (document.id, Status.ACTIVE, 1, True)
    catalogue.trash(document.id)
    [(newer, is_new)] = add(catalogue, make_draft(body="改"))
    assert (newer.id, newer.status, newer.version, is_new) == (document.id, Status.ACTIVE, 2, True)


def test_known_files_are_found_by_hash_and_by_source(catalogue):
    draft = make_draft()
    [(document, _)] = add(catalogue, draft)
    assert catalogue.known([draft.sha256, "0" * 64]) == {draft.sha256: document}
    assert catalogue.known_sources([draft.source, "/x"]) == {draft.source: document}
    many = [f"{number:064d}" for number in range(2000)]
    assert list(catalogue.known([*many, draft.sha256])) == [draft.sha256]


# Lists


def test_documents_are_filtered_and_paged_with_a_true_total(catalogue):
    add(catalogue, *(make_draft(source=str(n), body=str(n), title=f"第{n}份100%供暖通知") for n in range(7)))
    add(catalogue, make_draft(source="课", body="课", title="讲义", kind=Kind.COURSE))
    page, total = catalogue.documents(EVERYONE, kind=Kind.POLICY, limit=3, offset=6)
    assert (len(page), total) == (1, 7)
    assert catalogue.documents(query="100%供暖")[1] == 7
    assert catalogue.documents(query="1%0")[1] == 0
    assert catalogue.documents(query="松政办发〔2022〕7号")[1] == 8
    catalogue.trash(page[0].id)
    assert catalogue.documents(kind=Kind.POLICY)[1] == 6
    assert catalogue.documents(status=Status.TRASHED)[0][0].id == page[0].id


# What is not there


@pytest.mark.parametrize("change", ["trash", "restore", "document", "version", "update_document"])
def test_an_unknown_document_is_not_found(catalogue, change):
    with pytest.raises(NotFound):
        getattr(catalogue, change)("00000000-0000-0000-0000-000000000000")


def test_an_unknown_version_is_not_found(catalogue):
    [(document, _)] = add(catalogue, make_draft())
    with pytest.raises(NotFound, match="第 2 版"):
        catalogue.version(document.id, 2)


# Jobs and settings


def test_a_job_records_progress_and_outcomes(catalogue):
    job = catalogue.create_job(2)
    assert (job.status, job.done, job.total) == (JobStatus.QUEUED, 0, 2)
    catalogue.update_job(job.id, status=JobStatus.RUNNING, outcomes=[{"path": "甲.txt", "reason": None}])
    running = catalogue.job(job.id)
    assert (running.status, running.done, running.outcomes) == ("running", 1, [{"path": "甲.txt", "reason": None}])
    newer = catalogue.create_job(1)
    jobs, total = catalogue.jobs(limit=1)
    assert (jobs[0].id, total) == (newer.id, 2)
    catalogue.fail_unfinished_jobs("服务已停止")
    assert {item.status for item in catalogue.jobs()[0]} == {JobStatus.FAILED}
    with pytest.raises(NotFound):
        catalogue.job("unknown")


def test_settings_are_kept(catalogue):
    assert catalogue.value("fingerprint") is None
    catalogue.set_value("fingerprint", "一")
    catalogue.set_value("fingerprint", "二")
    assert catalogue.value("fingerprint") == "二"


# Round trip

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
SHORT = st.integers(0, 2**31 - 1)
FIELDS = st.builds(
    MetadataField,
    name=TEXTS,
    value=st.one_of(TEXTS, st.integers(), st.lists(TEXTS, max_size=3)),
    spans=st.lists(st.builds(Span, SHORT, SHORT), max_size=2).map(tuple),
    owned=st.lists(st.builds(Span, SHORT, SHORT), max_size=2).map(tuple),
    confidence=st.floats(0, 1),
    restricted=st.booleans(),
)


@st.composite
def drafts(draw):
    """Any draft; source and hash, which must be unique in the shared catalogue, are set by the test."""
    text = draw(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=60))
    cuts = sorted(draw(st.sets(st.integers(0, len(text)), max_size=5)))
    path = st.lists(TEXTS, max_size=3).map(tuple)
    return VersionDraft(
        source="",
        file_name=draw(TEXTS),
        sha256="",
        media_type=draw(TEXTS),
        kind=draw(st.sampled_from(Kind)),
        title=draw(TEXTS),
        readers=draw(GROUPS),
        text=text,
        fields=tuple(draw(st.lists(FIELDS, max_size=4))),
        sections=tuple(
            Section(n, draw(st.none() | SHORT), draw(SHORT), draw(TEXTS), draw(TEXTS), draw(TEXTS), start, end)
            for n, (start, end) in enumerate(pairwise(cuts))
        ),
        passages=tuple(
            PassageSpan(
                start,
                end,
                draw(path),
                draw(st.none() | SHORT),
                draw(st.none() | SHORT),
                draw(st.frozensets(st.sampled_from(Flag))),
                draw(st.none() | st.floats(0, 1)),
            )
            for start, end in pairwise(cuts)
        ),
        report=draw(
            st.builds(
                IngestReport,
                reader=TEXTS,
                repairs=st.lists(st.builds(Repair, TEXTS, SHORT, SHORT, TEXTS, TEXTS), max_size=2).map(tuple),
                removals=st.lists(st.builds(Removal, TEXTS, SHORT, TEXTS, st.none() | SHORT), max_size=2).map(tuple),
                warnings=st.lists(TEXTS, max_size=2).map(tuple),
                ocr_pages=st.lists(SHORT, max_size=2).map(tuple),
            )
        ),
    )


@settings(max_examples=50, deadline=None)
@given(draft=drafts())
def test_every_draft_comes_back_as_it_was(shared_catalogue, draft):
    draft = replace(draft, source=str(uuid4()), sha256=content_hash(uuid4().bytes))
    [(document, _)] = shared_catalogue.add_versions([draft])
    version = shared_catalogue.version(document.id)
    assert (version.sha256, version.text, version.fields, version.sections, version.report) == (
        draft.sha256,
        draft.text,
        draft.fields,
        draft.sections,
        draft.report,
    )
    assert (document.title, document.kind, document.readers) == (draft.title, draft.kind, draft.readers)
    passages = shared_catalogue.passages_of(version.id)
    assert [item.text for item in passages] == [draft.text[item.start : item.end] for item in draft.passages]
    assert draft.passages == tuple(
        PassageSpan(item.start, item.end, item.path, item.page, item.paragraph, item.flags, item.confidence)
        for item in passages
    )


def test_look_ups_for_a_batch_go_by_what_is_looked_up(catalogue):
    """Not through every document: a batch of an ingest would take the longer, the more there are already."""
    drafts = [
        make_draft(f"/{number}", f"第{number}号书屋" + "每周开放两次，登记借阅并修补旧书。" * 9) for number in range(64)
    ]
    statements = []

    def note(connection, _cursor, statement, parameters, _context, _many):
        if statement.startswith("SELECT"):
            statements.append(statement)
            plan = connection.connection.driver_connection.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
            steps = [row[3] for row in plan]
            assert not [step for step in steps if step.startswith("SCAN") or "status" in step or "readers" in step], (
                statement,
                steps,
            )

    event.listen(Engine, "before_cursor_execute", note)
    try:
        ids = [document.id for document, _ in catalogue.add_versions(drafts)]
        known = catalogue.known([draft.sha256 for draft in drafts])
        alike = catalogue.alike(ids, frozenset({"public"}))
        titles = catalogue.dated_titles(ids)
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    assert {document.id for document in known.values()} == set(ids) == set(alike)
    assert len(titles) == len(ids)
    assert len(statements) > 8


def test_candidates_found_together_are_listed_by_how_often_they_occur(catalogue):
    found = [Term(text, status=TermStatus.CANDIDATE, occurrences=count) for text, count in (("甲甲", 2), ("丙丙", 9))]
    catalogue.put_terms([*found, Term("乙乙", status=TermStatus.CANDIDATE, occurrences=9)])
    listed = [term.text for term in catalogue.term_base().find("", TermStatus.CANDIDATE)]
    assert listed == ["丙丙", "乙乙", "甲甲"]
