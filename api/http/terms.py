"""GET, POST and PATCH /terms: the term base (提法库)."""

from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, Field

from api.http.access import Caller, CallerDep, CuratorDep
from api.http.state import LibraryDep
from api.schemas import Page
from api.term_base import changed_term, find_candidates, new_term
from corpus.catalogue import Catalogue
from corpus.terms import Term, TermStatus

router = APIRouter(prefix="/terms", tags=["terms"])

MOST = 500
"""Terms on one page, at most."""

Text = Annotated[str, Field(max_length=200)]


class NewTerm(BaseModel):
    """A term that a curator adds; it is accepted at once."""

    text: Text
    aliases: list[Text] = []
    category: Text = ""
    replaced_by: Text = ""


class TermChange(BaseModel):
    """What is to change of a term; what is left out stays."""

    aliases: list[Text] | None = None
    category: Text | None = None
    replaced_by: Text | None = None
    status: TermStatus | None = None


class Found(BaseModel):
    """How many candidates were found that were not known yet."""

    candidates: int


@router.get("")
def list_terms(
    library: LibraryDep,
    caller: CallerDep,
    q: str = "",
    status: TermStatus | None = None,
    limit: Annotated[int, Query(ge=1, le=MOST)] = 50,
    offset: Annotated[int, Query(ge=0)] = 0,
) -> Page[Term]:
    """Terms whose name or alias contains ``q``, latest change first, those found together by how often they stand in
    the library. Only curators see those that are not accepted."""
    found = visible_terms(library.catalogue, caller, q, status)
    return Page(found[offset : offset + limit], len(found), limit, offset)


@router.post("", status_code=201)
def add_term(body: NewTerm, library: LibraryDep, _caller: CuratorDep) -> Term:
    """Add a term, or replace the one of the same text."""
    term = new_term(body.text, body.aliases, body.category, body.replaced_by)
    library.catalogue.put_terms([term])
    return term


@router.post("/candidates")
def discover_terms(library: LibraryDep, _caller: CuratorDep) -> Found:
    """Look through the passages for candidates."""
    return Found(candidates=len(find_candidates(library.catalogue)))


@router.patch("/{text}")
def change_term(
    text: Annotated[str, Path(max_length=200)], body: TermChange, library: LibraryDep, _caller: CuratorDep
) -> Term:
    """Accept or reject a term, or change its aliases or category."""
    return changed_term(library.catalogue, text, body.status, body.aliases, body.category, body.replaced_by)


def visible_terms(catalogue: Catalogue, caller: Caller, text: str, status: TermStatus | None) -> list[Term]:
    """The terms that a caller may see: candidates and rejected ones come out of documents that not everyone reads."""
    terms = catalogue.term_base()
    return (terms if caller.curates else terms.accepted).find(text, status)
