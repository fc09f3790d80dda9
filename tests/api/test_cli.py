import json
import subprocess
import sys

import pytest

from api.cli import ingesting
from api.cli.serving import TRY_QUESTIONS
from corpus.catalogue import Catalogue
from corpus.settings import DEMO_GROUPS, Settings
from search.results import Answer, SearchResult
from tests.api.conftest import fill
from tests.api.lunku import COMMAND, ROOT, lunku, lunku_json, wait_until, write_files


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory):
    """A data directory with one ingested folder."""
    folder = tmp_path_factory.mktemp("cli")
    files = write_files(folder / "资料")
    lunku(folder / "data", "ingest", files, code=1)
    return folder / "data"


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    settings = Settings(data_dir=tmp_path_factory.mktemp("filled"))
    return settings.data_dir, fill(settings)


def test_ingest_names_the_outcome_of_every_file_and_goes_on(tmp_path):
    files = write_files(tmp_path / "资料")
    first = lunku_json(tmp_path / "data", "ingest", files, code=1)
    outcomes = {item["path"].rsplit("/", 1)[-1]: item for item in first["files"]}
    names = {"path", "outcome", "reason", "document_id", "kind", "seconds", "alike"}
    assert all(set(item) == names for item in first["files"])
    assert outcomes["巡护通知.txt"]["outcome"] == outcomes["田野访谈.md"]["outcome"] == "indexed"
    assert outcomes["巡护通知.txt"]["kind"] == "policy"
    for name in ("空白.txt", "图片.png"):
        assert outcomes[name]["outcome"] not in {"indexed", "unchanged"}
        assert any("\u4e00" <= character <= "\u9fff" for character in outcomes[name]["reason"])
    assert sum(first["summary"].values()) == 4
    second = lunku_json(tmp_path / "data", "ingest", files / "巡护通知.txt", files / "田野访谈.md")
    assert second["summary"] == {"unchanged": 2}
    anew = lunku_json(tmp_path / "data", "ingest", "--reread", files / "巡护通知.txt", files / "田野访谈.md")
    assert anew["summary"] == {"unchanged": 2}, "what is read in the same way makes no version"
    held = lunku_json(tmp_path / "data", "ingest", "--reread")
    assert held["summary"] == {"unchanged": 2}, "without files the library's own originals are read"
    assert {item["path"] for item in held["files"]} == {"巡护通知.txt", "田野访谈.md"}
    lunku(tmp_path / "data", "ingest", "--reread", "--readers", "curators", code=1)
    lunku(tmp_path / "data", "ingest", code=2)


def test_ingest_keeps_progress_and_reasons_apart_from_the_summary(tmp_path):
    files = write_files(tmp_path / "资料")
    run = lunku(tmp_path / "data", "ingest", files, code=1)
    assert run.stdout.startswith("共 4 个文件：已入库 2")
    assert "空白.txt" in run.stderr.replace("\n", "")
    assert "空白.txt" not in run.stdout


def test_ingest_counts_equal_texts_once_for_each_title(tmp_path):
    folder = tmp_path / "资料"
    folder.mkdir()
    text = "巡护队管理办法\n" + "".join(
        f"第{number}条巡护队每月巡护{number}次，并记录所见。\n" for number in range(1, 40)
    )
    for name, encoding in (("甲.txt", "utf-8"), ("乙.txt", "gb18030"), ("丙.txt", "utf-16")):
        (folder / name).write_bytes(text.encode(encoding))
    said = lunku(tmp_path / "data", "ingest", folder).stderr.replace("\n", "")
    assert said.count("与《巡护队管理办法》（2 份）另一格式，文字相同") == said.count("另一格式") == 3


def test_a_long_ingest_is_indexed_alongside(tmp_path, monkeypatch):
    left = []
    monkeypatch.setattr(ingesting, "LONG_INGEST", 2)
    monkeypatch.setattr(
        ingesting, "_index", lambda settings, catalogue, progress: left.append(catalogue.pending_count())
    )
    files = write_files(tmp_path / "资料")
    lunku(tmp_path / "data", "ingest", files, code=1)
    assert left == [0], "nothing is left to the process that reads"
    assert lunku_json(tmp_path / "data", "search", "巡护物资")["total"] > 0


