import pytest

from corpus.terms import TermBase
from corpus.text.analyser import Analyser
from corpus.text.folding import fold
from search.interrogatives import AnswerType, answer_type, asked_action, plain_spelling, without_interrogatives
from search.query import parse_query
from search.question import QuestionReader

ANALYSER = Analyser(TermBase.load())
READER = QuestionReader(ANALYSER)


def _read(text):
    return READER.read(parse_query(text, ANALYSER).without_phrases())


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("水库离县城多少公里？", "公里"),
        ("选派了几名辅导员？", "名"),
        ("试用期是几个月？", "月"),
        ("补贴标准是多少？", ""),
        ("培训要多长时间？", ""),
    ],
)
def test_the_unit_is_the_word_that_is_counted(text, unit):
    assert _read(text).unit == unit


@pytest.mark.parametrize(
    ("text", "asked"),
    [("柴琬舸从事什么职业？", "职业"), ("石桥建于哪个朝代？", "朝代"), ("什么是邻里课堂？", ""), ("有哪些措施？", "")],
)
def test_the_noun_of_which_an_instance_is_asked_for(text, asked):
    assert _read(text).asked == asked


@pytest.mark.parametrize(
    ("text", "absent"),
    [
        ("这本书出自哪部丛书？", "哪部"),
        ("讲师团于何年成立？", "何年"),
        ("加班会不会另算补助？", "会不会"),
        ("那门课考什么？", "那门"),
        ("甚么是院坝会？", "甚么"),
        ("啥时候开班？", "啥"),
        ("谁来管补助？", "谁来"),
        ("来自农村的有谁？", "谁"),
        ("哪些人能参评？", "人"),
        ("怎样才能当上楼长？", "当上"),
    ],
)
def test_words_that_ask_are_no_terms(text, absent):
    assert absent not in "".join(_read(text).terms)


def test_what_a_choice_asks_about_stays():
    assert without_interrogatives("符不符合条件") == "  符合条件"
    assert without_interrogatives("如何种树") == "如何种树"
    assert without_interrogatives("几内亚在何处") == "几内亚在  "


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("截止时间为什么推迟？", AnswerType.REASON),
        ("截止时间是？", AnswerType.TIME),
        ("在哪间教室上课？", AnswerType.PLACE),
        ("几内亚的首都叫什么？", AnswerType.FACT),
        ("啥时候开班？", AnswerType.TIME),
        ("上午几点开始？", AnswerType.TIME),
        ("提了几点要求？", AnswerType.NUMBER),
        ("宣讲员咋选？", AnswerType.MANNER),
        ("材料在哪儿领？", AnswerType.PLACE),
        ("令人咋舌的事例有哪些？", AnswerType.LIST),
        ("谁能报名？", AnswerType.ELIGIBILITY),
        ("哪些老师可以参评？", AnswerType.ELIGIBILITY),
        ("啥样的人有资格当评委？", AnswerType.ELIGIBILITY),
        ("怎么才能成为会员？", AnswerType.ELIGIBILITY),
        ("参评需要什么条件？", AnswerType.ELIGIBILITY),
        ("评选范围是什么？", AnswerType.ELIGIBILITY),
        ("怎么当好讲解员？", AnswerType.MANNER),
        ("谁主持开班式？", AnswerType.PERSON),
        ("哪些人参加了座谈？", AnswerType.LIST),
    ],
)
def test_kinds_of_answers(text, kind):
    assert answer_type(plain_spelling(fold(text))) is kind


@pytest.mark.parametrize(
    ("text", "action"),
    [("宣讲员怎么登记？", "登记"), ("怎么登记宣讲员？", "登记"), ("有异议怎么办？", ""), ("登记要多久？", "")],
)
def test_what_is_to_be_done(text, action):
    assert asked_action(fold(text), _read(text).terms) == action
