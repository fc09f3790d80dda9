"""Horizontal and vertical rules of a PDF page, as pdfium knows its shapes; tables are told by them."""

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

import pypdfium2 as pdfium
from pypdfium2 import raw

_MOST_SHAPES = 3_000
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
    shapes = list(islice(_shapes(page), _MOST_SHAPES + 1))
    if len(shapes) > _MOST_SHAPES:
        return []
    left, _, _, top = page.get_cropbox()
    return [
        Rule(abs(y0 - y1) <= _SLOPE, min(x0, x1) - left, top - max(y0, y1), max(x0, x1) - left, top - min(y0, y1))
        for shape, matrix in shapes
        for x0, y0, x1, y1 in _straight_lines(shape, matrix)
        if min(abs(x0 - x1), abs(y0 - y1)) <= _SLOPE and max(abs(x0 - x1), abs(y0 - y1)) >= _SHORTEST
    ]


def _shapes(page: pdfium.PdfPage) -> Iterator[tuple[ctypes.c_void_p, pdfium.PdfMatrix]]:
    """Painted paths, each with the matrix that takes its points to the page.

    ``PdfPage.get_objects`` makes a Python object of every text object on its way, and knows no end.
    """
    kind_of, objects = raw.FPDFPageObj_GetType, 0
    waiting = [(page.raw, pdfium.PdfMatrix(), 0)]
    while waiting:
        holder, outer, depth = waiting.pop()
        count_in, at = _ACCESS[depth > 0]
        count = min(count_in(holder), _MOST_OBJECTS - objects)
        objects += count
        for shape in (at(holder, index) for index in range(count)):
            kind = kind_of(shape)
            if kind == raw.FPDF_PAGEOBJ_PATH and _is_painted(shape):
                yield shape, _matrix(shape).multiply(outer)
            elif kind == raw.FPDF_PAGEOBJ_FORM and depth < _DEEPEST:
                waiting.append((shape, _matrix(shape).multiply(outer), depth + 1))


def _is_painted(shape: ctypes.c_void_p) -> bool:
    filled, stroked = ctypes.c_int(), ctypes.c_int()
    raw.FPDFPath_GetDrawMode(shape, filled, stroked)
    return bool(filled.value or stroked.value)


def _matrix(shape: ctypes.c_void_p) -> pdfium.PdfMatrix:
    matrix = raw.FS_MATRIX()
    return pdfium.PdfMatrix.from_raw(matrix) if raw.FPDFPageObj_GetMatrix(shape, matrix) else pdfium.PdfMatrix()


def _straight_lines(shape: ctypes.c_void_p, matrix: pdfium.PdfMatrix) -> Iterator[tuple[float, float, float, float]]:
    """Both ends of each straight segment of a path."""
    x, y = ctypes.c_float(), ctypes.c_float()
    start = at = (0.0, 0.0)
    for index in range(raw.FPDFPath_CountSegments(shape)):
        segment = raw.FPDFPath_GetPathSegment(shape, index)
        raw.FPDFPathSegment_GetPoint(segment, x, y)
        kind, to = raw.FPDFPathSegment_GetType(segment), matrix.on_point(x.value, y.value)
        if kind == raw.FPDF_SEGMENT_MOVETO:
            start = to
        elif kind == raw.FPDF_SEGMENT_LINETO:
            yield (*at, *to)
        at = to
        if raw.FPDFPathSegment_GetClose(segment):
            yield (*at, *start)
            at = start
