"""What a draft says beside a quotation or a title, held against what the library knows of the source."""

import pytest

from search.quotation.findings import FindingKind, Operation, Verdict
from tests.search.library import LIBRARY, Source, make_draft

QUOTE = "各乡镇要在10月底前完成入户摸底，2021年全县计划改造农户1280户，资金由县财政统筹安排"
TITLE = "《云岭县人民政府办公室关于做好冬季清洁取暖工作的通知》"
RULES = Source(
    "云岭县讲堂管理办法",
    (((), "第一条 为规范讲堂活动，制定本办法。"), ((), "第二条 讲堂由镇人民政府主办，村民委员会承办。"),
     ((), "第三条 讲堂每月至少开讲两次，由值班干部登记听众意见。")),
    fields={"organization": "云岭县人民政府", "issued_on": "2019-05-20", "document_number": "云政规〔2019〕2号"},
)  # fmt: skip


@pytest.fixture(scope="module")
def check(tmp_path_factory, analyser, embedder, terms):
    """Checks a draft against the test library and one more document."""
    from corpus.catalogue import Catalogue
    from search.engine.edge import EdgeEngine
    from search.indexing import Indexer
    from search.quotation.checking import QuotationChecker
    from search.succession import Succession

    folder = tmp_path_factory.mktemp("particulars")
    engine = EdgeEngine(folder / "index")
    with Catalogue.open(f"sqlite:///{folder / 'catalogue.sqlite3'}") as catalogue:
        engine.ensure_collection(embedder.dimensions)
        catalogue.add_versions([make_draft(source) for source in (*LIBRARY, RULES)])
        Indexer(catalogue, engine, analyser, embedder).index_pending()
        checker = QuotationChecker(catalogue, engine, analyser, terms, Succession(catalogue))
        yield lambda draft, *groups: checker.check(draft, frozenset(groups or {"public"}))
    engine.close()


def told(found):
    """The particulars found, as (kind, what the draft says, what the source has)."""
    return [(item.kind, item.text, item.expected) for item in found.findings if item.kind is not FindingKind.QUOTATION]


NUMBER, DATE, OFFICE, ARTICLE = (
    FindingKind.DOCUMENT_NUMBER,
    FindingKind.DATE,
    FindingKind.ORGANIZATION,
    FindingKind.ARTICLE,
)


@pytest.mark.parametrize(
    ("draft", "particulars"),
    [
        (f"2021年印发的云政办发〔2021〕8号文件要求：“{QUOTE}”。",
         [(NUMBER, "云政办发〔2021〕8号", "云政办发〔2021〕18号")]),
        (f"2020年印发的云政办发〔2021〕18号文件要求：“{QUOTE}”。", [(DATE, "2020年", "2021年")]),
        (f"县里二〇二一年九月印发的云政办发[2021]18号文件要求：“{QUOTE}”。", []),
        (f"{TITLE}（云政办发〔2022〕18号）要求抓紧摸底。", [(NUMBER, "云政办发〔2022〕18号", "云政办发〔2021〕18号")]),
        (f"{TITLE}（云政办发〔2021〕18号，2021年9月13日）要求抓紧摸底。", [(DATE, "2021年9月13日", "2021年9月3日")]),
        (f"云岭县人民政府2021年8月印发的{TITLE}要求抓紧。",
         [(OFFICE, "云岭县人民政府", "云岭县人民政府办公室"), (DATE, "2021年8月", "2021年9月")]),
        (f"根据2021年9月县财政局联合印发的{TITLE}，", [(OFFICE, "县财政局", "云岭县人民政府办公室")]),
        ("《云岭县讲堂管理办法》第五条规定：“讲堂由镇人民政府主办，村民委员会承办”。", [(ARTICLE, "第五条", "第二条")]),
        ("2018年云岭县人民政府公布的《云岭县讲堂管理办法》", [(DATE, "2018年", "2019年")]),
    ],
)  # fmt: skip
def test_a_particular_that_the_source_has_otherwise_is_reported(check, draft, particulars):
    found = check(draft)
    assert sorted(told(found)) == sorted(particulars)
    for item in found.findings:
        assert draft[item.start : item.end] == item.text
        if item.kind is not FindingKind.QUOTATION:
            assert item.verdict is Verdict.NOT_FOUND, "never called wrong"
            assert "".join(step.draft for step in item.diff) == item.text
            assert "".join(step.source for step in item.diff) == item.expected
            assert any(step.op is not Operation.EQUAL for step in item.diff)
            assert item.source.title in item.citations[0]
    assert sum(found.summary.values()) == len(found.findings)


@pytest.mark.parametrize(
    "draft",
    [
        f"2021年9月3日云岭县人民政府办公室印发的{TITLE}（云政办发〔2021〕18号，2021年9月3日）要求：“{QUOTE}”。",
        f"县政府办公室2021年印发的{TITLE}（云政办发[2021]第18号）要求抓紧。",
        "《云岭县讲堂管理办法》第二条规定：“讲堂由镇人民政府主办，村民委员会承办”。",
        "《云岭县讲堂管理办法》第３条规定：“讲堂每月至少开讲两次”。",
        "去年第五次会议以后，大家都说：“讲堂由镇人民政府主办，村民委员会承办”。",
        "《外县某某工作条例》（外政发〔2009〕1号）2009年发布。",
        f"外县的《某某办法》（外政发〔2009〕1号）与{TITLE}都有要求。",
        "2009年发布的报告引用了《云岭县讲堂管理办法》。",
    ],
)
def test_what_agrees_or_cannot_be_compared_is_left_alone(check, draft):
    assert told(check(draft)) == []


def test_naming_a_source_as_the_library_names_it_is_not_copying(check):
    text = f"请认真学习{TITLE}（云政办发〔2021〕18号）。"
    from_library = "根据云政办发[2021]18号文件，补贴按每户三千元标准发放，随设备验收一次拨付。"
    assert check(text).findings == []
    assert [item.verdict for item in check(from_library).findings] == [Verdict.EXACT]


def test_nothing_is_told_of_a_document_that_the_reader_may_not_read(check):
    draft = "2020年印发的《关于办好云岭社区讲堂的调研报告》（云报〔2020〕1号）"
    assert told(check(draft, "researchers")) == [(DATE, "2020年", "2022年")]
    assert check(draft).findings == []
