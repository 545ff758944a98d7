"""Members share with members, in time: asked before sending, and of what has come."""

import pytest

from broker.core.errors import Code, RefusedError
from broker.core.operations.membership import Act, Membership, membership
from broker.core.operations.sharing import (
    check_report,
    check_sharing,
    check_statement,
    untold,
)
from keys.identity import PartyId
from tests.unit.broker.core.operations.test_membership import GROUP, START_MS, said
from tests.world import BEL, KEN, MEX, STRANGER, XPO

HOUR_MS = 3_600_000


@pytest.fixture
def known() -> Membership:
    """BEL joined before the first day, MEX joined late and has left, XPO never did."""
    return membership(
        GROUP,
        [
            said(Act.JOIN, BEL, -5),
            said(Act.JOIN, MEX, HOUR_MS),
            said(Act.LEAVE, MEX, 3 * HOUR_MS),
        ],
    )


def refusal(
    known: Membership, by: PartyId, *to: PartyId, after_ms: int = 2 * HOUR_MS
) -> str:
    with pytest.raises(RefusedError) as refused:
        check_sharing(known, by=by, to=frozenset(to), at_ms=START_MS + after_ms)
    assert refused.value.code is Code.OUTSIDE_OPERATION
    return refused.value.detail


def test_members_share_with_members_that_have_joined(known: Membership) -> None:
    for by, to in ((BEL, (KEN, MEX)), (MEX, (BEL, KEN)), (KEN, (BEL,))):
        check_sharing(known, by=by, to=frozenset(to), at_ms=START_MS + 2 * HOUR_MS)


def test_what_was_on_its_way_to_somebody_who_left_is_no_fault(
    known: Membership,
) -> None:
    late_ms = START_MS + 4 * HOUR_MS
    check_sharing(known, by=BEL, to=frozenset({KEN, MEX}), at_ms=late_ms)
    with pytest.raises(RefusedError, match="MEX: left"):
        check_report(known, by=BEL, to=frozenset({KEN, MEX}), now_ms=late_ms)


def test_a_report_goes_to_all_that_have_joined(known: Membership) -> None:
    now_ms = START_MS + 4 * HOUR_MS
    check_report(known, by=BEL, to=frozenset({KEN}), now_ms=now_ms)
    check_report(known, by=KEN, to=frozenset({BEL}), now_ms=now_ms)
    both = membership(GROUP, [*known.statements, said(Act.JOIN, XPO, 3 * HOUR_MS)])
    with pytest.raises(RefusedError, match="XPO: a report goes to all"):
        check_report(both, by=BEL, to=frozenset({KEN}), now_ms=now_ms)


def test_a_report_to_somebody_who_never_joined_is_outside(known: Membership) -> None:
    assert refusal(known, BEL, KEN, XPO) == "XPO: not joined"


def test_a_report_to_a_stranger_is_outside(known: Membership) -> None:
    assert refusal(known, BEL, KEN, STRANGER) == "ZZZ: no member"


def test_a_stranger_reports_nothing(known: Membership) -> None:
    assert refusal(known, STRANGER, BEL, KEN) == "ZZZ is no member"


def test_whoever_has_not_joined_or_has_left_reports_nothing(
    known: Membership,
) -> None:
    assert refusal(known, XPO, BEL, KEN) == "XPO has not joined"
    assert refusal(known, MEX, BEL, KEN, after_ms=HOUR_MS - 1) == "MEX has not joined"
    assert refusal(known, MEX, BEL, KEN, after_ms=4 * HOUR_MS) == "MEX has left"


def test_nothing_is_shared_before_the_first_day_or_after_the_last(
    known: Membership,
) -> None:
    assert "begins on 2027-01-10" in refusal(known, BEL, KEN, after_ms=-1)
    late = GROUP.ends_ms - START_MS + 1
    assert "only be read" in refusal(known, BEL, KEN, after_ms=late)


def test_nothing_is_shared_after_the_opener_has_ended_it(known: Membership) -> None:
    ended = membership(GROUP, [*known.statements, said(Act.CLOSE, KEN, 2 * HOUR_MS)])
    check_sharing(ended, by=BEL, to=frozenset({KEN}), at_ms=START_MS + 2 * HOUR_MS)
    assert "over" in refusal(ended, BEL, KEN, after_ms=2 * HOUR_MS + 1)


def test_a_statement_without_effect_is_refused_before_it_is_sent(
    known: Membership,
) -> None:
    check_statement(known, said(Act.JOIN, XPO, 4 * HOUR_MS))
    check_statement(known, said(Act.LEAVE, BEL, 4 * HOUR_MS))
    check_statement(known, said(Act.CLOSE, KEN, 4 * HOUR_MS))
    for act, by, words in (
        (Act.JOIN, BEL, "had joined"),
        (Act.LEAVE, XPO, "not joined"),
        (Act.CLOSE, BEL, "only KEN"),
        (Act.LEAVE, KEN, "can only end it"),
    ):
        with pytest.raises(RefusedError, match=words):
            check_statement(known, said(act, by, 4 * HOUR_MS))


def test_members_that_were_left_out_are_named(known: Membership) -> None:
    assert untold(known, BEL, frozenset({MEX})) == ("KEN",)
    assert untold(known, BEL, frozenset({KEN})) == ()
