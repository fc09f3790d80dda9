"""Who sees which documents, passages and fields."""

from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.catalogue import Catalogue, has_hidden_fields, visible_fields, visible_text
from corpus.catalogue.rows import filter_columns
from corpus.errors import NotFound
from corpus.records import MetadataField, Status
from tests.corpus.drafts import EVERYONE, GROUPS, STAFF, TEXT, add, make_draft, passage_numbers

NOBODYS = 2**63 - 1


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
    assert catalogue.hydrate(passage_numbers(catalogue, document), groups) == {}


def test_hydrate_gives_current_active_readable_passages_only(catalogue):
    [(document, _)] = add(catalogue, make_draft())
    old = passage_numbers(catalogue, document)
    found = catalogue.hydrate([*old, NOBODYS], EVERYONE)
    assert set(found) == set(old)
    assert found[old[0]].document.title == document.title
    assert found[old[0]].passage.text.startswith("坚持民生优先")
    assert catalogue.hydrate(old, frozenset()) == {}
    add(catalogue, make_draft(body="改"))
    new = passage_numbers(catalogue, document)
    assert set(catalogue.hydrate([*old, *new], EVERYONE)) == set(new)
    catalogue.trash(document.id)
    assert catalogue.hydrate(new, EVERYONE) == {}
    catalogue.restore(document.id)
    catalogue.update_document(document.id, readers=frozenset({"curators"}))
    assert catalogue.hydrate(new, EVERYONE) == {}


def test_facts_are_given_for_exactly_the_passages_that_hydrate_gives(catalogue):
    [(document, _)] = add(catalogue, make_draft())
    [(hidden, _)] = add(catalogue, make_draft(source="x", body="x", readers=frozenset({"curators"})))
    old = passage_numbers(catalogue, document)
    add(catalogue, make_draft(body="改"))
    ids = [*old, *passage_numbers(catalogue, document), *passage_numbers(catalogue, hidden), NOBODYS]
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


@settings(max_examples=25, deadline=None)
@given(readers=st.lists(GROUPS, min_size=1, max_size=5), groups=GROUPS)
def test_access_never_leaks(shared_catalogue, readers, groups):
    run = str(uuid4())
    drafts = [make_draft(f"{run}/{n}", f"{run}{n}", readers=item, title=run) for n, item in enumerate(readers)]
    documents = [document for document, _ in shared_catalogue.add_versions(drafts)]
    allowed = {document.id for document in documents if document.readers & groups}
    ids = [identifier for document in documents for identifier in passage_numbers(shared_catalogue, document)]
    hits = shared_catalogue.hydrate(ids, groups).values()
    assert {hit.document.id for hit in hits} == allowed
    listed, total = shared_catalogue.documents(groups, query=run)
    assert {document.id for document in listed} == allowed
    assert total == len(allowed)
