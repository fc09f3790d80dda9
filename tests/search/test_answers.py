from dataclasses import replace

import pytest

from corpus.errors import InvalidQuery
from corpus.identifiers import text_hash
from corpus.records import Kind
from search.answers import AnswerBuilder
from search.hits import make_citation
from search.results import AnswerStatus, SearchFilters
from search.selection import MOST_SENTENCES
from tests.search.library import BRIEF, LIBRARY, NOTICE, PUBLIC, REPLY, RULES, STAFF, Source, make_draft

NO_FILTERS = SearchFilters()
STORED = {source.title: make_draft(source).text for source in LIBRARY}


def _ask(library, question, groups=STAFF):
    return library.answer(question, NO_FILTERS, groups)


def _text(answer):
    return "".join(sentence.text for sentence in answer.sentences)


@pytest.mark.parametrize(
    ("question", "title", "expected"),
    [
        ("社区讲堂研习室依托哪里设立？", BRIEF.title, "依托镇党校设立社区讲堂研习室"),
        ("云岭社区讲堂现有多少名宣讲员？", BRIEF.title, "四十六名"),
        ("取暖补贴按什么标准发放？", REPLY.title, "每户三千元"),
        ("2021年全县计划改造多少户？", NOTICE.title, "1280户"),
        ("志愿者的意外伤害保险由谁购买？", RULES.title, "志愿服务组织应当为志愿者购买意外伤害保险"),
        ("什么是志愿服务？", RULES.title, "自愿、无偿"),
    ],
)
def test_answers_quote_the_sentence_that_says_it(library, question, title, expected):
    answer = _ask(library, question)
    assert answer.status is not AnswerStatus.ABSTAINED, answer.reason
    assert expected in _text(answer)
    assert title in {citation.title for sentence in answer.sentences for citation in sentence.citations}


@pytest.mark.parametrize(
    "question",
    [
        "2019年全县计划改造多少户？",
        "红石县社区讲堂现有多少名宣讲员？",
        "冬季清洁取暖工作由哪家航空公司承运？",
        "本校2024年社区讲堂选课人数是多少？",
        "“夜校联盟”是怎么运行的？",
        "云政办发〔2023〕99号对取暖补贴怎么规定？",
        "量子计算机的退相干时间有多长？",
    ],
)
def test_abstains_when_an_essential_part_is_not_in_the_library(library, question):
    answer = _ask(library, question)
    assert answer.status is AnswerStatus.ABSTAINED
    assert answer.sentences == []
    assert answer.reason
    assert any("一" <= character <= "鿿" for character in answer.reason)


@pytest.mark.parametrize(
    "question",
    ["社区讲堂研习室依托哪里设立？", "云岭社区讲堂现有多少名宣讲员？", "取暖补贴按什么标准发放？", "主要措施有哪些？"],
)
@pytest.mark.parametrize("groups", [STAFF, PUBLIC, frozenset()])
def test_every_quote_is_verbatim_located_and_readable(library, question, groups):
    answer = _ask(library, question, groups)
    readable = {source.title for source in LIBRARY if source.readers & groups}
    assert {hit.title for hit in answer.nearest} <= readable
    assert len(answer.sentences) <= MOST_SENTENCES
    for sentence in answer.sentences:
        for citation in sentence.citations:
            assert citation.title in readable
            assert citation.quote == sentence.text
            assert STORED[citation.title][citation.locator.start : citation.locator.end] == citation.quote
            assert citation.text_hash == citation.locator.text_hash == text_hash(citation.quote)


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("KJ3305有多少学分？", "学分：2；学时：32。"),
        ("KJ3305的小组汇报有多少分钟？", "小组汇报每组十五分钟，讲完当场评议。"),
        ("乡村口述史的课程代码是多少？", "课程名称：乡村口述史；课程代码：KJ3305"),
    ],
)
def test_digits_of_a_code_that_the_question_names_are_no_answer(open_library, question, said):
    facts = "课程名称：乡村口述史；课程代码：KJ3305\n任课教师：柴琬舸\n学分：2；学时：32。"
    fields = {"course_name": "乡村口述史"}
    syllabus = Source("《乡村口述史》教学大纲", (((), facts),), Kind.COURSE, fields={**fields, "course_code": "KJ3305"})
    lesson = Source(
        "第四讲 访谈的记录与整理", ((("汇报",), "小组汇报每组十五分钟，讲完当场评议。"),), Kind.COURSE, fields=fields
    )
    library, _ = open_library(make_draft(syllabus), make_draft(lesson))
    answer = library.answer(question, SearchFilters(), PUBLIC)
    assert answer.sentences[0].text == said


