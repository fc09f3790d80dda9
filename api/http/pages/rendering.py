"""Templates, and the few pieces of HTML that are made from text. Everything is escaped before it is marked up."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from api import wording
from api.quote_report.notes import particular, replacement, verdict_name
from corpus.days import CHINA


@cache
def environment() -> Environment:
    """The templates, with escaping on for all of them; an unknown name is an error, not an empty string."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        excerpt=excerpt,
        highlighted=highlighted,
        moment=moment,
        plain=wording.plain,
        alike=wording.alike,
        duration=wording.duration,
        particular=particular,
        replacement=replacement,
        verdict_name=verdict_name,
    )
    environment.globals.update(
        kinds=wording.KINDS,
        modes=wording.MODES,
        flags=wording.FLAGS,
        doubt=wording.doubt,
        fields=wording.FIELDS,
        correctable=wording.CORRECTABLE,
        removals=wording.REMOVALS,
        groups=wording.GROUPS,
        outcomes=wording.OUTCOMES,
        job_states=wording.JOB_STATES,
        gap_states=wording.GAP_STATES,
        gap_causes=wording.GAP_CAUSES,
        standings=wording.STANDINGS,
        term_states=wording.TERM_STATES,
        term_sources=wording.TERM_SOURCES,
        link=link,
    )
    return environment


def render(request: Request, template: str, context: Mapping[str, Any], status: int = 200) -> HTMLResponse:
    """A page. Pages depend on who asks, so that no cache may keep them."""
    html = environment().get_template(template).render(path=request.url.path, **context)
    return HTMLResponse(html, status, headers={"Cache-Control": "no-store"})


def highlighted(text: str, ranges: Sequence[tuple[int, int]]) -> Markup:
    """Text with ``<mark>`` around half-open ranges, which are sorted and do not overlap."""
    parts: list[Markup] = []
    at = 0
    for start, end in ranges:
        parts += [escape(text[at:start]), Markup("<mark>{}</mark>").format(text[start:end])]
        at = end
    return Markup("").join([*parts, escape(text[at:])])


def excerpt(text: str, ranges: Sequence[tuple[int, int]], part: tuple[int, int]) -> Markup:
    """A part of a text with what is marked in it, and … where it does not begin or end with the text."""
    start, end = part
    inside = [(max(low, start) - start, min(high, end) - start) for low, high in ranges if low < end and high > start]
    before, after = ("…" if cut else "" for cut in (text[:start].strip(), text[end:].strip()))
    return Markup("{}{}{}").format(before, highlighted(text[start:end].rstrip(), inside), after)


def moment(value: datetime) -> str:
    """A point in time in China's time zone, whatever the server is set to."""
    return value.astimezone(CHINA).strftime("%Y-%m-%d %H:%M")


def link(path: str, query: Mapping[str, Any], **changes: Any) -> str:
    """A path with a query string; empty values are left out."""
    given = {name: value for name, value in {**query, **changes}.items() if value not in {None, "", 0}}
    return f"{path}?{urlencode(given)}" if given else path
