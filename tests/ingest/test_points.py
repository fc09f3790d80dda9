import pytest

from ingest.points import Point, may_have_points, points


def texts(text: str) -> list[str]:
    return [text[item.start : item.end] for item in found(text)]


def found(text: str) -> list[Point]:
    return points(text, 0, len(text)) if may_have_points(text) else []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("抓好三件事。一是建点位；二是聘教师；三是排课表。", ["一是建点位；", "二是聘教师；", "三是排课表。"]),
        ("要做到：一要快，二要准。", ["一要快，", "二要准。"]),
        ("首先，摸底。其次，分类。最后，回访。", ["首先，摸底。", "其次，分类。", "最后，回访。"]),
        ("其一，人少。其二，钱少。", ["其一，人少。", "其二，钱少。"]),
        ("第一，选题要小。第二，语言要土。", ["第一，选题要小。", "第二，语言要土。"]),
        ("一方面增加点位，另一方面提高质量。", ["一方面增加点位，", "另一方面提高质量。"]),
        ("一是建点位。\n二是聘教师。\n以上两项年内完成。", ["一是建点位。", "二是聘教师。"]),
        ("统一是为了方便，不二是常理。", []),
        ("一是建点位。就这一件。", []),
        ("二是聘教师。三是排课表。", []),
        ("第一要求很高，一要求就做到，二要求就落实。", []),
        ("最后，散会。", []),
    ],
)  # fmt: skip
def test_points(text: str, expected: list[str]) -> None:
    assert texts(text) == expected


def test_points_within_a_point_stand_below_it() -> None:
    text = "一是管人：首先选人，其次育人。二是管钱。"
    assert [(item.label, item.sequence) for item in found(text)] == [("一是", 0), ("首先", 1), ("其次", 1), ("二是", 0)]


def test_second_list_of_the_same_kind_starts_anew() -> None:
    assert texts("问题：一是人少，二是钱少。对策：一是招人，二是筹钱。") == [
        "一是人少，",
        "二是钱少。",
        "一是招人，",
        "二是筹钱。",
    ]


def test_lists_in_different_paragraphs_are_two() -> None:
    assert texts("问题：一是人少，二是钱少。\n对策：一是招人，二是筹钱。") == [
        "一是人少，",
        "二是钱少。",
        "一是招人，",
        "二是筹钱。",
    ]
