"""Folding keeps every position, unifies variants and leaves meaning alone."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.text.bulk_folding import fold_many
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


@given(st.lists(CHINESE | st.text(st.characters(exclude_categories=()))))
def test_many_texts_are_folded_as_each_by_itself(texts: list[str]) -> None:
    assert fold_many(texts) == [fold(text) for text in texts]


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
        ("国发〔二〇一九〕五号", "国发〔2019〕五号"),
        ("国发（二○一九）十二号", "国发〔2019〕十二号"),
        ("〔甲〕见[1]", "〔甲〕见[1]"),
        ("⻑⺼⻗⺝", "长肉雨月"),
        ("①②…㎡½", "①②…㎡½"),
    ],
)
def test_variants_fold_to_one_form(text: str, folded: str) -> None:
    assert fold(text) == folded


def test_plain_chinese_is_unchanged() -> None:
    text = "村里的大讲堂每月开讲两回，老支书说得朴实，听的人越来越多。"
    assert fold(text) == text.replace("，", ",")


def _single_variants() -> list[str]:
    """Code points that Unicode takes for a variant of one other: full-width signs, radicals, compatibility forms."""
    ranges = ((0x2F00, 0x2FD6), (0xF900, 0xFB00), (0x2F800, 0x2FA20), (0xFF01, 0xFF5F))
    characters = (chr(code) for low, high in ranges for code in range(low, high))
    return [character for character in characters if len(unicodedata.normalize("NFKC", character)) == 1]


@given(st.sampled_from(_single_variants()))
def test_a_variant_of_one_character_folds_to_it(character: str) -> None:
    assert fold(character) == fold(unicodedata.normalize("NFKC", character))


@given(st.sampled_from("①②⑳㈠㊀㎡½…‥％‰℃Ⅳ") | st.characters(min_codepoint=0x2460, max_codepoint=0x24FF))
def test_what_one_sign_says_is_not_spelt_out(sign: str) -> None:
    assert len(fold(sign)) == 1
    assert not fold(sign).isdecimal()


BRACKETS = st.sampled_from(["〔〕", "[]", "［］", "()", "（）", "【】", "〖〗", "「」", "《》", "＜＞"])


@given(BRACKETS, st.integers(1949, 2049), st.integers(1, 9999), st.booleans())
def test_a_document_number_is_one_however_it_is_bracketed(brackets: str, year: int, number: int, wide: bool) -> None:
    digits = str(year).translate(str.maketrans("0123456789", "０１２３４５６７８９")) if wide else str(year)
    assert fold(f"国发{brackets[0]}{digits}{brackets[1]}{number}号") == f"国发〔{year}〕{number}号"


@given(st.integers(1900, 2099), st.sampled_from("零〇○◯Oo"))
def test_a_year_is_one_however_its_digits_are_written(year: int, zero: str) -> None:
    written = str(year).translate(str.maketrans("0123456789", f"{zero}一二三四五六七八九"))
    assert fold(f"{written}年") == f"{year}年"
