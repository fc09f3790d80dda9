"""What commands and servers open together."""

from api.library import own_index
from corpus.settings import Settings
from tests.api.conftest import fill
from tests.search.test_cross_encoder import save_model


def test_commands_and_servers_use_the_reranker_of_the_settings(tmp_path):
    settings = Settings(data_dir=tmp_path / "data")
    fill(settings)
    (tmp_path / "model").mkdir()
    named = settings.model_copy(update={"reranker_model": save_model(tmp_path / "model")})
    for used, expected in ((named, True), (settings, False)):
        with own_index(used) as index:
            assert (index.searcher._reranker is not None) is expected
