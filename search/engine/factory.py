"""The engine that the settings ask for."""

from corpus.settings import Settings
from search.engine.interface import Engine


def open_engine(settings: Settings) -> Engine:
    """Qdrant at ``qdrant_url`` if that is set, else in this process, in the data directory.

    Raises:
        EngineLocked: another process owns the embedded index.
        EngineUnavailable: the index cannot be read, or the address cannot be used.
    """
    if settings.qdrant_url:
        from search.engine.server import ServerEngine

        return ServerEngine.connect(settings.qdrant_url, settings.qdrant_api_key)
    from search.engine.edge import EdgeEngine

    return EdgeEngine(settings.index_dir)
