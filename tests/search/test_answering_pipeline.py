from haystack import Pipeline

from search.query import build_filter
from search.results import SearchFilters
from tests.search.library import PUBLIC


def test_answers_of_the_pipeline_are_those_of_the_steps(library):
    answering, question = library._answers, "取暖补贴什么时候发放？"
    where = build_filter(PUBLIC, SearchFilters())
    pipeline = answering.as_pipeline()
    assert isinstance(pipeline, Pipeline)
    assert isinstance(answering.as_pipeline(), Pipeline), "a pipeline can be had more than once"
    found = pipeline.run(
        {
            "analyse": {"text": question, "quoting": False, "where": where},
            "retrieve": {"where": where, "groups": PUBLIC},
            "evidence": {"where": where, "groups": PUBLIC},
        }
    )
    assert found["answer"]["answer"] == answering.run(question, where, PUBLIC)[0]
