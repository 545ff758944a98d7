"""Two clocks differ: whose is wrong, as far as it can be told, and what to do."""

import pytest

from broker.core.clocks import (
    ClockReading,
    Verdict,
    Witnesses,
    read_clocks,
    recent_ms,
)
from broker.core.model import Receipt, Stage
from tests import world
from tests.world import BEL, DAY_MS, KEN, MEX, NOW_MS

MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS
SKEW_MS = 5 * MINUTE_MS


def read(ahead_ms: int, **witnesses: int) -> ClockReading:
    return read_clocks(
        asked_ms=NOW_MS + ahead_ms,
        hub_ms=NOW_MS,
        answered_ms=NOW_MS + ahead_ms,
        witnesses=witnesses,
    )


@pytest.mark.parametrize("ahead_ms", [0, MINUTE_MS, -MINUTE_MS])
def test_clocks_that_agree_are_not_spoken_of(ahead_ms: int) -> None:
    found = read(ahead_ms, BEL=-HOUR_MS)
    assert found.verdict is Verdict.AGREE
    assert found.advise(SKEW_MS) == ""
    assert found.describe() == "agrees with the hub's"


def test_the_time_that_an_answer_takes_is_no_disagreement() -> None:
    slow = read_clocks(
        asked_ms=NOW_MS,
        hub_ms=NOW_MS + HOUR_MS,
        answered_ms=NOW_MS + 2 * HOUR_MS,
        witnesses={},
    )
    assert slow.ahead_ms == 0


def test_without_witnesses_nobody_is_called_wrong() -> None:
    found = read(HOUR_MS)
    assert found.verdict is Verdict.THEY_DISAGREE
    assert found.describe() == (
        "this machine's clock is 60 minutes ahead of the hub's; which of them is "
        "wrong cannot be told from here"
    )
    assert "third clock" in found.advise(SKEW_MS)
    assert "sent from here is refused" in found.advise(SKEW_MS)


def test_whoever_stands_alone_is_wrong() -> None:
    ours = read(59 * MINUTE_MS, BEL=200, MEX=30_000, XPO=5 * HOUR_MS)
    assert ours.verdict is Verdict.OURS_IS_WRONG
    assert ours.describe() == (
        "this machine's clock is 59 minutes ahead of the hub's and that of BEL, MEX"
    )
    assert ours.advise(SKEW_MS).startswith("set it (NTP)")
    hub = read(-HOUR_MS, BEL=-HOUR_MS + 500)
    assert hub.verdict is Verdict.THE_HUBS_IS_WRONG
    assert hub.describe() == (
        "the hub's clock is 60 minutes ahead of this machine's and that of BEL"
    )
    assert "operator" in hub.advise(SKEW_MS)
    assert "what others send is refused here" in hub.advise(SKEW_MS)


def test_witnesses_who_differ_prove_nothing() -> None:
    found = read(-HOUR_MS, BEL=-HOUR_MS, MEX=0)
    assert found.verdict is Verdict.THEY_DISAGREE
    assert "behind" in found.describe()


def test_being_late_proves_nothing() -> None:
    """A node that was off for an hour is no witness for a clock an hour ahead."""
    assert read(HOUR_MS, BEL=HOUR_MS).verdict is Verdict.THEY_DISAGREE


def test_small_differences_hinder_nothing() -> None:
    found = read(2 * MINUTE_MS, BEL=0)
    assert found.advise(SKEW_MS) == "set it (NTP)"
    assert "2 minutes" in found.describe()


@pytest.mark.parametrize(
    ("ahead_ms", "words"),
    [
        (61_000, "a minute"),
        (119 * MINUTE_MS, "119 minutes"),
        (DAY_MS, "24 hours"),
    ],
)
def test_the_difference_is_told_in_words(ahead_ms: int, words: str) -> None:
    assert f"{words} ahead" in read(ahead_ms).describe()


def test_many_witnesses_are_counted() -> None:
    found = ClockReading(ahead_ms=HOUR_MS, with_hub=("A", "B", "C", "D", "E"))
    assert found.describe().endswith("that of A, B, C and 2 more")


def about(stage: Stage, by: str, at_ms: int) -> Receipt:
    message = world.sealed(origin=KEN, to=[BEL, MEX])
    return world.receipt(message, stage, by=by, to=KEN, at_ms=at_ms)


def test_the_shortest_time_after_the_hub_counts() -> None:
    witnesses = Witnesses()
    for delay_ms in (90_000, 500, HOUR_MS):
        witnesses.hear(
            [
                about(Stage.ACCEPTED, "HUB", NOW_MS),
                about(Stage.DELIVERED, BEL, NOW_MS + delay_ms),
                about(Stage.OPENED, MEX, NOW_MS),
            ],
            recent_ms(NOW_MS),
        )
    assert witnesses.after_ms() == {BEL: 500}


def test_what_is_old_or_has_no_counterpart_is_not_heard() -> None:
    witnesses = Witnesses()
    old_ms = NOW_MS - 3 * DAY_MS
    witnesses.hear([about(Stage.DELIVERED, BEL, NOW_MS)], recent_ms(NOW_MS))
    witnesses.hear(
        [
            about(Stage.ACCEPTED, "HUB", old_ms),
            about(Stage.DELIVERED, BEL, old_ms),
        ],
        recent_ms(NOW_MS),
    )
    assert witnesses.after_ms() == {}
