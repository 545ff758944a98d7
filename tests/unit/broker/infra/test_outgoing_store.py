"""What a node sends is there whole or not at all, and its links never fork."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from broker.core.codec.receipts import decode_receipt
from broker.core.envelope import Sealed
from broker.core.errors import Code, RefusedError, StoreFullError
from broker.core.model import FIRST_LINK, Link, Receipt, Stage
from broker.core.outgoing import Denial, Letter
from broker.core.records import OutboxItem, Withholding
from broker.infra.node_store import NodeStore
from keys.framing import sha256
from keys.identity import PartyId
from tests import world
from tests.unit.broker.infra.stored_messages import fill_disk, free_disk, letter, send
from tests.world import BEL, KEN, MEX, NOW_MS


@pytest.fixture
def store(tmp_path: Path) -> Iterator[NodeStore]:
    opened = NodeStore(tmp_path / "node.sqlite3")
    yield opened
    opened.close()


def links_seen(store: NodeStore, to: Sequence[PartyId]) -> dict[PartyId, Link]:
    """Sends a message and returns the links it was given."""
    seen: dict[PartyId, Link] = {}

    def seal(links: Mapping[PartyId, Link]) -> Sealed:
        seen.update(links)
        return world.sealed(KEN, to)

    store.store_sealed([letter(to, seal)], None, lambda _: b"", NOW_MS)
    return seen


def test_a_sealed_message_is_kept_and_queued(store: NodeStore) -> None:
    message = send(store)
    found = store.find_sent(message.message_digest)
    assert found is not None
    assert found.header == message.header
    assert found.envelope == message.envelope
    assert found.protected_key == b"protected"
    assert store.sent() == [found]
    expected = OutboxItem(sequence=1, payload=world.submitted(message))
    assert store.waiting(10) == [expected]
    assert store.count_waiting() == 1
    assert store.submitted_ms(message.message_digest) is None
    assert store.find_sent(bytes(32)) is None
    assert store.submitted_ms(bytes(32)) is None


def test_links_count_apart_for_each_recipient(store: NodeStore) -> None:
    assert links_seen(store, [BEL]) == {BEL: FIRST_LINK}
    first = store.sent()[0].message_digest
    second = links_seen(store, [BEL, MEX])
    assert second == {BEL: Link(sequence=2, previous=first), MEX: FIRST_LINK}
    both = store.sent(1)[0].message_digest
    assert links_seen(store, [MEX]) == {MEX: Link(sequence=2, previous=both)}


def test_a_refusal_while_sealing_uses_up_no_link(store: NodeStore) -> None:
    def refuse(_links: Mapping[PartyId, Link]) -> Sealed:
        raise RefusedError(Code.OVERSIZE)

    with pytest.raises(RefusedError):
        store.store_sealed([letter([BEL], refuse)], None, lambda _: b"", NOW_MS)
    assert store.sent() == []
    assert store.count_waiting() == 0
    assert links_seen(store, [BEL]) == {BEL: FIRST_LINK}


def test_parcels_of_one_document_leave_in_order_and_each_with_its_links(
    store: NodeStore,
) -> None:
    send(store, [MEX])
    seen: list[Mapping[PartyId, Link]] = []

    def seal(to: PartyId) -> Letter:
        def with_links(links: Mapping[PartyId, Link]) -> Sealed:
            seen.append(links)
            return world.sealed(KEN, [to], link=links[to])

        return letter([to], with_links)

    sealed = store.store_sealed([seal(BEL), seal(MEX)], None, lambda _: b"k", NOW_MS)
    assert [message.header.parties for message in sealed] == [(BEL,), (MEX,)]
    assert [links[to].sequence for links, to in zip(seen, (BEL, MEX), strict=True)] == [
        *(1, 2)
    ]
    queued = [item.payload for item in store.waiting(10)][1:]
    assert queued == [world.submitted(message) for message in sealed]


def test_a_parcel_that_cannot_be_sealed_takes_all_others_with_it(
    store: NodeStore,
) -> None:
    def refuse(_links: Mapping[PartyId, Link]) -> Sealed:
        raise RefusedError(Code.OVERSIZE)

    def seal(links: Mapping[PartyId, Link]) -> Sealed:
        return world.sealed(KEN, [BEL], link=links[BEL])

    receipt = world.receipt(world.sealed(), Stage.WITHHELD, by=KEN)
    with pytest.raises(RefusedError):
        store.store_sealed(
            [letter([BEL], seal), letter([MEX], refuse)],
            denial(withholding(), receipt),
            lambda _: b"",
            NOW_MS,
        )
    assert store.sent() == []
    assert store.withheld() == []
    assert store.count_waiting() == 0
    assert links_seen(store, [BEL]) == {BEL: FIRST_LINK}


def test_a_full_disk_keeps_nothing_half_and_uses_up_no_link(store: NodeStore) -> None:
    send(store)
    fill_disk(store)
    with pytest.raises(StoreFullError):
        send(store, body=b"x" * 50_000)
    assert len(store.sent()) == len(store.waiting(10)) == 1
    free_disk(store)
    first = store.sent()[0].message_digest
    assert links_seen(store, [BEL])[BEL] == Link(sequence=2, previous=first)


def test_two_processes_never_give_the_same_link(
    tmp_path: Path, store: NodeStore
) -> None:
    other = NodeStore(tmp_path / "node.sqlite3")
    numbers = [
        links_seen(one, [BEL])[BEL].sequence for one in (store, other, store, other)
    ]
    assert numbers == [1, 2, 3, 4]
    other.close()


def test_a_newer_counter_tells_of_the_command_line(
    tmp_path: Path, store: NodeStore
) -> None:
    other = NodeStore(tmp_path / "node.sqlite3")
    before = store.change_counter()
    send(other)
    assert store.change_counter() != before
    other.close()


def test_what_the_hub_took_is_not_sent_again_but_kept(store: NodeStore) -> None:
    first, second = send(store), send(store)
    store.mark_submitted([1], NOW_MS + 7)
    assert [item.sequence for item in store.waiting(10)] == [2]
    assert store.submitted_ms(first.message_digest) == NOW_MS + 7
    assert store.submitted_ms(second.message_digest) is None
    assert store.find_sent(first.message_digest) is not None


def test_the_outbox_is_emptied_in_order_and_in_portions(store: NodeStore) -> None:
    messages = [send(store) for _ in range(3)]
    assert [item.payload for item in store.waiting(2)] == [
        world.submitted(message) for message in messages[:2]
    ]
    newest = [one.message_digest for one in store.sent(2)]
    assert newest == [message.message_digest for message in messages[:0:-1]]


def withholding() -> Withholding:
    return Withholding(
        digest=sha256(b"decision"),
        kind=world.KIND,
        recipients=(BEL, MEX),
        code="export-policy",
        detail="no agreement",
        at_ms=NOW_MS,
    )


def denial(withheld: Withholding, receipt: Receipt) -> Denial:
    return Denial(withholding=withheld, receipt=receipt, decisions=())


def withhold(store: NodeStore) -> None:
    receipt = world.receipt(
        world.sealed(),
        Stage.WITHHELD,
        by=KEN,
        message_digest=sha256(b"decision"),
        code="export-policy",
    )
    store.store_withheld(denial(withholding(), receipt))


def joined(receipts: Sequence[bytes]) -> tuple[bytes, list[bytes]]:
    return b"".join(receipts), [b"proof"] * len(receipts)


def test_what_was_withheld_is_kept_here_and_stated_to_the_log(store: NodeStore) -> None:
    withhold(store)
    assert store.withheld() == [withholding()]
    assert store.count_waiting() == 1
    signed: list[Sequence[bytes]] = []

    def sign(receipts: Sequence[bytes]) -> tuple[bytes, list[bytes]]:
        signed.append(receipts)
        return b"bundle", [b"proof"] * len(receipts)

    assert store.bundle_statements(10, sign, NOW_MS) == 1
    assert decode_receipt(signed[0][0]).stage is Stage.WITHHELD
    assert [item.payload for item in store.waiting(10)] == [b"bundle"]
    assert store.bundle_statements(10, sign, NOW_MS) == 0
    assert store.count_waiting() == 1


def test_a_bundle_that_cannot_be_signed_leaves_its_statements(store: NodeStore) -> None:
    withhold(store)

    def fail(_receipts: Sequence[bytes]) -> tuple[bytes, list[bytes]]:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        store.bundle_statements(10, fail, NOW_MS)
    assert store.bundle_statements(10, joined, NOW_MS) == 1


def test_statements_are_bundled_in_portions(store: NodeStore) -> None:
    for number in range(3):
        receipt = world.receipt(
            world.sealed(), Stage.WITHHELD, by=KEN, code="export-policy"
        )
        digest = sha256(bytes([number]))
        kept = replace(withholding(), digest=digest)
        store.store_withheld(denial(kept, receipt))
    assert store.bundle_statements(2, joined, NOW_MS) == 2
    assert store.bundle_statements(2, joined, NOW_MS) == 1


def test_what_another_key_has_to_sign_waits_for_the_next_bundle(
    store: NodeStore,
) -> None:
    for number in range(3):
        receipt = world.receipt(
            world.sealed(), Stage.WITHHELD, by=KEN, code="export-policy"
        )
        kept = replace(withholding(), digest=sha256(bytes([number])))
        store.store_withheld(denial(kept, receipt))
    seen: list[list[bytes]] = []

    def sign_one(receipts: Sequence[bytes]) -> tuple[bytes, list[bytes]]:
        seen.append(list(receipts))
        return b"bundle", [b"proof"]

    assert [store.bundle_statements(10, sign_one, NOW_MS) for _ in range(4)] == [
        *(1, 1, 1, 0)
    ]
    assert seen[0][1:] == seen[1]
    assert seen[1][1:] == seen[2]
