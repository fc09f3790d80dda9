"""Text in images, by the real recognizer in the real worker processes; each page costs some three seconds."""

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image
from pptx import Presentation
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from corpus.errors import DamagedFile, NeedsOcr, UnreadableFile
from corpus.records import Flag
from ingest.blocks import ReadFile
from ingest.drafting import draft_version
from ingest.readers import read_file
from ingest.readers.pdf_lines import Line, Page
from ingest.readers.pdf_text_layer import fault_of, is_confirmed, rare_in
from ingest.readers.rapid_recognition import _Fragment, _lines, _normalised, _read_twice, _Reading
from ingest.reading import ReaderPool
from tests.ingest.readers.files import write_zip
from tests.ingest.readers.pdfs import FONT, LEFT, SENTENCES, TOP, set_paragraphs, texts
from tests.ingest.readers.scans import Sheet, require_recognition, scanned
from tests.ingest.readers.test_ofd import NAMESPACE, page, write_ofd

SHORT = (595, 260)
"""Points of a page of a few lines, which is quick to read."""


@pytest.fixture(scope="module")
def pool() -> Iterator[ReaderPool]:
    require_recognition()
    with ReaderPool(1) as pool:
        yield pool


def read(pool: ReaderPool, path: Path) -> ReadFile:
    [(_, answer)] = pool.read([path])
    assert isinstance(answer, ReadFile), answer
    return answer


def set_page(*paragraphs: str, size: tuple[float, float] = SHORT) -> Image.Image:
    sheet = Sheet(size=size)
    sheet.paragraphs(paragraphs, 73, 40, 16, 28)
    return sheet.image


def draw_image(canvas: Canvas, image: Image.Image) -> None:
    width, height = image.width * 72 / 200, image.height * 72 / 200
    canvas.setPageSize((width, height))
    canvas.drawImage(ImageReader(image), 0, 0, width, height)


def test_a_scanned_page_between_pages_of_text(pool: ReaderPool, tmp_path: Path) -> None:
    sheet = Sheet()
    sheet.line("志愿服务工作简报", 170, 60, 22)
    sheet.paragraphs(SENTENCES, 73, 130, 16, 28)
    sheet.line("— 2 —", 270, 770, 14)
    canvas = Canvas(str(tmp_path / "a.pdf"), pagesize=A4)
    set_paragraphs(canvas, SENTENCES[:2], LEFT, TOP, 36)
    canvas.showPage()
    draw_image(canvas, scanned(sheet.image, skew=0.8, noise=12))
    canvas.showPage()
    canvas.save()
    got = read(pool, tmp_path / "a.pdf")
    assert got.ocr_pages == (2,)
    assert got.warnings == ("第 2 页是图片，没有文字层，已改用文字识别。",)
    assert texts(got) == [*SENTENCES[:2], "志愿服务工作简报", *SENTENCES]
    assert [block.confidence is None for block in got.blocks] == [True, True, *[False] * 5]
    assert got.blocks[2].heading_level == 1
    assert [(item.kind, item.text, item.page) for item in got.removed] == [("page_number", "— 2 —", 2)]
    version = draft_version(got, source="a", file_name="a.pdf", sha256="0" * 64)
    assert version.report.ocr_pages == (2,)
    assert version.report.integrity
    assert version.report.integrity.holds
    begin = version.text.index("志愿服务工作简报")
    for item in version.passages:
        assert (Flag.OCR in item.flags) is (item.end > begin) is (item.confidence is not None)
        assert item.confidence is None or 0.9 < item.confidence <= 1


def test_sideways_and_upside_down_pages_of_a_tiff(pool: ReaderPool, tmp_path: Path) -> None:
    first = scanned(set_page(SENTENCES[0])).rotate(90, expand=True)
    second = scanned(set_page(SENTENCES[1])).rotate(180)
    first.save(tmp_path / "a.tif", save_all=True, append_images=[second], compression="tiff_lzw")
    got = read(pool, tmp_path / "a.tif")
    assert (got.media_type, got.ocr_pages) == ("image/tiff", (1, 2))
    assert texts(got) == SENTENCES[:2]


def test_columns_are_read_one_after_the_other(pool: ReaderPool, tmp_path: Path) -> None:
    sheet = Sheet(size=(595, 220))
    sheet.paragraphs(SENTENCES[:2], 50, 30, 12, 19)
    sheet.paragraphs(SENTENCES[2:], 310, 30, 12, 19)
    scanned(sheet.image, skew=-0.6).save(tmp_path / "a.png")
    assert texts(read(pool, tmp_path / "a.png")) == SENTENCES


