"""Messages, and what was said of them, as the interface shows them.

Which of them a caller may see is left to `broker.api.visibility`.
"""

from collections.abc import Sequence

from broker.api.models_messages import (
    Direction,
    Message,
    Receipts,
    RecipientStages,
    Stage,
    TakenBack,
    restrictions_model,
)
from broker.api.roles import EVERY_DESK
from broker.api.state import Services
from broker.api.times import moment, moment_or_none
from broker.api.visibility import Visible
from broker.app.doubts import doubts_about
from broker.core.model import Receipt, message_id_text
from broker.core.recalls.taken_back import TakenBack as Gone
from broker.core.status import MessageStatus, Step, message_status


def messages_shown(here: Services, seen: Sequence[Visible]) -> list[Message]:
    """Returns messages without their contents."""
    received = [one.received for one in seen if one.received is not None]
    doubts = doubts_about(here.node, received)
    return [_message(here, one, doubts.get(one.digest)) for one in seen]


def receipts_shown(here: Services, seen: Visible) -> Receipts:
    """Returns what has been said of a message."""
    header, submitted_ms, expired = seen.header, None, False
    if seen.sent is not None:
        known = _status(here, seen)
        submitted_ms, expired = known.submitted_ms, known.expired
        recipients = [
            RecipientStages(
                party=one.party, stages=[_stage(step) for step in one.steps]
            )
            for one in known.recipients
        ]
    else:
        said = here.node.store.own_receipts(seen.digest)
        recipients = [
            RecipientStages(
                party=str(here.node.party), stages=[stage_of(one) for one in said]
            )
        ]
    return Receipts(
        id=message_id_text(header.message_id),
        digest=seen.digest.hex(),
        direction=Direction.RECEIVED if seen.received else Direction.SENT,
        submitted_at=moment_or_none(submitted_ms),
        expired=expired,
        recipients=recipients,
    )


def stage_of(receipt: Receipt) -> Stage:
    """Returns something that was said."""
    return Stage(
        stage=receipt.stage.name,
        at=moment(receipt.at_ms),
        by=receipt.by,
        code=receipt.code or None,
        detail=receipt.detail or None,
        authority=receipt.authority or None,
        decided_by=receipt.decider.name.lower(),  # type: ignore[arg-type]  # a closed list
    )


def taken_back_model(gone: Gone | None) -> TakenBack | None:
    """Returns why a content is not to be used; None if it may be."""
    if gone is None:
        return None
    return TakenBack(
        why=gone.sentence,
        readable=gone.readable,
        replacement=gone.replacement.hex() or None,
    )


def _message(here: Services, seen: Visible, doubt: str | None) -> Message:
    header, received = seen.header, seen.received
    if received is not None:
        state = "waiting" if received.waits else received.state.value
    else:
        state = "sent" if _status(here, seen).submitted_ms else "queued"
    return Message(
        direction=Direction.RECEIVED if received else Direction.SENT,
        id=message_id_text(header.message_id),
        digest=seen.digest.hex(),
        kind=header.kind,
        origin=str(header.origin),
        recipients=[str(party) for party in header.parties],
        handling=str(header.handling),
        restrictions=restrictions_model(header.handling),
        case_reference=header.case_reference or None,
        in_reply_to=header.in_reply_to.hex() or None,
        created_at=moment(header.created_ms),
        expires_at=moment(header.expires_ms),
        received_at=moment_or_none(received.received_ms if received else None),
        opened_at=moment_or_none(received.opened_ms if received else None),
        state=state,
        withheld=[one.word for one in header.withheld],
        desks=_desks(seen),
        taken_back=taken_back_model(here.node.store.taken_back(seen.digest)),
        warning=doubt,
    )


def _desks(seen: Visible) -> list[str]:
    if seen.desks == (EVERY_DESK,) and seen.admission is not None:
        return list(seen.admission.routes)
    return list(seen.desks)


def _status(here: Services, seen: Visible) -> MessageStatus:
    return message_status(
        seen.header,
        [line.receipt for line in here.node.store.ledger(seen.digest)],
        submitted_ms=here.node.store.submitted_ms(seen.digest),
        now_ms=here.clock.now_ms(),
    )


def _stage(step: Step) -> Stage:
    return Stage(
        stage=step.stage.name,
        at=moment(step.at_ms),
        by=step.by,
        code=step.code or None,
        detail=step.detail or None,
        authority=step.authority or None,
        decided_by=step.decider.name.lower(),  # type: ignore[arg-type]  # a closed list
    )
