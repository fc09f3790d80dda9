"""Names of persons and organisations as documents list them."""

import re

from ingest.lines import ORGANIZATION_END, is_organization

_SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴"
    "夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文庞樊兰殷施陶洪翟"
    "安颜倪严牛温芦季俞章鲁葛伍韦申尤毕聂丛焦向柳邢路岳齐梅莫庄辛管祝左涂谷祁时舒耿牟卜路詹关苗凌费纪靳盛童欧甄项"
    "曲成游阳裴席卫查屈鲍位覃霍翁隋植甘景薄单包司柏宁柯阮桂闵解强柴华车冉房边辜吉饶刁瞿戚丘古米池滕晋苑邬臧畅宫来"
    "嵺苟全褚廉简娄盖符奚木穆党燕郎邸冀谈姬屠连郜晏栾郁商蒙计喻揭窦迟宇敖糜鄢冷卓花仇艾蓝都巩稽井练仲乐虞卞封竺冼"
    "原官衣楚佟栗匡宗应台巫鞠僧桑荆谌银扬明沙薄伏岑习习肖闫冯党"
)
_NAME = (
    "(?:(?:欧阳|司马|上官|诸葛|司徒|东方|皇甫|尉迟|公孙|慕容|夏侯|令狐)[\u4e00-\u9fff]{1,2}"
    f"|[{_SURNAMES}][\u4e00-\u9fff]{{1,2}}|[{_SURNAMES}][ \u3000]{{1,2}}[\u4e00-\u9fff]"
    "|[\u4e00-\u9fff]{2,6}·[\u4e00-\u9fff]{2,6})"
)
_MARK = r"(?:\s?[（(][^）)]{1,20}[）)]|[0-9,，*＊①-⑨¹²³]{1,4})?"
_BYLINE = re.compile(rf"{_NAME}{_MARK}(?:[ \t\u3000、，,；;]+{_NAME}{_MARK}){{0,11}}")
_SEPARATOR = re.compile(r"[、，,；;/]|[ \t\u3000]{2,}|(?<=[\u4e00-\u9fff]{2})[ \t\u3000]")
_FULL_NAME = re.compile(_NAME)
_TITLE_BEFORE = re.compile(r"^(?:组长|副组长|成员|主持人|执笔人?|负责人|作者)\s*[：:]\s*")
_ORGANIZATION_AT_START = re.compile(rf"[\u4e00-\u9fff（）()“”、]{{2,40}}?{ORGANIZATION_END}")


def is_byline(line: str) -> bool:
    """Whether a line holds nothing but names of persons."""
    return len(line) <= 60 and bool(_BYLINE.fullmatch(line))


def persons(text: str) -> list[str]:
    """Names in a list (张立志、冯旻、张欣), without titles, marks and blanks; what is no name is left out."""
    names: list[str] = []
    for part in _SEPARATOR.split(_TITLE_BEFORE.sub("", text.strip(" 　）)】。"))):
        plain = re.sub(r"[（(].*|[0-9*＊①-⑨¹²³]+$", "", part).strip()
        plain = re.sub(r"^(?P<a>[\u4e00-\u9fff])[ \u3000]+(?P<b>[\u4e00-\u9fff])$", r"\g<a>\g<b>", plain)
        found = _FULL_NAME.match(plain)
        if found and (found.end() == len(plain) or not "\u4e00" <= plain[found.end()] <= "\u9fff"):
            name = re.sub(r"\s", "", found[0])
            names += [name] if name not in names else []
    return names


def organization_at_start(text: str) -> str | None:
    """The organisation that ``text`` starts with, as long as it goes on naming one (中共黑龙江省委宣传部社科工作办)."""
    if is_organization(text):
        return text
    end = 0
    while found := _ORGANIZATION_AT_START.match(text, end):
        end = found.end()
    return text[:end] or None


def office_and_names(line: str) -> tuple[str, list[str]] | None:
    """The office and the authors of a byline that gives both (某某研究院　顾南乔)."""
    office, _, names = line.partition(" " if " " in line else "\u3000")
    if len(line) <= 60 and is_organization(office) and is_byline(names.strip()):
        return office, persons(names)
    return None
