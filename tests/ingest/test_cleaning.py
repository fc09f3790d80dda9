import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.blocks import Block, BlockType, ReadFile, RemovedBlock
from ingest.cleaning import CleanText, clean
from ingest.integrity import original_text, restore, solid
from tests.ingest.drafts import lines

BODY = "各街道要把书屋开放时间调整到居民下班以后，周末至少开放六个小时，并在门口张贴值班志愿者的姓名和电话，方便居民"


def paragraphs(text: CleanText) -> list[str]:
    return [text.line(item) for item in text.paragraphs]


def joined(*parts: str) -> list[str]:
    return paragraphs(clean(lines("\n\n".join(parts))))


def test_sentence_cut_by_a_page_break_is_one_again() -> None:
    result = clean(lines(f"{BODY}\n\n随时联系。"))
    assert result.text == f"{BODY}随时联系。"
    assert [(item.kind, item.start, item.original) for item in result.repairs] == [("line_join", len(BODY), "\n")]


@pytest.mark.parametrize(
    "parts",
    [
        ("青川省人民政府关于全面推行社区书屋", "共建共享制度的指导意见"),
        ("一、坚持以群众需求为导向，不断提高书屋的管理和服务水平", "坚持群众需要什么书就配什么书。"),
        (f"{BODY}。", "随后召开会议。"),
        ("报：省委常委，省人大、省政府、省政协领导同志，省委副秘书长，各市党委、政府主要负责同志", "省社科联编"),
        ("送：各市委宣传部，省直有关单位，各高等学校，省委办公厅信息处，省政府办公厅信息处，各县委", "共印 90 份"),
        ("青川省人民政府", "2023年5月9日"),
        ("组　长：陈一帆　副省长", "副组长：李木子　省政府副秘书长", "周天行　省教育厅厅长"),
        ("各市、县（市、区）人民政府，省政府各部门、各直属机构，各高等学校，各团体：", "为落实会议精神，通知如下。"),
        (f"{BODY}", "附件：1.书屋建设标准"),
        (f"{BODY}", "二、随时联系群众"),
        ("1", "15172.500", "103655.000", "2", "14829.000"),
    ],
)  # fmt: skip
def test_lines_that_stand_alone_stay_apart(parts: tuple[str, ...]) -> None:
    assert joined(*parts) == list(parts)


def test_open_bracket_goes_on_in_the_next_line() -> None:
    assert joined("（作者系市社科规划课题《夜校研究》", "(22CL015) 课题组：周明远）") == [
        "（作者系市社科规划课题《夜校研究》(22CL015) 课题组：周明远）"
    ]


def test_quotation_over_several_paragraphs_stays_so() -> None:
    parts = ["他说：“书屋办得好不好，要看灯亮不亮。", "“灯亮着，就有人来；有人来，书就活了。”"]
    assert joined(*parts) == parts


def test_distribution_list_goes_on_after_a_comma() -> None:
    assert joined("送：市教育局、市民政局、", "市文化广电旅游局") == ["送：市教育局、市民政局、市文化广电旅游局"]


def test_hard_wrapped_text_is_unwrapped() -> None:
    paragraph = "　　" + "乡村书屋的灯亮到晚上九点，孩子们在这里写作业，老人们在这里看报纸，谁也不打扰谁。" * 4
    text = "\n".join(paragraph[i : i + 30] for i in range(0, len(paragraph), 30))
    result = clean(lines(f"{text}\n{text}"))
    assert paragraphs(result) == [paragraph.strip()] * 2


def test_stray_english_and_is_put_right_and_recorded() -> None:
    result = clean(lines("发挥党员 and 群众的作用，学习 Python and 数据，连词 and 的用法。"))
    assert result.text == "发挥党员和群众的作用，学习 Python and 数据，连词 and 的用法。"
    assert [(item.kind, item.original) for item in result.repairs] == [("stray_word", " and ")]


def test_stray_and_at_the_end_of_a_line() -> None:
    result = clean(lines(f"{BODY} and\n志愿者随时联系。"))
    assert result.text == f"{BODY}和志愿者随时联系。"
    assert solid(restore(result)) == solid(f"{BODY} and 志愿者随时联系。")


