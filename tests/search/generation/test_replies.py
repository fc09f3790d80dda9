from hypothesis import given
from hypothesis import strategies as st

from search.generation.replies import ReplyReader


def read(pieces):
    reader = ReplyReader()
    found = [sentence for piece in pieces for sentence in reader.feed(piece)]
    return found + reader.finish()


def test_sentences_keep_their_markers():
    text = "甲为一。[1] 乙为二[2]。\n- 丙为三。【1】【3】丁为“四。五。”[2]\n戊"
    assert read([text]) == ["甲为一。[1]", "乙为二[2]。", "- 丙为三。【1】【3】", "丁为“四。五。”[2]", "戊"]


def test_a_sentence_is_given_as_soon_as_the_next_one_begins():
    reader = ReplyReader()
    assert reader.feed("甲为一。") == []
    assert reader.feed("[1") == []
    assert reader.feed("]乙") == ["甲为一。[1]"]
    assert reader.finish() == ["乙"]


def test_what_a_model_thinks_aloud_is_no_sentence():
    assert read(["<think>也许。", "是二。</think>", "甲为一。[1]"]) == ["甲为一。[1]"]
    assert read(["<think>一直想下去。"]) == []


@given(st.text(alphabet="甲乙。；！\n[]1【】“”", max_size=60), st.integers(1, 7))
def test_the_cut_into_pieces_changes_no_character(text, size):
    pieces = [text[at : at + size] for at in range(0, len(text), size)]
    assert "".join("".join(read(pieces)).split()) == "".join(text.split())
