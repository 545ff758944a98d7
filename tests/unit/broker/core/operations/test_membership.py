"""Who is in a group follows from what was said, and never from the order it came in."""

import datetime as dt
from dataclasses import replace
from typing import Final

from hypothesis import given, strategies as st

from broker.core.operations.group import Group, Phase
from broker.core.operations.membership import (
    Act,
    Membership,
    Said,
    Standing,
    membership,
)
from keys.identity import PartyId
from tests.world import BEL, DAY_MS, KEN, MEX, STRANGER, XPO

GROUP: Final = Group(
    digest=b"o" * 32,
    name="EXAMPLE TIDE",
    opener=KEN,
    members=frozenset({BEL, KEN, MEX, XPO}),
    first=dt.date(2027, 1, 10),
    last=dt.date(2027, 1, 31),
)
START_MS: Final = GROUP.starts_ms


def said(
    act: Act, by: PartyId, after_ms: int = 0, to: frozenset[PartyId] | None = None
) -> Said:
    return Said(
        digest=f"{act}/{by}/{after_ms}".encode(),
        by=by,
        to=GROUP.others(by) if to is None else to,
        at_ms=START_MS + after_ms,
        act=act,
    )


def standing(known: Membership) -> dict[str, str]:
    return {str(party): one.value for party, one in known.standing.items()}


def odd(known: Membership) -> list[str]:
    return [one.why for one in known.without_effect]


def test_whoever_opens_it_is_in_it_and_the_others_are_invited() -> None:
    known = membership(GROUP, [])
    assert standing(known) == {
        "BEL": "invited",
        "KEN": "opened",
        "MEX": "invited",
        "XPO": "invited",
    }
    assert known.inside == (KEN,)


def test_members_join_decline_and_leave() -> None:
    known = membership(
        GROUP,
        [
            said(Act.JOIN, BEL, -DAY_MS),
            said(Act.JOIN, MEX, 5),
            said(Act.LEAVE, MEX, 9),
            said(Act.DECLINE, XPO, 1),
        ],
    )
    assert known.inside == (BEL, KEN)
    assert standing(known)["MEX"] == "left"
    assert standing(known)["XPO"] == "declined"
    assert known.joined_ms == {
        KEN: 0,
        BEL: START_MS - DAY_MS,
        MEX: START_MS + 5,
    }
    assert known.left_ms == {MEX: START_MS + 9}
    assert odd(known) == []


def test_there_is_no_way_back_in() -> None:
    known = membership(
        GROUP,
        [
            said(Act.JOIN, BEL, 1),
            said(Act.LEAVE, BEL, 2),
            said(Act.JOIN, BEL, 3),
            said(Act.DECLINE, MEX, 1),
            said(Act.JOIN, MEX, 2),
        ],
    )
    assert known.inside == (KEN,)
    assert odd(known) == ["MEX had declined", "BEL had left"]


def test_whoever_was_not_invited_can_not_join_by_saying_so() -> None:
    known = membership(GROUP, [said(Act.JOIN, STRANGER)])
    assert STRANGER not in known.standing
    assert odd(known) == ["ZZZ is no member"]


def test_joining_behind_the_back_of_a_member_counts_nowhere() -> None:
    known = membership(GROUP, [said(Act.JOIN, BEL, to=frozenset({KEN, MEX}))])
    assert standing(known)["BEL"] == "invited"
    assert odd(known) == ["it did not go to all other members, and to them alone"]


def test_only_the_opener_ends_it_and_nobody_joins_afterwards() -> None:
    known = membership(
        GROUP,
        [
            said(Act.JOIN, BEL, 1),
            said(Act.CLOSE, MEX, 2),
            said(Act.CLOSE, KEN, 10),
            said(Act.CLOSE, KEN, 12),
            said(Act.JOIN, XPO, 11),
        ],
    )
    assert known.closed_ms == START_MS + 10
    assert odd(known) == ["only KEN ends it", "it was over", "it was over"]
    assert known.phase(START_MS + 10) is Phase.RUNNING
    assert known.phase(START_MS + 11) is Phase.OVER


def test_the_opener_can_not_leave_a_group_without_end() -> None:
    known = membership(GROUP, [said(Act.LEAVE, KEN), said(Act.JOIN, KEN, 1)])
    assert known.inside == (KEN,)
    assert len(odd(known)) == 2


def test_nothing_is_said_after_the_last_day() -> None:
    late = GROUP.ends_ms - START_MS + 1
    known = membership(GROUP, [said(Act.JOIN, BEL, late), said(Act.CLOSE, KEN, late)])
    assert known.closed_ms is None
    assert odd(known) == ["it was over", "it was over"]


_STATEMENTS = st.builds(
    said,
    st.sampled_from(Act),
    st.sampled_from([BEL, KEN, MEX, XPO, STRANGER]),
    st.integers(-DAY_MS, 30 * DAY_MS),
)


@given(st.lists(_STATEMENTS, max_size=12), st.data())
def test_any_order_and_repetition_gives_the_same_group(
    statements: list[Said], data: st.DataObject
) -> None:
    again = data.draw(st.permutations(statements + statements[:3]))
    assert membership(GROUP, again) == membership(GROUP, statements)


@given(st.lists(_STATEMENTS, max_size=12))
def test_nobody_is_inside_who_was_not_invited(statements: list[Said]) -> None:
    known = membership(GROUP, statements)
    assert set(known.inside) <= GROUP.members
    assert known.standing[KEN] is Standing.OPENED


@given(st.lists(_STATEMENTS, max_size=8), _STATEMENTS)
def test_what_somebody_says_later_changes_nothing_that_others_are(
    statements: list[Said], one: Said
) -> None:
    if one.act is Act.CLOSE:
        return
    later = replace(one, at_ms=GROUP.ends_ms)
    before = membership(GROUP, statements)
    after = membership(GROUP, [*statements, later])
    for party in GROUP.members - {one.by}:
        assert before.standing[party] is after.standing[party]
