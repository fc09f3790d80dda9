"""An optional second order by a cross-encoder, which reads query and passage together (``LUNKU_RERANKER_MODEL``).

It replaces the fused scores of the first candidates by its own; exact matches stay above whatever it says, and what it
did not read stays below what it did.
"""

from typing import TYPE_CHECKING

import numpy as np
from haystack import component

from corpus.catalogue import Catalogue
from corpus.errors import ModelUnavailable
from corpus.settings import Settings
from search.candidates import ResolvedRanking, in_order
from search.logistic import logistic
from search.query import Query
from search.results import Mode
from search.sparse import index_text

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder

READ = 20
"""Candidates that are read: a small model takes about a tenth of a second for them on one CPU."""

_BATCH = 20


def open_cross_encoder(settings: Settings) -> "CrossEncoder | None":
    """The configured model, from a folder or the local cache, or else downloaded; None where none is named.

    Raises:
        ModelUnavailable: it cannot be loaded.
    """
    name = settings.reranker_model
    if not name:
        return None
    from sentence_transformers import CrossEncoder
    from torch.nn import Identity

    for local in (True, False):
        try:
            # Raw scores whatever the model's own activation: what is made of them is decided here.
            model: CrossEncoder = CrossEncoder(name, local_files_only=local, activation_fn=Identity())
            break
        # Loading runs code of several libraries, each with its own errors.
        except Exception as error:
            if not local:
                raise ModelUnavailable(
                    f"无法加载重排模型“{name}”：请检查 LUNKU_RERANKER_MODEL 中的名称或路径，离线时先把模型下载到本机；"
                    "去掉这项设置即不重排。"
                ) from error
    if model.num_labels != 1:
        raise ModelUnavailable(
            f"“{name}”不是重排模型：它给出 {model.num_labels} 个分数，应为一个。请在 LUNKU_RERANKER_MODEL 中换一个。"
        )
    return model


@component
class CrossEncoderRanker:
    """Orders the first candidates of a ranking by what a cross-encoder says of their texts."""

    def __init__(self, catalogue: Catalogue, model: "CrossEncoder") -> None:
        self.catalogue = catalogue
        self.model = model

    @component.output_types(ranking=ResolvedRanking)
    def run(self, query: Query, ranking: ResolvedRanking) -> dict[str, ResolvedRanking]:
        """The ranking with the first ``READ`` candidates in the model's order, ties by id.

        Only searches by words and meaning together are reordered: another mode asks for its own order, and of a bare
        number the model knows nothing.
        """
        if query.mode is not Mode.HYBRID or query.bare or not ranking.candidates:
            return {"ranking": ranking}
        first, rest = ranking.candidates[:READ], ranking.candidates[READ:]
        texts = self.catalogue.texts_of([candidate.id for candidate in first])
        first = tuple(candidate for candidate in first if candidate.id in texts)
        if not first:
            return {"ranking": ranking}
        pairs = [(query.text, index_text(*texts[candidate.id])) for candidate in first]
        scores = np.asarray(self.model.predict(pairs, batch_size=_BATCH, show_progress_bar=False), dtype=np.float64)
        fused = logistic(scores).tolist()
        least = min(fused)
        read = in_order(item._replace(fused=score) for item, score in zip(first, fused, strict=True))
        unread = [item._replace(fused=min(item.fused, least)) for item in rest]
        # Stable: what was not read keeps its order.
        candidates = tuple(sorted([*read, *unread], key=lambda item: -item.score))
        return {"ranking": ResolvedRanking(candidates, ranking.facts, ranking.total)}


def open_reranker(settings: Settings, catalogue: Catalogue) -> CrossEncoderRanker | None:
    """What orders searches anew by the configured model, or None where none is named.

    Raises:
        ModelUnavailable: it cannot be loaded.
    """
    model = open_cross_encoder(settings)
    return CrossEncoderRanker(catalogue, model) if model else None
