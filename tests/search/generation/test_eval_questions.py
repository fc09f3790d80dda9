"""A slice of the labelled questions, with a model that behaves and with ones that do not; all of them are asked by
``tests/benchmarks/written_answers.py``."""

import json

import pytest

from corpus.catalogue import Catalogue
from corpus.eval.questions import EVAL_DIR, load_questions
from corpus.identifiers import passage_number, text_hash
from search.engine.edge import EdgeEngine
from search.generation.clauses import ClauseReader
from search.generation.gate import Gate
from search.generation.model import LanguageModel
from search.generation.sources import Source
from search.indexing import Indexer
from search.results import SearchFilters
from search.searcher import Searcher
from tests.search.generation.endpoint import MISBEHAVIOURS, quoting, running, says
from tests.search.library import PUBLIC, make_draft
from tests.search.library import Source as Written

QUESTIONS = [question.text for question in load_questions("dev")][::8]
NO_FILTERS = SearchFilters()
NAMES = ("invented facts", "invented citations", "malformed stream", "cut off", "too many")


@pytest.fixture(scope="module")
def parts(tmp_path_factory, analyser, embedder):
    """The passages of the retrieval set, each a document of its own."""
    folder = tmp_path_factory.mktemp("eval")
    rows = [json.loads(line) for line in (EVAL_DIR / "corpus.jsonl").read_text(encoding="utf-8").splitlines()]
    drafts = [make_draft(Written(row["title"], (((), row["text"]),))) for row in rows if row["text"].strip()]
    engine = EdgeEngine(folder / "index")
    with Catalogue.open(f"sqlite:///{folder / 'catalogue.sqlite3'}") as catalogue:
        engine.ensure_collection(embedder.dimensions)
        catalogue.add_versions(drafts)
        Indexer(catalogue, engine, analyser, embedder).index_pending()
        yield catalogue, engine
    engine.close()


def test_all_that_is_shown_is_verbatim_and_supported(parts, analyser, embedder):
    catalogue, engine = parts
    reader = ClauseReader(analyser)
    written = 0
    with running() as endpoint:
        model = LanguageModel(endpoint.url, "m", None, 30.0)
        asking = Searcher(catalogue, engine, analyser, embedder, model)
        for number, question in enumerate(QUESTIONS):
            for behaviour in (says(quoting), MISBEHAVIOURS[NAMES[number % len(NAMES)]]):
                endpoint.behaviour = behaviour
                answer = asking.answer(question, NO_FILTERS, PUBLIC)
                written += answer.model is not None
                for sentence in answer.sentences:
                    assert_shown(sentence, catalogue, reader)
    assert written >= len(QUESTIONS) // 4, "the model that behaves is used"


def assert_shown(sentence, catalogue, reader):
    assert sentence.citations
    for citation in sentence.citations:
        stored = catalogue.version(citation.document_id, citation.version).text
        assert stored[citation.locator.start : citation.locator.end] == citation.quote
        assert text_hash(citation.quote) == citation.text_hash
    if any(citation.quote != sentence.text for citation in sentence.citations):
        found = catalogue.hydrate([passage_number(citation.passage_id) for citation in sentence.citations], PUBLIC)
        sources = [Source(context, reader) for context in found.values()]
        marks = "".join(f"[{number}]" for number in range(1, len(sources) + 1))
        assert Gate(sources, reader).check(sentence.text + marks).supports
