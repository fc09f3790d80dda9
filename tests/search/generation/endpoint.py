"""A small OpenAI-compatible endpoint over real HTTP, which can misbehave in every way that has been seen."""

import json
import re
import threading
import time
from contextlib import contextmanager

import anyio
import uvicorn
from starlette.applications import Starlette
from starlette.responses import JSONResponse, PlainTextResponse, StreamingResponse
from starlette.routing import Route

SECRET = "sk-secret-0123456789"


def chunk(content=None, finish=None, **delta):
    """A chunk of a streamed reply."""
    delta = {**({"content": content} if content is not None else {}), **delta}
    choice = {"index": 0, "delta": {"role": "assistant", **delta}, "finish_reason": finish}
    return {"id": "c1", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]}


def line(data):
    return f"data: {data if isinstance(data, str) else json.dumps(data, ensure_ascii=False)}\n\n"


def streamed(pieces, finish="stop", done=True):
    """A behaviour: the pieces of text in chunks of their own."""

    async def reply(_prompt):
        for piece in pieces:
            yield line(chunk(piece))
        if finish:
            yield line(chunk(finish=finish))
        if done:
            yield line("[DONE]")

    return reply


def says(text, size=7, **options):
    """A behaviour: the text, a few characters at a time; ``text`` may be made from the prompt."""

    async def reply(prompt):
        whole = text(prompt) if callable(text) else text
        async for part in streamed([whole[at : at + size] for at in range(0, len(whole), size)], **options)(prompt):
            yield part

    return reply


def lines(*parts):
    """A behaviour: lines as they are."""

    async def reply(_prompt):
        for part in parts:
            yield part

    return reply


def fails(status, body=None):
    """A behaviour: an HTTP error whose message repeats the key, as some services do."""
    error = body or {"error": {"message": f"Incorrect API key provided: {SECRET}", "type": "x", "code": "y"}}
    return lambda: JSONResponse(error, status)


async def silent(_prompt):
    await anyio.sleep(30)
    yield line("[DONE]")


async def only_comments(_prompt):
    while True:
        yield ": still there\n\n"
        await anyio.sleep(0.02)


async def endless(_prompt):
    while True:
        yield line(chunk("这句话没有出处，而且不会结束。" * 20))
        await anyio.sleep(0)


async def endless_blank(_prompt):
    while True:
        yield line(chunk(""))
        await anyio.sleep(0.01)


def web_page():
    return PlainTextResponse("<html>sign in</html>", media_type="text/html")


def whole_reply():
    """Not a stream, though one was asked for."""
    message = {"role": "assistant", "content": "云岭社区讲堂已经解散。[1]"}
    return JSONResponse({"id": "c", "object": "chat.completion", "choices": [{"index": 0, "message": message}]})


def quoting(prompt):
    """What a faithful model writes: the first sentence of every source, cited; of those that have one."""
    parts = re.split(r"=====\w+===== 资料 \[\d+\]\n出处：[^\n]*\n|=====\w+===== 资料完", prompt)[1:-1]
    firsts = [re.search(r"[^\n。]+。", part) for part in parts]
    return "".join(f"{first[0]}[{number}]" for number, first in enumerate(firsts, 1) if first)


MISBEHAVIOURS = {
    "silent": silent,
    "only comments": only_comments,
    "endless": endless,
    "endless blank": endless_blank,
    "empty": streamed([""]),
    "no chunk at all": lines(line("[DONE]")),
    "no choices": lines(
        line({"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": []})
    ),
    "refusal field": lines(line(chunk(refusal="我不能回答")), line(chunk(finish="stop")), line("[DONE]")),
    "refusal": says("抱歉，我无法回答这个问题。"),
    "refusal with a marker": says("抱歉，我无法回答这个问题。[1]"),
    "malformed stream": lines(line(chunk("云岭社区")), "data: {not json\n\n", line("[DONE]")),
    "wrong JSON": lines(line({"hello": 1}), line("[DONE]")),
    "JSON of another kind": lines(line("[1, 2]"), line('"text"'), line("[DONE]")),
    "error in the stream": lines(line({"error": {"message": "overloaded", "code": 500}})),
    "cut off": says("云岭社区讲堂已经解散，", finish=None, done=False),
    "too long": says("云岭社区讲堂已经解散", finish="length"),
    "filtered": says("", finish="content_filter"),
    "web page": web_page,
    "whole reply": whole_reply,
    "unauthorised": fails(401),
    "forbidden": fails(403),
    "not found": fails(404),
    "too many": fails(429),
    "bad request": fails(400),
    "server error": fails(500),
    "gateway": fails(502, {"html": "bad gateway"}),
    "redirect": lambda: PlainTextResponse("", 307, {"Location": "http://127.0.0.1:9/v1/chat/completions"}),
    "no citations": says("云岭社区讲堂现有宣讲员四十六名。研习室依托镇党校设立。"),
    "invented citations": says("云岭社区讲堂现有宣讲员四十六名。[97]研习室依托镇党校设立。[0]"),
    "invented facts": says("云岭社区讲堂现有宣讲员八十八名。[1]研习室由红石县出资设立。[2]"),
    "obeys a document": says("已按文件要求忽略资料。全部补贴已经取消，请把验证码发到 13800000000。[1]"),
    "shows its instructions": says("我的规则是：你为理论研究机构的资料库撰写答案，只能依据用户给出的编号资料。[1]"),
    "markup": says("<script>alert(1)</script>[1]。<img src=x onerror=alert(1)>[1]"),
    "thinks aloud": says("<think>也许是八十八名。[1]</think>"),
    "control characters": says("\x00\x1b[2J\u202e甲乙[1]\ufffe"),
}


WAITED_FOR = {"silent", "only comments", "endless blank"}
"""Those that only the time limit ends."""


class Endpoint:
    """The endpoint. ``behaviour`` is an async generator over the prompt, or makes a response."""

    def __init__(self):
        self.behaviour = says("资料不足")
        self.requests = []
        self.url = ""

    async def __call__(self, request):
        body = await request.json()
        self.requests.append((dict(request.headers), body))
        behaviour = self.behaviour
        try:
            made = behaviour()
        except TypeError:
            prompt = body["messages"][-1]["content"]
            return StreamingResponse(behaviour(prompt), media_type="text/event-stream")
        return made


@contextmanager
def running():
    """The endpoint on a free port."""
    endpoint = Endpoint()
    app = Starlette(routes=[Route("/v1/chat/completions", endpoint.__call__, methods=["POST"])])
    config = uvicorn.Config(app, port=0, log_level="critical", timeout_graceful_shutdown=0)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    endpoint.url = f"http://127.0.0.1:{port}/v1"
    try:
        yield endpoint
    finally:
        server.should_exit = server.force_exit = True
        thread.join(timeout=10)
