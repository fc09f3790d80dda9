"""Points made inside running text: 一是…二是…, 首先…其次…, 其一…其二…, 第一，…第二，…"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from corpus.text.numerals import chinese_number

_CN = "一二三四五六七八九十"
_MARKER = re.compile(
    rf"(?:(?<=[。；：，！？;:”）\n])|\A)[ \t\u3000]*(?P<label>"
    rf"(?P<number>[{_CN}]{{1,3}})(?P<verb>是|要(?!求)|则)(?![，。、；])"
    rf"|第(?P<nth>[{_CN}]{{1,2}})(?=[，,、是])"
    rf"|其(?P<of>[{_CN}]{{1,2}})(?=[，,、是：])"
    rf"|(?P<word>首先|其次|再次|再者|最后)"
    rf"|(?P<side>另?一方面)(?=[，,、是要]|[\u4e00-\u9fff])"
    rf")"
)
_LIKELY = re.compile(r"二(?:是|要|则)|第二[，,、是]|其[二次]|另一方面")
_WORDS = {"首先": 1, "其次": 2, "再次": 3, "再者": 3}
POINT_STYLES = frozenset({"一是", "一要", "一则", "第一", "其一", "首先", "一方面"})
"""Styles of the sections that points become."""

_SIDES = {"一方面": 1, "另一方面": 2}


@dataclass(frozen=True, slots=True)
class Point:
    """One point of a sequence.

    Attributes:
        start, end: from its marker to where the next point of the sequence starts or its paragraph ends.
        label: the marker (``一是``).
        style: the sequence's first marker, which names the style.
        sequence: points of one sequence share it.
    """

    start: int
    end: int
    label: str
    style: str
    sequence: int


@dataclass(frozen=True, slots=True)
class _Marker:
    start: int
    label: str
    style: str
    number: int


def may_have_points(text: str) -> bool:
    """Whether ``points`` could find anything: cheap, for the many texts without."""
    return bool(_LIKELY.search(text))


def points(text: str, start: int, end: int) -> list[Point]:
    """Points in [start, end) of ``text``, in order of their start; those of an inner sequence follow the outer's.

    A marker counts at the start of a line or after 。；：，, so that 统一是 is none, and only with its successor: a
    sequence has at least two points.
    """
    part = text[start:end]
    sequences = [found for found in _sequences(_markers(part)) if len(found) >= 2]
    result: list[Point] = []
    for number, markers in enumerate(sequences):
        again = (other[0].start for other in sequences[number + 1 :] if other[0].style == markers[0].style)
        stops = [*(marker.start for marker in markers[1:]), _last_end(part, markers[-1].start, next(again, end))]
        for marker, stop in zip(markers, stops, strict=True):
            end_of_text = start + _trimmed(part, marker.start, stop)
            result.append(Point(start + marker.start, end_of_text, marker.label, markers[0].style, number))
    return _nested(sorted(result, key=lambda point: (point.start, -point.end)))


def _markers(text: str) -> Iterator[_Marker]:
    for found in _MARKER.finditer(text):
        label = found["label"]
        if verb := found["verb"]:
            style, number = f"一{verb}", chinese_number(found["number"])
        elif found["nth"]:
            style, number = "第一", chinese_number(found["nth"])
        elif found["of"]:
            style, number = "其一", chinese_number(found["of"])
        elif found["word"]:
            style, number = "首先", _WORDS.get(label, 0)
        else:
            style, number = "一方面", _SIDES[label]
        if number is not None:
            yield _Marker(found.start("label"), label, style, number)


def _sequences(markers: Iterator[_Marker]) -> list[list[_Marker]]:
    """Runs of one style that count 1, 2, 3 …; 最后 (0) closes one that has reached 2."""
    done: list[list[_Marker]] = []
    running: dict[str, list[_Marker]] = {}
    for marker in markers:
        current = running.get(marker.style)
        if marker.number == 1:
            running[marker.style] = current = [marker]
            done.append(current)
        elif current and (marker.number == current[-1].number + 1 or (marker.number == 0 and len(current) >= 2)):
            current.append(marker)
    return done


def _last_end(text: str, start: int, again: int) -> int:
    """Where the last point ends: with its paragraph, or with the sentence before a list of its kind starts again."""
    found = text.find("\n", start)
    stop = len(text) if found < 0 else found
    if again >= stop:
        return stop
    sentence = max(text.rfind(mark, start, again) for mark in "。！？")
    return sentence + 1 if sentence > start else again


def _trimmed(text: str, start: int, end: int) -> int:
    while end > start + 1 and text[end - 1].isspace():
        end -= 1
    return end


def _nested(found: list[Point]) -> list[Point]:
    """Every sequence inside one point of another, or outside all of them; one that overlaps another is left out.

    What runs to the end of the paragraph, the last point of an inner sequence, ends with the point around it.
    """
    dropped: set[int] = set()
    above: dict[int, Point | None] = {}
    result: list[Point] = []
    open_points: list[Point] = []
    for point in found:
        open_points = [outer for outer in open_points if outer.end > point.start and outer.sequence != point.sequence]
        around = open_points[-1] if open_points else None
        if point.sequence in dropped or above.setdefault(point.sequence, around) is not around:
            dropped.add(point.sequence)
            continue
        inner = replace(point, end=min(point.end, around.end)) if around else point
        open_points.append(inner)
        result.append(inner)
    return [point for point in result if point.sequence not in dropped]