@pytest.mark.parametrize(
    ("layer", "warning"),
    [
        ("ÄÅÖ×Üßàáâãäåæçèéêëìíîïð" * 3, "第 1 页的文字层是乱码（西文符号），已改用文字识别。"),
        (
            "志愿服务站要公布服务时间和服务内容方便居民就近参加活动丌収穸丐斱" * 4,
            "不符（经文字识别抽查），已改用文字识别。",
        ),
    ],
)
def test_a_text_layer_that_lies_is_replaced(pool: ReaderPool, tmp_path: Path, layer: str, warning: str) -> None:
    canvas = Canvas(str(tmp_path / "a.pdf"))
    draw_image(canvas, set_page(SENTENCES[0]))
    for top in (200, 180, 160):
        line = canvas.beginText(20, top)
        line.setTextRenderMode(3)
        line.setFont("Helvetica" if layer[0] == "Ä" else FONT, 8)
        line.textOut(layer[: len(layer) // 3 * 2])
        canvas.drawText(line)
    canvas.save()
    got = read(pool, tmp_path / "a.pdf")
    assert got.warnings[0].endswith(warning)
    assert texts(got) == [SENTENCES[0]]
    assert got.removed[0].kind == "unreadable_text"
    assert layer[:10] in got.removed[0].text


def test_a_document_of_pictures(pool: ReaderPool, tmp_path: Path) -> None:
    picture = io.BytesIO()
    scanned(set_page(SENTENCES[0], SENTENCES[1])).save(picture, "png")
    drawing = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    word = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    package = "http://schemas.openxmlformats.org/package/2006/relationships"
    relation = f'<Relationships xmlns="{package}"><Relationship Id="i" Type="{office}/%s" Target="%s"/></Relationships>'
    path = write_zip(
        tmp_path / "a.docx",
        {
            "_rels/.rels": relation % ("officeDocument", "word/document.xml"),
            "word/document.xml": f'<w:document {word} {drawing} xmlns:r="{office}"><w:body><w:p><w:r><w:drawing>'
            '<a:blip r:embed="i"/></w:drawing></w:r></w:p></w:body></w:document>',
            "word/_rels/document.xml.rels": relation % ("image", "media/i.png"),
            "word/media/i.png": picture.getvalue(),
        },
    )
    with pytest.raises(NeedsOcr, match=r"pip install '\.\[ocr\]'"):
        read_file(path)
    got = read(pool, path)
    assert texts(got) == SENTENCES[:2]
    assert got.ocr_pages == (1,)


def test_pages_and_slides_that_are_pictures(pool: ReaderPool, tmp_path: Path) -> None:
    picture = io.BytesIO()
    scanned(set_page(SENTENCES[0], SENTENCES[1])).save(picture, "png")
    image = page('<ofd:ImageObject ID="1" ResourceID="5" Boundary="0 0 210 90"/>')
    media = '<ofd:MultiMedia ID="5" Type="Image"><ofd:MediaFile>i.png</ofd:MediaFile></ofd:MultiMedia>'
    resources = f'<ofd:Res {NAMESPACE} BaseLoc="Res"><ofd:MultiMedias>{media}</ofd:MultiMedias></ofd:Res>'
    common = "<ofd:DocumentRes>Resources.xml</ofd:DocumentRes>"
    ofd = write_ofd(tmp_path / "a.ofd", [image], common, Resources=resources)
    with zipfile.ZipFile(ofd, "a") as archive:
        archive.writestr("Doc_0/Res/i.png", picture.getvalue())
    deck = Presentation()
    deck.slides.add_slide(deck.slide_layouts[6]).shapes.add_picture(io.BytesIO(picture.getvalue()), 0, 0)
    deck.save(str(tmp_path / "a.pptx"))
    for path in (ofd, tmp_path / "a.pptx"):
        with pytest.raises(NeedsOcr, match=r"pip install '\.\[ocr\]'"):
            read_file(path)
        got = read(pool, path)
        assert texts(got) == SENTENCES[:2]
        assert (got.ocr_pages, got.blocks[0].page) == ((1,), 1)


def test_images_that_cannot_be_read(pool: ReaderPool, tmp_path: Path) -> None:
    (tmp_path / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n" + b"\0" * 50)
    whole = io.BytesIO()
    set_page(SENTENCES[0]).save(whole, "jpeg")
    (tmp_path / "cut.jpg").write_bytes(whole.getvalue()[: len(whole.getvalue()) // 3])
    Image.new("L", (300, 200), 255).save(tmp_path / "blank.png")
    Image.new("1", (20_000, 7_000)).save(tmp_path / "huge.png")
    answers = dict(pool.read(sorted(tmp_path.iterdir())))
    reasons = {path.name: str(answer) for path, answer in answers.items() if isinstance(answer, UnreadableFile)}
    assert {type(answer) for answer in answers.values()} == {DamagedFile}
    assert "打不开" in reasons["broken.png"]
    assert "不完整" in reasons["cut.jpg"]
    assert "没有识别出" in reasons["blank.png"]
    assert "百万像素" in reasons["huge.png"]


def test_without_recognition_the_reason_says_what_to_install(tmp_path: Path) -> None:
    set_page().save(tmp_path / "a.png")
    with pytest.raises(NeedsOcr, match=r"pip install '\.\[ocr\]'"):
        read_file(tmp_path / "a.png")


def page_of(text: str) -> Page:
    return Page(1, 595, 842, [Line(0, 0, 100, 10, 10, text)])


def test_text_layers_by_their_characters() -> None:
    plain = page_of("".join(SENTENCES))
    classical = page_of("关关雎鸠在河之洲窈窕淑女君子好逑参差荇菜左右流之" * 3)
    shifted = page_of("".join(SENTENCES).translate(str.maketrans("不方发和", "丌斱収咊")) + "丌斱収")
    traditional = page_of("志願服務站要公佈服務時間和服務內容，方便居民就近參加活動，及時回應羣眾提出的合理訴求。" * 2)
    assert [fault_of(page) for page in (plain, traditional, page_of("\ue123" * 9))] == [None] * 3
    assert fault_of(page_of("\ue123" * 60)) is not None
    assert rare_in([plain]) == 0 < rare_in([shifted])
    twins = page_of("\uf97e\uf9e4\uf909\uf9f7\uf9b5" * 12)
    assert rare_in([twins]) == 0
    assert is_confirmed(classical, classical)
    assert not is_confirmed(shifted, plain)


@pytest.mark.parametrize(
    ("seen", "text"),
    [
        ("的意见(试行)", "的意见（试行）"),
        ("各区,各部门:", "各区，各部门："),
        ("(沪委发[2024]15号)", "（沪委发[2024]15号）"),
        ("f(x)=2, y:3", "f(x)=2, y:3"),
        ("张 三", "张三"),
        ("一12一", "— 12 —"),
    ],
)
def test_punctuation_beside_han_is_full_width(seen: str, text: str) -> None:
    assert _normalised(seen) == text


def test_skew_is_taken_out_and_parts_of_a_line_are_joined() -> None:
    def box(left: float, top: float, right: float) -> list[list[float]]:
        slope = 0.02
        return [[x, y + slope * x] for x, y in ((left, top), (right, top), (right, top + 50), (left, top + 50))]

    reading = _Reading(
        1654,
        2339,
        [
            _Fragment(box(800, 300, 1400), "服务内容方便居民就近参加活动吧", 0.9),
            _Fragment(box(200, 300, 790), "志愿服务站要公布服务时间和各项", 0.98),
            _Fragment(box(200, 380, 800), "及时回应群众提出的合理诉求了呢", 0.97),
            _Fragment(box(900, 1800, 1100), "印章", 0.3),
        ],
    )
    lines = sorted(_lines(reading, 0.36), key=lambda line: line.top)
    assert [line.text for line in lines] == [
        "志愿服务站要公布服务时间和各项服务内容方便居民就近参加活动吧",
        "及时回应群众提出的合理诉求了呢",
        "印章",
    ]
    assert abs(lines[0].left - lines[1].left) < 2
    assert lines[0].size == lines[1].size
    assert lines[0].score == pytest.approx(0.94)
    assert [line.aside for line in lines] == [None, None, "illegible"]


def test_lines_in_doubt_are_read_again_at_their_own_width_and_the_better_reading_kept() -> None:
    pytest.importorskip("cv2")
    readings = {
        (200, True): ("清楚的一行", 0.99),
        (300, True): ("模湖的一行", 0.8),
        (300, False): ("模糊的一行", 0.95),
        (400, True): ("越读越好的一行", 0.9),
        (400, False): ("越读越差的一行", 0.7),
        (700, True): ("", 0.0),
        (700, False): ("漏掉的一行", 0.9),
    }
    by_width = {round(width * 0.6) if narrow else width: found for (width, narrow), found in readings.items()}
    widths: list[list[int]] = []

    def read(lines: list[np.ndarray]) -> SimpleNamespace:
        widths.append([line.shape[1] for line in lines])
        texts, scores = zip(*(by_width[width] for width in widths[-1]), strict=True)
        return SimpleNamespace(txts=texts, scores=scores)

    result = _read_twice(read, [np.zeros((48, width, 3), np.uint8) for width in (200, 300, 400, 700)])
    assert result.txts == ("清楚的一行", "模糊的一行", "越读越好的一行", "漏掉的一行")
    assert result.scores == (0.99, 0.95, 0.9, 0.9)
    assert widths == [[120, 180, 240, 420], [300, 400, 700]]
