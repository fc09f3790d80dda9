import copy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import InvalidQuery
from corpus.terms import TermBase
from corpus.text.analyser import Analyser
from search.engine.interface import AnyOf, Between
from search.query import MAX_CHARACTERS, build_filter, parse_query
from search.results import SearchFilters

ANALYSER = Analyser(TermBase.load())


def _parse(text):
    return parse_query(text, ANALYSER)


@pytest.mark.parametrize(
    ("text", "phrases"),
    [
        ("“点单、派单”怎么运行", ("点单、派单",)),
        ('"送学上门" 「理论宣讲」', ("送学上门", "理论宣讲")),
        ("『邻里课堂』和‘红色驿站’", ("邻里课堂", "红色驿站")),
        ("”输入法倒着打的引号“", ("输入法倒着打的引号",)),
        ("＂全角引号＂", ("全角引号",)),
        ("'single quoted' teachers' room", ("single quoted",)),
        ("it's the teachers' room", ()),
        ("“ＡＢＣ１２３”", ("abc123",)),
        ("只有一个“左引号", ()),
        ("“” 空引号", ()),
        ("以“点单、派单”为例的基层宣讲机制创新与实践", ()),
        ("基层宣讲怎样做到群众点单、讲堂备题，哪些村在用“四单”办法？", ()),
        ("“点单、派单” 基层宣讲机制创新与实践研究", ("点单、派单",)),
    ],
)
def test_quoted_phrases(text, phrases):
    assert _parse(text).phrases == phrases


@pytest.mark.parametrize(
    "text", ["国发〔2019〕5号", "国发[2019]5号", "国发（2019）５号", "国发【2019】5 号", " 国发〔２０１９〕5号 "]
)
def test_variants_of_a_document_number_are_one_identifier(text):
    assert _parse(text).identifiers == _parse("国发〔2019〕5号").identifiers != ()


@pytest.mark.parametrize("text", ["20ZK019", "20zk019", "２０ＺＫ０１９", "课题20ZK019的成果"])
def test_project_numbers(text):
    assert _parse(text).identifiers == ("20ZK019",)


def test_articles_and_the_law_they_are_of():
    query = _parse("请问农民专业合作社法第三十三条的内容是什么？")
    assert query.article == "第33条"
    assert set(query.article_forms) == {"第33条", "第三十三条"}
    assert query.named == ("农民专业合作社法", "中华人民共和国农民专业合作社法")
    assert {"农民专业合作社法第三十三条", "中华人民共和国农民专业合作社法第三十三条"} <= set(query.titles)


def test_titles_in_brackets_and_the_whole_query():
    query = _parse("《关于印发〈社区课堂办法〉的通知》由谁发布")
    assert "关于印发〈社区课堂办法〉的通知" in query.named


@pytest.mark.parametrize("text", ["", "  \n", "\u3000", "？！。", "学" * (MAX_CHARACTERS + 1)])
def test_what_cannot_be_searched_is_refused_in_chinese(text):
    with pytest.raises(InvalidQuery) as caught:
        _parse(text)
    assert any("一" <= character <= "鿿" for character in caught.value.detail)


def test_control_characters_and_lone_surrogates_are_blanks():
    query = _parse("志愿\x00服务\ud800课程")
    query.text.encode("utf-8")
    assert query.text == "志愿 服务 课程"


@given(st.text(max_size=80))
def test_any_text_is_parsed_or_refused(text):
    try:
        query = _parse(text)
    except InvalidQuery:
        return
    assert query.words or query.phrases
    assert len(set(query.words)) == len(query.words)
    assert copy.deepcopy(query) is query


def test_readers_are_in_every_filter_and_no_groups_match_nothing():
    where = build_filter({"researchers", "public"}, SearchFilters())
    assert where.must == (AnyOf("readers", ("public", "researchers")),)
    assert build_filter([], SearchFilters(year=2021)).must[0] == AnyOf("readers", ())


def test_filters_become_conditions():
    filters = SearchFilters(
        kind="policy", organization=" 某某委员会 ", year=2021, date_from="2021-04", date_to="2022", project="20ZK019"
    )
    assert set(build_filter({"public"}, filters).must) == {
        AnyOf("readers", ("public",)),
        AnyOf("kind", ("policy",)),
        AnyOf("organization", ("某某委员会",)),
        AnyOf("project", ("20ZK019",)),
        AnyOf("year", (2021,)),
        Between("issued_on", 20210401, 20221231),
    }


@pytest.mark.parametrize(
    "filters",
    [
        SearchFilters(kind="novel"),
        SearchFilters(date_from="去年"),
        SearchFilters(date_to="2021-13"),
        SearchFilters(date_from="2022-01-01", date_to="2021-01-01"),
    ],
)
def test_filters_that_cannot_be_understood_are_refused(filters):
    with pytest.raises(InvalidQuery):
        build_filter({"public"}, filters)