def test_indentation_goes_and_inner_blanks_stay() -> None:
    assert clean(lines("　　会议　认为\t如下  \n\n\u200b\n")).text == "会议　认为\t如下"


def test_page_numbers_and_running_heads_are_taken_out_and_recorded() -> None:
    pages = "\n".join(
        f"乡村书屋工作手册\n{BODY}\n第{number}件事要办好，办完以后在台账上签字。\n— {number} —"
        for number in range(1, 5)
    )
    result = clean(lines(pages))
    assert "手册" not in result.text
    assert "—" not in result.text
    kinds = [item.kind for item in result.removals]
    assert (kinds.count("page_number"), kinds.count("running_head")) == (4, 4)
    assert solid(restore(result)) == solid(pages)


def test_sentence_is_joined_across_a_page_number() -> None:
    result = clean(lines(f"{BODY}\n— 3 —\n随时联系。"))
    assert result.text == f"{BODY}随时联系。"
    assert result.repairs[0].kind == "page_break_join"
    assert (result.removals[0].original, result.removals[0].at) == ("— 3 —", len(BODY))


def test_numbers_of_a_table_are_no_page_numbers() -> None:
    assert clean(lines("1\n张三\n2\n李四\n3\n王五")).removals == ()


def test_paragraphs_of_a_format_are_joined_only_where_a_page_ends() -> None:
    blocks = (
        Block(BODY, page=1),
        Block("随时联系。", page=1),
        Block(BODY, page=1),
        Block("马上联系。", page=2, page_start=True),
    )
    assert paragraphs(clean(ReadFile("pdf", "application/pdf", blocks))) == [BODY, "随时联系。", f"{BODY}马上联系。"]


def test_headings_tables_and_notes_are_never_joined() -> None:
    blocks = (
        Block(BODY, BlockType.LINE),
        Block("随时联系。", BlockType.TABLE_ROW),
        Block(BODY, BlockType.LINE, heading_level=2),
        Block("随时联系。", BlockType.LINE),
    )
    assert len(clean(ReadFile("x", "x", blocks)).paragraphs) == 4


def test_removed_blocks_keep_their_place() -> None:
    blocks = (Block("甲", BlockType.PARAGRAPH), Block("乙", BlockType.PARAGRAPH))
    removed = (
        RemovedBlock("navigation", "首页", 0),
        RemovedBlock("page_number", "1", 1),
        RemovedBlock("footer", "备案", 2),
    )
    result = clean(ReadFile("html", "text/html", blocks, removed))
    assert restore(result) == "首页甲1\n乙备案"


words = st.sampled_from(
    [
        *"，。、（）《》：\n\x0c\u200b",
        *("志愿服务", "工作", " and ", "　　", "abc", "12", "关于", "的通知", BODY),
        *("一、", "第三条 ", "附件1", "一是", "二是", "【摘要】", "报：", "2023年5月9日", "— 2 —"),
    ]
)
texts = st.one_of(st.lists(words, max_size=30).map("".join), st.text(max_size=80))
blocks = st.builds(
    Block,
    text=texts,
    type=st.sampled_from(BlockType),
    heading_level=st.sampled_from([None, None, None, 1, 2]),
    indented=st.sampled_from([None, True, False]),
    blank_before=st.booleans(),
    page=st.sampled_from([None, 1, 2]),
    page_start=st.booleans(),
    key_value=st.sampled_from([False, False, True]),
)
reads = st.builds(
    ReadFile,
    reader=st.sampled_from(["txt", "pptx", "docx"]),
    media_type=st.just("text/plain"),
    blocks=st.lists(blocks, max_size=12).map(tuple),
    removed=st.lists(
        st.builds(RemovedBlock, kind=st.just("navigation"), text=texts, before=st.integers(-1, 14)), max_size=3
    ).map(tuple),
)


@settings(deadline=None)
@given(reads)
def test_every_change_can_be_undone(read: ReadFile) -> None:
    result = clean(read)
    assert solid(restore(result)) == solid(original_text(read))


@settings(deadline=None)
@given(reads)
def test_canonical_text_is_one_paragraph_per_line(read: ReadFile) -> None:
    result = clean(read)
    assert result.text == "\n".join(result.line(item) for item in result.paragraphs)
    assert all(line == line.strip() and line for line in result.text.split("\n")) or not result.text
