"""How Chinese asks: the words that stand in a question where its answer will stand, and what they ask for.

Texts are folded. Interrogative pronouns and A不A questions as in Lü Shuxiang's 《现代汉语八百词》.
"""

import re
from collections.abc import Sequence
from enum import StrEnum

from corpus.text.analyser import Token
from corpus.text.function_words import is_function_word


class AnswerType(StrEnum):
    """The kind of answer a question asks for."""

    TIME = "time"
    NUMBER = "number"
    LIST = "list"
    REASON = "reason"
    MANNER = "manner"
    PERSON = "person"
    PLACE = "place"
    DEFINITION = "definition"
    ELIGIBILITY = "eligibility"
    FACT = "fact"


_TIME_ASKED = (
    "什么时候|什么时间|什么日期|何时|何年|几时|哪[一几]?[年天月日]|逢几|哪个[年月]|几[月号日]|几点(?:钟|[开上下到结集报举]|$|[?。])|[几哪]个?世纪"
    "|(?:时间|日期)(?:是|为(?!什么|何))"
)
_NUMBER_ASKED = (
    "多少|第几|几(?![乎何率内])|多[长大高远久重宽深]"
    "|(?:人数|数量|总数|金额|经费|比例|比率|占比|[率次]数|面积|电话|学时|学分|分值)(?:是|为|有)?[?。]?$"
)
_PLACE_ASKED = (
    "哪里|哪儿|哪边|何处|何地|什么地方|哪一?个?[省市县区国州]|哪一?[间座栋幢]|哪个(?:城市|国家|地区)|在哪(?![一些个种])"
)
_ELIGIBILITY_ASKED = (
    "(?:谁|何人|(?:什么样?|哪[些类种]|怎样)的?(?:人员?|单位|机构|部门|团队|学生|同学|教师|老师|干部|群众|居民))[都才也]*"
    "(?:可以|能(?![力源量])|可(?![是见])|有资格|有权|适合)"
    "|(?:如何|怎[么样]*)[才能够可以]*(?:成为|当[上选]|当(?!好|[地场天年众])|入选|加入)"
    "|(?:什么|哪些|何种|怎样)(?:样的)?(?:条件|资格|门槛)|(?:条件|资格|门槛|对象|范围)(?:是|有|为|包括)?(?:什么|哪些|谁)"
)
_MANNER_ASKED = re.compile("如何|怎[么样]*")
_TYPES: tuple[tuple[AnswerType, re.Pattern[str]], ...] = (
    (AnswerType.TIME, re.compile(_TIME_ASKED)),
    (AnswerType.NUMBER, re.compile(_NUMBER_ASKED)),
    (AnswerType.ELIGIBILITY, re.compile(_ELIGIBILITY_ASKED)),
    (AnswerType.LIST, re.compile("哪些|哪[两三四五六七八九十几]|有什么|包括什么|(?<!为)什么(?:措施|内容|要求)")),
    (AnswerType.REASON, re.compile("为什么|为何|原因|缘何|何以")),
    (AnswerType.MANNER, _MANNER_ASKED),
    (AnswerType.PERSON, re.compile("谁|哪一?位|何人|什么人")),
    (AnswerType.PLACE, re.compile(_PLACE_ASKED)),
    (AnswerType.DEFINITION, re.compile("什么是|是什么意思|何谓|是指什么|指的是什么|含义|定义")),
)
_SLOTS = (
    "时候 时间 日期 地方 原因 名字 名称 叫 叫做 称为 现在 目前 主要 具体 内容 年 月 日 指 算 "
    "最多 最少 至少 最 大约 大概 约 到底 究竟 一般 通常 之内 以内 之前 之后 不能 还能 长时间 多长时间 做法 举措 方面 "
    "步骤 由于 除了 为了 曾 曾经 已经 有关 或者 还是 还有 是因为 当时 有着 用来 一共 共有 可能 文中 提及 做 起 止 完 "
    "掉 够 当 意思 含义 定义 何谓 多大 多高 多长 多深 多重 多宽 多远"
)
SLOT_WORDS = frozenset(_SLOTS.split())
"""Words that stand for the answer asked for (什么时候, 最多几个): an answer replaces them and need not hold them."""

