"""Claims about notices of re-export, and about the registers' ground."""

import datetime as dt
import itertools
from typing import Final

from hypothesis import given, strategies as st

from broker.core.registers.reexports import Reexport, reexports
from broker.core.registers.spans import Span, first_day, last_day
from broker.core.registers.statement import (
    Statement,
    digest_in,
    folded,
    inner,
    number,
    roots,
    words,
)
from keys.identity import PartyId
from tests.unit.broker.core.registers.stating import example, stated, step
from tests.world import BEL, KEN, MEX

NOTICE: Final = stated(
    "reexport-notification", KEN, example("reexport-notification"), to=(BEL, MEX)
)
DUE: Final = dt.date(2026, 9, 1)


def _answer(
    verdict: str, by: PartyId = BEL, days: float = 9, answers: Statement = NOTICE
) -> Statement:
    fields = example("reexport-response", verdict=f"REEXPORT_VERDICT_{verdict}")
    return stated("reexport-response", by, fields, days=days, answers=answers)


def _one(*statements: Statement) -> Reexport:
    [found] = reexports(statements)
    return found


def test_an_answer_is_overdue_once_the_goods_may_leave() -> None:
    notice = _one(NOTICE)
    assert notice.overdue(DUE - dt.timedelta(days=1)) == ()
    assert notice.overdue(DUE) == ("BEL", "MEX")
    answered = _one(NOTICE, _answer("NOTED"))
    assert answered.overdue(DUE) == ("MEX",)


def test_the_last_verdict_of_each_exporter_counts_in_any_order() -> None:
    statements = (NOTICE, _answer("CONSENTED"), _answer("OBJECTED", days=10))
    for order in itertools.permutations(statements):
        notice = _one(*order)
        assert [(one.by, one.verdict) for one in notice.verdicts] == [
            ("BEL", "objected")
        ]


def test_a_stranger_cannot_consent() -> None:
    assert _one(NOTICE, _answer("CONSENTED", PartyId("XPO"))).verdicts == ()


def test_conditions_are_accepted_or_declined_by_who_gave_notice() -> None:
    conditions = _answer("CONDITIONS")
    accepted = step(KEN, "ACCEPT", conditions, days=10)
    assert _one(NOTICE, conditions, accepted).conditions == "accepted"
    strange = step(BEL, "ACCEPT", conditions, days=10)
    assert _one(NOTICE, conditions, strange).conditions == ""
    declined = step(KEN, "DECLINE", conditions, days=11)
    assert _one(NOTICE, declined, accepted, conditions).conditions == "declined"


def test_nothing_is_overdue_of_what_was_withdrawn() -> None:
    withdrawn = step(KEN, "WITHDRAW", NOTICE, days=3)
    assert _one(NOTICE, withdrawn).overdue(DUE) == ()


def test_a_notice_said_anew_stands_in_its_place() -> None:
    fields = example("reexport-notification", notBefore="2026-10-01")
    anew = stated("reexport-notification", KEN, fields, days=5, answers=NOTICE)
    notice = _one(anew, NOTICE, _answer("NOTED", answers=NOTICE))
    assert (notice.first, notice.not_before) == (NOTICE.digest, dt.date(2026, 10, 1))
    assert notice.paper is not None
    assert notice.paper.number == "EUC-TEST-0007"
    assert [(one.quantity, one.label) for one in notice.items] == [
        (30, "pistol Example Works Model 12 9x19")
    ]


def test_dates_are_as_precise_as_they_are_long() -> None:
    assert (first_day("2024"), last_day("2024")) == (
        dt.date(2024, 1, 1),
        dt.date(2024, 12, 31),
    )
    assert (first_day("2024-02"), last_day("2024-02")) == (
        dt.date(2024, 2, 1),
        dt.date(2024, 2, 29),
    )
    assert first_day("2024-02-03") == last_day("2024-02-03") == dt.date(2024, 2, 3)


def test_a_span_with_an_open_end_goes_on() -> None:
    assert str(Span.of({"to": "2024"})) == "to 2024-12-31"
    assert str(Span.of({"from": "2024"})) == "2024-01-01"
    assert Span.of({"from": "2024"}).holds(dt.date(9999, 12, 31))
    assert Span.of({"to": "2024"}).holds(dt.date(1, 1, 1))


@given(st.dates(), st.dates())
def test_a_span_holds_a_day_unless_it_is_before_or_after(
    first: dt.date, day: dt.date
) -> None:
    span = Span(first=first, last=first)
    assert span.holds(day) == (day == first)
    assert span.before(day) == (first < day)
    assert span.after(day) == (day < first)


def test_what_has_not_the_shape_of_a_field_is_nothing() -> None:
    assert digest_in({"sha256": "?"}, "sha256") == b""
    assert number({"count": "7"}, "count") == number({"count": 7}, "count") == 7
    assert number({"count": "-7"}, "count") == 0
    assert inner({"place": "KEN"}, "place") == {}
    assert words({"parts": ["A", "B"]}, "parts") == ("A", "B")
    assert words({}, "parts") == ()
    assert folded("№ 7/a-") == "NO7A"


def test_an_answer_to_what_nobody_knows_leads_to_itself() -> None:
    lost = _answer("NOTED")
    assert roots([lost], "reexport-notification") == {lost.digest: lost.digest}
