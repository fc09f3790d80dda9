"""What reading a candidate says of it, and how that changes a ranking."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.records import Kind
from corpus.terms import Term, TermBase
from corpus.text.analyser import Analyser
from search.candidates import reread
from search.embedding import static_model
from search.fusion import RankedCandidate
from search.reranking import NAMES_ONLY, TEXT_FEATURES, Reader, ReadText, naming_offsets
from search.results import SearchRequest
from tests.search.library import PUBLIC, Source, make_draft

ARTICLE = ReadText("某县讲堂管理办法", ("第二章", "第九条"), "讲堂的取暖补贴按每场一百元发放。")
OTHER = ReadText("运动会通知", (), "各学院于周五上午报送名单，讲堂当天停课。")


@pytest.fixture(scope="module")
def reader(analyser, embedder):
    return Reader(analyser, static_model(embedder))


def features(reader, analyser, query, *texts):
    rows = reader.features(query, dict.fromkeys(analyser.words(query)), texts)
    return [dict(zip(TEXT_FEATURES, row, strict=True)) for row in rows]


def test_the_text_that_speaks_of_it_has_more_of_everything(reader, analyser):
    article, other = features(reader, analyser, "讲堂的取暖补贴怎么发？", ARTICLE, OTHER)
    assert article["coverage"] > other["coverage"]
    assert article["pairs"] > other["pairs"]
    assert article["title_similarity"] > other["title_similarity"]
    assert article["title_coverage"] > other["title_coverage"] == 0


def test_question_words_and_their_place_count_for_nothing(reader, analyser):
    [asked], [named] = (features(reader, analyser, query, ARTICLE) for query in ("取暖补贴是什么？", "取暖补贴"))
    assert asked["coverage"] == named["coverage"] == 1


def test_texts_are_compared_folded(reader, analyser):
    [plain] = features(reader, analyser, "讲堂２０２１", ReadText("", (), "講堂2021"))
    assert plain["coverage"] == 1


def test_rows_do_not_depend_on_what_else_is_read(reader, analyser):
    alone = features(reader, analyser, "讲堂取暖", ARTICLE)[0]
    beside = features(reader, analyser, "讲堂取暖", OTHER, ARTICLE)[1]
    assert alone == pytest.approx(beside)


def test_rows_do_not_depend_on_what_was_read_before(analyser, embedder):
    model, texts = static_model(embedder), (ARTICLE, OTHER)
    known = Reader(analyser, model)
    for query in ("名单", "讲堂取暖", "取暖补贴按每场发放"):
        before = features(known, analyser, query, *texts)
        assert before == features(known, analyser, query, *texts)
        assert before == features(Reader(analyser, model), analyser, query, *texts)


def test_titles_and_sentences_are_cut_again_by_other_terms(embedder):
    analyser, model = Analyser(TermBase()), static_model(embedder)
    reader, text = Reader(analyser, model), ReadText("讲义", (), "使用户满意。")
    before = features(reader, analyser, "用户满意", text)
    analyser.use(TermBase([Term("使用户满意")]))
    after = features(reader, analyser, "用户满意", text)
    assert after == features(Reader(analyser, model), analyser, "用户满意", text)
    assert after != before


def test_numbers_count_as_whole_ones(reader, analyser):
    texts = (ReadText("", (), "2021年的讲座"), ReadText("2021年", (), "共3场"), ReadText("", (), "120213人，3.5万元"))
    rows = features(reader, analyser, "２０２１年第3场讲座", *texts)
    assert [row["numbers"] for row in rows] == [0.5, 1, 0]
    assert [row["numbers"] for row in features(reader, analyser, "讲座", *texts)] == [1, 1, 1]


def test_the_nearest_sentence_speaks_for_its_passage(reader, analyser):
    query, sentence = "取暖补贴怎么发放？", "讲堂的取暖补贴按每场一百元发放。"
    alone, among, without = features(
        reader,
        analyser,
        query,
        ReadText("", (), sentence),
        ReadText("", (), f"各学院于周五上午报送名单！\n{sentence}运动会照常举行；讲堂当天停课。"),
        OTHER,
    )
    assert among["sentence_similarity"] == pytest.approx(alone["sentence_similarity"], abs=1e-6)
    assert among["sentence_similarity"] > without["sentence_similarity"]


def test_a_passage_without_words_is_near_to_nothing(reader, analyser):
    [row] = features(reader, analyser, "取暖补贴", ReadText("", (), "……"))
    assert row["sentence_similarity"] == row["title_similarity"] == 0


@pytest.mark.parametrize("query", ["的", "？", "abc"])
def test_a_query_without_content_is_covered_by_nothing(reader, analyser, query):
    assert all(row["coverage"] == 0 for row in features(reader, analyser, query, ARTICLE, OTHER))


_candidates = st.lists(
    st.tuples(st.floats(0, 0.999), st.sampled_from([0.0, 0.0, 0.25, 3.0])), min_size=1, max_size=12
).map(
    lambda found: sorted(
        (RankedCandidate(number, fused, tier, {}) for number, (fused, tier) in enumerate(found)),
        key=lambda candidate: (-candidate.score, candidate.id),
    )
)


@given(_candidates, st.lists(st.floats(-5, 5), max_size=12))
def test_rereading_keeps_every_candidate_its_tier_and_the_unread_behind(ranked, logits):
    logits = logits[: len(ranked)]
    found = reread(ranked, np.array(logits))
    assert {item.id: item.tier for item in found} == {item.id: item.tier for item in ranked}
    assert [item.score for item in found] == sorted((item.score for item in found), reverse=True)
    assert all(0 <= item.fused <= 1 for item in found)
    assert all(item.fused == 0 for item in found if next(r for r in ranked if r.id == item.id).fused == 0)
    unread = {item.id for item in ranked[len(logits) :]}
    least = min((item.fused for item in found if item.id not in unread), default=1.0)
    assert all(item.fused <= least for item in found if item.id in unread)


def test_nothing_said_changes_nothing():
    ranked = [RankedCandidate(1, 0.8, 0.0, {}), RankedCandidate(2, 0.3, 0.0, {})]
    assert [item.fused for item in reread(ranked, np.zeros(2))] == pytest.approx([0.8, 0.3])
    assert [item.id for item in reread(ranked, np.array([-4.0, 4.0]))] == [2, 1]


LECTURE = "第6讲 渔歌的采集、记谱与传唱"


@pytest.mark.parametrize(
    ("query", "text", "names"),
    [
        ("渔歌", LECTURE, True),
        ("渔歌", "渔歌的采集、\n记谱与传唱", True),
        ("渔歌", "《渔歌理论与实践》", True),
        ("渔歌", "课程名称：渔歌理论与实践", True),
        ("第6讲", LECTURE, False),
        ("渔歌", "渔歌由渔民传唱。", False),
        ("渔歌", "渔歌采集共3次", False),
        ("渔歌", "渔歌的采集、记谱与传唱.", False),
        ("渔歌", "渔歌按采集地点分为近海的、远洋的和湖上的三类，各有各的唱法", False),
    ],
)
def test_what_only_names_is_lowered_unless_its_number_is_asked_for(query, text, names):
    assert naming_offsets(query, [ReadText(LECTURE, (), text)]).tolist() == [NAMES_ONLY if names else 0.0]


def test_passages_that_say_something_stand_before_the_cover(open_library):
    content = "渔歌由老人口传，年轻人多半不会，采集的人跟着出海记词。渔歌按调子分三类。"
    texts = (LECTURE, "《渔歌研究》", "主讲：宋听潮", content)
    searcher, _ = open_library(make_draft(Source(LECTURE, tuple(((), text) for text in texts), Kind.COURSE)))
    assert searcher.search(SearchRequest("渔歌"), PUBLIC).hits[0].text == content
    assert searcher.search(SearchRequest(LECTURE), PUBLIC).hits[0].text == LECTURE
