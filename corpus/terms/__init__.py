"""The term base: phrases of this field that stay whole."""

from corpus.terms.term_base import Term, TermBase

__all__ = ["Term", "TermBase"]
