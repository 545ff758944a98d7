"""An adapter is fed in order; whatever goes wrong, nothing is lost, nothing sticks."""

import asyncio

import pytest

from adapters.errors import RejectedError, SystemAwayError
from broker.app.adapters.feeding import TRIES, FaultError, Feeder, HaltedError
from broker.app.adapters.vault import open_letter, open_target
from broker.core.adapting import Count, LetterState, LetterWay
from broker.core.handling import Handling, Restrictions, Tlp
from broker.core.recalls.retention import RetentionRules
from tests.adapter_world import AdapterWorld
from tests.unit.broker.app.adapters.fed import Fed


async def test_deliveries_come_in_order_once_and_are_recorded_first(fed: Fed) -> None:
    sent = [await fed.world.arrives() for _ in range(3)]
    health = fed.store.adapter("adapter")
    assert health
    assert (health.waiting, health.oldest_ms > 0) == (3, True)
    await fed.all()
    fed.restart()
    await fed.all()
    assert fed.digests == sent
    health = fed.store.adapter("adapter")
    assert health
    assert (health.waiting, health.oldest_ms, health.letters) == (0, 0, 0)
    assert health.counts == {Count.DELIVERED: 3}
    assert len(fed.store.handed_out(sent[0])) == 1
    emitted = fed.store.emissions("adapter")
    assert {one.message_digest for one in emitted} == set(sent)
    key = fed.desk.keys.holder.store_key
    first = next(one for one in emitted if one.message_digest == sent[0])
    opened = open_target(key, "adapter", sent[0], first.target)
    assert opened == f"file {fed.adapter.delivered[0].message_id}"


async def test_what_a_desk_is_given_is_on_record_before_the_system_has_it(
    fed: Fed,
) -> None:
    digest = await fed.world.arrives()
    fed.adapter.fails.append(SystemAwayError("nobody there"))
    with pytest.raises(SystemAwayError):
        await fed.feeder.step()
    assert fed.adapter.delivered == []
    [given] = fed.store.handed_out(digest)
    assert (given.desk, given.agency) == ("adapter", "adapter")


