"""Extractive answers on labelled questions: how often the shown sentences hold the gold answer, and false answers.

    python -m tests.benchmarks.answers --data FOLDER --samples DIR [--fit] [--questions 800]

FOLDER holds reading-comprehension sets (cmrc2018, drcd); DIR is a data directory with ``corpus/samples/files``
ingested, over which the ``dev`` questions of ``corpus/eval`` are asked. Every question is asked twice: of the whole
library, and of one from which a filter takes the documents that answer it: the right answer is then to abstain.
Questions are split in two halves by a hash of their id; ``--fit`` fits ``search/answer_weights.json`` on one half,
every set counting alike, and the figures are always of the other. Questions that the dense model was trained on are
left out.
"""

import argparse
import gzip
import hashlib
import json
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from scipy.optimize import minimize

from corpus.catalogue import Catalogue
from corpus.identifiers import content_hash
from corpus.records import IngestReport, Kind, PassageSpan, Span, VersionDraft
from corpus.settings import DEMO_GROUPS, Settings, parse_groups
from corpus.terms import TermBase
from corpus.text.analyser import Analyser
from search.answers import AnswerBuilder, EvidenceFinder
from search.embedding import open_embedder
from search.engine.factory import open_engine
from search.engine.interface import AnyOf
from search.evaluation import query_hash, read_hashes
from search.evidence import SENTENCE_FEATURES, SUPPORT_FEATURES, Evidence, EvidenceModels, load_models, models_of
from search.generation.relevance import Relevance
from search.indexing import Indexer
from search.logistic import LogisticModel
from search.query import build_filter
from search.results import AnswerStatus, SearchFilters
from search.retrieval import build_retrieval
from search.succession import Succession
from tests.benchmarks.sample_answers import QUESTIONS, plain, shows

GROUPS = parse_groups(DEMO_GROUPS)
SETS = ("cmrc2018", "drcd")
TRAINING_QUERIES = Path(__file__).parents[2] / "search" / "embedding" / "training_queries.txt"
WEIGHTS = Path(__file__).parents[2] / "search" / "answer_weights.json"
FALSE_ANSWERS = 0.06
"""Share of unanswerable questions that may be answered in full: sets the upper threshold on the fitting half."""
REFUSED = 0.04
"""Share of answerable questions that may be refused: sets the lower one."""
RIDGE = 3.0


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
        self.pipeline = build_retrieval(catalogue, engine, analyser, embedder).as_pipeline()
        self.pipeline.add_component("evidence", EvidenceFinder(catalogue, engine, analyser, Succession(catalogue)))
        self.pipeline.connect("analyse.query", "evidence.query")
        self.pipeline.connect("retrieve.ranking", "evidence.ranking")
        self.catalogue = catalogue

    def cases(self, questions: Sequence[Labelled]) -> Iterator[Case]:
        readable = build_filter(GROUPS, SearchFilters())
        for item in questions:
            sources = tuple(key for key, source in self.source_of.items() if source.endswith(item.sources))
            without = replace(readable, must_not=(*readable.must_not, AnyOf("document_id", sources)))
            for answerable, where in ((True, readable), (False, without)) if item.sources else ((False, readable),):
                found = self.pipeline.run(
                    {
                        "analyse": {"text": item.text, "quoting": False},
                        "retrieve": {"where": where, "groups": GROUPS},
                        "evidence": {"where": where, "groups": GROUPS},
                    }
                )
                yield Case(item, answerable, found["evidence"]["evidence"])


def minimise(loss: Callable[[np.ndarray], tuple[float, np.ndarray]], size: int) -> np.ndarray:
    """Where a convex loss, given with its gradient, is least."""
    return minimize(loss, np.zeros(size), jac=True, method="L-BFGS-B").x


def fit_conditional(questions: Sequence[tuple[np.ndarray, np.ndarray, float]]) -> np.ndarray:
    """Coefficients under which the sentences with the answer, among those of their question, are likeliest.

    Each question is the rows of its sentences, whether each one holds the answer, and its weight.
    """
    rows, gold = np.vstack([item[0] for item in questions]), np.concatenate([item[1] for item in questions])
    scale = np.maximum(rows.std(axis=0), 1e-6)
    rows = rows / scale
    starts = np.cumsum([0, *(len(item[0]) for item in questions[:-1])])
    question = np.repeat(np.arange(len(questions)), [len(item[0]) for item in questions])
    weights = np.array([item[2] for item in questions])
    weights = weights / weights.mean()

    def loss(beta: np.ndarray) -> tuple[float, np.ndarray]:
        logits = rows @ beta
        odds = np.exp(logits - np.maximum.reduceat(logits, starts)[question])
        every, right = np.add.reduceat(odds, starts), np.add.reduceat(odds * gold, starts)
        residual = odds * gold / right[question] - odds / every[question]
        likelihood = (weights * np.log(right / every)).sum()
        gradient = rows.T @ (residual * weights[question])
        return RIDGE / 2 * beta @ beta - likelihood, RIDGE * beta - gradient

    return minimise(loss, rows.shape[1]) / scale