def test_the_completion_of_a_large_index_has_a_bar_of_its_own():
    for many, shown in ((2, True), (3, False)):
        with ingesting.show_progress() as progress:
            with ingesting.index_bars(progress, many=many) as tell:
                counted, completing = progress.tasks
                tell(1, 2)
                assert not completing.visible
                tell(2, 2)
                assert (counted.finished, completing.visible, completing.finished) == (True, shown, False)
            assert completing.finished == shown


def test_an_ingest_that_cannot_be_indexed_alongside_says_why(tmp_path, monkeypatch):
    monkeypatch.setattr(ingesting, "LONG_INGEST", 2)
    files = write_files(tmp_path / "资料")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "index").write_text("a file stands where the directory should be")
    readable = (files / "巡护通知.txt", files / "田野访谈.md")
    run = lunku(tmp_path / "data", "ingest", *readable, code=1)  # 1 for the index alone: both files can be read
    assert "磁盘" in run.stderr or "权限" in run.stderr or "目录" in run.stderr, run.stderr


def test_kind_and_readers_can_be_given(tmp_path):
    files = write_files(tmp_path / "资料")
    given = ("--kind", "research", "--readers", "讲师团，lecturers")
    lunku(tmp_path / "data", "ingest", files / "田野访谈.md", *given)
    [document] = lunku_json(tmp_path / "data", "documents", "list")["items"]
    assert (document["kind"], document["readers"]) == ("research", ["lecturers", "讲师团"])


def test_search_prints_the_documented_shape(data_dir):
    found = lunku_json(data_dir, "search", '"登记漂浮物数量"', "-n", "1")
    assert set(found) == set(SearchResult.__dataclass_fields__)
    [hit] = found["hits"]
    assert (hit["kind"], hit["document_number"], hit["issued_on"]) == ("policy", "松政办发〔2023〕18号", "2023-03-06")
    assert hit["path"][-1] == "一、巡护安排"


def test_search_filters_and_access(data_dir):
    def count(*arguments):
        return len(lunku_json(data_dir, "search", *arguments)["hits"])

    assert count("访谈", "--kind", "course") > 0
    assert count('"先问做过什么"', "--as", "public") == 0
    assert count('"先问做过什么"', "--as", "instructors") > 0
    assert count("巡护", "--from", "2024-01-01") == 0
    assert count("巡护", "--to", "2023", "--mode", "lexical", "--organization", "松江市人民政府办公室") > 0


def test_ask_answers_or_abstains(data_dir):
    found = lunku_json(data_dir, "ask", "巡护物资由谁配发？")
    assert set(found) == set(Answer.__dataclass_fields__)
    assert found["status"] in {"answered", "partial"}
    assert "各街道统一配发" in found["sentences"][0]["text"]
    unknown = lunku(data_dir, "ask", "火星基地食堂有几个窗口？")
    assert "未见直接依据" in unknown.stdout


def test_people_see_hits_with_their_citation(data_dir):
    run = lunku(data_dir, "search", "漂浮物")
    assert "《松江市人民政府办公室关于加强河湖巡护工作的通知》" in run.stdout


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("search", "  "), "invalid_query"),
        (("search", "巡护", "--from", "昨天"), "invalid_query"),
        (("search", "巡护", "--mode", "magic"), "invalid_query"),
        (("documents", "show", "没有"), "not_found"),
        (("ingest", ".", "--readers", "，"), "invalid_setting"),
    ],
)
def test_an_error_is_chinese_on_stderr_and_json_on_stdout(data_dir, arguments, code):
    run = lunku(data_dir, *arguments, "--json", code=1)
    error = json.loads(run.stdout)["error"]
    assert error["code"] == code
    assert "错误" in run.stderr
    assert "Traceback" not in run.stderr


def test_an_unforeseen_error_is_logged_and_reported(data_dir, monkeypatch):
    def fail(*_):
        raise ZeroDivisionError("division by zero")

    monkeypatch.setattr("corpus.catalogue.Catalogue.documents", fail)
    assert lunku_json(data_dir, "documents", "list", code=1)["error"]["code"] == "internal"


def test_a_command_that_cannot_be_understood_exits_with_2(data_dir):
    lunku(data_dir, "search", code=2)
    lunku(data_dir, "search", "巡护", "--kind", "novel", code=2)


