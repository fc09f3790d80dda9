import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import InvalidQuery
from corpus.terms import TermBase
from corpus.text.analyser import Analyser
from search.demands import find_concepts, parse_range
from search.engine.interface import AnyOf, Between, Contains, Either, Filter
from search.query import parse_query
from search.syntax import All, Any, FieldValue, Not, Phrase, Word, parse_expression

ANALYSER = Analyser(TermBase.load())
VALUES = {
    "organization": ["云岭县委宣传部", "云岭县财政局"],
    "project": ["22YL037"],
    "course": ["理论基础"],
    "document_number": ["云政办发〔2021〕18号"],
}


def _parse(text):
    return parse_query(text, ANALYSER, lambda field: VALUES[field])


def _demanded(*words):
    return All(tuple(Word(word, demanded=True) for word in words))


@pytest.mark.parametrize(
    "text",
    [
        "志愿服务 积分",
        "管理办法（试行）全文",
        "理论 与 实践",
        "R and D",
        "2019-2020 年",
        "气温 -5 度",
        "本课题：宣讲效果研究",
        "《搜索 AND 推荐》读后",
        "AND",
        "“云岭 AND 讲堂”",
        "standards and NOTHING",
    ],
)
def test_text_that_is_no_expression_stays_text(text):
    assert parse_expression(text) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("取暖 AND 补贴", _demanded("取暖", "补贴")),
        ("取暖AND补贴", _demanded("取暖", "补贴")),
        ("取暖 OR 补贴", Any((Word("取暖", demanded=True), Word("补贴", demanded=True)))),
        ("取暖 -补贴", All((Word("取暖"), Not(Word("补贴", demanded=True))))),
        ("取暖 NOT “补贴 标准”", All((Word("取暖"), Not(Phrase("补贴 标准"))))),
        ("标题：取暖 摸底", All((FieldValue("title", "取暖"), Word("摸底")))),
        ("机关:“县 财政局”", FieldValue("organization", "县 财政局")),
        (
            "（取暖 OR 采购）AND 办法(试行)",
            All((Any((Word("取暖", demanded=True), Word("采购", demanded=True))), Word("办法(试行)", demanded=True))),
        ),
        ("甲 OR 乙 丙", Any((Word("甲", demanded=True), _demanded("乙", "丙")))),
        ("-（甲 乙）丙", All((Not(_demanded("甲", "乙")), Word("丙")))),
    ],
)
def test_expressions(text, expected):
    assert parse_expression(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "取暖 AND",
        "OR 取暖",
        "（取暖 AND 补贴",
        "取暖 AND 补贴）",
        "取暖 AND （）",
        "取暖 OR AND 补贴",
        "机关: AND 取暖",
        "-取暖",
        "NOT 取暖",
        "类型:小说",
        "年份:去年 取暖",
        "日期:2023..2021",
        "(" * 60 + "甲 AND 乙" + ")" * 60,
        "NOT " * 60 + "甲",
    ],
)
def test_malformed_expressions_say_what_to_do(text):
    with pytest.raises(InvalidQuery, match=r"请|可用"):
        _parse(text)


PIECES = st.sampled_from(["取暖", " ", "AND", "OR", "NOT", "-", "(", "）", "“", "”", "标题:", "年份:2021", "a"])


@given(st.lists(PIECES, max_size=12).map("".join))
def test_any_text_is_understood_or_refused_in_words(text):
    try:
        query = _parse(text)
    except InvalidQuery:
        return
    assert query.words or query.demanding


def test_only_what_is_wanted_ranks():
    query = _parse("取暖 补贴 -采购 机关:宣传部")
    assert query.text == "取暖 补贴"
    assert query.must == (AnyOf("organization", ("云岭县委宣传部",)),)
    assert query.must_not == (Filter((Either((Contains("text", "采购"), Contains("title", "采购"))),)),)
    assert query.demanding


def test_excluding_alone_demands_nothing():
    assert not _parse("取暖 -采购").demanding


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("文号:云政办发[2021]18号", AnyOf("document_number", ("云政办发〔2021〕18号",))),
        ("文号:云政办发", AnyOf("document_number", ("云政办发〔2021〕18号",))),
        ("课程:理论", AnyOf("course", ("理论基础",))),
        ("course:外语", AnyOf("course", ())),
        ("类型:政策", AnyOf("kind", ("policy",))),
        ("kind:research", AnyOf("kind", ("research",))),
        ("年份:2021", Between("year", 2021, 2021)),
        ("年份:2021-2023", Between("year", 2021, 2023)),
        ("日期:2021-03..2021-05", Between("issued_on", 20210301, 20210531)),
        ("标题:《取暖》", Contains("title", "《取暖》")),
    ],
)
def test_fields(text, condition):
    assert _parse(text).must == (condition,)


def test_a_project_is_found_by_number_or_by_name():
    [condition] = _parse("课题:宣讲").must
    assert isinstance(condition, Either)
    assert condition.conditions[0] == AnyOf("project", ())
    assert _parse("课题:22yl037").must[0].conditions[0] == AnyOf("project", ("22YL037",))


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("2021", (20210101, 20211231)),
        ("2021年4月", (20210401, 20210431)),
        ("2021..2023", (20210101, 20231231)),
        ("2021至2023-06", (20210101, 20230631)),
        (">=2021-06", (20210601, None)),
        ("<2021", (None, 20210100)),
        ("2021..", (20210101, None)),
        ("..2021", (None, 20211231)),
    ],
)
def test_ranges_of_days(text, days):
    assert parse_range(text) == days


def test_concepts_are_the_words_with_meaning_and_their_synonyms():
    assert find_concepts("百姓名嘴的培训", ANALYSER) == (("百姓名嘴", "草根名嘴"), ("培训",))
    assert find_concepts("的", ANALYSER) == (("的",),)
    assert find_concepts("柴琬舸", ANALYSER) == (("柴琬舸",),)
