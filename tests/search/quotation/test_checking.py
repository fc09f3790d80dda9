import opencc
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from corpus.catalogue import Catalogue
from corpus.errors import TooLarge
from corpus.identifiers import text_hash
from corpus.samples.source import load_sources
from corpus.terms import TermBase
from corpus.text.sentences import split_sentences
from search.engine.edge import EdgeEngine
from search.indexing import Indexer
from search.quotation.checking import MAX_CHARACTERS, QuotationChecker
from search.quotation.comparison import letters
from search.quotation.findings import FindingKind, Operation, Verdict
from search.succession import Succession
from tests.search.library import LIBRARY, Source, make_draft

PUBLIC = frozenset({"public"})
EVERYONE = frozenset({"public", "researchers", "instructors"})
SAMPLES = [
    Source(
        str(sample.fields["title"]),
        tuple(((), block.text) for block in sample.blocks if block.text.strip()),
        sample.kind,
        frozenset(sample.readers),
        {"document_number": sample.fields["document_number"]} if "document_number" in sample.fields else {},
    )
    for sample in load_sources()
    if "title" in sample.fields
]
SENTENCES = sorted(
    {
        passage[span.start : span.end].strip()
        for sample in SAMPLES
        for _, passage in sample.parts
        for span in split_sentences(passage)
        if 12 <= letters(passage[span.start : span.end]) <= 120
        and not set('“”「」『』"…＂') & set(passage[span.start : span.end])
    }
)


@pytest.fixture(scope="module")
def shelf(tmp_path_factory, analyser, embedder):
    """A checker over the test library and the texts of the samples, with its catalogue."""
    folder = tmp_path_factory.mktemp("quotations")
    engine = EdgeEngine(folder / "index")
    with Catalogue.open(f"sqlite:///{folder / 'catalogue.sqlite3'}") as catalogue:
        engine.ensure_collection(embedder.dimensions)
        catalogue.add_versions([make_draft(source) for source in (*LIBRARY, *SAMPLES)])
        Indexer(catalogue, engine, analyser, embedder).index_pending()
        yield QuotationChecker(catalogue, engine, analyser, TermBase(), Succession(catalogue)), catalogue
    engine.close()


@pytest.fixture
def check(shelf):
    return lambda draft, groups=EVERYONE: shelf[0].check(draft, groups).findings


def only(findings):
    [finding] = findings
    return finding


def test_an_exact_quotation_is_found_with_its_place(shelf, check):
    draft = "办法对概念作了界定：“志愿服务，是指自愿、无偿向社会提供的公益服务。”"
    finding = only(check(draft))
    assert (finding.verdict, finding.text) == (Verdict.EXACT, "志愿服务，是指自愿、无偿向社会提供的公益服务")
    assert draft[finding.start : finding.end] == finding.text == finding.source.quote
    assert finding.source.title == "云岭县志愿服务管理办法"
    assert finding.source.path == ["第三条"]
    assert finding.diff == []


@pytest.mark.parametrize(
    "quoted",
    [
        opencc.OpenCC("s2t").convert("推行“群众选题、讲堂备题、院坝解题、回访评题”四步法"),
        "推行‘群众选题、讲堂备题、院坝解题、回访评题’四步法",
        "２０２１年全县计划改造农户１２８０户,资金由县财政统筹安排",
        "二〇二一年全县计划改造农户1280户，资金由县财政统筹安排。",
        "各乡镇要在10月底前完成\n入户摸底",
    ],
)
def test_width_script_quotation_marks_and_blanks_do_not_make_a_difference(check, quoted):
    assert only(check(f"「{quoted}」")).verdict is Verdict.EXACT


@pytest.mark.parametrize(
    ("quoted", "step"),
    [
        ("宣讲员四十八名，其中退休教师占三成", ("replace", "八", "六")),
        ("2021年全县计划改造农户1260户，资金由县财政统筹安排", ("replace", "1260", "1280")),
        ("为宣讲员开设备课的指导", ("insert", "的", "")),
        ("依托镇党校设立讲堂研习室", ("delete", "", "社区")),
        ("资金由县财政，统筹安排", ("insert", "，", "")),
    ],
)
def test_every_departure_is_an_alteration_and_is_shown(check, quoted, step):
    finding = only(check(f"报告说：“{quoted}”。"))
    assert finding.verdict is Verdict.ALTERED
    assert step in [(item.op.value, item.draft, item.source) for item in finding.diff]
    assert "".join(item.draft for item in finding.diff) == finding.text
    assert "".join(item.source for item in finding.diff) == finding.source.quote


def test_a_number_is_not_quoted_by_half(check):
    finding = only(check("“80户，资金由县财政统筹安排”"))
    assert (finding.verdict, finding.source.quote[:5]) == (Verdict.ALTERED, "1280户")


