"""More like this: documents whose passages mean about the same as those of a given one."""

from dataclasses import replace

import numpy as np

from corpus.catalogue import Catalogue
from search.engine.interface import DENSE, AnyOf, EngineReader, Leg
from search.highlighting import unmarked
from search.hits import make_hit
from search.query import access
from search.results import Hit

PASSAGES = 60
"""Passages of the given document that speak for it, at most."""

NEIGHBOURS = 100
"""Passages of other documents that are looked at: of a long document many may be among them."""


def find_similar(
    catalogue: Catalogue, engine: EngineReader, document_id: str, groups: frozenset[str], limit: int
) -> list[Hit]:
    """The nearest passage of each document that is most like the given one, best first; only what ``groups`` may read.

    Nearness is the cosine to the mean of the document's vectors. Words are left out: over a whole document those that
    every document has, weigh as much as those that tell what it is about.

    Raises:
        NotFound: there is no such document for this reader.
        EngineUnavailable: the engine does not answer.
    """
    catalogue.document(document_id, groups)
    readable = access(groups)
    own = AnyOf("document_id", (document_id,))
    ids = [point.id for point in engine.query([Leg(replace(readable, must=(*readable.must, own)), PASSAGES)])[0]]
    points = engine.retrieve(ids)
    if not points:
        return []
    mean = np.array([point.vectors[DENSE] for point in points], dtype=np.float64).mean(axis=0)
    [found] = engine.query([Leg(replace(readable, must_not=(own,)), NEIGHBOURS, DENSE, mean.tolist())])
    contexts = catalogue.hydrate([point.id for point in found], groups)
    best: dict[str, Hit] = {}
    for point in found:
        if context := contexts.get(point.id):
            best.setdefault(
                context.document.id,
                make_hit(context, point.score, {DENSE: point.score}, unmarked(context.passage.text)),
            )
    return list(best.values())[:limit]
