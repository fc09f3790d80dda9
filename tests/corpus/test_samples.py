import json
import zipfile
from collections import Counter

import pypdfium2
import pytest

from corpus.records import Kind
from corpus.samples.build import expected_json, render
from corpus.samples.source import EXPECTED_FILE, FILES_DIR, NOTICE, Source, load_sources

SOURCES = load_sources()
ENCODINGS = {source.path: source.layout.get("encoding", "utf-8") for source in SOURCES}


def content(path, data):
    """What a format stores, free of how it was compressed."""
    if path.suffix not in (".docx", ".pptx"):
        return {"": data}
    with zipfile.ZipFile(data if hasattr(data, "read") else FILES_DIR / path) as package:
        return {name: package.read(name) for name in package.namelist()}


def shown_text(source: Source) -> str:
    """All text of a built file, properties included, by other means than the product's readers."""
    path = FILES_DIR / source.path
    if path.suffix == ".pdf":
        document = pypdfium2.PdfDocument(path)
        return document.get_metadata_dict()["Subject"] + "".join(
            page.get_textpage().get_text_range() for page in document
        )
    parts = content(source.path, path.read_bytes()).values()
    return "\n".join(part.decode(ENCODINGS[source.path], errors="replace") for part in parts)


def squeezed(text: str) -> str:
    return "".join(text.split())


def test_there_are_enough_documents_of_every_kind_and_format():
    kinds = Counter(source.kind for source in SOURCES)
    assert kinds[Kind.POLICY] >= 14
    assert kinds[Kind.COURSE] >= 10
    assert kinds[Kind.RESEARCH] >= 8
    assert {source.path.suffix for source in SOURCES} == {".docx", ".html", ".md", ".pdf", ".pptx", ".txt"}
    assert sum(encoding != "utf-8" for encoding in ENCODINGS.values()) >= 1
    assert sum(source.layout.get("numbering") == "automatic" for source in SOURCES) >= 3


def test_built_files_are_those_of_the_sources():
    built = {path.relative_to(FILES_DIR) for path in FILES_DIR.glob("*/*")}
    assert built == {source.path for source in SOURCES}


def test_expected_is_that_of_the_sources():
    assert EXPECTED_FILE.read_text(encoding="utf-8") == expected_json(SOURCES)
    assert set(json.loads(expected_json(SOURCES))) == {source.path.as_posix() for source in SOURCES}


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.file)
def test_build_is_reproducible_and_current(source, tmp_path):
    data = render(source)
    assert render(source) == data
    fresh = tmp_path / source.file
    fresh.write_bytes(data)
    with fresh.open("rb") as again:
        rebuilt = content(source.path, again) if source.path.suffix in (".docx", ".pptx") else {"": data}
    assert rebuilt == content(source.path, (FILES_DIR / source.path).read_bytes())


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.file)
def test_file_is_small_and_says_that_it_is_invented(source):
    assert (FILES_DIR / source.path).stat().st_size <= 200_000
    assert NOTICE in shown_text(source)


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.file)
def test_document_has_the_length_of_a_document(source):
    assert 600 <= len(source.text) <= 3000


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.file)
def test_gold_fields_stand_in_the_document(source):
    """Values are as printed, but for dates, numbers and what the file name alone says."""
    text = squeezed(source.text + source.file)
    for name, value in source.fields.items():
        if name in ("issued_on", "level") or isinstance(value, int):
            continue
        for part in value if isinstance(value, list) else value.split("、"):
            assert squeezed(part) in text, name


def test_automatic_numbers_are_not_typed():
    for source in SOURCES:
        if source.layout.get("numbering") == "automatic":
            body = content(source.path, b"")["word/document.xml"].decode()
            assert "<w:numPr>" in body
            assert not any(heading in body for heading in source.headings)
