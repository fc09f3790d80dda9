from collections import Counter

import pytest

from corpus.eval.questions import EVAL_DIR, SPLITS, export, load_questions
from corpus.samples.source import load_sources

QUESTIONS = load_questions()
ANSWERABLE = [question for question in QUESTIONS if question.answerable]
TEXTS = {source.path.as_posix(): source.text for source in load_sources()}


def test_there_are_enough_questions_of_every_sort():
    assert len(ANSWERABLE) >= 80
    assert len(QUESTIONS) - len(ANSWERABLE) >= 18
    assert {question.group for question in QUESTIONS} == {"instructor", "researcher", "lecturer"}
    types = "comparison|date|definition|fact|how|identifier|list|number|quoted phrase|where|who"
    assert {question.type for question in ANSWERABLE} == set(types.split("|"))
    near_misses = [question for question in QUESTIONS if question.gap not in (None, "topic")]
    assert len(near_misses) >= 10


def test_ids_and_texts_are_unique():
    assert len({question.id for question in QUESTIONS}) == len(QUESTIONS)
    assert len({question.text for question in QUESTIONS}) == len(QUESTIONS)


def test_the_halves_are_equal():
    for answerable in (True, False):
        sizes = Counter(question.split for question in QUESTIONS if question.answerable == answerable)
        assert set(sizes) == set(SPLITS)
        assert abs(sizes["dev"] - sizes["held-back"]) <= 1


@pytest.mark.parametrize("question", ANSWERABLE, ids=lambda question: question.id)
def test_evidence_stands_in_the_documents(question):
    texts = {document: TEXTS[document] for document in question.documents}
    for sentence in question.evidence:
        assert any(sentence in text for text in texts.values()), sentence
    for document, text in texts.items():
        assert any(sentence in text for sentence in question.evidence), document
    assert question.evidence
    assert question.type
    assert question.gap is None


def test_unanswerable_questions_name_no_document():
    for question in QUESTIONS:
        if not question.answerable:
            assert (question.documents, question.evidence, question.type) == ((), (), None)
            assert question.gap


def test_most_questions_are_not_put_in_the_words_of_the_source():
    def shared(question):
        grams = {question.text[start : start + 8] for start in range(len(question.text) - 7)}
        return any(gram in sentence for gram in grams for sentence in question.evidence)

    described = [question for question in ANSWERABLE if question.type not in ("quoted phrase", "identifier")]
    assert sum(map(shared, described)) <= 0.15 * len(described)


def test_every_document_answers_something():
    assert {document for question in ANSWERABLE for document in question.documents} == set(TEXTS)


def test_exported_retrieval_set_is_current_and_complete():
    files = export()
    for name, text in files.items():
        assert (EVAL_DIR / name).read_text(encoding="utf-8") == text
    for split in SPLITS:
        judged = {line.split("\t")[0] for line in files[f"qrels.{split}.tsv"].splitlines()[1:]}
        assert judged == {question.id for question in load_questions(split) if question.answerable}
