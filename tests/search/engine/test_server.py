"""What only the server engine has: a client, and errors of the network. The operations are in the conformance suite."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from corpus.errors import EngineUnavailable
from corpus.settings import Settings
from search.engine.edge import EdgeEngine
from search.engine.factory import open_engine
from search.engine.interface import AnyOf, Filter, Leg
from search.engine.server import ServerEngine
from tests.search.engine.test_engine_conformance import DIMENSIONS, EVERYTHING, identifier, point


def operations(engine: ServerEngine) -> Iterator[object]:
    yield lambda: engine.ensure_collection(DIMENSIONS)
    yield lambda: engine.query([Leg(EVERYTHING, 1)])
    yield lambda: engine.query([Leg(EVERYTHING, 1, "dense", [1.0] * DIMENSIONS)])
    yield lambda: engine.retrieve([identifier(1)])
    yield lambda: engine.count(EVERYTHING)
    yield lambda: engine.facet("kind", EVERYTHING, 5)
    yield lambda: engine.delete(Filter(must=(AnyOf("kind", ("policy",)),)))
    yield lambda: engine.set_payload(EVERYTHING, {"kind": "course"})
    yield engine.drop


def test_no_server(unused_port: int) -> None:
    engine = ServerEngine.connect(f"http://127.0.0.1:{unused_port}")
    for act in operations(engine):
        with pytest.raises(EngineUnavailable, match="LUNKU_QDRANT_URL"):
            act()
    engine.close()


@pytest.fixture
def unused_port() -> int:
    with HTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as server:
        return server.server_port


@pytest.mark.parametrize("status", [401, 404, 429, 500])
def test_a_server_that_refuses(status: int) -> None:
    class Refusing(BaseHTTPRequestHandler):
        def respond(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.send_response(status)
            self.send_header("Retry-After", "1")
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_GET = do_POST = do_PUT = do_DELETE = respond  # noqa: N815

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Refusing) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        engine = ServerEngine.connect(f"http://127.0.0.1:{server.server_port}", "key")
        for act in operations(engine):
            with pytest.raises(EngineUnavailable):
                act()
        server.shutdown()
        engine.close()


def test_a_wrong_address() -> None:
    with pytest.raises(EngineUnavailable, match="LUNKU_QDRANT_URL"):
        ServerEngine.connect("http://127.0.0.1:notaport")


def test_settings_choose_the_engine(tmp_path: Path, unused_port: int) -> None:
    with open_engine(Settings(data_dir=tmp_path)) as engine:
        assert isinstance(engine, EdgeEngine)
        engine.ensure_collection(DIMENSIONS)
        engine.upsert([point(1)])
    assert (tmp_path / "index" / "CURRENT").exists()
    server = open_engine(Settings(data_dir=tmp_path, qdrant_url=f"http://127.0.0.1:{unused_port}"))
    assert isinstance(server, ServerEngine)
    server.close()


def test_the_embedded_engine_does_not_import_qdrant_client(tmp_path: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from corpus.settings import Settings\n"
        "from search.engine.factory import open_engine\n"
        "with open_engine(Settings(data_dir=Path(sys.argv[1]))) as engine: engine.ensure_collection(4)\n"
        "print([name for name in ('qdrant_client', 'torch', 'haystack') if name in sys.modules])"
    )
    result = subprocess.run([sys.executable, "-c", script, str(tmp_path)], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"
