"""Keeps what contents tell about cases, and makes cases of it, headers and receipts.

What becomes of them is left to `broker.core.cases`; reminding to `case_watch`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Final, Protocol

from broker.core.cases.case import Case, build, build_all, grouped
from broker.core.cases.events import BY_HUB, CaseEvent, Told
from broker.core.cases.records import Headline, Said
from broker.core.cases.registry import BY_OPENING
from broker.core.codec.case_events import (
    decode_told,
    encode_told,
    receipt_event,
    told_by,
)
from broker.core.codec.kinds import parse_kind
from broker.core.errors import RefusedError
from broker.core.holder import Holder
from broker.core.model import Stage, message_id_text
from broker.core.records import SentMessage
from broker.services.holdings import Holdings, HoldingStore
from keys.framing import sha256
from keys.identity import HUB, PartyId
from keys.sealing import protect, unprotect

_BATCH: Final = 200  # contents read between two writes
_CONTEXT: Final = b"case/event/1 "
_RECEIPT: Final = b"rogatory/case/receipt/1 "


class EventStore(HoldingStore, Protocol):
    """Where messages, statements, and what contents told, are kept."""

    def find_sent(self, message_digest: bytes) -> SentMessage | None:
        """Returns one message of our own."""
        ...

    def untold(self, after: tuple[int, bytes], limit: int) -> list[tuple[int, bytes]]:
        """Returns contents that can be read and have told nothing yet."""
        ...

    def store_told(self, told: Mapping[bytes, bytes]) -> None:
        """Keeps what contents told, encrypted; durable on return."""
        ...

    def told(self, about: bytes | None = None) -> dict[bytes, bytes]:
        """Returns what contents told, encrypted; all, or what may be of one case."""
        ...

    def headlines(self, about: bytes | None = None) -> list[Headline]:
        """Returns what headers say of messages that may be part of a case."""
        ...

    def said(self, about: bytes | None = None) -> list[Said]:
        """Returns what was stated about messages and bears on a case."""
        ...


@dataclass(frozen=True, slots=True)
class CaseKeeper:
    """Makes the cases of one node.

    Args:
        holder: Who we are; its store key protects what contents told.
        store: Its node's.
    """

    holder: Holder
    store: EventStore

    def catch_up(self) -> int:
        """Keeps what contents tell that were stored since; returns how many.

        Raises:
            StoreError: The store cannot be read or written; nothing is lost by it.
            ContentError: Something was protected under another key.
        """
        total, after = 0, (0, b"")
        while batch := self.store.untold(after, _BATCH):
            told = {digest: self._told_by(digest) for _, digest in batch}
            self.store.store_told({k: v for k, v in told.items() if v is not None})
            total += len(batch)
            after = batch[-1]
        return total

    def cases(self) -> Iterator[Case]:
        """Yields every case, in order of their beginning.

        Raises:
            StoreError: The store cannot be read or written.
            ContentError: Something was protected under another key.
        """
        self.catch_up()
        yield from build_all(self._events(), BY_OPENING, self.holder.party)

    def case_about(self, digest: bytes) -> Case | None:
        """Returns the case that a message belongs to; None if it belongs to none.

        Args:
            digest: Of the message.

        Raises:
            StoreError: The store cannot be read or written.
            ContentError: Something was protected under another key.
        """
        for case in self.cases_near(digest):
            if any(one.digest == digest for one in case.events):
                return case
        return None

    def cases_near(self, digest: bytes) -> Iterator[Case]:
        """Yields the cases of all messages that share a reference or answer each other.

        Args:
            digest: Of a message among them.

        Raises:
            StoreError: The store cannot be read or written.
            ContentError: Something was protected under another key.
        """
        self.catch_up()
        for reference, events in grouped(self._events(digest)):
            yield build(reference, events, BY_OPENING, self.holder.party)

    def _told_by(self, digest: bytes) -> bytes | None:
        """Returns what a content tells, protected; None if it cannot be read now."""
        store = self.store
        message = store.find_sent(digest) or store.find_received(digest)
        if message is None:
            return None
        try:
            content = Holdings(self.holder, store).content(message)
            told = encode_told(told_by(message.header.kind, content))
        except RefusedError:
            return None  # destroyed or taken back since it was listed
        return protect(self.holder.store_key, told, context=_CONTEXT + digest)

    def _events(self, about: bytes | None = None) -> list[CaseEvent]:
        """Returns all events, or those that may be of the case of one message."""
        key, store = self.holder.store_key, self.store
        told = {
            digest: decode_told(unprotect(key, kept, context=_CONTEXT + digest))
            for digest, kept in store.told(about).items()
        }
        delivered: dict[bytes, dict[PartyId, int]] = {}
        receipts = []
        for one in store.said(about):
            if one.stage is not Stage.DELIVERED:
                receipts.append(one)
            elif one.by != HUB:
                delivered.setdefault(one.digest, {})[_party(one.by)] = one.at_ms
        messages = {
            head.digest: _message(
                head, delivered.get(head.digest, {}), told.get(head.digest)
            )
            for head in store.headlines(about)
            if head.told or head.destroyed or head.taken_back
        }
        events = list(messages.values())
        for one in receipts:
            if one.digest in messages:
                events += _receipts(one, messages[one.digest])
        return events


def _message(
    head: Headline, delivered_ms: Mapping[PartyId, int], told: Told | None
) -> CaseEvent:
    # What was told and is there no more was destroyed a moment ago.
    gone = (head.destroyed or told is None) and not head.taken_back
    known = None if gone or head.taken_back else told
    return CaseEvent(
        digest=head.digest,
        told=known or Told(event=_name_of(head.kind)),
        by=_party(head.origin),
        to=tuple(map(_party, head.parties)),
        at_ms=head.created_ms,
        in_reply_to=head.in_reply_to,
        delivered_ms=MappingProxyType(dict(delivered_ms)),
        reference=head.case_reference,
        name=message_id_text(head.message_id) if head.message_id else "",
        gone=gone,
        taken_back=head.taken_back,
    )


_party = cache(PartyId)


@cache
def _name_of(kind: str) -> str:
    try:
        return parse_kind(kind).name
    except RefusedError:
        return kind


def _receipts(said: Said, message: CaseEvent) -> Iterator[CaseEvent]:
    """Yields the events that a statement about a message is.

    What the hub refuses it refuses in the place of everybody whom it was for.
    """
    by_hub = said.by == HUB
    speakers = message.to if by_hub else (_party(said.by),)
    words = (said.code,) if said.code else ()
    for party in speakers:
        place = f"{said.stage.name} {said.by} {party}".encode()
        yield CaseEvent(
            digest=sha256(_RECEIPT + said.digest + place),
            told=Told(
                event=receipt_event(said.stage, said.code),
                words=(*words, BY_HUB) if by_hub else words,
            ),
            by=party,
            to=(message.by,),
            at_ms=said.at_ms,
            in_reply_to=said.digest,
        )
