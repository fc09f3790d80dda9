"""Schema migrations, run by Alembic inside the caller's transaction."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Connection

from corpus.errors import CatalogueUnavailable


def configuration() -> Config:
    """Alembic's configuration, without an ini file: the scripts lie in this package."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def upgrade(connection: Connection) -> None:
    """Bring the schema to the newest revision.

    Raises:
        CatalogueUnavailable: the schema was made by a newer program.
    """
    config = configuration()
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        raise CatalogueUnavailable("目录库由更新版本的论库建立，本版本无法打开。请升级论库后再试") from error
