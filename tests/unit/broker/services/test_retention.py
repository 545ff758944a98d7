"""Retention destroys what a person has seen to be due, all of it, and nothing else."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from broker.core.codec.permission import encode_copy
from broker.core.errors import RefusedError, StoreConflictError
from broker.core.handling import Handling, Restrictions, Tlp
from broker.core.onward import ONWARD_KIND
from broker.core.permissions import Copy
from broker.core.recalls.recall import Outcome
from broker.core.recalls.retention import Fate, RecordClass, RetentionRules
from broker.core.recalls.taken_back import Hold
from tests import world
from tests.unit.broker.services.recall_world import RecallWorld, Side
from tests.unit.broker.services.test_node_opening import policy, under
from tests.world import BEL, DAY_MS, KEN, MEX, NOW_MS

BRIEF = Handling(tlp=Tlp.GREEN, restrictions=Restrictions(retention_days=30))
SHORT = RetentionRules(days={RecordClass.PROTOCOL: 30})
RECORDS_GO = RetentionRules(days={RecordClass.RECORD: 20 * 366})
AFTER_ALL_MS = 20 * 366 * DAY_MS


@pytest.fixture
def parties(tmp_path: Path) -> Iterator[RecallWorld]:
    made = RecallWorld(tmp_path)
    made.side(KEN)
    made.side(BEL)
    yield made
    made.close()


def destroy(side: Side, rules: RetentionRules) -> list[int]:
    desk = side.retention(rules)
    plan = desk.plan()
    return list(desk.run(desk.confirmed(plan.digest), plan.digest))


async def test_what_is_due_goes_at_both_ends_and_can_not_be_read(
    parties: RecallWorld,
) -> None:
    ken, bel = parties.sides[KEN], parties.sides[BEL]
    message = ken.send((BEL,))
    await parties.settle()
    parties.clock.at_ms += AFTER_ALL_MS
    assert destroy(bel, RECORDS_GO) == [1]
    assert destroy(ken, RECORDS_GO) == [1]
    for side, one in (
        (bel, bel.received(message.message_digest)),
        (ken, ken.sent(message.message_digest)),
    ):
        with pytest.raises(RefusedError, match="end of its time"):
            side.holdings.content(one)
    assert destroy(bel, RECORDS_GO) == []


async def test_receipts_and_headers_are_never_destroyed(parties: RecallWorld) -> None:
    ken = parties.sides[KEN]
    message = ken.send((BEL,))
    await parties.settle()
    before = ken.store.ledger(message.message_digest)
    parties.clock.at_ms += AFTER_ALL_MS
    destroy(ken, RECORDS_GO)
    assert ken.store.ledger(message.message_digest) == before
    assert ken.sent(message.message_digest).header == message.header


async def test_a_conflict_is_listed_and_left_alone(parties: RecallWorld) -> None:
    ken, bel = parties.sides[KEN], parties.sides[BEL]
    message = ken.send((BEL,), handling=BRIEF)
    await parties.settle()
    parties.clock.at_ms += 31 * DAY_MS
    plan = bel.retention().plan()
    assert plan.due == ()
    [conflict] = plan.conflicts
    assert conflict.kept.message_digest == message.message_digest
    assert conflict.rule == "provider"
    # At its origin it is the origin's own: the restriction binds others.
    assert ken.retention().plan().conflicts == ()


async def test_what_is_held_is_listed_and_left_alone(parties: RecallWorld) -> None:
    ken, bel = parties.sides[KEN], parties.sides[BEL]
    message = ken.send((BEL,))
    await parties.settle()
    bel.store.keep_by_law(
        Hold(message_digest=message.message_digest, authority="Court", at_ms=NOW_MS)
    )
    parties.clock.at_ms += AFTER_ALL_MS
    plan = bel.retention(RECORDS_GO).plan()
    assert plan.due == ()
    assert [one.fate for one in plan.held] == [Fate.HELD]


async def test_something_else_than_was_shown_is_not_destroyed(
    parties: RecallWorld,
) -> None:
    ken, bel = parties.sides[KEN], parties.sides[BEL]
    ken.send((BEL,))
    await parties.settle()
    parties.clock.at_ms += 300 * DAY_MS
    ken.send((BEL,))
    await parties.settle()
    parties.clock.at_ms += AFTER_ALL_MS - 300 * DAY_MS
    desk = bel.retention(RECORDS_GO)
    shown = desk.plan()
    assert shown.count == 1
    parties.clock.at_ms += 300 * DAY_MS
    with pytest.raises(StoreConflictError, match="something else is due"):
        desk.confirmed(shown.digest)


async def test_a_run_that_was_cut_off_goes_on(
    parties: RecallWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("broker.services.retention._BATCH", 1)
    ken, bel = parties.sides[KEN], parties.sides[BEL]
    for _ in range(3):
        ken.send((BEL,))
    await parties.settle()
    parties.clock.at_ms += AFTER_ALL_MS
    desk = bel.retention(RECORDS_GO)
    plan = desk.plan()
    begun = desk.run(plan, plan.digest)
    assert next(begun) == 1
    del begun
    again = bel.retention(RECORDS_GO)
    rest = again.confirmed(plan.digest)
    assert rest.count == 2
    assert list(again.run(rest, plan.digest)) == [1, 2]
    assert len(bel.store.destroyed_by(plan.digest)) == 3
    assert again.confirmed(plan.digest).count == 0


async def test_a_copy_is_of_the_class_of_what_it_passes_on(
    parties: RecallWorld,
) -> None:
    ken, bel = parties.sides[KEN], parties.sides[BEL]
    card = Copy(
        provider=MEX,
        message_digest=b"m" * 32,
        handling=BRIEF,
        kind=world.KIND,
        body=world.body(),
    )
    under(bel.node, policy())
    sealed = world.sealed(
        KEN, (BEL,), kind=ONWARD_KIND, handling=BRIEF, content=encode_copy(card)
    )
    bel.node.deliver(sealed)
    await parties.settle()
    assert ken.store.sent() == []
    [judged] = list(bel.retention().judgements())
    assert judged.kept.kind == world.KIND
    assert judged.record_class is RecordClass.RECORD


async def test_a_recall_of_what_retention_destroyed_says_it_was_gone_before(
    parties: RecallWorld,
) -> None:
    ken, bel = parties.sides[KEN], parties.sides[BEL]
    message = ken.send((BEL,))
    await parties.settle()
    parties.clock.at_ms += AFTER_ALL_MS
    destroy(bel, RECORDS_GO)
    parties.clock.at_ms = NOW_MS  # keys of this world are valid for a year
    ken.recall(message)
    await parties.settle()
    assert ken.standing(message)[0].outcome is Outcome.GONE_BEFORE


async def test_what_was_refused_goes_as_what_only_kept_the_exchange(
    parties: RecallWorld,
) -> None:
    bel = parties.sides[BEL]
    sealed = world.sealed(KEN, (BEL,), content=b"no content of its kind")
    bel.node.deliver(sealed)
    await parties.settle()
    assert bel.node.state(sealed)[0] == "refused"
    parties.clock.at_ms += 30 * DAY_MS
    assert destroy(bel, SHORT) == [1]