_SPOKEN = (
    (re.compile("甚么|啥子?"), "什么"),
    (re.compile("咋样"), "怎么样"),
    (re.compile("咋个?(?![舌咋呼])"), "怎么"),
    (re.compile("哪块?儿"), "哪里"),
    (re.compile("谁来(?=[^自])"), "谁"),
)
"""Words of spoken questions, and what is written for them."""

_CLASSIFIERS = "个种类款份项位名家所座间栋幢条届部门本首场次期级层支块件台只国省市县区年月日天"
_INTERROGATIVE = re.compile(
    "(?:哪[些类种]|什么样?|怎样)的?人(?![员民类口物才文事群])|(?<=[能才以谁么样])当上?(?=..)"
    f"|哪[一几两三四五]?[{_CLASSIFIERS}]?|第?几(?![乎何率内])[{_CLASSIFIERS}]?|多少"
    f"|(?<![如任])何[年月日时处地人种物事因以在者国]|[那这该]一?[{_CLASSIFIERS}]"
)
_CHOICE = re.compile(r"(\w{1,2}?)[不没](?=\1)")
_NOUN_FOLLOWS = re.compile(f"(?:什么(?!样|叫|是|时)|哪一?[{_CLASSIFIERS}]|何种)")
_NUMBER_FOLLOWS = re.compile("(?:多少|几)(?:个(?=[月小星钟]))?")
_LONGEST_UNIT = 3
_NO_UNIT = "的是了在要能可会才就?"


def answer_type(folded: str) -> AnswerType:
    """The kind of answer that a folded question asks for."""
    return next((kind for kind, pattern in _TYPES if pattern.search(folded)), AnswerType.FACT)


def plain_spelling(folded: str) -> str:
    """The same question in the words of written Chinese: 甚么 and 啥 as 什么, 咋 as 怎么, 哪儿 as 哪里."""
    for spoken, written in _SPOKEN:
        folded = spoken.sub(written, folded)
    return folded


def without_interrogatives(folded: str) -> str:
    """The text with blanks for what asks (哪部, 第几届, 何年), points at it (那门), or gives a choice (会不会)."""
    spoken = _CHOICE.sub(_blank, folded)
    return _INTERROGATIVE.sub(_blank, spoken)


def asked_noun(folded: str, tokens: Sequence[Token]) -> str:
    """The noun of which an instance is asked for (什么职业, 哪个朝代): an answer gives it and need not say the noun."""
    for asking in _NOUN_FOLLOWS.finditer(folded):
        following = max((token for token in tokens if token.start == asking.end()), key=_length, default=None)
        if following and not is_function_word(following.text):
            return following.text
    return ""


def asked_action(folded: str, terms: Sequence[str]) -> str:
    """Of a question's terms the one that says what is to be done, where it asks how: the first behind 怎么."""
    asking = _MANNER_ASKED.search(folded)
    places = [(folded.find(term, asking.end()), term) for term in terms] if asking else []
    return min(((at, term) for at, term in places if at >= 0), default=(0, ""))[1]


def counted_unit(folded: str, tokens: Sequence[Token]) -> str:
    """What is counted where a number is asked for: 多少公里, 几名. Empty where the question does not say."""
    asking = _NUMBER_FOLLOWS.search(folded)
    if asking is None:
        return ""
    around = [token for token in tokens if token.start <= asking.end() < token.end]
    token = max(around, key=_length, default=None)
    unit = token.text[asking.end() - token.start :] if token else ""
    return unit if len(unit) <= _LONGEST_UNIT and unit[:1] not in _NO_UNIT else ""


def _length(token: Token) -> int:
    return len(token.text)


def _blank(found: re.Match[str]) -> str:
    return " " * len(found[0])
