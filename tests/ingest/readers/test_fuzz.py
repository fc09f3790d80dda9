"""A short run of ``tests/benchmarks/fuzz.py``: whatever is done to a file, it ends as text or in a named error."""

import random
import zlib
from pathlib import Path

import pytest

from corpus.errors import UnreadableFile
from ingest.blocks import ReadFile
from ingest.readers import read_file
from ingest.readers.formats import Format
from tests.ingest.readers.mutations import mutate
from tests.ingest.readers.seeds import write_seeds

FORMATS = (
    Format.TEXT, Format.MARKDOWN, Format.CSV, Format.HTML, Format.EML, Format.MHTML, Format.DOCX, Format.PPTX,
    Format.PDF, Format.OFD, Format.XLSX, Format.ODS, Format.EPUB, Format.MSG, Format.ZIP,
)  # fmt: skip
MUTATIONS = 60


@pytest.fixture(scope="module")
def seeds(tmp_path_factory: pytest.TempPathFactory) -> dict[Format, Path]:
    return write_seeds(tmp_path_factory.mktemp("seeds"))


@pytest.mark.parametrize("kind", FORMATS)
def test_damaged_files_end_in_a_named_outcome(tmp_path: Path, seeds: dict[Format, Path], kind: Format) -> None:
    assert read_file(seeds[kind]).reader == kind
    data, path = seeds[kind].read_bytes(), tmp_path / f"a.{kind}"
    generator = random.Random(zlib.crc32(kind.encode()))
    for _ in range(MUTATIONS):
        path.write_bytes(mutate(data, generator))
        try:
            read = read_file(path)
        except UnreadableFile as error:
            assert error.detail.endswith("。")
            assert "不合规范" not in error.detail, "an error that no reader foresaw"
        else:
            _check(read)


def _check(read: ReadFile) -> None:
    assert read.blocks or read.members
    for block in read.blocks:
        block.text.encode("utf-8")
        assert "\n" not in block.text
        assert block.text.strip()
