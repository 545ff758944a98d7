"""`/pending/{id}`: what became of a document that officers have to approve."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from broker.api.answering import problem
from broker.api.describing import refusals
from broker.api.models_submitting import PendingApproval, PendingDocument
from broker.api.problems import ApiCode
from broker.api.roles import Caller, Role
from broker.api.state import ServicesHere, having
from broker.api.submissions import messages_of, sent_models
from broker.api.times import moment
from broker.api.visibility import submitted_for
from broker.app.pending import pending_desk
from broker.core.model import message_id_text

router = APIRouter(prefix="/pending", tags=["messages"])


@router.get(
    "/{id}",
    operation_id="getPending",
    summary="What became of a document that waits?",
    responses=refusals(ApiCode.NOT_FOUND),
)
def get_pending(
    here: ServicesHere,
    who: Annotated[Caller, Depends(having(Role.SUBMIT, Role.AUDIT))],
    id: str,  # noqa: A002 - as in the path
) -> PendingDocument:
    """Shows what officers have said of a document, and as which messages it has left.

    Officers speak with their own keys, at `rogatory pending`, and not through here.
    """
    try:
        pending_id = UUID(id).bytes
    except ValueError:
        raise problem(ApiCode.NOT_FOUND) from None
    pending = here.node.store.find_pending(pending_id)
    mine = Role.AUDIT in who.roles or submitted_for(here, who, pending_id)
    if pending is None or not mine:
        raise problem(ApiCode.NOT_FOUND)
    now = pending_desk(here.node, here.keys, here.trust).look(pending)
    released = here.node.store.released_from(pending_id)
    return PendingDocument(
        id=message_id_text(pending_id),
        state=pending.state.value,
        kind=now.held.kind,
        recipients=[str(party) for party in now.held.recipients],
        held_at=moment(pending.held_ms),
        lapses_at=moment(pending.lapses_ms),
        changed=now.changed,
        obstacle=now.obstacle or None,
        approvals=[
            PendingApproval(
                rule=one.need.rule_id,
                needed=one.need.needed,
                approved=list(one.approved),
                rejected=list(one.rejected),
                met=one.met,
            )
            for one in now.tally.counts
        ],
        messages=sent_models(messages_of(here, released)),
    )
