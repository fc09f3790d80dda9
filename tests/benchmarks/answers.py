"""Extractive answers on labelled questions: how often the shown sentences hold the gold answer, and false answers.

    python -m tests.benchmarks.answers --data FOLDER --samples DIR [--fit] [--questions 800]

FOLDER holds reading-comprehension sets (cmrc2018, drcd); DIR is a data directory with ``corpus/samples/files``
ingested, over which the ``dev`` questions of ``corpus/eval`` are asked. Every question is asked twice: of the whole
library, and with the documents that answer it taken out of the ranking, where the right answer is to abstain. Questions
are split in two halves by a hash of their id; ``--fit`` fits ``search/answer_weights.json`` on one half, every set
counting alike, and the figures are always of the other. Questions that the dense model was trained on are left out.
"""

import argparse
import gzip
import hashlib
import json
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from corpus.catalogue import Catalogue
from corpus.identifiers import content_hash
from corpus.records import IngestReport, Kind, PassageSpan, VersionDraft
from corpus.settings import DEMO_GROUPS, Settings, parse_groups
from corpus.terms import TermBase
from corpus.text.analyser import Analyser
from search.answers import AnswerBuilder, Evidence, EvidenceFinder
from search.candidates import ResolvedRanking
from search.embedding import open_embedder
from search.engine.factory import open_engine
from search.evaluation import query_hash, read_hashes
from search.evidence import SENTENCE_FEATURES, SUPPORT_FEATURES, load_models
from search.indexing import Indexer
from search.logistic import LogisticModel
from search.query import build_filter
from search.results import AnswerStatus, SearchFilters
from search.retrieval import build_retrieval
from tests.benchmarks.sample_answers import QUESTIONS, plain, shows

GROUPS = parse_groups(DEMO_GROUPS)
SETS = ("cmrc2018", "drcd")
TRAINING_QUERIES = Path(__file__).parents[2] / "search" / "embedding" / "training_queries.txt"
WEIGHTS = Path(__file__).parents[2] / "search" / "answer_weights.json"
_FALSE_ANSWERS = 0.08
"""Share of unanswerable questions that may be answered: what the upper threshold is set to on the fitting half."""
_DOUBTFUL = 0.27
"""The same for answered or partly answered: the lower threshold."""


@dataclass(frozen=True)
class Labelled:
    """A question with its passage and its short answers."""

    id: str
    text: str
    sources: tuple[str, ...]
    answers: tuple[str, ...]
    evidence: bool = False

    def answered_by(self, text: str) -> bool:
        """Whether the text holds a short answer, or shows labelled evidence."""
        if not self.evidence:
            return any(plain(answer) in plain(text) for answer in self.answers)
        return shows([text], self.answers)

    @property
    def fitting(self) -> bool:
        return hashlib.sha256(self.id.encode()).digest()[0] % 2 == 0


@dataclass(frozen=True)
class Case:
    """One asking: with the passage there or not."""

    labelled: Labelled
    answerable: bool
    evidence: Evidence


def read_lines(path: Path) -> Iterator[dict]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def read_questions(folder: Path, limit: int) -> list[Labelled]:
    answers = {row["id"]: tuple(row["answers"]) for row in read_lines(folder / "answers.jsonl.gz")}
    trained_on = read_hashes(TRAINING_QUERIES)
    relevant = dict(line.split("\t")[:2] for line in (folder / "qrels.tsv").read_text().splitlines()[1:])
    questions = [
        Labelled(row["id"], row["text"], (f"{folder.name}/{relevant[row['id']]}",), answers[row["id"]])
        for row in read_lines(folder / "queries.jsonl.gz")
        if row["text"].strip() and row["id"] in relevant and query_hash(row["text"]) not in trained_on
    ]
    return sorted(questions, key=lambda item: hashlib.sha256(item.id.encode()).hexdigest()[::-1])[:limit]


def draft(source: str, title: str, text: str) -> VersionDraft:
    return VersionDraft(
        source=source,
        file_name=source,
        sha256=content_hash(source.encode()),
        media_type="text/plain",
        kind=Kind.RESEARCH,
        title=title,
        readers=GROUPS,
        text=text,
        fields=(),
        sections=(),
        passages=(PassageSpan(0, len(text), ()),),
        report=IngestReport(reader="text"),
    )