@pytest.mark.parametrize(
    ("lead", "verdict"),
    [
        ("《云岭县志愿服务管理办法》规定", Verdict.EXACT),
        ("《云岭县人民政府办公室关于做好冬季清洁取暖工作的通知》规定", Verdict.MISATTRIBUTED),
        ("云政办发[2021]18号文件规定", Verdict.MISATTRIBUTED),
        ("《做好冬季清洁取暖工作的通知》规定", Verdict.MISATTRIBUTED),
        ("《云岭县志愿服务管理》规定", Verdict.EXACT),
        ("《云岭县慈善条例》规定", Verdict.EXACT),
        ("《办法》规定", Verdict.EXACT),
        ("与《关于取暖补贴有关问题的复函》不同。《办法》规定", Verdict.EXACT),
    ],
)
def test_only_a_source_that_the_library_holds_can_be_the_wrong_one(check, lead, verdict):
    finding = only(check(f"{lead}：“志愿者参加第三条所称活动，应当先行登记”。"))
    assert (finding.verdict, finding.source.title) == (verdict, "云岭县志愿服务管理办法")


def test_a_source_may_be_named_behind_the_quotation(check):
    finding = only(check("“志愿者参加第三条所称活动，应当先行登记”（云财函〔2022〕4号）。"))
    assert (finding.verdict, finding.named) == (Verdict.MISATTRIBUTED, ["云财函〔2022〕4号"])


def test_parts_of_two_places_are_named_both(check):
    draft = "“志愿者参加第三条所称活动，应当先行登记，补贴按每户三千元标准发放，随设备验收一次拨付”"
    finding = only(check(draft))
    assert finding.verdict is Verdict.SPLICED
    cited = [finding.source, *finding.others]
    assert [item.title for item in cited] == ["云岭县志愿服务管理办法", "关于取暖补贴有关问题的复函"]
    assert "".join(item.draft for item in finding.diff) == finding.text


def test_an_ellipsis_announces_what_is_left_out(check):
    found = check("“云岭社区讲堂现有宣讲员四十六名……每名宣讲员每季度至少进院坝两次。”")
    assert [item.verdict for item in found] == [Verdict.EXACT, Verdict.EXACT]


def test_a_quotation_may_run_across_passages(shelf, check):
    quoted = "志愿者参加第三条所称活动，应当先行登记。第三条 本办法所称志愿服务，是指自愿、无偿"
    finding = only(check(f"“{quoted}”"))
    assert finding.verdict is Verdict.EXACT
    assert finding.source.quote.replace("\n", "") == quoted


def test_what_the_library_lacks_is_not_found(check):
    finding = only(check("他写道：“潮水退去以后，滩涂上留下许多不知名的贝壳。”"))
    assert (finding.verdict, finding.source, finding.diff) == (Verdict.NOT_FOUND, None, [])


@pytest.mark.parametrize(
    "draft", ["所谓“数字乡愁”值得研究。", "要求：乡愁可以数字化。", "这里没有引文。", "", "“”“……”"]
)
def test_nothing_is_said_of_terms_paraphrases_and_empty_marks(check, draft):
    assert check(draft) == []


def test_a_short_term_is_exact_or_left_out(check):
    assert [(item.text, item.verdict) for item in check("“一题一讲”和“一题二讲”")] == [("一题一讲", Verdict.EXACT)]


def test_of_a_short_quotation_only_one_edit_is_an_alteration(check):
    found = check("“退休教师占四成”，“退休医师占四成”。")
    assert [item.verdict for item in found] == [Verdict.ALTERED, Verdict.NOT_FOUND]


@pytest.mark.parametrize(
    "draft",
    [
        "会议强调：依托镇党校设立社区讲堂研习室，配备专职教员，为宣讲员开设备课指导。",
        "据了解：\n> 依托镇党校设立社区讲堂研习室，配备专职教员，为宣讲员开设备课指导。",
        "实践表明，依托镇党校设立社区讲堂研习室，配备专职教员，为宣讲员开设备课指导，值得借鉴。",
    ],
)
def test_quotations_without_marks(check, draft):
    finding = only(check(draft))
    assert finding.verdict is Verdict.EXACT
    assert finding.text == "依托镇党校设立社区讲堂研习室，配备专职教员，为宣讲员开设备课指导"


def test_copied_words_with_a_change_are_told_from_the_words_around_them(check):
    copied = "依托镇党校设立社区讲堂研习室，配备专职教师，为宣讲员开设备课指导"
    finding = only(check(f"多年的实践反复表明，{copied}，这一做法很值得借鉴。"))
    assert (finding.verdict, finding.text) == (Verdict.ALTERED, copied)
    assert [(step.draft, step.source) for step in finding.diff if step.op is not Operation.EQUAL] == [("师", "员")]


