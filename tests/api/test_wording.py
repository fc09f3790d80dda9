import pytest

from api import wording
from corpus.catalogue import JobStatus
from corpus.records import Flag, Kind, Outcome
from corpus.settings import DEMO_GROUPS
from search.results import Mode


@pytest.mark.parametrize(
    ("names", "values"),
    [
        (wording.KINDS, Kind),
        (wording.MODES, Mode),
        (wording.OUTCOMES, Outcome),
        (wording.FLAGS, Flag),
        (wording.JOB_STATES, JobStatus),
        (wording.GROUPS, DEMO_GROUPS.split(",")),
    ],
)
def test_every_value_that_users_see_has_a_chinese_name(names, values):
    assert set(names) == set(values)


def test_what_is_said_of_recognised_text():
    assert wording.doubt(["table"], None) is None
    assert wording.doubt(["ocr", "table"], None) == "文字识别，可能有误"
    assert wording.doubt({Flag.OCR}, 0.876) == "文字识别，可能有误（把握 88%）"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.0, "1 毫秒"), (0.0042, "4 毫秒"), (0.9994, "999 毫秒"), (0.9996, "1.0 秒"), (12.34, "12.3 秒")],
)
def test_short_times_are_said_in_milliseconds(seconds, text):
    assert wording.duration(seconds) == text


def test_the_fields_of_the_samples_have_chinese_names():
    from corpus.labels import LABELS

    assert set(LABELS) <= set(wording.FIELDS)
