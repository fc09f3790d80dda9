"""Running the server over a data directory."""

import secrets
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import uvicorn

from api.haystack_import import import_haystack
from api.http.app import check_exposure, create_app
from api.http.state import open_library
from api.ownership import announced
from corpus.errors import InvalidSetting
from corpus.settings import Settings


def serve(settings: Settings, on_ready: Callable[[str], None]) -> None:
    """Serve until interrupted. ``on_ready`` gets the address once requests are answered.

    Raises:
        InvalidSetting: the address is taken, or must not be served to others with these groups.
        EngineLocked: another process owns the index.
    """
    check_exposure(settings)
    import_haystack()
    listener = _listen(settings)
    host, port = listener.getsockname()[:2]
    url = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
    token = secrets.token_urlsafe(32)
    with (
        _stopped_by_signals(),
        listener,
        open_library(settings, token) as library,
        announced(settings, _own_url(url), token),
    ):
        listener.listen()  # From here on, whoever comes before the server accepts is kept waiting, not turned away.
        app = create_app(library, lambda: on_ready(url))
        config = uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=5)
        uvicorn.Server(config).run(sockets=[listener])


@contextmanager
def _stopped_by_signals() -> Iterator[None]:
    """End in order on Ctrl+C and on SIGTERM. Uvicorn raises the signal again once it has shut down, and SIGTERM's
    default action would end the process before the index and the server's record are put away."""

    def interrupt(_signal: int, _frame: object) -> None:
        raise KeyboardInterrupt

    previous = signal.signal(signal.SIGTERM, interrupt)
    try:
        with suppress(KeyboardInterrupt):
            yield
    finally:
        signal.signal(signal.SIGTERM, previous)


def _listen(settings: Settings) -> socket.socket:
    """The listening socket: taken first, so that a taken port is known before an index is opened."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
    except OSError as error:
        listener.close()
        raise InvalidSetting(
            f"无法监听 {settings.host}:{settings.port}：{error.strerror}。请换一个端口，例如 --port {settings.port + 1}"
        ) from error
    return listener


def _own_url(url: str) -> str:
    """The address under which this machine reaches the server."""
    return url.replace("://0.0.0.0:", "://127.0.0.1:").replace("://[::]:", "://[::1]:")
