"""What comes while somebody watches is shown, whatever date its sender gave it."""

from collections.abc import Iterator
from itertools import count, islice
from types import SimpleNamespace
from typing import Any

import pytest

from broker.cli.case_watch import Watch
from broker.core.cases.case import Case, build
from broker.core.cases.duties import Duty
from broker.core.cases.registry import BY_OPENING
from tests.unit.broker.core.cases.test_case import message
from tests.world import BEL, KEN, NOW_MS

OPENING = message(0, "trace-request")


def _case(*more: tuple[int, str]) -> Case:
    events = (message(number, name, BEL, (KEN,), OPENING) for number, name in more)
    return build("A", (OPENING, *events), BY_OPENING, KEN)


def test_what_comes_late_or_bears_an_old_date_is_shown_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looks = iter([_case(), _case((1, "case-step:start"))])

    def cases(_node: object, _keys: object) -> Iterator[tuple[Case, list[Duty]]]:
        yield next(looks), []

    monkeypatch.setattr("broker.cli.case_watch.clocked_cases", cases)
    marks = (bytes([number]) for number in count())
    node: Any = SimpleNamespace(store=SimpleNamespace(case_mark=lambda: next(marks)))
    keys: Any = None
    watch = Watch(node, keys, since_ms=NOW_MS + 10**9)
    [line] = islice(watch.lines(), 1)
    assert line.fields["type"] == "event"
    assert "case-step:start" in line.text
