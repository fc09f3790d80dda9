import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.terms import TermBase
from corpus.text.analyser import Analyser
from search.generation.follow_up import FollowUp, Turn

FOLLOW_UP = FollowUp(Analyser(TermBase.load()))


@pytest.mark.parametrize(
    ("before", "question", "whole"),
    [
        (["云岭县志愿服务管理办法什么时候施行？"], "它由谁解释？", "云岭县志愿服务管理办法由谁解释？"),
        (["云岭县志愿服务管理办法什么时候施行？"], "该办法由谁解释？", "云岭县志愿服务管理办法由谁解释？"),
        (["云岭县志愿服务管理办法什么时候施行？"], "其适用范围是什么？", "云岭县志愿服务管理办法的适用范围是什么？"),
        (
            ["云岭县志愿服务记录与激励办法何时施行？"],
            "那它的试行期多长？",
            "云岭县志愿服务记录与激励办法的试行期多长？",
        ),
        (["2022年全县注册志愿者有多少人？"], "那2023年呢？", "2023年全县注册志愿者有多少人？"),
        (["望禾县点单派单工作怎么做？"], "那云湖市呢？", "云湖市点单派单工作怎么做？"),
        (["什么是板凳课堂？"], "在哪些地方推广？", "板凳课堂在哪些地方推广？"),
        (["《云岭讲堂行动方案》要求培训多少人？"], "经费由谁承担？", "《云岭讲堂行动方案》经费由谁承担？"),
        (["课题22ZK107的负责人是谁？"], "什么时候结项？", "课题22ZK107什么时候结项？"),
        (["云岭师范学院成立于哪一年？"], "学院有多少位教师？", "云岭师范学院有多少位教师？"),
        (["云岭师范学院成立于哪一年？", "有哪些专业？"], "学院有多少位教师？", "云岭师范学院有多少位教师？"),
        (["云岭师范学院成立于哪一年？", "有哪些专业？"], "毕业生去向如何？", "云岭师范学院毕业生去向如何？"),
    ],
)
def test_a_follow_up_is_made_whole(before, question, whole):
    assert FOLLOW_UP.whole(question, [Turn(text) for text in before]) == whole


@pytest.mark.parametrize(
    ("before", "question"),
    [
        ([], "它由谁解释？"),
        (["课题22ZK107的负责人是谁？"], "什么是时间银行？"),
        (["课题22ZK107的负责人是谁？"], "时间银行是什么意思？"),
        (["云岭县志愿服务管理办法什么时候施行？"], "云湖市志愿服务条例什么时候施行？"),
        (["云岭县志愿服务管理办法什么时候施行？"], "《基层讲堂工作规则》由谁解释？"),
        (["云岭县志愿服务管理办法什么时候施行？"], "云政办发〔2021〕18号说了什么？"),
        (["？"], "它由谁解释？"),
    ],
)
def test_a_question_that_stands_alone_is_left_alone(before, question):
    assert FOLLOW_UP.whole(question, [Turn(text) for text in before]) == question


@given(st.lists(st.text(max_size=20), max_size=3), st.text(max_size=30))
def test_any_conversation_gives_a_question(before, question):
    whole = FOLLOW_UP.whole(question, [Turn(text) for text in before])
    assert whole == FOLLOW_UP.whole(question, [Turn(text) for text in before])
    assert bool(whole.strip()) or not question.strip()
