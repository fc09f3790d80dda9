from dataclasses import replace
from datetime import date
from itertools import pairwise
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.catalogue import Catalogue, JobStatus, has_hidden_fields, visible_fields, visible_text
from corpus.catalogue.rows import filter_columns
from corpus.errors import CatalogueUnavailable, InvalidField, NotFound
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
from tests.corpus.drafts import TEXT, make_draft

EVERYONE = frozenset({"public"})
STAFF = frozenset({"public", "researchers"})


@pytest.fixture(scope="module")
def shared_catalogue(tmp_path_factory):
    """For generated examples, which would spend their time on creating databases."""
    with Catalogue.open(f"sqlite:///{tmp_path_factory.mktemp('shared') / 'c.sqlite3'}") as opened:
        yield opened


def add(catalogue, *drafts):
    return catalogue.add_versions(drafts)


def passage_ids(catalogue, document):
    return [passage.id for passage in catalogue.passages_of(catalogue.version(document.id).id)]


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


# Changing


def test_what_was_set_by_hand_outlasts_a_new_version(catalogue):
    [(document, _)] = add(catalogue, make_draft())
    catalogue.update_document(document.id, readers=frozenset({"curators"}), kind=Kind.RESEARCH)
    [(newer, _)] = add(catalogue, make_draft(body="改", title="新题"))
    assert (newer.readers, newer.kind, newer.title) == (frozenset({"curators"}), Kind.RESEARCH, "新题")


def test_without_a_hand_edit_a_new_version_brings_its_own_readers(catalogue):
    add(catalogue, make_draft())
    [(newer, _)] = add(catalogue, make_draft(body="批示", readers=frozenset({"researchers"})))
    assert newer.readers == {"researchers"}


def test_fields_set_by_hand_reach_the_filters_and_keep_restriction(catalogue):
    [(document, _)] = add(catalogue, make_draft())
    changed = catalogue.update_document(document.id, fields={"issued_on": "2023-01-05", "distribution": ["存档"]})
    fields = {item.name: item for item in catalogue.version(document.id).fields}
    assert (changed.issued_on, changed.year) == (date(2023, 1, 5), 2023)
    assert (fields["distribution"].value, fields["distribution"].restricted) == (["存档"], True)
    assert fields["organization"].value == "松江市人民政府办公室"
    assert len(fields) == len(make_draft().fields)


def test_a_corrected_field_outlasts_new_versions_until_it_is_undone(catalogue):
    [(document, _)] = add(catalogue, make_draft())
    catalogue.update_document(document.id, fields={"issued_on": "2023年1月5日", "editor": "秘书处"}, author="方白")
    [(newer, _)] = add(catalogue, make_draft(body="改"))
    assert (newer.version, newer.issued_on) == (2, date(2023, 1, 5))
    assert catalogue.version(document.id).value("editor") == "秘书处"
    assert catalogue.version(document.id, 1).value("issued_on") == "2022-10-08"

    catalogue.update_document(document.id, fields={"issued_on": "2024-02-03"}, author="柳青")
    last, *earlier = catalogue.corrections(document.id)
    assert (last.name, last.value, last.previous, last.author) == ("issued_on", "2024-02-03", "2023-01-05", "柳青")
    assert {item.author for item in earlier} == {"方白"}
    assert catalogue.undo_correction(document.id, last.id, "古月").issued_on == date(2023, 1, 5)
    [first] = [item for item in earlier if item.name == "issued_on"]
    assert catalogue.undo_correction(document.id, first.id).issued_on == date(2022, 10, 8)
    assert [item.undone_by for item in catalogue.corrections(document.id)] == ["古月", None, ""]
    with pytest.raises(NotFound, match="已经撤销"):
        catalogue.undo_correction(document.id, last.id)


