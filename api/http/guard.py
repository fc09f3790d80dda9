"""What every request passes first: its host, its origin, its size; and the headers of every response."""

from urllib.parse import urlsplit

from fastapi import Request
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.http.problems import respond
from corpus.errors import Forbidden, LunkuError, TooLarge

UPLOAD_BYTES = 200 * 1024 * 1024
"""Largest upload, all files together."""

BODY_BYTES = 1024 * 1024
"""Largest body of any other request."""

_MULTIPART_OVERHEAD = 64 * 1024
_CHECKS = {"/api/v1/quote-checks", "/api/v1/quote-checks/report", "/quotes", "/quotes/report"}
_UPLOAD_PATHS = {"/api/v1/documents", "/upload", *_CHECKS}
_SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}

SECURITY_HEADERS = {
    # Own style sheet, own script files and own forms; nothing inline, no frame, nothing from elsewhere.
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
    "img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class Guard:
    """ASGI middleware.

    Args:
        app: what is guarded.
        local_only: requests without credentials have more groups than ``public``. Such a server listens on this
            machine only, and a name that merely resolves to it is refused (DNS rebinding).
    """

    def __init__(self, app: ASGIApp, local_only: bool) -> None:
        self._app = app
        self._local_only = local_only

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        limit = _limit(scope)
        headers = Headers(scope=scope)

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                response = MutableHeaders(scope=message)
                for name, value in SECURITY_HEADERS.items():
                    response.setdefault(name, value)
            await send(message)

        received = 0

        async def receive_limited() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > limit:
                raise _too_large(limit)
            return message

        try:
            self._check(scope["method"], headers, limit)
        except LunkuError as error:
            await respond(Request(scope), error)(scope, receive, send_guarded)
            return
        await self._app(scope, receive_limited, send_guarded)

    def _check(self, method: str, headers: Headers, limit: int) -> None:
        host = headers.get("host", "")
        if self._local_only and urlsplit(f"//{host}").hostname not in _LOOPBACK:
            raise Forbidden("请用 127.0.0.1 或 localhost 访问本机服务")
        origin = headers.get("origin")
        if method not in _SAFE_METHODS and origin is not None and urlsplit(origin).netloc != host:
            raise Forbidden("不接受来自其他网站的写入请求")
        length = headers.get("content-length", "0")
        if length.isdigit() and int(length) > limit:
            raise _too_large(limit)


def _limit(scope: Scope) -> int:
    return UPLOAD_BYTES + _MULTIPART_OVERHEAD if scope["path"] in _UPLOAD_PATHS else BODY_BYTES


def _too_large(limit: int) -> TooLarge:
    return TooLarge(f"内容超过 {limit // (1024 * 1024)} MB，请分批提交")
