"""Text objects of an OFD page as lines with places (GB/T 33190-2016, 11)."""

import math
from collections.abc import Iterator, Mapping
from itertools import groupby, islice

from lxml import etree

from ingest.readers.pdf_lines import Line
from ingest.readers.symbols import readable

_ASCENT, _DESCENT = 0.93, 0.2
"""In em: how far a line reaches above and below its baseline, as the loose boxes of PDF do."""
_JUMP = 1.6
"""A step of more em than this begins a new fragment: a column or a table cell."""
_TOUCHING = 0.9
"""Fragments nearer than this, in em, are one line: producers often place every word or glyph by itself."""
_WORD_GAP = 0.2
_UPRIGHT = math.radians(22)
_MOST_STEPS = 100_000
_MOST_OBJECTS = 50_000
_MOST_NESTED = 4
_FARTHEST = 1e6
_Matrix = tuple[float, float, float, float, float, float]
_IDENTITY: _Matrix = (1, 0, 0, 1, 0, 0)


def text_lines(
    root: etree._Element, origin: tuple[float, float], scale: float, units: Mapping[str, etree._Element]
) -> list[Line]:
    """Lines of all visible text objects below ``root``.

    Args:
        root: a page or a template.
        origin: left top corner of the page's area, in mm.
        scale: length of a mm in the unit of the lines.
        units: contents that composite objects show, by the id of the resource (13).
    """
    fragments: list[Line] = []
    placed = (scale, 0.0, 0.0, scale, -origin[0] * scale, -origin[1] * scale)
    for element, matrix in islice(_text_objects(root, placed, units, _MOST_NESTED), _MOST_OBJECTS):
        fragments += _object_lines(element, matrix)
    return _merged(fragments)


def _text_objects(
    root: etree._Element, outer: _Matrix, units: Mapping[str, etree._Element], depth: int
) -> Iterator[tuple[etree._Element, _Matrix]]:
    """Visible text objects and the matrix from their own space to that of the lines."""
    for element in root.iter():
        name = element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""
        if name not in ("TextObject", "CompositeObject") or element.get("Visible", "true").lower() in ("false", "0"):
            continue
        x, y, *_ = (*_numbers(element.get("Boundary")), 0.0, 0.0)
        matrix = _product(outer, _product((1, 0, 0, 1, x, y), _matrix(element.get("CTM"))))
        if name == "TextObject":
            yield element, matrix
        elif depth and (unit := units.get(element.get("ResourceID", ""))) is not None:
            yield from _text_objects(unit, matrix, units, depth - 1)


def _object_lines(element: etree._Element, matrix: _Matrix) -> Iterator[Line]:
    a, b, c, d, e, f = matrix
    size = next(iter(_numbers(element.get("Size"))), 0.0) or 3.0
    height = size * math.hypot(c, d)
    slant = abs(math.remainder(math.atan2(b, a), math.pi / 2))
    for text, start, end in _runs(element, size):
        clean = readable(text).strip(" \t\r\n\u3000\xa0")
        (left, right), (top, bottom) = (
            sorted(u * at + v * across + w for at, across in (start, end)) for u, v, w in ((a, c, e), (b, d, f))
        )
        box = left, top - _ASCENT * height, right, bottom + _DESCENT * height
        if clean and height > 0 and all(abs(edge) < _FARTHEST for edge in box):
            yield Line(*box, max(height, 1.0), clean, aside=None if slant < _UPRIGHT else "watermark")


def _runs(element: etree._Element, size: float) -> Iterator[tuple[str, tuple[float, float], tuple[float, float]]]:
    """Runs of evenly placed characters: their text, where they start, and where they end."""
    at = (0.0, 0.0)
    for code in element:
        if not isinstance(code.tag, str) or code.tag.rpartition("}")[2] != "TextCode":
            continue
        text = "".join(code.itertext()).strip("\r\n")
        x, y = (next(iter(_numbers(code.get(axis))), before) for axis, before in zip("XY", at, strict=True))
        at = x, y
        steps = _steps(code, len(text), size)
        vertical = bool(steps) and sum(abs(v) for _, v in steps) > sum(abs(u) for u, _ in steps)
        start = point = at
        run = text[:1]
        for character, (step_x, step_y) in zip(text[1:], steps, strict=False):
            along, across = (step_y, step_x) if vertical else (step_x, step_y)
            if along > _JUMP * size or along < -0.5 * size or abs(across) > 0.7 * size:
                yield run, start, _end(point, run, size, vertical=vertical)
                run, start = "", (point[0] + step_x, point[1] + step_y)
            run += character
            point = point[0] + step_x, point[1] + step_y
        yield run, start, _end(point, run, size, vertical=vertical)


