"""The server of the same data directory, seen from another process: what the command line asks when a server runs."""

import json
import time
from collections.abc import Mapping
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlencode
from urllib.request import ProxyHandler, Request, build_opener

from api.ownership import ServerRecord, read_record
from corpus.errors import EngineUnavailable, LunkuError
from corpus.settings import Settings

START_SECONDS = 20.0
"""How long a server may take from its record to its first answer."""

TIMEOUT_SECONDS = 180.0
"""Longer than a language model may take to rewrite a question and to answer it."""


class RemoteError(LunkuError):
    """A problem that the server reported; code and detail are the server's."""

    def __init__(self, detail: str, code: str, status: int) -> None:
        super().__init__(detail)
        self.code = code  # type: ignore[misc]
        self.status = status  # type: ignore[misc]


class Remote:
    """HTTP client with the owner's token. ``groups`` restrict it; None is the owner with every group."""

    def __init__(self, record: ServerRecord, groups: frozenset[str] | None = None) -> None:
        self._record = record
        self._headers = {"Authorization": f"Bearer {record.token}", "Content-Type": "application/json"}
        if groups is not None:
            self._headers["Lunku-Groups"] = quote(",".join(sorted(groups)))
        self._opener = build_opener(ProxyHandler({}))

    def get(self, path: str, query: Mapping[str, Any] | None = None) -> Any:
        """GET below /api/v1; None values are left out."""
        given = {name: value for name, value in (query or {}).items() if value is not None}
        return self._request(f"{path}?{urlencode(given)}" if given else path, None)

    def post(self, path: str, body: Any) -> Any:
        """POST a JSON body below /api/v1."""
        return self._request(path, json.dumps(body).encode())

    def _request(self, path: str, body: bytes | None) -> Any:
        request = Request(f"{self._record.url}/api/v1{path}", data=body, headers=self._headers)  # noqa: S310 - own server
        try:
            with self._opener.open(request, timeout=TIMEOUT_SECONDS) as response:
                return json.load(response)
        except HTTPError as error:
            problem = json.load(error)
            raise RemoteError(problem["detail"], problem["code"], error.code) from error
        except (URLError, OSError, ValueError) as error:
            raise EngineUnavailable(f"服务 {self._record.url} 没有应答，请重启 lunku serve") from error


def find_server(settings: Settings, groups: frozenset[str] | None = None) -> Remote | None:
    """The server that runs over the data directory, once it answers; None if there is none."""
    deadline = time.monotonic() + START_SECONDS
    while record := read_record(settings):
        remote = Remote(record, groups)
        try:
            remote.get("/health/live")
        except (EngineUnavailable, RemoteError):
            if time.monotonic() > deadline:
                return None
            time.sleep(0.2)
        else:
            return remote
    return None
