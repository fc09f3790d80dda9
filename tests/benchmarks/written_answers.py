"""Answers written by a language model, well behaved or not: is everything that is shown supported and verbatim?

    python -m tests.benchmarks.written_answers --samples DIR [--questions N] [--data FOLDER]

DIR is a data directory with ``corpus/samples/files`` ingested. Every question of ``corpus/eval`` is asked without a
model, and with each way in which the tests' endpoint behaves, over HTTP. Counted are sentences whose citations differ
from the stored text, and sentences that neither are a stored sentence nor, read again by a gate of its own, pass with
what they cite. With FOLDER, the follow-up questions of domainrag are looked up as put, made whole by rule, and with all
questions before them, and the place of the passage that answers is compared.
"""

import argparse
import json
from collections import Counter, defaultdict
from functools import cache
from pathlib import Path

import anyio

from corpus.catalogue import Catalogue
from corpus.eval.questions import load_questions
from corpus.identifiers import passage_number, text_hash
from corpus.settings import DEMO_GROUPS, Settings, parse_groups
from corpus.terms import TermBase
from corpus.text.analyser import Analyser
from search.embedding import open_embedder
from search.engine.factory import open_engine
from search.generation.answering import Answerer, Find
from search.generation.clauses import ClauseReader
from search.generation.follow_up import FollowUp, Turn
from search.generation.gate import Gate
from search.generation.model import LanguageModel
from search.generation.sources import Source
from search.results import Answer, AnswerSentence, SearchFilters
from search.searcher import Searcher, last_event
from tests.search.generation.endpoint import MISBEHAVIOURS, quoting, running, says

GROUPS = parse_groups(DEMO_GROUPS)
BEHAVIOURS = {"quotes its sources": says(quoting), **MISBEHAVIOURS}


class Judge:
    """Checks what is shown against the catalogue, without the code that made the answer."""

    def __init__(self, catalogue: Catalogue, reader: ClauseReader) -> None:
        self._catalogue = catalogue
        self._reader = reader

    def verbatim(self, sentence: AnswerSentence) -> bool:
        for citation in sentence.citations:
            stored = self._catalogue.version(citation.document_id, citation.version).text
            at = stored[citation.locator.start : citation.locator.end]
            if at != citation.quote or text_hash(at) != citation.text_hash:
                return False
        return bool(sentence.citations)

    def supported(self, sentence: AnswerSentence) -> bool:
        if all(citation.quote == sentence.text for citation in sentence.citations):
            return True
        found = self._catalogue.hydrate(
            [passage_number(citation.passage_id) for citation in sentence.citations], GROUPS
        )
        sources = [Source(context, self._reader) for context in found.values()]
        marks = "".join(f"[{number}]" for number in range(1, len(sources) + 1))
        return Gate(sources, self._reader).check(sentence.text + marks).fault is None


def count(counts: Counter, judge: Judge, answer: Answer) -> None:
    counts["answers"] += 1
    counts[answer.status.value] += 1
    counts["withheld"] += answer.withheld
    counts["with sentences of the model"] += answer.model is not None
    for sentence in answer.sentences:
        counts["sentences"] += 1
        counts["not verbatim"] += not judge.verbatim(sentence)
        counts["not supported"] += not judge.supported(sentence)


def ask(asking: Answerer, question: str, find: Find) -> Answer:
    async def run(work):
        return work()

    return anyio.run(lambda: last_event(asking.events(question, (), find, run)))


def samples(folder: Path, most: int | None) -> None:
    settings = Settings(data_dir=folder)
    terms = TermBase.load()
    analyser, embedder, engine = Analyser(terms), open_embedder(settings), open_engine(settings)
    questions = [question.text for question in load_questions()][:most]
    with Catalogue.open(settings.catalogue_url) as catalogue, running() as endpoint:
        judge = Judge(catalogue, ClauseReader(analyser))
        # Every question is looked up once: what is found does not depend on the model.
        find = cache(Searcher(catalogue, engine, analyser, embedder)._finding(SearchFilters(), GROUPS))
        counts: Counter = Counter()
        answers = {text: Answerer(catalogue, analyser, None).extract(text, (), find) for text in questions}
        for answer in answers.values():
            count(counts, judge, answer)
        print("no model", dict(counts), flush=True)
        whole: Counter = Counter()
        for name, behaviour in BEHAVIOURS.items():
            endpoint.behaviour = behaviour
            model = LanguageModel(endpoint.url, "m", None, 0.3 if name in MISBEHAVIOURS else 30.0)
            asking = Answerer(catalogue, analyser, model)
            counts = Counter()
            for text in questions:
                answer = ask(asking, text, find)
                count(counts, judge, answer)
                counts["as without a model"] += answer.sentences == answers[text].sentences
            whole += counts
            print(name, dict(counts), flush=True)
        print("all together", dict(whole))
    engine.close()


def follow_ups(folder: Path) -> None:
    """Reciprocal rank of the answering passage by BM25 over whole passages, which the analyser cuts."""
    import bm25s

    from tests.benchmarks.gate import read_lines

    analyser = Analyser(TermBase.load())
    rows = list(read_lines(folder / "corpus.jsonl.gz"))
    index = bm25s.BM25()
    index.index([analyser.words(f"{row['title']}\n{row['text']}") for row in rows], show_progress=False)
    relevant = defaultdict(set)
    for line in (folder / "qrels.tsv").read_text().splitlines()[1:]:
        query, passage = line.split("\t")[:2]
        relevant[query].add(passage)
    follow_up = FollowUp(analyser)
    ranks = defaultdict(list)
    for row in read_lines(folder / "queries.jsonl.gz"):
        if row.get("history"):
            turns = [Turn(turn["question"], "；".join(turn["answers"])) for turn in row["history"]]
            asked = {
                "as put": row["last"],
                "made whole by rule": follow_up.whole(row["last"], turns),
                "with all questions before": row["text"],
            }
            for name, text in asked.items():
                found, _ = index.retrieve([analyser.words(text)], k=100, show_progress=False)
                places = [at for at, key in enumerate(found[0], 1) if rows[int(key)]["id"] in relevant[row["id"]]]
                ranks[name].append(places[0] if places else None)
    for name, found in ranks.items():
        reciprocal = sum(1 / rank for rank in found if rank) / len(found)
        among = sum(rank is not None and rank <= 10 for rank in found)
        print(f"{name}: MRR@100 {reciprocal:.3f}, among the first ten {among} of {len(found)}", json.dumps(found))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--samples", type=Path)
    parser.add_argument("--questions", type=int, help="of corpus/eval; all by default")
    parser.add_argument("--data", type=Path)
    arguments = parser.parse_args()
    if arguments.data:
        follow_ups(arguments.data / "domainrag")
    if arguments.samples:
        samples(arguments.samples, arguments.questions)


if __name__ == "__main__":
    main()
