from pathlib import Path

from corpus.records import Flag
from ingest.blocks import Block, BlockType, ReadFile
from ingest.drafting import draft_version
from ingest.passages import HARD, TARGET
from tests.ingest.drafts import bodies, draft_file, path_of

SENTENCE = "各街道每季度要组织一次居民议事会，听取对书屋开放时间和采购书目的意见，并把结果张贴在门口。"


def test_heading_belongs_to_the_passage_behind_it(tmp_path: Path) -> None:
    draft = draft_file(tmp_path, f"一、总体要求\n（一）目标\n{SENTENCE * 3}\n二、附则\n{SENTENCE * 3}")
    assert [text.split("\n")[0] for text in bodies(draft)] == ["一、总体要求", "二、附则"]
    assert draft.passages[0].path == ("一、总体要求", "（一）目标")


def test_passages_never_run_over_headings(tmp_path: Path) -> None:
    draft = draft_file(tmp_path, f"一、甲\n{SENTENCE}\n二、乙\n{SENTENCE}\n三、丙\n{SENTENCE}")
    assert [item.path for item in draft.passages] == [("一、甲",), ("二、乙",), ("三、丙",)]


def test_paragraphs_of_a_section_are_packed_to_the_target(tmp_path: Path) -> None:
    draft = draft_file(tmp_path, "一、甲\n" + "\n".join([SENTENCE] * 20))
    sizes = [len(text) for text in bodies(draft)]
    assert max(sizes) <= TARGET + 80
    assert min(sizes) > TARGET // 2


def test_long_paragraph_is_cut_at_sentences(tmp_path: Path) -> None:
    draft = draft_file(tmp_path, "一、甲\n" + SENTENCE * 40)
    assert all(text.endswith("。") and len(text) <= HARD for text in bodies(draft))
    assert "".join(bodies(draft)).replace("\n", "") == "一、甲" + SENTENCE * 40


def test_points_have_passages_and_paths(tmp_path: Path) -> None:
    draft = draft_file(tmp_path, f"一、甲\n{SENTENCE * 2}一是开门办馆。{SENTENCE * 2}二是送书上门。{SENTENCE * 2}")
    assert path_of(draft, "开门办馆") == ("一、甲", "一是开门办馆")
    assert path_of(draft, "送书上门") == ("一、甲", "二是送书上门")


def test_short_points_stay_together_under_their_heading(tmp_path: Path) -> None:
    draft = draft_file(
        tmp_path, f"一、甲\n{SENTENCE * 2}一是建点位，方便就近。二是聘教师，保证质量。三是排课表，错开农忙。"
    )
    assert path_of(draft, "聘教师") == ("一、甲",)


def test_article_is_one_passage_with_its_items(tmp_path: Path) -> None:
    items = "\n".join(f"（{n}）{SENTENCE}" for n in "一二三四")
    draft = draft_file(
        tmp_path,
        f"第一条 为规范管理，制定本办法。\n第二条 馆长履行下列职责：\n{items}\n第三条 本办法自公布之日起施行。",
    )
    assert [item.path for item in draft.passages] == [("第一条",), ("第二条",), ("第三条",)]


def test_tables_are_groups_of_rows() -> None:
    rows = tuple(
        Block(f"书屋：第{n}书屋；面积：{n * 10}平方米；{SENTENCE}", BlockType.TABLE_ROW, page=2) for n in range(30)
    )
    read = ReadFile("docx", "x", (Block(SENTENCE * 2), *rows, Block(SENTENCE * 2)))
    draft = draft_version(read, source="s", file_name="a.docx", sha256="0" * 64)
    tables = [item for item in draft.passages if Flag.TABLE in item.flags]
    assert len(tables) > 5
    assert all("书屋：" in draft.text[item.start : item.end] and item.page == 2 for item in tables)
    assert all(draft.text[item.start : item.end].startswith("书屋：") for item in tables)


def test_repaired_passages_say_so(tmp_path: Path) -> None:
    draft = draft_file(tmp_path, f"一、甲\n{SENTENCE}{SENTENCE[:30]}\n\n{SENTENCE[30:]}\n二、乙\n{SENTENCE * 2}")
    assert [Flag.REPAIRED in item.flags for item in draft.passages] == [True, False]


def test_paragraph_numbers_count_from_one(tmp_path: Path) -> None:
    draft = draft_file(tmp_path, f"一、甲\n{SENTENCE * 2}\n二、乙\n{SENTENCE * 2}")
    assert [item.paragraph for item in draft.passages] == [1, 3]
