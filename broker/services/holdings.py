"""What this node holds of others: contents, whom they came from, and their answers.

What may be done with it is left to `broker.core.onward` and `broker.core.handover`.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from broker.core.admitted import Admission
from broker.core.codec.envelope import decode_envelope
from broker.core.codec.permission import read_copy, read_grant
from broker.core.errors import Code, RefusedError
from broker.core.holder import Holder
from broker.core.onward import GRANT_KIND, ONWARD_KIND, Layer, Onward, Provided
from broker.core.opening import read_content
from broker.core.outgoing import OutgoingDocument
from broker.core.permissions import Answer, Copy, Verdict
from broker.core.recalls.taken_back import TakenBack
from broker.core.records import InboxMessage, InboxState, SentMessage
from broker.core.reliance import REVOCATIONS_FACT, doubt_about, read_revocations
from keys.sealing import unprotect


class HoldingStore(Protocol):
    """Where received messages are kept, and on which terms."""

    def find_received(self, message_digest: bytes) -> InboxMessage | None:
        """Returns one received message."""
        ...

    def admission(self, message_digest: bytes) -> Admission | None:
        """Returns on which terms a message is here."""
        ...

    def taken_back(self, message_digest: bytes) -> TakenBack | None:
        """Returns why a content is not to be used; None if it may be."""
        ...

    def fact(self, name: str) -> bytes | None:
        """Returns a single remembered value."""
        ...

    def admitted_of_kind(self, kind: str) -> list[Admission]:
        """Returns what may be used of one kind, with its version."""
        ...

    def waiting_of_kind(self, kind: str) -> list[Admission]:
        """Returns what waits for a person of one kind, with its version."""
        ...


@dataclass(frozen=True, slots=True)
class Holdings:
    """Reads what one party holds of others.

    Args:
        holder: Who we are; its store key opens contents.
        store: Its node's.
    """

    holder: Holder
    store: HoldingStore

    def content(self, message: InboxMessage | SentMessage) -> bytes:
        """Returns the content of a message: of our own, opened, or in quarantine.

        Raises:
            RefusedError: RECALLED, when it was taken back or destroyed; CANNOT_OPEN,
                when it never was opened, or not taken.
            ContentError: It was protected under another key.
        """
        if gone := self.store.taken_back(message.message_digest):
            gone.check_readable()
        if not message.protected_key:
            raise RefusedError(Code.CANNOT_OPEN, "it was never opened, or not taken")
        content_key = unprotect(
            self.holder.store_key,
            message.protected_key,
            context=message.message_digest,
        )
        parts = decode_envelope(message.envelope)
        return read_content(parts.signed_header, parts.ciphertext, content_key)

    def provided(self, message: InboxMessage) -> Provided:
        """Returns a message as far as passing it on or handing it out depends on it.

        Raises:
            RefusedError: RECALLED, when it was taken back, replaced or destroyed;
                CANNOT_OPEN, when it is not open here.
            ContentError: It was protected under another key.
        """
        if gone := self.store.taken_back(message.message_digest):
            gone.check_usable()
        if message.state is not InboxState.OPENED:
            raise RefusedError(Code.CANNOT_OPEN, f"it is {message.state.value}")
        header, body = message.header, self.content(message)
        bearer = Layer(
            by=header.origin,
            digest=message.message_digest,
            handling=header.handling,
        )
        layers: tuple[Layer, ...] = (bearer,)
        kind = header.kind
        if kind == ONWARD_KIND:
            copy = read_copy(body)
            layers = (_provider_of(copy), bearer)
            kind, body = copy.kind, copy.body
        admission = self.store.admission(message.message_digest)
        own_days = None if admission is None else admission.retention_days
        # The provider's own limit ran from the provider's own sealing. Whoever passed
        # it on has counted that down into the handling of the copy.
        limits = (header.handling.restrictions.retention_days, own_days)
        days = min((limit for limit in limits if limit is not None), default=None)
        return Provided(
            layers=layers,
            kind=kind,
            body=body,
            sealed_ms=header.created_ms,
            retention_days=days,
            with_consent=admission is not None and admission.with_consent,
            withheld=frozenset(header.withheld),
        )

    def answers(self) -> tuple[Answer, ...]:
        """Returns everything that anybody answered about permissions.

        A consent under a key that was revoked is left out: whoever stole the key may
        have given it. A refusal under such a key counts, and so does one that waits
        for a person: while nobody has looked at it, no earlier consent is used.

        Raises:
            ContentError: Something was protected under another key.
        """
        known = read_revocations(self.store.fact(REVOCATIONS_FACT))
        store = self.store
        admitted = [(one, False) for one in store.admitted_of_kind(GRANT_KIND)]
        waiting = [(one, True) for one in store.waiting_of_kind(GRANT_KIND)]
        found = (
            (
                waits or doubt_about(known, message) is not None,
                Answer(
                    digest=message.message_digest,
                    by=message.header.origin,
                    at_ms=message.header.created_ms,
                    grant=read_grant(self.content(message)),
                ),
            )
            for admission, waits in (*admitted, *waiting)
            for message in self._messages([admission])
            if self.store.taken_back(message.message_digest) is None
        )
        return tuple(
            answer
            for uncertain, answer in found
            if not (uncertain and answer.grant.verdict is Verdict.GRANTED)
        )

    def onward(self, document: OutgoingDocument) -> Onward:
        """Returns what speaks for an onward copy that is about to leave.

        Args:
            document: As it is before policy takes anything out of it.

        Raises:
            RefusedError: INVALID_CONTENT or INVALID_HANDLING: it says nothing that
                could be looked up.
            ContentError: Something was protected under another key.
        """
        copy = read_copy(document.body)
        return Onward(copy=copy, provided=self._original(copy), answers=self.answers())

    def _original(self, copy: Copy) -> Provided | None:
        """Returns what a copy is of: the provider's message, or another copy of it."""
        message = self.store.find_received(copy.message_digest)
        if message is not None and message.state is InboxState.OPENED:
            return self.provided(message)
        found = None
        for bearing in self._of_kind(ONWARD_KIND):
            if self.store.taken_back(bearing.message_digest):
                continue
            known = self.provided(bearing)
            if known.provider.digest == copy.message_digest:
                found = known
                # Two who pass on the same may have left out different things.
                if known.body == copy.body:
                    return known
        return found

    def _of_kind(self, kind: str) -> Iterator[InboxMessage]:
        yield from self._messages(self.store.admitted_of_kind(kind))

    def _messages(self, admissions: Iterable[Admission]) -> Iterator[InboxMessage]:
        for admission in admissions:
            message = self.store.find_received(admission.message_digest)
            if message is not None:
                yield message


def _provider_of(copy: Copy) -> Layer:
    return Layer(by=copy.provider, digest=copy.message_digest, handling=copy.handling)
