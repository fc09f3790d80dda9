"""What an index was built with. An index that another program, term base or model built must not be searched."""

from corpus.catalogue import Catalogue
from corpus.errors import IndexMismatch
from corpus.text.analyser import Analyser
from search.embedding import Embedder

SCHEMA = 4
"""Version of the points: payload fields, sparse weights, what text is indexed. Raise it with every change to those."""

_KEY = "index_fingerprint"
_UNKNOWN = ""


def fingerprint(analyser: Analyser, embedder: Embedder) -> str:
    """Equal for two processes exactly if they make equal points of equal passages."""
    return f"schema={SCHEMA} analyser={analyser.fingerprint} model={embedder.revision} dimensions={embedder.dimensions}"


def check_fingerprint(catalogue: Catalogue, analyser: Analyser, embedder: Embedder) -> str:
    """The current fingerprint, if the index has it or was never built.

    Raises:
        IndexMismatch: the index has another; names what changed and the command that rebuilds it.
    """
    current = fingerprint(analyser, embedder)
    stored = catalogue.value(_KEY)
    if stored == _UNKNOWN:
        raise IndexMismatch("索引的重建没有完成。请再次运行 lunku reindex。")
    if stored is not None and stored != current:
        raise IndexMismatch(f"索引与当前程序不一致（{_changes(stored, current)}）。请运行 lunku reindex 重建索引。")
    return current


def store_fingerprint(catalogue: Catalogue, analyser: Analyser, embedder: Embedder) -> None:
    """Record what the index is built with from now on."""
    catalogue.set_value(_KEY, fingerprint(analyser, embedder))


def forget_fingerprint(catalogue: Catalogue) -> None:
    """Record that the index is being rebuilt: until it has a fingerprint again, nobody may use it."""
    catalogue.set_value(_KEY, _UNKNOWN)


_NAMES = {"schema": "索引结构", "analyser": "分词与词表", "model": "向量模型", "dimensions": "向量维数"}


def _changes(stored: str, current: str) -> str:
    old, new = (dict(part.partition("=")[::2] for part in text.split(" ")) for text in (stored, current))
    return "、".join(name for key, name in _NAMES.items() if old.get(key) != new.get(key)) + "已变"
