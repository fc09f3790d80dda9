"""Text recognition as the readers see it: a recognizer, or the word that there is none here.

The recognizer itself is ``rapid_recognition``, an optional part of the installation.
"""

from collections.abc import Callable, Iterable, Sequence
from importlib.util import find_spec
from typing import TYPE_CHECKING, Protocol

from corpus.errors import NeedsOcr
from ingest.readers.collector import Collector

if TYPE_CHECKING:
    from PIL.Image import Image

    from ingest.readers.pdf_lines import Page

ADVICE = "请安装文字识别组件（pip install '.[ocr]'）后重新入库，或用文字识别软件转成 docx 后再入库。"
MAX_RECOGNISED = 2_000
"""Images of one file that are drawn or read, each being announced: a page takes two, a turned one up to four."""
POOR = 0.8
"""Mean score below which a page is poorly recognised. Upright print has .95 and more, upside down .7 and less."""


class Recognizer(Protocol):
    """Turns images of pages into lines."""

    def page(self, render: Callable[[], "Image"], number: int, size: tuple[float, float] | None = None) -> "Page":
        """Lines of the page that ``render`` draws, in points of a page of ``size``, by default about A4."""


class Elsewhere:
    """Stands in where a process has no recognizer but another one has: the first image ends the reading of a file."""

    def page(self, render: Callable[[], "Image"], number: int, size: tuple[float, float] | None = None) -> "Page":
        """Nothing.

        Raises:
            NeedsOcr: always; the file is then read again in a process that recognises text.
        """
        raise NeedsOcr(f"第 {number} 页需要文字识别。")


def note_recognised(pages: "Iterable[Page]", collector: Collector) -> None:
    """Record which pages were recognised, and warn of those that were recognised poorly."""
    poor = []
    for page in pages:
        collector.ocr_pages.append(page.number)
        scores = [(line.score or 0.0, len(line.text)) for line in page.lines if not line.aside]
        characters = sum(count for _, count in scores)
        if characters and sum(score * count for score, count in scores) < POOR * characters:
            poor.append(page.number)
    if poor:
        collector.warnings.append(f"{names(poor)}识别质量较差，引用前务必与原件核对。")


def names(pages: Sequence[int]) -> str:
    """第 3、5 页; long lists are cut."""
    shown = "、".join(map(str, pages[:20]))
    return f"第 {shown} 等 {len(pages)} 页" if len(pages) > 20 else f"第 {shown} 页"


def is_installed() -> bool:
    """Whether the optional packages are there."""
    return all(find_spec(name) is not None for name in ("rapidocr", "onnxruntime"))
