"""A source written as a reference. The styles' own libraries do the writing (docs/decisions/0013-references.md)."""

import re
import threading
import warnings
from collections.abc import Callable, Mapping
from datetime import date
from functools import cache
from importlib.resources import as_file, files
from typing import Any

from search.references import Style
from search.references.sources import Source, SourceType


def write_reference(source: Source, style: Style) -> str:
    """The reference to a source in a style; elements that the library does not know are left out."""
    return _WRITERS[style](source)


_CSL_TYPES = {
    SourceType.ARTICLE: "article-journal",
    SourceType.BOOK: "book",
    SourceType.THESIS: "thesis",
    SourceType.REPORT: "report",
    SourceType.WEB_PAGE: "webpage",
    SourceType.OTHER: "document",
}
_BIBTEX_TYPES = {
    SourceType.ARTICLE: "article",
    SourceType.BOOK: "book",
    SourceType.THESIS: "phdthesis",
    SourceType.REPORT: "techreport",
}
_RIS_TYPES = {
    SourceType.ARTICLE: "JOUR",
    SourceType.BOOK: "BOOK",
    SourceType.THESIS: "THES",
    SourceType.REPORT: "RPRT",
    SourceType.WEB_PAGE: "ELEC",
}

_LATIN = re.compile(r"(?!.*\band\b)(?P<given>[A-Za-z.' -]*[A-Za-z.]) +(?P<family>[A-Za-z'-]+)")

_citeproc_lock = threading.Lock()
"""citeproc-py keeps state in the style while it writes."""


@cache
def _gb7714() -> Any:
    from citeproc import CitationStylesStyle

    with as_file(files("search.references").joinpath("gb7714.csl")) as path, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return CitationStylesStyle(str(path), validate=False)


def _write_gb7714(source: Source) -> str:
    """By the CSL style for GB/T 7714—2015 and citeproc-py."""
    from citeproc import Citation, CitationItem, CitationStylesBibliography, formatter
    from citeproc.source.json import CiteProcJSON

    with _citeproc_lock, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of variables that the style never asks for
        bibliography = CitationStylesBibliography(_gb7714(), CiteProcJSON([_csl_item(source)]), formatter.plain)
        bibliography.register(Citation([CitationItem(source.key)]))
        [written] = bibliography.bibliography()
        return str(written)


def _csl_item(source: Source) -> dict[str, Any]:
    """The source as CSL-JSON, without what it has not."""
    item = {
        "id": source.key,
        "type": _CSL_TYPES[source.type],
        "language": "zh-CN",
        "title": source.title,
        "author": [_csl_name(name) for name in source.authors],
        "issued": {"date-parts": [list(source.dated)]} if source.dated else None,
        "accessed": {"date-parts": [_parts(source.accessed)]} if source.accessed else None,
        "number": source.number,
        "container-title": source.journal,
        "volume": source.volume,
        "issue": source.issue,
        "page": source.pages,
        "publisher-place": source.place,
        "publisher": source.publisher,
        "URL": source.url,
        # What was read from a web page without its address is an online source all the same.
        "medium": "OL" if source.type is SourceType.WEB_PAGE else None,
    }
    return {name: value for name, value in item.items() if value}


def _csl_name(name: str) -> dict[str, str]:
    """Latin names are turned by the style (family name first, GB/T 7714—2015, 8.1.1); Han names are not."""
    parts = _latin(name)
    return {"family": parts[1], "given": parts[0]} if parts else {"literal": name}


def _latin(name: str) -> tuple[str, str] | None:
    """Given and family name of a person with a Latin name; None for any other name."""
    found = _LATIN.fullmatch(name)
    return (found["given"], found["family"]) if found else None


def _parts(day: date) -> list[int]:
    return [day.year, day.month, day.day]


def _write_bibtex(source: Source) -> str:
    """By pybtex, for biblatex or BibTeX over Unicode."""
    from pybtex.database import BibliographyData, Entry, Person

    fields = {
        "title": source.title,
        "year": str(source.dated[0]) if source.dated else None,
        "month": str(source.dated[1]) if len(source.dated) > 1 else None,
        "day": str(source.dated[2]) if len(source.dated) > 2 else None,
        "number": source.issue or source.number,
        "journal": source.journal,
        "volume": source.volume,
        "pages": source.pages,
        "address": source.place,
        "institution" if source.type is SourceType.REPORT else "publisher": source.publisher,
        "school": source.publisher if source.type is SourceType.THESIS else None,
        "url": source.url,
        "urldate": source.accessed.isoformat() if source.accessed else None,
        "note": source.course,
        "langid": "chinese",
    }
    entry = Entry(
        _BIBTEX_TYPES.get(source.type, "misc"),
        fields=[(name, _balanced(value)) for name, value in fields.items() if value],
        persons={"author": [Person(_bibtex_name(name)) for name in source.authors]} if source.authors else {},
    )
    return str(BibliographyData({f"lunku-{source.key}": entry}).to_string("bibtex"))


def _bibtex_name(name: str) -> str:
    """A Latin name for BibTeX to take apart; any other in braces, for blanks and commas in it part nothing."""
    return name if _latin(name) else f"{{{_balanced(name)}}}"


def _balanced(text: str) -> str:
    """Without braces, which would end the field, and without backslashes, which would be commands."""
    return text.translate(str.maketrans("{}\\", "（）＼"))


def _write_ris(source: Source) -> str:
    """By rispy."""
    from rispy import RisWriter

    class Writer(RisWriter):  # type: ignore[misc]
        """Without the number that rispy writes above each reference."""

        def set_header(self, count: int) -> str:
            return ""

    day = "/".join(f"{part:02d}" for part in source.dated)
    fields: dict[str, Any] = {
        "type_of_reference": _RIS_TYPES.get(source.type, "GEN"),
        "title": source.title,
        "authors": [_ris_name(name) for name in source.authors],
        "year": str(source.dated[0]) if source.dated else None,
        "date": day if len(source.dated) > 1 else None,
        "journal_name": source.journal,
        "volume": source.volume,
        "number": source.issue or source.number,
        "start_page": source.pages,
        "place_published": source.place,
        "publisher": source.publisher,
        "urls": [source.url] if source.url else None,
        "access_date": source.accessed.isoformat() if source.accessed else None,
        "notes": [source.course] if source.course else None,
        "language": "zh-CN",
        "id": source.key,
    }
    return str(Writer().formats([{name: value for name, value in fields.items() if value}])).strip("\n") + "\n"


def _ris_name(name: str) -> str:
    """Family name first, as RIS wants it; Han names have theirs there."""
    parts = _latin(name)
    return f"{parts[1]}, {parts[0]}" if parts else name


_WRITERS: Mapping[Style, Callable[[Source], str]] = {
    Style.GB7714: _write_gb7714,
    Style.BIBTEX: _write_bibtex,
    Style.RIS: _write_ris,
}
