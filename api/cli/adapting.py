"""``lunku adapt``."""

import shutil
from collections.abc import Callable
from contextlib import closing
from dataclasses import asdict
from pathlib import Path

from api.cli.ingesting import advance, rebuild, show_progress
from api.cli.output import out, print_json
from api.haystack_import import import_haystack
from api.library import own_engine
from api.remote import find_server
from corpus.catalogue import Catalogue
from corpus.errors import InvalidSetting, StorageError
from corpus.settings import Settings, load_settings, parse_groups

_ALL_PAIRS = 100_000


def run(groups: str | None, as_json: bool, data_dir: Path | None) -> None:
    """Fit the bundled model on the library; use it from now on if it finds more."""
    settings = _settings(data_dir)
    import_haystack()
    from search.embedding import open_embedder
    from search.embedding.adaptation import MOST_PASSAGES, adapt
    from search.embedding.static import StaticEmbedder

    in_use = open_embedder(settings)
    assert isinstance(in_use, StaticEmbedder)
    draft = settings.adapted_model_dir.with_suffix(".new")
    try:
        with Catalogue.open(settings.catalogue_url) as catalogue, show_progress() as progress:
            readers = None if groups is None else parse_groups(groups)
            passages = [
                item
                for item in catalogue.sample_passages(MOST_PASSAGES)
                if readers is None or item.document.readers & readers
            ]
            accepted, _ = catalogue.accepted_pairs(limit=_ALL_PAIRS)
            found = adapt(passages, accepted, in_use, draft, advance(progress, "训练"))
        indexed = None
        if found.improved:
            _change(settings, lambda: _replace(draft, settings.adapted_model_dir))
            indexed = rebuild(settings)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    if as_json:
        print_json({**asdict(found), "indexed": indexed})
        return
    out.print(
        f"用 {found.passages} 段文字和 {found.questions} 个读者认可的问题训练。在没有参与训练的文字上检验（nDCG@10）："
    )
    for name, score in (("原句找段落", found.sentences), ("认可的问题找段落", found.accepted)):
        if score.pairs:
            out.print(f"  {name}（{score.pairs} 对）：{score.before:.3f} → {score.after:.3f}")
    if found.improved:
        out.print(f"新模型更好，已启用，索引已重建（{indexed} 份文献）。要改回自带模型：lunku adapt --undo")
    else:
        out.print("没有可靠的提高，仍用原来的模型，索引未动。")


def undo(as_json: bool, data_dir: Path | None) -> None:
    """Return to the bundled model."""
    settings = _settings(data_dir)
    indexed = None
    if settings.adapted_model_dir.exists():
        _change(settings, lambda: shutil.rmtree(settings.adapted_model_dir))
        indexed = rebuild(settings)
    if as_json:
        print_json({"undone": indexed is not None, "indexed": indexed})
    elif indexed is None:
        out.print("没有按馆藏改进过的模型，用的就是自带模型。")
    else:
        out.print(f"已改回自带模型，索引已重建（{indexed} 份文献）。")


def _settings(data_dir: Path | None) -> Settings:
    settings = load_settings(data_dir)
    if settings.embedding_model:
        raise InvalidSetting("只能改进自带模型，而 LUNKU_EMBEDDING_MODEL 指定了别的模型。请去掉这项设置再试")
    if find_server(settings):
        raise InvalidSetting("服务正在使用索引。请先停止 lunku serve，再改进模型")
    return settings


def _change(settings: Settings, change: Callable[[], None]) -> None:
    """Change the model while nobody uses the index. Killed before the index is rebuilt, every command says how to."""
    import_haystack()
    with closing(own_engine(settings)):
        try:
            change()
        except OSError as error:
            raise StorageError(f"数据目录无法写入：{error.strerror}。请检查 {settings.data_dir} 的权限") from error


def _replace(draft: Path, model: Path) -> None:
    if model.exists():
        shutil.rmtree(model)
    draft.rename(model)
