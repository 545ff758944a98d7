"""A node's cases, opened as a command opens them: by name, with what is owed."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest

from broker.app.case_clocks import case_watch, clocked_cases, duties, duties_in
from broker.app.cases import case_of, cases, check_step
from broker.app.node_folder import Node
from broker.cli import case_watch as watching
from broker.core.cases.events import CaseEvent
from broker.core.cases.review import DueNotice
from broker.core.errors import Code, ConfigurationError, RefusedError
from broker.core.outgoing import OutgoingDocument
from broker.services.case_keeper import CaseKeeper
from tests import case_world
from tests.case_world import HOUR_MS, CaseWorld, example, step
from tests.unit.broker.app.route_node import keys, node
from tests.world import AMBER, BEL, KEN, NOW_MS

KEYS = keys(BEL)


@pytest.fixture
def parties(tmp_path: Path) -> Iterator[CaseWorld]:
    made = case_world.made(tmp_path)
    yield made
    made.close()


@pytest.fixture
def bel(parties: CaseWorld) -> Node:
    return node(parties.sides[BEL])


async def test_a_case_is_called_by_its_reference_or_any_message_in_it(
    parties: CaseWorld, bel: Node
) -> None:
    asked = await parties.asked()
    opening = next(cases(bel, KEYS)).legs[0].opening
    for name in ("KEN-7", asked.hex(), asked.hex()[:8].upper(), opening.name):
        assert case_of(bel, KEYS, name).name == "KEN-7"
    for name in ("", "KEN", "KEN-70", "0" * 64, opening.name[:6]):
        with pytest.raises(ConfigurationError, match="no case or message"):
            case_of(bel, KEYS, name)


async def test_what_could_be_several_cases_is_not_guessed(
    parties: CaseWorld, bel: Node
) -> None:
    await parties.asked(reference="A")
    await parties.asked(reference="B")
    # Ids begin with the time: both were sealed in the same millisecond.
    beginning = next(cases(bel, KEYS)).legs[0].opening.name[:13]
    with pytest.raises(ConfigurationError, match="could be several cases: "):
        case_of(bel, KEYS, beginning)


async def test_a_reference_in_an_answer_does_not_rename_the_case(
    parties: CaseWorld, bel: Node
) -> None:
    asked = await parties.asked(reference="A")
    parties.say(BEL, step("start"), after=asked, reference="B")
    assert case_of(bel, KEYS, "B").name == "A"
    # A case of that name goes first.
    await parties.asked(reference="B")
    assert case_of(bel, KEYS, "B").name == "B"


async def test_a_step_is_checked_before_anything_is_sealed(
    parties: CaseWorld, bel: Node
) -> None:
    asked = await parties.asked()
    document = OutgoingDocument(
        kind="case-step/1",
        body=step("withdraw"),
        recipients=(KEN,),
        handling=AMBER,
        in_reply_to=asked,
    )
    with pytest.raises(RefusedError) as refused:
        check_step(bel, KEYS, document)
    assert refused.value.code is Code.ILLEGAL_STEP


async def test_what_is_owed_is_the_same_however_it_is_asked_for(
    parties: CaseWorld, bel: Node
) -> None:
    await parties.asked()
    [(case, owed)] = clocked_cases(bel, KEYS)
    assert owed == duties_in(bel, KEYS, case) == list(duties(bel, KEYS))
    assert owed == parties.duties(KEN)


async def test_the_watch_of_a_node_sends_notices_as_set(
    parties: CaseWorld, bel: Node
) -> None:
    await parties.asked()
    trust = parties.trust
    watch = case_watch(bel, KEYS, lambda: trust, lambda: 0)
    assert watch.look() == 0
    silent = Node(
        folder=bel.folder,
        settings=bel.settings.model_copy(update={"overdue_notices": False}),
        federation=bel.federation,
        store=bel.store,
    )
    [duty, _] = duties(bel, KEYS)
    sends = case_watch(silent, KEYS, lambda: trust, lambda: 0).ports.send
    assert not sends(DueNotice(duty=duty, sequence=1))


async def test_clocks_are_told_of_as_they_run_on(
    parties: CaseWorld, bel: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    await parties.asked()
    monkeypatch.setattr(watching, "SYSTEM_CLOCK", parties.clock)
    monkeypatch.setattr(watching, "_LOOK_S", 0)
    seen = watching.Watch(bel, KEYS, NOW_MS).lines()
    [event] = islice(seen, 1)
    assert (event.fields["type"], event.fields["event"]) == ("event", "trace-request")
    parties.clock.at_ms += 37 * HOUR_MS
    [half] = islice(seen, 1)
    assert (half.fields["type"], half.fields["pressure"]) == ("clock", "half")
    parties.clock.at_ms += 36 * HOUR_MS
    [late] = islice(seen, 1)
    assert (late.fields["clock"], late.fields["pressure"]) == ("acknowledge", "overdue")
    assert "OVERDUE since 2027-01-18 08:00:00Z" in late.text


async def test_what_was_before_is_not_shown_to_who_asks_for_what_comes_next(
    parties: CaseWorld, bel: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = await parties.asked()
    monkeypatch.setattr(watching, "SYSTEM_CLOCK", parties.clock)
    monkeypatch.setattr(watching, "_LOOK_S", 0)
    parties.clock.at_ms += HOUR_MS
    seen = watching.Watch(bel, KEYS, parties.clock.at_ms).lines()
    parties.say(BEL, step("start"), after=asked)
    [event] = islice(seen, 1)
    assert event.fields["event"] == "case-step:start"


async def test_a_second_leg_under_one_reference_is_the_same_case(
    parties: CaseWorld,
) -> None:
    await parties.asked((BEL,))
    parties.say(
        KEN,
        example("diversion-alert"),
        (BEL,),
        "diversion-alert/1",
        reference="KEN-7",
    )
    [case] = cases(node(parties.sides[KEN]), keys(KEN))
    assert {leg.lifecycle.name for leg in case.legs} == {"trace", "diversion"}


async def test_a_reference_that_thousands_bear_is_read_once(
    parties: CaseWorld, bel: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each message that is in no case yet would otherwise cost reading all of them."""
    for _ in range(4):
        await parties.asked()
    parties.say(KEN, example("trace-request"), (BEL,), "trace-request/1", b"", "KEN-7")
    await parties.carry()
    while parties.sides[BEL].node.source._pending:
        await parties.sides[BEL].node.intake.take_in()
    looks = []
    events = CaseKeeper._events

    def counted(keeper: CaseKeeper, about: bytes | None = None) -> list[CaseEvent]:
        looks.append(about)
        return events(keeper, about)

    monkeypatch.setattr(CaseKeeper, "_events", counted)
    assert len(case_of(bel, KEYS, "KEN-7").legs) == 4
    assert len(looks) == 1
