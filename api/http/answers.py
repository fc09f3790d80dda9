"""POST /answers: an answer whole, or as it is made."""

import json
from collections.abc import AsyncIterator
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter
from fastapi.responses import Response, StreamingResponse
from pydantic import BaseModel, Field

from api.http.access import CallerDep
from api.http.gaps import MAX_QUESTION, ClientDep
from api.http.problems import problem_of
from api.http.state import LibraryDep
from corpus.errors import LunkuError
from search.generation.answering import Event
from search.generation.follow_up import Turn
from search.results import Answer, AnswerSentence, SearchFilters
from search.searcher import last_event

router = APIRouter(tags=["answers"])

MAX_ANSWER = 8_000
"""Characters in a former answer."""
MAX_TURNS = 50
"""Turns of a conversation; the last ones are used."""


class FormerTurn(BaseModel):
    """A question asked before, and the text of its answer."""

    question: str = Field(max_length=MAX_QUESTION)
    answer: str = Field("", max_length=MAX_ANSWER)


class Question(BaseModel):
    """A question, where to look for its answer, and the conversation that it follows on, oldest turn first."""

    question: str = Field(max_length=MAX_QUESTION)
    filters: SearchFilters = SearchFilters()
    history: Annotated[list[FormerTurn], Field(max_length=MAX_TURNS)] = []
    stream: bool = False


@router.post("/answers", response_model=Answer)
async def answer(body: Question, library: LibraryDep, caller: CallerDep, client: ClientDep) -> Answer | Response:
    """Sentences with their sources that answer the question, or an abstention with the nearest passages.

    Without a language model every sentence is a quotation; one that a model wrote is shown only if its sources say the
    same. With ``stream`` the answer comes as server-sent events: sources, sentence*, and done or error.
    """
    turns = [Turn(turn.question, turn.answer) for turn in body.history]
    found = library.noted_answer_events(body.question, caller.groups, client, turns, body.filters)
    if not body.stream:
        return await last_event(found)
    return event_stream(_sent(found))


def event_stream(parts: AsyncIterator[str]) -> StreamingResponse:
    """A response of server-sent events, which no proxy may hold back."""
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(parts, media_type="text/event-stream", headers=headers)


async def _sent(found: AsyncIterator[Event]) -> AsyncIterator[str]:
    try:
        async for item in found:
            if isinstance(item, Answer):
                rest = {name: value for name, value in asdict(item).items() if name != "sentences"}
                yield event("done", rest)
            elif isinstance(item, AnswerSentence):
                yield event("sentence", asdict(item))
            else:
                yield event("sources", [asdict(citation) for citation in item])
    except LunkuError as error:
        yield event("error", problem_of(error))


def event(name: str, data: Any) -> str:
    """A server-sent event with a JSON body on one line."""
    return f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"
