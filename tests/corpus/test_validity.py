"""How long texts say they hold. Most of what these tests deny is taken from what statutes say of certificates."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.text.folding import fold
from corpus.text.validity import find_prolongations, find_validity, may_expire, may_prolong

ISSUED = date(2024, 1, 1)


@pytest.mark.parametrize(
    ("text", "last"),
    [
        ("第九条　本办法自2024年5月1日起施行，有效期5年。", "2029-04-30"),
        ("本办法由县委宣传部负责解释，自印发之日起30日后施行，有效期三年。", "2027-01-30"),
        ("本办法自2024年1月1日起施行，由县教育局负责解释，有效期五年。", "2028-12-31"),
        ("本办法自2019年8月1日起施行，《甲办法》同时废止，有效期5年。", "2024-07-31"),
        ("本办法（试行）自2022年3月1日起实施。有效期2年。", "2024-02-29"),
        ("本规定有效期5年，自2024年2月29日起施行。", "2029-02-28"),
        ("本通知有效期至2026年12月31日。", "2026-12-31"),
        ("本细则自公布之日起施行，有效期截至二〇二五年十二月三十一日。", "2025-12-31"),
        ("本意见自2023年1月1日起施行，至2025年12月31日止。", "2025-12-31"),
        ("本细则自2022年5月1日起施行至2027年4月30日。", "2027-04-30"),
        ("本办法有效期自2022年1月1日起至2026年12月31日止。", "2026-12-31"),
        ("本通知执行时间为2023年1月1日—2023年12月31日。", "2023-12-31"),
        ("本政策自2022年1月1日至2024年12月31日执行。", "2024-12-31"),
        ("以上措施从2024年5月1日起执行到2024年9月1日。", "2024-09-01"),
        ("本办法自发布之日起试行，试行期两年。", "2025-12-31"),
        ("本方案自发布之日起试行一年。", "2024-12-31"),
        ("自2024年8月31日起实施，有效期限为6个月。", "2025-02-28"),
        ("本办法有效期延长至2028年1月1日。", "2028-01-01"),
    ],
)
def test_the_last_day(text, last):
    assert find_validity(text).last_day(ISSUED).isoformat() == last
    assert may_expire(fold(f"某办法\n{text}\n附件"))


@pytest.mark.parametrize(
    "text",
    [
        "第九条　本办法自2024年5月1日起施行。",
        "医疗器械生产许可证有效期为5年。",
        "备案自海关总署准予备案之日起生效，有效期为10年。",
        "本条例施行前已发放的证件，在有效期内继续有效。",
        "依照本办法取得的许可证有效期为五年。",
        "本办法自2019年8月1日起施行，经营许可证有效期5年。",
        "将第九条修改为：“本办法自2020年1月1日起施行，有效期5年。”",
        "申报时间自2024年5月1日起至2024年5月31日止。",
        "本合同有效期三年。",
        "本计划实施期限为2021年至2025年。",
        "本办法有效期至2026年2月30日。",
    ],
)
def test_what_is_said_of_something_else_is_not_taken(text):
    assert find_validity(text) is None


def test_a_term_without_a_first_day_needs_one_from_elsewhere():
    assert find_validity("本办法自印发之日起施行，有效期5年。").last_day(None) is None


@pytest.mark.parametrize(
    ("text", "named", "last"),
    [
        (
            "《甲办法》（甲发〔2021〕6号）有效期延长至2027年12月31日。",
            ["《甲办法》（甲发〔2021〕6号）"],
            "2027-12-31",
        ),
        ("经评估，将《甲办法》有效期延长2年。", ["《甲办法》"], "2026-12-31"),
        ("《甲办法》试行期延长六个月。", ["《甲办法》"], "2025-06-30"),
        ("《甲办法》《乙办法》继续有效，有效期至2026年12月31日。", ["《甲办法》", "《乙办法》"], "2026-12-31"),
        ("《甲办法》、《乙细则》等2件文件有效期均延长至2028年6月30日。", ["《甲办法》", "《乙细则》"], "2028-06-30"),
        ("云宣发〔2021〕6号文件继续执行至2025年12月31日。", ["云宣发〔2021〕6号"], "2025-12-31"),
    ],
)
def test_texts_that_hold_on(text, named, last):
    found = find_prolongations(text)
    assert [text[item.start : item.end] for item in found] == named
    assert {item.last_day(date(2024, 12, 31)).isoformat() for item in found} == {last}
    assert may_prolong(fold(text))


@pytest.mark.parametrize(
    "text",
    [
        "关于延长《甲办法》有效期的通知",
        "根据《立法办法》，合同有效期延长至2026年1月1日。",
        "《甲条例》规定的申报期限延长至2026年1月1日。",
        "《甲办法》自2020年1月1日起施行，有效期至2025年1月1日。",
        "《甲办法》有效期延长至2026年2月30日。",
    ],
)
def test_what_does_not_say_that_a_text_holds_on(text):
    assert find_prolongations(text) == []


def test_what_never_ends_can_be_prolonged():
    [item] = find_prolongations("《甲办法》有效期延长2年。")
    assert item.last_day(date.max).year == 9999
    assert find_validity("本办法自印发之日起30日后施行，有效期5年。").last_day(date.max).year == 9999


PIECES = st.sampled_from(
    [
        "本办法",
        "自",
        "9999年12月31日",
        "2024年2月29日",
        "印发之日",
        "起",
        "施行",
        "试行",
        "有效期",
        "5年",
        "九九九年",
        "至",
        "，",
        "。",
        "“",
    ]
)


@pytest.mark.parametrize("verb", ["延长", "延長", "延续", "顺延", "继续有效", "繼續執行", "继续实施", "继续施行"])
@pytest.mark.parametrize("end", ["至2027年5月1日", "2年"])
def test_every_verb_of_a_prolongation_is_looked_for(verb, end):
    named = "，有效期" if verb.startswith(("继", "繼")) else ""
    text = f"《甲办法》{verb}{named}{end}。"
    assert find_prolongations(text)
    assert may_prolong(fold(text))


@given(st.lists(PIECES, max_size=12).map("".join), st.dates(date(1950, 1, 1)))
def test_spans_lie_in_the_text(text, first):
    if (found := find_validity(text)) and (last := found.last_day(first)):
        assert 0 <= found.start < found.end <= len(text)
        assert found.until or last >= (found.first or first)
        assert may_expire(fold(f"某办法\n{text}\n附件"))
