"""Sources that are no longer the latest word, and wordings that were replaced."""

from dataclasses import replace

import pytest

from corpus.records import MetadataField
from corpus.terms import Term, TermBase
from corpus.text.analyser import Analyser
from search.quotation.checking import QuotationChecker
from search.quotation.findings import NoticeKind, Verdict
from search.quotation.standing import repeal_of
from search.quotation.wordings import replaced_wordings
from search.succession import Succession
from tests.search.library import PUBLIC, Source, make_draft

OLD = "讲堂每季度至少开讲一次，由值班干部登记听众意见，并在一个月内答复。"
NEW = "讲堂每月至少开讲两次，由值班干部登记听众意见，并在十个工作日内答复。"
GONE = "听众自带板凳，讲堂不另设座位，遇雨改在祠堂举行。"


def rules(title="云岭县讲堂管理办法", *sentences, **fields):
    return Source(
        title, tuple(((), sentence) for sentence in sentences), fields={"organization": "云岭县人民政府", **fields}
    )


@pytest.fixture
def check(open_library, analyser):
    """Checks a draft against a library of the sources; a version that is to be replaced comes first."""

    def run(draft, *sources, versions=()):
        searcher, catalogue = open_library(*map(make_draft, sources))
        for source in versions:
            catalogue.add_versions([replace(make_draft(source), source="/library/versions")])
        if versions:
            from search.indexing import Indexer

            Indexer(catalogue, searcher.engine, analyser, searcher_embedder).index_pending()
        return (
            QuotationChecker(catalogue, searcher.engine, analyser, TermBase(), Succession(catalogue))
            .check(draft, PUBLIC)
            .findings
        )

    from corpus.settings import Settings
    from search.embedding import open_embedder

    searcher_embedder = open_embedder(Settings())
    return run


def kinds(finding):
    return [notice.kind for notice in finding.notices]


def test_a_source_that_another_document_repeals_is_pointed_out(check):
    older = rules("云岭县讲堂管理办法", OLD, GONE, issued_on="2019-05-20")
    newer = rules("云岭县院坝讲堂工作规则", NEW, issued_on="2023-06-01", repeals=["《云岭县讲堂管理办法》"])
    [finding] = check(f"办法规定：“{OLD.rstrip('。')}”。", older, newer)
    assert (finding.verdict, kinds(finding)) == (Verdict.EXACT, [NoticeKind.REPEALED])
    [notice] = finding.notices
    assert newer.title in notice.detail
    assert notice.successor.quote == NEW.rstrip("。")


def test_of_two_texts_under_one_title_the_later_one_is_pointed_out(check):
    older = rules("云岭县讲堂管理办法", OLD, GONE, issued_on="2019-05-20")
    newer = rules("云岭县讲堂管理办法（2023年修订）", NEW, issued_on="2023-06-01")
    [finding] = check(f"办法规定：“{OLD.rstrip('。')}”。", older, newer)
    assert (finding.verdict, finding.source.title) == (Verdict.EXACT, older.title)
    assert kinds(finding) == [NoticeKind.REPLACED]
    [notice] = finding.notices
    assert notice.successor.quote == NEW.rstrip("。")
    assert notice.successor.title == newer.title
    assert "2023年6月1日" in notice.detail


def test_the_later_of_two_texts_is_the_source_if_both_have_the_words(check):
    older = rules("云岭县讲堂管理办法", NEW, issued_on="2019-05-20")
    newer = rules("云岭县讲堂管理办法", NEW, GONE, issued_on="2023-06-01")
    [finding] = check(
        f"办法规定：“{NEW.rstrip('。')}”。", replace(older), replace(newer, parts=(*newer.parts, ((), "附则。")))
    )
    assert finding.notices == []


@pytest.mark.parametrize(
    ("fields", "kinds_"),
    [
        ({"validity": "已废止"}, [NoticeKind.REPEALED]),
        ({"repealed_on": "2020-01-01"}, [NoticeKind.REPEALED]),
        ({"repealed_on": "2999-01-01"}, []),
        ({"validity": "现行有效"}, []),
        ({"expires_on": "2020-01-01"}, [NoticeKind.EXPIRED]),
        ({"expires_on": "2020-01-01", "validity": "已废止"}, [NoticeKind.REPEALED]),
        ({"expires_on": "2999-01-01"}, []),
    ],
)
def test_a_repealed_or_expired_source_is_pointed_out(check, fields, kinds_):
    [finding] = check(f"办法规定：“{OLD.rstrip('。')}”。", rules("云岭县讲堂管理办法", OLD, **fields))
    assert finding.verdict is Verdict.EXACT
    assert kinds(finding) == kinds_


def test_words_of_an_earlier_version_are_told_with_what_became_of_them(check):
    versions = [rules("云岭县讲堂管理办法", OLD, GONE), rules("云岭县讲堂管理办法", NEW)]
    draft = f"办法规定：“{OLD.rstrip('。')}”。又规定：“{GONE.rstrip('。')}”。还说：“这一句从来没有在任何版本里出现过”。"
    changed, gone, never = check(draft, versions=versions)
    assert changed.verdict is Verdict.ALTERED
    assert kinds(changed) == [NoticeKind.UPDATED_WORDING]
    assert changed.notices[0].successor == changed.source
    assert "第 1 版" in changed.notices[0].detail
    assert gone.verdict is Verdict.NOT_FOUND
    assert kinds(gone) == [NoticeKind.EARLIER_VERSION]
    assert (never.verdict, never.notices) == (Verdict.NOT_FOUND, [])


def test_earlier_versions_of_what_may_not_be_read_are_not_there(check):
    secret = replace(rules("云岭县讲堂管理办法", GONE), readers=frozenset({"researchers"}))
    later = replace(rules("云岭县讲堂管理办法", NEW), readers=frozenset({"researchers"}))
    [finding] = check(f"办法规定：“{GONE.rstrip('。')}”。", versions=[secret, later])
    assert (finding.verdict, finding.notices) == (Verdict.NOT_FOUND, [])


@pytest.mark.parametrize(
    ("validity", "ended"),
    [("已废止", True), ("宣布失效", True), ("现行有效", False), ("未废止", False), ("自2020年1月1日起施行", False)],
)
def test_what_a_document_says_of_its_validity(validity, ended):
    assert bool(repeal_of([MetadataField("validity", validity)], "2024-01-01")) is ended


def test_a_replaced_wording_is_pointed_out_where_it_is_a_word_of_its_own():
    terms = TermBase((Term("林草事务署", ("林草署",), "机构", "自然资源部"), Term("讲堂")))
    draft = "林草事务署和林草署发文，《林草事务署关于某事的通知》不改名，讲堂照办。"
    found = replaced_wordings(draft, terms, Analyser(terms))
    assert [(item.text, item.replaced_by) for item in found] == [("林草事务署", "自然资源部"), ("林草署", "自然资源部")]
    assert all(draft[item.start : item.end] == item.text for item in found)
    assert not replaced_wordings("国土资源部门要求", TermBase.load(), Analyser(TermBase.load()))
    assert replaced_wordings("国土资源部要求", TermBase.load(), Analyser(TermBase.load()))
