"""Any sentence-transformers model, named by ``LUNKU_EMBEDDING_MODEL``. Its libraries are imported only then."""

import hashlib
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, Self

import numpy as np
from numpy.typing import NDArray

from corpus.errors import ModelUnavailable
from corpus.settings import Settings

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

_BATCH = 32
_SAMPLED_VALUES = 256
"""Values of each tensor that enter the revision: enough to tell two trainings apart, cheap for large models."""


class TransformerEmbedder:
    """Queries and passages through ``encode_query`` and ``encode_document``, so the model's own prompts apply.

    Args:
        name: a folder, or a model's name, which is looked up in the local cache or else downloaded.
        revision: the commit or tag to use of a name.
        backend: ``torch`` or ``onnx``.
        prefixes: put before queries and passages, under the names ``query`` and ``document``, instead of the model's.

    Raises:
        ModelUnavailable: it cannot be loaded.
    """

    unrelated = -1.0  # Every model has a scale of its own.

    def __init__(
        self,
        name: str,
        revision: str | None = None,
        backend: Literal["torch", "onnx"] = "torch",
        prefixes: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self._model = _load(name, revision, backend)
        self._model.prompts |= prefixes
        dimensions = self._model.get_embedding_dimension()
        if dimensions is None:
            raise ModelUnavailable(
                f"模型“{name}”不产生句向量，请在 LUNKU_EMBEDDING_MODEL 中换一个 sentence-transformers 模型。"
            )
        self.dimensions = dimensions
        self.revision = f"transformer-{_digest(self._model)}"

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """The model that the settings name.

        Raises:
            ModelUnavailable: it cannot be loaded.
        """
        given = {"query": settings.embedding_query_prefix, "document": settings.embedding_passage_prefix}
        prefixes = {name: prefix for name, prefix in given.items() if prefix is not None}
        return cls(settings.embedding_model or "", settings.embedding_revision, settings.embedding_backend, prefixes)

    def embed_query(self, text: str, weights: NDArray[np.float32] | None = None) -> list[float]:
        """The vector of a query, with the model's query prompt. A transformer weighs its tokens itself."""
        del weights
        vector: list[float] = self._unit(self._model.encode_query([text], show_progress_bar=False))[0].tolist()
        return vector

    def embed_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """The vectors of passages, one row each, with the model's document prompt."""
        if not texts:
            return np.zeros((0, self.dimensions), dtype=np.float32)
        return self._unit(self._model.encode_document(list(texts), batch_size=_BATCH, show_progress_bar=False))

    def count_tokens(self, texts: Sequence[str]) -> None:
        """None: the vectors are no sums of tokens."""

    @staticmethod
    def _unit(vectors: object) -> NDArray[np.float32]:
        rows = np.asarray(vectors, dtype=np.float32)
        return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12), dtype=np.float32)


def _load(name: str, revision: str | None, backend: Literal["torch", "onnx"]) -> "SentenceTransformer":
    if backend == "onnx" and find_spec("optimum") is None:
        raise ModelUnavailable(
            "未安装 optimum，不能以 onnx 运行模型：请运行 pip install 'sentence-transformers[onnx]'，"
            "或把 LUNKU_EMBEDDING_BACKEND 改回 torch。"
        )
    try:
        from sentence_transformers import SentenceTransformer
    except ImportError as error:
        raise ModelUnavailable(
            "未安装 sentence-transformers，请安装后再试，或去掉 LUNKU_EMBEDDING_MODEL 以使用自带模型。"
        ) from error
    try:
        # What is on this machine comes first: no network at a cold start, and no silent change of revision.
        return SentenceTransformer(name, revision=revision, backend=backend, local_files_only=True)
    except (OSError, ValueError, KeyError):
        pass
    try:
        return SentenceTransformer(name, revision=revision, backend=backend)
    # Loading runs code of several libraries, each with its own errors.
    except Exception as error:
        raise ModelUnavailable(
            f"无法加载向量模型“{name}”：请检查 LUNKU_EMBEDDING_MODEL 中的名称或路径，离线时先把模型下载到本机；"
            "去掉这项设置即使用自带模型。"
        ) from error


def _digest(model: "SentenceTransformer") -> str:
    """A hash of the prompts and of a sample of every tensor: equal for a copy of the model under another name."""
    digest = hashlib.sha256(repr(sorted(model.prompts.items())).encode())
    for name, tensor in sorted(model.state_dict().items()):
        values = tensor.detach().flatten()[:_SAMPLED_VALUES].cpu().double().numpy()
        digest.update(f"{name}{tuple(tensor.shape)}".encode() + values.tobytes())
    return digest.hexdigest()[:16]
