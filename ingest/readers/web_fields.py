"""The header table of government pages (《政府信息公开目录》 fields): labels and the metadata fields they name."""

import re

FIELD_NAMES = {
    "索引号": "index_number",
    "信息索引号": "index_number",
    "主题分类": "subject",
    "信息分类": "subject",
    "发文机关": "organization",
    "发文单位": "organization",
    "发布机构": "organization",
    "发布机关": "organization",
    "制发机关": "organization",
    "公开主体": "organization",
    "成文日期": "issued_on",
    "发文日期": "issued_on",
    "生成日期": "issued_on",
    "标题": "title",
    "名称": "title",
    "信息名称": "title",
    "文件名称": "title",
    "发文字号": "document_number",
    "文号": "document_number",
    "文件编号": "document_number",
    "发布日期": "published_on",
    "发布时间": "published_on",
    "公开日期": "published_on",
    "公文种类": "document_type",
    "文种": "document_type",
    "体裁分类": "document_type",
    "主题词": "keywords",
    "关键词": "keywords",
    "有效性": "validity",
    "时效性": "validity",
    "效力状态": "validity",
    "文件状态": "validity",
    "施行日期": "effective_on",
    "实施日期": "effective_on",
    "生效日期": "effective_on",
    "废止日期": "repealed_on",
    "失效日期": "repealed_on",
}
"""Label without spaces → field name."""

_GAP = r"[\s\u3000\xa0]*"
_LABELS = "|".join(_GAP.join(label) for label in sorted(FIELD_NAMES, key=len, reverse=True))
_LABEL = re.compile(rf"[\[【]?({_LABELS}){_GAP}[：:\]】]+")
_BLANKS = re.compile(r"[\s\u3000\xa0：:\[\]【】]+")


def field_label(text: str) -> str | None:
    """The known label that ``text`` (a table cell) is, or None."""
    label = _BLANKS.sub("", text) if len(text) < 20 else ""
    return label if label in FIELD_NAMES else None


def split_fields(line: str) -> list[tuple[str, str]]:
    """Pairs of label and value of a line that begins with a known label; none otherwise."""
    labels = list(_LABEL.finditer(line))
    if not labels or line[: labels[0].start()].strip():
        return []
    ends = [*(label.start() for label in labels[1:]), len(line)]
    return [
        (_BLANKS.sub("", label[1]), line[label.end() : end].strip(" \u3000\xa0|"))
        for label, end in zip(labels, ends, strict=True)
    ]
