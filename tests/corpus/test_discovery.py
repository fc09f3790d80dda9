"""Candidates come out of texts that were written for this, by each rule and by counting."""

from corpus.terms import TermBase, TermSource, TermStatus
from corpus.terms.discovery import discover
from corpus.text.analyser import Analyser

TERMS = TermBase.load()
ANALYSER = Analyser(TERMS)

VILLAGES = ["青石", "柳湾", "麦岗", "桃坪", "杏林", "竹溪", "枫桥", "栗园"]


def found(*texts):
    return {term.text: term for term in discover(texts, ANALYSER, TERMS.words)}


def test_what_is_quoted_twice_is_a_candidate():
    terms = found("办好“屋场夜谈”这一品牌。", "“屋场夜谈”每月两场。", "他说“不好说”。", "“百姓名嘴”与“百姓名嘴”。")
    assert terms["屋场夜谈"].source is TermSource.QUOTED
    assert terms["屋场夜谈"].status is TermStatus.CANDIDATE
    assert terms["屋场夜谈"].occurrences == 2
    assert "不好说" not in terms, "quoted once"
    assert "百姓名嘴" not in terms, "known"


def test_a_short_form_brings_its_full_name():
    terms = found("由青石县屋场夜谈指导中心（以下简称“夜谈中心”）统筹，夜谈中心每季通报。")
    [term] = terms.values()
    assert term.text == "青石县屋场夜谈指导中心"
    assert term.aliases == ("夜谈中心",)
    assert term.source is TermSource.SHORT_FORM


def test_names_in_title_marks():
    assert found("依《屋场夜谈指南》办理。", "见《屋场夜谈指南》。")["屋场夜谈指南"].source is TermSource.TITLE


def test_words_that_often_stand_together_among_changing_neighbours():
    texts = [f"{village}村的围炉夜校{number}期办得热闹。" for number, village in enumerate(VILLAGES)]
    texts += [f"到{village}听围炉夜校讲政策，{village}人都来了。" for village in VILLAGES]
    texts += ["河堤上的柳树每年春天由养护队修剪，枯枝运到场院里堆肥。"] * 20
    terms = found(*texts)
    assert terms["围炉夜校"].source is TermSource.STATISTICS
    assert terms["围炉夜校"].occurrences == 16
    assert not [name for name in terms if name.startswith("的") or "听" in name]


def test_words_that_only_stand_in_one_place_are_none():
    assert not found(*["通知印发后各村组织收听收看。"] * 8)
