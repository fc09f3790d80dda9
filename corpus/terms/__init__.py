"""The term base (提法库): phrases of this field that stay whole, with their other names."""

from corpus.terms.term_base import Term, TermBase, TermSource, TermStatus, check_term

__all__ = ["Term", "TermBase", "TermSource", "TermStatus", "check_term"]
