"""Conditions on an answer: without them a sentence is none, however well its words fit the question.

Years, quoted names, document numbers, ordinals, places and bodies of the question must stand with the sentence, and it
must hold a number or a time where one is asked for. See docs/decisions/0010-extractive-answers.md.
"""

import re
from collections.abc import Iterator, Sequence

from corpus.labels import field_named
from corpus.text.folding import fold
from corpus.text.references import normalise_identifier
from search.evidence import FoundPassage, Sentence
from search.exercises import sets_a_task
from search.interrogatives import AnswerType, answer_type, asked_action, plain_spelling
from search.question import Question, bears_type, cue_of, has_cue, other_years, years_of
from search.results import Citation

_ATTRIBUTE = re.compile("(?:在册)?的|在册|人数|总数|数量|[率数量](?!据)")
"""What follows a verb that only says whom something was done to, or how many they are."""
_NAME_ALONE = re.compile(
    r"(?:(?:课程|项目|课题|立项|成果)(?:名称|编号|代码|批准号)?|名称|标题|题目):"
    r" ?《?(?P<labelled>[^《》:]+?)》?(?:\([^()]*\))?|《(?P<titled>[^《》]+)》"
)
"""A label of names with its value, or a title in its marks, and nothing else."""
_FORMULA = re.compile(
    "(?:.{0,40},)?现[就将].{0,30}(?:通知|通报|公告|公布|批复|函复|答复|汇总|报告)如下[。:]?"
    "|特此(?:通知|通报|公告|公示|批复|函复|函告|报告|证明)[。!]?"
)
"""What official documents say on their way: 现将有关事项通知如下, 特此通知."""
_CODE = re.compile(r"(?<![0-9a-z])(?=[0-9]*[a-z])(?=[a-z]*[0-9])[0-9a-z]{5,14}(?![0-9a-z])")
"""Codes of projects and courses: letters and digits, 24zk005, ml6032."""
_LABELLED = re.compile(r"([\u4e00-\u9fff][\u4e00-\u9fff\s]{1,10}):(?=.{1,60}$)")
_DESCRIBING = frozenset({"teaching_content", "assessment", "prerequisites", "completion"})
"""Particulars that may say how something is done."""
_COUNTING_ASKED = re.compile("(?:如何|怎[么样]*)(?:来|去)?(?:计算|核算|折算|算(?![数是得]))")
_COUNTING = re.compile(r"\d|计算|核算|折算|换算|计[入为]|不计|为单位|按.{1,12}[计算记]")
"""What an answer to 怎么算 has."""
_TOLD_APART = frozenset({AnswerType.REASON, AnswerType.MANNER})
_TOLD_BY_WORDS = frozenset({AnswerType.FACT, AnswerType.LIST})
"""Kinds of answer that look like nothing in particular."""
_NEVER_NAMED = _TOLD_APART | {AnswerType.ELIGIBILITY}
_NUMBER_BEFORE = re.compile(r"^[(（]?(?:\d{1,3}|[一二三四五六七八九十]{1,3})[)）.、]")
_STATED = re.compile(rf"[。；：;:，,]|{_NUMBER_BEFORE.pattern}")
"""What a line has that says something, other than headings and key words."""
_SIGNS = re.compile(r"[\W_]+")
_LABEL = 8
"""Characters that may stand beside a title in a line that only names the document."""


def unmet_conditions(
    question: Question, sentences: Sequence[Sentence], found: Sequence[FoundPassage]
) -> Iterator[str | None]:
    """For each sentence the Chinese reason why it cannot be the answer, or None."""
    passages = [
        next(missing_around(question, item), None)
        or ("找到的段落回答的是另一个问题。" if _answers_otherwise(question, item.context.passage.path[-1:]) else None)
        for item in found
    ]
    naming = {sentence.passage for sentence in sentences if _only_names(question, sentence, found)}
    for sentence in sentences:
        # Where one line is but the name of what is asked about, the others are names, too: 相关链接, 目录.
        named = sentence.passage in naming and not _STATED.search(sentence.text)
        yield (
            passages[sentence.passage]
            or ("只找到了名称，没有直接回答这个问题。" if named else None)
            or next(_missing_in(question, sentence, found), None)
        )


