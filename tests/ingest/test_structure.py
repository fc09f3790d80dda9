from corpus.records import Section
from ingest.blocks import Block, BlockType, ReadFile
from ingest.cleaning import clean
from ingest.structure import sections
from tests.ingest.drafts import lines, outline


def outline_of(text: str) -> list[str]:
    return outline(sections(clean(lines(text))))


def of_blocks(*blocks: Block, reader: str = "docx") -> tuple[Section, ...]:
    return sections(clean(ReadFile(reader, "x", blocks)))


def test_levels_follow_the_document_not_a_fixed_order() -> None:
    text = "（一）总则\n1.目的\n一、便民\n二、高效\n2.范围\n（二）附则"
    assert outline_of(text) == ["（一）总则", "  1.目的", "    一、便民", "    二、高效", "  2.范围", "（二）附则"]


def test_numbers_must_count_up() -> None:
    text = "一、目标\n五、这一行多半是正文里引来的\n二、任务\n三、保障"
    assert outline_of(text) == ["一、目标", "二、任务", "三、保障"]


def test_numbering_that_runs_through_the_document_goes_on_under_the_next_heading() -> None:
    text = "一、目标\n（一）近期\n（二）远期\n二、任务\n（三）摸底\n（四）补短"
    assert outline_of(text) == ["一、目标", "  （一）近期", "  （二）远期", "二、任务", "  （三）摸底", "  （四）补短"]


def test_same_style_inside_itself_and_back() -> None:
    text = "1.总体\n1.子项甲\n2.子项乙\n3.子项丙\n2.保障\n3.附则"
    found = outline_of(text)
    assert found[0] == "1.总体"
    assert found[-2:] == ["2.保障", "3.附则"]


def test_run_in_heading_is_the_first_sentence() -> None:
    long = "各单位要按照职责分工抓好落实，确保按期完成。" * 4
    assert outline_of(f"（一）压实责任。{long}\n（二）{long}") == [
        "（一）压实责任",
        "（二）各单位要按照职责分工抓好落实，确保按期完成",
    ]


def test_decimals_need_their_chapter() -> None:
    text = "1 总则\n1.1 目的\n1.2 依据\n2 组织\n2.1 指挥部\n2.1.1 职责\n2.1.2 办公室\n3.15 晚会不是标题"
    assert outline_of(text) == [
        "1 总则", "  1.1 目的", "  1.2 依据", "2 组织", "  2.1 指挥部", "    2.1.1 职责", "    2.1.2 办公室",
    ]  # fmt: skip


def test_articles_run_through_the_chapters_and_may_skip() -> None:
    text = "第一章 总则\n第一条 甲。\n第二条 乙。\n第二章 附则\n第三条 丙：\n（一）子；\n（二）丑。\n第五条 丁。"
    assert outline_of(text) == [
        "第一章 总则", "  第一条", "  第二条", "第二章 附则", "  第三条", "    （一）子", "    （二）丑", "  第五条",
    ]  # fmt: skip


def test_table_of_contents_is_no_outline() -> None:
    text = "目　录\n第一章 总则\n第二章 附则\n第一章 总则\n第一条 甲。\n第二章 附则\n第二条 乙。"
    assert outline_of(text) == ["第一章 总则", "  第一条", "第二章 附则", "  第二条"]


def test_numbering_that_restarts_below_a_title_is_a_document_of_its_own() -> None:
    text = "导论\n一、对象\n甲。\n二、方法\n乙。\n劳动与价值\n一、商品\n丙。\n二、货币\n丁。"
    assert outline_of(text) == ["一、对象", "二、方法", "劳动与价值", "  一、商品", "  二、货币"]


def test_attachments_start_trees_of_their_own_and_a_list_of_them_does_not() -> None:
    notice = "一、目标\n内容。\n附件：1.书屋名单\n2.评分表\n青川省教育厅\n2023年5月9日"
    text = f"{notice}\n附件1\n书屋名单\n一、城区\n二、乡镇\n附件2\n评分表"
    found = sections(clean(lines(text)))
    assert outline(found) == ["一、目标", "附件1 书屋名单", "  一、城区", "  二、乡镇", "附件2 评分表"]
    goal = clean(lines(text)).text[found[0].start : found[0].end]
    assert goal == "一、目标\n内容。"


def test_format_headings_and_numbering_share_one_tree() -> None:
    found = of_blocks(
        Block("课程概览", heading_level=1),
        Block("1.目标"),
        Block("2.方法"),
        Block("第一章　商品", heading_level=1),
        Block("1.使用价值"),
        Block("（1）定义"),
        Block("小结", heading_level=2),
    )
    assert outline(found) == [
        "课程概览", "  1.目标", "  2.方法", "第一章　商品", "  1.使用价值", "    （1）定义", "  小结",
    ]  # fmt: skip
    assert [item.style for item in found] == ["outline", "1.", "1.", "第X章", "1.", "（1）", "outline"]


def test_only_first_level_heading_is_the_title() -> None:
    found = of_blocks(
        Block("夜校手册", heading_level=1), Block("开课", heading_level=2), Block("停课", heading_level=2)
    )
    assert outline(found) == ["开课", "停课"]


def test_table_rows_and_notes_are_no_headings() -> None:
    assert of_blocks(Block("一、甲", BlockType.TABLE_ROW), Block("二、乙", BlockType.NOTE)) == ()


def test_sections_cover_what_stands_under_them() -> None:
    text = clean(lines("一、甲\n子。\n（一）丑\n寅。\n二、卯\n辰。"))
    spans = {item.heading: text.text[item.start : item.end] for item in sections(text)}
    assert spans == {"一、甲": "一、甲\n子。\n（一）丑\n寅。", "（一）丑": "（一）丑\n寅。", "二、卯": "二、卯\n辰。"}
