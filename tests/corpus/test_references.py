"""Numbers of documents, projects and articles: every way of writing gives one normal form."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.text.references import (
    find_article_numbers,
    find_dates,
    find_document_numbers,
    find_law_names,
    find_project_numbers,
    find_typed_numbers,
    normalise_identifier,
)

BRACKETS = ["〔〕", "[]", "［］", "【】", "（）", "()", "﹝﹞", "《》", "〈〉", "「」"]


@pytest.mark.parametrize("brackets", BRACKETS)
@pytest.mark.parametrize("number", ["18号", "第18号", "018号", " 18 号", "１８号"])
def test_document_number_in_every_bracket(brackets: str, number: str) -> None:
    written = f"黑政办规{brackets[0]}2023{brackets[1]}{number}"
    text = f"现将有关事项通知如下，参见{written}。"
    (found,) = find_document_numbers(text)
    assert found.value == "黑政办规〔2023〕18号"
    assert text[found.start : found.end] == written
    assert normalise_identifier(written) == normalise_identifier("黑政办规〔2023〕18号") == found.value


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("根据国办函〔2022〕9号和财教〔2021〕30号要求", ["国办函〔2022〕9号", "财教〔2021〕30号"]),
        ("《关于开展宣讲的通知》（人社部发〔2020〕3号）", ["人社部发〔2020〕3号"]),
        ("（国令第７１３号）", ["国务院令第713号"]),
        ("中华人民共和国国务院令\n第713号", ["国务院令第713号"]),
        ("根据教育部令第四十一号", ["教育部令第41号"]),
        ("黑龙江省人民政府令第3号", ["黑龙江省人民政府令第3号"]),
        ("见文献[2019]和2019年5号楼", []),
        ("(1998年3月2日县政府令第12号)", ["县政府令第12号"]),
        ("号令第3号台风", []),
    ],
)
def test_document_numbers_in_running_text(text: str, values: list[str]) -> None:
    assert [found.value for found in find_document_numbers(text)] == values


def test_orders_have_one_key() -> None:
    keys = {
        normalise_identifier(text)
        for text in ("国令第713号", "国务院令第七百一十三号", "中华人民共和国国务院令 第713号")
    }
    assert keys == {"国务院令第713号"}


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("（21ZK006）课题组：王某", ["21ZK006"]),
        ("立项22bzz014、23&zd102", ["22BZZ014", "23&ZD102"]),
        ("２２ＢＺＺ０１４", ["22BZZ014"]),
        ("2022YFC3300100资助", ["2022YFC3300100"]),
        ("黑社科22B031", ["黑社科22B031"]),
        ("项目编号：DIA220017", ["DIA220017"]),
        ("批准号：72204001", ["72204001"]),
        ("16GB内存，2019-00007，电话0451-5363", []),
        ("项目编号：无", []),
        ("教育部人文社会科学研究项目（21YJA710033）", ["21YJA710033"]),
        ("国家自然科学基金项目“社区治理研究”（72204001）", ["72204001"]),
        ("省教育厅科研项目（SJGZ20220012）、厅级课题（22NDJC045YB）", ["SJGZ20220012", "22NDJC045YB"]),
        ("课题启动（20210301），联系项目办（13800138000），基金（2021）", []),
    ],
)
def test_project_numbers(text: str, values: list[str]) -> None:
    found = find_project_numbers(text)
    assert [reference.value for reference in found] == values
    assert [normalise_identifier(text[reference.start : reference.end]) for reference in found] == values


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("第三十三条之一", ["第33条之1"]),
        ("第33条、第一百零五条", ["第33条", "第105条"]),
        ("第 十 条", ["第10条"]),
        ("第二〇条", ["第20条"]),
        ("条例第条", []),
    ],
)
def test_article_numbers(text: str, values: list[str]) -> None:
    assert [found.value for found in find_article_numbers(text)] == values


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("依照《中华人民共和国慈善法》第十条", ["慈善法"]),
        ("依据慈善法第十条、刑法第二百条之一", ["慈善法", "刑法"]),
        ("志愿服务条例(试行)第五条怎么说", ["志愿服务条例"]),
        ("违反本法第三条的规定", []),
    ],
)
def test_law_names(text: str, values: list[str]) -> None:
    found = find_law_names(text)
    assert [reference.value for reference in found] == values
    assert all(text[reference.start : reference.end].endswith(reference.value) for reference in found)


def test_dates() -> None:
    text = "自2023年7月1日起施行，二〇二三年六月三十日印发，2023年2月30日不存在。"
    found = find_dates(text)
    assert [reference.value for reference in found] == ["2023-07-01", "2023-06-30"]
    assert text[found[1].start : found[1].end] == "二〇二三年六月三十日"


@given(st.text(st.sampled_from("国发令第〔2019〕[]5号条之一社科ZK&《》法 年月日\n") | st.characters()))
def test_spans_lie_in_the_text_and_keys_are_stable(text: str) -> None:
    for find in (find_document_numbers, find_project_numbers, find_article_numbers, find_law_names, find_dates):
        for found in find(text):
            assert 0 <= found.start < found.end <= len(text)
    key = normalise_identifier(text)
    assert normalise_identifier(key) == key


@pytest.mark.parametrize(
    "unit", ["国", "国发〔2019", "第三十", "20ZK", "社科", "《", "令第一", "法法", "2021年", "项目编号"]
)
def test_hostile_text_takes_linear_time(unit: str) -> None:
    text = unit * (200_000 // len(unit))
    started = time.process_time()
    for find in (find_document_numbers, find_project_numbers, find_article_numbers, find_law_names, find_dates):
        find(text)
    assert time.process_time() - started < 5


@pytest.mark.parametrize("text", ["国发〔二〇一九〕五号", "国发（二○一九）第5号", "国发[2019]五号"])
def test_document_numbers_in_chinese_digits(text: str) -> None:
    assert [reference.value for reference in find_document_numbers(f"根据{text}文件")] == ["国发〔2019〕5号"]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("国发201843号", ["国发〔2018〕43号"]),
        ("国发 2018 43号", ["国发〔2018〕43号"]),
        ("国发2018年第43号文件", ["国发〔2018〕43号"]),
        ("国发-2018-43", ["国发〔2018〕43号"]),
        ("国发〔2018〕43", ["国发〔2018〕43号"]),
        ("　国发 ２０１８ ４３ ", ["国发〔2018〕43号"]),
        ("根据松文明办2022年15号怎么办理", ["松文明办〔2022〕15号"]),
        ("国发〔2018〕43号", ["国发〔2018〕43号"]),
        ("国庆2019年10月1号放假", []),
        ("疫情2020年5000人", []),
        ("国庆2019 10天", []),
        ("公布日期2019-03-05", []),
        ("2018年43号", []),
    ],
)
def test_document_numbers_typed_in_haste(text: str, values: list[str]) -> None:
    found = find_typed_numbers(text)
    assert [item.value for item in found] == values
    assert [text[item.start] for item in found] == [value[0] for value in values]