def missing_around(question: Question, item: FoundPassage) -> Iterator[str]:
    """What a passage and its document lack of the question's named parts."""
    document = item.context.document
    around = "\n".join((item.heading, item.folded, fold(document.organization or "")))
    for year in question.years:
        if str(year) not in around and not _is_of_year(item, year):
            yield f"最接近的段落中没有{year}年的相关内容。"
    carried = {normalise_identifier(number) for number in (document.document_number, document.project) if number}
    for identifier in question.query.identifiers:
        if identifier not in carried and fold(identifier) not in around:
            yield f"最接近的段落中没有提到“{identifier}”。"
    for forms in (*question.required, *((place,) for place in question.places)):
        if not any(form in around for form in forms):
            yield f"最接近的段落中没有提到“{forms[0]}”。"


def _is_of_year(item: FoundPassage, year: int) -> bool:
    """Whether what a document says is of a year. One whose title names years is of those, whenever it was issued: the
    report on 2023 comes out in 2024."""
    document = item.context.document
    if named := years_of(fold(document.title)):
        return min(named) <= year <= max(named)
    return year in {document.year, document.issued_on.year if document.issued_on else None}


def _missing_in(question: Question, sentence: Sentence, found: Sequence[FoundPassage]) -> Iterator[str]:
    """What a sentence lacks to be an answer."""
    context = found[sentence.passage].context
    folded = sentence.folded
    alone = sentence.end >= len(context.passage.text.rstrip())
    if _is_title(sentence.text, context.document.title) or (alone and is_heading(sentence, found)):
        yield "只找到了标题，正文没有直接回答这个问题。"
    if folded.endswith("?") or sets_a_task(sentence, found[sentence.passage]):
        yield "找到的段落也在问这个问题，没有回答。"
    if _FORMULA.fullmatch(folded):
        yield "只找到了公文的套语，没有直接回答这个问题。"
    if adds_nothing(question, folded):
        yield "只找到了名称，没有直接回答这个问题。"
    if is_particular(folded) and not _asks_for_particular(question, folded, context.document.title):
        yield "只找到了文件的基本信息，没有直接回答这个问题。"
    if code := _other_code(question, folded, found[sentence.passage]):
        yield f"找到了相关段落，但说的不是“{code}”。"
    if other_years(question, folded):
        yield f"找到了相关段落，但说的不是{'、'.join(map(str, question.years))}年。"
    if not bears_type(question.type, _without_codes(question, folded), question.unit):
        asked = "时间" if question.type is AnswerType.TIME else "数字"
        yield f"找到了相关段落，但其中没有所问的{asked}。"


def _without_codes(question: Question, folded: str) -> str:
    """A sentence without the codes that the question names itself: their digits are not what it asks for."""
    for code in question.codes:
        if not code[0].isdigit():
            folded = folded.replace(code, " ")
    return folded


def adds_nothing(question: Question, folded: str) -> bool:
    """Whether a sentence only names what the question names, 课程：某某研究（ML6032）, or what its codes stand for; or
    names anything where no name is asked for: a project on 激励机制 does not say how they are 激励."""
    cells = [_NAME_ALONE.fullmatch(cell.strip(" 。")) for cell in folded.split(";")]
    names = [cell["labelled"] or cell["titled"] for cell in cells if cell]
    if len(names) < len(cells):
        return False
    if question.type in _NEVER_NAMED:
        return True
    courses = (fold(name) for course in question.query.courses for name in course.names)
    known = "\n".join([fold(question.query.asked), *courses])
    return all(name in known for name in names)


def repeats(question: Question, sentence: Sentence, found: Sequence[FoundPassage]) -> bool:
    """Whether a line says what is asked about and nothing of it, as headings do: 商品的二因素."""
    text = found[sentence.passage].context.passage.text
    before, after = text[: sentence.start].rstrip(" \u3000"), text[sentence.end :].lstrip(" \u3000")
    alone = before[-1:] in {"", "\n"} and after[:1] in {"", "\n"}
    asked, said = (
        _SIGNS.sub("", part) for part in (fold(question.query.asked), _NUMBER_BEFORE.sub("", sentence.folded))
    )
    return alone and bool(said) and said in asked


def _only_names(question: Question, sentence: Sentence, found: Sequence[FoundPassage]) -> bool:
    """Whether a line says what is asked about and the next one says nothing of it."""
    if not repeats(question, sentence, found):
        return False
    below = found[sentence.passage].context.passage.text[sentence.end :].lstrip().partition("\n")[0]
    return _STATED.search(below) is None


