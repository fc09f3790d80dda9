"""Text in images, by RapidOCR (PP-OCR on onnxruntime) with the models of its wheel.

Runs in worker processes of its own (``ingest.reading``): the models take several hundred MB and are kept between pages.
"""

import math
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from statistics import median
from typing import TYPE_CHECKING, Any

from corpus.errors import NeedsOcr
from ingest.readers.pdf_lines import Line, Page
from ingest.readers.recognition import ADVICE, POOR

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL.Image import Image

ILLEGIBLE = "illegible"
"""Kind of removal of what was recognised too poorly to be quoted."""
_A4 = (595.0, 842.0)
_LONG_SIDE, _LONG_SIDE_LARGE = 2_340, 2_800
"""Pixels of the longer side at which a page is read: 200 dpi on A4; more for larger and for landscape pages."""
_DETECTION_SIDE = 960
"""Pixels of the longer side at which lines are looked for: 9 point type is 10 pixels high. At 1,280 it takes twice as
long and finds the same lines, at 2,000 four times."""
_UNCLIP = 1.9
"""How far a line's box is drawn out: with 1.6, the default, ascenders and ends of lines are cut now and then, and boxes
are lower, which makes them longer where they are read, and dearer."""
_READ_HEIGHT = 48
"""Pixels of the height at which the model reads a line."""
_FIRST_WIDTH = 0.6
"""Width of a line, in parts of its own, at which it is read first: reading costs as much as the line is long."""
_DOUBT = 0.25
"""Characters of a line that its score says may be wrong, above which it is read again at its own width. Both readings
cost three quarters of one at that width, and err as little: 41 of 28,469 characters are wrong, 42 with the one (on one
half of gov_docs, at 16 and 10.5 point, lines of numbers and Latin as well). At .5 of the width nearly twice as many."""
_LEAST_SCORE = 0.5
"""Lines below this are smudges, seals, pictures: nothing to quote."""
_TALL = 1.5
_LARGEST_SKEW = math.radians(15)
_SAME_SIZE = 0.22
_GAP = 0.8
"""In em: fragments of a row that are nearer than this are one line."""
_WIDE = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uff60\u3000-\u303f—…“”‘’]")
_NUMBERED_PAGE = re.compile(r"^[一—\-－–]+\s*(\d{1,4})\s*[一—\-－–]+$")
_HALF_WIDTH = str.maketrans("(),:;?!", "（），：；？！")
_HALF_WIDTH_BY_HAN = re.compile(
    r"(?<=[\u3400-\u9fff》”〕）])[(),:;?!]|[()](?=[\u3400-\u9fff《“〔])|(?<=[\u3400-\u9fff])\s+(?=[\u3400-\u9fff])"
)


class RapidRecognizer:
    """PP-OCR through RapidOCR; a process loads the models with its first image and keeps them.

    Args:
        threads: processor threads that one image may use.
        on_image: called each time before an image is read, so that limits can be renewed.
    """

    def __init__(self, threads: int = 1, on_image: Callable[[], None] = lambda: None) -> None:
        self._threads = threads
        self._on_image = on_image

    def page(self, render: Callable[[], "Image"], number: int, size: tuple[float, float] | None = None) -> Page:
        """Lines of the page, turned upright and freed from skew."""
        self._on_image()
        image = render()
        size = size or points_of(*image.size)
        image = _bounded(image, size)
        best = self._read(image)
        for turned in _turns(best):
            best = max(best, self._read(image.transpose(turned)), key=_Reading.rank)
        width, height = size if (best.width > best.height) == (size[0] > size[1]) else size[::-1]
        return Page(number, width, height, list(_lines(best, width / best.width)))

    def _read(self, image: "Image") -> "_Reading":
        import numpy as np

        self._on_image()
        # OpenCV would copy a mere view of the page for each line that is cut out of it.
        blue_first = np.ascontiguousarray(np.asarray(image.convert("RGB"))[:, :, ::-1])
        result = _engine(self._threads)(blue_first)
        found = () if result.boxes is None else zip(result.boxes.tolist(), result.txts, result.scores, strict=True)
        return _Reading(image.width, image.height, [_Fragment(box, text.strip(), float(s)) for box, text, s in found])


def points_of(width: int, height: int) -> tuple[float, float]:
    """A page of about A4 with the proportions of an image."""
    scale = min(max(_A4) / max(width, height), min(_A4) / min(width, height))
    return width * scale, height * scale


def rendering_scale(width: float, height: float) -> float:
    """Pixels per point at which a page of so many points is to be drawn."""
    return _long_side(width, height) / max(width, height, 1.0)


def _long_side(width: float, height: float) -> int:
    return _LONG_SIDE if width < height < 1.1 * max(_A4) else _LONG_SIDE_LARGE


