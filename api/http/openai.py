"""/v1: the answers in the shape of OpenAI's chat completions, for clients that know no other.

The last message asked is the question, the ones before are the conversation; system messages are not followed, for the
answer rests on the library alone. Under the answer's text stand its numbered sources; the same as data is in the field
``lunku`` of the message (of the last delta, when streamed): everything that ``POST /api/v1/answers`` gives.
"""

import json
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import asdict
from typing import Annotated, Any, Literal
from uuid import uuid4

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from api.http.access import Caller, caller
from api.http.answers import MAX_ANSWER, MAX_TURNS, event_stream
from api.http.gaps import MAX_QUESTION
from api.http.gaps import ClientDep as AddressDep
from api.http.problems import openai_error, problem_of
from api.http.state import LibraryDep
from api.wording import cautions, gap_note
from corpus.errors import InvalidQuery, LunkuError
from search.generation.answering import Event
from search.generation.follow_up import Turn
from search.references.sources import PATH_SEPARATOR
from search.results import Answer, AnswerSentence, AnswerStatus, Citation
from search.searcher import last_event

router = APIRouter(prefix="/v1", tags=["openai"])

MODEL = "lunku"
NO_KEY = "anonymous"
"""What clients that insist on a key may send: the request is one without credentials."""


class Part(BaseModel):
    """A part of a message; parts that are not text are left out."""

    type: str
    text: str = ""


class Message(BaseModel):
    """A message of the conversation."""

    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: str | list[Part] | None = None

    @property
    def text(self) -> str:
        """What it says."""
        if isinstance(self.content, list):
            return "\n".join(part.text for part in self.content if part.type == "text")
        return self.content or ""


class Completion(BaseModel):
    """A request for a completion. Sampling options and other fields are accepted and have no effect."""

    model_config = ConfigDict(extra="ignore")

    model: str = MODEL
    messages: Annotated[list[Message], Field(min_length=1, max_length=4 * MAX_TURNS)]
    stream: bool = False


async def client(request: Request, library: LibraryDep) -> Caller:
    """The caller, as everywhere; a client that must send a key but has none sends ``NO_KEY``."""
    if request.headers.get("authorization") in {"Bearer", "Bearer ", f"Bearer {NO_KEY}"}:
        return Caller(library.settings.anonymous)
    return await caller(request, library)


ClientDep = Annotated[Caller, Depends(client)]


@router.get("/models")
async def models(client: ClientDep) -> dict[str, Any]:
    """The one model there is: the library."""
    return {"object": "list", "data": [{"id": MODEL, "object": "model", "created": 0, "owned_by": MODEL}]}


@router.post("/chat/completions")
async def complete(body: Completion, library: LibraryDep, client: ClientDep, address: AddressDep) -> Response:
    """An answer of the library to the last message; one that it cannot answer is registered as a gap."""
    question, history = conversation(body.messages)
    found = library.noted_answer_events(question, client.groups, address, history)
    key = f"chatcmpl-{uuid4().hex}"
    if body.stream:
        return event_stream(_chunks(key, found))
    answer = await last_event(found)
    message = {"role": "assistant", "content": text_of(answer), "lunku": asdict(answer)}
    choice = {"index": 0, "message": message, "finish_reason": "stop", "logprobs": None}
    usage = {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0}
    whole = {"id": key, "object": "chat.completion", "created": int(time.time()), "model": MODEL}
    return JSONResponse({**whole, "choices": [choice], "usage": usage})


def conversation(messages: Sequence[Message]) -> tuple[str, list[Turn]]:
    """The question, and the turns before it.

    Raises:
        InvalidQuery: there is no question, or it is too long.
    """
    turns: list[Turn] = []
    for message in messages:
        if message.role == "user":
            turns.append(Turn(message.text))
        elif message.role == "assistant" and turns:
            turns[-1] = Turn(turns[-1].question, message.text[:MAX_ANSWER])
    if not turns or not turns[-1].question.strip():
        raise InvalidQuery("消息中没有问题")
    *history, last = turns
    if len(last.question) > MAX_QUESTION:
        raise InvalidQuery(f"问题不应超过 {MAX_QUESTION} 个字符")
    return last.question, [Turn(turn.question[:MAX_QUESTION], turn.answer) for turn in history[-MAX_TURNS:]]


def text_of(answer: Answer) -> str:
    """An answer as one text: sentences with [1] markers, what there is to say of it, and the numbered sources."""
    numbers = Numbers()
    lines = ["".join(numbers.marked(sentence) for sentence in answer.sentences)]
    return "\n\n".join(part for part in (*lines, *closing(answer, numbers)) if part)


def closing(answer: Answer, numbers: "Numbers") -> list[str]:
    """What follows the sentences: an abstention or the reason, a curator's reply, and the sources."""
    told = "库中未见直接依据。" if answer.status is AnswerStatus.ABSTAINED else ""
    return [part for part in (told + (answer.reason or ""), gap_note(answer), numbers.sources()) if part]


class Numbers:
    """Numbers of the places cited, in the order in which they are first cited."""

    def __init__(self) -> None:
        self._cited: dict[tuple[str, int, int], tuple[int, Citation]] = {}

    def marked(self, sentence: AnswerSentence) -> str:
        """A sentence with the numbers of its sources behind it."""
        found = []
        for citation in sentence.citations:
            key = (citation.passage_id, citation.locator.start, citation.locator.end)
            found.append(self._cited.setdefault(key, (len(self._cited) + 1, citation))[0])
        return sentence.text + "".join(f"[{number}]" for number in found)

    def sources(self) -> str:
        """The list of sources, or nothing."""
        places = [
            f"[{number}] " + PATH_SEPARATOR.join([f"《{citation.title}》", *citation.path]) + _cautions(citation)
            for number, citation in self._cited.values()
        ]
        return "\n".join(["出处：", *places]) if places else ""


def _cautions(citation: Citation) -> str:
    said = cautions(citation.standing, citation.flags, citation.confidence)
    return f"（{'；'.join(said)}）" if said else ""


async def _chunks(key: str, found: AsyncIterator[Event]) -> AsyncIterator[str]:
    numbers = Numbers()
    started = int(time.time())

    def chunk(delta: dict[str, Any], finish: str | None = None) -> str:
        choice = {"index": 0, "delta": delta, "finish_reason": finish, "logprobs": None}
        whole = {"id": key, "object": "chat.completion.chunk", "created": started, "model": MODEL, "choices": [choice]}
        return f"data: {json.dumps(whole, ensure_ascii=False)}\n\n"

    yield chunk({"role": "assistant", "content": ""})
    told = False
    try:
        async for event in found:
            if isinstance(event, AnswerSentence):
                yield chunk({"content": numbers.marked(event)})
                told = True
            elif isinstance(event, Answer):
                rest = "\n\n".join(closing(event, numbers))
                yield chunk({"content": ("\n\n" if told and rest else "") + rest, "lunku": asdict(event)})
        yield chunk({}, "stop")
    except LunkuError as error:
        yield f"data: {json.dumps(openai_error(problem_of(error)), ensure_ascii=False)}\n\n"
    yield "data: [DONE]\n\n"
