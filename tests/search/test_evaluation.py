"""Measures by hand, by the maintained library, and by a run file read back."""

import gzip
import json
import math
from pathlib import Path

import ir_measures
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import InputError
from search.evaluation import MEASURES, Record, measure, query_hash, read_corpus, read_queries, write_run

QRELS = "query-id\tcorpus-id\tscore\nq1\ta\t2\nq1\tb\t1\nq2\tc\t1\nq3\ta\t0\n"
QUERIES = [{"id": "q1", "text": "谁来派单？"}, {"id": "q2", "text": "怎样结项？"}, {"id": "q3", "text": "无关的问题"}]


def write_set(folder: Path) -> tuple[Path, Path]:
    queries, qrels = folder / "queries.jsonl.gz", folder / "qrels.tsv"
    with gzip.open(queries, "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(query, ensure_ascii=False) + "\n" for query in QUERIES)
    qrels.write_text(QRELS, encoding="utf-8")
    return queries, qrels


def test_measures_by_hand() -> None:
    run = {"q1": ["x", "b", "a"], "q2": []}
    judgements = {"q1": {"a": 2, "b": 1}, "q2": {"c": 1}}
    found = measure(run, judgements)
    gain = 1 / math.log2(3) + 2 / math.log2(4)
    ideal = 2 / math.log2(2) + 1 / math.log2(3)
    assert found.values == pytest.approx(
        {"ndcg@10": gain / ideal / 2, "recall@10": 0.5, "recall@100": 0.5, "mrr@10": 0.25}
    )
    assert set(found.confidence) == set(MEASURES)


def test_depth_counts() -> None:
    judgements = {"q": {"z": 1}}
    found = measure({"q": [str(rank) for rank in range(10)] + ["z"]}, judgements).values
    assert (found["recall@10"], found["recall@100"], found["mrr@10"]) == (0, 1, 0)


GRADES = st.dictionaries(st.sampled_from("abcxyz"), st.integers(1, 3), min_size=1)


@given(
    st.dictionaries(st.sampled_from("pqr"), st.permutations("abcdefghijkl"), min_size=1),
    st.dictionaries(st.sampled_from("pqrs"), GRADES, min_size=1),
)
def test_intervals_hold_the_mean_and_measures_stay_in_range(
    run: dict[str, list[str]], judgements: dict[str, dict[str, int]]
) -> None:
    found = measure(run, judgements)
    for name, (low, high) in found.confidence.items():
        assert 0 <= low <= found.values[name] + 1e-9
        assert found.values[name] - 1e-9 <= high <= 1 + 1e-9


def test_a_run_file_gives_the_same_figures(tmp_path: Path) -> None:
    run = {"q1": ["x", "b", "a"], "q2": ["c", "y"]}
    judgements = {"q1": {"a": 2, "b": 1}, "q2": {"c": 1}}
    write_run(tmp_path / "out.trec", run, "hybrid")
    assert (tmp_path / "out.trec").read_text().splitlines()[1] == "q1 Q0 b 2 0.500000 hybrid"
    qrels = [ir_measures.Qrel(q, d, s) for q, grades in judgements.items() for d, s in grades.items()]
    reread = ir_measures.calc_aggregate(MEASURES.values(), qrels, ir_measures.read_trec_run(str(tmp_path / "out.trec")))
    assert {name: reread[m] for name, m in MEASURES.items()} == pytest.approx(measure(run, judgements).values)


def test_ids_with_blanks_fit_no_run_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="空白"):
        write_run(tmp_path / "out.trec", {"q1": ["a b"]}, "hybrid")


def test_reading_a_labelled_set(tmp_path: Path) -> None:
    found = read_queries(*write_set(tmp_path))
    assert dict(found.texts) == {"q1": "谁来派单？", "q2": "怎样结项？"}
    assert found.judgements == {"q1": {"a": 2, "b": 1}, "q2": {"c": 1}}
    assert found.left_out == 0


def test_queries_trained_on_are_left_out_however_written(tmp_path: Path) -> None:
    found = read_queries(*write_set(tmp_path), frozenset({query_hash("誰來派單?")}))
    assert (set(found.texts), found.left_out) == ({"q2"}, 1)
    with pytest.raises(InputError, match="没有可用于评测的问题"):
        read_queries(*write_set(tmp_path), frozenset(query_hash(query["text"]) for query in QUERIES))


def test_reading_a_corpus(tmp_path: Path) -> None:
    path = tmp_path / "corpus.jsonl"
    path.write_text('{"id": 7, "title": "章程", "text": "第一条"}\n\n{"id": "b", "text": ""}\n', encoding="utf-8")
    assert list(read_corpus(path)) == [Record("7", "章程", "第一条"), Record("b", "", "")]


@pytest.mark.parametrize("line", ["{", "[1]", '{"id": "a"}', '{"text": "无编号"}'])
def test_a_damaged_line_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / "corpus.jsonl"
    path.write_text('{"id": "a", "text": "好"}\n' + line + "\n", encoding="utf-8")
    with pytest.raises(InputError, match="第 2 行"):
        list(read_corpus(path))


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    queries, qrels = write_set(tmp_path)
    qrels.write_text("query-id\tcorpus-id\tscore\nq1\ta\n", encoding="utf-8")
    with pytest.raises(InputError, match="第 2 行"):
        read_queries(queries, qrels)
    (tmp_path / "broken.jsonl.gz").write_bytes(queries.read_bytes()[:-12])
    for path in (tmp_path / "none.jsonl", tmp_path / "broken.jsonl.gz"):
        with pytest.raises(InputError, match=path.name):
            list(read_corpus(path))
