from dataclasses import replace

import pytest

from corpus.errors import InvalidQuery
from corpus.identifiers import text_hash
from corpus.records import Kind
from corpus.text.folding import fold
from search.hits import document_to_hit, hit_to_document
from search.results import Mode, SearchFilters, SearchRequest, Sort
from tests.search.library import BRIEF, NOTICE, PUBLIC, REPLY, RULES, STAFF, Source, make_draft

EVERYTHING = SearchRequest("群众 志愿 取暖 讲堂 办法 通知", limit=100)


def _titles(result):
    return [hit.title for hit in result.hits]


@pytest.mark.parametrize("mode", list(Mode))
def test_same_query_same_order(library, mode):
    request = SearchRequest("志愿服务", mode=mode, limit=50)
    first = library.search(request, STAFF)
    again = library.search(request, STAFF)
    assert first.hits
    assert first.hits == again.hits
    assert (first.total, first.facets) == (again.total, again.facets)


@pytest.mark.parametrize("mode", [Mode.HYBRID, Mode.LEXICAL, Mode.SEMANTIC])
def test_finds_by_wording_and_meaning(library, mode):
    hits = library.search(SearchRequest("志愿者的保险由谁购买", mode=mode), PUBLIC).hits
    assert hits[0].path == ["第四条"]


@pytest.mark.parametrize(
    "quoted", ['"群众选题、讲堂备题"', "“群众选题、讲堂备题”", "「群众选题、讲堂备题」", "推行“群众选题、讲堂备题”"]
)
@pytest.mark.parametrize("mode", list(Mode))
def test_a_quoted_phrase_returns_only_passages_that_hold_it(library, quoted, mode):
    result = library.search(SearchRequest(quoted, mode=mode), STAFF)
    assert result.total == len(result.hits) == 1
    assert "群众选题、讲堂备题" in result.hits[0].text
    hit = result.hits[0]
    assert "群众选题、讲堂备题" in [hit.text[start:end] for start, end in hit.highlights]


def test_several_phrases_must_all_stand_in_the_passage(library):
    assert library.search(SearchRequest('"志愿者" "保险"'), PUBLIC).total == 1
    assert library.search(SearchRequest('"志愿者" "取暖"'), PUBLIC).total == 0


def test_characters_of_a_phrase_in_another_order_do_not_match(library):
    assert library.search(SearchRequest('"讲堂备题、群众选题"'), STAFF).hits == []


def test_exact_mode_takes_the_whole_query_as_a_phrase(library):
    result = library.search(SearchRequest("冬季清洁取暖工作", mode=Mode.EXACT), PUBLIC)
    assert result.total == len(result.hits) > 0
    assert all("冬季清洁取暖工作" in fold(hit.text) for hit in result.hits)
    assert library.search(SearchRequest("取暖工作冬季", mode=Mode.EXACT), PUBLIC).total == 0


@pytest.mark.parametrize(
    "text", ["云政办发〔2021〕18号", "云政办发[2021]18号", "云政办发（2021）18 号", "云政办发【２０２１】１８号"]
)
def test_a_document_number_puts_its_document_first_and_then_who_cites_it(library, text):
    hits = library.search(SearchRequest(text), PUBLIC).hits
    of_notice = [hit for hit in hits if hit.title == NOTICE.title]
    assert len(of_notice) == len(NOTICE.parts)
    assert hits[: len(of_notice)] == of_notice
    assert hits[len(of_notice)].title == REPLY.title
    assert "mention" in hits[len(of_notice)].legs


def test_a_project_number_finds_its_documents_though_no_passage_holds_it(library):
    hits = library.search(SearchRequest("22yl037"), STAFF).hits
    assert _titles(library.search(SearchRequest("22yl037"), STAFF))[: len(BRIEF.parts)] == [BRIEF.title] * len(
        BRIEF.parts
    )
    assert [hit.locator.start for hit in hits[: len(BRIEF.parts)]] == sorted(
        hit.locator.start for hit in hits[: len(BRIEF.parts)]
    )


@pytest.mark.parametrize("text", ["云岭县志愿服务管理办法", "《云岭县志愿服务管理办法》", "云岭县志愿服务管理办法。"])
def test_a_title_puts_its_document_first(library, text):
    hits = library.search(SearchRequest(text), STAFF).hits
    assert {hit.title for hit in hits[: len(RULES.parts)]} == {RULES.title}


