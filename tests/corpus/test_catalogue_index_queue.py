"""Which versions are to be indexed, and which to be deleted from the index."""

from tests.corpus.drafts import add, index_everything, make_draft


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
