"""Releases under repetition, crashes, full disks and forgery in the store itself."""

import asyncio
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from broker.core.codec.approvals import encode_signed_approval
from broker.core.envelope import Sealed
from broker.core.errors import Code, RefusedError, StoreFullError
from broker.core.pending import Pending, PendingState
from broker.core.releases import SignedApproval, Verdict
from broker.infra import outgoing_store
from broker.infra.node_store import NodeStore
from broker.services.pending_vault import protect_approval
from keys.framing import sha256
from tests import world
from tests.officers import AMINA, BRIAN, CHEN, officer_signer, said
from tests.unit.broker.services.pending_world import (
    DOCUMENT,
    PendingWorld,
)
from tests.world import DAY_MS, KEN, XPO


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "node.sqlite3"


@pytest.fixture
def node(path: Path) -> Iterator[PendingWorld]:
    store = NodeStore(path)
    yield PendingWorld(store)
    store.close()


def sent(node: PendingWorld) -> list[tuple[str, ...]]:
    return [message.header.parties for message in reversed(node.store.sent())]


def test_the_same_statement_twice_is_one(node: PendingWorld) -> None:
    pending = node.hold()
    signed = node.statement(pending, AMINA)
    node.desk.say(pending, signed)
    node.desk.say(pending, signed)
    assert len(node.store.approvals_of(pending.pending_id)) == 1
    assert sent(node) == []


