"""Parallel clients against a real ``lunku serve``, beside the rate of the same searches in process.

    LUNKU_EVAL_DATA=FOLDER python -m tests.benchmarks.load [--set stard] [--clients 8] [--requests 1500] [--library DIR]

The library is that of ``tests.benchmarks.search``: built once in DIR (a temporary folder by default), every document
one passage. Clients are threads of a process of their own, each with one connection that stays open and the next query
as soon as it has the answer to the last. ``server_cpu_ms`` is what a request cost the server and its search processes;
``ratio`` is requests per second over the searches per second that one thread does without a server.
"""

import argparse
import http.client
import json
import os
import platform
import statistics
import tempfile
import threading
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import psutil

from corpus.settings import Settings
from search.results import SearchRequest
from search.searcher import Searcher
from tests.api.lunku import served
from tests.benchmarks.search import GROUPS, build, read_lines

_WARM_UP = 50
_IDLE_SHARE = 0.05
"""Of a second of processor time, below which a server does nothing but look for work."""


def ask(address: str, queries: list[str], clients: int) -> tuple[float, list[float]]:
    """Seconds that it took ``clients`` to ask all queries between them, and the seconds of each request."""
    parts = urlsplit(address)
    waiting, seconds, lock = iter(queries), [], threading.Lock()

    def work() -> None:
        connection = http.client.HTTPConnection(parts.hostname, parts.port)
        while True:
            with lock:
                query = next(waiting, None)
            if query is None:
                return
            started = time.perf_counter()
            connection.request("GET", f"/api/v1/search?{urlencode({'q': query})}")
            response = connection.getresponse()
            body = response.read()
            seconds.append(time.perf_counter() - started)
            assert response.status == 200, body
            assert "hits" in json.loads(body)

    threads = [threading.Thread(target=work) for _ in range(clients)]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    elapsed = time.perf_counter() - started
    assert len(seconds) == len(queries), "a client gave up"
    return elapsed, seconds


def cpu_seconds(server: psutil.Process) -> float:
    """Processor time of a process and its children so far."""
    times = [process.cpu_times() for process in (server, *server.children(recursive=True))]
    return sum(item.user + item.system for item in times)


def wait_until_idle(server: psutil.Process) -> None:
    """Until its search processes have started."""
    before, now = -1.0, cpu_seconds(server)
    while now - before > _IDLE_SHARE:
        time.sleep(1)
        before, now = now, cpu_seconds(server)


def load(settings: Settings, queries: list[str], clients: int) -> dict[str, float]:
    """Rate and latency of a server that was just started."""
    with (
        served(settings.data_dir) as (process, address),
        ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool,
    ):
        server = psutil.Process(process.pid)
        wait_until_idle(server)
        pool.submit(ask, address, queries[:_WARM_UP], clients).result()
        before = cpu_seconds(server)
        elapsed, seconds = pool.submit(ask, address, queries, clients).result()
        cpu = cpu_seconds(server) - before
    return {
        "requests_per_second": round(len(queries) / elapsed, 1),
        "p50_ms": round(statistics.median(seconds) * 1000, 1),
        "p99_ms": round(statistics.quantiles(seconds, n=100)[98] * 1000, 1),
        "server_cpu_ms": round(cpu / len(queries) * 1000, 2),
    }


def in_process(settings: Settings, queries: list[str]) -> dict[str, float]:
    """The same searches by one thread, without a server."""
    with Searcher.open(settings) as searcher:
        for query in queries[:_WARM_UP]:
            searcher.search(SearchRequest(query), GROUPS)
        started, cpu = time.perf_counter(), time.process_time()
        for query in queries:
            searcher.search(SearchRequest(query), GROUPS)
        elapsed, cpu = time.perf_counter() - started, time.process_time() - cpu
    return {
        "searches_per_second": round(len(queries) / elapsed, 1),
        "cpu_ms": round(cpu / len(queries) * 1000, 2),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--set", default="stard")
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--requests", type=int, default=1500)
    parser.add_argument("--library", type=Path)
    arguments = parser.parse_args()
    folder = Path(os.environ["LUNKU_EVAL_DATA"]) / arguments.set
    texts = [row["text"] for row in read_lines(folder / "queries.jsonl.gz") if row["text"].strip()]
    queries = [texts[number % len(texts)] for number in range(arguments.requests)]
    with tempfile.TemporaryDirectory() as temporary:
        settings = Settings(data_dir=arguments.library or Path(temporary))
        if not settings.index_dir.exists():
            build(settings, read_lines(folder / "corpus.jsonl.gz"))
        alone = in_process(settings, queries)
        under_load = load(settings, queries, arguments.clients)
    figures = {
        "machine": f"{platform.machine()}, {os.cpu_count()} cores",
        "clients": arguments.clients,
        "in_process": alone,
        "http": under_load,
        "ratio": round(under_load["requests_per_second"] / alone["searches_per_second"], 3),
    }
    print(json.dumps(figures, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
