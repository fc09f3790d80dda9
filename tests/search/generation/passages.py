"""Passages that stand in no library, for tests of what only reads them."""

from datetime import UTC, date, datetime

from corpus.catalogue.views import PassageInContext
from corpus.identifiers import text_hash
from corpus.records import Document, Kind, Passage, Status

_LONG_AGO = datetime(2024, 1, 1, tzinfo=UTC)


def passage_in_context(text, title="无题", path=(), **facts):
    """A passage that is the whole of its document."""
    key = text_hash(title + text)
    document = Document(
        id=f"d-{key}",
        kind=Kind.POLICY,
        title=title,
        readers=frozenset({"public"}),
        status=Status.ACTIVE,
        version=1,
        source=title,
        created_at=_LONG_AGO,
        updated_at=_LONG_AGO,
        issued_on=date.fromisoformat(facts["issued_on"]) if "issued_on" in facts else None,
        organization=facts.get("organization"),
        document_number=facts.get("document_number"),
        year=facts.get("year"),
    )
    passage = Passage(f"p-{key}", f"v-{key}", tuple(path), text, 0, len(text), None, None, frozenset())
    return PassageInContext(passage, document)
