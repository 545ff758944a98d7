"""The days of a month as a chart: one SVG drawing that needs no script and no file.

What was counted is left to `broker.core.trails.report`, the page around it to
`audit_page`.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from html import escape
from typing import Final

from broker.core.trails.report import Counts

STACKED: Final = ("sent", "received", "withheld")
"""What is drawn one upon another, from below."""
ASIDE: Final = "refused"
"""What is drawn beside it: it is part of the others."""

_WIDTH: Final = 960
_HEIGHT: Final = 260
_LEFT: Final = 56
_BOTTOM: Final = 28
_TOP: Final = 12
_PLOT: Final = _HEIGHT - _TOP - _BOTTOM
_STEPS: Final = (1, 2, 5)
_LINES: Final = 4  # at most so many lines across


def days_chart(days: Sequence[tuple[date, Counts]], label: str) -> str:
    """Returns the chart, in SVG.

    Args:
        days: Every day of the month, in order.
        label: What it shows, for those who cannot see it.
    """
    most = max((_height(counts) for _, counts in days), default=0)
    step = line_step(most)
    top = max(step * -(-most // step), step)
    across = "".join(_across(value, top) for value in range(0, top + 1, step))
    slot = (_WIDTH - _LEFT) / max(len(days), 1)
    bars = "".join(
        _day(day, counts, _LEFT + number * slot, slot, top)
        for number, (day, counts) in enumerate(days)
    )
    return (
        f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" '
        f'aria-label="{escape(label)}">{across}{bars}</svg>'
    )


def line_step(most: int) -> int:
    """Returns the distance of lines across: 1, 2 or 5, ten times that, and so on.

    Args:
        most: The highest value; with this step, at most four lines are above zero.
    """
    scale = 1
    while True:
        for step in _STEPS:
            if most <= step * scale * _LINES:
                return step * scale
        scale *= 10


def _height(counts: Counts) -> int:
    return sum(getattr(counts, name) for name in STACKED)


def _across(value: int, top: int) -> str:
    y = _y(value, top)
    return (
        f'<line class="across" x1="{_LEFT}" x2="{_WIDTH}" y1="{y:.1f}" y2="{y:.1f}"/>'
        f'<text class="scale" x="{_LEFT - 8}" y="{y + 4:.1f}">{value:,}</text>'
    )


def _day(day: date, counts: Counts, x: float, slot: float, top: int) -> str:
    told = ", ".join(f"{getattr(counts, name):,} {name}" for name in (*STACKED, ASIDE))
    weekend = ' class="weekend"' if day.isoweekday() > 5 else ""  # noqa: PLR2004 - Friday
    return (
        f"<g><title>{day.isoformat()}: {told}</title>"
        # Something to point at, also where the day is empty.
        f'<rect class="slot" x="{x:.1f}" y="{_TOP}" width="{slot:.1f}" '
        f'height="{_PLOT}"/>{"".join(_bars(counts, x, slot, top))}'
        f'<text{weekend} x="{x + slot / 2:.1f}" y="{_HEIGHT - 8}">{day.day}</text></g>'
    )


def _bars(counts: Counts, x: float, slot: float, top: int) -> Iterator[str]:
    below = 0
    for name in STACKED:
        value = getattr(counts, name)
        if value:
            yield _bar(name, x + slot * 0.12, slot * 0.52, (below, below + value), top)
        below += value
    if counts.refused:
        yield _bar(ASIDE, x + slot * 0.68, slot * 0.2, (0, counts.refused), top)


def _bar(name: str, x: float, width: float, span: tuple[int, int], top: int) -> str:
    low, high = _y(span[0], top), _y(span[1], top)
    return (
        f'<rect class="{name}" x="{x:.1f}" y="{high:.1f}" width="{width:.1f}" '
        f'height="{max(low - high, 1):.1f}"/>'
    )


def _y(value: int, top: int) -> float:
    return _TOP + _PLOT * (1 - value / top)
