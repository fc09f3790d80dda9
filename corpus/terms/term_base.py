"""Terms, their aliases and categories: those that come with Lunku, and the library's own."""

import csv
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from importlib.resources import files
from pathlib import Path

from corpus.errors import InputError, InvalidSetting
from corpus.text.folding import fold

_RUN = re.compile(r"[^\W_]+")

LONGEST_NAME = 60
"""Characters of a term or alias, at most."""

MOST_ALIASES = 50


class TermStatus(StrEnum):
    """What was decided of a term."""

    CANDIDATE = "candidate"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


class TermSource(StrEnum):
    """Where a term comes from."""

    SHIPPED = "shipped"
    MANUAL = "manual"
    QUOTED = "quoted"
    TITLE = "title"
    SHORT_FORM = "short_form"
    STATISTICS = "statistics"


@dataclass(frozen=True, slots=True)
class Term:
    """A phrase that stays whole, other names for the same thing, and what it belongs to.

    Attributes:
        replaced_by: today's official wording, where the term itself is no longer it; empty otherwise.
        status: only accepted terms have an effect.
        occurrences: how often the passages hold it, where it was found in them.
    """

    text: str
    aliases: tuple[str, ...] = ()
    category: str = ""
    replaced_by: str = ""
    status: TermStatus = TermStatus.ACCEPTED
    source: TermSource = TermSource.SHIPPED
    occurrences: int = 0

    @property
    def names(self) -> tuple[str, ...]:
        """The term and its aliases."""
        return (self.text, *self.aliases)


def check_term(term: Term) -> Term:
    """The term without outer blanks and repeated aliases.

    Raises:
        InputError: a name that is empty, too long or broken over lines.
    """
    names = [" ".join(name.split()) for name in term.names]
    if not names[0]:
        raise InputError("请写出术语。")
    if len(names) > MOST_ALIASES:
        raise InputError(f"一个术语最多 {MOST_ALIASES} 个别名，请删减。")
    for name in names:
        if len(name) > LONGEST_NAME:
            raise InputError(f"“{name[:20]}…”过长，术语和别名不得超过 {LONGEST_NAME} 字。")
        if name and not any(map(str.isalnum, name)):
            raise InputError(f"“{name}”中没有文字，不能作术语。")
    text, *aliases = names
    kept = tuple(alias for alias in dict.fromkeys(aliases) if alias and alias != text)
    category, successor = (" ".join(value.split())[:LONGEST_NAME] for value in (term.category, term.replaced_by))
    return replace(term, text=text, aliases=kept, category=category, replaced_by=successor)


@dataclass(frozen=True)
class TermBase:
    """The terms the analyser knows beyond its general dictionary."""

    terms: tuple[Term, ...] = ()

    @classmethod
    def load(cls, path: Path | None = None) -> "TermBase":
        """The term base in ``path``, or the one that comes with Lunku.

        The file is UTF-8 with a header line; columns: term, aliases (separated by 、), category, and
        perhaps replaced_by.
        A term in which 、 stands itself has its aliases in further lines.

        Raises:
            InvalidSetting: the file cannot be read as a term base.
        """
        source = path or files("corpus.terms").joinpath("terms.tsv")
        try:
            with source.open(encoding="utf-8") as lines:
                rows = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE, strict=True))
            return cls(tuple(_term(row) for row in rows))
        except (OSError, UnicodeDecodeError, csv.Error, KeyError, ValueError) as error:
            raise InvalidSetting(f"术语表无法读取：{source}。请检查文件是否为 UTF-8 的制表符分列文本。") from error

    def with_changes(self, changes: Iterable[Term]) -> "TermBase":
        """The term base with terms added, or put in the place of those of the same text."""
        changed = {term.text: term for term in changes}
        kept = tuple(changed.pop(term.text, term) for term in self.terms)
        return TermBase((*changed.values(), *kept))

    @cached_property
    def accepted(self) -> "TermBase":
        """The terms that have an effect."""
        return TermBase(tuple(term for term in self.terms if term.status is TermStatus.ACCEPTED))

    @cached_property
    def hash(self) -> str:
        """SHA-256 of the content, whatever the order of the terms."""
        lines = sorted("\t".join((term.text, *sorted(term.aliases), term.category)) for term in self.terms)
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()

    def find(self, text: str, status: TermStatus | None = None) -> list[Term]:
        """Terms whose name or one of whose aliases contains ``text``, in the term base's order."""
        key = fold(text)
        return [
            term
            for term in self.terms
            if (status is None or term.status is status) and any(key in fold(name) for name in term.names)
        ]

    def get(self, text: str) -> Term | None:
        """The term called exactly so, if there is one."""
        return next((term for term in self.terms if term.text == text), None)

    @cached_property
    def words(self) -> tuple[str, ...]:
        """Every term and alias once, sorted."""
        return tuple(sorted({name for term in self.terms for name in term.names}))

    @cached_property
    def folded_names(self) -> frozenset[str]:
        """The folded names that are runs of letters, digits and Han, and can thus be kept whole."""
        return frozenset(name for name in map(fold, self.words) if _RUN.fullmatch(name))


def _term(row: dict[str, str | None]) -> Term:
    text = (row["term"] or "").strip()
    if not text:
        raise ValueError("a line has no term")
    aliases = [alias.strip() for alias in (row["aliases"] or "").split("、")]
    replaced_by = (row.get("replaced_by") or "").strip()
    return Term(text, tuple(alias for alias in aliases if alias), (row["category"] or "").strip(), replaced_by)
