"""Lines of an official document that stand for themselves: GB/T 9704-2012 names them, 内参 and 专报 add some.

Joining must not glue them to their neighbours, structure must not take them for headings, and metadata reads them.
"""

import re
from functools import lru_cache

_HAN = r"\u4e00-\u9fff"
_DIGIT = r"[0-9０-９]"
_YEAR = rf"(?:{_DIGIT}{{4}}|[〇○Ｏ零一二三四五六七八九]{{4}})"
_DAY = rf"{_YEAR}\s?年\s?[0-9０-９一二三四五六七八九十元]{{1,3}}\s?月\s?[0-9０-９一二三四五六七八九十]{{1,3}}\s?日"

ISSUE_BODY = (
    rf"(?:(?P<year>{_DIGIT}{{4}})\s?年\s?)?第\s?(?P<issue>[0-9０-９一二三四五六七八九十百]{{1,4}})\s?期"
    rf"(?:[\s，,、]*[（(〔\[]?\s?总\s?第?\s?(?P<serial>[0-9０-９]{{1,5}})\s?期\s?[）)〕\]]?)?"
)

SESSION = r"[〔\[（(](?P<session_year>20\d\d)[〕\]）)]\s?第?\s?(?P<session>\d{1,3})\s?次"
"""Number of a meeting's 纪要: 〔2024〕第5次."""

LINES: dict[str, re.Pattern[str]] = {
    # 7.2 版头
    "copy_number": re.compile(r"\d{6}$"),
    "secrecy": re.compile(
        r"(?:密级\s*[：:]\s*)?(?:绝\s?密|机\s?密|秘\s?密)(?:\s?[★☆].{0,10})?$|内部(?:资料|文件|材料|参考|"
        r"刊物)?(?:[，,　 ]*(?:注意保存|不得外传|请勿外传|妥善保管))*$"
    ),
    "urgency": re.compile(r"(?:紧急程度\s*[：:]\s*)?(?:特\s?急|加\s?急|特\s?提|平\s?急)$"),
    "letterhead": re.compile(rf"(?!.*(?:关于|规范性))[{_HAN}（）()、\s]{{3,40}}文\s?件$"),
    "document_number": re.compile(
        rf"[{_HAN}（）()、]{{1,20}}\s?[〔\[［【（(﹝]\s?[12１２][09０９]\d\d\s?[〕\]］】）)﹞]"
        rf"\s?第?\s?\d{{1,5}}\s?号(?:\s+签发人\s*[：:].{{2,20}})?$"
        rf"|(?:[{_HAN}]{{2,24}}令\s*)?[（(]?第\s?[\d一二三四五六七八九十百〇零]{{1,6}}\s?号[）)]?$"
    ),
    "signatory": re.compile(r"签\s?发\s?(?:人)?\s*[：:]"),
    # 内参, 专报, 简报
    "instructions": re.compile(
        rf"[【\[]?\s*(?:[{_HAN}]{{0,6}}领导(?:同志)?(?:重要)?批示|批示)\s*[】\]]?\s*(?:[：:]|$)"
    ),
    "issue_number": re.compile(rf"[（(]?{ISSUE_BODY}[）)]?(?:\s.{{0,30}}|.{{0,40}}日)?$|{SESSION}$"),
    "serial": re.compile(r"[（(]?\s?总\s?第?\s?[0-9０-９]{1,5}\s?期\s?[）)]?$"),
    "date": re.compile(
        rf"[（(]?\s?{_DAY}\s?[）)]?(?:\s?[（(]\s?此件.{{2,20}}[）)])?$|"
        rf"{_DIGIT}{{4}}[-/.．]{_DIGIT}{{1,2}}[-/.．]{_DIGIT}{{1,2}}$"
    ),
    "abstract": re.compile(
        r"[【\[]?\s?(?:摘\s*要|内容摘要|内容提要|提\s*要|中文摘要|编者按|核心提示)\s?(?:[】\]]\s?[：:]?|[：:]|$)"
    ),
    "keywords": re.compile(r"[【\[]?\s?关\s?键\s?[词字]\s?(?:[】\]]\s?[：:]?|[：:])"),
    "received": re.compile(r"[【\[]?\s?收稿日期"),
    "author_note": re.compile(
        r"[（(\[【]?\s*(?:本文)?(?:作\s*者(?!们)(?:简介|单位)?|执笔人?|撰稿人?|课题组(?:成员)?|基金项目|项目来源|"
        r"课题来源)\s*(?:[：:系为是】\]]|单位)"
        r"|[（(\[【*＊]?\s*本(?:文|报告|成果)(?:系|为|是)[^。]{2,60}(?:项目|课题|基金)[^。]{0,60}(?:成果|结项|资助)"
    ),
    "feedback": re.compile(
        rf"[（(]?请[{_HAN}，、]{{0,20}}(?:批示|意见|建议|阅处)[{_HAN}，、]{{0,12}}(?:反馈|告知|函告|"
        rf"返回)[{_HAN}]{{0,20}}(?:[。，；,;\s]*(?:联系)?电话\s*[：:].{{5,40}})?[。）)]?$"
    ),
    "phone": re.compile(
        r"[（(]?(?:联\s?系\s?)?电\s?话\s*(?:/传真)?\s*[：:]|[（(]?联\s?系\s?(?:人|方式)\s*[：:].*\d{7}"
        r"|[^。，]{0,40}[ \u3000（(、；]电\s?话\s*[：:]\s*[（(]?[\d+]"
    ),
    # 7.3 主体
    "annotation": re.compile(r"[（(]\s?(?:此件|本件|此文).{2,30}[）)]$"),
    "attachment_list": re.compile(r"附\s?件\s*[：:]"),
    # 7.4 版记
    "distribution": re.compile(
        r"(?:主\s*报|抄\s*报|抄\s*送|分\s*送|主\s*送|呈\s*报|呈\s*送|报\s*送|发\s*送|报|送|发)\s*[：:]"
    ),
    "editor": re.compile(
        rf"(?:编\s?印|印\s?发|编\s?辑|主\s?办|承\s?办)(?:单位|机关|部门)?\s*[：:].{{2,40}}$"
        rf"|[{_HAN}（）()、\s]{{4,40}}\s{{0,8}}(?:{_DAY})\s?印发?$"
        rf"|[{_HAN}（）()]{{4,30}}(?:办公室|办公厅|编辑部|秘书[处局]|研究室|处|办|中心|部|院|会|社|校|学)\s?(?:编印|"
        rf"主办|承办|印发|印制|编)$"
    ),
    "print_run": re.compile(r"[（(]?(?:共\s?印|印\s?数|印\s?制)\s*[：:]?\s*\d{1,6}\s*(?:份|册)?[）)]?$"),
}  # fmt: skip
"""Name of the field, and what a line of it looks like from its first character on."""

