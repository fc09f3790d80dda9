"""Slips of the keys and of the ear are told from other words, and from other numbers."""

import pytest

from corpus.terms import Term, TermBase, TermStatus
from corpus.text.analyser import Analyser
from corpus.text.folding import fold
from search.misspelling import misspellings, slip
from search.names import Names, Origin

STAFF = frozenset({"staff"})
NAMES = ("百姓名嘴", "立项", "学时", "义工", "志愿服务管理办法", "清溪县财政局", "第二十讲社区治理", "2023年课题指南")


def _meant(text, names=NAMES, groups=STAFF, terms=()):
    known = Names([(name, Origin.TITLE, frozenset({STAFF})) for name in names])
    analyser = Analyser(TermBase(tuple(Term(term, status=TermStatus.ACCEPTED) for term in terms)))
    return [(text[start:end], name.text) for start, end, name in misspellings(fold(text), known, groups, analyser)]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("百性明嘴", "百姓名嘴"),
        ("百姓名最", "百姓名嘴"),
        ("百名嘴", "百姓名嘴"),
        ("百姓姓名嘴", "百姓名嘴"),
        ("百名姓嘴", "百姓名嘴"),
        ("志愿服务管办法", "志愿服务管理办法"),
        ("志愿服务管理办办法", "志愿服务管理办法"),
        ("清溪县财整局", "清溪县财政局"),
        ("亲溪县财政局", "清溪县财政局"),
        ("立相", "立项"),
        ("社区治埋", None),
    ],
)
@pytest.mark.parametrize("around", ["{}", "怎样申请{}", "{}的主要内容"])
def test_a_slip_is_found_among_other_words(written, meant, around):
    assert _meant(around.format(written)) == ([(written, meant)] if meant else [])


@pytest.mark.parametrize(
    "text", ["台湾有哪三处地理现象", "乙二醛的化学式是什么", "记忆功能研究", "设立香山镇的原由", "百姓名嘴"]
)
def test_what_two_words_share_is_no_slip(text):
    assert not _meant(text)


@pytest.mark.parametrize("text", ["第十二讲社区治理", "2032年课题指南", "202年课题指南", "20223年课题指南"])
def test_a_number_is_not_another_number(text):
    assert not _meant(text)


def test_a_name_that_is_part_of_what_is_meant_may_be_right():
    names = ("志愿服务", "志愿服务管理办法")
    assert _meant("志愿服务管理办珐", names) == [("志愿服务管理办珐", "志愿服务管理办法")]
    assert not _meant("志愿服务", names)


def test_a_word_of_the_dictionary_is_no_slip():
    assert not _meant("史诗", ("实施",))
    assert not _meant("理相", ("立项",), terms=("理相",))


def test_nobody_is_told_of_a_name_that_others_may_read():
    assert not _meant("百性明嘴", groups=frozenset({"public"}))


def test_several_names_are_put_right_in_order():
    assert _meant("清溪县财整局的百性名嘴") == [("清溪县财整局", "清溪县财政局"), ("百性名嘴", "百姓名嘴")]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("社区讲", "社区讲堂"),
        ("区讲堂", "社区讲堂"),
        ("社区大讲堂", "社区讲堂"),
        ("社会讲坛", "社区讲堂"),
        ("社讲", "社讲堂"),
        ("讲社", "社讲"),
        ("四讲", "十讲"),
    ],
)
def test_other_differences_are_no_slips(written, meant):
    assert slip(written, meant) is None
