import pytest

from corpus.terms import TermBase
from corpus.text.analyser import Analyser
from corpus.text.folding import fold
from search.enumeration import enumeration_around
from search.interrogatives import AnswerType, answer_type
from search.query import parse_query
from search.question import QuestionReader, bears_type, counts_unit, other_years

TERMS = TermBase.load()
ANALYSER = Analyser(TERMS)
READER = QuestionReader(ANALYSER)


def _read(text):
    return READER.read(parse_query(text, ANALYSER).without_phrases())


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("讲师团是什么时候成立的？", AnswerType.TIME),
        ("试点工作从哪一年开始？", AnswerType.TIME),
        ("全县有多少支志愿服务队伍？", AnswerType.NUMBER),
        ("本季度选课人数是？", AnswerType.NUMBER),
        ("课程分几个单元？", AnswerType.NUMBER),
        ("保障措施有哪些？", AnswerType.LIST),
        ("为什么要开展结对共建？", AnswerType.REASON),
        ("如何组织理论宣讲？", AnswerType.MANNER),
        ("谁负责统筹协调？", AnswerType.PERSON),
        ("培训基地设在哪里？", AnswerType.PLACE),
        ("什么是邻里课堂？", AnswerType.DEFINITION),
        ("课题由教研室牵头吗？", AnswerType.FACT),
    ],
)
def test_answer_types(text, kind):
    assert answer_type(fold(text)) is kind


@pytest.mark.parametrize(
    ("kind", "sentence", "bears"),
    [
        (AnswerType.NUMBER, "共有三十二支队伍。", True),
        (AnswerType.NUMBER, "覆盖率达到百分之九十。", True),
        (AnswerType.NUMBER, "进一步壮大队伍。", False),
        (AnswerType.NUMBER, "2023年5月印发第三批名单。", False),
        (AnswerType.TIME, "2019年启动。", True),
        (AnswerType.TIME, "于次年结束。", True),
        (AnswerType.TIME, "稳步推进。", False),
        (AnswerType.FACT, "稳步推进。", True),
    ],
)
def test_a_sentence_bears_a_type(kind, sentence, bears):
    assert bears_type(kind, fold(sentence)) is bears


def test_content_terms_leave_out_what_stands_for_the_answer():
    terms = _read("志愿服务活动是什么时候在哪里启动的？").terms
    assert "志愿服务" in terms
    assert "启动" in terms
    assert not {"时候", "什么", "哪里", "的", "是"} & set(terms)


@pytest.mark.parametrize("text", ["何谓邻里课堂？", "邻里课堂的含义是什么？", "邻里课堂的定义是什么？"])
def test_words_that_ask_for_a_meaning_are_no_terms(text):
    question = _read(text)
    assert question.type is AnswerType.DEFINITION
    assert question.terms == _read("什么是邻里课堂？").terms


def test_an_unknown_name_is_one_term():
    assert "柴琬舸" in _read("柴琬舸是谁？").terms


def test_what_an_answer_must_hold():
    question = _read("辽宁省“邻里课堂”2023年用APP报名的有多少人？")
    assert question.years == (2023,)
    assert set(question.required) == {("邻里课堂",), ("app",)}
    assert question.places == ("辽宁",)
    assert question.unit == "人"


def test_ordinals_are_required_in_either_numeral():
    assert _read("第四届讲堂展示办在哪里？").required == (("第4届", "第四届"),)


@pytest.mark.parametrize(
    ("text", "places"),
    [("柴琬学院的课程代码是多少？", ("柴琬学院",)), ("沱堡县有几支队伍？", ("沱堡",)), ("普通学校怎么报名？", ())],
)
def test_bodies_and_places_that_no_dictionary_knows(text, places):
    assert _read(text).places == places


@pytest.mark.parametrize(
    ("unit", "sentence", "counts"),
    [
        ("人", "共1280人参加。", True),
        ("次", "每季度至少两次。", True),
        ("人", "人人参加，持续2个月。", False),
        ("", "3人", False),
    ],
)
def test_numbers_of_a_unit(unit, sentence, counts):
    assert counts_unit(unit, sentence) is counts


@pytest.mark.parametrize(
    ("sentence", "other"), [("2019年启动。", True), ("2023年启动，2019年筹备。", False), ("稳步启动。", False)]
)
def test_a_sentence_about_another_year(sentence, other):
    assert other_years(_read("2023年的启动情况如何？"), sentence) is other


@pytest.mark.parametrize(
    ("sentences", "index", "expected"),
    [
        (["一是建队伍。", "二是建阵地。", "三是建机制。"], 1, range(3)),
        (["主要任务如下：", "（一）摸清底数。", "（二）压实责任。", "其余另行通知。"], 0, range(3)),
        (["一是建队伍。", "要选好人。", "二是建阵地。"], 1, range(3)),
        (["一是建队伍。", "二是建阵地。", "此外要宣传。"], 2, range(2, 3)),
        (["措施如下：（一）建档。", "逐户登记。", "（二）采购。"], 0, range(3)),
        (["首先开会。", "其次分工。", "最后总结。"], 2, range(3)),
        (["一是建队伍。", "此事要紧。", "二是建阵地。"], 0, range(3)),
        (["一是建队伍。", "此外无他。"], 0, range(1)),
        (["3.5万人参加。", "3.6万人报名。"], 0, range(1)),
        (["没有列举。"], 0, range(1)),
    ],
)
def test_enumerations_are_taken_whole(sentences, index, expected):
    assert enumeration_around(sentences, index) == expected


@pytest.mark.parametrize(
    ("sentence", "other"),
    [
        ("2022年末有志愿者310人，2023年统计口径未变。", True),
        ("至2023年末有志愿者340人，比2022年多30人。", False),
        ("志愿者由2022年的310人增至2023年的340人。", False),
    ],
)
def test_a_figure_belongs_to_the_year_its_sentence_opens_with(sentence, other):
    assert other_years(_read("2023年有多少志愿者？"), sentence) is other


def test_days_may_be_counted_in_other_words():
    assert "天" not in _read("公示多少天？").terms
    assert bears_type(AnswerType.TIME, "开课两周内可以退课。")
    assert not bears_type(AnswerType.TIME, "两名学生可以退课。")


@pytest.mark.parametrize(
    ("text", "parts"), [("怎么申报课题？", {"申报课题": ("申报", "课题")}), ("课题怎么申报？", {})]
)
def test_a_longer_term_is_put_together_of_words(text, parts):
    assert _read(text).parts == parts
