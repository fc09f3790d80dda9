"""Pages as a scanner sees them: type set in an image, then slanted, blurred and specked."""

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from ingest.readers.recognition import is_installed

WIDTH, HEIGHT = 595, 842
"""A4 in points."""
_FONTS = (
    "/usr/share/fonts/opentype/noto/NotoSerifCJK-Regular.ttc",
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc",
    "/usr/share/fonts/truetype/arphic/uming.ttc",
    "/System/Library/Fonts/PingFang.ttc",
    "C:/Windows/Fonts/simsun.ttc",
)
_SIMPLIFIED = 2
"""Index of Simplified Chinese in Noto's collections."""


def font_path() -> str | None:
    """A Chinese font of this machine."""
    return next((path for path in _FONTS if Path(path).exists()), None)


def require_recognition() -> None:
    """Skip the test where recognition or a Chinese font is missing; fail it where CI=true."""
    missing = [
        name
        for name, there in (("rapidocr（pip install '.[ocr]'）", is_installed()), ("a Chinese font", font_path()))
        if not there
    ]
    if missing:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(f"needs {' and '.join(missing)}")


class Sheet:
    """A page to set type on. Lengths are points from the top left corner.

    Args:
        dpi: resolution.
        size: of the page in points.
    """

    def __init__(self, dpi: int = 200, size: tuple[float, float] = (WIDTH, HEIGHT)) -> None:
        self.scale = dpi / 72
        self.image = Image.new("L", (round(size[0] * self.scale), round(size[1] * self.scale)), 255)
        self._draw = ImageDraw.Draw(self.image)

    def line(self, text: str, left: float, top: float, em: float) -> None:
        """Characters on a grid of one em; half an em for ASCII."""
        path = font_path()
        assert path
        index = _SIMPLIFIED if "Noto" in path else 0
        font = ImageFont.truetype(path, round(em * self.scale), index=index)
        for character in text:
            self._draw.text((left * self.scale, top * self.scale), character, font=font, fill=25)
            left += em * (0.55 if character.isascii() else 1)

    def paragraphs(
        self, texts: Sequence[str], left: float, top: float, em: float, columns: int, leading: float = 1.75
    ) -> float:
        """Paragraphs with an indent of two em; where the next one would begin."""
        for text in texts:
            for line in wrapped(text, columns):
                self.line(line.lstrip("　"), left + em * (len(line) - len(line.lstrip("　"))), top, em)
                top += leading * em
        return top


def wrapped(text: str, columns: int) -> list[str]:
    """Lines of a paragraph on a grid, closing punctuation hanging over the edge (GB/T 15834 5.1.9)."""
    text = "　　" + text
    lines = []
    while text:
        stop = columns
        while stop < len(text) and text[stop] in "，。；：、）》”！？":
            stop += 1
        lines.append(text[:stop])
        text = text[stop:]
    return lines


def scanned(image: Image.Image, skew: float = 0.0, noise: float = 0.0, seed: int = 0) -> Image.Image:
    """What a scanner makes of a page: ``skew`` in degrees, ``noise`` as deviation of grey levels (of 255)."""
    image = image.rotate(skew, Image.Resampling.BICUBIC, fillcolor=255).filter(ImageFilter.GaussianBlur(0.6))
    pixels = np.asarray(image, dtype=float)
    pixels = pixels + np.random.default_rng(seed).normal(0, noise, pixels.shape)
    return Image.fromarray(pixels.clip(0, 255).astype("uint8"))
