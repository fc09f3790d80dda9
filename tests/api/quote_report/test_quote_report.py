"""The report on drafts of several makes: nothing of the draft changes, and every comment stands at its words."""

import os
import shutil
import subprocess
from io import BytesIO
from zipfile import ZipFile

import pytest
from docx import Document
from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Pt, RGBColor
from lxml import etree

from api.drafts import Draft, read_draft
from api.quote_report import LAYOUT_LOST, quote_report
from api.quote_report.notes import remarks
from search.quotation.findings import Difference, Finding, Operation, QuoteCheck, Verdict
from tests.search.quotation.citations import citation

NOWHERE = b'<Relationship Id="rId99" Type="http://example.com/x" Target="NULL"/></Relationships>'
WORDS = "压实属地责任，坚持民生优先"


def finding(text, words, verdict=Verdict.EXACT, nth=0, **more):
    """A finding at the nth place where the text has the words."""
    start = -1
    for _ in range(nth + 1):
        start = text.index(words, start + 1)
    return Finding(start, start + len(words), words, verdict, **more)


def checked(*findings):
    return QuoteCheck(list(findings), {item.value: sum(f.verdict is item for f in findings) for item in Verdict})


def comments_of(document):
    """For each comment, in the order of the body, its text and the words between its marks."""
    body = document.element.body
    found = []
    for start in body.iter(qn("w:commentRangeStart")):
        key, inside, words = start.get(qn("w:id")), False, ""
        for element in body.iter():
            if element is start:
                inside = True
            elif element.tag == qn("w:commentRangeEnd") and element.get(qn("w:id")) == key:
                break
            elif inside and element.tag == qn("w:t"):
                words += element.text
        [comment] = [item for item in document.comments if item.comment_id == int(key)]
        found.append(("\n".join(paragraph.text for paragraph in comment.paragraphs), words))
    return found


def visible(element):
    """What can be seen of an element: its text with the properties of each character's run."""
    marks = {qn("w:commentRangeStart"), qn("w:commentRangeEnd"), qn("w:commentReference")}
    seen = []
    for node in element.iter():
        if node.tag == qn("w:t"):
            properties = node.getparent().find(qn("w:rPr"))
            style = b"" if properties is None else etree.tostring(properties)
            seen += [(character, style) for character in node.text or ""]
        elif node.tag not in {*marks, qn("w:r")} and not properties_of(node):
            seen.append((node.tag, tuple(sorted(node.attrib.items()))))
    return seen


def properties_of(node):
    """The run properties that the element is, or is part of."""
    return next((item for item in (node, *node.iterancestors()) if item.tag == qn("w:rPr")), None) is not None


def report_on(path, *findings_of):
    """The report on a Word file, and the draft read from it."""
    draft = read_draft(path)
    check = checked(*(make(draft.text) for make in findings_of))
    return draft, Document(BytesIO(quote_report(draft, check)))


@pytest.fixture
def save(tmp_path):
    def write(document):
        path = tmp_path / "文稿.docx"
        document.save(path)
        return path

    return write


def test_a_quotation_across_runs_of_different_fonts_is_marked_exactly(save):
    document = Document()
    paragraph = document.add_paragraph("通知要求“")
    paragraph.add_run("压实属地").bold = True
    run = paragraph.add_run("责任，坚持 民生优先”，这一点")
    run.font.color.rgb = RGBColor(0xC0, 0, 0)
    run.font.size = Pt(9)
    original = visible(document.element.body)
    draft, report = report_on(save(document), lambda text: finding(text, "压实属地责任，坚持 民生优先"))
    [(note, words)] = comments_of(report)
    assert words == "压实属地责任，坚持 民生优先"
    assert note.startswith("1. 与原文一致")
    body = report.element.body
    added = list(body).index(report.paragraphs[1]._p)
    for element in list(body)[added:-1]:
        body.remove(element)
    assert visible(body) == original, "text, fonts, tables and sections are as they were"
    assert Document(BytesIO(draft.word)).paragraphs[0].text == report.paragraphs[0].text


def test_the_comment_tells_source_and_difference_in_words(save):
    document = Document()
    document.add_paragraph(f"会议强调：“{WORDS}”。")
    diff = [
        Difference(Operation.EQUAL, "压实", "压实"),
        Difference(Operation.REPLACE, "属地", "乡镇"),
        Difference(Operation.INSERT, "责任", ""),
        Difference(Operation.DELETE, "", "共同"),
    ]
    lines = ["《甲通知》（某办，某办发〔2020〕3号，2020年1月2日），一、总则"]
    _, report = report_on(
        save(document), lambda text: finding(text, WORDS, Verdict.MISATTRIBUTED, named=["《乙办法》"], citations=lines)
    )
    [(note, _)] = comments_of(report)
    assert note.split("\n")[1:] == [
        f"出处：{lines[0]}",
        "文稿称引自《乙办法》，该处未见这段文字；馆藏中它出自上列文献。",
    ]
    rows = [[cell.text for cell in row.cells] for row in report.tables[-1].rows]
    assert rows[1][:3] == ["1", WORDS, "出处有误"]
    assert lines[0] in rows[1][3]
    altered = Finding(0, 4, "压实属地", Verdict.ALTERED, citation("压实乡镇共同"), diff)
    assert remarks(altered) == [
        "原文：“压实乡镇共同”",
        "改动：原文“乡镇”，文稿作“属地”；多“责任”；缺“共同”。",
    ]