def test_killed_between_the_last_approval_and_the_sending_it_is_sent_once(
    node: PendingWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    pending = node.hold()
    node.say(pending, AMINA)

    class Killed(BaseException):
        """As if the process ended here."""

    def killed(*_: object) -> tuple[Sealed, ...]:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(NodeStore, "store_released", killed)
        with pytest.raises(Killed):
            node.say(pending, BRIAN)
    assert node.found(pending).state is PendingState.WAITING
    for _ in range(3):
        node.desk.step()
    assert sent(node) == [(XPO,)]
    assert node.desk.release(pending.pending_id) == ()


def _no_room(_: object) -> bytes:
    raise StoreFullError("no room")


def test_a_full_disk_leaves_it_waiting_and_nothing_half_sent(
    node: PendingWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    pending = node.hold()
    node.say(pending, AMINA)
    signed = node.statement(pending, BRIAN)
    with monkeypatch.context() as patched:
        patched.setattr(outgoing_store, "encode_submission", _no_room)
        with pytest.raises(StoreFullError):
            node.desk.say(pending, signed)
    assert len(node.store.approvals_of(pending.pending_id)) == 2
    assert node.found(pending).state is PendingState.WAITING
    assert sent(node) == []
    assert len(node.desk.say(pending, signed)) == 1


def test_two_officers_at_the_same_moment_send_it_once(
    node: PendingWorld, path: Path
) -> None:
    for _ in range(5):
        pending = node.hold()
        before = len(node.store.sent())
        stores = [NodeStore(path) for _ in range(2)]
        worlds = [PendingWorld(store, node.trust) for store in stores]
        statements = [
            said(officer, pending.digest, at_ms=node.clock.at_ms)
            for officer in (AMINA, BRIAN)
        ]
        start, counts = threading.Barrier(2), [0, 0]

        def approve(which: int) -> None:
            start.wait()  # noqa: B023 - joined within the loop
            done = worlds[which].desk.say(pending, statements[which])  # noqa: B023
            counts[which] = len(done)  # noqa: B023

        threads = [threading.Thread(target=approve, args=(n,)) for n in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for store in stores:
            store.close()
        assert sum(counts) == 1
        assert len(node.store.sent()) == before + 1


def test_what_waits_is_stored_under_the_nodes_key_only(
    node: PendingWorld, path: Path
) -> None:
    canary = "a word that is nowhere else"
    pending = node.hold(replace(DOCUMENT, body=world.body(canary)))
    node.say(pending, AMINA, Verdict.REJECT)
    stored = b"".join(
        one.read_bytes() for one in path.parent.iterdir() if one.is_file()
    )
    assert canary.encode() not in stored
    assert b"the source asked us not to" not in stored
    assert node.desk.look(pending).held.body == world.body(canary)


def test_one_that_cannot_be_sealed_does_not_keep_the_others_back(
    node: PendingWorld,
) -> None:
    large = replace(DOCUMENT, lifetime_ms=DAY_MS)
    first, second = node.hold(large), node.hold()
    for pending in (first, second):
        node.say(pending, AMINA)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(NodeStore, "store_released", _refuse)
        for pending in (first, second):
            with pytest.raises(RefusedError, match="oversize"):
                node.say(pending, BRIAN)
        node.desk.step()
    assert sent(node) == []
    node.desk.step()
    assert sent(node) == [(XPO,), (XPO,)]


def _refuse(*_: object) -> tuple[Sealed, ...]:
    raise RefusedError(Code.OVERSIZE)


def test_what_was_forged_in_the_store_itself_releases_nothing(
    node: PendingWorld,
) -> None:
    pending = node.hold()
    for officer in (AMINA, BRIAN):
        forged = node.statement(pending, officer, signer=officer_signer(CHEN))
        keep(node, pending, forged)
        node.clock.at_ms += 1
    node.desk.step()
    waiting = node.desk.look(pending)
    assert "does not verify" in waiting.obstacle
    assert waiting.forged
    assert sent(node) == []
    assert len(node.store.alarms()) == 1


def test_what_cannot_be_planned_any_more_waits_and_takes_no_approval(
    node: PendingWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    pending = node.hold()
    signed = node.statement(pending, AMINA)

    def unreadable(*_: object) -> None:
        raise RefusedError(Code.INVALID_CONTENT, "not of its kind")

    monkeypatch.setattr("broker.services.dispatch.decode_document", unreadable)
    waiting = node.desk.look(pending)
    assert (waiting.plan, waiting.changed) == (None, True)
    assert "not of its kind" in waiting.obstacle
    with pytest.raises(RefusedError, match="not of its kind"):
        node.desk.say(pending, signed)
    node.desk.step()
    assert sent(node) == []


def keep(node: PendingWorld, pending: Pending, signed: SignedApproval) -> None:
    """Stores what an officer said as a command does, and no more."""
    node.store.store_approval(
        pending.pending_id,
        sha256(encode_signed_approval(signed)),
        protect_approval(world.holder(KEN).store_key, pending.pending_id, signed),
        node.clock.at_ms,
    )


async def test_when_the_store_fails_the_desk_goes_on(
    node: PendingWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    failed, stop = asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()

    def fail(*_: object) -> None:
        loop.call_soon_threadsafe(failed.set)
        raise StoreFullError("no room")

    monkeypatch.setattr(NodeStore, "pending", fail)
    running = asyncio.create_task(node.desk.run(stop, poll_s=0.01))
    async with asyncio.timeout(10):
        await failed.wait()
        stop.set()
        await running


async def test_the_running_node_sends_what_a_command_left(node: PendingWorld) -> None:
    pending, stop = node.hold(), asyncio.Event()
    running = asyncio.create_task(node.desk.run(stop, poll_s=0.01))
    await asyncio.to_thread(node.say, pending, AMINA)
    signed = node.statement(pending, BRIAN)
    keep(node, pending, signed)
    async with asyncio.timeout(10):
        while node.found(pending).state is PendingState.WAITING:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    stop.set()
    await running
    assert sent(node) == [(XPO,)]


def test_a_document_that_nobody_could_get_at_all_is_not_held(
    node: PendingWorld,
) -> None:
    with pytest.raises(RefusedError):
        node.desk.hold(replace(DOCUMENT, recipients=()))
    assert node.store.pending() == []


def test_approvals_lapse_one_by_one(node: PendingWorld) -> None:
    pending = node.hold()
    node.say(pending, AMINA)
    node.clock.at_ms += 2 * DAY_MS
    assert node.say(pending, BRIAN) == 0
    assert node.say(pending, CHEN) == 1
