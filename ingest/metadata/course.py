"""Fields of course material: syllabuses, lesson plans, lecture notes, slides."""

import re

from corpus.text.numerals import chinese_number
from ingest.lines import is_organization
from ingest.metadata.findings import Findings
from ingest.metadata.sheet import Sheet

_LESSON = re.compile(
    r"第\s?(?P<number>[一二三四五六七八九十百\d]{1,4})\s?(?P<unit>讲|课(?!程|题|时)|单元|章|专题|"
    r"模块)[\s：:、．.\-—_]*(?P<title>[^\n]{0,60})"
)
_COURSE_TITLE = re.compile(
    r"^《?(?P<course>[^《》]{2,30}?)》?[\s\-—_·]*(?:课程|研究生课程|本科课程)?\s*(?:教学大纲|课程大纲|"
    r"教学计划|教学日历|课程标准|考试大纲|教案|讲义|讲稿|课件|教学设计|授课计划|学习指南|课程简介|教学进度表|"
    r"课程考核|考核说明|考核方案|考试说明|作业要求|实践指导)"
)
_COURSE_FILE = re.compile(
    r"^(?P<course>[\u4e00-\u9fffA-Za-z（）()]{2,24}?)\s*[_\-—－ "
    r"]+\s*第?(?P<number>\d{1,2})\s?[讲章课]?\s*[_\-—－. ]+\s*(?P<title>[\u4e00-\u9fff].{1,40})$"
)
_TERM = re.compile(
    r"20\d\d\s?[-—–~～至/]\s?20\d\d\s?学年度?\s?(?:第?\s?[一二12]\s?学期|[春秋夏]季?学期)?|20\d\d年?[春秋]季?学期"
)
_CODED = re.compile(r"(?P<name>.+?)\s*[（(](?P<code>[A-Za-z]{1,6}[-.]?\d{2,12}[A-Za-z]?)[）)]")
_GENRE = re.compile(r"^(?:读书笔记|阅读札记)[：:]\s*")
_FORM = re.compile(r"[（(](?:讲义|课件|讲稿|教案|提纲|PPT)[）)]$")
_FRONT = 30
_OFFICE_LINES = 6


def read_course(sheet: Sheet, findings: Findings, title: str, stem: str) -> None:
    """Course, lesson and term out of the title, the file's name and the first lines; labelled rows were read before."""
    first = sheet.span(0) if sheet.lines else None
    for text, confidence in ((title, 0.8), (stem, 0.6)):
        named = _COURSE_TITLE.search(text)
        if named:
            findings.add("course_name", named["course"].strip(), (), confidence=confidence)
        _read_lesson(findings, text, confidence)
    if filed := _COURSE_FILE.match(stem):
        findings.add("course_name", filed["course"].strip(), (), confidence=0.5)
        findings.add("lesson_no", int(filed["number"]), (), confidence=0.5)
        findings.add("lesson_title", filed["title"].strip(), (), confidence=0.5)
    if first and "lesson_no" not in findings and len(sheet.lines[0]) <= 60 and _LESSON.match(sheet.lines[0]):
        _read_lesson(findings, sheet.lines[0], 0.7)
    for index, line in enumerate(sheet.lines[:_FRONT]):
        if len(line) <= 80 and (term := _TERM.search(line)):
            findings.add("term", re.sub(r"\s", "", term[0]), (sheet.part(index, *term.span()),), confidence=0.8)
            break
    for index in range(min(_OFFICE_LINES, len(sheet.lines))):
        office = re.split(r"[ \t\u3000]+", sheet.lines[index])[0]
        if is_organization(office) and office[0] not in "（(":
            findings.add("organization", office, (sheet.part(index, 0, len(office)),), confidence=0.6)
    _tidy(findings)


def read_deck(findings: Findings, title: str) -> None:
    """A deck of slides is a lesson, called like the deck where nothing says which one it is."""
    if title != findings.text("course_name"):
        spans = [span for field in findings.fields() if field.name == "title" for span in field.spans]
        findings.add("lesson_title", title, spans, confidence=0.4)


def _read_lesson(findings: Findings, text: str, confidence: float) -> None:
    found = _LESSON.search(text)
    number = chinese_number(found["number"]) if found else None
    if not found or number is None:
        return
    findings.add("lesson_no", number, (), confidence=confidence)
    if name := _GENRE.sub("", _FORM.sub("", found["title"])).strip(" 　：:"):
        findings.add("lesson_title", name, (), confidence=confidence)


def _tidy(findings: Findings) -> None:
    """Bring labelled values into one form: 《》 off the course's name, numbers of a lesson out of its title."""
    name = findings.text("course_name")
    coded = _CODED.fullmatch(name)
    plain = (coded["name"] if coded else name).strip(" 《》")
    if plain != name:
        findings.add("course_name", plain, (), confidence=findings.confidence("course_name") + 0.001)
    if coded:
        findings.add("course_code", coded["code"], (), confidence=0.9)
    if lesson := _LESSON.match(findings.text("lesson_title")):
        sure = findings.confidence("lesson_title") + 0.001
        _read_lesson(findings, lesson[0], sure)
