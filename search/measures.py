"""What a number counts: 100元 says nothing about how many times, and 3名 nothing about how much money.

Measures of one dimension can answer each other (多少人: 46名); those in no list (个, 户, 支) can count anything.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType

NUMERAL = "[一二三四五六七八九十百千万亿两零]"

_DIMENSIONS: Mapping[str, str] = MappingProxyType(
    {
        "money": "元 万元 亿元 美元 欧元 块 块钱 角 钱 资金 经费 费用",
        "share": "% 百分点 个百分点 成 倍 比例 比率",
        "people": "人 名 位 人次 人员 群众 党员 师生 学生",
        "time": "年 月 日 天 周 星期 小时 分钟 秒 秒钟 工作日 学期 时间",
        "occasions": "场 次 届 期 轮 回 遍 场次",
        "lessons": "节",
        "courses": "门",
        "credits": "学分",
        "texts": "篇 本 册 页 字",
        "length": "米 公里 千米 厘米 毫米",
        "area": "亩 公顷 平方米 平方公里",
        "weight": "吨 公斤 千克 斤 克",
    }
)
_DIMENSION = {measure: name for name, measures in _DIMENSIONS.items() for measure in measures.split()}
_NEVER_COUNTS = frozenset({"money", "share"})
"""Dimensions whose numbers count nothing that stands in no list: 每户2000元 does not say how many 户."""

_BY_LENGTH = sorted(_DIMENSION, key=len, reverse=True)
_MEASURED = re.compile(
    rf"百分之{NUMERAL}+|(?:\d[\d.,]*|{NUMERAL}+)[万亿]?[多余来]?个?(?P<measure>{'|'.join(map(re.escape, _BY_LENGTH))})"
)


def without_other_measures(unit: str, folded: str) -> str:
    """A folded text with blanks for the numbers that cannot say how many of ``unit`` there are; as it is without one.

    >>> without_other_measures("场", "每场补助100元,全年12场。")
    '每场补助    ,全年12场。'
    """
    if not unit:
        return folded
    asked = _DIMENSION.get(unit)

    def blanked(found: re.Match[str]) -> str:
        counted = _DIMENSION[found["measure"]] if found["measure"] else "share"
        other = counted in _NEVER_COUNTS if asked is None else counted != asked
        return " " * len(found[0]) if other else found[0]

    return _MEASURED.sub(blanked, folded)