def test_the_second_of_two_equal_quotations_is_told_from_the_first(save):
    document = Document()
    document.add_paragraph(f"甲处“{WORDS}”。乙处“{WORDS}”。")
    document.add_paragraph(f"丙处“{WORDS}”。")
    _, report = report_on(save(document), *(lambda text, nth=nth: finding(text, WORDS, nth=nth) for nth in range(3)))
    assert [words for _, words in comments_of(report)] == [WORDS] * 3
    assert [note.split(".")[0] for note, _ in comments_of(report)] == ["1", "2", "3"]
    texts = [element.getparent() for element in report.element.body.iter(qn("w:commentRangeStart"))]
    assert texts[0] is texts[1] is not texts[2]


def test_numbering_tables_links_and_insertions(save):
    """Numbers that Word makes, cells whose headings are repeated, and text that is not in plain runs."""
    document = Document()
    document.add_paragraph("甲事项办理“先急后缓、先易后难的办法”", style="List Number")
    document.add_paragraph("乙事项", style="List Number")
    table = document.add_table(2, 2)
    for cell, text in zip(
        [*table.rows[0].cells, *table.rows[1].cells], ["事项", "要求", "丙", "“逐户走访登记造册”"], strict=True
    ):
        cell.text = text
    linked = document.add_paragraph("参见")
    linked._p.append(
        parse_xml(
            f'<w:hyperlink {nsdecls("w")} w:anchor="x"><w:r><w:t xml:space="preserve">“ 一户一策分类帮扶”</w:t></w:r>'
            "</w:hyperlink>"
        )
    )
    linked._p.append(
        parse_xml(f'<w:ins {nsdecls("w")} w:id="90" w:author="某"><w:r><w:t>又补“按季回访结果公开”</w:t></w:r></w:ins>')
    )
    linked._p.append(
        parse_xml(
            f'<w:del {nsdecls("w")} w:id="91" w:author="某"><w:r><w:delText>一户一策分类帮扶</w:delText></w:r></w:del>'
        )
    )
    quotes = ["先急后缓、先易后难的办法", "逐户走访登记造册", "一户一策分类帮扶", "按季回访结果公开"]
    _, report = report_on(save(document), *(lambda text, quote=quote: finding(text, quote) for quote in quotes))
    assert [words for _, words in comments_of(report)] == quotes


def test_what_stands_in_a_note_or_a_box_is_anchored_where_it_hangs(save):
    """Word allows no comment inside a footnote or a text box."""
    document = Document()
    document.add_paragraph("开头一段。")
    noted = document.add_paragraph("正文有注")._p
    noted.append(parse_xml(f'<w:r {nsdecls("w")}><w:footnoteReference w:id="2"/></w:r>'))
    note = '<w:footnote w:id="2"><w:p><w:r><w:t>原文为“逐户走访登记造册”。</w:t></w:r></w:p></w:footnote>'
    notes = f"<w:footnotes {nsdecls('w')}>{note}</w:footnotes>"
    part = Part(PackURI("/word/footnotes.xml"), CONTENT_TYPE.WML_FOOTNOTES, notes.encode(), document.part.package)
    document.part.relate_to(part, RELATIONSHIP_TYPE.FOOTNOTES)
    boxed = document.add_paragraph("框外")._p
    boxed.append(
        parse_xml(
            f'<w:r {nsdecls("w")}><w:pict><v:textbox xmlns:v="urn:schemas-microsoft-com:vml"><w:txbxContent><w:p><w:r>'
            "<w:t>框内“一户一策分类帮扶”</w:t></w:r></w:p></w:txbxContent></v:textbox></w:pict></w:r>"
        )
    )
    quotes = ["逐户走访登记造册", "一户一策分类帮扶"]
    _, report = report_on(save(document), *(lambda text, quote=quote: finding(text, quote) for quote in quotes))
    starts = list(report.element.body.iter(qn("w:commentRangeStart")))
    assert [start.getnext().xpath("name(./*[1])") for start in starts] == ["w:footnoteReference", "w:pict"]
    assert all(start.getparent().getparent() is report.element.body for start in starts)


def test_comments_that_the_draft_has_are_kept(save):
    document = Document()
    run = document.add_paragraph().add_run(f"要求“{WORDS}”")
    document.add_comment(run, "请核对", "编辑", "编")
    _, report = report_on(save(document), lambda text: finding(text, WORDS))
    assert [comment.author for comment in report.comments] == ["编辑", "论库引文核验"]
    assert ("请核对", f"要求“{WORDS}”") in comments_of(report)


