"""Who has to be reminded, who is sent a notice, and when to look again."""

from dataclasses import replace

from hypothesis import given, strategies as st

from broker.core.cases.clocks import HOUR_MS
from broker.core.cases.duties import Duty, Notice, Pressure
from broker.core.cases.leg import Owed
from broker.core.cases.lifecycle import Debt, Side
from broker.core.cases.review import STALE_MS, notice_ms, review
from tests.world import BEL, KEN, MEX, NOW_MS

SPAN_MS = 100 * HOUR_MS
DUE_MS = NOW_MS + SPAN_MS
OWED = Owed(
    debt=Debt(clock="answer", by=Side.ADDRESSEE, states=frozenset({"x"}), what="it"),
    by=BEL,
    about=bytes(32),
    since_ms=NOW_MS,
    due_ms=DUE_MS,
)
DUTY = Duty(case="A", reference="A", matter="trace", state="x", owed=OWED, to=(KEN,))


def told(*times: int) -> Duty:
    notices = tuple(
        Notice(by=KEN, at_ms=at_ms, sequence=number)
        for number, at_ms in enumerate(times, 1)
    )
    return replace(DUTY, notices=notices)


def test_pressure_grows_at_half_at_nine_tenths_and_at_the_end() -> None:
    for passed, pressure in (
        (0, Pressure.NONE),
        (50 * HOUR_MS - 1, Pressure.NONE),
        (50 * HOUR_MS, Pressure.HALF),
        (90 * HOUR_MS - 1, Pressure.HALF),
        (90 * HOUR_MS, Pressure.NEARLY),
        (SPAN_MS, Pressure.NEARLY),
        (SPAN_MS + 1, Pressure.OVERDUE),
    ):
        assert DUTY.pressure(NOW_MS + passed) is pressure


def test_no_clock_no_pressure() -> None:
    silent = replace(DUTY, owed=replace(OWED, since_ms=None, due_ms=None))
    assert silent.pressure(DUE_MS * 2) is Pressure.NONE
    assert silent.changes_ms(NOW_MS) is None
    assert notice_ms(silent, KEN) is None
    assert not review([silent], KEN, DUE_MS * 2).concerns


@given(st.integers(0, 2 * SPAN_MS), st.integers(0, 10**9))
def test_pressure_changes_exactly_when_it_says(passed: int, span_ms: int) -> None:
    duty = replace(DUTY, owed=replace(OWED, due_ms=NOW_MS + span_ms))
    now_ms = NOW_MS + passed
    at_ms = duty.changes_ms(now_ms)
    if at_ms is None:
        assert duty.pressure(now_ms) is Pressure.OVERDUE
    else:
        assert at_ms > now_ms
        assert duty.pressure(at_ms - 1) is duty.pressure(now_ms)


def test_whose_debt_it_is_decides_who_is_reminded() -> None:
    half_ms = NOW_MS + SPAN_MS // 2
    [ours] = review([DUTY], BEL, half_ms).concerns
    assert (ours.ours, ours.pressure) == (True, Pressure.HALF)
    assert not review([DUTY], KEN, half_ms).concerns
    [theirs] = review([DUTY], KEN, DUE_MS + 1).concerns
    assert (theirs.ours, theirs.pressure) == (False, Pressure.OVERDUE)
    for at_ms in (half_ms, DUE_MS + 1):
        found = review([DUTY], MEX, at_ms)
        assert (found.concerns, found.notices) == ((), ())


def test_a_notice_is_due_when_the_clock_has_run_out_and_not_before() -> None:
    assert not review([DUTY], KEN, DUE_MS).notices
    [notice] = review([DUTY], KEN, DUE_MS + 1).notices
    assert (notice.sequence, notice.escalated) == (1, False)
    assert not review([DUTY], BEL, DUE_MS + 1).notices


def test_another_office_hears_of_it_after_half_of_the_time_again() -> None:
    sent_ms = DUE_MS + 1
    assert not review([told(sent_ms)], KEN, sent_ms + SPAN_MS // 2 - 1).notices
    [notice] = review([told(sent_ms)], KEN, sent_ms + SPAN_MS // 2).notices
    assert (notice.sequence, notice.escalated) == (2, True)
    later_ms = sent_ms + SPAN_MS
    assert not review([told(sent_ms, later_ms)], KEN, later_ms + SPAN_MS).notices


def test_who_was_told_late_has_the_same_time_before_another_office_hears() -> None:
    late_ms = DUE_MS + 3 * SPAN_MS
    assert notice_ms(told(late_ms), KEN) == late_ms + SPAN_MS // 2


def test_notices_of_others_do_not_count_as_ours() -> None:
    theirs = Notice(by=MEX, at_ms=DUE_MS, sequence=1)
    [notice] = review([replace(DUTY, notices=(theirs,))], KEN, DUE_MS + 1).notices
    assert notice.sequence == 1


def test_what_is_long_overdue_is_shown_and_not_sent() -> None:
    found = review([DUTY], KEN, DUE_MS + STALE_MS + 1)
    assert found.concerns
    assert not found.notices


def test_the_next_look_is_when_the_first_thing_changes() -> None:
    other = replace(DUTY, owed=replace(OWED, due_ms=NOW_MS + 10 * HOUR_MS))
    assert review([DUTY, other], BEL, NOW_MS).next_ms == NOW_MS + 5 * HOUR_MS
    assert review([], BEL, NOW_MS).next_ms is None


def test_the_name_of_a_duty_is_stable_and_tells_nothing() -> None:
    assert DUTY.name == told(NOW_MS).name
    assert DUTY.name != replace(DUTY, owed=replace(OWED, about=bytes([1] * 32))).name
    assert len(DUTY.name) == 32
    assert int(DUTY.name, 16)


def test_two_things_that_say_the_same_are_told_by_one_notice() -> None:
    """Two actions of a plan for the same day: a notice has no name of either."""
    debt = replace(OWED.debt, what="another")
    other = replace(DUTY, owed=replace(OWED, debt=debt))
    assert len(review([DUTY, other], KEN, DUE_MS + 1).notices) == 1
    later = replace(other, owed=replace(other.owed, due_ms=DUE_MS - 1))
    assert len(review([DUTY, later], KEN, DUE_MS + 1).notices) == 2