def read_sample_questions() -> list[Labelled]:
    questions = [json.loads(line) for line in QUESTIONS.read_text(encoding="utf-8").splitlines()]
    return [
        Labelled(item["id"], item["text"], tuple(item.get("documents", ())), tuple(item.get("evidence", ())), True)
        for item in questions
        if item["split"] == "dev"
    ]


class Laboratory:
    """A library, and evidence for questions over it."""

    def __init__(self, folder: Path, drafts: Sequence[VersionDraft] = ()) -> None:
        settings = Settings(data_dir=folder)
        terms = TermBase.load()
        analyser, embedder, engine = Analyser(terms), open_embedder(settings), open_engine(settings)
        catalogue = Catalogue.open(settings.catalogue_url)
        catalogue.add_versions(drafts)
        Indexer(catalogue, engine, analyser, embedder).index_pending()
        self.source_of = {item.id: item.source for item in catalogue.documents(limit=1_000_000)[0]}
        self.pipeline = build_retrieval(catalogue, engine, analyser, embedder)
        self.finder = EvidenceFinder(catalogue, engine, analyser, embedder)
        self.builder = AnswerBuilder(catalogue)

    def cases(self, questions: Sequence[Labelled]) -> Iterator[Case]:
        where = build_filter(GROUPS, SearchFilters())
        for item in questions:
            found = self.pipeline.run(
                {
                    "analyse": {"text": item.text, "quoting": False},
                    "retrieve": {"where": where},
                    "resolve": {"groups": GROUPS},
                },
                include_outputs_from={"analyse"},
            )
            query, ranking = found["analyse"]["query"], found["resolve"]["ranking"]
            others = tuple(
                candidate
                for candidate in ranking.candidates
                if not self.source_of[ranking.facts[candidate.id].id].endswith(item.sources)
            )
            asked = [(True, ranking.candidates), (False, others)] if item.sources else [(False, ranking.candidates)]
            for answerable, candidates in asked:
                chosen = ResolvedRanking(candidates, ranking.facts, len(candidates))
                evidence = self.finder.run(query=query, ranking=chosen, where=where, groups=GROUPS)["evidence"]
                yield Case(item, answerable, evidence)


def fit_logistic(rows: np.ndarray, labels: np.ndarray, weights: np.ndarray, ridge: float = 1e-2) -> np.ndarray:
    """Newton's method on the ridge-penalised log-likelihood; the last coefficient is the bias, not penalised."""
    design = np.hstack([rows, np.ones((len(rows), 1))])
    scale = np.append(np.maximum(rows.std(axis=0), 1e-6), 1.0)
    design = design / scale
    beta = np.zeros(design.shape[1])
    penalty = ridge * weights.sum() / len(weights) * len(rows) * np.append(np.ones(rows.shape[1]), 0.0)
    for _ in range(50):
        chance = 1 / (1 + np.exp(-design @ beta))
        gradient = design.T @ (weights * (labels - chance)) - penalty * beta
        curvature = (design * (weights * chance * (1 - chance))[:, None]).T @ design + np.diag(penalty + 1e-9)
        step = np.linalg.solve(curvature, gradient)
        beta += step
        if np.abs(step).max() < 1e-8:
            break
    return beta / scale


def as_weights(names: Sequence[str], beta: np.ndarray) -> dict:
    return {
        "bias": round(float(beta[-1]), 4),
        "weights": {n: round(float(b), 4) for n, b in zip(names, beta, strict=False)},
    }


def best_row(case: Case, model: LogisticModel) -> np.ndarray | None:
    """Support features of the sentence that the builder would take as the best."""
    scores = model.score(case.evidence.table.features)
    eligible = [index for index, reason in enumerate(case.evidence.unmet) if reason is None]
    if not eligible:
        return None
    best = max(eligible, key=lambda index: (scores[index], -index))
    return case.evidence.table.support_features(best)


