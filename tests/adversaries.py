"""Who attacks a federation: a party that runs no node of ours, and the hub itself.

Both have their own valid credentials and keys, and nobody else's. What they try is
left to the tests.
"""

import secrets
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from broker.core import subjects
from broker.core.audit.entry import EntryFilter, LogEntry
from broker.core.codec.envelope import (
    EnvelopeItem,
    ReceiptsItem,
    decode_delivery,
    decode_envelope,
    encode_receipt_delivery,
)
from broker.core.codec.receipts import decode_bundle, decode_receipt
from broker.core.envelope import Sealed
from broker.core.errors import Code
from broker.core.limits import Limits
from broker.core.model import FIRST_LINK, Header, Link, Receipt, Stage
from broker.core.ports import Outgoing
from broker.core.receipts import read_bundle
from broker.core.records import InboxMessage, InboxState
from broker.infra.clock import SYSTEM_CLOCK
from broker.infra.nats_bus import Bus
from broker.infra.nats_streams import NatsLedger, NatsSource, NatsUplink
from keys.framing import sha256
from keys.identity import HUB, PartyId
from tests.crafting import Letter, bundle, header_for, sealed, submission
from tests.federation import Federation

LIMITS: Final = Limits()
VICTIMS: Final = ("BEL", "KEN", "XPO")
"""Who runs a node."""


class RawParty:
    """A party that speaks to the hub without our software.

    Args:
        federation: Where.
        party: Who; its node must not run.
        bus: Its connection.
        letter: What it writes when it is honest.
        links: Where its honest messages stand; shared by all tests.
    """

    def __init__(
        self,
        federation: Federation,
        party: str,
        bus: Bus,
        letter: Letter,
        links: dict[str, Link],
    ) -> None:
        self.federation = federation
        self.party = PartyId(party)
        self.member = federation.members[party]
        self.holder = self.member.keys.holder
        self.trust = federation.trust()
        self.letter = letter
        self.receipts: list[Receipt] = []
        self.delivered: dict[bytes, bytes] = {}
        self._links = links
        self._uplink = NatsUplink(bus)
        self._source = NatsSource(bus, subjects.LEDGER, self.member.account)

    def header(self, *recipients: str) -> Header:
        """Returns an honest header."""
        return header_for(self.letter, self.holder, recipients, self.trust)

    def seal(self, header: Header, links: dict[str, Link] | None = None) -> Sealed:
        """Seals a letter and signs it with its own key."""
        return sealed(self.letter, header, self.holder.signing, self.trust, links)

    def honest(self, *recipients: str) -> Sealed:
        """Seals an honest message, with the number that is due."""
        due = {party: self._links.get(party, FIRST_LINK) for party in recipients}
        message = self.seal(self.header(*recipients), due)
        for party in recipients:
            self._links[party] = Link(
                sequence=due[party].sequence + 1, previous=message.message_digest
            )
        return message

    async def submit(self, data: bytes) -> None:
        """Hands something to the hub over its own connection."""
        await self._uplink.submit(data)

    async def hear(self, wanted: Callable[[Receipt], bool], what: str) -> Receipt:
        """Returns the first receipt that is wanted, its signature checked."""
        for _ in range(20):
            found = [receipt for receipt in self.receipts if wanted(receipt)]
            if found:
                return found[0]
            await self.read_inbox()
        raise AssertionError(f"{self.party} waited in vain for {what}")

    async def read_inbox(self) -> None:
        """Takes what the hub has put there; waits a second for it at most."""
        arrivals = await self._source.fetch(100, 1.0)
        for arrival in arrivals:
            match decode_delivery(arrival.data):
                case EnvelopeItem(data):
                    self.delivered[sha256(decode_envelope(data).signed_header)] = data
                case ReceiptsItem(data):
                    parts = decode_bundle(data, LIMITS)
                    self.receipts.extend(read_bundle(parts, self.trust.view))
        await self._source.acknowledge(arrivals)

    async def capture(self, digest: bytes) -> bytes:
        """Returns an envelope as it was delivered to it."""
        for _ in range(20):
            if digest in self.delivered:
                return self.delivered[digest]
            await self.read_inbox()
        raise AssertionError(f"{self.party} was not delivered the message")

    async def answer_to(self, data: bytes) -> Receipt:
        """Returns what the hub has signed about a submission."""
        name = sha256(data)
        return await self.hear(
            lambda one: one.by == HUB and one.submission_digest == name,
            "the hub's answer",
        )

    async def opened(self, digest: bytes, by: str) -> Receipt:
        """Returns the receipt of whoever has opened a message."""
        return await self.hear(
            lambda one: (
                (one.message_digest, one.by, one.stage) == (digest, by, Stage.OPENED)
            ),
            f"OPENED by {by}",
        )

    async def writes_honestly(self, *recipients: str) -> Sealed:
        """Sends a good message and sees it opened: the relay goes on."""
        message = self.honest(*recipients)
        await self.submit(submission(message.envelope))
        for party in recipients:
            await self.opened(message.message_digest, party)
        return message

    async def expect_refused(self, data: bytes, code: Code) -> Receipt:
        """Submits, and sees it refused and recorded; nothing delivered; all go on."""
        before = {party: self.received(party) for party in VICTIMS}
        await self.submit(data)
        receipt = await self.answer_to(data)
        assert receipt.stage is Stage.REFUSED
        assert (receipt.code, receipt.to) == (code.value, self.party)
        await self.expect_logged(receipt)
        good = await self.writes_honestly("BEL")
        after = {party: self.received(party) for party in VICTIMS}
        assert after == before | {"BEL": before["BEL"] | {good.message_digest}}
        return receipt

    async def expect_logged(self, receipt: Receipt) -> LogEntry:
        """Returns the entry of the hub's log that holds a receipt."""
        wanted = EntryFilter(
            party=self.party, stage=receipt.stage.name, since_ms=receipt.at_ms
        )
        found = await self.federation.until(
            lambda: [
                entry
                for entry in self.federation.log(wanted)
                if decode_receipt(entry.receipt) == receipt
            ],
            "the audit entry",
        )
        return found[0]

    def received(self, party: str) -> frozenset[bytes]:
        """Returns the digests of all that a node holds, refused or not."""
        inbox = self.federation.members[party].node.store.inbox(10_000)
        return frozenset(message.message_digest for message in inbox)