_PROSE = ("instructions", "abstract", "keywords", "author_note", "feedback", "phone", "attachment_list", "distribution")
"""Fields whose line may be a paragraph long, or a sentence."""

_SHORT_LINE = 64
_FIRST_OF_PROSE = frozenset("【[（(摘内提中编核关本作执撰课基项联电附主抄分呈报送发领批省市请")
_ALL = tuple(LINES.items())
_OF_PROSE = tuple((name, LINES[name]) for name in _PROSE)


@lru_cache(maxsize=1024)
def field_of(line: str) -> str | None:
    """Name of the field whose line this is, or None."""
    if len(line) > _SHORT_LINE or line[-1] in "。；，、":
        if line[0] not in _FIRST_OF_PROSE:
            return None
        return next((name for name, pattern in _OF_PROSE if pattern.match(line)), None)
    return next((name for name, pattern in _ALL if pattern.match(line)), None)


ORGANIZATION_END = (
    r"(?:委员会|常务委员会|人民代表大会|人民政府|国务院|办公厅|办公室|宣传部|组织部|统战部|政法委|党委|党组|"
    r"党校|行政学院|"
    r"政府|代表大会|联合会|基金会|协会|学会|研究院|研究所|研究室|教研室|研究中心|科学院|社科院|社科联|大学|学院|学校|中心|"
    r"总局|法院|检察院|"
    r"厅|局|署|委|部|院|处|科|办|团委|工会|妇联|集团|公司|总队|支队|街道|编辑部|课题组|领导小组|协调小组|调查组|专家组|"
    r"银行|分行|支行|总行|出版社|报社|杂志社|电视台|图书馆|博物馆|文化馆|档案馆|纪念馆|医院|中学|小学|幼儿园|海关|"
    r"讲师团|宣讲团|工作队|兵团|党总支|党支部|指挥部|联席会议|理事会|研究会|促进会|商会|联盟|办事处)"
)
_ORGANIZATION = re.compile(
    rf"[{_HAN}（）()“”、\s]{{2,40}}{ORGANIZATION_END}$|[{_HAN}]{{0,8}}(?:国务院|中共中央|中央军委)$"
)
_NOT_ORGANIZATION = re.compile(
    r"关于|转发|印发|[主承协]办$|^[一二三四五六七八九十]+[、是]|[，。；：]|全部$|一部$|内部$|干部$|外部$|(?:建设|发展|工作)委$"
)


def is_organization(line: str) -> bool:
    """Whether the whole line names an organisation, as letterheads and signatures do."""
    return len(line) <= 48 and bool(_ORGANIZATION.fullmatch(line)) and not _NOT_ORGANIZATION.search(line)


def names_offices(line: str) -> bool:
    """Whether the whole line names one organisation, or several set apart by blanks, as joint documents do."""
    return is_organization(line) or all(is_organization(part) for part in line.split())


LAW = "(?<![方做看想说用语书步手教学写读算技打])法"
"""法 as a law, not as a way of doing something (方法, 三步法)."""

DOCUMENT_TYPE = (
    "决议|决定|命令|令|公报|公告|通告|意见|通知|通报|报告|请示|批复|议案|函|纪要"
    "|方案|办法|规定|条例|细则|规划|计划|纲要|要点|制度|准则|章程|规则|规程|预案|建议|答复"
    f"|{LAW}"
    "|讲话|致辞|贺信|回信|大纲|指南|标准|清单|目录|名单|实施|总结|提纲|说明|守则|公约|倡议书?|宣言|协议|批示"
)
"""The 15 文种 of 党政机关公文处理工作条例 (2012) article 8, then what is issued under them."""

_TYPED_TITLE = re.compile(
    rf"(?:{DOCUMENT_TYPE})(?:[（(〔](?:试行|暂行|草案|修订|征求意见稿|送审稿|修正|节选|"
    rf"\d{{4}}[^）)]{{0,12}})[^）)]{{0,12}}[）)〕])?》?$"
)


_OFFICIAL_TITLE = re.compile(
    r"(?:决议|决定|命令|公报|公告|通告|意见|通知|通报|报告|请示|批复|议案|函|纪要)(?:[（(〔][^）)〕]{1,12}[）)〕])?$"
)


def ends_as_official_title(line: str) -> bool:
    """Whether a title must end here: with one of the 15 文种, not with a word that may go on (…制度的通知)."""
    return bool(_OFFICIAL_TITLE.search(line))


def ends_as_title(line: str) -> bool:
    """Whether a title could end here: with a document type, 试行 and the like after it."""
    return bool(_TYPED_TITLE.search(line))
