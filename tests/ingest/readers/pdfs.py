"""PDF files written by hand, object by object (ISO 32000-1), and drawn as official documents are set."""

from collections.abc import Callable
from pathlib import Path

from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from ingest.blocks import ReadFile
from ingest.readers import read_file

FONT = "STSong-Light"
pdfmetrics.registerFont(UnicodeCIDFont(FONT))
LEFT, TOP, EM, LEADING = 80.0, 740.0, 12.0, 20.0
SENTENCES = [
    "志愿服务站要公布服务时间和服务内容，方便居民就近参加活动，及时回应群众提出的合理诉求。",
    "各街道每季度组织一次理论宣讲，由本地讲师用家常话讲清政策来由，听众可以随时提问并得到答复。",
    "宣讲活动的记录应当在三日内整理归档，由社区工作者核对姓名、时间和地点，确保有据可查。",
    "年终总结时，街道把群众评价作为考核讲师的重要依据，对受欢迎的讲师给予表彰和物质奖励。",
]


def write_pdf(path: Path, objects: list[bytes], trailer: bytes = b"") -> Path:
    """A PDF of ``objects`` numbered from 1, the first being the catalogue."""
    data = b"%PDF-1.4\n"
    offsets = []
    for number, body in enumerate(objects, 1):
        offsets.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(data)
    data += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    data += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    data += b"trailer\n<< /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, trailer, start)
    path.write_bytes(data)
    return path


def stream(content: bytes, attributes: bytes = b"") -> bytes:
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(content), attributes, content)


def self_drawing_pdf(path: Path) -> Path:
    """A page whose form draws itself twice, without end."""
    form = b"/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X 4 0 R >> >>"
    return write_pdf(
        path,
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 99 99] /Contents 5 0 R"
            b" /Resources << /XObject << /X 4 0 R >> >> >>",
            stream(b"/X Do /X Do", form),
            stream(b"/X Do"),
        ],
    )


def draw(tmp_path: Path, paint: Callable[[Canvas], None], **options: object) -> ReadFile:
    """What is read of a page painted by ``paint``."""
    path = tmp_path / "a.pdf"
    canvas = Canvas(str(path), pagesize=A4, **options)
    paint(canvas)
    canvas.save()
    return read_file(path)


def wrap(text: str, columns: int) -> list[str]:
    """Lines of a Chinese paragraph with a first-line indent of two characters, given as spaces to skip."""
    lines = [text[: columns - 2]]
    rest = text[columns - 2 :]
    while rest:
        lines.append(rest[:columns])
        rest = rest[columns:]
    return lines


def set_paragraphs(
    canvas: Canvas, texts: list[str], left: float, top: float, columns: int, lines_per_page: int = 99
) -> None:
    y, count = top, 0
    for text in texts:
        for index, line in enumerate(wrap(text, columns)):
            if count and count % lines_per_page == 0:
                canvas.showPage()
                y = top
            canvas.setFont(FONT, EM)
            canvas.drawString(left + (2 * EM if index == 0 else 0), y, line)
            y -= LEADING
            count += 1


def texts(read: ReadFile) -> list[str]:
    """Texts of the blocks."""
    return [block.text for block in read.blocks]
