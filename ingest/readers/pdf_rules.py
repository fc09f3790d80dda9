"""Horizontal and vertical rules of a PDF page, as pdfium knows its shapes; tables are told by them."""

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

import pypdfium2 as pdfium
from pypdfium2 import raw

MOST_SHAPES = 3_000
"""Shapes that a page may have for rules to be looked for; charts and maps have more."""
_SLOPE = 0.5
"""Points by which the ends of a rule may differ in height, or be out of plumb."""
_SHORTEST = 1.0
"""Points; shorter ones are the ends of rules drawn as boxes, or dots."""
_DEEPEST, _MOST_OBJECTS = 5, 20_000
"""Forms within forms, and objects of all kinds in a page and its forms, of which the shapes are picked."""
_ACCESS = (
    (raw.FPDFPage_CountObjects, raw.FPDFPage_GetObject),
    (raw.FPDFFormObj_CountObjects, raw.FPDFFormObj_GetObject),
)
"""How many objects there are in a page or a form, and which they are."""
_Matrix = tuple[float, float, float, float, float, float]
_UNCHANGED: _Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Rule:
    """A line of a page, or a side of a box, in points from the left and top edges of the crop box."""

    is_horizontal: bool
    left: float
    top: float
    right: float
    bottom: float


def rules_of(page: pdfium.PdfPage) -> list[Rule]:
    """The rules of an upright page; none where it is full of shapes."""
    shapes = list(islice(_shapes(page), MOST_SHAPES + 1))
    if len(shapes) > MOST_SHAPES:
        return []
    left, _, _, top = page.get_cropbox()
    return [
        Rule(abs(y0 - y1) <= _SLOPE, min(x0, x1) - left, top - max(y0, y1), max(x0, x1) - left, top - min(y0, y1))
        for shape, matrix in shapes
        for x0, y0, x1, y1 in _straight_lines(shape, matrix)
        if min(abs(x0 - x1), abs(y0 - y1)) <= _SLOPE and max(abs(x0 - x1), abs(y0 - y1)) >= _SHORTEST
    ]


def _shapes(page: pdfium.PdfPage) -> Iterator[tuple[ctypes.c_void_p, _Matrix]]:
    """Painted paths, each with the matrix that takes its points to the page."""
    kind_of, objects = raw.FPDFPageObj_GetType, 0
    waiting = [(page.raw, _UNCHANGED, 0)]
    while waiting:
        holder, outer, depth = waiting.pop()
        count_in, at = _ACCESS[depth > 0]
        count = min(count_in(holder), _MOST_OBJECTS - objects)
        objects += count
        for shape in (at(holder, index) for index in range(count)):
            kind = kind_of(shape)
            if kind == raw.FPDF_PAGEOBJ_PATH and _is_painted(shape):
                yield shape, _composed(_matrix(shape), outer)
            elif kind == raw.FPDF_PAGEOBJ_FORM and depth < _DEEPEST:
                waiting.append((shape, _composed(_matrix(shape), outer), depth + 1))


def _is_painted(shape: ctypes.c_void_p) -> bool:
    filled, stroked = ctypes.c_int(), ctypes.c_int()
    raw.FPDFPath_GetDrawMode(shape, filled, stroked)
    return bool(filled.value or stroked.value)


def _matrix(shape: ctypes.c_void_p) -> _Matrix:
    matrix = raw.FS_MATRIX()
    if not raw.FPDFPageObj_GetMatrix(shape, matrix):
        return _UNCHANGED
    return matrix.a, matrix.b, matrix.c, matrix.d, matrix.e, matrix.f


def _composed(first: _Matrix, then: _Matrix) -> _Matrix:
    a, b, c, d, e, f = first
    return (*_turned(a, b, then), *_turned(c, d, then), *_placed(e, f, then))


def _turned(x: float, y: float, matrix: _Matrix) -> tuple[float, float]:
    return x * matrix[0] + y * matrix[2], x * matrix[1] + y * matrix[3]


def _placed(x: float, y: float, matrix: _Matrix) -> tuple[float, float]:
    return x * matrix[0] + y * matrix[2] + matrix[4], x * matrix[1] + y * matrix[3] + matrix[5]


def _straight_lines(shape: ctypes.c_void_p, matrix: _Matrix) -> Iterator[tuple[float, float, float, float]]:
    """Both ends of each straight segment of a path."""
    x, y = ctypes.c_float(), ctypes.c_float()
    start = at = (0.0, 0.0)
    for index in range(raw.FPDFPath_CountSegments(shape)):
        segment = raw.FPDFPath_GetPathSegment(shape, index)
        raw.FPDFPathSegment_GetPoint(segment, x, y)
        kind, to = raw.FPDFPathSegment_GetType(segment), _placed(x.value, y.value, matrix)
        if kind == raw.FPDF_SEGMENT_MOVETO:
            start = to
        elif kind == raw.FPDF_SEGMENT_LINETO:
            yield (*at, *to)
        at = to
        if raw.FPDFPathSegment_GetClose(segment):
            yield (*at, *start)
            at = start
