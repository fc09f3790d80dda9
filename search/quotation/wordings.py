"""Official wordings that others have replaced (提法已更新), as the term base relates them."""

from corpus.terms import TermBase
from corpus.text.analyser import Analyser
from corpus.text.folding import fold
from search.quotation.findings import Wording
from search.quotation.spans import TITLE

_OFFICES = "门"
"""国土资源部门 are the offices of a field, not the ministry of that name."""


def replaced_wordings(draft: str, terms: TermBase, analyser: Analyser) -> list[Wording]:
    """The places where a draft uses a term that was replaced, or one of its aliases, as a word of its own.

    Titles in 《》 are left out: a document keeps its name.
    """
    successors = {fold(name): term.replaced_by for term in terms.terms if term.replaced_by
                  for name in (term.text, *term.aliases)}  # fmt: skip
    if not any(name in fold(draft) for name in successors):
        return []
    titles = [match.span() for match in TITLE.finditer(draft)]
    return [
        Wording(token.start, token.end, draft[token.start : token.end], successors[token.text])
        for token in analyser.tokens(draft)
        if token.text in successors
        and not (token.text.endswith("部") and draft.startswith(_OFFICES, token.end))
        and not any(start <= token.start < end for start, end in titles)
    ]
