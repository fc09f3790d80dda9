"""Every format is either read by a function that exists, or converted first."""

import pytest

from ingest import readers
from ingest.readers.formats import CONVERTED, Format


def test_every_format_is_read_or_converted() -> None:
    assert set(readers._READERS) | set(CONVERTED) == set(Format)
    assert not set(readers._READERS) & set(CONVERTED)


@pytest.mark.parametrize("place", sorted(set(readers._READERS.values())))
def test_the_functions_exist(place: str) -> None:
    module, function = place.split(".")
    imported = __import__(f"ingest.readers.{module}", fromlist=[function])
    assert callable(getattr(imported, function))