def fit_logistic(rows: np.ndarray, labels: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Coefficients of a logistic regression with the bias, not penalised, as the last one."""
    mean, scale = rows.mean(axis=0), np.maximum(rows.std(axis=0), 1e-6)
    rows, weights = (rows - mean) / scale, weights / weights.mean()

    def loss(beta: np.ndarray) -> tuple[float, np.ndarray]:
        logits = rows @ beta[:-1] + beta[-1]
        residual = weights * (1 / (1 + np.exp(-logits)) - labels)
        value = (weights * (np.logaddexp(0, logits) - labels * logits)).sum() + RIDGE / 2 * beta[:-1] @ beta[:-1]
        return value, np.append(rows.T @ residual + RIDGE * beta[:-1], residual.sum())

    beta = minimise(loss, rows.shape[1] + 1)
    return np.append(beta[:-1] / scale, beta[-1] - (beta[:-1] * mean / scale).sum())


def as_weights(names: Sequence[str], beta: np.ndarray, bias: float) -> dict:
    weights = {name: round(float(value), 4) for name, value in zip(names, beta, strict=True)}
    return {"bias": round(float(bias), 4), "weights": weights}


def eligible_of(case: Case) -> list[int]:
    return [index for index, reason in enumerate(case.evidence.unmet) if reason is None]


def support_row(case: Case, models: EvidenceModels) -> np.ndarray | None:
    """Support features of the sentence that the builder would take as the best."""
    eligible = eligible_of(case)
    if not eligible:
        return None
    shares = case.evidence.table.shares(models, eligible)
    best = max(eligible, key=lambda index: (shares[index], -index))
    return case.evidence.table.support_features(models, best)


def fit(sets: Sequence[Sequence[Case]]) -> dict:
    """Both models and both thresholds; every set counts alike."""
    questions = []
    for cases in sets:
        for case in cases:
            eligible = eligible_of(case)
            gold = [case.labelled.answered_by(case.evidence.table.sentences[index].text) for index in eligible]
            if case.answerable and any(gold):
                questions.append((case.evidence.table.features[eligible], np.array(gold, dtype=float), 1 / len(cases)))
    sentence = as_weights(SENTENCE_FEATURES, fit_conditional(questions), 0.0)
    empty = LogisticModel(SUPPORT_FEATURES, 0.0, {})
    models = EvidenceModels(LogisticModel(SENTENCE_FEATURES, 0.0, sentence["weights"]), empty, 1.0, 1.0)
    known = [
        (row, float(case.answerable), 1 / len(cases))
        for cases in sets
        for case in cases
        if (row := support_row(case, models)) is not None
    ]
    matrix, answerable, share = (np.array(column) for column in zip(*known, strict=True))
    beta = fit_logistic(matrix, answerable, share)
    support = as_weights(SUPPORT_FEATURES, beta[:-1], beta[-1])
    scores = LogisticModel(SUPPORT_FEATURES, support["bias"], support["weights"]).score(matrix)

    def quantile(of: float, share_above: float) -> float:
        """The score that so much of the weight of all (un)answerable questions reaches."""
        every = sum(sum(case.answerable == of for case in cases) / len(cases) for cases in sets)
        return threshold(share[answerable == of], scores[answerable == of], share_above * every)

    return {
        "answered": quantile(0.0, FALSE_ANSWERS),
        "partial": quantile(1.0, 1 - REFUSED),
        "sentence": sentence,
        "support": support,
    }


def threshold(shares: np.ndarray, scores: np.ndarray, allowed: float) -> float:
    """The score that cases with so much of the weight of the unanswerable ones reach."""
    order = np.argsort(-scores)
    reached = int(np.searchsorted(np.cumsum(shares[order]), allowed))
    return round(float(scores[order[min(reached, len(order) - 1)]]), 4)


def measure(builder: AnswerBuilder, cases: Sequence[Case]) -> dict[str, float]:
    counts = {"there": 0, "answered": 0, "shown": 0, "right": 0, "false": 0, "doubtful": 0, "gone": 0, "sentences": 0}
    for case in cases:
        answer = builder.run(evidence=case.evidence)["answer"]
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


def bearing(cases: Sequence[Case], models: EvidenceModels) -> dict[str, float]:
    """Of the sentences of the sources that hold the answer, and of those of other documents, the ones that a written
    answer may rest on."""
    kept: dict[bool, list[bool]] = {True: [], False: []}
    for case in cases:
        relevance = Relevance(case.evidence, models)
        for sentence in case.evidence.table.sentences:
            context = case.evidence.found[sentence.passage].context
            source = context.document.source.endswith(case.labelled.sources) and bool(case.labelled.sources)
            if case.answerable and source is case.labelled.answered_by(sentence.text):
                bears = relevance.bears([(context.passage.id, Span(sentence.start, sentence.end))])
                kept[source].append(bears)
    return {
        "sentences with the answer that bear on the question": round(float(np.mean(kept[True])), 4),
        "sentences of other documents that do": round(float(np.mean(kept[False])), 4),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--samples", type=Path, required=True)
    parser.add_argument("--fit", action="store_true", help="on the fitting half of every set, and write the weights")
    parser.add_argument("--fit-on", choices=SETS, help="on the fitting half of one set alone; nothing is written")
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
        report(asked, arguments.fit, arguments.fit_on)


def report(asked: Mapping[str, tuple[Laboratory, Sequence[Case]]], fitted: bool, fit_on: str | None) -> None:
    """Fit if asked to, and print the figures of the half that was not fitted on."""
    halves = {name: [case for case in cases if case.labelled.fitting] for name, (_, cases) in asked.items()}
    if fitted or fit_on:
        weights = fit([halves[fit_on]] if fit_on else list(halves.values()))
        models = models_of(weights)
        if not fit_on:
            WEIGHTS.write_text(json.dumps(weights, indent=2) + "\n", encoding="utf-8")
    else:
        models = load_models()
    for name, (laboratory, cases) in asked.items():
        held_out = [case for case in cases if not case.labelled.fitting]
        figures = measure(AnswerBuilder(laboratory.catalogue, models), held_out) | bearing(held_out, models)
        print(name, json.dumps(figures, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