def test_a_report_on_one_year_says_nothing_of_the_year_it_came_out_in(open_library):
    report = replace(
        BRIEF,
        title="2023年社区讲堂统计公报",
        parts=((("一、队伍",), "年末全县登记宣讲员四十六名。"),),
        readers=STAFF,
        fields={"issued_on": "2024-02-01"},
    )
    searcher, _ = open_library(make_draft(report))
    assert "四十六名" in _text(_ask(searcher, "2023年年末全县登记宣讲员多少名？"))
    assert _ask(searcher, "2024年年末全县登记宣讲员多少名？").status is AnswerStatus.ABSTAINED


def test_an_unreadable_document_neither_answers_nor_is_near(library):
    answer = _ask(library, "社区讲堂研习室依托哪里设立？", PUBLIC)
    assert answer.status is AnswerStatus.ABSTAINED
    assert BRIEF.title not in {hit.title for hit in answer.nearest}
    assert _ask(library, "社区讲堂研习室依托哪里设立？", frozenset()).nearest == []


def test_an_enumeration_is_shown_whole(library):
    answer = _ask(library, "冬季清洁取暖有哪些主要措施？", PUBLIC)
    assert answer.status is not AnswerStatus.ABSTAINED
    assert all(part in _text(answer) for part in ("（一）建立户档", "（二）统一采购", "（三）跟踪服务"))


def test_points_that_are_sections_are_all_shown(library):
    answer = _ask(library, "云岭社区讲堂怎样把准方向？")
    assert [sentence.text for sentence in answer.sentences] == ["一是建强队伍。", "二是用好阵地。"]
    assert {tuple(citation.path) for item in answer.sentences for citation in item.citations} == {
        ("一、把准方向", "一是建强队伍"),
        ("一、把准方向", "二是用好阵地"),
    }


def test_what_a_short_opening_announces_is_shown_with_it(library):
    assert "每年由县财政安排讲堂工作经费二十万元。" in _text(_ask(library, "讲堂的专项经费怎么落实？"))


def test_same_question_same_answer(library):
    question = "云岭社区讲堂现有多少名宣讲员？"
    assert _ask(library, question) == _ask(library, question)


def test_filters_narrow_what_answers(library):
    narrowed = library.answer("取暖补贴按什么标准发放？", SearchFilters(kind="research"), STAFF)
    assert {hit.kind for hit in narrowed.nearest} <= {"research"}
    assert REPLY.title not in {citation.title for item in narrowed.sentences for citation in item.citations}


def test_empty_library_and_empty_question(open_library):
    searcher, _ = open_library()
    answer = searcher.answer("取暖补贴按什么标准发放？", NO_FILTERS, STAFF)
    assert (answer.status, answer.sentences, answer.nearest) == (AnswerStatus.ABSTAINED, [], [])
    with pytest.raises(InvalidQuery):
        searcher.answer(" ", NO_FILTERS, STAFF)