class RogueHub:
    """A hub that writes whatever it likes into the inboxes of parties.

    Args:
        federation: Where.
        bus: A connection of the hub's account.
    """

    def __init__(self, federation: Federation, bus: Bus) -> None:
        self.federation = federation
        self.signing = federation.hub_keys.signing
        self._ledger = NatsLedger(bus)

    async def deliver(self, party: str, envelope: bytes) -> None:
        """Puts an envelope into an inbox."""
        # A Delivery of an envelope has the bytes of a Submission of it.
        await self.write(party, submission(envelope))

    async def states(self, party: str, receipts: Sequence[Receipt]) -> None:
        """Puts receipts into an inbox, under the hub's real signature."""
        data = bundle(receipts, signer=HUB, key=self.signing)
        await self.write(party, encode_receipt_delivery(data))

    async def write(self, party: str, payload: bytes) -> None:
        """Puts any bytes at all into an inbox."""
        subject = subjects.inbox(self.federation.members[party].account)
        await self._ledger.commit(
            [Outgoing(subject=subject, payload=payload, dedup_id=secrets.token_hex(16))]
        )

    async def expect_refused(
        self, party: str, envelope: bytes, digest: bytes, code: Code
    ) -> InboxMessage:
        """Delivers something that a node must refuse; returns what it keeps of it."""
        await self.deliver(party, envelope)
        message = await self.settled(party, digest)
        assert (message.state, message.code) == (InboxState.REFUSED, code.value)
        assert not message.protected_key
        return message

    async def settled(self, party: str, digest: bytes) -> InboxMessage:
        """Returns a received message once the node has made up its mind."""
        store = self.federation.members[party].node.store

        def look() -> InboxMessage | None:
            found = store.find_received(digest)
            if found is None or found.state is InboxState.DELIVERED:
                return None
            return found

        return await self.federation.until(look, f"a decision of {party}")

    async def expect_alarm(self, party: str, after: int, words: str) -> str:
        """Returns the first new alarm of a node that has these words in it."""

        def look() -> str | None:
            return next(self._alarms(party, after, words), None)

        return await self.federation.until(look, f"an alarm of {party}: {words}")

    def count_alarms(self, party: str) -> int:
        """Returns how many alarms a node has raised up to now."""
        return len(self.federation.members[party].node.store.alarms(100_000))

    def look_at_alarms(self, party: str) -> int:
        """Has somebody look at all of them, so that each can be raised anew."""
        store = self.federation.members[party].node.store
        for alarm in store.sounded_alarms(100_000, only_open=True):
            store.acknowledge_alarm(alarm.number, "the test", alarm.alarm.at_ms)
        return self.count_alarms(party)

    def _alarms(self, party: str, after: int, words: str) -> Iterator[str]:
        alarms = self.federation.members[party].node.store.alarms(100_000)
        for alarm in reversed(alarms[: len(alarms) - after]):
            if words in f"{alarm.topic}: {alarm.text}":
                yield alarm.text


def reply_of(receipts: Sequence[Receipt], by: str, stage: Stage) -> list[Receipt]:
    """Returns those of `receipts` that someone has given at a stage."""
    return [one for one in receipts if (one.by, one.stage) == (by, stage)]


def now_ms() -> int:
    """Returns the present."""
    return SYSTEM_CLOCK.now_ms()
