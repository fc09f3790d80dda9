"""The catalogue: documents, versions, sections, passages, jobs and settings in SQLite or PostgreSQL."""

from corpus.catalogue.access import visible_fields
from corpus.catalogue.catalogue import Catalogue
from corpus.catalogue.views import DocumentFacts, Job, JobStatus, PassageInContext, PassageToIndex, VersionSummary

__all__ = [
    "Catalogue",
    "DocumentFacts",
    "Job",
    "JobStatus",
    "PassageInContext",
    "PassageToIndex",
    "VersionSummary",
    "visible_fields",
]