def test_documents_are_listed_shown_reported_trashed_and_restored(filled):
    data_dir, ids = filled
    listed = lunku_json(data_dir, "documents", "list")
    assert (set(listed), listed["total"]) == ({"items", "total", "limit", "offset"}, 3)
    assert lunku_json(data_dir, "documents", "list", "--as", "public")["total"] == 2
    names = {field["name"] for field in lunku_json(data_dir, "documents", "show", ids.public)["fields"]}
    assert "distribution" in names
    public = lunku_json(data_dir, "documents", "show", ids.public, "--as", "public")
    assert "distribution" not in {field["name"] for field in public["fields"]}
    lunku(data_dir, "documents", "show", ids.internal, "--as", "public", code=1)
    assert lunku_json(data_dir, "documents", "report", ids.public)["integrity"]["holds"] is True
    assert lunku_json(data_dir, "documents", "delete", ids.hostile)["status"] == "trashed"
    assert lunku_json(data_dir, "search", "“混入文字”")["hits"] == []
    assert lunku_json(data_dir, "documents", "list", "--trashed")["total"] == 1
    assert lunku_json(data_dir, "documents", "restore", ids.hostile)["status"] == "active"
    for arguments in (("list",), ("show", ids.public), ("report", ids.public)):
        assert lunku(data_dir, "documents", *arguments).stdout


def test_terms_are_listed(filled):
    found = lunku_json(filled[0], "terms", "list", "--limit", "2")
    assert len(found["items"]) == 2 < found["total"]
    assert lunku(filled[0], "terms", "list", found["items"][0]["text"]).stdout


def test_reindex_builds_the_same_index_from_the_catalogue(data_dir):
    before = lunku_json(data_dir, "search", "巡护")["hits"]
    assert lunku_json(data_dir, "reindex")["indexed"] == 2
    assert lunku_json(data_dir, "search", "巡护")["hits"] == before


def test_an_index_of_another_build_is_refused_until_reindex(tmp_path):
    settings = Settings(data_dir=tmp_path)
    fill(settings)
    with Catalogue.open(settings.catalogue_url) as catalogue:
        catalogue.set_value("index_fingerprint", "schema=0 analyser=x model=y dimensions=1")
    run = lunku(tmp_path, "search", "供暖", "--json", code=1)
    assert json.loads(run.stdout)["error"]["code"] == "index_mismatch"
    assert "lunku reindex" in run.stderr
    assert {item["check"]: item for item in lunku_json(tmp_path, "doctor", code=1)["findings"]}["索引"]["fix"]
    lunku(tmp_path, "reindex")
    assert lunku_json(tmp_path, "search", "供暖")["hits"]


def test_doctor_finds_nothing_wrong_here(data_dir):
    found = lunku_json(data_dir, "doctor")
    assert found["ok"] is True
    assert {item["check"] for item in found["findings"]} >= {"数据目录", "目录库", "索引", "语义模型", "磁盘空间"}


def test_doctor_names_misspelt_settings_and_unwritable_places(tmp_path, monkeypatch):
    monkeypatch.setenv("LUNKU_DATADIR", "x")
    (tmp_path / "file").write_text("")
    found = lunku_json(tmp_path / "file", "doctor", code=1)["findings"]
    findings = {item["check"]: item for item in found}
    assert "LUNKU_DATADIR" in findings["环境变量"]["detail"]
    assert findings["数据目录"]["level"] == "error"
    assert all(item["fix"] for item in found if item["level"] != "ok")


def test_demo_is_ready_at_once_the_second_time(tmp_path):
    first = lunku_json(tmp_path, "demo", "--no-serve")
    assert len(first["files"]) >= 30
    assert set(first["summary"]) == {"indexed"}
    again = lunku_json(tmp_path, "demo", "--no-serve")
    assert again["summary"] == {"unchanged": len(first["files"])}
    run = lunku(tmp_path, "demo", "--no-serve")
    assert "lunku search" in run.stdout
    assert "http://127.0.0.1:8000" in run.stdout
    said = ("累计达到60小时", "增加到6000人", "2个工作日内确认")
    for question, expected in zip(TRY_QUESTIONS, said, strict=True):
        answer = lunku_json(tmp_path, "ask", question, "--as", DEMO_GROUPS)
        assert answer["status"] == "answered"
        assert expected in "".join(sentence["text"] for sentence in answer["sentences"])
    under_a_heading = lunku_json(tmp_path, "ask", "志愿服务发展报告（2023）摘编突出问题", "--as", DEMO_GROUPS)
    points = [sentence["text"][:2] for sentence in under_a_heading["sentences"]]
    assert points == ["一是", "二是", "三是", "四是"], "a heading alone is followed by its section"


