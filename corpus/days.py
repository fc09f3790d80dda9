"""Days as the documents count them: China has one time zone, UTC+8, without summer time since 1992."""

from datetime import date, datetime, timedelta, timezone

CHINA = timezone(timedelta(hours=8), "Asia/Shanghai")


def today_in_china() -> date:
    """The day that it is in China, whatever time zone the machine is set to."""
    return datetime.now(CHINA).date()
