"""Citations for tests that need one and no library."""

from corpus.identifiers import text_hash
from search.results import Citation, Locator


def citation(quote, title="甲通知"):
    return Citation("p", "d", 1, title, [], Locator(None, 1, 0, len(quote), text_hash(quote)), quote, text_hash(quote))
