"""References to made-up sources, read back by the styles' own parsers."""

from datetime import UTC, date, datetime

import pybtex.database
import pytest
import rispy
from hypothesis import given
from hypothesis import strategies as st

from corpus.records import Document, IngestReport, Kind, MetadataField, Passage, Status, Version
from search.references import Style
from search.references.sources import Source, SourceType, source_of
from search.references.styles import write_reference

NOW = datetime(2024, 5, 6, tzinfo=UTC)
CURATORS = frozenset({"curators"})


def made(kind, title, passage_page=None, groups=CURATORS, restricted=(), **fields):
    """The source of a document with the fields."""
    values = tuple(MetadataField(name, value, restricted=name in restricted) for name, value in fields.items())
    year = fields.get("year")
    document = Document("0a1b-2", kind, title, CURATORS, Status.ACTIVE, 1, "/x", NOW, NOW, year=year)
    version = Version("v", "0a1b-2", 1, "x", "0", "text/plain", "", values, (), IngestReport("text"), NOW)
    passage = Passage("p", "v", (), "文", 0, 1, passage_page, 1, frozenset()) if passage_page else None
    return source_of(document, version, groups, passage)


NOTICE = {"organization": "云岭县人民政府办公室", "document_number": "云政办发〔2021〕18号", "issued_on": "2021-09-03"}


@pytest.mark.parametrize(
    ("source", "reference", "missing"),
    [
        (
            made(Kind.POLICY, "关于做好“板凳课堂”工作的通知", **NOTICE),
            "云岭县人民政府办公室. 关于做好“板凳课堂”工作的通知: 云政办发〔2021〕18号[Z]. 2021.",
            (),
        ),
        (
            made(Kind.POLICY, "关于做好取暖工作的通知", 3, **NOTICE),
            "云岭县人民政府办公室. 关于做好取暖工作的通知: 云政办发〔2021〕18号[Z]. 2021: 3.",
            (),
        ),
        (
            made(Kind.POLICY, "关于做好取暖工作的通知", url="https://www.example.cn/a?b=1&c=2", **NOTICE),
            "云岭县人民政府办公室. 关于做好取暖工作的通知: 云政办发〔2021〕18号[EB/OL]. (2021-09-03)[2024-05-06]. "
            "https://www.example.cn/a?b=1&c=2.",
            (),
        ),
        (
            made(Kind.POLICY, "关于做好取暖工作的通知", site_name="云岭县政府网", **NOTICE),
            "云岭县人民政府办公室. 关于做好取暖工作的通知: 云政办发〔2021〕18号[EB/OL]. (2021-09-03)[2024-05-06].",
            ("获取和访问路径",),
        ),
        (
            made(Kind.POLICY, "云岭县志愿服务条例", organization="云岭县人大常委会", issued_on="2020-03-01"),
            "云岭县人大常委会. 云岭县志愿服务条例[Z]. 2020.",
            (),
        ),
        (made(Kind.POLICY, "云岭县志愿服务条例"), "云岭县志愿服务条例[Z].", ("主要责任者", "日期")),
        (
            made(
                Kind.RESEARCH,
                "基层宣讲的供需对接",
                authors=["柴琬舸", "陆闻笛", "史亦凡", "童舒"],
                series="云岭学刊",
                issue_number="2022年第3期",
                year=2022,
                pages="11-18",
            ),
            "柴琬舸, 陆闻笛, 史亦凡, 等. 基层宣讲的供需对接[J]. 云岭学刊, 2022(3): 11-18.",
            (),
        ),
        (
            made(Kind.RESEARCH, "基层宣讲的供需对接", authors=["柴琬舸"], output_type="论文", year=2022),
            "柴琬舸. 基层宣讲的供需对接[J]. 2022.",
            ("刊名", "期号", "页码"),
        ),
        (
            made(
                Kind.RESEARCH,
                "讲堂研究",
                authors=["John Smith"],
                output_type="硕士学位论文",
                organization="云岭大学",
                year=2020,
            ),
            "SMITH J. 讲堂研究[D]. 云岭大学, 2020.",
            ("出版地",),
        ),
        (
            made(Kind.RESEARCH, "讲堂调研报告", organization="云岭县委党校", issued_on="2022-05-16", place="云岭"),
            "云岭县委党校. 讲堂调研报告[R]. 云岭: 云岭县委党校, 2022.",
            (),
        ),
        (
            made(
                Kind.COURSE,
                "第三讲 群众路线",
                course_name="理论基础",
                instructor="童舒",
                organization="云岭县委党校",
                term="2023年春",
            ),
            "童舒. 理论基础：第三讲 群众路线[Z]. 云岭县委党校, 2023.",
            ("出版地",),
        ),
        (
            made(Kind.RESEARCH, "讲堂讲义", authors=["童舒"], output_type="专著"),
            "童舒. 讲堂讲义[M].",
            ("出版地", "出版者", "日期"),
        ),
    ],
)
def test_gb7714(source, reference, missing):
    assert write_reference(source, Style.GB7714) == reference
    assert source.missing == missing


def test_what_the_reader_may_not_see_is_in_no_reference():
    fields = {**NOTICE, "authors": ["签发人某"], "publisher": "内部印发"}
    hidden = made(Kind.POLICY, "通知", groups=frozenset({"public"}), restricted=("authors", "publisher"), **fields)
    for style in Style:
        written = write_reference(hidden, style)
        assert "签发人某" not in written
        assert "内部印发" not in written
    open_ = made(Kind.POLICY, "通知", restricted=("authors", "publisher"), **fields)
    assert "签发人某" in write_reference(open_, Style.GB7714)


texts = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=30)


@given(title=texts, names=st.lists(st.text("甲乙丙丁{}\\&%,和与and", min_size=1, max_size=8), max_size=5), number=texts)
def test_whatever_a_source_is_called_its_records_can_be_read_back(title, names, number):
    source = Source("k1", SourceType.REPORT, title, tuple(names), (2021, 3, 4), number=number, pages="7")
    [(key, entry)] = pybtex.database.parse_string(write_reference(source, Style.BIBTEX), "bibtex").entries.items()
    assert key == "lunku-k1"
    assert entry.fields["year"] == "2021"
    assert len(entry.persons.get("author", [])) == len(names)
    [record] = rispy.loads(write_reference(source, Style.RIS))
    assert (record["title"], record.get("authors", []), record["number"]) == (title, names, number)
    assert title in write_reference(source, Style.GB7714)


def test_bibtex_and_ris_of_a_web_page():
    source = Source(
        "k1",
        SourceType.WEB_PAGE,
        "通知 A&B_1",
        ("某办公室", "John A. Smith"),
        (2021, 3, 4),
        date(2024, 5, 6),
        "某发〔2021〕1号",
        url="https://example.cn/a_b",
    )
    entry = pybtex.database.parse_string(write_reference(source, Style.BIBTEX), "bibtex").entries["lunku-k1"]
    assert [str(person) for person in entry.persons["author"]] == ["{某办公室}", "Smith, John A."]
    assert entry.fields["title"] == r"通知 A\&B\_1"
    assert entry.fields["urldate"] == "2024-05-06"
    [record] = rispy.loads(write_reference(source, Style.RIS))
    assert record["type_of_reference"] == "ELEC"
    assert record["authors"] == ["某办公室", "Smith, John A."]
    assert record["urls"] == ["https://example.cn/a_b"]
    assert write_reference(source, Style.RIS).endswith("ER  - \n")
