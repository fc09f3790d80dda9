"""Documents that were repealed or replaced stand below the current ones and say so."""

from dataclasses import replace

import pytest

from corpus.records import Kind
from search.results import SearchRequest, Standing
from search.succession import repeal_of
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
