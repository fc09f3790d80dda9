"""A search process (``api.search_processes``), run as ``python -m api.search_worker DESCRIPTOR``."""

import signal
from functools import partial
from multiprocessing.connection import Connection

from api.haystack_import import import_haystack
from api.own_process import connection_to_parent
from api.search_processes import FoundAsJson, Search
from corpus.catalogue import Catalogue
from corpus.errors import LunkuError
from corpus.settings import Settings
from corpus.text.analyser import Analyser


def serve(connection: Connection) -> None:
    """Search for the server at the other end. Its settings come first, and are answered when searches can be.

    Raises:
        EOFError, OSError: the server has closed its end, or died.
    """
    settings: Settings = connection.recv()
    import_haystack()
    from search.embedding import open_embedder
    from search.engine.lent import LentEngine, reply
    from search.searcher import Searcher

    with Catalogue.open(settings.catalogue_url) as catalogue:
        analyser = Analyser(catalogue.term_base())
        searcher = Searcher(catalogue, LentEngine(connection), analyser, open_embedder(settings))
        searcher.warm_up()
        connection.send(None)

        def find(search: Search) -> FoundAsJson:
            if search.terms != analyser.terms.hash:
                analyser.use(catalogue.term_base())
            return FoundAsJson.of(searcher.search(search.request, search.groups))

        while True:
            reply(connection, partial(find, connection.recv()))


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
