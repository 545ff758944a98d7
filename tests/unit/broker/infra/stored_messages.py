"""A node's store with messages in it, for the tests of the store."""

from collections.abc import Callable, Mapping, Sequence

from broker.core.codec.envelope import (
    EnvelopeItem,
    decode_delivery,
    decode_envelope,
    deliveries,
)
from broker.core.codec.receipts import ReceiptPath, encode_proof, encode_receipt
from broker.core.envelope import Sealed
from broker.core.model import Link, Receipt, Stage
from broker.core.outgoing import Letter
from broker.core.receipts import sign_together
from broker.core.records import InboxMessage, InboxState, LedgerLine, Opening
from broker.infra.node_store import NodeStore
from keys.identity import PartyId
from tests import world
from tests.world import BEL, KEN, NOW_MS


def send(store: NodeStore, to: Sequence[PartyId] = (BEL,), body: bytes = b"") -> Sealed:
    """Seals and stores a message of KEN."""
    header = world.header(KEN, to)

    def seal(links: Mapping[PartyId, Link]) -> Sealed:
        [link] = {links[party] for party in to}
        return world.sealed(
            KEN, to, content=body, link=link, message_id=header.message_id
        )

    [sealed] = store.store_sealed(
        [letter(header.parties, seal)], None, lambda _: b"protected", NOW_MS
    )
    return sealed


def letter(
    to: Sequence[PartyId], seal: Callable[[Mapping[PartyId, Link]], Sealed]
) -> Letter:
    """Returns a message to be sealed, about which nothing is recorded."""
    return Letter(parties=tuple(to), seal=seal, decided=lambda _: ())


def arrival(
    message: Sealed,
    state: InboxState = InboxState.DELIVERED,
    code: str = "",
    at_ms: int = NOW_MS,
) -> tuple[InboxMessage, Receipt]:
    """Returns a message as BEL takes it in, with the statement about it."""
    item = decode_delivery(next(deliveries(decode_envelope(message.envelope))))
    assert isinstance(item, EnvelopeItem)
    stage = Stage.REFUSED if code else Stage.DELIVERED
    return (
        InboxMessage(
            message_digest=message.message_digest,
            header=message.header,
            envelope=item.data,
            state=state,
            received_ms=at_ms,
            code=code,
        ),
        world.receipt(message, stage, code=code),
    )


def opened(message: Sealed, link: Link, code: str = "") -> Opening:
    """Returns what came of opening a message."""
    taken, _ = arrival(message)
    stage = Stage.REFUSED if code else Stage.OPENED
    return Opening(
        message=taken,
        at_ms=NOW_MS + 1,
        receipt=world.receipt(message, stage, code=code, at_ms=NOW_MS + 1),
        link=link,
        protected_key=b"" if code else b"protected",
    )


def line(receipt: Receipt) -> LedgerLine:
    """Returns a receipt as a node keeps it."""
    data = encode_receipt(receipt)
    bundle = sign_together([data], signer=receipt.by, key=world.signing_key(receipt.by))
    entry: ReceiptPath = bundle.receipts[0]
    return LedgerLine(
        receipt=receipt,
        receipt_bytes=data,
        proof=encode_proof(bundle, entry, with_signature=True),
    )


def fill_disk(store: NodeStore) -> None:
    """Lets the file not grow any more."""
    with store._database.read() as db:
        pages = db.execute("PRAGMA page_count").fetchone()[0]
        db.execute(f"PRAGMA max_page_count = {pages}")


def free_disk(store: NodeStore) -> None:
    """Lets the file grow again."""
    with store._database.read() as db:
        db.execute("PRAGMA max_page_count = 1000000")
