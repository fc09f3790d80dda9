import re
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from corpus.errors import DamagedFile
from ingest.blocks import BlockType
from ingest.readers import read_file
from ingest.readers.decoding import GB2312_LEVEL_1, decode

NOTICE = "关于做好社区志愿服务站建设的通知\r\n\r\n各街道办事处：\r\n　　为推进志愿服务，现将有关事项通知如下。\r\n"
HAN = st.text(alphabet=sorted(GB2312_LEVEL_1)[:2000], min_size=1, max_size=60)
PROSE = st.builds(
    "，".join,
    st.lists(
        st.builds(lambda han, rest: f"{rest}理论宣讲进社区{han}。\n", HAN, st.sampled_from(["", "A", "12 "])),
        min_size=1,
        max_size=5,
    ),
)


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16", "utf-16-le", "utf-16-be", "big5"]
)
def test_encodings(tmp_path: Path, encoding: str) -> None:
    text = (
        NOTICE
        if encoding != "big5"
        else "關於做好社區服務工作的通知\n\n各位同學：\n　　為推進服務，現將有關事項通知如下。\n"
    )
    path = tmp_path / "a.txt"
    path.write_bytes(text.encode(encoding))
    read = read_file(path)
    assert [block.text for block in read.blocks] == [line for line in text.splitlines() if line]
    assert not read.warnings


@pytest.mark.parametrize("text", ["通知", "联通", "通知.docx"])
def test_short_chinese_that_is_valid_utf_8_by_chance(text: str) -> None:
    assert decode(text.encode("gbk")).text == text
    assert decode("façade, naïve, Ελλάδα, Россия".encode()).text == "façade, naïve, Ελλάδα, Россия"


def test_japanese_is_not_taken_for_rare_chinese() -> None:
    text = "名前,年齢,住所\n佐藤太郎,30,東京\n三木英子,25,大阪\n"
    assert decode(text.encode("cp932")).text == text


@settings(max_examples=60, deadline=None)
@given(PROSE, st.sampled_from(["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16", "utf-16-le", "utf-16-be"]))
def test_any_chinese_prose_survives_its_encoding(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding)).text == text


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn"])))
def test_any_text_survives_utf_8(text: str) -> None:
    assume(not re.search("[\u0250-\u036f\u0590-\u07ff]", text))  # may be Chinese in GBK, see below
    assert decode(text.encode("utf-8")).text == text.removeprefix("\ufeff")


def test_lines_keep_indentation_blank_lines_and_page_breaks(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("标题\n\n　　第一段，\n顶格续行。\f第二页\n", encoding="utf-8")
    title, first, wrapped, page = read_file(path).blocks
    assert {block.type for block in (title, first, wrapped, page)} == {BlockType.LINE}
    assert (first.text, first.indented, first.blank_before) == ("　　第一段，", True, True)
    assert (wrapped.indented, wrapped.blank_before) == (False, False)
    assert (page.page_start, page.blank_before) == (True, True)


def test_a_file_without_line_breaks_is_split_where_paragraphs_begin(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("　　同志们：今天我们开会。　　第一，统一思想。　　第二，狠抓落实。", encoding="utf-8")
    assert [block.text.strip() for block in read_file(path).blocks] == [
        "同志们：今天我们开会。",
        "第一，统一思想。",
        "第二，狠抓落实。",
    ]


def test_one_broken_byte_is_a_warning_not_a_refusal(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    data = bytearray((NOTICE * 20).encode("utf-8"))
    data[100] = 0xFF
    path.write_bytes(data)
    read = read_file(path)
    assert "请与原件核对" in read.warnings[0]
    assert "志愿服务" in read.blocks[-1].text


@pytest.mark.parametrize(
    "data",
    [
        bytes(range(256)) * 20,
        b"\x00\x01\x02\x03" * 100,
        b"\xff\xfe" + b"\x00\xd8" * 50,
    ],
)
def test_binary_is_no_text(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(data)
    with pytest.raises(DamagedFile, match="编码"):
        read_file(path)
