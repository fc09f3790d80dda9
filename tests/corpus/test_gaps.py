import pytest

from corpus.catalogue import Catalogue, GapCause, GapStatus
from corpus.errors import NotFound
from tests.corpus.drafts import make_draft

PUBLIC = frozenset({"public"})


@pytest.fixture
def catalogue(tmp_path):
    with Catalogue.open(f"sqlite:///{tmp_path / 'c.sqlite3'}") as opened:
        yield opened


def test_a_wording_is_kept_once_and_counted_by_cause(catalogue):
    first = catalogue.register_gap("k1", "取暖补贴何时发放？", GapCause.ABSTAINED)
    assert catalogue.register_gap("k1", "取暖补贴何时发放", GapCause.ABSTAINED) == first
    catalogue.register_gap("k1", "取暖补贴何时发放？", GapCause.REQUESTED)
    [gap], total = catalogue.gaps()
    assert total == 1
    assert gap.wordings == ["取暖补贴何时发放？"]
    assert gap.counts == {"abstained": 2, "no_hits": 0, "thumbs_down": 0, "requested": 1}
    assert (gap.status, gap.note, gap.document_id) == (GapStatus.OPEN, "", None)


def test_wordings_of_one_question_share_a_gap(catalogue):
    first = catalogue.register_gap("k1", "取暖补贴何时发放？", GapCause.ABSTAINED)
    second = catalogue.register_gap("k2", "请问取暖补贴何时发放？", GapCause.ABSTAINED, same_as="k1")
    assert first != second
    [gap], _ = catalogue.gaps()
    assert gap.wordings == ["取暖补贴何时发放？", "请问取暖补贴何时发放？"]
    assert gap.counts["abstained"] == 2
    assert catalogue.gap_wordings(1) == {"k2": "请问取暖补贴何时发放？"}
    assert catalogue.gap_wording("k1") == first
    assert catalogue.gap_wording("k3") is None


def test_the_most_frequent_gap_comes_first_and_pages_have_a_total(catalogue):
    for key, times in (("k1", 1), ("k2", 3), ("k3", 2)):
        for _ in range(times):
            catalogue.register_gap(key, key, GapCause.NO_HITS)
    found, total = catalogue.gaps(GapStatus.OPEN, limit=2)
    assert ([gap.wordings[0] for gap in found], total) == (["k2", "k3"], 3)
    assert [gap.wordings[0] for gap in catalogue.gaps(offset=2)[0]] == ["k1"]


def test_a_closed_gap_tells_its_askers_and_names_a_document_to_its_readers_only(catalogue):
    [(document, _)] = catalogue.add_versions([make_draft(readers=frozenset({"researchers"}))])
    receipt = catalogue.register_gap("k1", "取暖补贴何时发放？", GapCause.ABSTAINED)
    [gap], _ = catalogue.gaps()
    closed = catalogue.close_gap(gap.id, "见新收的文件", document.id)
    assert (closed.status, closed.document_id) == (GapStatus.CLOSED, document.id)
    assert closed.closed_at is not None
    assert catalogue.gaps(GapStatus.OPEN) == ([], 0)

    def told(groups):
        found = catalogue.gap_receipts([receipt, "unknown"], groups)
        assert set(found) == {receipt}
        return found[receipt].status, found[receipt].note, found[receipt].document_id, found[receipt].title

    assert told(PUBLIC) == (GapStatus.CLOSED, "见新收的文件", None, None)
    assert told(frozenset({"researchers"}))[2:] == (document.id, document.title)
    catalogue.trash(document.id)
    assert told(None)[2:] == (None, None)


def test_only_a_bad_verdict_opens_a_closed_gap_again(catalogue):
    catalogue.register_gap("k1", "取暖补贴何时发放？", GapCause.ABSTAINED)
    [gap], _ = catalogue.gaps()
    catalogue.close_gap(gap.id, "已补")
    catalogue.register_gap("k1", "取暖补贴何时发放？", GapCause.ABSTAINED)
    assert catalogue.gaps(GapStatus.CLOSED)[1] == 1
    catalogue.register_gap("k1", "取暖补贴何时发放？", GapCause.THUMBS_DOWN)
    [opened], _ = catalogue.gaps(GapStatus.OPEN)
    assert (opened.note, opened.closed_at) == ("已补", None)


def test_unknown_gaps_and_documents_are_named_as_missing(catalogue):
    with pytest.raises(NotFound):
        catalogue.close_gap("nothing", "答复")
    catalogue.register_gap("k1", "问题", GapCause.ABSTAINED)
    [gap], _ = catalogue.gaps()
    with pytest.raises(NotFound):
        catalogue.close_gap(gap.id, "", "nothing")
    assert catalogue.gaps(GapStatus.OPEN)[1] == 1


def test_accepted_pairs_are_counted(catalogue):
    catalogue.accept_pairs("k1", "问题一", {"p1": "h1", "p2": "h2"})
    catalogue.accept_pairs("k1", "问题一", {"p1": "h1"})
    found, total = catalogue.accepted_pairs()
    assert total == 2
    assert {(pair.question, pair.passage_id, pair.text_hash, pair.count) for pair in found} == {
        ("问题一", "p1", "h1", 2),
        ("问题一", "p2", "h2", 1),
    }
