"""Dense vectors of passages and queries.

The bundled model (``search/embedding/model``) is a sentence-transformers static model of one vector per word; it runs
on ``tokenizers`` and numpy alone. ``lunku adapt`` puts one in its place that was fitted further on the library
(``search.embedding.adaptation``), ``LUNKU_EMBEDDING_MODEL`` any sentence-transformers model.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from corpus.errors import ModelUnavailable
from corpus.settings import Settings

if TYPE_CHECKING:
    from search.embedding.static import StaticEmbedder

BUNDLED_MODEL = Path(__file__).with_name("model")

ADAPTED_NOTE = "adaptation.json"
"""Beside an adapted model: what it was made from and how it did."""


class Embedder(Protocol):
    """Turns texts into vectors of unit length; a text without a known word becomes the zero vector.

    Attributes:
        dimensions: length of every vector.
        revision: changes whenever the vectors of equal texts may change; part of the index fingerprint.
        unrelated: cosine up to which a passage is as near to a query as any text to any other; -1 if not known.
    """

    @property
    def dimensions(self) -> int: ...  # noqa: D102

    @property
    def revision(self) -> str: ...  # noqa: D102

    @property
    def unrelated(self) -> float: ...  # noqa: D102

    def embed_query(self, text: str, weights: NDArray[np.float32] | None = None) -> list[float]:
        """The vector of a query; ``weights`` has one factor for each token of the model (``search.rarity``)."""
        ...

    def count_tokens(self, texts: Sequence[str]) -> NDArray[np.int64] | None:
        """For each token of the model the number of texts that hold it; None if its vectors are no sums of tokens."""
        ...

    def embed_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """The vectors of passages, one row each."""
        ...


def open_embedder(settings: Settings) -> Embedder:
    """The configured model; else the library's own, if it was adapted; else the bundled one, without importing torch.

    Raises:
        ModelUnavailable: the model cannot be loaded.
    """
    if settings.embedding_model:
        from search.embedding.transformer import TransformerEmbedder

        return TransformerEmbedder.of(settings)
    from search.embedding.static import StaticEmbedder

    if not settings.adapted_model_dir.is_dir():
        return StaticEmbedder(BUNDLED_MODEL)
    try:
        return StaticEmbedder(settings.adapted_model_dir)
    except ModelUnavailable as error:
        raise ModelUnavailable(
            f"按馆藏改进的向量模型无法读取（{settings.adapted_model_dir}）。请运行 lunku adapt --undo 改回自带模型。"
        ) from error


def static_model(embedder: Embedder) -> "StaticEmbedder":
    """A model fast enough for all the sentences of a query's best candidates: ``embedder``, or beside a transformer,
    which would take seconds, the bundled one."""
    from search.embedding.static import StaticEmbedder

    return embedder if isinstance(embedder, StaticEmbedder) else StaticEmbedder(BUNDLED_MODEL)
