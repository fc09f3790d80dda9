"""References to documents and passages: the line under a hit, GB/T 7714—2015, BibTeX and RIS.

Everything is made from one description of the source (``sources.Source``), which holds only what its reader may see.
"""

from enum import StrEnum


class Style(StrEnum):
    """How a reference may be written."""

    GB7714 = "gb7714"
    BIBTEX = "bibtex"
    RIS = "ris"
