"""Extractive answers on labelled questions: how often the shown sentences hold the gold answer, and false answers.

    python -m tests.benchmarks.answers --data FOLDER [--fit] [--questions 800]

FOLDER holds reading-comprehension sets (cmrc2018, drcd). Every question is asked twice: of the whole library, and with
its own passage taken out of the ranking, where the right answer is to abstain. Questions are split in two halves by a
hash of their id; ``--fit`` fits ``search/answer_weights.json`` on one half, and the figures are always of the other.
Questions that the dense model was trained on are left out.
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
from corpus.settings import Settings
from corpus.terms import TermBase
from corpus.text.analyser import Analyser
from corpus.text.folding import fold
from search.answers import AnswerBuilder, Evidence, EvidenceFinder
from search.embedding import open_embedder
from search.engine.edge import EdgeEngine
from search.evaluation import query_hash, read_hashes
from search.evidence import SENTENCE_FEATURES, SUPPORT_FEATURES, load_models
from search.indexing import Indexer
from search.logistic import LogisticModel
from search.query import build_filter
from search.results import AnswerStatus, SearchFilters
from search.retrieval import ResolvedRanking, build_retrieval

GROUPS = frozenset({"public"})
SETS = ("cmrc2018", "drcd")
TRAINING_QUERIES = Path(__file__).parents[2] / "search" / "embedding" / "training_queries.txt"
WEIGHTS = Path(__file__).parents[2] / "search" / "answer_weights.json"
_FALSE_ANSWERS = 0.10
"""Share of unanswerable questions that may be answered: what the upper threshold is set to on the fitting half."""
_DOUBTFUL = 0.25
"""The same for answered or partly answered: the lower threshold."""


@dataclass(frozen=True)
class Labelled:
    """A question with its passage and its short answers."""

    id: str
    text: str
    source: str
    answers: tuple[str, ...]

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
        Labelled(row["id"], row["text"], f"{folder.name}/{relevant[row['id']]}", answers[row["id"]])
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


class Laboratory:
    """A library of the labelled passages, and evidence for questions over it."""

    def __init__(self, data: Path, work: Path) -> None:
        self.terms = TermBase.load()
        self.analyser = Analyser(self.terms)
        self.embedder = open_embedder(Settings())
        self.catalogue = Catalogue.open(f"sqlite:///{work / 'catalogue.sqlite3'}")
        self.engine = EdgeEngine(work / "index")
        self.engine.ensure_collection(self.embedder.dimensions)
        rows = [
            draft(f"{name}/{row['id']}", row["title"] or row["id"], row["text"])
            for name in SETS
            for row in read_lines(data / name / "corpus.jsonl.gz")
        ]
        self.catalogue.add_versions(rows)
        Indexer(self.catalogue, self.engine, self.analyser, self.embedder).index_pending()
        self.source_of = {item.id: item.source for item in self.catalogue.documents(limit=len(rows) + 1)[0]}
        self.pipeline = build_retrieval(self.catalogue, self.engine, self.analyser, self.embedder)
        self.finder = EvidenceFinder(self.catalogue, self.engine, self.analyser, self.terms, self.embedder)
        self.builder = AnswerBuilder(self.catalogue)

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
                if self.source_of[ranking.facts[candidate.id].id] != item.source
            )
            for answerable, candidates in ((True, ranking.candidates), (False, others)):
                chosen = ResolvedRanking(candidates, ranking.facts, len(candidates))
                evidence = self.finder.run(query=query, ranking=chosen, where=where, groups=GROUPS)["evidence"]
                yield Case(item, answerable, evidence)


def holds_answer(text: str, answers: Sequence[str]) -> bool:
    plain = "".join(character for character in fold(text) if character.isalnum())
    return any("".join(character for character in fold(answer) if character.isalnum()) in plain for answer in answers)


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
    return case.evidence.table.support_features(best, float(scores[best]))


def fit(cases: Sequence[Case]) -> dict:
    rows, labels, weights = [], [], []
    for case in cases:
        table = case.evidence.table
        gold = [holds_answer(sentence.text, case.labelled.answers) for sentence in table.sentences]
        if not case.answerable or not any(gold):
            continue
        rows.append(table.features)
        labels.append(np.array(gold, dtype=float))
        weights.append(np.full(len(gold), 1.0 / len(gold)))
    sentence = as_weights(
        SENTENCE_FEATURES, fit_logistic(np.vstack(rows), np.concatenate(labels), np.concatenate(weights))
    )
    model = LogisticModel(SENTENCE_FEATURES, sentence["bias"], sentence["weights"])
    supports = [(best_row(case, model), case.answerable) for case in cases]
    known = [(row, answerable) for row, answerable in supports if row is not None]
    matrix, answerable = np.vstack([row for row, _ in known]), np.array([float(flag) for _, flag in known])
    support = as_weights(SUPPORT_FEATURES, fit_logistic(matrix, answerable, np.ones(len(matrix))))
    scores = LogisticModel(SUPPORT_FEATURES, support["bias"], support["weights"]).score(matrix)
    false = np.sort(scores[answerable == 0])
    refused = sum(row is None for row, flag in supports if not flag)

    def threshold(share: float) -> float:
        allowed = int(share * (len(false) + refused))
        return round(float(false[max(0, len(false) - 1 - allowed)]), 4)

    return {
        "answered": threshold(_FALSE_ANSWERS),
        "partial": threshold(_DOUBTFUL),
        "sentence": sentence,
        "support": support,
    }


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
        counts["right"] += shown and any(holds_answer(item.text, case.labelled.answers) for item in answer.sentences)
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
    parser.add_argument("--fit", action="store_true")
    parser.add_argument("--questions", type=int, default=800, help="of each set")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as work:
        laboratory = Laboratory(arguments.data, Path(work))
        cases = {
            name: list(laboratory.cases(read_questions(arguments.data / name, arguments.questions))) for name in SETS
        }
        if arguments.fit:
            fitting = [case for found in cases.values() for case in found if case.labelled.fitting]
            WEIGHTS.write_text(json.dumps(fit(fitting), indent=2) + "\n", encoding="utf-8")
            load_models.cache_clear()
        for name, found in cases.items():
            held_out = [case for case in found if not case.labelled.fitting]
            print(name, json.dumps(measure(laboratory, held_out), ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
