"""What was refused once is taken when it is mended; what is over is given up."""

import pytest
import structlog
from structlog.testing import capture_logs

from adapters.errors import RejectedError, SystemAwayError
from adapters.values import Consumed, Delivery, Proposal, Received, Submission
from broker.app.adapters import desk as desks
from broker.app.adapters.feeding import FaultError
from broker.core.adapting import LetterState
from broker.core.errors import StoreError
from broker.core.handling import Handling, Restrictions, Tlp
from tests.adapter_world import example_document
from tests.unit.broker.app.adapters.fed import Fed


async def test_what_came_in_and_was_mended_is_taken_in_again(fed: Fed) -> None:
    came = Received(key="../in.xml", data=b"<x", media_type="a/xml", source="post 1")
    number = await fed.desk.set_aside(came, RejectedError("cut off", code="cut-off"))
    assert await fed.desk.set_aside(came, RejectedError("cut off")) == number
    letter = fed.store.letter(number)
    assert letter is not None
    assert "in.xml" not in letter.key
    fed.store.settle_letter(number, LetterState.REPLAY, 9)
    fed.adapter.fails.append(RejectedError("still cut off", code="cut-off"))
    await fed.all()
    assert fed.adapter.mended == []
    fed.store.settle_letter(number, LetterState.REPLAY, 9)
    await fed.all()
    assert fed.adapter.mended == [came]
    letter = fed.store.letter(number)
    assert letter is not None
    assert (letter.state, letter.protected) == (LetterState.SETTLED, b"")


async def test_what_may_be_kept_no_longer_is_withdrawn_by_itself(fed: Fed) -> None:
    days = Restrictions(retention_days=30)
    bound = Handling(tlp=Tlp.GREEN, restrictions=days)
    digest, other = await fed.world.arrives(handling=bound), await fed.world.arrives()
    await fed.all()
    assert fed.adapter.delivered[0].keep_until_ms is not None
    fed.world.parties.clock.at_ms += 31 * 86_400_000
    fed.adapter.fails.append(SystemAwayError("nobody there"))
    with pytest.raises(SystemAwayError):
        await fed.all()
    fed.restart()
    await fed.all()
    [withdrawal] = fed.adapter.withdrawn
    assert (withdrawal.message_digest, withdrawal.destroy) == (digest, True)
    assert fed.digests == [digest, other]


async def test_an_expiry_that_the_system_refuses_waits_for_a_person(fed: Fed) -> None:
    bound = Handling(tlp=Tlp.GREEN, restrictions=Restrictions(retention_days=30))
    await fed.world.arrives(handling=bound)
    await fed.all()
    fed.world.parties.clock.at_ms += 31 * 86_400_000
    fed.adapter.fails.append(RejectedError("not allowed there"))
    await fed.all()
    [letter] = fed.store.letters()
    fed.store.settle_letter(letter.number, LetterState.REPLAY, 9)
    await fed.all()
    assert len(fed.adapter.withdrawn) == 1


async def test_where_nobody_looks_no_more_letters_are_taken(
    fed: Fed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desks, "MOST_WAITING", 2)

    async def aside(key: str) -> int:
        came = Received(key=key, data=b"<", media_type="", source="post 1")
        return await fed.desk.set_aside(came, RejectedError("cut off"))

    assert [await aside("a"), await aside("b")] == [1, 2]
    with pytest.raises(StoreError, match="wait for a person"):
        await aside("c")
    assert await aside("b") == 2  # of what is kept already nothing more is kept
    fed.store.settle_letter(1, LetterState.DROPPED, 9)
    assert await aside("c") > 2


async def test_dead_letters_do_not_fill_the_disk(
    fed: Fed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desks, "MOST_WAITING_SIZE", 10_000)

    async def aside(key: str) -> int:
        came = Received(key=key, data=b"<" * 6_000, media_type="", source="post 1")
        return await fed.desk.set_aside(came, RejectedError("cut off"))

    assert [await aside("a"), await aside("b")] == [1, 2]
    with pytest.raises(StoreError, match="wait for a person"):
        await aside("c")
    fed.store.settle_letter(1, LetterState.DROPPED, 9)
    assert await aside("c") == 3


async def test_a_proposal_that_is_there_is_not_refused_for_want_of_room(
    fed: Fed, monkeypatch: pytest.MonkeyPatch
) -> None:
    def proposal(key: str) -> Proposal:
        submission = Submission(
            key=key,
            kind="stock-loss/1",
            content=example_document("stock-loss"),
            handling="TLP:AMBER",
        )
        return Proposal(submission=submission, title="A loss", reasons=())

    first = await fed.desk.propose(proposal("a"))
    monkeypatch.setattr(desks, "MOST_WAITING_SIZE", 1)
    assert await fed.desk.propose(proposal("a")) == first
    with pytest.raises(StoreError, match="wait for a person"):
        await fed.desk.propose(proposal("b"))


async def test_an_adapter_that_wants_to_end_the_process_only_fails(fed: Fed) -> None:
    await fed.world.arrives()
    fed.adapter.fails.append(SystemExit(1))
    with pytest.raises(FaultError):
        await fed.all()
    await fed.all()
    assert len(fed.adapter.delivered) == 1


async def test_why_a_delivery_was_not_given_out_is_in_the_log(
    fed: Fed, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def passes_over(_: Delivery) -> Consumed:
        return Consumed(note="no bureau is named for BEL")

    monkeypatch.setattr(type(fed.adapter), "deliver", lambda _, it: passes_over(it))
    digest = await fed.world.arrives()
    before = structlog.get_config()
    structlog.reset_defaults()  # another test may have asked for warnings only
    try:
        with capture_logs() as said:
            await fed.all()
    finally:
        structlog.configure(**before)
    [one] = [one for one in said if one["event"] == "nothing given out"]
    assert one["why"] == "no bureau is named for BEL"
    assert one["message"] == digest.hex()[:16]
