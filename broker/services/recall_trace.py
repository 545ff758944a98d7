"""Where a content went on from here: copies that were passed on, drafts, desks.

What is done about them is left to `recall_keeper`.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, Protocol

from broker.core.admitted import HandedOut
from broker.core.codec.envelope import decode_envelope
from broker.core.codec.permission import read_copy
from broker.core.errors import RefusedError
from broker.core.holder import Holder
from broker.core.onward import ONWARD_KIND
from broker.core.opening import read_content
from broker.core.pending import Pending, PendingState
from broker.core.permissions import Copy
from broker.core.recalls.recall import Downstream
from broker.core.recalls.taken_back import DeskNotice, TakenBack
from broker.core.records import InboxMessage, SentMessage
from broker.services.pending_vault import open_document
from keys.errors import ContentError
from keys.sealing import unprotect

_ALL: Final = 1 << 31


class TraceStore(Protocol):
    """What a node has sent, held back, and handed out."""

    def sent_of_kind(self, kind: str) -> list[bytes]:
        """Returns the digests of what left here of one kind, with its version."""
        ...

    def find_sent(self, message_digest: bytes) -> SentMessage | None:
        """Returns one sent message."""
        ...

    def find_received(self, message_digest: bytes) -> InboxMessage | None:
        """Returns one received message."""
        ...

    def taken_back(self, message_digest: bytes) -> TakenBack | None:
        """Returns why a content is not to be used; None if it may be."""
        ...

    def pending(
        self, state: PendingState | None = None, limit: int = 1000
    ) -> list[Pending]:
        """Returns what waits for approval, or has waited."""
        ...

    def handed_out(self, message_digest: bytes) -> list[HandedOut]:
        """Returns to whom a content was given, in order."""
        ...

    def copies_due(
        self, notice_digest: bytes | None = None
    ) -> list[tuple[bytes, bool]]:
        """Returns copies that went on from here, and whether they are told of."""
        ...

    def desk_notices_about(self, message_digest: bytes) -> list[DeskNotice]:
        """Returns what desks have to be told, or were told, about one message."""
        ...


@dataclass(frozen=True, slots=True)
class Trace:
    """Finds what became of a content here.

    Args:
        holder: Who we are; its store key opens contents.
        store: Its node's.
    """

    holder: Holder
    store: TraceStore

    def copy_in(self, message: InboxMessage | SentMessage) -> Copy | None:
        """Returns what an onward copy says, whether it may still be used or not."""
        body = self.body_in(message) if message.header.kind == ONWARD_KIND else None
        if body is None:
            return None
        with suppress(RefusedError):  # of another release
            return read_copy(body)
        return None

    def body_in(self, message: InboxMessage | SentMessage) -> bytes | None:
        """Returns a content, whether it may be used or not; None if it is gone."""
        if not message.protected_key:
            return None
        with suppress(ContentError, RefusedError):  # of another key or release
            content_key = unprotect(
                self.holder.store_key,
                message.protected_key,
                context=message.message_digest,
            )
            parts = decode_envelope(message.envelope)
            return read_content(parts.signed_header, parts.ciphertext, content_key)
        return None

    def origins(self, message: InboxMessage) -> frozenset[bytes]:
        """Returns under which digests copies may name what a message brought.

        A copy of a copy names the provider's message. It is not counted where we hold
        that from the provider itself: then our copies rest on that.
        """
        own = frozenset({message.message_digest})
        copy = self.copy_in(message)
        if copy is None:
            return own
        original = self.store.find_received(copy.message_digest)
        held = original is not None and original.protected_key
        if held and self.store.taken_back(copy.message_digest) is None:
            return own
        return own | {copy.message_digest}

    def copies(self, origins: frozenset[bytes]) -> list[bytes]:
        """Returns the messages, by digest, in which we have passed something on."""
        return [
            digest
            for digest in self.store.sent_of_kind(ONWARD_KIND)
            if (sent := self.store.find_sent(digest)) is not None
            and (copy := self.copy_in(sent)) is not None
            and copy.message_digest in origins
        ]

    def drafts(self, origins: frozenset[bytes]) -> list[bytes]:
        """Returns documents, by their number, that wait or waited and pass it on."""
        return [
            pending.pending_id
            for pending in self.store.pending(limit=_ALL)
            if pending.protected and self._passes_on(pending, origins)
        ]

    def downstream(
        self, message_digest: bytes, notice_digest: bytes
    ) -> tuple[Downstream, ...]:
        """Returns who had the content of a message from here.

        Args:
            message_digest: The message.
            notice_digest: The notice that took it back.
        """
        parties = [
            Downstream(
                party=party,
                copy_digest=digest,
                at_ms=sent.header.created_ms,
                told=told,
            )
            for digest, told in self.store.copies_due(notice_digest)
            if (sent := self.store.find_sent(digest)) is not None
            for party in sent.header.parties
        ]
        return (*parties, *self._desks(message_digest))

    def _desks(self, message_digest: bytes) -> Iterator[Downstream]:
        told = {
            one.desk
            for one in self.store.desk_notices_about(message_digest)
            if one.told_ms is not None
        }
        given: dict[str, int] = {}
        for one in self.store.handed_out(message_digest):
            given.setdefault(one.desk, one.at_ms)
        for desk, at_ms in sorted(given.items()):
            yield Downstream(desk=desk, at_ms=at_ms, told=desk in told)

    def _passes_on(self, pending: Pending, origins: frozenset[bytes]) -> bool:
        with suppress(ContentError, RefusedError):  # of another key or release
            held = open_document(self.holder.store_key, pending)
            return (
                held.kind == ONWARD_KIND
                and read_copy(held.body).message_digest in origins
            )
        return False
