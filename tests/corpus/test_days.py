from datetime import UTC, date, datetime

import pytest

from corpus import days


@pytest.mark.parametrize(
    ("now", "day"),
    [
        (datetime(2024, 12, 31, 15, 59, tzinfo=UTC), date(2024, 12, 31)),
        (datetime(2024, 12, 31, 16, 0, tzinfo=UTC), date(2025, 1, 1)),
    ],
)
def test_a_day_begins_at_midnight_in_china(monkeypatch, now, day):
    class Clock(datetime):
        @classmethod
        def now(cls, tz=None):
            return now.astimezone(tz)

    monkeypatch.setattr(days, "datetime", Clock)
    assert days.today_in_china() == day
