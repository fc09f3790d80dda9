from pathlib import Path

import pytest

from ingest.blocks import BlockType, ReadFile
from ingest.readers import read_file
from ingest.readers.web_fields import split_fields

PAGE = """<!DOCTYPE html><html><head><meta charset="{charset}">
<title>江城市人民政府关于推进乡村阅读的意见_江城市人民政府</title>
<meta name="PubDate" content="2023-05-06"><style>p{{color:red}}</style></head><body>
<div class="nav"><a href="/">首页</a> <a href="/zw">政务</a></div>
<table><tr><td><b>索 引 号：</b></td><td>0001/2023-1</td><td>主题分类：</td><td>文化</td></tr>
<tr><td>发文机关：</td><td>江城市人民政府</td><td>成文日期：</td><td>2023年5月4日</td></tr>
<tr><td>标　　题：</td><td colspan="3">江城市人民政府关于推进乡村阅读的意见</td></tr>
<tr><td>发文字号：</td><td>江政发〔2023〕7号</td><td>主 题 词：</td><td></td></tr></table>
<div id="UCAP-CONTENT"><p style="text-align:center">江城市人民政府关于推进<br>乡村阅读的意见</p>
<p style="text-indent:2em">为推进
   乡村阅读，提出如下意见。<br>　　一、总体要求</p><ol><li>建书屋</li><li>强队伍</li></ol>
<table><thead><tr><th>任务</th><th>牵头单位</th></tr></thead><tr><td rowspan="2">书屋</td><td>文旅局</td></tr>
<tr><td>财政局</td></tr></table>
<div style="display:none">打印时显示</div><script>var a = "脚本";</script>
<div class="related"><p>相关链接</p><a href="#">另一份文件</a></div><p>附件：任务清单</p></div>
<div class="footer">主办单位：江城市人民政府办公室</div></body></html>"""


def read_page(tmp_path: Path, html: str, encoding: str = "utf-8", name: str = "a.html") -> ReadFile:
    path = tmp_path / name
    path.write_bytes(html.encode(encoding))
    return read_file(path)


@pytest.mark.parametrize(
    ("charset", "encoding"), [("utf-8", "utf-8"), ("gb2312", "gb18030"), ("utf-8", "gb18030"), ("gbk", "utf-8")]
)
def test_government_page(tmp_path: Path, charset: str, encoding: str) -> None:
    read = read_page(tmp_path, PAGE.format(charset=charset), encoding)
    assert read.properties == {
        "title": "江城市人民政府关于推进乡村阅读的意见",
        "published_on": "2023-05-06",
        "index_number": "0001/2023-1",
        "subject": "文化",
        "organization": "江城市人民政府",
        "issued_on": "2023年5月4日",
        "document_number": "江政发〔2023〕7号",
    }
    fields = [block.text for block in read.blocks if block.key_value]
    assert fields[0] == "索引号：0001/2023-1"
    assert fields[-1] == "发文字号：江政发〔2023〕7号"
    body = [block for block in read.blocks if not block.key_value]
    assert [block.text for block in body] == [
        "江城市人民政府关于推进",
        "乡村阅读的意见",
        "为推进乡村阅读，提出如下意见。",
        "一、总体要求",
        "1. 建书屋",
        "2. 强队伍",
        "任务：书屋；牵头单位：文旅局",
        "任务：书屋；牵头单位：财政局",
        "附件：任务清单",
    ]
    assert (body[2].indented, body[4].generated, body[6].type) == (True, 3, BlockType.TABLE_ROW)


def test_every_visible_character_is_accounted_for(tmp_path: Path) -> None:
    read = read_page(tmp_path, PAGE.format(charset="utf-8"))
    removed = {(item.kind, item.text) for item in read.removed}
    assert ("navigation", "首页 政务") in removed
    assert ("navigation", "相关链接\n另一份文件") in removed
    assert ("navigation", "主办单位：江城市人民政府办公室") in removed
    assert ("empty_field", "主题词") in removed
    everything = "".join(block.text for block in read.blocks) + "".join(item.text for item in read.removed)
    assert "脚本" not in everything
    assert "打印时显示" not in everything


def test_title_above_the_article_is_its_heading(tmp_path: Path) -> None:
    html = "<html><body><ul><li><a>导航栏目</a></li></ul><h1>乡村书屋怎么办</h1><div class='v_news_content'>"
    html += "<p>先办起来，再办好。</p>" * 9 + "</div><p>上一篇：无</p></body></html>"
    read = read_page(tmp_path, html)
    assert (read.blocks[0].text, read.blocks[0].heading_level) == ("乡村书屋怎么办", 1)
    assert [item.text for item in read.removed] == ["导航栏目", "上一篇：无"]


def test_unknown_site_loses_its_navigation(tmp_path: Path) -> None:
    links = "".join(f"<li><a href='/{i}'>栏目导航第{i}项名称</a></li>" for i in range(40))
    body = "".join(f"<p>第{i}段讲的是理论宣讲怎样走进院落，听众提问，讲师作答，气氛热烈而有序。</p>" for i in range(8))
    read = read_page(tmp_path, f"<html><body><ul>{links}</ul><div class='x'>{body}</div></body></html>")
    texts = [block.text for block in read.blocks]
    assert len(texts) == 8
    assert all("理论宣讲" in text for text in texts)
    assert "栏目导航第39项名称" in read.removed[0].text


def test_page_without_navigation_is_read_whole(tmp_path: Path) -> None:
    read = read_page(tmp_path, "<h2>课程说明</h2><p>本课程共八讲。</p>", name="a.htm")
    assert [(block.text, block.heading_level) for block in read.blocks] == [("课程说明", 2), ("本课程共八讲。", None)]


def test_text_named_html_is_read_as_text(tmp_path: Path) -> None:
    read = read_page(tmp_path, "各位老师：\n请按时上课。\n", "gbk")
    assert read.reader == "txt"
    assert "已按内容读取" in read.warnings[0]


def test_fields_of_a_line() -> None:
    assert split_fields("发文字号：江政发〔2023〕7号　　发布日期：2023-05-06") == [
        ("发文字号", "江政发〔2023〕7号"),
        ("发布日期", "2023-05-06"),
    ]
    assert split_fields("会议强调：标题：不宜过长") == []
