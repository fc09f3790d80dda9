"""Damaged images: whatever Pillow makes of them, they end in an outcome."""

import io
import random
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from corpus.errors import DamagedFile
from ingest.readers.images import read_image
from ingest.readers.pdf_lines import Line, Page
from tests.ingest.readers.mutations import mutate


class Drawer:
    """Has every page drawn, as recognition does, and says that one line stands there."""

    def page(self, render: Callable[[], Image.Image], number: int, size: tuple[float, float] | None = None) -> Page:
        width, height = render().size
        return Page(number, width, height, [Line(0, 0, 90, 12, 12, "志愿服务站公布服务时间。", score=0.9)])


@pytest.mark.filterwarnings("ignore::UserWarning:PIL")
@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("PNG", {}),
        ("JPEG", {}),
        ("TIFF", {}),
        ("TIFF", {"compression": "tiff_lzw"}),
        ("TIFF", {"compression": "jpeg"}),
        ("TIFF", {"compression": "group4"}),
    ],
)
def test_a_damaged_image_is_read_or_refused(tmp_path: Path, kind: str, options: dict[str, str]) -> None:
    image = Image.new("1" if options.get("compression") == "group4" else "L", (120, 40), 1)
    ImageDraw.Draw(image).rectangle((10, 10, 60, 30), fill=0)
    whole = io.BytesIO()
    image.save(whole, kind, save_all=kind == "TIFF", **options)
    path, generator, read = tmp_path / "a", random.Random(3), 0
    path.write_bytes(whole.getvalue())
    assert read_image(path, Drawer()).blocks
    for _ in range(1_000):
        path.write_bytes(mutate(whole.getvalue(), generator))
        try:
            read += bool(read_image(path, Drawer()).blocks)
        except DamagedFile:
            continue
    assert read < 1_000
