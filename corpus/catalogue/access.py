"""What of a readable document a reader sees."""

from collections.abc import Iterable

from corpus.records import RESTRICTED_FIELD_READERS, MetadataField, Version

MASK = "█"


def visible_fields(fields: Iterable[MetadataField], groups: frozenset[str] | None) -> tuple[MetadataField, ...]:
    """The fields that ``groups`` may see; None is the owner of the data. Restricted ones (distribution lists,
    phones, 批示) need a group of ``RESTRICTED_FIELD_READERS``, whatever the document's readers. Nobody sees those that
    a curator emptied."""
    allowed = sees_restricted(groups)
    return tuple(item for item in fields if item.value not in ("", []) and (allowed or not item.restricted))


def visible_text(version: Version, groups: frozenset[str] | None) -> str:
    """The canonical text with the characters of restricted fields masked one by one, so that offsets stay true."""
    if sees_restricted(groups):
        return version.text
    characters = list(version.text)
    for item in version.fields:
        if item.restricted:
            for span in (*item.spans, *item.owned):
                for at in range(max(span.start, 0), min(span.end, len(characters))):
                    characters[at] = characters[at] if characters[at].isspace() else MASK
    return "".join(characters)


def has_hidden_fields(version: Version, groups: frozenset[str] | None) -> bool:
    """Whether something of the version is kept from ``groups``; its original must then be kept from them too."""
    return not sees_restricted(groups) and any(item.restricted for item in version.fields)


def sees_restricted(groups: frozenset[str] | None) -> bool:
    """Whether ``groups`` see restricted fields; None is the owner of the data."""
    return groups is None or bool(groups & RESTRICTED_FIELD_READERS)
