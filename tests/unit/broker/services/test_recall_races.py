"""What is taken back at the very moment at which something else is done with it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from broker.core.codec.recall import encode_attestation
from broker.core.errors import Code, RefusedError
from broker.core.model import Stage
from broker.core.onward import ONWARD_KIND
from broker.core.protocol_kinds import ATTESTATION
from broker.core.recalls.recall import Attestation, Notice, Outcome
from broker.core.recalls.taken_back import Hold, NoticeState, ReceivedNotice
from broker.core.reviews.clocks import ReceiptClocks
from broker.services.receipt_watch import ReceiptWatch
from keys.identity import HUB
from tests import world
from tests.unit.broker.services.recall_world import (
    ERROR,
    HOUR_MS,
    RecallWorld,
    Side,
    as_sealed,
    forward,
    gone,
    sent,
)
from tests.world import BEL, KEN, MEX, NOW_MS


@pytest.fixture
def parties(tmp_path: Path) -> Iterator[RecallWorld]:
    made = RecallWorld(tmp_path)
    for party in (KEN, BEL, MEX):
        made.side(party)
    yield made
    made.close()


def held(digest: bytes) -> Hold:
    return Hold(message_digest=digest, authority="Court of Appeal", at_ms=NOW_MS)


def note(side: Side, digest: bytes) -> None:
    """Has a notice about a message opened at once."""
    notice = Notice(message_digest=digest, reason=ERROR)
    side.store.note_notice(
        ReceivedNotice(
            digest=b"n" * 32,
            origin=KEN,
            notice=notice,
            received_ms=NOW_MS,
            state=NoticeState.WAITING,
        )
    )


async def test_what_is_taken_back_while_it_is_passed_on_does_not_leave(
    parties: RecallWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    bel = parties.sides[BEL]
    message = await sent(parties)
    real = bel.store.store_sealed

    def taken_back_first(*values: Any) -> object:  # noqa: ANN401 - handed on
        note(bel, message.message_digest)
        return real(*values)

    monkeypatch.setattr(bel.store, "store_sealed", taken_back_first)
    with pytest.raises(RefusedError) as refused:
        forward(bel, message.message_digest, (MEX,))
    assert refused.value.code is Code.RECALLED
    assert bel.store.sent_of_kind(ONWARD_KIND) == []


async def test_a_second_notice_hides_nobody_who_had_it(parties: RecallWorld) -> None:
    ken, bel = parties.sides[KEN], parties.sides[BEL]
    message = await sent(parties)
    forward(bel, message.message_digest, (MEX,))
    await parties.settle()
    ken.recall(message)
    await parties.settle()
    parties.clock.at_ms += HOUR_MS
    right = ken.send((BEL,))
    replaced = Notice(
        message_digest=message.message_digest,
        replacement=right.message_digest,
        reason=ERROR,
        destroy=True,
    )
    ken.desk.send(message, replaced)
    await parties.settle()
    [standing] = ken.standing(message)
    assert standing.since_ms == parties.clock.at_ms
    assert [one.party for one in standing.downstream] == [MEX]


async def test_a_copy_that_the_law_keeps_outlives_the_recall_of_its_original(
    parties: RecallWorld,
) -> None:
    ken, bel, mex = (parties.sides[one] for one in (KEN, BEL, MEX))
    message = await sent(parties)
    copy = forward(bel, message.message_digest, (MEX,))
    await parties.settle()
    assert bel.store.keep_by_law(held(copy.message_digest))
    ken.recall(message)
    await parties.settle()
    assert gone(bel, message.message_digest)
    assert gone(mex, copy.message_digest)
    assert bel.sent(copy.message_digest).protected_key
    assert bel.store.end_hold(copy.message_digest, NOW_MS)
    assert not bel.sent(copy.message_digest).protected_key


async def test_a_hold_laid_at_the_last_moment_keeps_the_content(
    parties: RecallWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    ken, bel = parties.sides[KEN], parties.sides[BEL]
    message = await sent(parties)
    digest = message.message_digest
    real = bel.store.carry_out

    def held_first(*values: Any, **named: Any) -> bool:  # noqa: ANN401 - handed on
        bel.store.keep_by_law(held(digest))
        return real(*values, **named)

    monkeypatch.setattr(bel.store, "carry_out", held_first)
    ken.recall(message)
    await parties.settle()
    assert not gone(bel, digest)
    [standing] = ken.standing(message)
    assert standing.outcome is Outcome.KEPT_BY_LAW


async def test_what_is_destroyed_cannot_be_kept(parties: RecallWorld) -> None:
    ken, bel = parties.sides[KEN], parties.sides[BEL]
    message = await sent(parties)
    ken.recall(message)
    await parties.settle()
    assert not bel.store.keep_by_law(held(message.message_digest))
    assert bel.store.hold_on(message.message_digest) is None


async def test_a_recall_settles_the_alarms_about_its_acknowledgement(
    parties: RecallWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    ken, bel = parties.sides[KEN], parties.sides[BEL]
    clocks = ReceiptClocks(acknowledged_ms=HOUR_MS)
    monkeypatch.setattr(
        ReceiptClocks, "until_acknowledged_ms", lambda self, _kind: self.acknowledged_ms
    )
    message = await sent(parties)
    accepted = world.receipt(as_sealed(message), Stage.ACCEPTED, HUB)
    ken.node.tell(accepted)
    await parties.settle()
    watches = [
        ReceiptWatch(side.store, parties.clock, clocks, parties.clock.now_ms)
        for side in (ken, bel)
    ]
    parties.clock.at_ms += 2 * HOUR_MS
    assert [watch.look() for watch in watches] == [1, 1]
    ken.recall(message)
    await parties.settle()
    for watch, side in zip(watches, (ken, bel), strict=True):
        [alarm] = side.store.sounded_alarms(only_open=True)
        assert Stage.ACKNOWLEDGED.name in alarm.alarm.text
        watch.look()
        assert alarm.number not in {
            one.number for one in side.store.sounded_alarms(only_open=True)
        }


async def test_who_attests_another_thing_later_raises_an_alarm(
    parties: RecallWorld,
) -> None:
    ken, bel = parties.sides[KEN], parties.sides[BEL]
    message = await sent(parties)
    notice = ken.recall(message)
    await parties.settle()
    ken.watch.follow_up()
    assert ken.alarms() == []
    parties.clock.at_ms += HOUR_MS
    said = Attestation(
        notice_digest=notice,
        message_digest=message.message_digest,
        outcome=Outcome.KEPT_BY_LAW,
        at_ms=parties.clock.at_ms,
    )
    bel.send((KEN,), encode_attestation(said), ATTESTATION, in_reply_to=notice)
    await parties.settle()
    ken.watch.follow_up()
    assert "BEL keeps the content by law" in ken.alarms()[0]
