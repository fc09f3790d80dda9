"""Every field, heading and reader that the bundled documents are known to have is read out of their files."""

import json

import pytest

from corpus.records import FieldValue
from corpus.samples.source import EXPECTED_FILE, FILES_DIR
from ingest.drafting import draft_version
from ingest.readers import read_file
from tests.ingest.drafts import fields

EXPECTED = json.loads(EXPECTED_FILE.read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_sample(name: str) -> None:
    path, expected = FILES_DIR / name, EXPECTED[name]
    draft = draft_version(read_file(path), source=name, file_name=path.name, sha256="0" * 64)
    found: dict[str, FieldValue] = fields(draft)
    found.setdefault("year", int(str(found.get("issued_on", "0"))[:4]))  # as the catalogue fills it in
    assert {key: found.get(key) for key in expected["fields"]} == expected["fields"]
    assert (draft.kind, draft.readers) == (expected["kind"], set(expected["readers"]))
    headings = [section.heading for section in draft.sections]
    assert [name for name in expected["headings"] if not any(item.startswith(name) for item in headings)] == []
    assert draft.report.integrity is not None
    assert draft.report.integrity.holds
