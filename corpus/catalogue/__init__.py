"""The catalogue: documents, versions, sections, passages, jobs and settings in SQLite or PostgreSQL."""

from corpus.catalogue.access import has_hidden_fields, visible_fields, visible_text
from corpus.catalogue.catalogue import Catalogue
from corpus.catalogue.views import (
    AcceptedPair,
    AlikeDocument,
    DocumentFacts,
    DocumentTitle,
    Gap,
    GapCause,
    GapReceipt,
    GapStatus,
    HeldFile,
    Job,
    JobStatus,
    PassageInContext,
    PassageToIndex,
    VersionSummary,
)

__all__ = [
    "AcceptedPair",
    "AlikeDocument",
    "Catalogue",
    "DocumentFacts",
    "DocumentTitle",
    "Gap",
    "GapCause",
    "GapReceipt",
    "GapStatus",
    "HeldFile",
    "Job",
    "JobStatus",
    "PassageInContext",
    "PassageToIndex",
    "VersionSummary",
    "has_hidden_fields",
    "visible_fields",
    "visible_text",
]
