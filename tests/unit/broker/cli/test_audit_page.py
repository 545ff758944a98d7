"""The page of a month: self-contained, escaped, and drawn to scale."""

import csv
import io
import re
from dataclasses import replace
from datetime import date
from xml.etree import ElementTree as ET

from hypothesis import given, strategies as st

from broker.cli.audit_chart import days_chart, line_step
from broker.cli.audit_page import duration, report_page
from broker.cli.audit_report import report_table
from broker.core.trails.months import Month
from broker.core.trails.report import Counts, Latency, MonthReport, Overdue

_HOSTILE = '"><script>alert(1)</script>&<img src=x onerror=alert(1)>'
_MONTH = Month(year=2026, month=11)


def _report() -> MonthReport:
    counts = Counts(sent=1200, received=3, withheld=1, refused=2)
    return MonthReport(
        month=_MONTH,
        reader="KEN",
        at_ms=_MONTH.since_ms,
        total=counts,
        upkeep=9,
        by_kind=((_HOSTILE, counts),),
        by_party=((_HOSTILE, counts),),
        by_day=tuple((day, counts) for day in _MONTH.days()),
        refusals=((_HOSTILE, _HOSTILE, 2),),
        latencies=(
            Latency(
                span=_HOSTILE, count=1, p50_ms=1, p90_ms=2_000, p99_ms=3, most_ms=4
            ),
        ),
        overdue=(
            Overdue(
                message_digest=b"\x0f" * 32,
                kind=_HOSTILE,
                party=_HOSTILE,
                missing="OPENED",
                due_ms=_MONTH.since_ms - 90_000,
            ),
        ),
    )


def test_words_of_others_cannot_become_markup() -> None:
    page = report_page(_report())
    assert "<script" not in page
    assert "<img" not in page
    assert page.count("&lt;script&gt;") == 7
    assert "default-src 'none'; style-src 'unsafe-inline'" in page


def test_a_page_fetches_nothing() -> None:
    page = report_page(_report())
    for way_out in ("http:", "https:", "url(", "@import", "<link", "src=x onerror"):
        assert way_out not in page.replace("src=x onerror=alert(1)&gt;", "")
    assert not re.search(r"<[^>]*\son[a-z]+=", page)


def test_the_page_of_a_hub_says_how_it_counts() -> None:
    assert "counts it once" in report_page(replace(_report(), reader="HUB"))
    assert "counts it once" not in report_page(_report())


def test_a_page_says_what_there_is_not() -> None:
    nothing = replace(
        _report(),
        total=Counts(),
        by_kind=(),
        by_party=(),
        refusals=(),
        latencies=(),
        overdue=(),
    )
    page = report_page(nothing)
    for words in ("Nothing was refused.", "Nothing is overdue.", "No step was taken."):
        assert words in page


@given(
    st.lists(
        st.builds(
            Counts,
            sent=st.integers(0, 10**6),
            received=st.integers(0, 10**6),
            withheld=st.integers(0, 9),
            refused=st.integers(0, 9),
        ),
        min_size=1,
        max_size=31,
    )
)
def test_bars_stay_within_the_drawing_and_stand_upon_one_another(
    counts: list[Counts],
) -> None:
    days = [(date(2026, 10, number + 1), one) for number, one in enumerate(counts)]
    svg = ET.fromstring(days_chart(days, "a <label>"))  # noqa: S314 - our own drawing
    assert svg.get("aria-label") == "a <label>"
    groups = svg.findall("g")
    assert len(groups) == len(days)
    for group in groups:
        bars = [bar for bar in group.findall("rect") if bar.get("class") != "slot"]
        for bar in bars:
            top, height = float(bar.get("y", "")), float(bar.get("height", ""))
            assert top >= 11
            assert top + height <= 260 - 28 + 1.1


@given(st.integers(0, 10**12))
def test_at_most_four_lines_across_reach_the_highest_value(most: int) -> None:
    step = line_step(most)
    assert step * 4 >= most
    assert str(step).strip("0") in {"1", "2", "5"}


def test_no_cell_of_a_table_is_run_by_a_spreadsheet() -> None:
    made = replace(_report(), refusals=(("=1+1", "@SUM(A1)", 2), ("-", "+", 1)))
    rows = list(csv.reader(io.StringIO(report_table(made))))
    assert rows[0] == ["table", "of", "value", "number"]
    assert ["refusals", "'=1+1", "'@SUM(A1)", "2"] in rows
    assert ["refusals", "'-", "'+", "1"] in rows
    assert all(len(row) == 4 for row in rows)


def test_spans_of_time_are_told_in_one_unit() -> None:
    told = [duration(ms) for ms in (0, 999, 1_500, 90_000, 3_600_000, 30 * 86_400_000)]
    assert told == ["0 ms", "999 ms", "1.5 s", "1.5 min", "1.0 h", "30 d"]
