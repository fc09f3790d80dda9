"""Sentences cover the text and keep quotations together."""

from hypothesis import given
from hypothesis import strategies as st

from corpus.text.sentences import split_sentences


def sentences(text: str) -> list[str]:
    return [text[span.start : span.end] for span in split_sentences(text)]


@given(st.text(st.sampled_from("甲乙丙。！？；…“”（）》\n ，a.B") | st.characters()))
def test_spans_cover_the_text_without_overlap(text: str) -> None:
    assert "".join(sentences(text)) == text
    assert all(span.start < span.end for span in split_sentences(text))


def test_closing_marks_stay_with_their_sentence() -> None:
    assert sentences("大伙儿都说：“讲得好！”散场后没人走。") == ["大伙儿都说：“讲得好！”", "散场后没人走。"]


def test_no_cut_inside_a_quotation_or_bracket() -> None:
    assert sentences("他写道：“先听。再想。最后做。”（详见附录。共三页。）完。") == [
        "他写道：“先听。再想。最后做。”",
        "（详见附录。共三页。）",
        "完。",
    ]


def test_an_unclosed_quotation_does_not_swallow_the_rest() -> None:
    assert len(sentences("“开头没有关上。" + "接着说下去。" * 60)) > 20
    assert sentences("“没有关上。\n下一段。") == ["“没有关上。\n", "下一段。"]


def test_semicolons_cut_only_long_sentences() -> None:
    assert sentences("一是备课；二是试讲；三是入户。") == ["一是备课；二是试讲；三是入户。"]
    points = [f"{number}是{'组织骨干到村屯开展面对面的交流' * 3}；" for number in "一二三"]
    assert sentences("".join(points) + "以上三点请落实。") == [*points, "以上三点请落实。"]


def test_line_feeds_end_a_sentence_and_blanks_stay_behind() -> None:
    assert sentences("标题\n\n　　第一段。\n第二段") == ["标题\n\n　　", "第一段。\n", "第二段"]


def test_english_sentences_but_not_decimals() -> None:
    text = "Theory matters. Practice tests it. Growth is 3.5%。"
    assert sentences(text) == ["Theory matters. ", "Practice tests it. ", "Growth is 3.5%。"]
