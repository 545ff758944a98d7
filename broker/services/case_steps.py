"""Refuses steps that a matter has no place for, before they are sealed.

What a matter has a place for is said by `broker.core.cases.stepping`.
"""

from dataclasses import dataclass
from typing import Final

from broker.core.cases.events import CaseEvent
from broker.core.cases.stepping import STEP, check_step
from broker.core.codec.case_events import told_by
from broker.core.holder import Holder
from broker.core.outgoing import OutgoingDocument
from broker.core.protocol_kinds import PROTOCOL_KINDS
from broker.services.case_keeper import CaseKeeper, EventStore

STEP_KIND: Final = "case-step/1"
"""The kind of what moves a matter on and is nothing besides."""


@dataclass(frozen=True, slots=True)
class CaseSteps:
    """Looks at what one party is about to send.

    Args:
        holder: Who we are.
        store: Its node's.
    """

    holder: Holder
    store: EventStore

    def check(self, document: OutgoingDocument) -> None:
        """Refuses a step that is out of place.

        Raises:
            RefusedError: ILLEGAL_STEP; or the code of a content that is none.
            StoreError: The store cannot be read or written.
            ContentError: Something was protected under another key.
        """
        if document.kind in PROTOCOL_KINDS:
            return
        told = told_by(document.kind, document.body)
        answered = document.in_reply_to
        if not answered and not told.event.startswith(STEP):
            return
        case = None
        if answered:
            case = CaseKeeper(self.holder, self.store).case_about(answered)
        step = CaseEvent(
            digest=b"",
            told=told,
            by=self.holder.party,
            to=document.recipients,
            at_ms=0,
            in_reply_to=answered,
        )
        check_step(case, step)