def _bounded(image: "Image", size: tuple[float, float]) -> "Image":
    most = _long_side(*size)
    if max(image.size) > most:
        image.thumbnail((most, most), reducing_gap=2.0)
    return image


@cache
def _engine(threads: int) -> Any:
    try:
        from rapidocr import RapidOCR
    except ImportError as error:
        raise NeedsOcr(f"文字识别组件无法启动（{error}）。{ADVICE}") from error

    class Engine(RapidOCR):
        def crop_text_regions(self, image: "NDArray[np.uint8]", boxes: "NDArray[np.float32]") -> list[Any]:
            return [_line_image(image, box) for box in boxes]

        def recognize_txt(self, img: list[Any]) -> Any:
            return _read_twice(super().recognize_txt, img)

    return Engine(
        params={
            "Global.use_cls": False,  # it takes long lines for upside down
            "Global.text_score": 0.0,  # what is left out is recorded
            "Global.max_side_len": _LONG_SIDE_LARGE,
            "Global.log_level": "critical",
            "Det.limit_type": "max",
            "Det.limit_side_len": _DETECTION_SIDE,
            "Det.unclip_ratio": _UNCLIP,
            "Rec.rec_batch_num": 1,  # a batch is as wide as its longest line
            "EngineConfig.onnxruntime.intra_op_num_threads": threads,
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
        }
    )


def _read_twice(read: Callable[[list[Any]], Any], lines: list[Any]) -> Any:
    """The lines read at part of their width, those in doubt at their own as well; the better of both readings."""
    result = read([_narrowed(line) for line in lines])
    texts, scores = list(result.txts), list(result.scores)
    doubtful = [i for i, text in enumerate(texts) if (1 - scores[i]) * max(1, len(text)) > _DOUBT]
    if doubtful:
        again = read([lines[i] for i in doubtful])
        for i, text, score in zip(doubtful, again.txts, again.scores, strict=True):
            if score >= scores[i]:
                texts[i], scores[i] = text, score
    result.txts, result.scores = tuple(texts), tuple(scores)
    return result


def _narrowed(line: "NDArray[Any]") -> "NDArray[Any]":
    import cv2

    height, width = line.shape[:2]
    return cv2.resize(line, (max(1, round(width * _FIRST_WIDTH)), height), interpolation=cv2.INTER_AREA)


def _line_image(image: "NDArray[np.uint8]", box: "NDArray[np.float32]") -> "NDArray[Any]":
    """The line in ``box``, level and as high as it is read; the library cuts it out larger, at seven times the cost.

    The corners of ``box`` are in pixels, clockwise from the top left; text in one much higher than wide stands on its
    side.
    """
    import cv2
    import numpy as np

    width = max(np.linalg.norm(box[0] - box[1]), np.linalg.norm(box[3] - box[2]))
    height = max(np.linalg.norm(box[0] - box[3]), np.linalg.norm(box[1] - box[2]))
    if height > _TALL * width:
        box, width, height = np.roll(box, -1, axis=0), height, width
    scale = _READ_HEIGHT / height if height < 2 * _READ_HEIGHT else 1.0  # larger ones would need smoothing first
    right, bottom = max(1, round(width * scale)), max(1, round(height * scale))
    corners = np.array([[0, 0], [right, 0], [right, bottom], [0, bottom]], np.float32)
    transform = cv2.getPerspectiveTransform(box.astype(np.float32), corners)
    return cv2.warpPerspective(image, transform, (right, bottom), borderMode=cv2.BORDER_REPLICATE)


@dataclass(frozen=True, slots=True)
class _Fragment:
    """What was recognised in one box; its corners go clockwise from the text's top left."""

    box: list[list[float]]
    text: str
    score: float

    @property
    def is_tall(self) -> bool:
        (left, top), _, (right, bottom), _ = self.box
        return abs(bottom - top) > _TALL * abs(right - left) and len(self.text) > 1


@dataclass(frozen=True, slots=True)
class _Reading:
    """All that was recognised in an image, turned one way."""

    width: int
    height: int
    fragments: list[_Fragment]

    def score(self) -> float:
        """Mean score of a character; 1 where there are none."""
        characters = sum(len(item.text) for item in self.fragments)
        return sum(item.score * len(item.text) for item in self.fragments) / characters if characters else 1.0

    def stands_sideways(self) -> bool:
        """Whether most of the text stands in boxes higher than wide."""
        tall = sum(len(item.text) for item in self.fragments if item.is_tall)
        return 2 * tall > sum(len(item.text) for item in self.fragments)

    def rank(self) -> float:
        """How much speaks for the image being turned the right way."""
        return self.score() * (0.5 if self.stands_sideways() else 1.0)


