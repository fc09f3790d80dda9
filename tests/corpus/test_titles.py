import pytest

from corpus.text.titles import called, core_title, names_of, tells_of_end, title_key


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
