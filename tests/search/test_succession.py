"""Documents that were repealed or replaced stand below the current ones and say so."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from corpus.days import today_in_china
from corpus.records import Kind
from search.results import SearchFilters, SearchRequest, Standing
from search.succession import DEMOTION, repeal_of
from tests.search.library import BRIEF, LECTURE, NOTICE, PUBLIC, REPLY, RULES, STAFF, make_draft

OLD = replace(RULES, fields={**RULES.fields, "issued_on": "2015-03-01"})
NEW = replace(RULES, title="云岭县志愿服务管理办法（2023年修订）", fields={**RULES.fields, "issued_on": "2023-05-04"})
ENDED = replace(NOTICE, fields={**NOTICE.fields, "validity": "已废止"})
IN_FORCE = replace(REPLY, fields={**REPLY.fields, "validity": "现行有效"})


def _draft(source, name):
    return replace(make_draft(source), source=name, sha256=f"{abs(hash(name)):064x}"[:64])


def _standings(searcher, text, groups=PUBLIC):
    return [(hit.title, hit.standing) for hit in searcher.search(SearchRequest(text, limit=30), groups).hits]


def test_an_earlier_text_of_the_same_title_stands_below_the_current_one(open_library):
    searcher, _ = open_library(_draft(OLD, "old"), _draft(NEW, "new"))
    found = _standings(searcher, "志愿服务组织应当购买意外伤害保险")
    assert found[0] == (NEW.title, None)
    assert (OLD.title, Standing.REPLACED) in found
    best = {title: place for place, (title, _) in reversed(list(enumerate(found)))}
    assert best[NEW.title] < best[OLD.title]


def test_a_successor_that_a_reader_may_not_see_is_not_betrayed(open_library):
    hidden = replace(NEW, readers=STAFF - PUBLIC)
    searcher, _ = open_library(_draft(OLD, "old"), _draft(hidden, "new"))
    assert {standing for _, standing in _standings(searcher, "志愿服务")} == {None}
    assert Standing.REPLACED in {standing for _, standing in _standings(searcher, "志愿服务", STAFF)}


def test_an_end_in_the_fields_counts(open_library):
    searcher, _ = open_library(_draft(ENDED, "ended"), _draft(IN_FORCE, "in force"))
    found = dict(_standings(searcher, "取暖"))
    assert found == {ENDED.title: Standing.REPEALED, IN_FORCE.title: None}


@pytest.mark.parametrize(("days_ago", "standing"), [(0, None), (1, Standing.EXPIRED)])
def test_a_document_holds_until_its_last_day(open_library, days_ago, standing):
    last = today_in_china() - timedelta(days=days_ago)
    searcher, _ = open_library(_draft(_until(REPLY, last), "a"), _draft(NOTICE, "b"))
    assert dict(_standings(searcher, "取暖")) == {REPLY.title: standing, NOTICE.title: None}


def test_of_an_expired_text_with_a_later_one_the_later_one_is_told(open_library):
    searcher, catalogue = open_library(_draft(_until(OLD, date(2020, 3, 1)), "old"), _draft(NEW, "new"))
    ids = {document.title: document.id for document in catalogue.documents()[0]}
    past = searcher.past(ids[OLD.title], PUBLIC)
    assert (past.standing, [item.title for item in past.by]) == (Standing.REPLACED, [NEW.title])


@pytest.mark.parametrize(
    ("entry", "standing"),
    [
        ("《云岭县志愿服务管理办法》有效期延长至2999年12月31日", None),
        ("《云岭县志愿服务管理办法》有效期延长至2021年12月31日", Standing.EXPIRED),
        ("《云岭县志愿服务管理办法》有效期延长12个月", Standing.EXPIRED),
        ("《云岭县志愿服务管理办法》有效期延长999个月", None),
        ("《云岭县集市管理办法》有效期延长至2999年12月31日", Standing.EXPIRED),
    ],
)
def test_a_text_whose_time_was_prolonged_holds_on(open_library, entry, standing):
    notice = replace(NOTICE, fields={**NOTICE.fields, "issued_on": "2019-12-01", "prolongs": [entry]})
    old = _until(OLD, date(2020, 3, 1))
    searcher, catalogue = open_library(_draft(old, "old"), _draft(notice, "notice"))
    ids = {document.title: document.id for document in catalogue.documents()[0]}
    past = searcher.past(ids[OLD.title], PUBLIC)
    assert (past and past.standing) == standing
    prolonged = searcher.prolonged(ids[OLD.title], PUBLIC)
    assert (prolonged and prolonged.by.title) == (notice.title if "志愿服务" in entry else None)
    assert searcher.prolonged(ids[notice.title], PUBLIC) is None


def _until(source, day):
    return replace(source, fields={**source.fields, "expires_on": day.isoformat()})


@pytest.mark.parametrize(
    ("title", "said"),
    [
        ("某办法（已废止）", "已废止"),
        ("某办法(已失效)", "已失效"),
        ("【已停止执行】关于某事的通知", "已停止执行"),
        ("某条例（2010年修订）（已被废止）", "已被废止"),
        ("某规定（2020年1月1日起废止）", "2020年1月1日起废止"),
        ("某规定（2030年1月1日起废止）", None),
        ("某规定（部分废止）", None),
        ("某规定（未废止）", None),
        ("关于废止某办法的决定", None),
        ("关于修改和废止部分规章的决定（附废止目录）", None),
        ("某办法（试行）", None),
    ],
)
def test_an_end_in_brackets_of_the_title(title, said):
    assert repeal_of((), "2026-05-01", title) == said


def test_a_document_whose_title_says_that_it_ended_is_badged(open_library):
    ended = replace(NOTICE, title=NOTICE.title + "（已废止）")
    searcher, _ = open_library(_draft(ended, "ended"), _draft(IN_FORCE, "in force"))
    assert dict(_standings(searcher, "取暖")) == {ended.title: Standing.REPEALED, IN_FORCE.title: None}


def test_a_copy_stands_below_and_is_counted(open_library):
    searcher, _ = open_library(_draft(NOTICE, "a.docx"), _draft(NOTICE, "a.pdf"), _draft(IN_FORCE, "b"))
    found = searcher.search(SearchRequest("全县计划改造农户", limit=30), PUBLIC)
    best, copy = [hit for hit in found.hits if hit.text == found.hits[0].text]
    assert copy.score == pytest.approx(best.score * DEMOTION)
    assert copy.document_id != best.document_id
    assert {hit.standing for hit in found.hits} == {None}


REPEALING = replace(
    NEW,
    title="云岭县邻里互助办法",
    fields={
        "issued_on": "2023-05-04",
        "validity": "自2023年6月1日起施行",
        "repeals": [f"《{OLD.title}》（云政发〔2015〕3号）"],
    },
)
NUMBERED = replace(OLD, fields={**OLD.fields, "document_number": "云政发〔2015〕3号"})


def test_a_document_that_another_repeals_is_badged_and_stands_below(open_library):
    searcher, _ = open_library(_draft(NUMBERED, "old"), _draft(REPEALING, "new"))
    found = _standings(searcher, "志愿服务组织应当购买意外伤害保险")
    assert found[0] == (REPEALING.title, None)
    assert (OLD.title, Standing.REPEALED) in found


@pytest.mark.parametrize(
    ("old", "new", "standing"),
    [
        ({"document_number": "云政发〔2015〕3号"}, {}, Standing.REPEALED),
        ({"title": "另一个名称", "document_number": "云政发〔2015〕3号"}, {}, Standing.REPEALED),
        ({"document_number": "云政发〔2015〕30号"}, {}, None),
        ({}, {}, Standing.REPEALED),
        ({"issued_on": "2024-01-01"}, {}, None),
        ({}, {"validity": "自2999年1月1日起施行"}, None),
        ({}, {"effective_on": "2999-01-01", "validity": ""}, None),
        ({"title": "关于做好有关工作的通知"}, {"repeals": ["《关于做好有关工作的通知》"]}, None),
        (
            {"title": "关于做好有关工作的通知", "organization": "云岭县民政局"},
            {"repeals": ["《关于做好有关工作的通知》"], "organization": "云岭县民政局"},
            Standing.REPEALED,
        ),
        (
            {"title": "关于印发《云岭县讲堂办法》的通知", "organization": "云岭县民政局"},
            {"repeals": ["《云岭县讲堂办法》"], "organization": "云岭县民政局"},
            Standing.REPEALED,
        ),
        (
            {"document_number": "云岭县人民政府令第3号"},
            {"repeals": [f"《{OLD.title}》（县政府令第3号）"]},
            Standing.REPEALED,
        ),
        ({"title": "中华人民共和国讲堂法"}, {"repeals": ["《讲堂法》"]}, Standing.REPEALED),
        ({"title": "云岭县实施《讲堂法》办法"}, {"repeals": ["《云岭县实施〈讲堂法〉办法》"]}, Standing.REPEALED),
        ({"title": "关于印发《云岭县讲堂办法》的通知"}, {"repeals": ["《云岭县讲堂办法》"]}, None),
    ],
)
def test_what_a_repeal_means(open_library, old, new, standing):
    fields = {"issued_on": "2015-03-01", **{name: value for name, value in old.items() if name != "title"}}
    ended = replace(OLD, title=old.get("title", OLD.title), fields=fields)
    searcher, catalogue = open_library(
        _draft(ended, "old"), _draft(replace(REPEALING, fields={**REPEALING.fields, **new}), "new")
    )
    ids = {document.title: document.id for document in catalogue.documents()[0]}
    past = searcher.past(ids[ended.title], PUBLIC)
    assert (past and past.standing) == standing
    assert searcher.past(ids[REPEALING.title], PUBLIC) is None
    if past:
        assert [item.title for item in past.by] == [REPEALING.title]


def test_a_repeal_that_a_reader_may_not_see_is_not_betrayed(open_library):
    hidden = replace(REPEALING, readers=STAFF - PUBLIC)
    searcher, _ = open_library(_draft(NUMBERED, "old"), _draft(hidden, "new"))
    assert {standing for _, standing in _standings(searcher, "志愿服务")} == {None}
    assert Standing.REPEALED in {standing for _, standing in _standings(searcher, "志愿服务", STAFF)}


QUESTION = "志愿者的意外伤害保险由谁购买？"


def test_answers_take_the_current_text(open_library):
    searcher, _ = open_library(_draft(NUMBERED, "old"), _draft(REPEALING, "new"))
    answer = searcher.answer(QUESTION, SearchFilters(), PUBLIC)
    assert answer.sentences[0].citations[0].title == REPEALING.title
    for sentence in answer.sentences:
        for citation in sentence.citations:
            assert citation.standing == (Standing.REPEALED if citation.title == OLD.title else None)


def test_answers_say_where_there_is_no_current_text(open_library):
    searcher, _ = open_library(_draft(replace(NUMBERED, fields={**NUMBERED.fields, "validity": "已废止"}), "old"))
    answer = searcher.answer(QUESTION, SearchFilters(), PUBLIC)
    assert answer.sentences
    assert {citation.standing for item in answer.sentences for citation in item.citations} == {Standing.REPEALED}


def test_equal_titles_of_other_kinds_or_without_dates_replace_nothing(open_library):
    course = replace(NEW, title=RULES.title, kind=Kind.COURSE)
    undated = replace(RULES, fields={})
    searcher, _ = open_library(_draft(OLD, "old"), _draft(course, "course"), _draft(undated, "undated"))
    assert {standing for _, standing in _standings(searcher, "志愿服务", STAFF)} == {None}


def test_documents_like_one_are_those_about_the_same(library, open_library):
    searcher, catalogue = open_library(*map(make_draft, (BRIEF, NOTICE, REPLY, RULES, LECTURE)))
    ids = {document.title: document.id for document in catalogue.documents()[0]}
    found = searcher.similar(ids[NOTICE.title], STAFF)
    assert found[0].title == REPLY.title, "both are about the subsidy for heating"
    assert NOTICE.title not in {hit.title for hit in found}
    assert len({hit.document_id for hit in found}) == len(found)
    assert {hit.title for hit in searcher.similar(ids[NOTICE.title], PUBLIC)} <= {REPLY.title, RULES.title}
