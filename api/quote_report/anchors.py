"""Where characters of a draft stand in its Word document.

A draft's text is the canonical text, in which automatic numbers are written out and lines may be joined, so a place is
found by its words and those around it, without blanks.
"""

from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import parse_xml
from docx.oxml.ns import qn

from search.quotation.alignment import closest_place

_SKIPPED = frozenset(map(qn, ("w:del", "w:moveFrom", "w:pPr", "w:rPr", "w:sdtPr", "w:rt", "w:instrText", "w:delText")))
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_NOTES = {
    qn("w:footnoteReference"): (RELATIONSHIP_TYPE.FOOTNOTES, qn("w:footnote")),
    qn("w:endnoteReference"): (RELATIONSHIP_TYPE.ENDNOTES, qn("w:endnote")),
}
_CONTEXTS = (40, 12, 0)
"""Characters on either side by which a place is told from others with the same words; fewer where these differ."""


@dataclass(frozen=True, slots=True)
class _Character:
    """A visible character. ``node`` is its w:t if the run may be split there, else the run stands for it whole."""

    text: str
    run: Any
    node: Any
    index: int


def anchored_runs(document: Any, draft: str, spans: Iterable[tuple[int, int]]) -> list[tuple[Any, Any] | None]:
    """For each span of the draft the first and last w:r of exactly its characters; None where the document has none.

    Runs are split where a span begins or ends, which changes neither text nor layout. What stands in a note or a text
    box, where Word allows no comment, is anchored at the run that refers to it.
    """
    characters = list(_characters(document))
    places = [_place(draft, start, end, "".join(item.text for item in characters)) for start, end in spans]
    edges = {edge for first, last in filter(None, places) for edge in (first, last)}
    for edge in sorted(edges, reverse=True):
        if edge < len(characters):
            _split(characters[edge])
    runs = [item.run for item in _characters(document)]
    return [(runs[place[0]], runs[place[1] - 1]) if place else None for place in places]


def _place(draft: str, start: int, end: int, held: str) -> tuple[int, int] | None:
    """The range of ``held``, which is a text without blanks, that is the draft's [start, end)."""
    words, before, after = ("".join(part.split()) for part in (draft[start:end], draft[:start], draft[end:]))
    whole = before + words + after
    for context in _CONTEXTS:
        lead = before[len(before) - context :] if context < len(before) else before
        wanted = lead + words + after[:context]
        starts = list(_occurrences(wanted, held))
        if starts and len(starts) == sum(1 for _ in _occurrences(wanted, whole)):
            nth = sum(at < len(before) - len(lead) for at in _occurrences(wanted, whole))
            return starts[nth] + len(lead), starts[nth] + len(lead) + len(words)
    found = closest_place(words, held) if words and held else None
    return (found.start, found.end) if found and found.end > found.start else None


def _occurrences(wanted: str, text: str) -> Iterator[int]:
    at = text.find(wanted)
    while at >= 0:
        yield at
        at = text.find(wanted, at + 1)


def _characters(document: Any) -> Iterator[_Character]:
    """The visible characters of the body in order, tracked changes as accepted, notes where they are referred to."""
    notes = {tag: _notes(document, *where) for tag, where in _NOTES.items()}
    return _walk(document.element.body, None, notes)


def _walk(parent: Any, run: Any, notes: Mapping[str, Mapping[str, Any]]) -> Iterator[_Character]:
    for element in parent:
        if element.tag in _SKIPPED or element.tag == _FALLBACK:
            continue
        if element.tag == qn("w:r") and run is None:
            yield from _walk(element, element, notes)
        elif element.tag == qn("w:t") and run is not None:
            node = element if parent is run else None
            text = element.text or ""
            yield from (_Character(text[at], run, node, at) for at in range(len(text)) if not text[at].isspace())
        elif element.tag in notes and run is not None:
            note = notes[element.tag].get(element.get(qn("w:id"), ""))
            yield from _walk(note, run, {}) if note is not None else ()
        else:
            yield from _walk(element, run, notes)


def _notes(document: Any, relation: str, tag: str) -> dict[str, Any]:
    try:
        part = document.part.part_related_by(relation)
    except KeyError:
        return {}
    return {note.get(qn("w:id"), ""): note for note in parse_xml(part.blob).iterfind(tag)}


def _split(character: _Character) -> None:
    """Cut the character's run in two before it; the second half is a run of its own with the same properties."""
    run, node, index = character.run, character.node, character.index
    if node is None:
        return
    content = [element for element in run if element.tag != qn("w:rPr")]
    following = content[content.index(node) :]
    if index == 0 and following == content:
        return
    second = run.makeelement(run.tag, dict(run.attrib), run.nsmap)
    if run.rPr is not None:
        second.append(deepcopy(run.rPr))
    if index:
        rest = deepcopy(node)
        node.text, rest.text = node.text[:index], node.text[index:]
        for part in (node, rest):
            part.set(qn("xml:space"), "preserve")
        following = [rest, *following[1:]]
    second.extend(following)
    run.addnext(second)
