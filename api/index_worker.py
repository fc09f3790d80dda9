"""The process that indexes beside an ingest (``api.index_process``): ``python -m api.index_worker DESCRIPTOR``."""

import signal
import sys

from api.library import open_index
from api.own_process import connection_to_parent
from corpus.catalogue import Catalogue
from corpus.errors import LunkuError
from corpus.settings import Settings
from search.engine.optimiser import die_with_parent


def main() -> None:
    """Index what another process adds, until it says that it has ended, or ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Its parent decides when to stop.
    die_with_parent()
    connection = connection_to_parent()
    try:
        settings: Settings = connection.recv()
        with (
            Catalogue.open(settings.catalogue_url, mapped=False) as catalogue,
            open_index(settings, catalogue, ending=True) as index,
        ):
            index.indexer.follow(connection.poll)
    except (LunkuError, EOFError):
        sys.exit(1)  # Its parent meets the same error, and tells it; or it has ended already.


if __name__ == "__main__":
    main()
