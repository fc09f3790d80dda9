"""A logistic regression over named features: weights are data, and a misspelt name is an error."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class LogisticModel:
    """Scores rows of features.

    Attributes:
        features: names of the columns that ``score`` is given, in order.
        bias: the intercept.
        weights: by feature name; a feature without a weight has no effect.
    """

    features: tuple[str, ...]
    bias: float
    weights: Mapping[str, float]

    def __post_init__(self) -> None:
        """Refuse weights of unknown features, which would silently have no effect.

        Raises:
            ValueError: an unknown feature.
        """
        unknown = sorted(set(self.weights) - set(self.features))
        if unknown:
            raise ValueError(f"weights for unknown features: {', '.join(unknown)}")

    @classmethod
    def load(cls, path: Path, features: tuple[str, ...]) -> Self:
        """A model from ``{"bias": …, "weights": {name: …}}``.

        Raises:
            ValueError: the file names an unknown feature.
        """
        data = json.loads(path.read_text(encoding="utf-8"))
        return cls(features, float(data["bias"]), data["weights"])

    def logits(self, matrix: NDArray[np.float64]) -> NDArray[np.float64]:
        """Weighted sums, one per row."""
        vector = np.array([self.weights.get(name, 0.0) for name in self.features])
        return np.asarray(matrix @ vector + self.bias, dtype=np.float64)

    def score(self, matrix: NDArray[np.float64]) -> NDArray[np.float64]:
        """Scores in (0, 1), one per row."""
        return logistic(self.logits(matrix))


def logistic(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    """1 / (1 + e^-x) of every value."""
    return np.asarray(1.0 / (1.0 + np.exp(-logits)), dtype=np.float64)