def test_the_gate_drops_a_quote_that_the_catalogue_does_not_hold(open_library):
    _, catalogue = open_library(make_draft(RULES))
    [document], _ = catalogue.documents()
    version = catalogue.version(document.id)
    passage = catalogue.passages_of(version.id)[1]
    builder = AnswerBuilder(catalogue)
    found = catalogue.hydrate([passage.number], PUBLIC)[passage.number]
    genuine = make_citation(found, 0, 8)
    altered = replace(genuine, quote=genuine.quote[:-1] + "改")
    moved = replace(genuine, locator=replace(genuine.locator, start=genuine.locator.start + 1))
    shown = builder.verified([genuine, altered, moved])
    assert [sentence.citations for sentence in shown] == [[genuine]]


@pytest.mark.parametrize(
    "question", ["登记宣讲时间对宣讲员有什么用？", "宣讲时间怎么计算？", "宣讲时间由谁登记？", "宣讲时间怎么登记？"]
)
def test_a_heading_is_shown_only_with_what_stands_under_it(open_library, question):
    slides = (
        (("什么是宣讲时间",), "什么是宣讲时间\n从开讲到答问结束的时间，以小时计\n路上的时间：不算在内"),
        (("为什么要登记宣讲时间",), "为什么要登记宣讲时间\n对宣讲员：是评优的凭证\n对讲堂：是排课的依据"),
        (("宣讲时间的登记办法",), "宣讲时间的登记办法\n由联络员当场填表，两人签字\n不得事后补登"),
    )
    library, _ = open_library(make_draft(Source("第二讲 讲堂的日常管理", slides, Kind.COURSE)))
    shown = [sentence.citations[0] for sentence in _ask(library, question, PUBLIC).sentences]
    below = {path: text.splitlines()[1:] for path, text in slides}
    for citation in shown:
        if [citation.quote] == citation.path:
            quotes = [other.quote for other in shown if other.path == citation.path]
            assert quotes == [citation.quote, *below[tuple(citation.path)]]
    assert len(shown) <= len(slides)


def test_sentences_with_the_words_in_them_are_no_full_answer_to_what_they_mean(open_library):
    rules = (
        (("第二条",), "第二条　本办法所称讲堂宣讲时间，是指从开讲到答问结束的时间。"),
        (("第三条",), "第三条　讲堂宣讲员每季度至少宣讲两次，讲堂宣讲时间由联络员登记。"),
        (("第四条",), "第四条　讲堂宣讲员由乡镇推荐，讲堂宣讲时间满三十小时的，县里颁发聘书。"),
    )
    library, _ = open_library(make_draft(Source("云岭县社区讲堂管理办法", rules)))
    defined = _ask(library, "什么是讲堂宣讲时间？", PUBLIC)
    assert defined.status is AnswerStatus.ANSWERED
    assert "从开讲到答问结束的时间" in _text(defined)
    assert _ask(library, "什么是讲堂宣讲员？", PUBLIC).status is not AnswerStatus.ANSWERED


@pytest.mark.parametrize("question", ["何谓社区讲堂研习室？", "社区讲堂研习室的含义是什么？"])
def test_words_that_ask_for_a_meaning_need_not_stand_in_the_answer(library, question):
    reason = _ask(library, question).reason or ""
    assert "何谓" not in reason
    assert "含义" not in reason


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ("云岭县登记在册的讲书人共有三百名，比上年增加二十名。", AnswerStatus.PARTIAL),
        ("讲书人由村民推荐，到镇文化站登记，填写讲书人登记表。", AnswerStatus.ANSWERED),
    ],
)
def test_who_was_registered_does_not_say_how(open_library, said, status):
    source = Source("云岭县讲书人名录", (((), "云岭县讲书人名录"), (("讲书人队伍",), said)))
    searcher, _ = open_library(make_draft(source))
    answer = _ask(searcher, "讲书人怎么登记？")
    assert (answer.status, _text(answer)) == (status, said)


