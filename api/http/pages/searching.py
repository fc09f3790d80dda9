"""The search page: its form, and the hits when something was asked."""

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse

from api.http.access import CallerDep
from api.http.gaps import ClientDep
from api.http.pages.rendering import render
from api.http.state import LibraryDep
from corpus.errors import InputError
from corpus.records import Kind
from search.results import Mode, SearchFilters, SearchRequest, Sort

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

PAGE_SIZE = 10

Choice = TypeVar("Choice", bound=StrEnum)


def choice(text: str, choices: type[Choice]) -> Choice | None:
    """A form's choice; None for the empty string that a form sends, and for what people make of an address."""
    return choices(text) if text in set(choices) else None


@dataclass(frozen=True, slots=True)
class SearchForm:
    """The form's fields as they were sent; an empty one asks for nothing. Query strings hold whatever people type."""

    q: str = ""
    mode: str = ""
    kind: str = ""
    organization: str = ""
    course: str = ""
    project: str = ""
    year: str = ""
    date_from: str = ""
    date_to: str = ""
    sort: str = ""
    group: str = ""

    def cleaned(self) -> "SearchForm":
        """The form without blanks around its fields and without choices that there are not."""
        sent = {name: value.strip() for name, value in asdict(self).items()}
        known: dict[str, type[StrEnum]] = {"mode": Mode, "kind": Kind, "sort": Sort}
        chosen = {name: choice(sent[name], choices) or "" for name, choices in known.items()}
        return SearchForm(**{**sent, **chosen, "group": "document" if sent["group"] == "document" else ""})

    def filters(self) -> SearchFilters:
        """What the form narrows to.

        Raises:
            InputError: the year is no number.
        """
        return SearchFilters(
            kind=self.kind or None,
            organization=self.organization or None,
            course=self.course or None,
            project=self.project or None,
            year=_year(self.year),
            date_from=self.date_from or None,
            date_to=self.date_to or None,
        )

    def request(self, page: int) -> SearchRequest:
        """The page that was asked for.

        Raises:
            InputError: the year is no number.
        """
        return SearchRequest(
            self.q,
            choice(self.mode, Mode) or Mode.HYBRID,
            self.filters(),
            choice(self.sort, Sort) or Sort.RELEVANCE,
            PAGE_SIZE,
            (page - 1) * PAGE_SIZE,
            group_by_document=bool(self.group),
        )

    @property
    def narrowed(self) -> bool:
        """Whether anything but the text was chosen."""
        return any(value for name, value in asdict(self).items() if name != "q")


@router.get("/")
async def search_page(
    request: Request,
    library: LibraryDep,
    caller: CallerDep,
    client: ClientDep,
    sent: Annotated[SearchForm, Depends()],
    page: Annotated[int, Query(ge=1, le=100)] = 1,
) -> HTMLResponse:
    """Search: the form, and the hits when something was asked."""
    form = sent.cleaned()
    context: dict[str, Any] = {"form": asdict(form), "narrowed": form.narrowed, "page": page, "page_size": PAGE_SIZE}
    context |= {"result": None, "error": None, "curates": caller.curates}
    if form.q:
        try:
            asked = form.request(page)
            found = await library.search(asked, caller.groups)
            await library.registration.searched(form.q, asked.filters, found.total, caller.groups, client)
            context["result"] = found.decoded()
        except InputError as error:
            context["error"] = error.detail
    return render(request, "search.html", context, status=422 if context["error"] else 200)


def _year(text: str) -> int | None:
    digits = text.removesuffix("年").strip()
    if not digits:
        return None
    if not (digits.isdecimal() and len(digits) == 4):
        raise InputError(f"年份“{text}”无法识别，请写成四位数字，例如 2024。")
    return int(digits)