def fit(sets: Sequence[Sequence[Case]]) -> dict:
    rows, labels, weights = [], [], []
    for cases in sets:
        for case in cases:
            table = case.evidence.table
            gold = [case.labelled.answered_by(sentence.text) for sentence in table.sentences]
            if case.answerable and any(gold):
                rows.append(table.features)
                labels.append(np.array(gold, dtype=float))
                weights.append(np.full(len(gold), 1.0 / len(gold) / len(cases)))
    weight = np.concatenate(weights)
    sentence = as_weights(
        SENTENCE_FEATURES, fit_logistic(np.vstack(rows), np.concatenate(labels), weight / weight.mean())
    )
    model = LogisticModel(SENTENCE_FEATURES, sentence["bias"], sentence["weights"])
    known = [
        (row, float(case.answerable), 1.0 / len(cases))
        for cases in sets
        for case in cases
        if (row := best_row(case, model)) is not None
    ]
    matrix, answerable = np.vstack([row for row, _, _ in known]), np.array([flag for _, flag, _ in known])
    share = np.array([part for _, _, part in known])
    support = as_weights(SUPPORT_FEATURES, fit_logistic(matrix, answerable, share / share.mean()))
    scores = LogisticModel(SUPPORT_FEATURES, support["bias"], support["weights"]).score(matrix)
    unanswerable = share[answerable == 0], scores[answerable == 0]
    asked = sum(not case.answerable for cases in sets for case in cases) / sum(map(len, sets)) * len(sets)
    return {
        "answered": threshold(*unanswerable, _FALSE_ANSWERS * asked),
        "partial": threshold(*unanswerable, _DOUBTFUL * asked),
        "sentence": sentence,
        "support": support,
    }


def threshold(shares: np.ndarray, scores: np.ndarray, allowed: float) -> float:
    """The score that cases with so much of the weight of the unanswerable ones reach."""
    order = np.argsort(-scores)
    reached = int(np.searchsorted(np.cumsum(shares[order]), allowed))
    return round(float(scores[order[min(reached, len(order) - 1)]]), 4)


def measure(laboratory: Laboratory, cases: Sequence[Case]) -> dict[str, float]:
    counts = {"there": 0, "answered": 0, "shown": 0, "right": 0, "false": 0, "doubtful": 0, "gone": 0, "sentences": 0}
    for case in cases:
        answer = laboratory.builder.run(evidence=case.evidence)["answer"]
        shown = answer.status is not AnswerStatus.ABSTAINED
        if not case.answerable:
            counts["gone"] += 1
            counts["false"] += answer.status is AnswerStatus.ANSWERED
            counts["doubtful"] += answer.status is AnswerStatus.PARTIAL
            continue
        counts["there"] += 1
        counts["answered"] += answer.status is AnswerStatus.ANSWERED
        counts["shown"] += shown
        counts["sentences"] += len(answer.sentences)
        counts["right"] += shown and any(case.labelled.answered_by(item.text) for item in answer.sentences)
    there, gone = max(counts["there"], 1), max(counts["gone"], 1)
    return {
        "questions": counts["there"],
        "gold answer in what is shown": round(counts["right"] / max(counts["shown"], 1), 3),
        "gold answer shown, of all": round(counts["right"] / there, 3),
        "wrongly refused": round(1 - counts["shown"] / there, 3),
        "answered in full": round(counts["answered"] / there, 3),
        "sentences shown": round(counts["sentences"] / max(counts["shown"], 1), 2),
        "false answers, passage taken out": round(counts["false"] / gone, 3),
        "false partial answers": round(counts["doubtful"] / gone, 3),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--samples", type=Path, required=True)
    parser.add_argument("--fit", action="store_true")
    parser.add_argument("--questions", type=int, default=800, help="of each set")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as work:
        drafts = [
            draft(f"{name}/{row['id']}", row["title"] or row["id"], row["text"])
            for name in SETS
            for row in read_lines(arguments.data / name / "corpus.jsonl.gz")
        ]
        encyclopaedia, samples = Laboratory(Path(work), drafts), Laboratory(arguments.samples)
        asked = {
            name: (encyclopaedia, list(encyclopaedia.cases(read_questions(arguments.data / name, arguments.questions))))
            for name in SETS
        }
        asked["samples"] = (samples, list(samples.cases(read_sample_questions())))
        if arguments.fit:
            fitting = [[case for case in cases if case.labelled.fitting] for _, cases in asked.values()]
            WEIGHTS.write_text(json.dumps(fit(fitting), indent=2) + "\n", encoding="utf-8")
            load_models.cache_clear()
        for name, (laboratory, cases) in asked.items():
            held_out = [case for case in cases if not case.labelled.fitting]
            print(name, json.dumps(measure(laboratory, held_out), ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
