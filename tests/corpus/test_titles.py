import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.terms import TermBase
from corpus.text.analyser import Analyser
from corpus.text.titles import called, core_title, find_called, may_name, names_of, tells_of_end, title_key

ANALYSER = Analyser(TermBase.load())


def test_the_key_of_a_title_is_the_same_however_it_is_set_off():
    assert title_key("《社区课堂管理办法》 ") == title_key("社区课堂管理办法。") == "社区课堂管理办法"
    assert title_key("《甲法》和《乙法》") == "《甲法》和《乙法》"


def test_titles_lose_the_bracket_that_tells_versions_apart():
    assert core_title("某条例（2023年修订）") == core_title("某条例(试行)") == core_title("某条例") == "某条例"
    assert core_title("关于印发《某条例（试行）》的通知") == "关于印发《某条例（试行）》的通知"


def test_a_document_is_called_by_its_title_and_by_what_it_prints():
    assert names_of("关于印发《某县讲堂办法》的通知") == ("关于印发《某县讲堂办法》的通知", "某县讲堂办法")
    assert names_of("中华人民共和国讲堂法") == ("讲堂法",) == (called("《讲堂法》"),)
    assert called("某县实施〈讲堂法〉办法") == called("某县实施《讲堂法》办法")


@pytest.mark.parametrize(
    ("title", "tells"), [("某办法（已废止）", True), ("关于废止某办法的决定", True), ("某办法（试行）", False)]
)
def test_words_of_an_end(title, tells):
    assert tells_of_end(title) is tells


def _called(text):
    return [item.value for item in find_called(text, ANALYSER.tagged(text))]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("信访条例的内容", "信访条例"),
        ("学习信访条例", "信访条例"),
        ("请问教育法怎么规定", "教育法"),
        ("宪法规定公民有哪些义务", "宪法"),
        ("《中华人民共和国慈善法》里的救助", "慈善法"),
        ("中华人民共和国慈善法", "慈善法"),
        ("邻里互助条例（2023年修订）全文", "邻里互助条例(2023年修订)"),
        ("松岭省邻里互助条例和邻里互助条例有什么不同", "邻里互助条例"),
        ("松岭省邻里互助条例和邻里互助条例有什么不同", "松岭省邻里互助条例"),
        ("关于印发〈邻里互助办法〉的通知", "邻里互助办法"),
    ],
)
def test_what_may_be_a_name_is_found_in_a_question(text, name):
    assert may_name(text)
    assert name in _called(text)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("北京市信访条例", "信访条例"),
        ("宪法修正案", "宪法"),
        ("浙江省实施《慈善法》办法", "慈善法"),
        ("某县实施慈善法办法", "慈善法"),
        ("这个办法和那个规定", "办法"),
        ("先学教育，法不容情", "教育,法"),
    ],
)
def test_a_part_of_a_longer_name_is_none(text, name):
    assert name not in _called(text)


@pytest.mark.parametrize("text", ["什么叫从群众中来", "合法权益怎么保护", "想一想有什么做法", "学习方法"])
def test_most_questions_name_no_document(text):
    assert not may_name(text)


@given(st.text("信访条例《》教育法（2）的，。 \n学和第三条ａ", max_size=30))
def test_names_stand_where_they_are_said_to(text):
    for item in find_called(text, ANALYSER.tagged(text)):
        assert item.value == called(text[item.start : item.end])
        assert may_name(text)
