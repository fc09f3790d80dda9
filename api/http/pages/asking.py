"""The page of questions and answers, whole or, where a language model takes its time, as it is made."""

from collections.abc import AsyncIterator, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response

from api.http.access import CallerDep
from api.http.answers import event, event_stream
from api.http.gaps import ClientDep
from api.http.pages.rendering import render
from api.http.state import LibraryDep
from api.wording import model_note
from corpus.errors import InputError, LunkuError
from search.generation.answering import Event
from search.generation.follow_up import MOST_TURNS, Turn
from search.query import MAX_CHARACTERS
from search.results import Answer, AnswerSentence

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)


@router.get("/ask")
async def ask_page(
    request: Request,
    library: LibraryDep,
    caller: CallerDep,
    client: ClientDep,
    q: str = "",
    judged: str = "",
    before: Annotated[list[str], Query(max_length=MOST_TURNS)] = [],  # noqa: B006 - read only
) -> Response:
    """Answers made of cited sentences. ``before`` are the questions that this one may follow on.

    A script that asks for ``text/event-stream`` gets the sentences one by one as they are written (``sentence``), and
    then the page that anyone else gets at once (``page``).
    """
    question = q.strip()
    context: dict[str, Any] = {"question": question, "answer": None, "error": None, "curates": caller.curates}
    context |= {"note": None, "conversation": [], "judged": judged if judged in {"up", "down"} else ""}
    context["streams"] = library.searcher.writes
    if not question:
        return render(request, "ask.html", context)
    turns = [Turn(earlier[:MAX_CHARACTERS]) for earlier in before]
    conversation = [*before, question][-MOST_TURNS:]
    events = library.noted_answer_events(question, caller.groups, client, turns)
    if "text/event-stream" in request.headers.get("accept", ""):
        return event_stream(_streamed(request, context, conversation, events))
    try:
        async for item in events:
            if isinstance(item, Answer):
                context |= _answered(item, conversation)
    except InputError as error:
        context["error"] = error.detail
    return render(request, "ask.html", context, status=422 if context["error"] else 200)


def _answered(answer: Answer, conversation: Sequence[str]) -> dict[str, Any]:
    """What the page shows of an answer."""
    return {
        "answer": answer,
        "note": model_note(answer.model, answer.withheld),
        "conversation": conversation,
    }


async def _streamed(
    request: Request, context: dict[str, Any], conversation: Sequence[str], events: AsyncIterator[Event]
) -> AsyncIterator[str]:
    found: dict[str, Any] = {}
    try:
        async for item in events:
            if isinstance(item, AnswerSentence):
                yield event("sentence", item.text)
            elif isinstance(item, Answer):
                found = _answered(item, conversation)
    except LunkuError as error:
        found = {"error": error.detail}
    page = render(request, "ask.html", {**context, **found})
    yield event("page", bytes(page.body).decode())
