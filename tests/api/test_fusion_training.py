"""The command that fits the fusion, over a small labelled set: real index, real model."""

import gzip
import json
import logging
import sys
from pathlib import Path

import pytest

from api import fusion_training
from api.fusion_training import read_candidates
from search.fusion import FEATURES, load_weights
from search.fusion_training import COLUMNS, FOLDS
from tests.api.test_evaluation import TEXTS

ASPECTS = ("由谁负责", "何时完成", "经费多少")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sets") / "practice"
    folder.mkdir()
    rows = {
        "corpus": [{"id": key, "title": title, "text": text} for key, (title, text) in TEXTS.items()],
        "queries": [
            {"id": f"{key}-{number}", "text": f"{title or '快板书'}{aspect}？"}
            for key, (title, _) in TEXTS.items()
            for number, aspect in enumerate(ASPECTS)
        ],
    }
    for name, items in rows.items():
        with gzip.open(folder / f"{name}.jsonl.gz", "wt", encoding="utf-8") as file:
            file.writelines(json.dumps(item, ensure_ascii=False) + "\n" for item in items)
    judged = "".join(f"{query['id']}\t{query['id'].rpartition('-')[0]}\t1\n" for query in rows["queries"])
    (folder / "qrels.tsv").write_text("query-id\tcorpus-id\tscore\n" + judged, encoding="utf-8")
    return folder


def test_candidates_are_those_of_a_search(folder: Path, tmp_path: Path) -> None:
    found = read_candidates(folder, tmp_path)
    assert len(found) == len(TEXTS) * len(ASPECTS)
    for query in found:
        assert query.matrix.shape == (len(query.grades), len(COLUMNS))
        relevant = query.documents[query.grades > 0]
        assert len(set(relevant)) == 1, "a small set: what is relevant is always among the candidates"
        assert query.ideal == 1
    assert {query.fold for query in found} <= set(range(FOLDS))
    again = read_candidates(folder, tmp_path)
    assert all((one.matrix == other.matrix).all() for one, other in zip(found, again, strict=True))


def test_the_command_writes_weights_and_says_what_they_are_worth(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    output = tmp_path / "weights.json"
    arguments = ["--fit", folder, "--measure", folder, "--output", output, "--data-dir", tmp_path]
    monkeypatch.setattr(sys, "argv", ["fusion_training", *map(str, arguments)])
    with caplog.at_level(logging.INFO, "api.fusion_training"):
        fusion_training.main()
    assert set(load_weights(output).legs.weights) == set(FEATURES)
    assert json.loads(output.read_text(encoding="utf-8"))["command"].startswith("python -m api.fusion_training --fit")
    assert '"without_it"' in caplog.text
