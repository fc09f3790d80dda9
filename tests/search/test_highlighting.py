import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.terms import TermBase
from corpus.text.analyser import Analyser
from corpus.text.folding import fold
from corpus.text.quantities import find_quantities
from search.highlighting import SHORTEST_RUN, SNIPPET, Highlighter, unmarked
from search.query import parse_query

ANALYSER = Analyser(TermBase.load())
_FRAGMENTS = st.sampled_from(
    [
        "志愿服务",
        "志願服務",
        "理论宣讲",
        "课堂",
        "的",
        "，",
        "“",
        "”",
        "2021年",
        "２０２１",
        "20ZK019",
        "ABC",
        "abc",
        " ",
        "一",
        "\n",
        "点单、派单",
    ]
)
_TEXTS = st.lists(_FRAGMENTS, min_size=1, max_size=14).map("".join)


def _mark(text, query):
    [marked] = Highlighter(parse_query(query, ANALYSER)).mark([text])
    return marked


def _marked(text, query):
    return [text[start:end] for start, end in _mark(text, query).highlights]


@pytest.mark.parametrize(
    ("text", "query", "marked"),
    [
        ("各地开展志愿服务活动。", "志愿服务", ["志愿服务"]),
        ("各地開展志願服務活動。", "志愿服务", ["志願服務"]),
        ("推动“点单、派单”对接，点单即办。", '"点单、派单"', ["点单、派单"]),
        ("项目（20ZK019）成果", "20zk019", ["20ZK019"]),
        ("依据国发[2019]5号文件", "国发〔2019〕5号", ["国发[2019]5号"]),
        ("发展的道路", "宣讲的办法", []),
        ("2019年", "19", []),
        ("讲师王小虎主讲", "王小虎是谁", ["王小虎"]),
    ],
)
def test_marks_what_was_searched(text, query, marked):
    assert _marked(text, query) == marked


@given(_TEXTS, _TEXTS)
def test_ranges_are_sorted_disjoint_and_made_of_what_was_searched(text, asked):
    try:
        query = parse_query(asked, ANALYSER)
    except Exception:
        return
    folded, folded_query = fold(text), fold(query.text)
    searched = {*query.words, *query.phrases}
    runs = {folded_query[at : at + SHORTEST_RUN] for at in range(len(folded_query) - SHORTEST_RUN + 1)}
    counted = {quantity.term for quantity in find_quantities(fold(query.unquoted))}
    alike = [quantity for quantity in find_quantities(folded) if quantity.term in counted]
    last = -1
    for start, end in Highlighter(query).mark([text])[0].highlights:
        assert last <= start < end <= len(text)
        last = end
        covered = {at for quantity in alike for at in range(quantity.start, quantity.end)}
        for term in searched | runs | {fold(text[start:end]) if query.identifiers else ""}:
            at = folded.find(term, start, end) if term else -1
            while at >= 0:
                covered.update(range(at, at + len(term)))
                at = folded.find(term, at + 1, end)
        assert covered >= set(range(start, end))


def test_a_quantity_is_marked_however_it_is_written():
    assert _marked("讲堂设一百二十个座位，四月十二日开讲，另有8个展位。", "120个座位 4月12日") == [
        "一百二十个座位",
        "四月十二日",
    ]


def test_other_names_of_a_term_are_marked():
    text = "各县选聘草根名嘴进院坝。"
    assert _marked(text, "百姓名嘴") == ["草根名嘴"]


LONG = "开讲前先摸底。" * 20 + "草根讲堂每月两讲，积分可换物。听众多为老人。" + "散场后登记意见。" * 20


def test_the_snippet_is_the_sentence_that_matches_best_with_its_neighbours():
    start, end = _mark(LONG, "讲堂积分").snippet
    assert "积分可换物。听众多为老人。" in LONG[start:end]
    assert end - start <= SNIPPET
    assert LONG[start - 1] == LONG[end - 1] == "。"


def test_a_short_text_is_its_own_snippet():
    assert _mark("积分可换物。", "积分").snippet == unmarked("积分可换物。").snippet == (0, 6)


def test_several_texts_are_marked_as_each_alone():
    texts = [LONG, "", "志願服務與２０２１年", LONG[::-1], "积分"]
    query = "讲堂积分 志愿服务 二〇二一年"
    together = Highlighter(parse_query(query, ANALYSER)).mark(texts)
    assert together == [_mark(text, query) for text in texts]
    assert together[2].highlights


@given(
    st.text(st.sampled_from("讲堂积分。；\n “”"), max_size=600),
    st.text(st.sampled_from("讲堂积分"), min_size=1, max_size=4),
)
def test_a_snippet_lies_in_the_text(text, query):
    start, end = _mark(text, query).snippet
    assert 0 <= start <= end <= len(text)
    assert bool(text[start:end].strip()) == bool(text.strip())
