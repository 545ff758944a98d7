"""Calendar months of UTC."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, strategies as st

from broker.core.errors import ConfigurationError
from broker.core.trails.months import Month, day_of, month_of, parse_month

_MONTHS = st.builds(
    Month,
    year=st.integers(min_value=1970, max_value=9998),
    month=st.integers(min_value=1, max_value=12),
)


@given(_MONTHS)
def test_a_month_is_read_as_it_is_written(month: Month) -> None:
    assert parse_month(str(month)) == month


@given(_MONTHS)
def test_a_month_begins_and_ends_with_its_days(month: Month) -> None:
    days = list(month.days())
    first = datetime(month.year, month.month, 1, tzinfo=UTC)
    assert days[0] == first.date()
    assert month.since_ms == first.timestamp() * 1000
    assert month.until_ms - month.since_ms == len(days) * 86_400_000
    assert day_of(month.since_ms) == days[0]
    assert day_of(month.until_ms - 1) == days[-1]
    assert month_of(month.since_ms) == month_of(month.until_ms - 1) == month
    assert month_of(month.until_ms) != month
    assert days == [days[0] + timedelta(days=n) for n in range(len(days))]


@pytest.mark.parametrize(
    "texts",
    [
        ["", "2026", "2026-13", "2026-00", "2026-1", "26-01", "1969-12", "9999-01"],
        ["2026-11-01", "2026/11", "٢٠٢٦-11", "2026-1x"],
    ],
)
def test_what_is_no_month_is_refused(texts: list[str]) -> None:
    for text in texts:
        with pytest.raises(ConfigurationError, match="no month such as 2026-11"):
            parse_month(text)
