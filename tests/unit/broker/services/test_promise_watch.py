"""Each promise of the hub is looked up when it is due; a broken one is an alarm."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

import pytest
from structlog.testing import capture_logs

from broker.core.codec.desk import LogAnswer, LogQuestion
from broker.core.codec.receipts import encode_receipt
from broker.core.errors import BusUnavailableError, ProofError
from broker.core.model import Stage
from broker.core.records import LedgerLine
from broker.infra import promise_store
from broker.infra.node_store import NodeStore
from broker.services.audit_check import Missing, Proven
from broker.services.promise_watch import (
    GRACE_MS,
    TOPIC,
    PromiseWatch,
    PromiseWatchPorts,
)
from keys.framing import sha256
from keys.identity import HUB
from tests import world
from tests.unit.broker.infra.stored_messages import line
from tests.unit.broker.services.memory_log import MemoryLog
from tests.witnesses import NAMES, cosigned, federation
from tests.world import BEL, NOW_MS, FakeClock

HOUR_MS: Final = 3_600_000


@dataclass(slots=True)
class Hub:
    """A hub that has logged some receipts, as witnesses and as it itself say.

    Attributes:
        answer: What it says of its newest tree; None: that it has nothing there.
        note: The state of the log that counts.
        wrong: Messages about which it proves nonsense.
    """

    cosigned: set[bytes] = field(default_factory=set)
    answer: LogAnswer | None = None
    note: str = ""
    wrong: set[bytes] = field(default_factory=set)
    quorum: int = 2
    asked: list[bytes] = field(default_factory=list)
    error: Exception | None = None
    looked: asyncio.Event = field(default_factory=asyncio.Event)

    async def prove(self, one: LedgerLine) -> Proven | Missing:
        """Proves that a receipt is in the log that counts."""
        self.looked.set()
        if self.error is not None:
            raise self.error
        digest = one.receipt.message_digest
        self.asked.append(digest)
        if digest in self.wrong:
            raise ProofError("nonsense")
        if digest in self.cosigned:
            return Proven(receipt=one.receipt, index=1, checkpoint="", path=())
        return Missing(receipt=one.receipt, overdue=True, checkpoint=self.note)

    async def ask(self, question: LogQuestion) -> LogAnswer:
        """Says where a leaf is in its newest tree."""
        assert question.quorum == 0
        return self.answer or LogAnswer(checkpoint="")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[NodeStore]:
    opened = NodeStore(tmp_path / "node.sqlite3")
    yield opened
    opened.close()


def accept(store: NodeStore, promised_ms: int = NOW_MS + HOUR_MS) -> bytes:
    """Has the store hold a promise; returns the message."""
    receipt = world.receipt(
        world.sealed(),
        Stage.ACCEPTED,
        by=HUB,
        message_digest=sha256(str(promised_ms).encode()),
        logged_by_ms=promised_ms,
    )
    store.store_receipts([line(receipt)])
    return receipt.message_digest


def watch(store: NodeStore, hub: Hub, clock: FakeClock) -> PromiseWatch:
    return PromiseWatch(
        PromiseWatchPorts(
            store=store,
            prove=hub.prove,
            ask=hub.ask,
            federation=lambda: federation(quorum=hub.quorum),
            clock=clock,
        )
    )


LATER: Final = FakeClock(NOW_MS + HOUR_MS + GRACE_MS + 1)


def alarms(store: NodeStore) -> list[str]:
    return [one.text for one in store.alarms() if one.topic == TOPIC]


async def test_nothing_is_asked_before_a_promise_has_run_out(store: NodeStore) -> None:
    hub = Hub()
    accept(store)
    store.store_receipts([line(world.receipt(world.sealed(), Stage.OPENED, by=BEL))])
    assert not await watch(store, hub, FakeClock(NOW_MS + HOUR_MS + GRACE_MS)).step()
    assert hub.asked == []


async def test_a_kept_promise_is_looked_up_once(store: NodeStore) -> None:
    hub = Hub(cosigned={accept(store)})
    for _ in range(2):
        await watch(store, hub, LATER).step()
    assert len(hub.asked) == 1
    assert alarms(store) == []


async def test_a_broken_promise_is_one_alarm_also_after_a_restart(
    store: NodeStore,
) -> None:
    hub = Hub()
    digest = accept(store)
    for _ in range(3):
        await watch(store, hub, LATER).step()
    [text] = alarms(store)
    assert digest.hex()[:16] in text
    assert "rogatory audit verify" in text
    assert store.count_broken_promises() == 1


def logged(store: NodeStore, digest: bytes) -> LogAnswer:
    """Returns what an honest hub says of a receipt that is in its log."""
    log = MemoryLog()
    [held] = store.ledger(digest)
    log.add(b"another", held.receipt_bytes, b"one more")
    head = log.head()
    return LogAnswer(
        checkpoint=head.checkpoint, index=1, inclusion=log.inclusion(1, head.size)
    )


async def test_witnesses_who_are_behind_are_waited_for(store: NodeStore) -> None:
    digest = accept(store)
    hub = Hub(answer=logged(store, digest))
    assert not await watch(store, hub, LATER).step()
    assert alarms(store) == []
    hub.cosigned.add(digest)
    await watch(store, hub, LATER).step()
    await watch(store, hub, LATER).step()
    assert len(hub.asked) == 2


@pytest.mark.parametrize(
    "lie",
    [
        lambda answer: replace(answer, index=0),
        lambda answer: replace(answer, inclusion=()),
        lambda answer: replace(answer, checkpoint=""),
        lambda answer: replace(
            answer, checkpoint=answer.checkpoint.replace("\n3\n", "\n4\n")
        ),
    ],
    ids=["place", "path", "no checkpoint", "unsigned"],
)
async def test_a_hub_cannot_put_off_the_alarm_by_its_word(
    store: NodeStore, lie: Callable[[LogAnswer], LogAnswer]
) -> None:
    hub = Hub(answer=lie(logged(store, accept(store))))
    await watch(store, hub, LATER).step()
    assert len(alarms(store)) == 1


async def test_where_no_witness_is_asked_for_nobody_is_waited_for(
    store: NodeStore,
) -> None:
    hub = Hub(answer=logged(store, accept(store)), quorum=0)
    await watch(store, hub, LATER).step()
    assert len(alarms(store)) == 1


async def test_nonsense_about_one_promise_does_not_hide_another(
    store: NodeStore,
) -> None:
    wrong, broken = accept(store), accept(store, NOW_MS + HOUR_MS + 1)
    hub = Hub(wrong={wrong})
    with pytest.raises(ProofError, match="nonsense"):
        await watch(store, hub, FakeClock(LATER.at_ms + 1)).step()
    [text] = alarms(store)
    assert broken.hex()[:16] in text


async def test_nonsense_about_a_broken_one_does_not_hide_the_state_of_another(
    store: NodeStore,
) -> None:
    wrong, broken = accept(store), accept(store, NOW_MS + HOUR_MS + 1)
    hub, later = Hub(note=state(3)), FakeClock(LATER.at_ms + 1)
    await watch(store, hub, later).step()
    hub.wrong, hub.note = {wrong}, state(4)
    with pytest.raises(ProofError, match="nonsense"):
        await watch(store, hub, later).step()
    assert store.lacking_notes() == {wrong: state(3), broken: state(4)}


def state(size: int, *names: str, time_ms: int = 0) -> str:
    """Returns a state of the log as some witnesses cosigned it."""
    log = MemoryLog()
    log.add(*(bytes([number]) for number in range(size)))
    return cosigned(log.head().checkpoint, *names, time_s=time_ms // 1000)


async def test_the_last_state_that_lacks_a_promise_is_kept(store: NodeStore) -> None:
    """Afterwards the hub logs it, and says that it was never late."""
    digest = accept(store)
    hub = Hub()
    for hub.note in (state(3, *NAMES[:2], time_ms=NOW_MS), state(4), ""):
        await watch(store, hub, LATER).step()
    assert store.lacking_notes() == {digest: state(4)}
    hub.cosigned.add(digest)
    for _ in range(2):
        await watch(store, hub, LATER).step()
    assert store.lacking_notes() == {digest: state(4)}
    assert len(hub.asked) == 5


async def test_a_state_that_witnesses_saw_late_enough_is_not_followed(
    store: NodeStore,
) -> None:
    digest = accept(store)
    shows = state(3, *NAMES[:2], time_ms=LATER.at_ms + 1000)
    hub = Hub(note=shows)
    for hub.note in (shows, state(4)):
        await watch(store, hub, LATER).step()
    assert store.lacking_notes() == {digest: shows}
    assert len(hub.asked) == 1


async def test_states_of_the_log_cannot_fill_the_disk(
    store: NodeStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(promise_store, "MOST_NOTES", 2)
    for number in range(4):
        store.keep_lacking(bytes([number]), "old", number, is_settled=False)
    store.keep_lacking(bytes(1), "new", 9, is_settled=False)
    assert store.lacking_notes() == {bytes(1): "new", b"\x01": "old"}
    assert store.lacking_promises(5) == [b"\x01", bytes(1)]


async def test_a_crash_between_alarm_and_note_costs_an_alarm_at_most(
    store: NodeStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub, digest = Hub(), accept(store)
    with monkeypatch.context() as patch:
        patch.setattr(NodeStore, "promise_broken", crash)
        with pytest.raises(KeyboardInterrupt):
            await watch(store, hub, LATER).step()
    await watch(store, hub, LATER).step()
    assert digest.hex()[:16] in alarms(store)[0]
    assert store.count_broken_promises() == 1


def crash(*_: object) -> None:
    raise KeyboardInterrupt


async def test_a_whole_history_is_worked_off_in_parts(store: NodeStore) -> None:
    sealed = world.sealed()
    receipts = [
        world.receipt(
            sealed,
            Stage.ACCEPTED,
            by=HUB,
            message_digest=number.to_bytes(32, "big"),
            logged_by_ms=NOW_MS + HOUR_MS,
        )
        for number in range(450)
    ]
    # Signatures are not looked at here, and making them is what takes long.
    signed = line(receipts[0])
    many = [
        replace(signed, receipt=one, receipt_bytes=encode_receipt(one))
        for one in receipts
    ]
    store.store_receipts(many)
    hub = Hub(cosigned={one.receipt.message_digest for one in many})
    watching, steps = watch(store, hub, LATER), 1
    while await watching.step():
        steps += 1
    assert len(hub.asked) == 450
    assert steps == 3


async def test_a_hub_that_is_away_or_lies_is_asked_again_later(
    store: NodeStore,
) -> None:
    accept(store)
    for error, told in (
        (BusUnavailableError("away"), []),
        (ProofError("two roots"), ["two roots"]),
    ):
        hub, stop = Hub(error=error), asyncio.Event()
        with capture_logs() as said:
            running = asyncio.ensure_future(watch(store, hub, LATER).run(stop))
            await hub.looked.wait()
            stop.set()
            await running
        assert [one["reason"] for one in said] == told
    assert alarms(store) == []
    assert store.due_promises(LATER.at_ms, 10)