def test_a_row_answers_only_for_its_own_code(open_library):
    rows = [f"课题编号：24YL0{number}；项目名称：{name}；主持人：{who}" for number, name, who in (
        ("05", "楼院讲堂研究", "柴琬舸"), ("07", "集市宣讲研究", "陆闻笛"), ("09", "渡口夜校研究", "江望舒"),
    )]  # fmt: skip
    listed = Source("年度课题名单", (((), "年度课题名单"), (("课题名单",), "\n".join(rows))), Kind.RESEARCH)
    searcher, _ = open_library(make_draft(listed))
    assert _text(_ask(searcher, "24YL007的主持人是谁？")) == rows[1]


def test_a_name_alone_answers_nothing(open_library):
    outline = Source(
        "《楼院讲述》课程教学大纲",
        (
            (("一、课程信息",), "课程名称：楼院讲述；课程代码：LY2031\n学分：2；任课教师：柴琬舸"),
            (("四、考核方式",), "课程成绩由讲稿和试讲两部分构成，各占一半。"),
            (("六、说明",), "课程：楼院讲述（LY2031）"),
        ),
        Kind.COURSE,
        fields={"course_name": "楼院讲述", "course_code": "LY2031"},
    )
    searcher, _ = open_library(make_draft(outline))
    assert "课程成绩由讲稿和试讲两部分构成" in _text(_ask(searcher, "楼院讲述怎么考核？"))
    assert _text(_ask(searcher, "LY2031的授课教师是谁？")) == "学分：2；任课教师：柴琬舸"


def test_why_is_no_answer_to_how(open_library):
    slides = Source(
        "第二讲 服务时间",
        (
            (("为什么要登记服务时间",), "登记服务时间，是对志愿者付出的认可。"),
            (("登记的步骤",), "服务结束后，由组织在平台上登记服务时间，经志愿者确认后公示。"),
        ),
        Kind.COURSE,
    )
    searcher, _ = open_library(make_draft(slides))
    assert "经志愿者确认后公示" in _text(_ask(searcher, "服务时间怎么登记？"))
    assert "付出的认可" not in _text(_ask(searcher, "服务时间怎么登记？"))
    assert "付出的认可" in _text(_ask(searcher, "为什么要登记服务时间？"))


@pytest.mark.parametrize(
    "question", ["24YL011的负责人是谁？", "24YL011的主持人是谁？", "课题24YL011的首席专家是谁？", "24YL011的项目负责人"]
)
def test_a_particular_is_found_by_any_label_that_forms_print_for_it(open_library, question):
    report = Source(
        "渡口夜校研究结项报告",
        (((), "渡口夜校研究结项报告"), ((), "课题编号：24YL011\n主持人：江望舒\n成果形式：调研报告")),
        Kind.RESEARCH,
        fields={"project_number": "24YL011"},
    )
    searcher, _ = open_library(make_draft(report))
    answer = _ask(searcher, question)
    assert answer.status is AnswerStatus.ANSWERED
    assert "主持人：江望舒" in _text(answer)


def test_what_repeats_a_question_may_answer_it(open_library):
    said = "讲书人由村民推荐。"
    source = Source("云岭县讲书人办法", (((), "云岭县讲书人办法"), (("第二条",), said + "（推荐表由镇文化站保存。）")))
    searcher, _ = open_library(make_draft(source))
    assert said in _text(_ask(searcher, "讲书人由村民推荐吗？"))
    assert "镇文化站" in _text(_ask(searcher, "推荐表由谁保存？"))


def test_formulas_of_official_documents_answer_nothing(open_library):
    said = "讲书人评选由县文化馆负责组织。"
    text = f"为做好讲书人评选工作，现将讲书人评选有关事项通知如下：\n{said}\n特此通知。"
    source = Source("关于讲书人评选的通知", (((), "关于讲书人评选的通知"), ((), text)))
    searcher, _ = open_library(make_draft(source))
    assert "通知如下" not in _text(_ask(searcher, "讲书人评选的有关事项有哪些？"))
    assert _text(_ask(searcher, "讲书人评选由谁负责？")) == said
