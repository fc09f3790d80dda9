"""Totals, facets, groups and dates are true over a library with more matches than a leg fetches."""

from collections import Counter

import pytest

from corpus.catalogue import Catalogue
from corpus.records import Kind
from search import paging, retrieval
from search.engine.edge import EdgeEngine
from search.indexing import Indexer
from search.results import Mode, SearchFilters, SearchRequest, Sort
from search.searcher import Searcher
from tests.search.library import PUBLIC, STAFF, Source, make_draft

COUNT = 130


def _source(number):
    """Every document tells of 渡口; every third of 夜航 too; every tenth is for staff alone; ten have no date."""
    first = f"第{number}号渡口每日开渡{number}班，" + ("设有夜航灯标。" if number % 3 == 0 else "天黑停渡。")
    parts = (((), first), ((), f"船工{number}人值守渡口。")) if number % 2 else (((), first),)
    fields = {"organization": ("河务局", "航道站", "水利所")[number % 3], "project_number": f"2{number % 2}HL01"}
    if number >= 10:
        fields["issued_on"] = f"{2010 + number % 7}-0{1 + number % 9}-15"
    kind = Kind.POLICY if number % 4 else Kind.RESEARCH
    return Source(f"渡口记事{number}", parts, kind, STAFF - PUBLIC if number % 10 == 0 else PUBLIC, fields)


SOURCES = [_source(number) for number in range(COUNT)]
READABLE = [source for source in SOURCES if source.readers & PUBLIC]
PASSAGES = [(source, text) for source in READABLE for _, text in source.parts]


@pytest.fixture(scope="module")
def ferry(tmp_path_factory, analyser, embedder):
    folder = tmp_path_factory.mktemp("ferry")
    engine = EdgeEngine(folder / "index")
    with Catalogue.open(f"sqlite:///{folder / 'catalogue.sqlite3'}") as catalogue:
        engine.ensure_collection(embedder.dimensions)
        catalogue.add_versions([make_draft(source) for source in SOURCES])
        Indexer(catalogue, engine, analyser, embedder).index_pending()
        yield Searcher(catalogue, engine, analyser, embedder)
    engine.close()


def _search(ferry, text, **asked):
    return ferry.search(SearchRequest(text, **{"limit": 1000, **asked}), PUBLIC)


def _counts(result, name):
    return {item.value: item.count for item in result.facets[name]}


@pytest.fixture(params=["in memory", "by the engine"], autouse=True)
def counted(request, monkeypatch):
    """More results than are fetched or counted in memory are counted by the engine."""
    if request.param == "by the engine":
        monkeypatch.setattr(paging, "FEW", 0)
        monkeypatch.setattr(retrieval, "DEMANDED_LIMIT", 50)


@pytest.mark.parametrize("text", ["渡口", "“渡口”", "渡口 AND 渡口", "标题:渡口"])
@pytest.mark.parametrize("sort", Sort)
def test_totals_and_facets_count_every_readable_passage(ferry, text, sort):
    result = _search(ferry, text, sort=sort)
    assert result.total == len(PASSAGES) > 100
    assert len({hit.passage_id for hit in result.hits}) == len(result.hits) == result.total
    assert _counts(result, "organization") == Counter(source.fields["organization"] for source, _ in PASSAGES)
    assert _counts(result, "kind") == Counter(str(source.kind) for source, _ in PASSAGES)
    assert _counts(result, "project") == Counter(source.fields["project_number"] for source, _ in PASSAGES)


@pytest.mark.parametrize("mode", [Mode.HYBRID, Mode.LEXICAL])
def test_choosing_a_facet_finds_what_it_counted(ferry, mode):
    for item in _search(ferry, "渡口", mode=mode).facets["year"]:
        chosen = _search(ferry, "渡口", mode=mode, filters=SearchFilters(year=item.value))
        assert chosen.total == len(chosen.hits) == item.count
        assert {hit.issued_on[:4] for hit in chosen.hits} == {str(item.value)}


def test_pages_follow_each_other_without_gap_or_repetition(ferry):
    whole = [hit.passage_id for hit in _search(ferry, "渡口").hits]
    pages = [_search(ferry, "渡口", limit=40, offset=offset).hits for offset in range(0, len(whole), 40)]
    assert [hit.passage_id for page in pages for hit in page] == whole


@pytest.mark.parametrize("sort", Sort)
def test_groups_are_all_documents_once(ferry, sort):
    result = _search(ferry, "渡口", group_by_document=True, sort=sort)
    assert result.total == len(READABLE) == len(result.hits)
    assert {hit.title for hit in result.hits} == {source.title for source in READABLE}
    pages = [_search(ferry, "渡口", group_by_document=True, sort=sort, limit=50, offset=at).hits for at in (0, 50, 100)]
    assert [hit.passage_id for page in pages for hit in page] == [hit.passage_id for hit in result.hits]


@pytest.mark.parametrize("grouped", [True, False])
def test_dates_order_the_whole_result(ferry, grouped):
    days = [hit.issued_on for hit in _search(ferry, "渡口", sort=Sort.DATE, group_by_document=grouped).hits]
    dated = [day for day in days if day]
    assert dated == sorted(dated, reverse=True)
    assert days == dated + [None] * (len(days) - len(dated))
    assert None in days
    first = _search(ferry, "渡口", sort=Sort.DATE, group_by_document=grouped, limit=7, offset=31).hits
    assert [hit.issued_on for hit in first] == days[31:38]


def test_expressions_choose_passages(ferry):
    def texts(query):
        result = _search(ferry, query)
        assert result.total == len(result.hits)
        return sorted(hit.text for hit in result.hits)

    def having(condition):
        return sorted(text for source, text in PASSAGES if condition(source, text))

    assert texts("渡口 AND 夜航") == having(lambda _, text: "夜航" in text)
    assert texts("夜航 OR 船工") == having(lambda _, text: "夜航" in text or "船工" in text)
    assert texts("机关:河务 -夜航") == having(
        lambda source, text: source.fields["organization"] == "河务局" and "夜航" not in text
    )
    assert texts("(夜航 OR 船工) AND 年份:2012..2013") == having(
        lambda source, text: (
            ("夜航" in text or "船工" in text) and source.fields.get("issued_on", "")[:4] in {"2012", "2013"}
        )
    )
    assert texts("类型:课题 AND 标题:记事") == having(lambda source, _: source.kind is Kind.RESEARCH)
    assert texts("机关:河务 AND 机关:航道") == []


def test_an_expression_widens_nothing_for_readers(ferry):
    hidden = {source.title for source in SOURCES} - {source.title for source in READABLE}
    for query in ("标题:渡口", "渡口 OR 夜航", "NOT 夜航 渡口", "渡口 -不存在"):
        assert not {hit.title for hit in _search(ferry, query).hits} & hidden
    assert ferry.search(SearchRequest("标题:渡口"), frozenset()).total == 0