def test_undoing_attributes_gives_back_what_the_newest_version_says(catalogue):
    [(document, _)] = add(catalogue, make_draft())
    catalogue.update_document(document.id, title="改过的标题", kind=Kind.COURSE, readers=frozenset({"curators"}))
    add(catalogue, make_draft(body="改", title="新题", readers=frozenset({"researchers"})))
    for item in catalogue.corrections(document.id):
        changed = catalogue.undo_correction(document.id, item.id)
    assert (changed.title, changed.kind, changed.readers) == ("新题", Kind.POLICY, {"researchers"})


def test_a_correction_is_indexed_without_reading_the_file_again(catalogue):
    [(document, _)] = add(catalogue, make_draft())
    index_everything(catalogue)
    catalogue.update_document(document.id, fields={"document_number": "松政办[2022]9号"})
    [version] = catalogue.pending_versions(10)
    claimed = catalogue.passages_to_index([version])
    assert {item.document.document_number for item in claimed} == {"松政办〔2022〕9号"}
    assert {field.value for item in claimed for field in item.fields if field.name == "document_number"} == {
        "松政办〔2022〕9号"
    }


def test_a_field_that_is_said_not_to_exist_keeps_its_characters_and_its_restriction(catalogue):
    [(document, _)] = add(catalogue, make_draft())
    changed = catalogue.update_document(document.id, fields={"document_number": None, "distribution": ""})
    version = catalogue.version(document.id)
    assert changed.document_number is None
    assert version.value("document_number") is None
    assert {item.name for item in visible_fields(version.fields, None)} == {"organization", "issued_on", "copies"}
    assert visible_text(version, EVERYONE)[2:4] == "██"


def test_a_restricted_field_that_is_added_by_hand_is_restricted(catalogue):
    [(document, _)] = add(catalogue, make_draft())
    catalogue.update_document(document.id, fields={"phone": "0453-1234567"})
    fields = catalogue.version(document.id).fields
    assert "phone" in {item.name for item in visible_fields(fields, STAFF)}
    assert "phone" not in {item.name for item in visible_fields(fields, EVERYONE)}


@pytest.mark.parametrize(
    "fields",
    [
        {"colour": "红"},
        {"issued_on": "2023年13月1日"},
        {"issued_on": "2023年5月"},
        {"credits": "两分"},
        {"title": " "},
        {"kind": "letter"},
        {"readers": []},
        {"authors": [1]},
        {"organization": ["甲", "乙"]},
    ],
)
def test_what_is_no_value_of_the_field_is_refused(catalogue, fields):
    [(document, _)] = add(catalogue, make_draft())
    with pytest.raises(InvalidField):
        catalogue.update_document(document.id, fields=fields)
    assert catalogue.corrections(document.id) == []


@pytest.mark.parametrize("change", ["trash", "restore", "document", "version", "update_document"])
def test_an_unknown_document_is_not_found(catalogue, change):
    with pytest.raises(NotFound):
        getattr(catalogue, change)("00000000-0000-0000-0000-000000000000")


def test_an_unknown_version_is_not_found(catalogue):
    [(document, _)] = add(catalogue, make_draft())
    with pytest.raises(NotFound, match="第 2 版"):
        catalogue.version(document.id, 2)


# Access


def test_a_document_is_hidden_from_groups_that_may_not_read_it(catalogue):
    [(document, _)] = add(catalogue, make_draft(readers=frozenset({"researchers", "curators"})))
    assert catalogue.document(document.id, STAFF).id == document.id
    with pytest.raises(NotFound):
        catalogue.document(document.id, EVERYONE)
    assert catalogue.documents(EVERYONE) == ([], 0)
    assert catalogue.documents(STAFF)[1] == 1
    assert catalogue.documents(frozenset()) == ([], 0)


@pytest.mark.parametrize("groups", [frozenset(), frozenset({"Public"}), frozenset({"publi"}), frozenset({'c"'})])
def test_group_names_are_compared_whole(catalogue, groups):
    add(catalogue, make_draft(readers=frozenset({"public", 'a","c'})))
    [document], _ = catalogue.documents()
    assert catalogue.documents(groups) == ([], 0)
    assert catalogue.hydrate(passage_ids(catalogue, document), groups) == {}


