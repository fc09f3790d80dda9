"""Which metadata fields a reader sees."""

from collections.abc import Iterable

from corpus.records import RESTRICTED_FIELD_READERS, MetadataField


def visible_fields(fields: Iterable[MetadataField], groups: frozenset[str] | None) -> tuple[MetadataField, ...]:
    """The fields that ``groups`` may see; None is the owner of the data. Restricted ones (distribution lists,
    phones, 批示) need a group of ``RESTRICTED_FIELD_READERS``, whatever the document's readers."""
    full = groups is None or bool(groups & RESTRICTED_FIELD_READERS)
    return tuple(item for item in fields if full or not item.restricted)