def test_a_text_becomes_a_document_with_the_same_comments():
    text = f"第一段\x07有控制符。\n\n第二段说“{WORDS}”，\n“跨行的引\n文也要标出”。"
    check = checked(finding(text, WORDS), finding(text, "跨行的引\n文也要标出", Verdict.NOT_FOUND))
    report = Document(BytesIO(quote_report(Draft(text), check)))
    assert "\n".join(paragraph.text for paragraph in report.paragraphs[:5]) == text.replace("\x07", "\ufffd")
    assert [words for _, words in comments_of(report)] == [WORDS, "跨行的引文也要标出"]
    assert "不表示引用有误" in comments_of(report)[1][0]
    assert "共 2 处：与原文一致 1 处" in report.paragraphs[6].text


def test_without_findings_there_is_a_report_too():
    report = Document(BytesIO(quote_report(Draft("没有引文。"), checked())))
    assert "共 0 处" in report.paragraphs[2].text
    assert not list(report.comments)


def test_a_part_that_is_not_there_does_not_cost_the_layout(save, tmp_path):
    document = Document()
    document.add_paragraph(f"要求“{WORDS}”").runs[0].bold = True
    path, broken = save(document), tmp_path / "broken.docx"
    with ZipFile(path) as source, ZipFile(broken, "w") as target:
        for name in source.namelist():
            if name != "docProps/thumbnail.jpeg":
                target.writestr(name, source.read(name).replace(b"</Relationships>", NOWHERE))
    _, report = report_on(broken, lambda text: finding(text, WORDS))
    assert comments_of(report)[0][1] == WORDS
    assert report.paragraphs[0].runs[0].bold


@pytest.mark.parametrize("word", [b"PK\x03\x04 not a document", b""])
def test_a_file_that_cannot_be_written_to_is_reported_on_by_its_text(word):
    text = f"要求“{WORDS}”"
    report = Document(BytesIO(quote_report(Draft(text, word), checked(finding(text, WORDS)))))
    assert comments_of(report)[0][1] == WORDS
    assert LAYOUT_LOST in [paragraph.text for paragraph in report.paragraphs]


def test_entities_of_a_hostile_file_are_not_resolved(save, tmp_path):
    """A file that names a file of this machine as an entity: nothing of it comes out."""
    document = Document()
    document.add_paragraph(f"要求“{WORDS}”")
    path, hostile = save(document), tmp_path / "hostile.docx"
    secret = tmp_path / "secret.txt"
    secret.write_text("never shown")
    with ZipFile(path) as source, ZipFile(hostile, "w") as target:
        for name in source.namelist():
            data = source.read(name)
            if name == "word/document.xml":
                declared = f'<!DOCTYPE d [<!ENTITY e SYSTEM "file://{secret}">]>'.encode()
                head, _, tail = data.partition(b"?>")
                data = head + b"?>" + declared + tail.replace("要求".encode(), "要求&e;".encode())
            target.writestr(name, data)
    made = quote_report(Draft(f"要求“{WORDS}”", hostile.read_bytes()), checked(finding(f"要求“{WORDS}”", WORDS)))
    with ZipFile(BytesIO(made)) as archive:
        assert not any(b"never shown" in archive.read(name) for name in archive.namelist())


@pytest.fixture(scope="module")
def office():
    """LibreOffice; where it is not installed the test is skipped, and with ``CI=true`` it fails."""
    found = shutil.which("soffice") or shutil.which("libreoffice")
    if found is None:
        reason = "not installed: LibreOffice (apt-get install libreoffice-writer)"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return found


def test_libreoffice_opens_the_report_with_its_comments_in_place(office, save, tmp_path):
    document = Document()
    document.add_heading("讲稿", 1)
    paragraph = document.add_paragraph("通知要求“压实")
    paragraph.add_run("属地责任，坚持").bold = True
    paragraph.add_run("民生优先”。")
    table = document.add_table(1, 2)
    table.rows[0].cells[1].text = "“逐户走访登记造册”"
    draft = read_draft(save(document))
    check = checked(finding(draft.text, WORDS), finding(draft.text, "逐户走访登记造册", Verdict.NOT_FOUND))
    report = tmp_path / "report.docx"
    report.write_bytes(quote_report(draft, check))
    subprocess.run(
        [office, f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", "fodt",
         "--outdir", str(tmp_path), str(report)],
        check=True, timeout=120, capture_output=True,
    )  # fmt: skip
    body = etree.parse(tmp_path / "report.fodt").find(".//{*}body")
    office_ns = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
    found = []
    for start in body.iter(f"{office_ns}annotation"):
        name, words, inside = start.get(f"{office_ns}name"), "", False
        for event, element in etree.iterwalk(body, events=("start", "end")):
            if element is start:
                inside = event == "end"
                words += (element.tail or "") if inside else ""
            elif inside and element.tag == f"{office_ns}annotation-end" and element.get(f"{office_ns}name") == name:
                break
            elif inside:
                words += (element.text if event == "start" else element.tail) or ""
        found.append((start.findtext("{http://purl.org/dc/elements/1.1/}creator"), words))
    assert found == [("论库引文核验", WORDS), ("论库引文核验", "逐户走访登记造册")]
