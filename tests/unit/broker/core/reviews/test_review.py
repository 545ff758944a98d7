"""What is late, missing or contradictory is found, and nothing else."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, strategies as st

from broker.core.codec.kinds import CONTENT_KINDS
from broker.core.model import Stage
from broker.core.protocol_kinds import RECALL, UPKEEP_KINDS
from broker.core.reviews.clocks import (
    ASKING_KINDS,
    HOUR_MS,
    MINUTE_MS,
    URGENT_KINDS,
    Clock,
)
from broker.core.reviews.findings import (
    Conflict,
    FindingKind,
    Heard,
    Review,
)
from broker.core.reviews.review import review_received
from keys.identity import HUB
from tests.unit.broker.core.reviews.reviewed import (
    ACCEPTED,
    ACKNOWLEDGED,
    ACTED,
    CLOCKS,
    COMPLETE,
    DELIVERED,
    MESSAGE,
    OPENED,
    PLAIN,
    SECOND_MS,
    SKEW_MS,
    heard,
    names,
    quiet,
    review,
)
from tests.world import BEL, KEN, MEX, NOW_MS


def test_a_message_that_goes_its_way_gives_no_finding_ever() -> None:
    assert review(*COMPLETE, after_ms=10**12) == quiet()


def test_a_message_that_waits_here_is_owed_nothing() -> None:
    assert review(submitted_ms=None, after_ms=10**12) == quiet()


@pytest.mark.parametrize(
    ("said", "clock", "who", "stage", "span_ms"),
    [
        ((), Clock.ACCEPTED, HUB, Stage.ACCEPTED, CLOCKS.accepted_ms),
        ((ACCEPTED,), Clock.DELIVERED, BEL, Stage.DELIVERED, CLOCKS.delivered_ms),
        (
            (ACCEPTED, DELIVERED),
            Clock.OPENED,
            BEL,
            Stage.OPENED,
            SECOND_MS + CLOCKS.opened_ms,
        ),
        (
            (ACCEPTED, DELIVERED, OPENED),
            Clock.ACKNOWLEDGED,
            BEL,
            Stage.ACKNOWLEDGED,
            2 * SECOND_MS + CLOCKS.acknowledged_ms,
        ),
    ],
)
def test_what_is_missing_is_found_when_its_clock_has_run_out_and_not_before(
    said: Sequence[Heard], clock: Clock, who: str, stage: Stage, span_ms: int
) -> None:
    in_time = review(*said, after_ms=span_ms + SKEW_MS)
    assert in_time == quiet(NOW_MS + span_ms + SKEW_MS + 1)
    assert in_time.next_ms is not None
    found = review(*said, after_ms=span_ms + SKEW_MS + 1)
    assert names(found) == [("missing", clock.value, who, stage.name)]
    [one] = found.findings
    assert (one.due_ms, one.over_ms) == (NOW_MS + span_ms, SKEW_MS + 1)
    assert found.next_ms is None


def test_what_comes_after_its_time_is_late_under_the_name_it_was_missing() -> None:
    late = heard(Stage.DELIVERED, after_ms=CLOCKS.delivered_ms + HOUR_MS)
    [missing] = review(ACCEPTED, after_ms=CLOCKS.delivered_ms + HOUR_MS).findings
    [found] = review(ACCEPTED, late).findings
    assert (found.kind, found.over_ms) == (FindingKind.LATE, HOUR_MS)
    assert found.name == missing.name


def test_what_was_said_in_time_and_came_late_is_not_missing_any_more() -> None:
    after_ms = CLOCKS.delivered_ms - 1
    in_time = heard(Stage.DELIVERED, after_ms=after_ms, lag_ms=HOUR_MS)
    assert review(ACCEPTED, in_time, after_ms=after_ms + HOUR_MS).findings == ()


def test_a_refusal_by_the_hub_ends_all_waiting() -> None:
    assert review(heard(Stage.REFUSED, HUB), after_ms=10**12) == quiet()


@pytest.mark.parametrize("said", [(DELIVERED,), (DELIVERED, OPENED), ()])
def test_a_refusal_by_the_recipient_ends_the_waiting_for_it(
    said: Sequence[Heard],
) -> None:
    refused = heard(Stage.REFUSED, after_ms=3 * SECOND_MS)
    assert review(ACCEPTED, *said, refused, after_ms=10**12) == quiet()


def test_each_recipient_is_waited_for_by_itself() -> None:
    both = replace(MESSAGE, parties=(BEL, MEX))
    found = review(*COMPLETE, message=both, after_ms=10**12)
    assert names(found) == [("missing", "delivered", MEX, "DELIVERED")]


def test_an_acknowledgement_is_waited_for_where_something_is_asked() -> None:
    opened = (ACCEPTED, DELIVERED, OPENED)
    assert review(*opened, message=PLAIN, after_ms=10**12) == quiet()
    assert set(CONTENT_KINDS) > ASKING_KINDS > URGENT_KINDS


def test_of_what_was_taken_back_no_acknowledgement_is_waited_for() -> None:
    recalled = replace(MESSAGE, taken_back=True)
    said = (ACCEPTED, DELIVERED, OPENED)
    assert review(*said, message=recalled, after_ms=10**12) == quiet()
    opened = {Stage.DELIVERED: NOW_MS, Stage.OPENED: NOW_MS}
    assert review_received(recalled, opened, NOW_MS, CLOCKS, 10**13) == quiet()


@pytest.mark.parametrize("kind", URGENT_KINDS)
def test_what_is_urgent_is_acknowledged_within_hours(kind: str) -> None:
    urgent = replace(MESSAGE, kind=kind)
    after_ms = CLOCKS.urgent_ms + SKEW_MS + MINUTE_MS
    opened = (ACCEPTED, DELIVERED, OPENED)
    found = review(*opened, message=urgent, after_ms=after_ms)
    assert names(found) == [("missing", "acknowledged", BEL, "ACKNOWLEDGED")]


@pytest.mark.parametrize(
    ("said", "conflict", "who", "stage"),
    [
        (
            (ACCEPTED, heard(Stage.DELIVERED), heard(Stage.DELIVERED, nonce=1)),
            Conflict.TWICE,
            BEL,
            Stage.DELIVERED,
        ),
        (
            (ACCEPTED, heard(Stage.REFUSED, HUB)),
            Conflict.REFUSED_AND_ACCEPTED,
            HUB,
            Stage.REFUSED,
        ),
        (
            (heard(Stage.REFUSED, HUB), DELIVERED),
            Conflict.REFUSED_AND_DELIVERED,
            BEL,
            Stage.DELIVERED,
        ),
        (
            (ACCEPTED, heard(Stage.DELIVERED, after_ms=-SKEW_MS - 1)),
            Conflict.BEFORE_ACCEPTANCE,
            BEL,
            Stage.DELIVERED,
        ),
        (
            (ACCEPTED, DELIVERED, heard(Stage.OPENED, after_ms=-SKEW_MS)),
            Conflict.WRONG_ORDER,
            BEL,
            Stage.OPENED,
        ),
        (
            (ACCEPTED, DELIVERED, heard(Stage.REFUSED, after_ms=SECOND_MS), OPENED),
            Conflict.AFTER_REFUSAL,
            BEL,
            Stage.OPENED,
        ),
        (
            (*COMPLETE, heard(Stage.REFUSED, after_ms=3 * HOUR_MS)),
            Conflict.AFTER_REFUSAL,
            BEL,
            Stage.ACTED,
        ),
        (
            (ACCEPTED, heard(Stage.DELIVERED, lag_ms=-SKEW_MS - 1)),
            Conflict.FROM_THE_FUTURE,
            BEL,
            Stage.DELIVERED,
        ),
    ],
)
def test_a_contradiction_is_found_at_once(
    said: Sequence[Heard], conflict: Conflict, who: str, stage: Stage
) -> None:
    after_ms = 3 * HOUR_MS
    assert names(review(*said, after_ms=after_ms)) == [
        ("contradictory", conflict.value, who, stage.name)
    ]


@pytest.mark.parametrize(
    ("said", "left_out"),
    [
        ((ACCEPTED, OPENED), Stage.DELIVERED),
        ((ACCEPTED, DELIVERED, ACKNOWLEDGED), Stage.OPENED),
        ((ACCEPTED, DELIVERED, OPENED, ACTED), Stage.ACKNOWLEDGED),
    ],
)
def test_a_step_that_was_left_out_is_waited_for_and_then_found(
    said: Sequence[Heard], left_out: Stage
) -> None:
    ripe_ms = said[-1].receipt.at_ms + CLOCKS.told_ms - NOW_MS
    waiting = review(*said, after_ms=ripe_ms)
    assert waiting == quiet(NOW_MS + ripe_ms + 1)
    assert names(review(*said, after_ms=ripe_ms + 1)) == [
        ("contradictory", "step-left-out", BEL, left_out.name)
    ]


def test_what_a_node_carries_out_by_itself_needs_no_acknowledgement() -> None:
    recall = replace(MESSAGE, kind=RECALL)
    said = (ACCEPTED, DELIVERED, OPENED, ACTED)
    assert review(*said, message=recall, after_ms=10**12) == quiet()


@pytest.mark.parametrize("kind", sorted(UPKEEP_KINDS))
def test_of_what_only_keeps_links_in_order_nothing_is_missed_but_by_the_hub(
    kind: str,
) -> None:
    heartbeat = replace(MESSAGE, kind=kind)
    assert review(ACCEPTED, message=heartbeat, after_ms=10**12) == quiet()
    unheard = review(message=heartbeat, after_ms=HOUR_MS)
    assert names(unheard) == [("missing", "accepted", HUB, "ACCEPTED")]
    delivered = {Stage.DELIVERED: NOW_MS}
    ours = review_received(heartbeat, delivered, NOW_MS, CLOCKS, 10**13)
    assert ours == quiet()


def test_clocks_that_differ_a_little_contradict_nothing() -> None:
    said = (
        ACCEPTED,
        heard(Stage.DELIVERED, after_ms=-SKEW_MS, lag_ms=-SKEW_MS),
        heard(Stage.OPENED, after_ms=-SKEW_MS),
    )
    assert review(*said, message=PLAIN, after_ms=HOUR_MS).findings == ()


def test_what_is_told_long_after_it_is_dated_is_late() -> None:
    lag_ms = CLOCKS.told_ms + HOUR_MS
    backdated = heard(Stage.DELIVERED, after_ms=SECOND_MS, lag_ms=lag_ms)
    [found] = review(ACCEPTED, backdated, OPENED).findings
    assert (found.kind, found.clock) == (FindingKind.LATE, Clock.TOLD)
    assert found.over_ms == HOUR_MS
    unknown = replace(backdated, came_ms=0)
    assert review(ACCEPTED, unknown, OPENED).findings == ()


def test_of_what_we_owe_the_clocks_run_as_well() -> None:
    opened = {Stage.DELIVERED: NOW_MS, Stage.OPENED: NOW_MS + SECOND_MS}
    due_ms = NOW_MS + SECOND_MS + CLOCKS.acknowledged_ms

    def ours(said: dict[Stage, int], now_ms: int) -> Review:
        return review_received(MESSAGE, said, NOW_MS, CLOCKS, now_ms)

    assert ours(opened, due_ms + SKEW_MS) == quiet(due_ms + SKEW_MS + 1)
    [owed] = ours(opened, due_ms + HOUR_MS).findings
    assert (owed.ours, owed.party, owed.over_ms) == (True, KEN, HOUR_MS)
    done = {**opened, Stage.ACKNOWLEDGED: due_ms}
    assert ours(done, due_ms + HOUR_MS) == quiet()
    late = {**opened, Stage.REFUSED: due_ms + HOUR_MS}
    [found] = ours(late, due_ms + HOUR_MS).findings
    assert (found.kind, found.name) == (FindingKind.LATE, owed.name)
    waits = {Stage.DELIVERED: NOW_MS}
    [unopened] = ours(waits, NOW_MS + CLOCKS.opened_ms + HOUR_MS).findings
    assert unopened.stage is Stage.OPENED


STATEMENTS = st.builds(
    heard,
    st.sampled_from(
        (
            Stage.ACCEPTED,
            Stage.DELIVERED,
            Stage.OPENED,
            Stage.REFUSED,
            Stage.ACKNOWLEDGED,
            Stage.ACTED,
        )
    ),
    st.sampled_from((HUB, BEL, MEX)),
    st.integers(-SKEW_MS * 2, CLOCKS.acknowledged_ms * 2),
    lag_ms=st.sampled_from((0, -SKEW_MS - 1, CLOCKS.told_ms * 2)),
    nonce=st.integers(0, 1),
)


@given(st.data(), st.lists(STATEMENTS, max_size=8), st.integers(0, 10**9))
def test_any_order_and_repetition_of_arrival_gives_the_same_findings(
    data: st.DataObject, said: list[Heard], after_ms: int
) -> None:
    shuffled = data.draw(st.permutations(said))
    again = data.draw(st.lists(st.sampled_from(said))) if said else []
    later = [replace(one, came_ms=one.came_ms + 1) for one in again]
    both = replace(MESSAGE, parties=(BEL, MEX))
    assert review(*shuffled, *later, message=both, after_ms=after_ms) == review(
        *said, message=both, after_ms=after_ms
    )


@given(st.lists(STATEMENTS, max_size=8), st.integers(0, 10**9))
def test_nothing_new_is_found_before_the_next_look(
    said: list[Heard], after_ms: int
) -> None:
    first = review(*said, after_ms=after_ms)
    until_ms = 10**13 if first.next_ms is None else first.next_ms - NOW_MS - 1
    assert until_ms >= after_ms
    assert names(review(*said, after_ms=until_ms)) == names(first)