def is_particular(folded: str) -> bool:
    """Whether a sentence is a particular of its document, 承担单位:……, which tells neither why nor how."""
    label = _LABELLED.match(folded)
    field = field_named(label[1]) if label else None
    return field is not None and field not in _DESCRIBING


def _asks_for_particular(question: Question, folded: str, title: str) -> bool:
    """Whether a particular of a document may be what is asked for: where a fact is, it has a word of the question that
    the document's title has not. 成果形式:调研报告 does not say what the 调研报告 found."""
    if question.type not in _TOLD_BY_WORDS:
        return question.type not in _TOLD_APART
    known = fold(title)
    names = (name for term in question.terms for name in (term, *question.synonyms.get(term, ())))
    return any(name in folded and name not in known for name in names)


def _other_code(question: Question, folded: str, item: FoundPassage) -> str | None:
    """The code that a question names, where a sentence is of another one: a row of a list says nothing of the rest."""
    if not _CODE.search(folded):
        return None
    if normalise_identifier(item.context.document.project or "") in question.query.identifiers:
        return None
    asked = (code for code in (*question.codes, *map(fold, question.query.identifiers)) if _CODE.fullmatch(code))
    return next((code.upper() for code in asked if code not in folded and code not in item.heading), None)


def _answers_otherwise(question: Question, headings: Sequence[str]) -> bool:
    """Whether what stands under a heading tells why where the question asks how, or the other way round."""
    if question.type not in _TOLD_APART:
        return False
    asked = {answer_type(fold(heading)) for heading in headings} & _TOLD_APART
    return bool(asked) and question.type not in asked


def _is_title(sentence: str, title: str) -> bool:
    """Whether a line says the title, a part of it, or hardly more (项目名称：……), or lists the key words."""
    core = title.split("（", maxsplit=1)[0]
    named = len(core) > 1 and core in sentence and len(sentence) <= len(title) + _LABEL
    return named or sentence in title or sentence.startswith(("关键词", "【关键词", "主题词"))


def is_heading(sentence: Sentence, found: Sequence[FoundPassage]) -> bool:
    """Whether the sentence only repeats a heading: what stands under it is what it promises. A point that is a whole
    sentence says it itself."""
    states = sentence.text.endswith("。") and "，" in sentence.text
    return not states and sentence.text.rstrip("。；") in found[sentence.passage].context.passage.path


def says_what_is_meant(question: Question, citations: Sequence[Citation]) -> bool:
    """Whether the citations give what is asked for: a definition, how something is done, who may do it. Sentences that
    only have the words in them are no full answer to what they mean, nor 登记在册的宣讲员 to how they register."""
    match question.type:
        case AnswerType.DEFINITION:
            return any(_defines(question, citation) for citation in citations)
        case AnswerType.MANNER if not _tells_how(question, citations):
            return False
    needed = needed_words(question)
    said = (fold("\n".join((*item.path[-1:], item.quote))) for item in citations)
    return needed is None or any(map(needed.search, said))


def needed_words(question: Question) -> re.Pattern[str] | None:
    """What an answer, or the heading above it, must have where only certain words can answer: words of conditions, who
    may do something; of counting, 怎么算. None for other questions."""
    if question.type is AnswerType.ELIGIBILITY:
        return cue_of(question.type)
    counting = question.type is AnswerType.MANNER and _COUNTING_ASKED.search(plain_spelling(fold(question.query.asked)))
    return _COUNTING if counting else None


def _tells_how(question: Question, citations: Sequence[Citation]) -> bool:
    """Whether what is to be done is said otherwise than as an attribute, of those it was done to or of their number."""
    action = asked_action(plain_spelling(fold(question.query.asked)), question.terms)
    headings = fold("".join(heading for citation in citations for heading in citation.path[-1:]))
    said = [
        found for citation in citations for found in re.finditer(f"{re.escape(action)}(.?.?.?)", fold(citation.quote))
    ]
    return not action or action in headings or not said or not all(_ATTRIBUTE.match(found[1]) for found in said)


def _defines(question: Question, citation: Citation) -> bool:
    """Whether a sentence defines, or its heading promises to, and together they name all that is asked about."""
    quote, heading = fold(citation.quote), fold("".join(citation.path[-1:]))
    if not has_cue(question, quote) and answer_type(heading) is not AnswerType.DEFINITION:
        return False
    names = ((term, *question.synonyms.get(term, ())) for term in question.terms)
    return all(any(name in quote or name in heading for name in forms) for forms in names)
