"""Images of pages (JPEG, PNG, TIFF): photographs, scans, and what other formats carry in place of text."""

import io
import struct
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from corpus.errors import DamagedFile, NeedsOcr
from ingest.blocks import ReadFile
from ingest.readers.collector import Collector
from ingest.readers.laid_out import add_layout, levels_by_size
from ingest.readers.pdf_layout import lay_out
from ingest.readers.pdf_lines import Page
from ingest.readers.recognition import ADVICE, Recognizer, note_recognised

if TYPE_CHECKING:
    from PIL.Image import Image

_FORMATS = ("JPEG", "PNG", "TIFF")
_MAX_DECODED = 120_000_000
"""Pixels that are decoded at all: A3 at 600 dpi has 70 million."""
_MAX_FRAMES = 500
_DAMAGE = (OSError, ValueError, SyntaxError, EOFError, TypeError, IndexError, KeyError, struct.error)
"""What Pillow raises for images that are not what they claim; the later ones are what its own ``open`` counts as such,
and ``seek`` does not."""
_LEAST_SIDE = 24
"""Images lower or narrower than this many pixels are rules, bullets, ornaments."""


def read_image(path: Path, recognizer: Recognizer | None) -> ReadFile:
    """The text of an image, or of each page of a TIFF.

    Raises:
        NeedsOcr: there is no recognizer.
        DamagedFile: it cannot be opened, is beyond the limits, or shows no text.
    """
    if recognizer is None:
        raise NeedsOcr(f"图片里的文字需要识别。{ADVICE}")
    from PIL import Image

    collector = Collector()
    with _open(path) as image:
        media_type = Image.MIME[str(image.format)]
        frames = _frames(image)
        if frames > _MAX_FRAMES:
            raise DamagedFile(f"图片有 {frames} 页，超过 {_MAX_FRAMES} 页的上限。请拆分后再入库。")
        pages = [recognizer.page(_frame(image, index), index + 1) for index in range(frames)]
    add_recognised(pages, collector)
    if not collector.blocks:
        raise DamagedFile("图片中没有识别出可以入库的文字。请核对图片是否清晰、是否确有文字。")
    return collector.finish("image", media_type)


def add_recognised(pages: Iterable[Page], collector: Collector) -> None:
    """Append the text of recognised pages, which carry on from each other."""
    pages = list(pages)
    note_recognised(pages, collector)
    layout = lay_out(pages)
    add_layout(layout, levels_by_size(layout.paragraphs), collector)


def recognised(images: Iterable[tuple[int, bytes]], recognizer: Recognizer) -> Iterator[Page]:
    """Pages of the images of a document, under the numbers given; those that are no pictures of text are left out."""
    for number, data in images:
        try:
            with _open(io.BytesIO(data)) as image:
                if min(image.size) >= _LEAST_SIDE:
                    yield recognizer.page(_frame(image, 0), number)
        except DamagedFile:
            continue


def _open(source: Path | io.BytesIO) -> "Image":
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = None  # the limit is ours, and no warning
    try:
        image = Image.open(source, formats=_FORMATS)
    except _DAMAGE as error:
        raise DamagedFile("图片已损坏，打不开。请重新获取原件后再入库。") from error
    if image.width * image.height > _MAX_DECODED:
        millions = image.width * image.height // 1_000_000
        image.close()
        raise DamagedFile(f"图片有 {millions} 百万像素，超过上限。请降低分辨率（300 dpi 即可）后再入库。")
    return image


def _frames(image: "Image") -> int:
    try:
        return int(getattr(image, "n_frames", 1))
    except _DAMAGE as error:
        raise DamagedFile("图片已损坏或不完整。请重新获取原件后再入库。") from error


def _frame(image: "Image", index: int) -> Callable[[], "Image"]:
    return lambda: _upright(image, index)


def _upright(image: "Image", index: int) -> "Image":
    """One frame in grey or colour on white, turned as its camera says."""
    from PIL import Image, ImageOps

    try:
        image.seek(index)
        if image.width * image.height > _MAX_DECODED:
            raise DamagedFile("图片像素过多，超过上限。请降低分辨率（300 dpi 即可）后再入库。")
        if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
            shown = image.convert("RGBA")
            page = Image.new("RGBA", shown.size, "white")
            page.alpha_composite(shown)
            return ImageOps.exif_transpose(page.convert("RGB"))
        grey = image.mode in ("1", "L") or image.mode.startswith("I")
        return ImageOps.exif_transpose(image.convert("L" if grey else "RGB"))
    except _DAMAGE as error:
        raise DamagedFile("图片已损坏或不完整。请重新获取原件后再入库。") from error
