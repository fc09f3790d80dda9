"""Changes of the term base, as the command line, the HTTP interface and the pages make them."""

from collections.abc import Sequence
from dataclasses import replace

from corpus.catalogue import Catalogue
from corpus.errors import NotFound
from corpus.terms import Term, TermSource, TermStatus, check_term


def new_term(text: str, aliases: Sequence[str] = (), category: str = "", replaced_by: str = "") -> Term:
    """A term that someone adds by hand; raises ``InputError`` for names that cannot be terms."""
    return check_term(Term(text, tuple(aliases), category, replaced_by, TermStatus.ACCEPTED, TermSource.MANUAL))


def changed_term(
    catalogue: Catalogue,
    text: str,
    status: TermStatus | None = None,
    aliases: Sequence[str] | None = None,
    category: str | None = None,
    replaced_by: str | None = None,
) -> Term:
    """Change a term and store it; what is None stays.

    Raises:
        NotFound: there is no such term.
        InputError: names that cannot be terms.
    """
    found = catalogue.term_base().get(text.strip())
    if found is None:
        raise NotFound(f"提法库中没有“{text.strip()}”，请用 lunku terms list 查看，或先添加。")
    term = check_term(
        replace(
            found,
            status=found.status if status is None else status,
            aliases=found.aliases if aliases is None else tuple(aliases),
            category=found.category if category is None else category,
            replaced_by=found.replaced_by if replaced_by is None else replaced_by,
        )
    )
    if term != found:
        catalogue.put_terms([term])
    return term


def find_candidates(catalogue: Catalogue) -> list[Term]:
    """Look through the passages for candidates and store those that are new; the new ones, most frequent first."""
    from corpus.terms.discovery import discover
    from corpus.text.analyser import Analyser

    terms = catalogue.term_base()
    found = discover(catalogue.passage_texts(), Analyser(terms), terms.words)
    catalogue.put_terms(found)
    return found