def test_the_demo_starts_after_an_update_of_the_program(tmp_path):
    settings = Settings(data_dir=tmp_path)
    fill(settings)
    with Catalogue.open(settings.catalogue_url) as catalogue:
        catalogue.set_value("index_fingerprint", "schema=0 analyser=x model=y dimensions=1")
    lunku(tmp_path, "demo", "--no-serve")
    assert lunku_json(tmp_path, "search", "供暖")["hits"]


HEAVY = ("torch", "sentence_transformers", "transformers", "qdrant_client", "alembic", "fastapi", "trafilatura")


@pytest.mark.parametrize("arguments", [["search", "巡护"], ["ask", "巡护物资由谁配发？"]])
def test_a_query_imports_nothing_heavy(data_dir, arguments):
    code = (
        "import sys; from api.cli import main\n"
        f"sys.argv[1:] = {[*arguments, '--data-dir', str(data_dir)]!r}\n"
        "try: main()\n"
        "except SystemExit as end: assert not end.code, end.code\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    assert run.stderr.strip().splitlines()[-1] == "[]"


def test_help_imports_almost_nothing():
    code = (
        "import sys; from api.cli import main\n"
        "sys.argv[1:] = ['--help']\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "print([name for name in ('sqlalchemy', 'haystack', 'numpy', 'fastapi', 'search') if name in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout.strip().splitlines()[-1] == "[]"


@pytest.mark.parametrize("batches", [1, 2])
def test_a_killed_ingest_loses_nothing_finished_and_the_same_command_completes_it(tmp_path, batches):
    files = tmp_path / "资料"
    files.mkdir()
    for number in range(200):
        text = f"第{number}号巡护记录\n当日巡护河岸{number}公里，登记漂浮物{number * 3}件，已当日上报。\n"
        (files / f"{number}.txt").write_text(text, encoding="utf-8")
    data_dir = tmp_path / "data"
    settings = Settings(data_dir=data_dir)
    process = subprocess.Popen(
        [*COMMAND, "ingest", str(files), "--data-dir", str(data_dir)],
        cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    with Catalogue.open(settings.catalogue_url) as catalogue:
        wait_until(lambda: catalogue.documents()[1] >= batches * 50, seconds=60)
        process.kill()
        process.wait()
        found, finished = catalogue.documents(limit=1000)
        for document in found:
            version = catalogue.version(document.id)
            assert version.report.integrity.holds
            assert catalogue.passages_of(version.id)
    again = lunku_json(data_dir, "ingest", files)
    assert again["summary"].get("unchanged", 0) == finished
    assert sum(again["summary"].values()) == 200
    assert lunku_json(data_dir, "documents", "list")["total"] == 200
    assert lunku_json(data_dir, "search", "“登记漂浮物597件”")["total"] == 1


def test_eval_measures_a_labelled_set(tmp_path):
    records = [
        ("d1", "供暖", "冬季供暖由区县负责。"),
        ("d2", "巡护", "志愿者每月逢五巡护河岸。"),
        ("d3", "访谈", "先问经历。"),
    ]
    corpus = [{"id": name, "title": title, "text": text} for name, title, text in records]
    queries = [{"id": "q1", "text": "河岸巡护"}, {"id": "q2", "text": "冬季供暖谁负责"}]
    for name, lines in (("corpus", corpus), ("queries", queries)):
        text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
        (tmp_path / f"{name}.jsonl").write_text(text, encoding="utf-8")
    (tmp_path / "qrels.tsv").write_text("query-id\tcorpus-id\tscore\nq1\td2\t1\nq2\td1\t1\n")
    given = ("--corpus", "corpus.jsonl", "--queries", "queries.jsonl", "--qrels", "qrels.tsv", "--run-file", "out.trec")
    arguments = [item if item.startswith("--") else tmp_path / item for item in given]
    found = lunku_json(tmp_path / "data", "eval", *arguments)
    keys = {"ndcg@10", "recall@10", "recall@100", "mrr@10", "queries", "documents", "index_seconds", "latency_ms"}
    assert keys | {"peak_rss_mb"} <= set(found)
    assert (found["queries"], found["documents"], found["mrr@10"]) == (2, 3, 1.0)
    assert set(found["latency_ms"]) == {"p50", "p99"}
    assert len((tmp_path / "out.trec").read_text().splitlines()) >= 2
    assert "ndcg@10" in lunku(tmp_path / "data", "eval", *arguments, "--mode", "lexical").stdout
