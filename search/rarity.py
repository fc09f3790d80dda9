"""How rare each token of the embedding model is in this library, so that what a query is about weighs most.

The bundled model learnt from its training data how much a word says. A library of its own subject is different: in the
pages of one university its name says nothing. So a query's tokens are weighted by their inverse document frequency
here, to a power; the vectors of the passages stay what they are.

Document frequencies are those of a sample, kept in the catalogue: the passages with the smallest ids, which are hashes
and thus as good as random, but always the same ones for the same library. 2,000 of them tell common tokens from rare
ones; how rare a rare one is hardly matters under the root.
"""

import base64
import json
import time
import zlib

import numpy as np
from numpy.typing import NDArray

from corpus.catalogue import Catalogue
from search.embedding import Embedder
from search.sparse import index_text

SAMPLE = 2_000
POWER = 0.25
"""Of the inverse document frequency. nDCG@10 of the dense leg for 0, ¼ and ½, by the model before 0035: stard .451,
.447, .443, domainrag .363, .402, .421, rgb_zh_int .340, .351, .346."""

_KEY = "token_counts"
_REFRESH_SECONDS = 5.0


def store_token_counts(catalogue: Catalogue, embedder: Embedder) -> None:
    """Count the tokens of the sample anew; nothing for a model that weighs its tokens itself."""
    sample = catalogue.sample_passages(SAMPLE)
    texts = [index_text(item.document.title, item.passage.path, item.passage.text) for item in sample]
    counts = embedder.count_tokens(texts)
    if counts is not None:
        packed = base64.b64encode(zlib.compress(counts.astype(np.uint16).tobytes())).decode("ascii")
        catalogue.set_value(
            _KEY, json.dumps({"model": embedder.revision, "texts": len(texts), "counts": packed}, sort_keys=True)
        )


def has_token_counts(catalogue: Catalogue) -> bool:
    """Whether tokens were ever counted here."""
    return catalogue.value(_KEY) is not None


class TokenRarity:
    """The weights of query tokens in a library, reread a few seconds after they changed."""

    def __init__(self, catalogue: Catalogue, embedder: Embedder) -> None:
        self._catalogue = catalogue
        self._revision = embedder.revision
        self._stored: str | None = None
        self._weights: NDArray[np.float32] | None = None
        self._read_at = -_REFRESH_SECONDS

    def weights(self) -> NDArray[np.float32] | None:
        """One factor for each token of the model; None where its tokens were not counted."""
        now = time.monotonic()
        if now - self._read_at >= _REFRESH_SECONDS:
            self._read_at = now
            stored = self._catalogue.value(_KEY)
            if stored != self._stored:
                self._stored, self._weights = stored, _weights(stored, self._revision)
        return self._weights


def token_weights(counts: NDArray[np.int64], texts: int) -> NDArray[np.float32]:
    """The inverse document frequencies (as BM25's, see ``search.sparse``) to the power of ``POWER``."""
    idf = np.log(1 + (texts - counts + 0.5) / (counts + 0.5))
    return np.asarray(idf**POWER, dtype=np.float32)


def _weights(stored: str | None, revision: str) -> NDArray[np.float32] | None:
    data = json.loads(stored) if stored else {}
    if data.get("model") != revision or not data["texts"]:
        return None
    counts = np.frombuffer(zlib.decompress(base64.b64decode(data["counts"])), dtype=np.uint16)
    return token_weights(counts.astype(np.int64), data["texts"])
