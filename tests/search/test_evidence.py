from datetime import UTC, datetime

from corpus.catalogue.views import PassageInContext
from corpus.records import Document, Kind, Passage, Status
from corpus.terms import TermBase
from corpus.text.analyser import Analyser
from search.conditions import missing_around
from search.evidence import FoundPassage, with_codes
from search.query import parse_query
from search.question import QuestionReader

ANALYSER = Analyser(TermBase.load())
QUESTION = QuestionReader(ANALYSER).read(parse_query("KJ3305的课程论文要多少字？", ANALYSER))
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def _found(document: str, course: str | None, text: str) -> FoundPassage:
    passage = Passage(f"{document}/{text}", document, (), text, 0, len(text), None, 1, frozenset())
    groups = frozenset({"public"})
    record = Document(
        document, Kind.COURSE, document, groups, Status.ACTIVE, 1, f"{document}.docx", NOW, NOW, course=course
    )
    return FoundPassage(PassageInContext(passage, record), 1.0)


def _codes(*found: FoundPassage) -> list[tuple[str, ...]]:
    return [item.codes for item in with_codes(QUESTION, found)]


def test_a_code_at_the_head_of_a_document_is_meant_in_all_of_it():
    head = _found("大纲", "乡村口述史", "课程名称：乡村口述史；课程代码：KJ3305")
    rest = _found("大纲", "乡村口述史", "课程论文不少于4000字。")
    assert _codes(head, rest) == [(), ("kj3305",)]
    assert not list(missing_around(QUESTION, with_codes(QUESTION, [head, rest])[1]))


def test_it_is_meant_in_the_other_documents_of_the_course_that_is_named_with_it():
    head = _found("第1讲", "乡村口述史", "课程：乡村口述史（KJ3305）")
    lesson = _found("大纲", "乡村口述史", "课程论文不少于4000字。")
    other = _found("别的大纲", "方言调查", "课程论文不少于3000字。")
    assert _codes(head, lesson, other) == [(), ("kj3305",), ()]


def test_a_code_that_another_course_mentions_is_not_its_own():
    mention = _found("别的大纲", "方言调查", "后续课程：KJ3305")
    lesson = _found("方言第2讲", "方言调查", "课程论文不少于3000字。")
    assert _codes(mention, lesson) == [(), ()]
    assert list(missing_around(QUESTION, lesson)) == ["最接近的段落中没有提到“kj3305”。"]