def test_hydrate_gives_current_active_readable_passages_only(catalogue):
    [(document, _)] = add(catalogue, make_draft())
    old = passage_ids(catalogue, document)
    found = catalogue.hydrate([*old, "unknown"], EVERYONE)
    assert set(found) == set(old)
    assert found[old[0]].document.title == document.title
    assert found[old[0]].passage.text.startswith("坚持民生优先")
    assert catalogue.hydrate(old, frozenset()) == {}
    add(catalogue, make_draft(body="改"))
    new = passage_ids(catalogue, document)
    assert set(catalogue.hydrate([*old, *new], EVERYONE)) == set(new)
    catalogue.trash(document.id)
    assert catalogue.hydrate(new, EVERYONE) == {}
    catalogue.restore(document.id)
    catalogue.update_document(document.id, readers=frozenset({"curators"}))
    assert catalogue.hydrate(new, EVERYONE) == {}


def test_facts_are_given_for_exactly_the_passages_that_hydrate_gives(catalogue):
    [(document, _)] = add(catalogue, make_draft())
    [(hidden, _)] = add(catalogue, make_draft(source="x", body="x", readers=frozenset({"curators"})))
    old = passage_ids(catalogue, document)
    add(catalogue, make_draft(body="改"))
    ids = [*old, *passage_ids(catalogue, document), *passage_ids(catalogue, hidden), "unknown"]
    facts = catalogue.document_facts(ids, EVERYONE)
    assert set(facts) == set(catalogue.hydrate(ids, EVERYONE)) != set()
    assert {(fact.id, fact.organization, fact.year, fact.issued_on) for fact in facts.values()} == {
        (document.id, document.organization, document.year, document.issued_on)
    }
    assert catalogue.document_facts(ids, frozenset()) == {}
    catalogue.trash(document.id)
    assert catalogue.document_facts(ids, EVERYONE) == {}


def test_reads_within_a_snapshot_see_one_state(catalogue, tmp_path):
    [(document, _)] = add(catalogue, make_draft())
    with Catalogue.open(f"sqlite:///{tmp_path / 'c.sqlite3'}") as other:
        with catalogue.snapshot():
            assert catalogue.document(document.id).status is Status.ACTIVE
            other.trash(document.id)
            assert catalogue.document(document.id).status is Status.ACTIVE
        assert catalogue.document(document.id).status is Status.TRASHED


def test_restricted_fields_are_for_researchers_and_curators():
    fields = make_draft().fields
    assert {item.name for item in visible_fields(fields, EVERYONE)} == {
        "organization",
        "document_number",
        "issued_on",
        "copies",
    }
    assert visible_fields(fields, frozenset({"curators"})) == fields
    assert visible_fields(fields, None) == fields
    assert all(not item.restricted for item in visible_fields(fields, frozenset()))


def test_restricted_characters_are_masked_in_place(catalogue):
    [(document, _)] = add(catalogue, make_draft())
    version = catalogue.version(document.id)
    masked = visible_text(version, EVERYONE)
    assert masked == TEXT[:2] + "██" + TEXT[4:]
    assert visible_text(version, STAFF) == visible_text(version, None) == TEXT
    assert has_hidden_fields(version, EVERYONE)
    assert not has_hidden_fields(version, STAFF)


def test_groups_are_those_that_documents_name(catalogue):
    assert catalogue.groups() == frozenset()
    add(catalogue, make_draft(), make_draft("/b", "b", readers=frozenset({"讲师团", "public"})))
    assert catalogue.groups() == {"public", "讲师团"}


def test_a_restricted_value_never_becomes_a_filter_column():
    assert filter_columns((MetadataField("organization", "某处", restricted=True),))["organization"] is None


GROUPS = st.frozensets(st.sampled_from(["public", "researchers", "curators", "讲师团", "Public", ",", '"']), max_size=3)


