"""Clocks are read as an operator writes them; what is no clock is refused by name."""

import pytest

from broker.core.cases.clock_table import read_clocks
from broker.core.cases.clocks import DAY_MS, DEFAULTS, HOUR_MS, CaseClocks
from broker.core.cases.events import Urgency


def test_without_a_table_the_defaults_hold() -> None:
    clocks = read_clocks({})
    assert clocks == CaseClocks()
    assert clocks.span_ms("trace-request", "acknowledge", Urgency.ROUTINE) == 3 * DAY_MS
    urgent = clocks.span_ms("trace-request", "answer", Urgency.IMMEDIATE)
    assert urgent == 8 * HOUR_MS
    assert clocks.span_ms("trace-request", "answer", Urgency.ROUTINE) == 7 * DAY_MS
    assert read_clocks(clocks) is clocks


def test_a_clock_holds_for_every_kind_and_a_kind_s_own_wins() -> None:
    clocks = read_clocks(
        {
            "diversion-alert": {"acknowledge": {"immediate": "1h"}},
            "acknowledge": {"immediate": "4h", "routine": "2d"},
        }
    )
    alert, trace = "diversion-alert", "trace-request"
    immediate, routine = Urgency.IMMEDIATE, Urgency.ROUTINE
    assert clocks.span_ms(alert, "acknowledge", immediate) == HOUR_MS
    assert clocks.span_ms(trace, "acknowledge", immediate) == 4 * HOUR_MS
    assert clocks.span_ms(alert, "acknowledge", routine) == 2 * DAY_MS
    priority = DEFAULTS["acknowledge"].priority_ms
    assert clocks.span_ms(alert, "acknowledge", Urgency.PRIORITY) == priority


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ([], "a table is expected"),
        ({"acknowledge": "4h"}, "acknowledge: a table is expected"),
        ({"acknowledged": {}}, "neither a clock"),
        ({"trace-request": {"acknowledged": {}}}, "is no clock"),
        ({"answer": {"urgent": "4h"}}, "urgent is none of routine"),
        ({"answer": {"routine": "4w"}}, "no span such as 8h"),
        ({"answer": {"routine": 4}}, "no span such as 8h"),
        ({"answer": {"routine": "0h"}}, "no span such as 8h"),
        ({"answer": {"routine": "367d"}}, "longer than a year"),
        ({"trace-request": {"answer": {"routine": "-1d"}}}, "no span"),
    ],
)
def test_what_is_no_table_of_clocks_is_refused(table: object, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        read_clocks(table)
