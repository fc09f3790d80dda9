"""Terms, their aliases and categories, from a tab-separated file."""

import csv
import hashlib
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from pathlib import Path

from corpus.errors import InvalidSetting


@dataclass(frozen=True, slots=True)
class Term:
    """A phrase that stays whole, other names for the same thing, and what it belongs to.

    Attributes:
        replaced_by: today's official wording, where the term itself is no longer it; empty otherwise.
    """

    text: str
    aliases: tuple[str, ...] = ()
    category: str = ""
    replaced_by: str = ""


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

    @cached_property
    def hash(self) -> str:
        """SHA-256 of the content, whatever the order of the terms; part of the index fingerprint."""
        lines = sorted("\t".join((term.text, *sorted(term.aliases), term.category)) for term in self.terms)
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()

    def find(self, text: str) -> list[Term]:
        """Terms whose name or one of whose aliases contains ``text``, in the term base's order."""
        return [term for term in self.terms if any(text in name for name in (term.text, *term.aliases))]

    @cached_property
    def words(self) -> tuple[str, ...]:
        """Every term and alias once, sorted."""
        return tuple(sorted({word for term in self.terms for word in (term.text, *term.aliases)}))


def _term(row: dict[str, str | None]) -> Term:
    text = (row["term"] or "").strip()
    if not text:
        raise ValueError("a line has no term")
    aliases = [alias.strip() for alias in (row["aliases"] or "").split("、")]
    replaced_by = (row.get("replaced_by") or "").strip()
    return Term(text, tuple(alias for alias in aliases if alias), (row["category"] or "").strip(), replaced_by)
