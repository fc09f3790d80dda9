"""Documents are found by what people call them: laws without the state, rules by their own names, numbers in haste."""

import pytest

from search.results import Mode, SearchFilters, SearchRequest
from tests.search.library import PUBLIC, STAFF, Source, make_draft

STATE_LAW = Source(
    "中华人民共和国邻里互助法",
    tuple(
        ((f"第{number}条",), f"第{number}条 {text}")
        for number, text in (
            ("一", "为鼓励邻里之间守望相助，制定本法。"),
            ("二", "任何人不得强迫他人参加互助。"),
            ("三", "乡镇应当为互助提供场所。"),
        )
    ),
    fields={"issued_on": "2021-05-01"},
)
ORDINANCE = Source(
    "邻里互助网络管理条例",
    tuple(
        ((f"第{number}条",), f"第{number}条 邻里互助法规定的互助活动，邻里互助网络{text}")
        for number, text in (("一", "应当登记。"), ("二", "应当公示邻里互助内容。"), ("三", "不得收费。"))
    ),
)
LOCAL = Source(
    "清溪市邻里互助条例",
    ((("第一条",), "第一条 本市邻里互助的内容和要求，适用本条例。"), (("第二条",), "第二条 邻里互助不得收费。")),
)
NATIONAL = Source(
    "邻里互助条例", ((("第五条",), "第五条 互助站由街道设立。"), (("第六条",), "第六条 互助站每周开放。"))
)
PRINTING = Source(
    "关于印发《清溪市讲解员星级评定办法》的通知",
    (((), "各县区：现将办法印发给你们，请遵照执行。"), (("第三条",), "第三条 讲解满五年的，可以评为三星。")),
    fields={"document_number": "清文发〔2023〕12号", "issued_on": "2023-02-01"},
)
REVIEW = Source(
    "讲解员队伍建设综述",
    (((), "清溪市讲解员星级评定办法实施以来，讲解员星级评定办法成为讲解员成长的阶梯，清文发〔2023〕12号影响很大。"),),
)
HIDDEN = Source("邻里互助法内部讨论意见", (((), "邻里互助法的内容讨论。"),), readers=frozenset({"researchers"}))
REPEALED = Source(
    "清溪市讲解津贴办法",
    (((), "讲解津贴按次发放。"),),
    fields={"document_number": "清文发〔2019〕3号", "validity": "已废止"},
)
CITING = Source(
    "讲解津贴沿革",
    (((), "清文发〔2019〕3号规定的讲解津贴，依据清文发〔2019〕3号按次发放。清文发〔2019〕3号已停止执行。"),),
)


@pytest.fixture
def searcher(open_library):
    sources = (STATE_LAW, ORDINANCE, LOCAL, NATIONAL, PRINTING, REVIEW, HIDDEN, REPEALED, CITING)
    return open_library(*map(make_draft, sources))[0]


def _first(searcher, text, groups=PUBLIC, mode=Mode.HYBRID):
    return searcher.search(SearchRequest(text, mode=mode), groups).hits[0].title


@pytest.mark.parametrize("mode", [Mode.HYBRID, Mode.LEXICAL])
@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("邻里互助法", STATE_LAW.title),
        ("《邻里互助法》", STATE_LAW.title),
        ("邻里互助法的内容", STATE_LAW.title),
        ("有没有邻里互助法", STATE_LAW.title),
        ("邻里互助法第三条", STATE_LAW.title),
        ("邻里互助条例的要求", NATIONAL.title),
        ("清溪市邻里互助条例的要求", LOCAL.title),
        ("清溪市讲解员星级评定办法", PRINTING.title),
        ("清溪市讲解员星级评定办法有什么规定", PRINTING.title),
    ],
)
def test_a_document_is_found_by_what_it_is_called(searcher, text, title, mode):
    assert _first(searcher, text, mode=mode) == title


def test_all_passages_of_a_document_that_is_named_come_first(searcher):
    hits = searcher.search(SearchRequest("邻里互助法"), PUBLIC).hits
    assert [hit.title for hit in hits[: len(STATE_LAW.parts)]] == [STATE_LAW.title] * len(STATE_LAW.parts)
    assert hits[len(STATE_LAW.parts)].title != STATE_LAW.title


@pytest.mark.parametrize("text", ["邻里互助法", STATE_LAW.title, "有没有邻里互助法"])
@pytest.mark.parametrize("mode", [Mode.HYBRID, Mode.LEXICAL])
def test_a_document_that_is_asked_for_is_listed_from_its_beginning(searcher, text, mode):
    hits = searcher.search(SearchRequest(text, mode=mode), PUBLIC).hits
    starts = [hit.locator.start for hit in hits if hit.title == STATE_LAW.title]
    assert starts == sorted(starts)
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


@pytest.mark.parametrize(
    "text",
    [
        "清文发202312号",
        "清文发 2023 12号",
        "清文发2023年12号",
        "清文发〔2023〕12",
        "清文发 2023 12",
        "清文发-2023-12号",
        "根据清文发2023年第12号文件",
    ],
)
def test_a_number_typed_in_haste_finds_its_document(searcher, text):
    assert _first(searcher, text) == PRINTING.title


def test_a_past_document_stands_above_what_mentions_its_number(searcher):
    first, *others = searcher.search(SearchRequest("清文发〔2019〕3号"), PUBLIC).hits
    assert (first.title, first.standing) == (REPEALED.title, "repealed")
    assert CITING.title in {hit.title for hit in others}


def test_a_name_leads_nobody_to_what_others_may_read(searcher):
    text = "邻里互助法内部讨论意见"
    assert _first(searcher, text, STAFF) == HIDDEN.title
    assert HIDDEN.title not in {hit.title for hit in searcher.search(SearchRequest(text), PUBLIC).hits}


def test_filters_hold_for_documents_that_are_named(searcher):
    def found(**filters):
        request = SearchRequest("邻里互助法", filters=SearchFilters(**filters))
        return {hit.title for hit in searcher.search(request, PUBLIC).hits}

    assert found(date_to="2021-12-31") == {STATE_LAW.title}
    assert STATE_LAW.title not in found(date_from="2022-01-01")
