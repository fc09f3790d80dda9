"""Written numbers and dates."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.text.numerals import chinese_number, chinese_numeral, parse_date

DIGITS = "零一二三四五六七八九"


def written(number: int) -> str:
    """Plain Chinese for 0 to 99,999,999, by the textbook rule."""
    if number < 10:
        return DIGITS[number]
    for unit, name in ((10_000, "万"), (1000, "千"), (100, "百"), (10, "十")):
        if number >= unit:
            head, tail = divmod(number, unit)
            gap = "零" if 0 < tail < unit // 10 else ""
            return written(head) + name + gap + (written(tail) if tail else "")
    raise AssertionError(number)


@given(st.integers(0, 99_999_999))
def test_written_numbers_are_read_back(number: int) -> None:
    assert chinese_number(written(number)) == number
    assert chinese_number(str(number)) == number


@given(st.text(st.sampled_from("零〇一二两十百千万亿廿3０壹拾 条"), max_size=30))
def test_any_string_is_a_number_or_none(text: str) -> None:
    number = chinese_number(text)
    assert number is None or number >= 0


@pytest.mark.parametrize(
    ("text", "number"),
    [("十", 10), ("十八", 18), ("廿一", 21), ("二〇二一", 2021), ("两千零五", 2005), ("壹拾伍", 15), ("3万", 30_000)],
)
def test_number(text: str, number: int) -> None:
    assert chinese_number(text) == number


@pytest.mark.parametrize("text", ["", "百", "二十十", "志愿", "三百五", "十五十", "3.5", "一二条"])
def test_what_is_no_number(text: str) -> None:
    assert chinese_number(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "2023年7月5日",
        "二〇二三年七月五日",
        "二○二三年七月五日",
        "2023-07-05",
        "2023/7/5",
        "2023.7.5",
        "２０２３年０７月５日",
    ],
)
def test_dates_in_every_form(text: str) -> None:
    assert parse_date(text) == date(2023, 7, 5)


@pytest.mark.parametrize("text", ["2023年2月30日", "2023年7月", "2023", "7月5日", "2023-7/5", "今年七月五日", ""])
def test_what_is_no_full_date(text: str) -> None:
    assert parse_date(text) is None


@given(st.dates(min_value=date(1900, 1, 1)))
def test_iso_dates_are_read_back(day: date) -> None:
    assert parse_date(day.isoformat()) == day


@pytest.mark.parametrize(
    ("number", "numeral"),
    [
        (0, "零"),
        (10, "十"),
        (19, "十九"),
        (33, "三十三"),
        (105, "一百零五"),
        (110, "一百一十"),
        (1260, "一千二百六十"),
        (2005, "二千零五"),
    ],
)
def test_numerals_of_articles(number: int, numeral: str) -> None:
    assert chinese_numeral(number) == numeral


@given(st.integers(0, 9999))
def test_numerals_are_read_back(number: int) -> None:
    assert chinese_number(chinese_numeral(number)) == number


@pytest.mark.parametrize("number", [-1, 10_000])
def test_numerals_beyond_the_range_are_refused(number: int) -> None:
    with pytest.raises(ValueError, match=str(number)):
        chinese_numeral(number)
