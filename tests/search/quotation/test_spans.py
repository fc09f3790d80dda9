import pytest

from corpus.records import Span
from search.quotation.spans import SpanKind, find_spans

LONG = "这项工作关系千家万户的切身利益，必须统筹谋划、扎实推进，不能一蹴而就"


def texts(draft, kind=None):
    return [draft[span.start : span.end] for span in find_spans(draft) if kind in {None, span.kind}]


@pytest.mark.parametrize(
    ("draft", "found"),
    [
        ("他说：“一抓到底。”", ["一抓到底"]),
        ("他说「一抓到底」，又说『久久为功』。", ["一抓到底", "久久为功"]),
        ('他说"一抓到底"，＂久久为功＂。', ["一抓到底", "久久为功"]),
        ("“坚持“放管服”改革，一抓到底”", ["坚持“放管服”改革，一抓到底"]),
        ("“一抓到底……久久为功”", ["一抓到底", "久久为功"]),
        ("“一抓到底...久久为功”", ["一抓到底", "久久为功"]),
        ("《关于改革的意见》已印发。", []),
        ("“”、“……”、“，”、“难”", []),
        ("“没有收尾的引号，一抓到底", []),
    ],
)
def test_marks(draft, found):
    assert texts(draft) == found


@pytest.mark.parametrize(
    ("draft", "found"),
    [
        ("会议强调：要一抓到底，久久为功。会后散步。", ["要一抓到底，久久为功"]),
        ("会议指出: 要坚持“放管服”改革，一抓到底。", ["要坚持“放管服”改革，一抓到底"]),
        ("会议指出，要一抓到底。", []),
        ("负责人表示：要久久为功。", ["要久久为功"]),
        ("会议指出：“要一抓到底。”", []),
        ("通知说“应当符合规划要求：不得破坏风貌”。", []),
    ],
)
def test_clauses_after_a_verb_of_saying(draft, found):
    assert texts(draft, SpanKind.CLAUSE) == found


def test_lines_of_a_block_quotation_are_found_one_by_one():
    assert texts("原文：\n> 一抓到底，\n＞“久久为功。”\n完。", SpanKind.BLOCK) == ["一抓到底", "久久为功"]


def test_what_the_format_sets_off_is_a_block_quotation_and_nonsense_ranges_are_none():
    draft = "原文如下。\n一抓到底。\n完。"
    found = find_spans(draft, [Span(6, 11), Span(-1, 3), Span(5, 5), Span(9, 900)])
    assert [(draft[span.start : span.end], span.kind) for span in found] == [("一抓到底", SpanKind.BLOCK)]


def test_long_sentences_are_looked_up_and_titles_are_not():
    title = "《" + "关于进一步加强和改进新形势下基层理论宣讲工作若干问题的意见" + "》"
    assert texts(f"短句。{LONG}。\n根据{title}。", SpanKind.UNMARKED) == [LONG]


def test_what_stands_between_quotations_has_none_of_their_marks():
    copied = "是指住在楼院里、愿意讲身边事、由居民推举并且登记在册的讲书人，也就是"
    draft = f"文件里说，“讲书人”{copied}“楼院先生”，大家都认得。"
    [unmarked] = [span for span in find_spans(draft) if span.kind is SpanKind.UNMARKED]
    assert draft[unmarked.start : unmarked.end] == copied


def test_a_span_without_end_is_cut():
    assert max(map(len, texts("文" * 7_000))) == 2_000


@pytest.mark.parametrize(
    ("draft", "named"),
    [
        ("《甲办法》第三条规定：“一抓到底”", ("《甲办法》",)),
        ("《甲办法》已废止。现行规定：“一抓到底”", ()),
        ("《甲办法》（国办发[2019]5号）规定：“一抓到底”", ("《甲办法》", "国办发〔2019〕5号")),
        ("《甲办法》写“久久为功”，《乙办法》写：“一抓到底”", ("《乙办法》",)),
        ("《甲办法》写“久久为功”，又写：“一抓到底”", ("《甲办法》",)),
        ("《关于印发《甲办法》的通知》规定：“一抓到底”", ("《关于印发《甲办法》的通知》",)),
        ("有人说“一抓到底”（《乙办法》第二条）。", ("《乙办法》",)),
        ("《甲办法》规定：\n> 一抓到底", ("《甲办法》",)),
    ],
)
def test_named_sources(draft, named):
    assert find_spans(draft)[-1].named == named
