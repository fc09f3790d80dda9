"""GET /terms: the term base."""

from functools import cache
from typing import Annotated

from fastapi import APIRouter, Query

from api.schemas import Page
from corpus.terms import Term, TermBase

router = APIRouter(prefix="/terms", tags=["terms"])


@cache
def term_base() -> TermBase:
    """The term base; it comes with the program and does not change while it runs."""
    return TermBase.load()


@router.get("")
def list_terms(
    q: str = "",
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
    offset: Annotated[int, Query(ge=0)] = 0,
) -> Page[Term]:
    """Terms, in the term base's order, whose name or alias contains ``q``."""
    found = term_base().find(q)
    return Page(found[offset : offset + limit], len(found), limit, offset)