async def test_a_crash_after_the_effect_repeats_the_same_delivery(fed: Fed) -> None:
    await fed.world.arrives()

    def crash(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    fed.feeder.filing.done = crash  # type: ignore[method-assign]
    with pytest.raises(KeyboardInterrupt):
        await fed.feeder.step()
    fed.restart()
    await fed.all()
    first, again = fed.adapter.delivered
    assert first == again


async def test_while_its_system_is_away_the_same_comes_again_for_ever(fed: Fed) -> None:
    sent = [await fed.world.arrives() for _ in range(2)]
    for _ in range(3 * TRIES):
        fed.adapter.fails.append(SystemAwayError("nobody there"))
        with pytest.raises(SystemAwayError):
            await fed.feeder.step()
        fed.restart()
    await fed.all()
    assert fed.digests == sent
    assert fed.store.letters() == []


async def test_what_a_system_rejects_is_a_dead_letter_and_the_next_one_comes(
    fed: Fed,
) -> None:
    sent = [await fed.world.arrives() for _ in range(2)]
    fed.adapter.fails.append(
        RejectedError("no such code", code="bad-code", payload=b"<serial/>")
    )
    await fed.all()
    assert fed.digests == sent[1:]
    [letter] = fed.store.letters()
    assert (letter.code, letter.attempts, letter.way) == (
        "bad-code",
        1,
        LetterWay.DELIVERY,
    )
    key = fed.desk.keys.holder.store_key
    content = open_letter(key, "adapter", letter.key, letter.protected)
    assert content
    assert (content.reason, content.data) == ("no such code", b"<serial/>")
    raw = b"".join(path.read_bytes() for path in fed.world.folder.glob("KEN*"))
    assert b"<serial/>" not in raw
    assert b"no such code" not in raw


async def test_an_adapter_that_fails_is_tried_three_times_more(fed: Fed) -> None:
    sent = [await fed.world.arrives() for _ in range(2)]
    fed.adapter.fails.extend(KeyError("serial 123") for _ in range(TRIES))
    for attempt in range(1, TRIES):
        with pytest.raises(FaultError) as failed:
            await fed.feeder.step()
        assert failed.value.attempts == attempt
        fed.restart()
    await fed.all()
    assert fed.adapter.tries == TRIES + 1
    assert fed.digests == sent[1:]
    [letter] = fed.store.letters()
    assert (letter.code, letter.attempts) == ("fault", TRIES)


async def test_what_takes_the_whole_process_down_each_time_is_a_dead_letter(
    fed: Fed,
) -> None:
    sent = [await fed.world.arrives() for _ in range(2)]
    fed.adapter.fails.extend(KeyboardInterrupt() for _ in range(TRIES))
    for _ in range(TRIES):
        with pytest.raises(KeyboardInterrupt):
            await fed.feeder.step()
        fed.restart()
    await fed.all()
    assert fed.digests == sent[1:]
    assert [one.code for one in fed.store.letters()] == ["fault"]


async def test_an_adapter_that_does_not_answer_counts_as_away(fed: Fed) -> None:
    await fed.world.arrives()
    fed.adapter.waits = asyncio.Event()
    fed.feeder = Feeder(fed.desk, fed.adapter, 0.05)
    with pytest.raises(SystemAwayError):
        await fed.feeder.step()


async def test_handling_above_the_ceiling_is_withheld_and_comes_when_it_is_raised(
    at_node: AdapterWorld,
) -> None:
    low = Fed(at_node, ceiling="TLP:GREEN H1")
    for handling in ("TLP:AMBER", "TLP:GREEN H2", "TLP:GREEN PAP:RED"):
        await at_node.arrives(handling=handling)
    fits = await at_node.arrives(handling="TLP:GREEN H1")
    await low.all()
    assert low.digests == [fits]
    letters = low.store.letters()
    assert [one.code for one in letters] == ["above-ceiling"] * 3
    assert low.store.handed_out(letters[0].message_digest) == []
    high = Fed(at_node, ceiling="TLP:AMBER")
    for letter in letters:
        high.store.settle_letter(letter.number, LetterState.REPLAY, 9)
    await high.all()
    assert high.digests == [letters[0].message_digest]
    states = [one.state for one in high.store.letters()]
    assert states == [LetterState.SETTLED, LetterState.WAITING, LetterState.WAITING]


async def test_an_agency_the_provider_does_not_name_is_given_nothing(fed: Fed) -> None:
    named = Restrictions(release_to=("Police",))
    await fed.world.arrives(handling=Handling(tlp=Tlp.GREEN, restrictions=named))
    await fed.all()
    assert fed.digests == []
    assert [one.code for one in fed.store.letters()] == ["looser-handling"]


async def test_an_adapter_that_loosens_handling_is_given_nothing_more(fed: Fed) -> None:
    for _ in range(2):
        await fed.world.arrives(handling="TLP:AMBER")
    fed.adapter.marks = Handling(tlp=Tlp.CLEAR)
    with pytest.raises(HaltedError):
        await fed.all()
    assert len(fed.adapter.delivered) == 1
    assert [one.code for one in fed.store.letters()] == ["looser-emission"]
    assert [one.topic for one in fed.store.alarms()] == ["adapter"]


async def test_what_is_taken_back_is_withdrawn_there_and_the_desk_told(
    fed: Fed,
) -> None:
    kept, digest = await fed.world.arrives(), await fed.world.arrives()
    await fed.all()
    await fed.world.taken_back(digest)
    await fed.all()
    [withdrawal] = fed.adapter.withdrawn
    assert (withdrawal.message_digest, withdrawal.destroy) == (digest, True)
    [notice] = fed.store.desk_notices_about(digest)
    assert notice.told_by == "adapter adapter"
    assert fed.digests == [kept, digest]


async def test_what_was_taken_back_before_it_was_given_never_comes(fed: Fed) -> None:
    digest = await fed.world.arrives()
    await fed.world.taken_back(digest)
    await fed.all()
    assert fed.adapter.delivered == []
    assert fed.adapter.withdrawn == []
    assert fed.store.letters() == []


async def test_a_withdrawal_that_the_system_refuses_leaves_the_desk_untold(
    fed: Fed,
) -> None:
    digest = await fed.world.arrives()
    await fed.all()
    await fed.world.taken_back(digest)
    fed.adapter.fails.append(RejectedError("not allowed there"))
    await fed.all()
    [notice] = fed.store.desk_notices_about(digest)
    assert notice.told_ms is None
    [letter] = fed.store.letters()
    assert letter.way is LetterWay.WITHDRAWAL
    fed.store.settle_letter(letter.number, LetterState.REPLAY, 9)
    await fed.all()
    assert [one.message_digest for one in fed.adapter.withdrawn] == [digest]
    [notice] = fed.store.desk_notices_about(digest)
    assert notice.told_ms is not None


async def test_what_the_node_destroys_at_the_end_of_its_time_is_withdrawn_too(
    fed: Fed,
) -> None:
    digest = await fed.world.arrives("route-intelligence")
    await fed.all()
    fed.world.parties.clock.at_ms += 4000 * 86_400_000
    desk = fed.world.side.retention(RetentionRules())
    plan = desk.plan()
    assert list(desk.run(plan, plan.digest))
    await fed.all()
    assert [one.message_digest for one in fed.adapter.withdrawn] == [digest]


async def test_letters_and_proposals_go_with_the_message_they_are_about(
    fed: Fed,
) -> None:
    digest = await fed.world.arrives()
    fed.adapter.fails.append(RejectedError("no", payload=b"what it said"))
    await fed.all()
    await fed.world.taken_back(digest)
    [letter] = fed.store.letters(None, None)
    assert (letter.state, letter.protected) == (LetterState.DROPPED, b"")
