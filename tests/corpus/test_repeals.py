from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.text.folding import fold
from corpus.text.repeals import find_repeals, may_repeal, named_repeal

TRIAL = "《云岭县讲堂办法（试行）》（云宣发〔2021〕6号）"


@pytest.mark.parametrize(
    ("text", "named"),
    [
        (f"第九条　本办法自2024年3月1日起施行。{TRIAL}同时废止。", [TRIAL]),
        ("本条例自公布之日起施行，2003年4月8日县人民政府发布的《云岭县集市规定》同时废止。", ["《云岭县集市规定》"]),
        (
            "原《甲办法》（甲发〔2001〕1号）、《乙办法》（乙发〔2002〕2号）和2003年印发的《丙办法》一并废止；丁另行规定。",
            ["《甲办法》（甲发〔2001〕1号）", "《乙办法》（乙发〔2002〕2号）", "《丙办法》"],
        ),
        ("自本通知印发之日起，《关于志愿时长的通知》停止执行。", ["《关于志愿时长的通知》"]),
        ("《甲办法》自本办法施行之日起废止。", ["《甲办法》"]),
        ("云宣发〔2021〕6号文件同时废止。", ["云宣发〔2021〕6号"]),
        ("云岭县人民政府关于废止《甲规定》等两件规章的决定", ["《甲规定》"]),
        ("决定废止《甲规定》、《乙规定》。", ["《甲规定》", "《乙规定》"]),
        ("根据《立法办法》，《甲规定》同时废止。", ["《甲规定》"]),
        ("《立法办法》施行后，《甲规定》同时废止。", ["《甲规定》"]),
        ("《甲条例》中关于集市的规定同时废止。", []),
        ("《甲条例》第五条同时废止。", []),
        ("修改或者废止《甲条例》应当公开征求意见。", []),
        ("《甲条例》尚未废止。", []),
        ("《甲条例》不得废止。", []),
        ("支付令失效后，按照《收费办法》补交。", []),
        ("本办法有效期五年，期满自行失效。", []),
        ("以前的规定与本办法不一致的，同时废止。", []),
    ],
)
def test_what_is_repealed(text, named):
    assert [text[item.start : item.end] for item in find_repeals(text)] == named
    assert may_repeal(fold(text)) or not named


def test_a_repeal_is_read_again_from_its_name():
    item = named_repeal("《云岭县讲堂办法（试行）》（云宣发[2021]6号）")
    assert (item.title, item.number) == ("云岭县讲堂办法（试行）", "云宣发〔2021〕6号")
    assert named_repeal("云宣发〔2021〕6号").number == "云宣发〔2021〕6号"
    assert named_repeal("《甲办法》").number is None


@pytest.mark.parametrize(
    "verb", ["废止", "廢止", "废⽌", "停止执行", "停止執行", "不再执行", "同时失效", "即行失效", "自行失效"]
)
def test_every_verb_of_a_repeal_is_looked_for(verb):
    text = f"《甲办法》{verb}。"
    assert find_repeals(text)
    assert may_repeal(fold(text))


@given(st.text(alphabet="《》（）〔〕甲办法发同时废止、。和2021号6根据", max_size=60))
def test_spans_lie_in_the_text_in_order(text):
    found = find_repeals(text)
    assert may_repeal(fold(text)) or not found
    assert all(0 <= item.start < item.end <= len(text) for item in found)
    assert all(one.end <= other.start for one, other in pairwise(found))
