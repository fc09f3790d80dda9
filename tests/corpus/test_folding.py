"""Folding keeps every position, unifies variants and leaves meaning alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.text.folding import fold, fold_with_offsets

# Random Unicode seldom meets the rules; these do.
CHINESE = st.text(
    st.sampled_from("二〇○零一九年月号第国发国發令〔〕[]（）(2019５)　\u200b\u00a0⼀⻓臺灣AＢｃ①…，。\n")
    | st.characters()
)


@given(CHINESE)
def test_folding_is_one_to_one_and_idempotent(text: str) -> None:
    folded = fold(text)
    assert len(folded) == len(text)
    assert fold(folded) == folded


@given(CHINESE)
def test_offsets_lead_back_to_the_original(text: str) -> None:
    folded = fold_with_offsets(text)
    assert folded.text == fold(text)
    assert len(folded.origins) == len(folded.text) + 1
    assert list(folded.origins) == sorted(folded.origins)
    assert all(0 <= origin <= len(text) for origin in folded.origins)
    assert folded.origins[len(folded.text)] == len(text)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("ＡＢｃ１２３％", "abc123%"),
        ("（一）总则，修订：", "(一)总则,修订:"),
        ("⼀、⻓江、⺠生", "一、长江、民生"),
        ("臺灣誌願服務後來", "台湾志愿服务后来"),
        ("乾坤、哪吒", "乾坤、哪吒"),
        ("志愿\u200b服务\u3000条例\u00a0全文", "志愿 服务 条例 全文"),
        ("二〇二一年四月", "2021年四月"),
        ("二○○五年，二O一O年", "2005年,2010年"),
        ("第一〇二条", "第一零二条"),
        ("国发［２０１９］5号", "国发〔2019〕5号"),
        ("国发【2019】第5号", "国发〔2019〕第5号"),
        ("〔甲〕见[1]", "〔甲〕见[1]"),
        ("①②…㎡½", "①②…㎡½"),
    ],
)
def test_variants_fold_to_one_form(text: str, folded: str) -> None:
    assert fold(text) == folded


def test_plain_chinese_is_unchanged() -> None:
    text = "村里的大讲堂每月开讲两回，老支书说得朴实，听的人越来越多。"
    assert fold(text) == text.replace("，", ",")
