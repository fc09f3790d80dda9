"""Identifiers derived from content, so that they survive re-ingest and re-indexing (RFC 9562, version 5)."""

import hashlib
from uuid import UUID, uuid5

_NAMESPACE = UUID("6f1c2f0a-8c1e-5c0e-9d36-4b1d6b0d8a55")


def content_hash(data: bytes) -> str:
    """SHA-256 of a file's bytes, in lower-case hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def text_hash(text: str) -> str:
    """SHA-256 of a text's UTF-8 bytes, in lower-case hexadecimal. Carried by every citation."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def document_id(first_sha256: str) -> str:
    """Identifier of a document, from the hash of the first file that it was made from."""
    return str(uuid5(_NAMESPACE, first_sha256))


def version_id(document: str, number: int, sha256: str) -> str:
    """Identifier of one version of a document."""
    return str(uuid5(UUID(document), f"{number}:{sha256}"))


def passage_id(version: str, start: int, end: int, text: str) -> str:
    """Identifier of a passage: its version, its span in the canonical text, and the text itself."""
    return str(uuid5(UUID(version), f"{start}:{end}:{text_hash(text)}"))


def passage_number(identifier: str) -> int:
    """The first 63 bits of a UUID: what index and catalogue look a passage up by, as an integer costs them a sixth.

    63, as databases have signed integers; the order is that of the ids. Two of a million passages have the same with a
    probability of 10^-6 (59 of the bits are a hash's; the others tell the UUID's version). Raises ``ValueError`` for
    what is no UUID.
    """
    return UUID(identifier).int >> 65
