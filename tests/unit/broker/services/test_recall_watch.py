"""Recalls survive crashes, reach who could not be told, and are loud when overdue."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from broker.core.errors import RefusedError, StoreError
from broker.core.handling import Handling, Tlp
from broker.core.recalls.recall import Notice, Outcome, Reason, Standing
from broker.core.recalls.taken_back import Hold
from broker.core.trust import build_trust
from tests import world
from tests.unit.broker.services.recall_world import (
    WITHIN_MS,
    RecallWorld,
    forward,
    gone,
)
from tests.world import BEL, KEN, MEX, NOW_MS

GREEN = Handling(tlp=Tlp.GREEN)
STEPS = ("carry_out", "store_notice", "store_attestation", "scrub")


class KilledError(Exception):
    """The process ended here."""


@pytest.fixture
def parties(tmp_path: Path) -> Iterator[RecallWorld]:
    made = RecallWorld(tmp_path)
    for party in (KEN, BEL, MEX):
        made.side(party)
    yield made
    made.close()


def dying(method: Callable[..., Any], *, before: bool) -> Callable[..., Any]:
    """Returns a method that ends the process, before or after it did its work."""

    def called(*args: object, **named: object) -> None:
        if not before:
            method(*args, **named)
        raise KilledError

    return called


@pytest.mark.parametrize("before", [True, False])
@pytest.mark.parametrize("step", STEPS)
async def test_a_crash_at_any_step_loses_nothing_and_doubles_nothing(
    parties: RecallWorld, monkeypatch: pytest.MonkeyPatch, step: str, *, before: bool
) -> None:
    ken, bel, mex = (parties.sides[one] for one in (KEN, BEL, MEX))
    message = ken.send((BEL,), handling=GREEN)
    await parties.settle()
    copy = forward(bel, message.message_digest, (MEX,))
    await parties.settle()
    notice = ken.recall(message)
    await parties.carry(KEN)
    with monkeypatch.context() as patched:
        patched.setattr(bel.store, step, dying(getattr(bel.store, step), before=before))
        with pytest.raises(KilledError):
            await parties.settle()
    bel.restart()
    await parties.settle()
    assert gone(bel, message.message_digest)
    assert gone(mex, copy.message_digest)
    assert [one.by for one in ken.store.attested(notice)] == [BEL]
    [standing] = ken.standing(message)
    assert [one.told for one in standing.downstream] == [True]
    assert len(bel.store.notices_sent(copy.message_digest)) == 1


async def test_who_cannot_be_told_now_is_told_as_soon_as_possible(
    parties: RecallWorld,
) -> None:
    ken, mex = parties.sides[KEN], parties.sides[MEX]
    message = ken.send((BEL, MEX), handling=GREEN)
    await parties.settle()
    expired = world.published(world.encryption_key(MEX), valid_to_ms=NOW_MS - 1)
    ken.trust = world.trust({MEX: world.entry(MEX, encryption_keys=(expired,))})
    ken.recall(message)
    await parties.settle()
    standing = {one.party: one.standing for one in ken.standing(message)}
    assert standing == {BEL: Standing.COMPLIED, MEX: Standing.UNTOLD}
    ken.trust = world.trust()
    ken.watch.step()
    await parties.settle()
    assert gone(mex, message.message_digest)
    assert {one.standing for one in ken.standing(message)} == {Standing.COMPLIED}
    assert ken.store.withheld() == []  # nobody was denied anything


async def test_silence_raises_one_alarm(parties: RecallWorld) -> None:
    ken = parties.sides[KEN]
    message = ken.send((BEL,))
    await parties.settle()
    ken.recall(message)
    ken.watch.step()
    assert ken.alarms() == []
    parties.clock.at_ms += WITHIN_MS
    for _ in range(2):
        ken.watch.follow_up()
    ken.restart()
    ken.watch.follow_up()
    [alarm] = ken.alarms()
    assert alarm.startswith("BEL has not attested in time")
    assert len(ken.store.sounded_alarms(only_open=True)) == 1
    await parties.settle()
    for _ in range(2):
        ken.watch.follow_up()
    assert ken.store.sounded_alarms(only_open=True) == []


async def test_a_content_that_is_kept_by_law_raises_an_alarm(
    parties: RecallWorld,
) -> None:
    ken, bel = parties.sides[KEN], parties.sides[BEL]
    message = ken.send((BEL,))
    await parties.settle()
    hold = Hold(message_digest=message.message_digest, authority="Court", at_ms=NOW_MS)
    bel.store.keep_by_law(hold)
    ken.recall(message)
    await parties.settle()
    ken.watch.follow_up()
    [alarm] = ken.alarms()
    assert "keeps the content by law" in alarm


async def test_the_loop_works_until_it_is_stopped_and_outlives_failures(
    parties: RecallWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    ken, bel = parties.sides[KEN], parties.sides[BEL]
    message = ken.send((BEL,))
    await parties.settle()
    ken.recall(message)
    await parties.carry(KEN)
    await bel.node.intake.take_in()
    await bel.node.opening.open_some()
    stop, stepped = asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()
    step = bel.watch.step

    def watched() -> None:
        step()
        loop.call_soon_threadsafe(stepped.set)

    monkeypatch.setattr(bel.watch, "step", watched)
    running = asyncio.create_task(bel.watch.run(stop, poll_s=0.01))
    await asyncio.wait_for(stepped.wait(), 10)
    stop.set()
    await running
    assert gone(bel, message.message_digest)


async def test_a_copy_that_a_person_took_back_before_is_not_taken_back_twice(
    parties: RecallWorld,
) -> None:
    ken, bel = parties.sides[KEN], parties.sides[BEL]
    message = ken.send((BEL,), handling=GREEN)
    await parties.settle()
    copy = forward(bel, message.message_digest, (MEX,))
    await parties.settle()
    bel.recall(copy)
    await parties.settle()
    ken.recall(message)
    await parties.settle()
    [notice] = bel.store.notices_sent(copy.message_digest)
    assert notice.notice.reason is Reason.ERROR
    [standing] = ken.standing(message)
    assert [one.told for one in standing.downstream] == [True]


async def test_a_second_notice_about_what_is_gone_is_answered_alike(
    parties: RecallWorld,
) -> None:
    ken, bel = parties.sides[KEN], parties.sides[BEL]
    wrong, right = ken.send((BEL,)), ken.send((BEL,))
    await parties.settle()
    ken.recall(wrong)
    await parties.settle()
    notice = Notice(
        message_digest=wrong.message_digest,
        reason=Reason.ERROR,
        replacement=right.message_digest,
    )
    [sealed] = ken.desk.send(wrong, notice)
    await parties.settle()
    [answer] = ken.store.attested(sealed.message_digest)
    assert answer.said.outcome is Outcome.DESTROYED
    taken = bel.store.taken_back(wrong.message_digest)
    assert taken is not None
    assert taken.replacement == right.message_digest


async def test_a_party_without_a_policy_says_so_and_sends_nothing(
    parties: RecallWorld,
) -> None:
    ken = parties.sides[KEN]
    message = ken.send((BEL,))
    await parties.settle()
    view = world.view()
    bare = world.entry(KEN)
    parties_view = {**view.parties, KEN: replace(bare, policy=None)}
    ken.trust = build_trust(replace(view, parties=parties_view))
    with pytest.raises(RefusedError, match="no policy is published"):
        ken.recall(message)
    ken.watch.follow_up()
    assert ken.store.notices_sent() == []


async def test_a_recall_after_a_correction_is_followed_up_anew(
    parties: RecallWorld,
) -> None:
    ken = parties.sides[KEN]
    wrong, right = ken.send((BEL,)), ken.send((BEL,))
    await parties.settle()
    marks = Notice(
        message_digest=wrong.message_digest,
        reason=Reason.ERROR,
        replacement=right.message_digest,
        destroy=False,
    )
    ken.desk.send(wrong, marks)
    await parties.settle()
    ken.watch.follow_up()
    ken.recall(wrong)  # and BEL never gets it
    parties.clock.at_ms += WITHIN_MS
    ken.watch.follow_up()
    [alarm] = ken.alarms()
    assert "BEL has not attested" in alarm


async def test_an_answer_waits_until_its_origin_can_be_reached(
    parties: RecallWorld,
) -> None:
    ken, bel = parties.sides[KEN], parties.sides[BEL]
    message = ken.send((BEL,))
    await parties.settle()
    notice = ken.recall(message)
    expired = world.published(world.encryption_key(KEN), valid_to_ms=NOW_MS - 1)
    bel.trust = world.trust({KEN: world.entry(KEN, encryption_keys=(expired,))})
    await parties.settle()
    assert gone(bel, message.message_digest)
    assert ken.store.attested(notice) == []
    bel.trust = world.trust()
    await parties.settle()
    assert [one.by for one in ken.store.attested(notice)] == [BEL]


async def test_who_has_a_copy_and_cannot_be_told_is_attested_as_such(
    parties: RecallWorld,
) -> None:
    ken, bel, mex = (parties.sides[one] for one in (KEN, BEL, MEX))
    message = ken.send((BEL,), handling=GREEN)
    await parties.settle()
    copy = forward(bel, message.message_digest, (MEX,))
    await parties.settle()
    ken.recall(message)
    expired = world.published(world.encryption_key(MEX), valid_to_ms=NOW_MS - 1)
    bel.trust = world.trust({MEX: world.entry(MEX, encryption_keys=(expired,))})
    await parties.settle()
    [standing] = ken.standing(message)
    assert [one.told for one in standing.downstream] == [False]
    bel.trust = world.trust()
    await parties.settle()
    assert gone(mex, copy.message_digest)


async def test_two_who_answer_at_once_answer_once(
    parties: RecallWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    ken, bel = parties.sides[KEN], parties.sides[BEL]
    message = ken.send((BEL,))
    await parties.settle()
    notice = ken.recall(message)
    answer = bel.store.store_attestation

    def too_late(*arguments: Any, **named: Any) -> object:  # noqa: ANN401 - handed on
        with bel.store._database.write() as db:
            db.execute("UPDATE recalls_in SET attested = x'01'")
        return answer(*arguments, **named)

    monkeypatch.setattr(bel.store, "store_attestation", too_late)
    await parties.settle()
    assert ken.store.attested(notice) == []
    assert bel.store.sent() == []  # nothing was sealed for nothing


async def test_the_loop_goes_on_after_a_failure(
    parties: RecallWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    bel, stop = parties.sides[BEL], asyncio.Event()
    loop = asyncio.get_running_loop()

    def failing() -> None:
        loop.call_soon_threadsafe(stop.set)
        raise StoreError("full")

    monkeypatch.setattr(bel.keeper, "step", failing)
    await asyncio.wait_for(bel.watch.run(stop), 10)