def _turns(reading: _Reading) -> "Sequence[Any]":
    """Turns after which an image may read better than it did."""
    from PIL.Image import Transpose

    if reading.stands_sideways():
        return (Transpose.ROTATE_90, Transpose.ROTATE_270)
    return (Transpose.ROTATE_180,) if reading.score() < POOR else ()


def _lines(reading: _Reading, scale: float) -> Iterator[Line]:
    """The fragments as upright lines in points; parts of a line are joined, sizes that differ by chance evened out."""
    angle = _skew(reading.fragments)
    lines = [_line(item, angle, reading, scale) for item in reading.fragments if item.text]
    body = _body_size(lines)
    for line in lines:
        if abs(line.size - body) < _SAME_SIZE * body:
            line.size = body
    return _joined(lines)


def _skew(fragments: Iterable[_Fragment]) -> float:
    """Slant of the text in radians: the median over the long lines, weighted by their length."""
    angles: list[tuple[float, float]] = []
    for item in fragments:
        (left, top), (right, end), (_, bottom), _ = item.box
        if right - left > 4 * abs(bottom - end):
            angles.append((math.atan2(end - top, right - left), right - left))
    angles.sort()
    half, passed = sum(length for _, length in angles) / 2, 0.0
    for angle, length in angles:
        passed += length
        if passed >= half:
            return angle if abs(angle) < _LARGEST_SKEW else 0.0
    return 0.0


def _line(item: _Fragment, angle: float, reading: _Reading, scale: float) -> Line:
    """A fragment with its box turned by ``angle`` around the middle of the page."""
    sine, cosine = math.sin(-angle), math.cos(-angle)
    middle_x, middle_y = reading.width / 2, reading.height / 2
    turned = [
        (
            middle_x + (x - middle_x) * cosine - (y - middle_y) * sine,
            middle_y + (x - middle_x) * sine + (y - middle_y) * cosine,
        )
        for x, y in item.box
    ]
    left, right = (turned[0][0] + turned[3][0]) / 2 * scale, (turned[1][0] + turned[2][0]) / 2 * scale
    top, bottom = (turned[0][1] + turned[1][1]) / 2 * scale, (turned[2][1] + turned[3][1]) / 2 * scale
    text = _normalised(item.text)
    size = _em(text, right - left, bottom - top)
    aside = ILLEGIBLE if item.score < _LEAST_SCORE else None
    return Line(left, top, right, bottom, size, text, aside=aside, score=item.score)


def _em(text: str, width: float, height: float) -> float:
    """Size of type: the advance of its characters where they are mostly Han, for boxes are of uneven height."""
    wide = len(_WIDE.findall(text))
    units = wide + 0.5 * (len(text) - wide)
    by_height = max(0.85 * height, 1.0)
    if wide >= 2 and 0.7 * by_height < width / units < 1.4 * by_height:
        return width / units
    return by_height


def _normalised(text: str) -> str:
    """``text`` with the width of punctuation that Han characters demand: the model confuses （ and ( , ： and :."""
    if number := _NUMBERED_PAGE.match(text):
        return f"— {number[1]} —"
    return _HALF_WIDTH_BY_HAN.sub(lambda match: match[0].strip().translate(_HALF_WIDTH), text)


def _body_size(lines: Sequence[Line]) -> float:
    """The size that the middle one of all characters is set in."""
    return median(size for line in lines for size in [line.size] * len(line.text)) if lines else 1.0


def _joined(lines: list[Line]) -> Iterator[Line]:
    """Lines with those made one that a row was cut into."""
    lines.sort(key=lambda line: line.left)
    left_over = list(lines)
    while left_over:
        line = left_over.pop(0)
        while follower := next((other for other in left_over if _follows(line, other)), None):
            left_over.remove(follower)
            line = _join(line, follower)
        yield line


def _follows(line: Line, other: Line) -> bool:
    if line.aside or other.aside or abs(line.size - other.size) > _SAME_SIZE * line.size:
        return False
    overlap = min(line.bottom, other.bottom) - max(line.top, other.top)
    return overlap > 0.6 * line.size and -0.5 * line.size < other.left - line.right < _GAP * line.size


def _join(line: Line, other: Line) -> Line:
    latin = line.text[-1].isascii() and other.text[0].isascii()
    characters = len(line.text) + len(other.text)
    score = ((line.score or 0.0) * len(line.text) + (other.score or 0.0) * len(other.text)) / characters
    return Line(
        line.left,
        min(line.top, other.top),
        other.right,
        max(line.bottom, other.bottom),
        line.size,
        line.text + (" " if latin else "") + other.text,
        score=score,
    )
