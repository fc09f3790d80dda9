"""What is known from memory is what the database says, whatever changes in between and whoever asks."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import event

from corpus.catalogue import Catalogue
from corpus.catalogue.known import KnownPassages
from tests.corpus.drafts import make_draft

PUBLIC, CURATORS = frozenset({"public"}), frozenset({"curators"})
CHANGES = (
    lambda catalogue, document: catalogue.trash(document),
    lambda catalogue, document: catalogue.restore(document),
    lambda catalogue, document: catalogue.update_document(document, readers=CURATORS),
    lambda catalogue, document: catalogue.update_document(document, readers=PUBLIC),
    lambda catalogue, document: catalogue.update_document(document, fields={"organization": "云岭市文明办"}),
    lambda catalogue, _: catalogue.add_versions([make_draft(body="改")]),
)


@pytest.fixture
def catalogue(tmp_path):
    with Catalogue.open(f"sqlite:///{tmp_path / 'c.sqlite3'}") as opened:
        opened._known = KnownPassages(timedelta(0))
        yield opened


def _ids(catalogue, document):
    return [passage.number for passage in catalogue.passages_of(catalogue.version(document).id)]


def _statements(catalogue):
    """The statements about passages from now on."""
    statements = []

    def note(*given):
        if "passages" in given[2]:
            statements.append(given[2])

    event.listen(catalogue._engine, "before_cursor_execute", note)
    return statements


def test_facts_are_read_once(catalogue):
    [(document, _)] = catalogue.add_versions([make_draft()])
    ids = _ids(catalogue, document.id)
    first = catalogue.document_facts(ids, PUBLIC)
    statements = _statements(catalogue)
    assert catalogue.document_facts(ids, PUBLIC) == first != {}
    assert catalogue.document_facts(ids, CURATORS) == {}
    assert not statements


def test_passages_are_read_once_and_shown_to_their_readers_only(catalogue):
    [(document, _), (hidden, _)] = catalogue.add_versions(
        [make_draft(), make_draft(source="x", body="x", readers=CURATORS)]
    )
    ids = [*_ids(catalogue, document.id), *_ids(catalogue, hidden.id)]
    first = {groups: catalogue.hydrate(ids, groups) for groups in (PUBLIC, CURATORS)}
    texts = catalogue.texts_of(ids)
    statements = _statements(catalogue)
    assert {groups: catalogue.hydrate(ids, groups) for groups in (PUBLIC, CURATORS)} == first
    assert {item.document.id for item in first[PUBLIC].values()} == {document.id}
    assert {item.document.id for item in first[CURATORS].values()} == {hidden.id}
    assert catalogue.hydrate(ids, frozenset()) == {}
    assert catalogue.texts_of(ids) == texts
    assert list(texts) == ids
    assert not statements


def test_within_a_snapshot_the_last_change_is_asked_for_once(catalogue):
    [(document, _)] = catalogue.add_versions([make_draft()])
    ids = _ids(catalogue, document.id)
    catalogue.hydrate(ids, PUBLIC)
    statements = []
    event.listen(catalogue._engine, "before_cursor_execute", lambda *given: statements.append(given[2]))
    with catalogue.snapshot():
        catalogue.document_facts(ids, PUBLIC)
        catalogue.document_facts(ids, PUBLIC)
        catalogue.hydrate(ids, PUBLIC)
        catalogue.last_change()
    with catalogue.snapshot():
        catalogue.last_change()
    assert len([statement for statement in statements if "updated_at" in statement]) == 1
    with catalogue.snapshot():
        catalogue.update_document(document.id, readers=CURATORS)
    with catalogue.snapshot():
        assert catalogue.hydrate(ids, PUBLIC) == {}


def test_a_snapshot_is_of_one_moment_and_the_next_one_of_its_own(catalogue):
    [(document, _)] = catalogue.add_versions([make_draft()])
    ids = _ids(catalogue, document.id)
    with Catalogue.open(str(catalogue._engine.url)) as other:
        with catalogue.snapshot():
            other.update_document(document.id, readers=CURATORS)
            assert catalogue.hydrate(ids, PUBLIC) == {}, "committed before its first statement"
        with catalogue.snapshot():
            assert set(catalogue.document_facts(ids, CURATORS)) == set(ids)
            other.update_document(document.id, readers=PUBLIC)
            assert set(catalogue.hydrate(ids, CURATORS)) == set(ids), "committed after it"
        with catalogue.snapshot():
            assert catalogue.document_facts(ids, CURATORS) == catalogue.hydrate(ids, CURATORS) == {}
            assert set(catalogue.hydrate(ids, PUBLIC)) == set(ids)


def test_what_is_loaded_beforehand_is_what_would_be_read(catalogue):
    [(document, _), (hidden, _)] = catalogue.add_versions(
        [make_draft(), make_draft(source="x", body="x", readers=CURATORS)]
    )
    ids = [*_ids(catalogue, document.id), *_ids(catalogue, hidden.id)]
    asked = {groups: catalogue.document_facts(ids, groups) for groups in (PUBLIC, CURATORS)}
    catalogue._known = KnownPassages(timedelta(0))
    catalogue.preload_facts()
    statements = _statements(catalogue)
    assert {groups: catalogue.document_facts(ids, groups) for groups in (PUBLIC, CURATORS)} == asked
    assert not statements


def test_nothing_is_kept_right_after_a_change(tmp_path):
    with Catalogue.open(f"sqlite:///{tmp_path / 'c.sqlite3'}") as opened:
        [(document, _)] = opened.add_versions([make_draft()])
        ids = _ids(opened, document.id)
        opened.document_facts(ids, PUBLIC)
        statements = _statements(opened)
        opened.document_facts(ids, PUBLIC)
        assert statements


@settings(max_examples=30, deadline=None)
@given(st.lists(st.sampled_from(CHANGES), max_size=6))
def test_memory_never_differs_from_the_database(tmp_path_factory, changes):
    url = f"sqlite:///{tmp_path_factory.mktemp('facts') / 'c.sqlite3'}"
    with Catalogue.open(url) as catalogue, Catalogue.open(url) as other:
        catalogue._known = KnownPassages(timedelta(0))
        [(document, _)] = catalogue.add_versions([make_draft()])
        ids = _ids(catalogue, document.id)
        for change in changes:
            change(other, document.id)
            ids = list(dict.fromkeys([*ids, *_ids(catalogue, document.id)]))
            for groups in (PUBLIC, CURATORS):
                with catalogue.snapshot():
                    known = catalogue.document_facts(ids, groups)
                    passages = catalogue.hydrate(ids, groups)
                    moment = catalogue.last_change()
                assert known == other.document_facts(ids, groups)
                assert passages == other.hydrate(ids, groups)
                assert set(known) == set(passages)
                assert moment == other.last_change()
