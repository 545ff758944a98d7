"""An authority says nothing out of order, and is told what it may say."""

from collections.abc import Collection

import pytest
from hypothesis import given, strategies as st

from broker.core.errors import OutOfOrderError
from broker.core.model import Stage
from broker.core.protocol_kinds import RECALL
from broker.core.reviews.statement_order import check_order, may_follow

KIND = "trace-request/1"
OPENED = (Stage.DELIVERED, Stage.OPENED)
ACKNOWLEDGED = (*OPENED, Stage.ACKNOWLEDGED)


@pytest.mark.parametrize(
    ("said", "allowed"),
    [
        ((), ()),
        ((Stage.DELIVERED,), ()),
        (OPENED, (Stage.ACKNOWLEDGED, Stage.REFUSED)),
        (ACKNOWLEDGED, (Stage.ACTED, Stage.REFUSED)),
        ((*ACKNOWLEDGED, Stage.ACTED), ()),
        ((*OPENED, Stage.REFUSED), ()),
        ((Stage.DELIVERED, Stage.REFUSED), ()),
    ],
)
def test_each_step_follows_the_one_before_it(
    said: Collection[Stage], allowed: Collection[Stage]
) -> None:
    assert may_follow(said, KIND) == frozenset(allowed)


def test_what_nodes_carry_out_by_themselves_needs_no_acknowledgement() -> None:
    assert may_follow(OPENED, RECALL) == {Stage.ACTED, Stage.REFUSED}


@pytest.mark.parametrize(
    ("stage", "said", "why"),
    [
        (Stage.ACTED, OPENED, "may now be acknowledged or declined"),
        (Stage.ACKNOWLEDGED, ACKNOWLEDGED, "was acknowledged before: it may now be"),
        (Stage.ACKNOWLEDGED, (Stage.DELIVERED,), "before it is OPENED: it is DELIV"),
        (Stage.ACKNOWLEDGED, (), "before it is OPENED: it is not here"),
        (Stage.REFUSED, (*ACKNOWLEDGED, Stage.ACTED), "is ACTED, and nothing follows"),
        (Stage.ACTED, (*OPENED, Stage.REFUSED), "is REFUSED, and nothing follows"),
    ],
)
def test_who_speaks_out_of_order_is_told_what_may_be_said(
    stage: Stage, said: Collection[Stage], why: str
) -> None:
    with pytest.raises(OutOfOrderError, match=why):
        check_order(stage, KIND)(said)


@given(st.lists(st.sampled_from(Stage)), st.sampled_from(Stage))
def test_the_check_lets_pass_exactly_what_may_follow(
    said: list[Stage], stage: Stage
) -> None:
    if stage in may_follow(said, KIND):
        check_order(stage, KIND)(said)
        return
    if stage in {Stage.ACKNOWLEDGED, Stage.ACTED, Stage.REFUSED}:
        with pytest.raises(OutOfOrderError):
            check_order(stage, KIND)(said)
