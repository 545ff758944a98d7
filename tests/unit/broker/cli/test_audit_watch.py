"""Watching a trail: everything once, in order, also what comes meanwhile."""

from collections.abc import Sequence
from itertools import islice

import pytest

from broker.cli import audit_watch
from broker.core.trails.trail import TrailFilter, TrailLine


class _Growing:
    """A trail that gets more lines whenever the watcher waits."""

    def __init__(self, batches: Sequence[int]) -> None:
        self.lines: list[TrailLine] = []
        self._batches = list(batches)
        self.grow()

    def grow(self, _seconds: float = 0) -> None:
        for _ in range(self._batches.pop(0)):
            cursor = len(self.lines) + 1
            stage = "OPENED" if cursor % 2 else "DELIVERED"
            line = TrailLine(
                cursor=cursor,
                at_ms=0,
                stage=stage,
                by="BEL",
                to="KEN",
                message_digest=b"",
            )
            self.lines.append(line)

    def end(self) -> int:
        return len(self.lines)

    def page(self, wanted: TrailFilter) -> list[TrailLine]:
        fitting = [
            one
            for one in self.lines
            if one.cursor > (wanted.after or 0) and wanted.stage in {None, one.stage}
        ]
        return fitting[: wanted.most]


def _watched(
    monkeypatch: pytest.MonkeyPatch,
    batches: Sequence[int],
    wanted: TrailFilter,
    count: int,
) -> list[int]:
    trail = _Growing(batches)
    monkeypatch.setattr("time.sleep", trail.grow)
    lines = islice(audit_watch._follow(trail, wanted), count)
    return [one.cursor for one in lines]


def test_watching_begins_with_what_comes_next(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _watched(monkeypatch, [5, 0, 2, 1], TrailFilter(), 3) == [6, 7, 8]


def test_watching_from_a_cursor_leaves_nothing_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    wanted = TrailFilter(after=2, limit=2)
    assert _watched(monkeypatch, [7, 0, 3], wanted, 8) == list(range(3, 11))


def test_what_does_not_fit_is_passed_over_and_not_looked_at_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    wanted = TrailFilter(after=0, stage="OPENED", limit=2)
    assert _watched(monkeypatch, [6, 1, 0, 2], wanted, 5) == [1, 3, 5, 7, 9]
