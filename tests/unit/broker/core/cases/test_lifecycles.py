"""Every lifecycle of the registry: sound as a table, and deaf to what is not due."""

from collections.abc import Iterable

import pytest
from hypothesis import given, strategies as st

from broker.core.cases.clocks import DEFAULTS, CaseClocks
from broker.core.cases.events import CaseEvent, Told
from broker.core.cases.leg import fold
from broker.core.cases.lifecycle import STAYS, Debt, Lifecycle, Side, Step, sides_of
from broker.core.cases.registry import BY_OPENING, LIFECYCLES
from broker.core.codec.case_events import event_names
from broker.core.codec.kinds import KIND_NAMES
from keys.framing import sha256
from tests.world import BEL, KEN, NOW_MS

EACH = pytest.mark.parametrize("lifecycle", LIFECYCLES, ids=lambda one: one.name)
EVENTS = frozenset(event_names())
SIDES = {Side.OPENER: KEN, Side.ADDRESSEE: BEL}


def event(
    name: str, by: Side, number: int, after: CaseEvent | None = None
) -> CaseEvent:
    return CaseEvent(
        digest=sha256(b"event %d" % number),
        told=Told(event=name),
        by=SIDES[by],
        to=(BEL if by is Side.OPENER else KEN,),
        at_ms=NOW_MS + number,
        in_reply_to=after.digest if after else b"",
    )


@EACH
def test_every_event_is_one_that_there_is(lifecycle: Lifecycle) -> None:
    named = {*lifecycle.opens, *(step.event for step in lifecycle.steps)}
    assert not named - EVENTS


@EACH
def test_every_state_can_be_reached(lifecycle: Lifecycle) -> None:
    reached, before = {lifecycle.initial}, set[str]()
    while reached != before:
        before = set(reached)
        for step in lifecycle.steps:
            if step.sources & reached and step.target != STAYS:
                reached.add(step.target)
    assert reached == set(lifecycle.states)


@EACH
def test_no_matter_that_is_open_is_stuck(lifecycle: Lifecycle) -> None:
    ending, before = set(lifecycle.final), set[str]()
    while ending != before:
        before = set(ending)
        for step in lifecycle.steps:
            if step.target in ending:
                ending |= step.sources
    assert ending == set(lifecycle.states)


@EACH
def test_nothing_is_owed_when_it_is_over(lifecycle: Lifecycle) -> None:
    for debt in lifecycle.debts:
        assert not debt.states & lifecycle.final
        assert debt.clock in DEFAULTS
        assert debt.states
        assert debt.what


@EACH
def test_whoever_owes_something_can_do_something(lifecycle: Lifecycle) -> None:
    for debt in lifecycle.debts:
        for state in debt.states:
            for side in sides_of(debt.by):
                assert lifecycle.allowed(side, state), (debt.what, state)


@EACH
def test_what_is_said_of_it_is_a_sentence_without_a_stop(lifecycle: Lifecycle) -> None:
    for text in (lifecycle.title, *lifecycle.states.values()):
        assert text.strip() == text
        assert not text.endswith(".")


@EACH
def test_what_an_authority_declines_is_not_said_to_be_undelivered(
    lifecycle: Lifecycle,
) -> None:
    opening = event(lifecycle.opens[0], Side.OPENER, 0)
    acknowledged = event("receipt:acknowledged", Side.ADDRESSEE, 1, opening)
    declined = event("receipt:declined", Side.ADDRESSEE, 2, opening)
    for before in ([], [acknowledged]):
        leg = fold(lifecycle, opening, BEL, [*before, declined])
        assert leg.state != "undelivered"
        assert not leg.undelivered
        if lifecycle.knows("receipt:acknowledged"):
            assert leg.state == "declined"
            assert not leg.owed(CaseClocks()) or lifecycle.name == "diversion"


@EACH
def test_what_is_declined_is_over_unless_it_can_still_be_taken_up(
    lifecycle: Lifecycle,
) -> None:
    targets = {one.target for one in lifecycle.steps if one.event == "receipt:declined"}
    assert targets <= {"declined"}
    for state in targets - lifecycle.final:
        # A State that was alerted may act after all; in a plan the last word counts.
        assert lifecycle.name in {"diversion", "plan"}
        assert lifecycle.allowed(Side.ADDRESSEE, state)


def test_no_kind_opens_two_lifecycles() -> None:
    assert len(BY_OPENING) == sum(len(one.opens) for one in LIFECYCLES)
    assert len({one.name for one in LIFECYCLES}) == len(LIFECYCLES)


@given(st.data())
def test_what_is_not_due_is_refused_with_the_state_and_what_is_possible(
    data: st.DataObject,
) -> None:
    lifecycle = data.draw(st.sampled_from(LIFECYCLES))
    opening = event(lifecycle.opens[0], Side.OPENER, 0)
    names = st.sampled_from(sorted({one.event for one in lifecycle.steps}))
    said = data.draw(st.lists(st.tuples(names, st.sampled_from(list(SIDES)))))
    events = [
        event(name, side, number, opening)
        for number, (name, side) in enumerate(said, 1)
    ]
    leg = fold(lifecycle, opening, BEL, events)
    state = lifecycle.initial
    for moved in leg.moves:
        step = lifecycle.step(moved.event.told.event, _side(moved.event), state)
        assert moved.before == state
        state = (step.target if step else STAYS) or state
        assert moved.after == state
    assert leg.state == state
    for one in leg.out_of_place:
        assert one.event.told.event not in one.allowed
        assert one.allowed == lifecycle.allowed(_side(one.event), one.state)


def _side(of: CaseEvent) -> Side:
    return Side.OPENER if of.by == KEN else Side.ADDRESSEE


def _lifecycle(
    steps: Iterable[Step],
    final: frozenset[str] = frozenset(),
    debts: Iterable[Debt] = (),
) -> Lifecycle:
    return Lifecycle(
        name="test",
        title="A test",
        opens=("trace-request",),
        states={"a": "a", "b": "b"},
        initial="a",
        final=final,
        steps=tuple(steps),
        debts=tuple(debts),
    )


def _step(by: Side = Side.OPENER, source: str = "a", target: str = "b") -> Step:
    return Step(
        event="case-step:close", by=by, sources=frozenset({source}), target=target
    )


def test_a_table_with_an_unknown_state_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown states"):
        _lifecycle([_step(target="c")])


def test_a_table_that_says_two_things_about_one_event_is_refused() -> None:
    with pytest.raises(ValueError, match="twice"):
        _lifecycle([_step(), _step(Side.EITHER, target="a")])


def test_a_table_in_which_something_is_owed_at_the_end_is_refused() -> None:
    debt = Debt(clock="answer", by=Side.OPENER, states=frozenset({"b"}), what="it")
    with pytest.raises(ValueError, match="final"):
        _lifecycle([_step()], frozenset({"b"}), [debt])


def test_every_kind_that_people_write_belongs_to_a_lifecycle() -> None:
    belonging = {
        name.partition(":")[0]
        for one in LIFECYCLES
        for name in (*one.opens, *(step.event for step in one.steps))
    }
    # A card says whom to call; a copy is of the matter that it is a copy of.
    assert set(KIND_NAMES) - belonging == {"contact-card", "onward-copy"}
