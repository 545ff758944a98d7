"""Seals and queues what keeps links: heartbeats, requests to send again, answers.

When to send which is left to `link_keeper` and `link_desk`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import structlog

from broker.core.codec.links import encode_heartbeat, encode_request, encode_resent
from broker.core.envelope import Sealed
from broker.core.handling import Handling, Tlp
from broker.core.link_records import Asked, Given
from broker.core.links import UPKEEP_LIFETIME_MS, Resent
from broker.core.outgoing import Denial, Letter, OutgoingDocument
from broker.core.protocol_kinds import HEARTBEAT, RESEND, RESEND_REQUEST
from broker.services.dispatch import Dispatcher
from broker.services.link_ports import LinkBook, LinkPorts
from keys.identity import PartyId

UPKEEP_HANDLING: Final = Handling(tlp=Tlp.AMBER)
"""Of what says nothing but numbers."""

_Note = Asked | Given | None


@dataclass(frozen=True, slots=True)
class _Drawer:
    """Where the dispatcher stores such a message (`dispatch.SendingStore`)."""

    store: LinkBook
    note: _Note

    def store_sealed(
        self,
        letters: Sequence[Letter],
        denial: Denial | None,
        protect: Callable[[Sealed], bytes],
        now_ms: int,
    ) -> tuple[Sealed, ...]:
        """Seals and stores it, together with the note of what it is for."""
        match self.note:
            case Asked() as asked:
                return self.store.store_sealed_request(asked, letters, protect, now_ms)
            case Given() as given:
                return self.store.store_sealed_answer(given, letters, protect, now_ms)
            case None:
                return self.store.store_sealed(letters, denial, protect, now_ms)

    def store_withheld(self, denial: Denial) -> None:
        """Records a denial."""
        self.store.store_withheld(denial)


class LinkPost:
    """Sends what keeps the links of one party.

    Each method sends to those who can be sealed to at present, and leaves the others
    out without a record: nothing was denied to them.

    Args:
        ports: What it works with.
    """

    def __init__(self, ports: LinkPorts) -> None:
        self._ports = ports
        self._log = structlog.get_logger("links")

    def heartbeat(self, parties: Sequence[PartyId], next_within_ms: int) -> None:
        """Tells parties that we are there, in as few messages as can be.

        Args:
            parties: Whom.
            next_within_ms: When we speak again at the latest, in ms from now.

        Raises:
            RefusedError: Nothing of ours would be taken at present.
            DirectoryError: We have no place in the directory.
            StoreError: It could not be stored.
        """
        most = self._ports.limits.recipients_max
        for first in range(0, len(parties), most):
            self._send(
                OutgoingDocument(
                    kind=HEARTBEAT,
                    body=encode_heartbeat(next_within_ms),
                    recipients=tuple(parties[first : first + most]),
                    handling=UPKEEP_HANDLING,
                    lifetime_ms=UPKEEP_LIFETIME_MS,
                ),
                None,
            )

    def request(self, asked: Asked) -> None:
        """Asks a party for messages that have not come.

        Raises:
            RefusedError: Nothing of ours would be taken at present.
            DirectoryError: We have no place in the directory.
            StoreError: It could not be stored.
        """
        self._send(
            OutgoingDocument(
                kind=RESEND_REQUEST,
                body=encode_request(asked.numbers),
                recipients=(asked.party,),
                handling=UPKEEP_HANDLING,
                lifetime_ms=UPKEEP_LIFETIME_MS,
            ),
            asked,
        )

    def answer(
        self,
        party: PartyId,
        resent: Resent,
        request_digest: bytes,
        handling: Handling = UPKEEP_HANDLING,
        lifetime_ms: int = UPKEEP_LIFETIME_MS,
    ) -> None:
        """Answers about one number.

        Args:
            party: Who asked.
            resent: The answer.
            request_digest: Of the message that asked.
            handling: Of what is enclosed.
            lifetime_ms: How long it may be delivered.

        Raises:
            RefusedError: OVERSIZE; or nothing of ours would be taken at present.
            DirectoryError: We have no place in the directory.
            StoreError: It could not be stored.
        """
        self._send(
            OutgoingDocument(
                kind=RESEND,
                body=encode_resent(resent),
                recipients=(party,),
                handling=handling,
                in_reply_to=request_digest,
                lifetime_ms=lifetime_ms,
            ),
            Given(party=party, number=resent.number),
        )

    def _send(self, document: OutgoingDocument, note: _Note) -> None:
        ports = self._ports
        desk = Dispatcher(
            ports.holder,
            _Drawer(ports.store, note),
            ports.trust,
            ports.clock,
            ports.limits,
        )
        reachable = tuple(release.party for release in desk.plan(document).releases)
        if reachable:
            desk.send(replace(document, recipients=reachable))
            self._log.info("sent", kind=document.kind, to=list(reachable))
