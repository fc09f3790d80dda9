"""A search process (``api.search_processes``), run as ``python -m api.search_worker DESCRIPTOR``."""

import logging
import signal
from multiprocessing.connection import Connection

from api.haystack_import import import_haystack
from api.own_process import connection_to_parent
from api.search_processes import FoundAsJson, Search
from corpus.catalogue import Catalogue
from corpus.errors import LunkuError
from corpus.settings import Settings
from corpus.text.analyser import Analyser

logger = logging.getLogger(__name__)


def serve(connection: Connection) -> None:
    """Search for the server at the other end. Its settings come first, and are answered when searches can be.

    Raises:
        EOFError, OSError: the server has closed its end, or died.
    """
    settings: Settings = connection.recv()
    import_haystack()
    from search.embedding import open_embedder
    from search.engine.lent import LentEngine
    from search.searcher import Searcher

    with Catalogue.open(settings.catalogue_url) as catalogue:
        analyser = Analyser(catalogue.term_base())
        searcher = Searcher(catalogue, LentEngine(connection), analyser, open_embedder(settings))
        searcher.warm_up()
        connection.send(None)
        while True:
            search: Search = connection.recv()
            try:
                if search.terms != analyser.terms.hash:
                    analyser.use(catalogue.term_base())
                connection.send(FoundAsJson.of(searcher.search(search.request, search.groups)))
            except LunkuError as error:
                connection.send(error)
            except (EOFError, OSError):
                raise
            except Exception as error:
                logger.exception("a search failed")
                connection.send(RuntimeError(f"{type(error).__name__} in a search process; its log has the rest"))


def main() -> None:
    """Serve until the server ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # The server decides when to stop.
    connection = connection_to_parent()
    try:
        serve(connection)
    except LunkuError as error:
        connection.send(error)
    except (EOFError, OSError):
        return


if __name__ == "__main__":
    main()