@pytest.mark.parametrize("text", ["云岭县志愿服务管理办法第三条", "《云岭县志愿服务管理办法》第3条怎么规定"])
def test_an_article_comes_before_passages_that_mention_it(library, text):
    hits = library.search(SearchRequest(text), PUBLIC).hits
    assert hits[0].path == ["第三条"]


def course(title, passages, **fields):
    fields = {"course_name": "乡村口述史", **fields}
    return Source(
        title, tuple(((f"第{number}节",), text) for number, text in enumerate(passages, 1)), Kind.COURSE, fields=fields
    )


SYLLABUS = course(
    "《乡村口述史》教学大纲",
    [
        "课程代码：KJ3305，学分：2，学时：32。",
        "平时成绩占百分之四十，由访谈笔记和小组汇报构成。",
        "教材由任课教师在第一次课上公布。",
    ],
    course_code="KJ3305",
)
SLIDES = course(
    "第四讲 访谈的记录与整理", ["访谈笔记在当天整理，录音逐字转写后请讲述人核对。", "小组汇报每组十五分钟。"]
)
OTHERS = Source(
    "《基层治理案例研习》教学大纲",
    tuple(((f"第{number}节",), f"平时成绩占百分之{number}十，平时成绩由出勤和访谈构成。") for number in range(1, 9)),
    Kind.COURSE,
    fields={"course_name": "基层治理案例研习", "course_code": "KJ3306"},
)


@pytest.mark.parametrize(
    ("text", "first", "title"),
    [
        ("KJ3305平时成绩", "平时成绩占百分之四十", SYLLABUS.title),
        ("kj3305 小组汇报多长时间", "小组汇报每组十五分钟", SLIDES.title),
        ("ＫＪ３３０５的访谈录音", "访谈笔记在当天整理", SLIDES.title),
        ("KJ3305", "课程代码：KJ3305", SYLLABUS.title),
        ("KJ3306平时成绩", "平时成绩占百分之", OTHERS.title),
    ],
)
def test_a_course_code_puts_all_documents_of_its_course_first(open_library, text, first, title):
    library, _ = open_library(*map(make_draft, (SYLLABUS, SLIDES, OTHERS)))
    hits = library.search(SearchRequest(text, limit=20), PUBLIC).hits
    assert hits[0].title == title
    assert hits[0].text.startswith(first)
    own = [hit.title in {SYLLABUS.title, SLIDES.title} for hit in hits]
    assert sorted(own, reverse=title != OTHERS.title) == own


def test_a_code_counts_though_a_filter_leaves_out_the_document_that_carries_it(open_library):
    dated = [
        replace(source, fields={**source.fields, "year": year}) for source, year in ((SYLLABUS, 2023), (SLIDES, 2024))
    ]
    rival = replace(OTHERS, fields={**OTHERS.fields, "year": 2024})
    library, _ = open_library(*map(make_draft, (*dated, rival)))
    filters = SearchFilters(year=2024)
    hits = library.search(SearchRequest("KJ3305访谈笔记", filters=filters, limit=20), PUBLIC).hits
    assert hits[0].title == SLIDES.title
    assert "course" in hits[0].legs
    assert SYLLABUS.title not in {hit.title for hit in hits}


def test_a_code_that_no_readable_document_has_is_a_word_like_others(open_library):
    hidden = replace(make_draft(SYLLABUS), readers=frozenset({"instructors"}))
    library, _ = open_library(hidden, *map(make_draft, (SLIDES, OTHERS)))
    hits = library.search(SearchRequest("KJ3305平时成绩", limit=20), PUBLIC).hits
    assert hits[0].title == OTHERS.title
    assert SYLLABUS.title not in {hit.title for hit in hits}
    assert all("course" not in hit.legs for hit in hits)


def test_nothing_unreadable_is_found_counted_or_listed(library):
    for text in ("22YL037", '"群众选题"', "云岭社区讲堂", BRIEF.title, "群众路线"):
        result = library.search(SearchRequest(text, limit=100), PUBLIC)
        assert {hit.kind for hit in result.hits} <= {"policy"}
        assert [facet.value for facet in result.facets["kind"]] in ([], ["policy"])
    assert library.search(SearchRequest('"群众选题"'), PUBLIC).total == 0
    assert library.search(EVERYTHING, frozenset()).hits == []


