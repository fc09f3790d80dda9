"""Tasks that course materials set their readers: they ask what a question asks, and answer nothing."""

import re

from corpus.records import Kind
from corpus.text.folding import fold
from search.enumeration import marker_style
from search.evidence import FoundPassage, Sentence

_EXERCISES = re.compile(
    "(?:简答|论述|辨析|问答|材料|案例|分析|思考|讨论|复习|练习|选择|单选|多选|判断|填空)题|思考与(?:练习|讨论)|课[后堂](?:作业|练习|思考)"
    "|试[题卷]|测验|题库"
)
_ONLY_CHOICES = re.compile("(?:选择|单选|多选|判断|填空)题")
"""Exercises whose lines may be wrong statements."""
_SOLUTIONS = re.compile("答案|解析|答题要点|参考要点|评分")
_TASK = re.compile(
    r"(?:\d{1,3}[.、]|[(]\d{1,2}[)]|[一二三四五六七八九十]{1,3}、)? ?"
    r"(?:(?:问题|题目|思考题?|讨论题?|作业|任务):"
    r"|(?:请|试)[^。]{0,30}?(?:谈谈?|述|论|分析|说明|阐释|比较|举例|写一?篇|作答|回答)"
    r"|简要?(?:论述|叙述|阐述|述|答|析)|论述(?!了)|阐述(?!了)|谈谈"
    r"|(?:结合|根据|联系)(?:材料|实际|所学|教材|上述)[^。]{0,30}?(?:谈谈?|分析|说明|论述|阐述|回答))"
)
"""How a task begins, behind its number."""


def sets_a_task(sentence: Sentence, item: FoundPassage) -> bool:
    """Whether a sentence of a course's material is a task, 简要论述……, or stands as one among exercises.

    Where an answer is printed with them, what is not asked answers.
    """
    document, passage = item.context.document, item.context.passage
    if document.kind is not Kind.COURSE:
        return False
    if _TASK.match(sentence.folded):
        return True
    around = fold("\n".join((document.title, *passage.path)))
    if _SOLUTIONS.search(around) or _SOLUTIONS.search(item.folded) or not _EXERCISES.search(around):
        return False
    listed = marker_style(sentence.text) is not None and not sentence.text.endswith("。")
    return listed or _ONLY_CHOICES.search(fold("\n".join(passage.path))) is not None