def test_nothing_of_a_restricted_document_is_hinted_at(shelf):
    checker, _ = shelf
    title = "《关于办好云岭社区讲堂的调研报告》"
    quoted = "云岭社区讲堂现有宣讲员四十六名，其中退休教师占三成"
    altered = "云岭社区讲堂现有宣讲员四十八名，其中退休教师占三成"
    named = f"{title}指出：“志愿者参加第三条所称活动，应当先行登记”。"
    for draft in (f"“{quoted}”", f"{title}：“{quoted}”", f"“{altered}”"):
        assert only(checker.check(draft, EVERYONE).findings).verdict in {Verdict.EXACT, Verdict.ALTERED}
        for groups in (PUBLIC, frozenset({"lecturers"}), frozenset()):
            finding = only(checker.check(draft, groups).findings)
            assert (finding.verdict, finding.source, finding.diff) == (Verdict.NOT_FOUND, None, [])
    for name in (named, named.replace("《关于", "《")):
        assert only(checker.check(name, EVERYONE).findings).verdict is Verdict.MISATTRIBUTED
        assert only(checker.check(name, PUBLIC).findings).verdict is Verdict.EXACT
    assert checker.check(f"实践表明，{quoted}，每名宣讲员每季度至少进院坝两次。", PUBLIC).findings == []


def test_a_trashed_document_is_a_source_no_more(open_library, analyser):
    searcher, catalogue = open_library(*map(make_draft, LIBRARY))
    checker = QuotationChecker(catalogue, searcher.engine, analyser, TermBase(), Succession(catalogue))
    draft = "“志愿者参加第三条所称活动，应当先行登记”"
    finding = only(checker.check(draft, EVERYONE).findings)
    catalogue.trash(finding.source.document_id)
    assert only(checker.check(draft, EVERYONE).findings).verdict is Verdict.NOT_FOUND


def test_a_draft_beyond_the_limit_is_refused(shelf):
    with pytest.raises(TooLarge, match="文稿过长"):
        shelf[0].check("文" * (MAX_CHARACTERS + 1), EVERYONE)


def test_a_lone_surrogate_does_no_harm(check):
    assert only(check("\ud800“志愿者参加第三条所称活动，应当先行登记”")).start == 2


def test_the_summary_counts_the_findings(shelf):
    checked = shelf[0].check("“志愿者参加第三条所称活动，应当先行登记”，“滩涂上留下许多不知名的贝壳”。", EVERYONE)
    assert checked.summary == {"exact": 1, "altered": 0, "misattributed": 0, "spliced": 0, "not_found": 1}


# Properties over planted drafts

EDITS = ("keep", "replace", "insert", "delete", "swap")


@st.composite
def planted(draw):
    """A sentence of the samples, changed by a number of edits."""
    characters = list(draw(st.sampled_from(SENTENCES)).strip("。；，：、！？.;,:!? "))
    for _ in range(draw(st.integers(0, 4))):
        at = draw(st.integers(0, len(characters) - 1))
        match draw(st.sampled_from(EDITS)):
            case "replace":
                characters[at] = draw(st.sampled_from("山水3，"))
            case "insert":
                characters.insert(at, draw(st.sampled_from("山水3，\n")))
            case "delete" if len(characters) > 8:
                del characters[at]
            case "swap":
                characters[at:] = characters[at:][::-1] if len(characters) - at < 4 else characters[at:]
    return "".join(characters)


FORMS = ("“{}”", "「{}」。", "会议强调：{}。\n", "\n> {}\n", "{}。", "《云岭县志愿服务管理办法》规定：“{}”。")


@given(st.lists(st.tuples(st.sampled_from(FORMS), planted(), st.sampled_from(["", "此外，", "\n"])), max_size=4))
@example([("“{}”", "《松岭省志愿服务记录与星级认定办法（试行）》（文明办〔2022〕15号）同时废止", "")])
@settings(max_examples=60, deadline=None)
def test_every_source_is_verbatim_and_every_difference_adds_up(shelf, parts):
    checker, catalogue = shelf
    draft = "".join(before + form.format(text) for form, text, before in parts)
    at = 0
    for finding in checker.check(draft, EVERYONE).findings:
        quotes = finding.kind is FindingKind.QUOTATION
        assert at * quotes <= finding.start < finding.end <= len(draft)
        assert draft[finding.start : finding.end] == finding.text
        at = finding.end if quotes else at  # A number that is not the named document's may stand within a quotation.
        for citation in [finding.source, *finding.others] if finding.source else []:
            stored = catalogue.version(citation.document_id, citation.version)
            assert stored.text[citation.locator.start : citation.locator.end] == citation.quote != ""
            assert citation.text_hash == citation.locator.text_hash == text_hash(citation.quote)
            assert citation.passage_id in {passage.id for passage in catalogue.passages_of(stored.id)}
        if finding.diff:
            assert "".join(step.draft for step in finding.diff) == finding.text
            assert all((step.draft == "") <= (step.op is Operation.DELETE) for step in finding.diff)
        if finding.verdict is Verdict.ALTERED:
            assert "".join(step.source for step in finding.diff) == finding.source.quote
        assert not quotes or (finding.source is None) == (finding.verdict is Verdict.NOT_FOUND)


@given(st.sampled_from(SENTENCES))
@settings(max_examples=60, deadline=None)
def test_every_sentence_of_the_samples_is_exact(shelf, sentence):
    finding = only(shelf[0].check(f"原文说：“{sentence}”", EVERYONE).findings)
    assert finding.verdict is Verdict.EXACT
    assert finding.diff == []
