from pathlib import Path

from ingest.blocks import BlockType
from ingest.readers import read_file

NOTES = """---
title: 志愿服务概论
term: 2024 秋
---
# 志愿服务概论

课程导入<!-- 备课：放短片 -->，共**三**个问题。
第二行仍在同一段。

##什么是志愿服务
- 自愿性与*无偿性*
1. 公益性
> 引文 [条例](http://example.org/a)

小节
----

| 讲次 | 主题 |
|------|------|
| 一 | 起源 |
| 二 | `制度` |

```
# 不是标题
```
"""


def test_markup_is_taken_off_and_structure_kept(tmp_path: Path) -> None:
    path = tmp_path / "notes.md"
    path.write_text(NOTES, encoding="utf-8")
    read = read_file(path)
    assert read.properties == {"title": "志愿服务概论", "term": "2024 秋"}
    assert [(block.text, block.heading_level) for block in read.blocks if block.heading_level] == [
        ("志愿服务概论", 1),
        ("什么是志愿服务", 2),
        ("小节", 2),
    ]
    texts = [block.text for block in read.blocks]
    assert texts[1:3] == ["课程导入，共三个问题。", "第二行仍在同一段。"]
    assert texts[4:7] == ["自愿性与无偿性", "1. 公益性", "引文 条例"]
    assert [block.text for block in read.blocks if block.type is BlockType.TABLE_ROW] == [
        "讲次：一；主题：起源",
        "讲次：二；主题：制度",
    ]
    assert texts[-1] == "# 不是标题"
    assert {(item.kind, item.text) for item in read.removed} >= {
        ("comment", "<!-- 备课：放短片 -->"),
        ("table_header", "讲次；主题"),
    }


def test_arithmetic_is_not_emphasis(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text("面积为 3*4*5，字段名 user_name_id 不变。\n", encoding="utf-8")
    assert read_file(path).blocks[0].text == "面积为 3*4*5，字段名 user_name_id 不变。"
