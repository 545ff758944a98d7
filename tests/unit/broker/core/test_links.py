"""When something is asked for, who is greeted, and that both come to an end."""

from dataclasses import replace
from itertools import pairwise

from hypothesis import given, strategies as st

from broker.core.links import (
    DAY_MS,
    MINUTE_MS,
    Asking,
    Heard,
    LinkTuning,
    MissingNumber,
    is_silent,
    may_answer,
    numbers_to_ask,
    parties_to_greet,
    scan_numbers,
)
from keys.identity import PartyId
from tests.world import BEL, KEN, MEX, NOW_MS

TUNING = LinkTuning()
GRACE_MS = TUNING.grace_ms


@given(
    present=st.sets(st.integers(1, 60)),
    splits=st.lists(st.integers(0, 60), max_size=4),
    room=st.integers(1, 60),
)
def test_what_is_missing_is_found_however_often_one_looks(
    present: set[int], splits: list[int], room: int
) -> None:
    """Looking again from the floor finds the rest, and nothing twice."""
    found: list[int] = []
    floor = 0
    for _ in range(len(present) + len(splits) + 61):
        above = sorted(number for number in present if number > floor)
        missing, new_floor = scan_numbers(above, floor, room)
        assert len(missing) <= room
        assert new_floor >= floor
        found.extend(missing)
        floor = new_floor
    highest = max(present, default=0)
    assert found == [n for n in range(1, highest) if n not in present]
    assert floor == highest


def test_an_origin_that_skips_millions_makes_no_work() -> None:
    missing, floor = scan_numbers([1 << 47], 0, 1000)
    assert (len(missing), floor) == (1000, 1000)


def missing(number: int, **changes: int | None) -> MissingNumber:
    return replace(
        MissingNumber(number=number, since_ms=NOW_MS),
        **changes,  # type: ignore[arg-type]
    )


def test_nothing_is_asked_for_within_the_grace() -> None:
    gaps = [missing(7)]
    assert numbers_to_ask(gaps, Asking(), NOW_MS + GRACE_MS - 1, TUNING) == ()
    assert numbers_to_ask(gaps, Asking(), NOW_MS + GRACE_MS, TUNING) == (7,)


@given(st.sets(st.integers(1, 1000), max_size=150))
def test_a_request_names_at_most_a_hundred_ascending(numbers: set[int]) -> None:
    gaps = [missing(number, since_ms=0) for number in numbers]
    asked = numbers_to_ask(gaps, Asking(), NOW_MS, TUNING)
    assert asked == tuple(sorted(numbers)[:100])


def test_a_party_that_answers_nothing_is_asked_eight_times_and_ever_more_rarely() -> (
    None
):
    gap, asking, now_ms, times = missing(1), Asking(), NOW_MS, []
    for _ in range(20 * 24 * 12):
        if numbers_to_ask([gap], asking, now_ms, TUNING):
            times.append(now_ms)
            gap = replace(gap, asked_ms=now_ms, times=gap.times + 1)
            asking = Asking(requested_ms=now_ms, unanswered=asking.unanswered + 1)
        now_ms += GRACE_MS
    assert len(times) == TUNING.requests_max
    pauses = [later - earlier for earlier, later in pairwise(times)]
    assert pauses == sorted(pauses)
    assert pauses[0] == GRACE_MS
    assert max(pauses) <= DAY_MS


@given(st.integers(1, 60), st.integers(0, 7))
def test_no_pause_is_longer_than_a_day(times: int, unanswered: int) -> None:
    gap = missing(1, asked_ms=NOW_MS, times=times)
    asking = Asking(requested_ms=NOW_MS, unanswered=unanswered)
    assert numbers_to_ask([gap], asking, NOW_MS + DAY_MS, TUNING) == (1,)
    assert numbers_to_ask([gap], asking, NOW_MS + GRACE_MS - 1, TUNING) == ()


@given(st.integers(1, 30))
def test_whoever_asks_in_earnest_is_always_answered(times: int) -> None:
    """The pauses of who answers are never longer than the pauses of who asks."""
    gap = missing(1, asked_ms=NOW_MS, times=times)
    asking = Asking(requested_ms=NOW_MS, unanswered=min(times, 7))
    at_ms = NOW_MS
    while not numbers_to_ask([gap], asking, at_ms, TUNING):
        at_ms += GRACE_MS
    assert may_answer(times, NOW_MS, at_ms)


def test_whoever_asks_too_often_is_not_answered_each_time() -> None:
    assert may_answer(0, 0, NOW_MS)
    assert not may_answer(1, NOW_MS, NOW_MS + MINUTE_MS - 1)
    assert may_answer(1, NOW_MS, NOW_MS + MINUTE_MS)
    assert not may_answer(3, NOW_MS, NOW_MS + 3 * MINUTE_MS)


def greeted(**last_sent: int) -> tuple[PartyId, ...]:
    """Who is greeted now, given how many hours ago each was sent something."""
    times = {PartyId(k): NOW_MS - v * 3_600_000 for k, v in last_sent.items()}
    return parties_to_greet(times, NOW_MS, TUNING)


def test_idle_pairs_share_a_heartbeat_and_busy_ones_get_none() -> None:
    assert greeted(BEL=23, KEN=2) == ()
    assert greeted(BEL=24, KEN=2) == (BEL,)
    assert greeted(MEX=24, KEN=19, BEL=17) == (KEN, MEX)
    assert greeted() == ()


@given(st.lists(st.integers(0, 40), min_size=1, max_size=3))
def test_after_a_greeting_nobody_is_greeted_for_some_hours(hours: list[int]) -> None:
    times = {
        party: NOW_MS - ago * 3_600_000
        for party, ago in zip((BEL, KEN, MEX), hours, strict=False)
    }
    parties = parties_to_greet(times, NOW_MS, TUNING)
    times.update(dict.fromkeys(parties, NOW_MS))
    if parties:
        assert parties_to_greet(times, NOW_MS + 6 * 3_600_000 - 1, TUNING) == ()


def test_who_announced_nothing_is_never_silent() -> None:
    heard = Heard(number=1, sealed_ms=NOW_MS)
    assert heard.due_ms is None
    assert not is_silent(heard, NOW_MS + 1000 * DAY_MS)


def test_silence_begins_after_twice_what_was_announced() -> None:
    heard = Heard(number=1, sealed_ms=NOW_MS, next_within_ms=DAY_MS)
    assert heard.due_ms == NOW_MS + DAY_MS
    assert not is_silent(heard, NOW_MS + 2 * DAY_MS)
    assert is_silent(heard, NOW_MS + 2 * DAY_MS + 1)


def test_a_clock_that_was_set_back_makes_no_pause_longer() -> None:
    year_ms = 365 * DAY_MS
    ahead = NOW_MS + year_ms
    never = MissingNumber(number=1, since_ms=ahead)
    again = MissingNumber(number=2, since_ms=ahead, asked_ms=ahead, times=3)
    asking = Asking(requested_ms=ahead, unanswered=2)
    assert numbers_to_ask([never, again], asking, NOW_MS, TUNING) == (1, 2)
    assert may_answer(3, ahead, NOW_MS)
    assert parties_to_greet({KEN: ahead}, NOW_MS, TUNING) == (KEN,)
