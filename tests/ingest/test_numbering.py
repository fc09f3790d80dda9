import pytest

from ingest.numbering import numbering


@pytest.mark.parametrize(
    ("line", "style", "number", "label"),
    [
        ("第二编　分则", "第X编", 2, "第二编"),
        ("第十章 附则", "第X章", 10, "第十章"),
        ("第3讲：村规民约", "第X讲", 3, "第3讲"),
        ("第一单元 总论", "第X讲", 1, "第一单元"),
        ("第二节　处罚", "第X节", 2, "第二节"),
        ("第一百三十二条 本法自公布之日起施行。", "第X条", 132, "第一百三十二条"),
        ("第十条之二　前款规定……", "第X条", 10, "第十条之二"),
        ("一、总体要求", "一、", 1, "一、"),
        ("二十一．其他", "一、", 21, "二十一．"),
        ("（十二）强化保障。", "（一）", 12, "（十二）"),
        ("(三) 考核", "（一）", 3, "(三)"),
        ("㈡ 分工", "㈠", 2, "㈡"),
        ("1.压实责任", "1.", 1, "1."),
        ("2、压实责任", "1.", 2, "2、"),
        ("（3）定期通报", "（1）", 3, "（3）"),
        ("4）定期通报", "1）", 4, "4）"),
        ("⑤ 定期通报", "①", 5, "⑤"),
        ("2.1.3 成员单位职责", "1.1/2", 3, "2.1.3"),
        ("4.2 应急响应", "1.1/1", 2, "4.2"),
        ("3 预警监测", "1 ", 3, "3"),
        ("乙、乙方义务", "甲、", 2, "乙、"),
        ("【教学目标】掌握概念", "【】", 0, ""),
    ],
)
def test_numbering_is_read(line: str, style: str, number: int, label: str) -> None:
    found = numbering(line)
    assert found is not None
    assert (found.style, found.number, found.label) == (style, number, label)


@pytest.mark.parametrize(
    "line",
    [
        "2021.5召开会议",
        "2021年5月1日",
        "1.5万人参加",
        "12 月底前完成",
        "3 个月内答复",
        "第三条规定的期限",
        "第一章的内容",
        "第一课程体系",
        "十分重要",
        "一个也不能少",
        "（见附件）",
        "总体要求",
        "",
    ],
)
def test_years_decimals_quantities_and_prose_are_no_numbering(line: str) -> None:
    assert numbering(line) is None