@settings(max_examples=25, deadline=None)
@given(readers=st.lists(GROUPS, min_size=1, max_size=5), groups=GROUPS)
def test_access_never_leaks(shared_catalogue, readers, groups):
    run = str(uuid4())
    drafts = [make_draft(f"{run}/{n}", f"{run}{n}", readers=item, title=run) for n, item in enumerate(readers)]
    documents = [document for document, _ in shared_catalogue.add_versions(drafts)]
    allowed = {document.id for document in documents if document.readers & groups}
    ids = [identifier for document in documents for identifier in passage_ids(shared_catalogue, document)]
    hits = shared_catalogue.hydrate(ids, groups).values()
    assert {hit.document.id for hit in hits} == allowed
    listed, total = shared_catalogue.documents(groups, query=run)
    assert {document.id for document in listed} == allowed
    assert total == len(allowed)


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


def test_neighbours_are_the_passages_around(catalogue):
    [(document, _)] = add(catalogue, make_draft())
    first, second = passage_ids(catalogue, document)
    before, after = catalogue.neighbours(first)
    assert (before, after.id) == (None, second)
    before, after = catalogue.neighbours(second)
    assert (before.id, after) == (first, None)
    assert catalogue.neighbours("unknown") == (None, None)


# The index queue


def index_everything(catalogue, fingerprint="f"):
    pending = catalogue.pending_versions(100)
    catalogue.passages_to_index(pending)
    catalogue.mark_indexed(pending, fingerprint)
    catalogue.mark_removed(catalogue.stale_versions(100))


def test_a_version_is_pending_until_it_is_indexed(catalogue):
    [(document, _)] = add(catalogue, make_draft())
    version = catalogue.version(document.id)
    assert catalogue.pending_versions(10) == [version.id]
    assert not document.indexed
    items = catalogue.passages_to_index([version.id])
    assert [item.passage for item in items] == catalogue.passages_of(version.id)
    assert items[0].document.id == document.id
    assert items[0].fields == version.fields
    assert catalogue.pending_versions(10) == [version.id], "a killed indexer must find it again"
    catalogue.mark_indexed([version.id], "f")
    assert catalogue.pending_versions(10) == []
    assert catalogue.document(document.id).indexed


def test_replaced_and_trashed_versions_are_to_be_deleted(catalogue):
    [(document, _)] = add(catalogue, make_draft())
    first = catalogue.version(document.id).id
    index_everything(catalogue)
    add(catalogue, make_draft(body="改"))
    second = catalogue.version(document.id).id
    assert (catalogue.stale_versions(10), catalogue.pending_versions(10)) == ([first], [second])
    assert catalogue.pending_count() == 2
    index_everything(catalogue)
    assert catalogue.pending_count() == 0
    catalogue.trash(document.id)
    assert catalogue.stale_versions(10) == [second]
    index_everything(catalogue)
    catalogue.restore(document.id)
    assert catalogue.pending_versions(10) == [second]


def test_a_change_during_indexing_is_indexed_again(catalogue):
    [(document, _)] = add(catalogue, make_draft())
    version = catalogue.version(document.id).id
    catalogue.passages_to_index([version])
    catalogue.update_document(document.id, readers=frozenset({"curators"}))
    catalogue.mark_indexed([version], "f")
    assert catalogue.pending_versions(10) == [version]
    catalogue.passages_to_index([version])
    catalogue.trash(document.id)
    catalogue.mark_indexed([version], "f")
    assert (catalogue.pending_versions(10), catalogue.stale_versions(10)) == ([], [version])


def test_reset_makes_every_readable_version_pending(catalogue):
    [(kept, _), (trashed, _)] = add(catalogue, make_draft(), make_draft(source="/b", body="b"))
    index_everything(catalogue)
    catalogue.trash(trashed.id)
    catalogue.reset_index()
    assert catalogue.pending_versions(10) == [catalogue.version(kept.id).id]
    assert catalogue.stale_versions(10) == []


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
