import re

from hypothesis import given
from hypothesis import strategies as st

from corpus.likeness import PERMUTATIONS, ROWS, likeness, shared, shingles

TEXT = "".join(
    f"第{number}组志愿者把旧书分类登记，送到离家不远的{number * 7}号书屋，由管理员核对后上架。" for number in range(40)
)


def test_the_same_letters_in_another_layout_are_the_same_text():
    first, second = likeness(TEXT), likeness(re.sub("。", "。\n　　", TEXT).replace("，", ","))
    assert first is not None
    assert first == second
    assert len(first.bands) == PERMUTATIONS // ROWS


def test_a_revised_text_shares_bands_and_another_text_does_not():
    revised = likeness(TEXT.replace("第7组志愿者", "第七组退休教师") + "本办法自发布之日起施行。")
    other = likeness("".join(f"{number}月的雨量比上年同期少，水库蓄水位下降{number}厘米。" for number in range(40)))
    first = likeness(TEXT)
    assert first is not None
    assert revised is not None
    assert other is not None
    assert set(first.bands) & set(revised.bands)
    assert first.letters != revised.letters
    assert not set(first.bands) & set(other.bands)


def test_the_values_are_those_that_libraries_hold():
    found = likeness(TEXT)
    assert found is not None
    assert {27193708023399031, 69416852837777066} < {*found.bands}  # of datasketch 2.0.0, 64 values, seed 1, affine32


def test_short_texts_are_not_compared():
    assert likeness("目录\n附件") is None


@given(st.text(max_size=200), st.text(max_size=200))
def test_the_share_is_symmetric_and_one_for_the_same(one, other):
    first, second, text = map(shingles, (one, other, TEXT))
    assert shared(first, second) == shared(second, first)
    assert 0 <= shared(first, second) <= 1
    assert shared(text, text) == 1.0


def test_the_share_is_that_of_five_letter_runs():
    def runs(text):
        return {text[at : at + 5] for at in range(len(text) - 4)}

    one, other = "甲乙丙丁戊己庚辛壬癸子丑", "甲乙丙丁戊己庚辛寅卯辰巳"
    expected = len(runs(one) & runs(other)) / len(runs(one) | runs(other))
    assert shared(shingles(one), shingles(other)) == expected
