"""Completions and corrections over the test library; nobody is offered what only others may read."""

import pytest

from search.names import Name
from search.results import SearchRequest
from search.spelling import sound
from tests.search.library import BRIEF, LECTURE, LIBRARY, NOTICE, PUBLIC, RULES, STAFF, make_draft


def _texts(library, text, groups=STAFF):
    return [item.text for item in library.suggest(text, groups).completions]


@pytest.mark.parametrize("text", ["云岭社区", "社区讲堂", "關於辦好雲嶺", "guanyubanhao", "gybhylsq"])
def test_titles_are_completed_however_they_are_typed(library, text):
    assert BRIEF.title in _texts(library, text)


@pytest.mark.parametrize("text", ["云岭 调研", "调研 讲堂", "shequjiangtang", "she qu jiang", "sqjt", "社区jiangt"])
def test_titles_are_completed_from_their_middle_and_by_several_words(library, text):
    assert BRIEF.title in _texts(library, text)


@pytest.mark.parametrize("text", ["云岭 取暖 讲堂", "equjiangtang", "qu", "jt"])
def test_what_no_title_holds_or_too_little_of_it_completes_none(library, text):
    assert BRIEF.title not in _texts(library, text)


def test_what_begins_with_the_text_comes_first(library):
    texts = _texts(library, "云岭县")
    assert set(texts[:4]) >= {RULES.title, NOTICE.title}
    assert texts.index(RULES.title) < texts.index("云岭县财政局")


@pytest.mark.parametrize("text", ["志愿f", "志愿fuw", "志愿fw"])
def test_a_word_is_completed_while_it_is_typed_in_pinyin(library, text):
    assert "志愿服务" in _texts(library, text)
    assert "志愿服务" not in _texts(library, text.replace("f", "g"))


@pytest.mark.parametrize("text", ["22yl", "云政办发", "理论基", "志愿服"])
def test_numbers_courses_and_terms_are_completed(library, text):
    assert _texts(library, text)


def test_terms_are_offered_only_where_a_passage_holds_them(library):
    assert "志愿服务" in _texts(library, "志愿服务", PUBLIC)
    assert "百姓名嘴" not in _texts(library, "百姓名", STAFF), "no passage holds it"


@pytest.mark.parametrize("text", ["云岭社区", "guanyubanhao", "22YL", "第三讲", "理论基础", "院坝"])
def test_readers_are_offered_nothing_of_what_they_may_not_read(library, text):
    hidden = {BRIEF.title, LECTURE.title, "22YL037", "理论基础", "云岭县委宣传部"}
    assert not hidden & set(_texts(library, text, PUBLIC))
    assert not _texts(library, text, frozenset())


@pytest.mark.parametrize(
    ("text", "corrected"),
    [
        ("志原服务", "志愿服务"),
        ("志愿服雾组织", "志愿服务组织"),
        ("zhiyuan fuwu", "志愿服务"),
        ("zyfw", "志愿服务"),
        ("zhiyuanfuwu 保险", "志愿服务 保险"),
        ("志愿fuwu", "志愿服务"),
        ("zhiyuan服务", "志愿服务"),
        ("县志愿fuwu组织", "县志愿服务组织"),
        ("取暖fuwu", None),
        ("用app报名", None),
        ("云岭县财整局", "云岭县财政局"),
        ("云岭县志愿服务管办法", "云岭县志愿服务管理办法"),
        ("志愿服务务组织", "志愿服务组织"),
        ("志愿务服组织", "志愿服务组织"),
        ("關於志原服務，", "關於志愿服务，"),
        ("志愿服务", None),
        ("“志原服务”", None),
        ("志原服务 AND 保险", None),
        ("取暖补贴", None),
        ("ppt", None),
        ("", None),
    ],
)
def test_misspelt_names_are_put_right(library, text, corrected):
    assert library.suggest(text, STAFF).corrected == corrected


def test_nobody_is_led_to_a_name_that_others_may_read(library):
    assert library.suggest("云岭县委宣传步", STAFF).corrected == "云岭县委宣传部"
    assert library.suggest("云岭县委宣传步", PUBLIC).corrected is None


def test_a_search_says_what_may_have_been_meant(library):
    assert library.search(SearchRequest("志原服务"), PUBLIC).query.corrected == "志愿服务"
    assert library.search(SearchRequest("志愿服务"), PUBLIC).query.corrected is None


def test_names_follow_the_catalogue(open_library, monkeypatch):

    monkeypatch.setattr("search.suggestions._PAUSE", 0.0)
    monkeypatch.setattr("search.suggestions.SETTLED", 0.0)
    searcher, catalogue = open_library(make_draft(RULES))
    assert NOTICE.title not in _texts(searcher, "冬季清洁")
    catalogue.add_versions([make_draft(NOTICE)])
    assert NOTICE.title in _texts(searcher, "冬季清洁")


@pytest.mark.parametrize(("one", "other"), [("是", "四"), ("进", "静"), ("查", "擦"), ("南", "兰")])
def test_what_many_speakers_do_not_tell_apart_sounds_alike(one, other):
    assert sound(one) == sound(other)


@pytest.mark.parametrize(
    "text",
    ["志愿服务", "取暖 补贴", "志原服务", "志愿服务 云岭县财整局", "zyfw 保险", "补", "巡护河堤", "云岭 社区 讲堂"],
)
def test_the_first_search_corrects_as_later_ones_do(open_library, library, text):
    fresh, _ = open_library(*map(make_draft, LIBRARY))
    assert fresh.suggest(text, STAFF).corrected == library.suggest(text, STAFF).corrected


def test_a_first_search_for_what_stands_in_the_library_reads_no_names(open_library, monkeypatch):
    fresh, catalogue = open_library(*map(make_draft, LIBRARY))
    read = []
    names = catalogue.names
    monkeypatch.setattr(catalogue, "names", lambda column: read.append(column) or names(column))
    fresh.search(SearchRequest("取暖 补贴"), STAFF)
    assert not read
    fresh.search(SearchRequest("志原服务"), STAFF)
    assert read


def test_a_warm_library_has_its_names_spelt_out(open_library, monkeypatch):
    fresh, _ = open_library(*map(make_draft, LIBRARY))
    fresh.warm_up()
    monkeypatch.setattr(Name, "spelling", lambda _: pytest.fail("spelt out while somebody waits"))
    assert fresh.suggest("zhiyuanfuwu", STAFF).corrected == "志愿服务"
    assert BRIEF.title in _texts(fresh, "guanyubanhao")
