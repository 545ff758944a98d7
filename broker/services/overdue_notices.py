"""Sends the notices that say that a clock has run out.

When one is due is left to `broker.core.cases.review`. Nobody's policy is asked: a
notice says nothing but numbers, a time, names of clocks and of an office that the
directory shows to everybody.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

import structlog

from broker.core.cases.review import DueNotice
from broker.core.codec.documents import encode_document
from broker.core.errors import DocumentError, RefusedError
from broker.core.handling import Handling
from broker.core.model import Header
from broker.core.outgoing import OutgoingDocument
from broker.core.protocol_kinds import OVERDUE_NOTICE
from broker.core.records import InboxMessage, SentMessage
from broker.core.trust import Trust
from broker.services.dispatch import Dispatcher
from keys.directory.model import Office, PartyRecord
from keys.errors import DirectoryError
from keys.identity import PartyId

_OFFICE_MAX: Final = 100  # characters of a name that a notice repeats


class NoticedStore(Protocol):
    """Where messages are kept that something is owed about."""

    def find_sent(self, message_digest: bytes) -> SentMessage | None:
        """Returns one message of our own."""
        ...

    def find_received(self, message_digest: bytes) -> InboxMessage | None:
        """Returns one received message."""
        ...


@dataclass(frozen=True, slots=True)
class OverdueNotices:
    """Sends the notices of one party.

    Args:
        store: Its node's.
        dispatcher: Seals and stores.
        trust: Returns the directory to go by now.
    """

    store: NoticedStore
    dispatcher: Dispatcher
    trust: Callable[[], Trust]

    def send(self, notice: DueNotice) -> bool:
        """Sends a notice to whoever owes something; durable on return.

        Returns:
            Whether it could be sent; if not, it is due still.

        Raises:
            DirectoryError: There is no directory to go by.
            StoreError: It could not be stored; nothing was sent.
        """
        about = notice.duty.owed.about
        message = self.store.find_sent(about) or self.store.find_received(about)
        if message is None:
            return False
        log = structlog.get_logger("cases")
        try:
            document = self._document(notice, message.header)
            # What cannot be sent now is not worth a record each time it is tried.
            plan = self.dispatcher.plan(document)
            if plan.withheld:
                log.info("a notice waits", reason=plan.withheld[0].code.value)
                return False
            self.dispatcher.send(document)
        except (RefusedError, DocumentError) as error:
            log.info("a notice waits", reason=str(error))
            return False
        return True

    def _document(self, notice: DueNotice, header: Header) -> OutgoingDocument:
        duty = notice.duty
        office = self._office(duty.owed.by) if notice.escalated else ""
        content: dict[str, object] = {
            "clock": duty.owed.debt.clock,
            "state": duty.state,
            "dueMs": str(duty.owed.due_ms),
            "sequence": notice.sequence,
        }
        if notice.escalated:
            content["escalated"] = True
        if office:
            content["office"] = office
        return OutgoingDocument(
            kind=OVERDUE_NOTICE,
            body=encode_document(OVERDUE_NOTICE, content),
            recipients=(duty.owed.by,),
            handling=Handling(tlp=header.handling.tlp),
            case_reference=duty.reference,
            in_reply_to=duty.owed.about,
        )

    def _office(self, party: PartyId) -> str:
        try:
            record = self.trust().view.record(party)
        except DirectoryError:
            return ""
        found = alternate_office(record)
        return "" if found is None else found.name[:_OFFICE_MAX]


def alternate_office(record: PartyRecord) -> Office | None:
    """Returns whom to turn to when the point of contact is silent.

    An office that answers at every hour comes first, then the order of the party's own
    record; never the point of contact itself.
    """
    others = [one for one in record.offices if one.name != record.contact.office]
    return min(others, key=lambda one: not one.round_the_clock, default=None)