def _steps(code: etree._Element, count: int, size: float) -> list[tuple[float, float]]:
    """From each character to the next; a text without steps is set solid, a short list of steps goes on as it ends."""
    across, down = _deltas(code.get("DeltaX")), _deltas(code.get("DeltaY"))
    if not across and not down:
        across = [size]
    wanted = max(count - 1, 0)
    across, down = (steps[:wanted] + (steps[-1:] or [0.0]) * (wanted - len(steps)) for steps in (across, down))
    return list(zip(across, down, strict=True))


def _end(point: tuple[float, float], run: str, size: float, *, vertical: bool) -> tuple[float, float]:
    width = size * (0.5 if run[-1:].isascii() else 1.0)
    return (point[0], point[1] + width) if vertical else (point[0] + width, point[1])


def _merged(fragments: list[Line]) -> list[Line]:
    """Fragments of one row that touch as one line; a fragment drawn twice (for bold type, or a shadow) once."""
    upright = [line for line in fragments if not line.aside]
    merged: list[Line] = []
    rows = 0
    heights: dict[int, int] = {}
    previous: Line | None = None
    for line in sorted(upright, key=lambda line: line.bottom):
        if previous is None or line.bottom - previous.bottom > 0.35 * line.size:
            rows += 1
            previous = line
        heights[id(line)] = rows
    ordered = sorted(upright, key=lambda line: (heights[id(line)], line.left))
    for _, row in groupby(ordered, key=lambda line: heights[id(line)]):
        last: Line | None = None
        for line in row:
            if last is None or not _absorb(last, line):
                merged.append(line)
                last = line
    return merged + [line for line in fragments if line.aside]


def _absorb(last: Line, line: Line) -> bool:
    """Append ``line`` to ``last`` if it goes on from there."""
    gap, em = line.left - last.right, min(last.size, line.size)
    if abs(line.left - last.left) < 0.3 * em and last.text == line.text:
        return True
    if not -0.6 * em < gap < _TOUCHING * em or abs(last.size - line.size) > 0.6 * max(last.size, line.size):
        return False
    blank = " " if gap > _WORD_GAP * em and last.text[-1].isascii() and line.text[0].isascii() else ""
    last.text += blank + line.text
    last.right = max(last.right, line.right)
    last.top, last.bottom = min(last.top, line.top), max(last.bottom, line.bottom)
    last.size = max(last.size, line.size)
    return True


def _deltas(value: str | None) -> list[float]:
    """An ST_Array of steps, in which ``g 3 2.5`` stands for three steps of 2.5 (11.3)."""
    words = (value or "").split()
    deltas: list[float] = []
    index = 0
    while index < len(words) and len(deltas) < _MOST_STEPS:
        if words[index] == "g":
            run = _numbers(" ".join(words[index + 1 : index + 3]))
            deltas += run[1:] * min(max(int(run[0]), 0), _MOST_STEPS) if len(run) == 2 else []
            index += 3
        else:
            deltas += _numbers(words[index])
            index += 1
    return deltas


def _matrix(value: str | None) -> _Matrix:
    numbers = _numbers(value)
    if len(numbers) != 6:
        return _IDENTITY
    a, b, c, d, e, f = numbers
    return a, b, c, d, e, f


def _product(outer: _Matrix, inner: _Matrix) -> _Matrix:
    """The matrix that applies ``inner`` first (x' = a·x + c·y + e, y' = b·x + d·y + f)."""
    a, b, c, d, e, f = outer
    p, q, r, s, t, u = inner
    return a * p + c * q, b * p + d * q, a * r + c * s, b * r + d * s, a * t + c * u + e, b * t + d * u + f


def _numbers(value: str | None) -> list[float]:
    """The finite numbers at the start of an array."""
    numbers: list[float] = []
    for word in (value or "").split():
        try:
            number = float(word)
        except ValueError:
            break
        if not abs(number) < 1e7:
            break
        numbers.append(number)
    return numbers
