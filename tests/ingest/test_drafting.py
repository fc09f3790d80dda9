from itertools import pairwise

from hypothesis import given, settings

from corpus.records import Flag, VersionDraft
from ingest.blocks import Block, BlockType, ReadFile
from ingest.drafting import draft_version
from ingest.passages import HARD
from tests.ingest.test_cleaning import reads


def drafted(read: ReadFile, name: str = "未命名.txt") -> VersionDraft:
    return draft_version(read, source="/s", file_name=name, sha256="0" * 64)


@settings(max_examples=150, deadline=None)
@given(reads)
def test_any_text_becomes_a_draft_in_which_nothing_is_lost(read: ReadFile) -> None:
    draft = drafted(read)
    proof = draft.report.integrity
    assert proof is not None
    assert proof.holds, proof
    assert draft.title
    assert draft.readers


@settings(max_examples=100, deadline=None)
@given(reads)
def test_spans_are_inside_the_text_and_sections_nest(read: ReadFile) -> None:
    draft = drafted(read)
    length = len(draft.text)
    for passage in draft.passages:
        assert 0 <= passage.start < passage.end <= length
        assert draft.text[passage.start : passage.end].strip() == draft.text[passage.start : passage.end]
    for number, section in enumerate(draft.sections):
        assert section.ordinal == number
        assert 0 <= section.start <= section.end <= length
        if section.parent is None:
            assert section.level == 1
        else:
            above = draft.sections[section.parent]
            assert section.parent < number
            assert section.level == above.level + 1
            assert above.start <= section.start
            assert section.end <= above.end
    assert all(before.start <= after.start for before, after in pairwise(draft.sections))
    for item in draft.fields:
        assert all(0 <= span.start <= span.end <= length for span in (*item.spans, *item.owned))


def test_passages_keep_to_their_size() -> None:
    sentence = "社区书屋的灯亮到晚上九点，孩子们在这里写作业，老人们在这里看报纸。"
    draft = drafted(ReadFile("txt", "text/plain", (Block(sentence * 60, BlockType.LINE),)))
    sizes = [item.end - item.start for item in draft.passages]
    assert max(sizes) <= HARD
    assert min(sizes) >= 80
    ends = [draft.text[item.end - 1] for item in draft.passages]
    assert set(ends) == {"。"}


def test_text_without_punctuation_is_still_cut() -> None:
    draft = drafted(ReadFile("txt", "text/plain", (Block("无" * 9000, BlockType.LINE),)))
    assert max(item.end - item.start for item in draft.passages) <= 1400
    assert draft.report.integrity is not None
    assert draft.report.integrity.holds


def test_empty_text_has_a_title_and_no_passages() -> None:
    draft = drafted(ReadFile("txt", "text/plain", ()), "会议 记录.v2.txt")
    assert (draft.title, draft.passages, draft.text) == ("会议 记录.v2", (), "")


def test_card_shows_only_what_everybody_may_see() -> None:
    text = "第3期\n关于夜校的建议\n联系电话：0777-1234567\n【摘要】夜校供不应求，应当增加点位。\n报：市委常委"
    blocks = tuple(Block(line, BlockType.LINE) for line in text.split("\n"))
    draft = drafted(ReadFile("txt", "text/plain", blocks))
    cards = [draft.text[item.start : item.end] for item in draft.passages if Flag.CARD in item.flags]
    assert cards == ["第3期\n关于夜校的建议", "【摘要】夜校供不应求，应当增加点位。"]