def test_filters(library):
    def titles(**filters):
        request = SearchRequest("取暖 志愿 讲堂 群众路线", filters=SearchFilters(**filters), limit=100)
        return set(_titles(library.search(request, STAFF)))

    assert titles(kind="research") == {BRIEF.title}
    assert titles(organization="云岭县财政局") == {REPLY.title}
    assert titles(year=2021) == {NOTICE.title}
    assert titles(project="22YL037") == {BRIEF.title}
    assert titles(date_from="2021-09-03", date_to="2022-01-20") == {NOTICE.title, REPLY.title}
    assert titles(course="理论基础") == {"第三讲 群众路线的形成与发展"}
    assert titles(organization="没有这个机构") == set()


def test_pages_are_slices_of_one_order(library):
    whole = library.search(EVERYTHING, STAFF)
    paged = []
    for offset in range(0, whole.total, 3):
        page = library.search(SearchRequest(EVERYTHING.text, limit=3, offset=offset), STAFF)
        assert page.total == whole.total
        assert page.facets == whole.facets
        paged += page.hits
    assert paged == whole.hits
    assert len({hit.passage_id for hit in paged}) == whole.total
    assert library.search(SearchRequest(EVERYTHING.text, offset=whole.total), STAFF).hits == []


def test_grouped_by_document(library):
    result = library.search(SearchRequest(EVERYTHING.text, limit=100, group_by_document=True), STAFF)
    assert len(set(_titles(result))) == len(result.hits) == result.total
    ungrouped = library.search(EVERYTHING, STAFF).hits
    assert [hit.passage_id for hit in result.hits] == [
        hit.passage_id for at, hit in enumerate(ungrouped) if hit.title not in [other.title for other in ungrouped[:at]]
    ]


def test_sorted_by_date_undated_last(library):
    dates = [
        hit.issued_on for hit in library.search(SearchRequest(EVERYTHING.text, sort=Sort.DATE, limit=100), STAFF).hits
    ]
    dated = [day for day in dates if day]
    assert dates == sorted(dated, reverse=True) + [None] * (len(dates) - len(dated))
    assert None in dates
    assert len(set(dated)) > 1


def test_facets_count_passages(library):
    result = library.search(EVERYTHING, STAFF)
    for name in ("kind", "organization", "year"):
        assert result.facets[name] == sorted(result.facets[name], key=lambda facet: (-facet.count, facet.value))
    assert sum(facet.count for facet in result.facets["kind"]) == result.total
    exact = library.search(SearchRequest('"志愿者"'), PUBLIC)
    assert [(facet.value, facet.count) for facet in exact.facets["kind"]] == [("policy", exact.total)]


def test_a_hit_says_where_it_stands(library):
    hit = library.search(SearchRequest('"保险费用"'), PUBLIC).hits[0]
    assert hit.citation == "《云岭县志愿服务管理办法》（云岭县人民政府，2020年3月1日），第四条"
    stored = make_draft(RULES).text
    assert stored[hit.locator.start : hit.locator.end] == hit.text
    assert hit.locator.text_hash == text_hash(hit.text)
    assert hit.locator.paragraph == 4


def test_hits_become_haystack_documents_and_back(library):
    for hit in library.search(EVERYTHING, STAFF).hits:
        assert document_to_hit(hit_to_document(hit)) == hit


def test_invalid_requests_keep_their_own_error(library):
    with pytest.raises(InvalidQuery):
        library.search(SearchRequest("  "), PUBLIC)
    with pytest.raises(InvalidQuery):
        library.search(SearchRequest("取暖", filters=SearchFilters(date_from="昨天")), PUBLIC)
    with pytest.raises(InvalidQuery):
        library.search(SearchRequest("取暖", limit=-1), PUBLIC)


def test_an_empty_library_gives_empty_results(open_library):
    searcher, _ = open_library()
    for text in ("取暖", '"取暖"', "22YL037", "云岭县志愿服务管理办法第三条"):
        result = searcher.search(SearchRequest(text), STAFF)
        assert (result.total, result.hits) == (0, [])


def test_the_catalogue_has_the_last_word_on_access_and_currency(open_library):
    searcher, catalogue = open_library(make_draft(RULES), make_draft(NOTICE))
    request = SearchRequest("志愿服务管理办法", limit=50)
    [document] = [item for item in catalogue.documents()[0] if item.title == RULES.title]
    assert RULES.title in _titles(searcher.search(request, PUBLIC))
    catalogue.update_document(document.id, readers=frozenset({"curators"}))
    assert RULES.title not in _titles(searcher.search(request, PUBLIC))
    catalogue.update_document(document.id, readers=PUBLIC)
    catalogue.trash(document.id)
    result = searcher.search(SearchRequest('"志愿者"'), PUBLIC)
    assert result.hits == []
