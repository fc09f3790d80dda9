"""``evaluate`` over a small labelled set, with the real catalogue, engine and model."""

import json
from pathlib import Path

import ir_measures
import pytest

from api import evaluation
from api.evaluation import evaluate
from corpus.errors import InputError
from search.evaluation import MEASURES, query_hash
from search.results import Mode

TEXTS = {
    "dispatch": ("派单流程", "群众在平台上点单，站点当天派单。\n讲师接单后三日内入村宣讲，讲完由村里评价。"),
    "closing": ("结项办法", "课题组应在立项后十八个月内提交结项报告。\n逾期未结项的，两年内不得再次申报。"),
    "credits": ("课程说明", "本课程共三十二学时，计两个学分。\n考核采用调研报告与课堂展示相结合的方式。"),
    "grid": ("网格工作", "每个网格配备一名网格员，负责走访独居老人。\n走访记录每周汇总到社区。"),
    "number": ("关于开展冬季宣讲的通知", "塔河宣发〔2022〕7号\n各村要利用冬闲时节组织宣讲。"),
    "untitled": ("", "百姓名嘴用快板书讲政策，乡亲们坐在炕头听。"),
}
QUERIES = {
    "who": ("讲师接单之后几天内要去村里？", "dispatch"),
    "when": ("课题立项后多久要提交结项报告？", "closing"),
    "score": ("这门课有多少学分？", "credits"),
    "by-number": ("塔河宣发[2022]7号", "number"),
    "lay": ("快板书讲政策", "untitled"),
}


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("kept")


@pytest.fixture(scope="module")
def labelled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, Path]:
    folder = tmp_path_factory.mktemp("labelled")
    corpus, queries, qrels = (folder / name for name in ("corpus.jsonl", "queries.jsonl", "qrels.tsv"))
    records = ({"id": key, "title": title, "text": text} for key, (title, text) in TEXTS.items())
    corpus.write_text("\n".join(json.dumps(record, ensure_ascii=False) for record in records), encoding="utf-8")
    lines = ({"id": key, "text": text} for key, (text, _) in QUERIES.items())
    queries.write_text("\n".join(json.dumps(line, ensure_ascii=False) for line in lines), encoding="utf-8")
    rows = "".join(f"{key}\t{relevant}\t1\n" for key, (_, relevant) in QUERIES.items())
    qrels.write_text("query-id\tcorpus-id\tscore\n" + rows, encoding="utf-8")
    return corpus, queries, qrels


def test_every_mode_reports_and_the_run_file_agrees(
    labelled: tuple[Path, Path, Path], kept: Path, tmp_path: Path
) -> None:
    qrels = list(ir_measures.read_trec_qrels(_trec_qrels(labelled[2], tmp_path)))
    for mode in (Mode.HYBRID, Mode.LEXICAL, Mode.SEMANTIC):
        run_file = tmp_path / f"{mode}.trec"
        report = evaluate(*labelled, mode, run_file, kept).to_json()
        assert (report["queries"], report["documents"], report["left_out"]) == (len(QUERIES), len(TEXTS), 0)
        reread = ir_measures.calc_aggregate(MEASURES.values(), qrels, ir_measures.read_trec_run(str(run_file)))
        assert {name: round(reread[measure], 4) for name, measure in MEASURES.items()} == pytest.approx(
            {name: report[name] for name in MEASURES}, abs=2e-4
        )
        if mode is not Mode.SEMANTIC:
            assert report["recall@10"] == 1
            assert report["ndcg@10"] > 0.8
        assert report["latency_ms"]["p99"] >= report["latency_ms"]["p50"] > 0
        assert report["peak_rss_mb"] > 0


def test_the_library_itself_is_not_touched(
    labelled: tuple[Path, Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = tmp_path / "library"
    monkeypatch.setenv("LUNKU_DATA_DIR", str(library))
    monkeypatch.setenv("LUNKU_DATABASE_URL", f"sqlite:///{library / 'catalogue.sqlite3'}")
    monkeypatch.setenv("LUNKU_QDRANT_URL", "http://127.0.0.1:9")
    assert evaluate(*labelled).measurement.values["recall@100"] == 1
    assert not library.exists()
    assert evaluate(*labelled, data_dir=library).measurement.values["recall@100"] == 1
    assert [path.name for path in library.iterdir()] == ["evaluation"]


def test_kept_sets_are_used_again_and_do_not_mix(labelled: tuple[Path, Path, Path], kept: Path, tmp_path: Path) -> None:
    first = evaluate(*labelled, data_dir=kept)
    other = tmp_path / "other.jsonl"
    other.write_text('{"id": "credits", "title": "", "text": "本课程不计学分。"}\n', encoding="utf-8")
    second = evaluate(other, *labelled[1:], data_dir=kept)
    assert (first.documents, second.documents) == (len(TEXTS), 1)
    assert second.measurement.values["recall@10"] == 1 / len(QUERIES)
    assert evaluate(*labelled, data_dir=kept).measurement == first.measurement


def test_a_missing_corpus_is_named(labelled: tuple[Path, Path, Path], tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"none\.jsonl"):
        evaluate(tmp_path / "none.jsonl", *labelled[1:])


def test_queries_trained_on_are_counted_not_measured(
    labelled: tuple[Path, Path, Path], kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trained_on = tmp_path / "training_queries.txt"
    trained_on.write_text(query_hash(QUERIES["who"][0]) + "\n", encoding="ascii")
    monkeypatch.setattr(evaluation, "TRAINING_QUERIES", trained_on)
    report = evaluate(*labelled, data_dir=kept).to_json()
    assert (report["queries"], report["left_out"]) == (len(QUERIES) - 1, 1)


def _trec_qrels(qrels: Path, folder: Path) -> str:
    rows = (line.split("\t") for line in qrels.read_text(encoding="utf-8").splitlines()[1:])
    path = folder / "qrels.trec"
    path.write_text("".join(f"{query} 0 {document} {grade}\n" for query, document, grade in rows), encoding="utf-8")
    return str(path)
