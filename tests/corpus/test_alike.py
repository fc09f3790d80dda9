"""Documents with the same text in another format, or nearly the same."""

from tests.corpus.drafts import make_draft

EVERYONE = frozenset({"public"})


def add(catalogue, *drafts):
    return catalogue.add_versions(drafts)


LONG = "".join(
    f"\n第{number}小组负责{number * 3}号楼的书屋，每周开放两次，登记借阅并修补旧书。" for number in range(30)
)


def alike(catalogue, document, groups=None):
    found = catalogue.alike([document.id], groups).get(document.id, [])
    return {item.document_id: (item.share, item.same_text) for item in found}


def test_documents_with_the_same_or_nearly_the_same_text_are_found(catalogue):
    [(first, _), (copy, _), (revised, _), (other, _)] = add(
        catalogue,
        make_draft("/a.docx", LONG),
        make_draft("/a.pdf", LONG.replace("\n", "\n　　")),
        make_draft("/b.docx", LONG.replace("第9小组", "第九小组退休教师")),
        make_draft("/c.docx", "".join(f"\n{number}月雨量偏少，水位降{number}厘米。" for number in range(60))),
    )
    found = alike(catalogue, first)
    assert found.pop(copy.id) == (1.0, True)
    share, same = found.pop(revised.id)
    assert 0.9 < share < 1
    assert not same
    assert other.id not in found
    together = catalogue.alike([first.id, copy.id, revised.id, other.id])
    assert together[first.id][0].file_name == "a.pdf"
    assert together == {
        key: found for key in (first.id, copy.id, revised.id) for found in catalogue.alike([key]).values()
    }


def test_copies_are_the_documents_whose_text_another_one_has(catalogue):
    [(first, _), (copy, _), *_] = add(
        catalogue,
        make_draft("/a.docx", LONG),
        make_draft("/a.pdf", LONG.replace("\n", "\n　　")),
        make_draft("/b.docx", LONG.replace("第9小组", "第九小组退休教师")),
        make_draft("/c.docx"),
    )
    found = catalogue.copies()
    assert set(found) == {first.id, copy.id}
    assert len(set(found.values())) == 1
    catalogue.trash(copy.id)
    assert set(catalogue.copies()) <= {first.id}


def test_no_document_is_named_that_the_reader_may_not_see(catalogue):
    [(first, _), (hidden, _)] = add(
        catalogue, make_draft("/a", LONG), make_draft("/b", LONG + "。", readers=frozenset({"curators"}))
    )
    assert alike(catalogue, first, EVERYONE) == alike(catalogue, first, frozenset()) == {}
    assert hidden.id in alike(catalogue, first, frozenset({"curators"}))


def test_what_was_trashed_or_replaced_is_not_alike(catalogue):
    [(first, _), (copy, _), (moved, _)] = add(
        catalogue, make_draft("/a", LONG), make_draft("/b", LONG + "。"), make_draft("/c", LONG + "；")
    )
    catalogue.trash(copy.id)
    add(catalogue, make_draft("/c", "".join(f"\n{number}月雨量偏少。" for number in range(60))))
    assert alike(catalogue, first) == {}
    catalogue.restore(copy.id)
    assert set(alike(catalogue, first)) == {copy.id}
    assert alike(catalogue, moved) == {}
