"""The stored texts that one check looks at: each version is loaded once, and seen with one reader's eyes."""

from corpus.catalogue import Catalogue, visible_fields, visible_text
from corpus.identifiers import text_hash
from corpus.records import MetadataField, Version
from search.results import Citation


class StoredTexts:
    """Versions as a reader in ``groups`` sees them."""

    def __init__(self, catalogue: Catalogue, groups: frozenset[str]) -> None:
        self._catalogue = catalogue
        self._groups = groups
        self._versions: dict[tuple[str, int], tuple[Version, str]] = {}

    def text(self, document_id: str, number: int) -> str:
        """The text, in which characters that the reader may not see are masked."""
        return self._load(document_id, number)[1]

    def fields(self, document_id: str, number: int) -> tuple[MetadataField, ...]:
        """The fields that the reader may see."""
        return visible_fields(self._load(document_id, number)[0].fields, self._groups)

    def holds(self, citation: Citation) -> bool:
        """Whether this reader's text of the version has the citation's words at its place, character for character."""
        text = self.text(citation.document_id, citation.version)
        stored = text[citation.locator.start : citation.locator.end]
        return stored == citation.quote and text_hash(stored) == citation.text_hash

    def _load(self, document_id: str, number: int) -> tuple[Version, str]:
        key = (document_id, number)
        if key not in self._versions:
            version = self._catalogue.version(*key)
            self._versions[key] = version, visible_text(version, self._groups)
        return self._versions[key]
