"""Counts by month and quarter."""

import datetime as dt

from broker.core.handling import Tlp
from broker.core.routes.corridor import Corridor
from broker.core.routes.fusion import fuse
from broker.core.routes.trends import Unit, trend_of
from tests.unit.broker.core.routes.route_world import report
from tests.world import DAY_MS, NOW_MS

TODAY = dt.date(2027, 1, 20)


def corridor() -> Corridor:
    """Returns one that was told of in November and January."""
    made = [
        report(
            1, period={"from": "2026-08", "to": "2026-10"}, at_ms=NOW_MS - 60 * DAY_MS
        ),
        report(2, period={"from": "2026-10-05"}, trend="TREND_RISING"),
    ]
    [found] = fuse(made, level=Tlp.RED, today=TODAY).corridors
    return found


def test_each_month_counts_what_was_told_and_what_was_in_use() -> None:
    trend = trend_of(corridor(), Unit.MONTH, TODAY, 12)
    assert [(one.label, one.told, one.in_use) for one in trend.parts] == [
        ("2026-08", 0, 1),
        ("2026-09", 0, 1),
        ("2026-10", 0, 2),
        ("2026-11", 1, 1),
        ("2026-12", 0, 1),
        ("2027-01", 1, 1),
    ]
    assert trend.stated == {"rising": 1}
    assert trend.change == "as many"  # December beside November; January is not over


def test_quarters_and_the_word_for_the_last_whole_one() -> None:
    trend = trend_of(corridor(), Unit.QUARTER, TODAY, 12)
    assert [one.label for one in trend.parts] == ["2026-Q3", "2026-Q4", "2027-Q1"]
    assert trend.change == "more"
    later = trend_of(corridor(), Unit.QUARTER, dt.date(2027, 7, 1), 12)
    assert later.parts[-1].label == "2027-Q3"
    assert later.change == "fewer"


def test_no_more_parts_than_asked_for_and_no_word_about_too_few() -> None:
    trend = trend_of(corridor(), Unit.MONTH, TODAY, 2)
    assert [one.label for one in trend.parts] == ["2026-12", "2027-01"]
    assert trend.change == ""
