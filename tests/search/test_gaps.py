import pytest

from corpus.catalogue import Catalogue, GapCause
from corpus.errors import InvalidQuery
from search.gaps import MASK, GapRegister, without_personal_data
from search.results import SearchFilters
from tests.search.library import BRIEF, PUBLIC, STAFF, make_draft


@pytest.fixture
def register(tmp_path, analyser, embedder):
    with Catalogue.open(f"sqlite:///{tmp_path / 'c.sqlite3'}") as catalogue:
        yield GapRegister(catalogue, analyser, embedder), catalogue


def _ask(register, *questions):
    gaps, catalogue = register
    for question in questions:
        gaps.register(question, GapCause.ABSTAINED, PUBLIC)
    return [gap.wordings for gap in catalogue.gaps()[0]]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("云岭县的取暖补贴什么时候发放？", "云岭县的取暖补贴什么时候发放"),
        ("云岭县的取暖补贴什么时候发放？", "雲嶺縣的取暖補貼什麼時候發放？"),
        ("云岭县的取暖补贴什么时候发放？", "请问云岭县的取暖补贴是什么时候发放的呢？"),
        ("宣讲员的误餐补助标准是多少？", "误餐补助标准是多少，宣讲员的"),
    ],
)
def test_the_same_question_in_other_words_is_one_gap(register, one, other):
    [wordings] = _ask(register, one, other)
    assert wordings[0] == one


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("2022年全县改造了多少户？", "2023年全县改造了多少户？"),
        ("红石县的取暖补贴什么时候发放？", "青川县的取暖补贴什么时候发放？"),
        ("科幻小说在道德上是怎么样的？", "科幻小说在哲学上是怎么样的？"),
        ("宣讲员的误餐补助标准是多少？", "宣讲员的误餐补助由谁发放？"),
        ("“夜校联盟”什么时候成立？", "“讲堂联盟”什么时候成立？"),
        ("第三届讲堂大赛在哪里办？", "第四届讲堂大赛在哪里办？"),
    ],
)
def test_questions_that_ask_for_something_else_are_two_gaps(register, one, other):
    assert len(_ask(register, one, other)) == 2


def test_whoever_asks_again_in_other_words_is_told(register):
    gaps, catalogue = register
    _ask(register, "云岭县的取暖补贴什么时候发放？")
    catalogue.close_gap(catalogue.gaps()[0][0].id, "十月发放")
    again = gaps.register("请问云岭县的取暖补贴是什么时候发放的？", GapCause.ABSTAINED, PUBLIC)
    assert (again.status, again.note) == ("closed", "十月发放")
    assert again.question == "请问云岭县的取暖补贴是什么时候发放的？", "nobody sees another one's words"
    assert gaps.standing("云岭县的取暖补贴什么时候发放", PUBLIC).note == "十月发放"
    assert gaps.standing("取暖补贴由谁发放？", PUBLIC) is None


@pytest.mark.parametrize(
    ("question", "kept"),
    [
        ("我的电话13912345678，补贴几时到？", f"我的电话{MASK * 4}，补贴几时到？"),
        ("拨打 0731-84123456 找谁？", f"拨打 {MASK * 4} 找谁？"),
        ("身份证11010519491231002X能报名吗", f"身份证{MASK * 4}能报名吗"),
        ("发到wang.li@example.com可以吗", f"发到{MASK * 4}可以吗"),
        ("云政办发〔2021〕18号\n2021年12月1日起施行吗？", "云政办发〔2021〕18号 2021年12月1日起施行吗？"),
        ("课题20220801编号是多少", "课题20220801编号是多少"),
    ],
)
def test_numbers_and_addresses_of_people_are_not_kept(question, kept):
    assert without_personal_data(question) == kept


def test_a_question_without_letters_is_refused(register):
    with pytest.raises(InvalidQuery):
        register[0].register("？？", GapCause.REQUESTED, PUBLIC)


def test_accepted_are_only_passages_that_the_reader_can_read(open_library):
    searcher, catalogue = open_library(make_draft(BRIEF))
    answer = searcher.answer("云岭社区讲堂现有多少名宣讲员？", SearchFilters(), STAFF)
    ids = [citation.passage_id for sentence in answer.sentences for citation in sentence.citations]
    assert searcher.gaps.accept("现有多少名宣讲员？", [*ids, "no-such-passage"], PUBLIC) == 0
    assert searcher.gaps.accept("现有多少名宣讲员？", [*ids, "no-such-passage"], STAFF) == len(set(ids))
    assert {pair.passage_id for pair in catalogue.accepted_pairs()[0]} == set(ids)
