"""`POST /messages`: documents that systems send, and what would become of them."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Header, Response

from broker.api.client_lines import client_line
from broker.api.describing import Responses, refusals
from broker.api.models_submitting import (
    NewMessage,
    Plan,
    PlannedApproval,
    PlannedRecipient,
    Submission,
)
from broker.api.problems import ApiCode
from broker.api.roles import Caller, Role
from broker.api.state import ServicesHere, having
from broker.api.strict_body import StrictRoute
from broker.api.submissions import draft, send
from broker.app.node_folder import dispatcher
from broker.core.flows.export import ExportPlan
from broker.core.policy.decision import Redact

router = APIRouter(prefix="/messages", tags=["messages"], route_class=StrictRoute)
Submitter = Annotated[Caller, Depends(having(Role.SUBMIT))]
IdempotencyKey = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=128,
        pattern=r"^[!-~]+$",
        description="Whatever the client calls this request; the same again when it "
        "repeats it. It is carried out once, and answered as often as it is asked.",
    ),
]
_REFUSED: Final[Responses] = refusals(
    ApiCode.NOT_FOUND,
    ApiCode.UNSUPPORTED_MEDIA_TYPE,
    ApiCode.OUT_OF_ORDER,
    410,
    ApiCode.INVALID_DOCUMENT,
    ApiCode.TOO_MANY,
    ApiCode.STORE_FULL,
)
_WAITS: Final[dict[str, Any]] = {
    "model": Submission,
    "description": "Not sent yet: it waits until officers have approved it",
}


@router.post(
    "",
    operation_id="sendMessage",
    summary="Send a document",
    status_code=201,
    responses={202: _WAITS, **_REFUSED},
)
def send_message(
    here: ServicesHere,
    who: Submitter,
    asked: NewMessage,
    idempotency_key: IdempotencyKey,
    response: Response,
) -> Submission:
    """Seals and signs a document for those who may get it, once for each key.

    What is answered is durable, and will be delivered or accounted for, also if the
    hub cannot be reached now.
    """
    with client_line(who):
        found = send(here, who, idempotency_key, asked)
    if found.pending_id is not None:
        response.status_code = 202
    return found


@router.post(
    "/plan",
    operation_id="planMessage",
    summary="Who would get a document?",
    responses=_REFUSED,
)
def plan_message(here: ServicesHere, who: Submitter, asked: NewMessage) -> Plan:
    """Says who would get what, who not and why not. Nothing is sent or kept."""
    anyway = asked.model_copy(update={"anyway": True})
    with client_line(who):
        drafted = draft(here, who, anyway, to_hub=False)
        planned = dispatcher(here.node, here.keys, here.trust).plan(drafted.document)
    return Plan(recipients=_recipients(planned), warnings=list(drafted.remarks))


def _recipients(planned: ExportPlan) -> list[PlannedRecipient]:
    found = [
        PlannedRecipient(
            party=str(release.party),
            gets_it=True,
            message=number,
            handling=str(parcel.handling),
            withheld={
                field.word: how.word
                for field, how in (
                    release.decision.fields
                    if isinstance(release.decision, Redact)
                    else ()
                )
                if field in parcel.withheld
            },
            approvals=[
                PlannedApproval(
                    rule=one.rule_id, needed=one.needed, officers=sorted(one.officers)
                )
                for one in parcel.approvals
            ],
            why=[release.decision.summary],
        )
        for number, parcel in enumerate(planned.parcels, 1)
        for release in parcel.releases
    ]
    found += [
        PlannedRecipient(
            party=str(one.party),
            gets_it=False,
            withheld={},
            approvals=[],
            code=one.code,
            why=list(one.reasons),
        )
        for one in planned.withheld
    ]
    return sorted(found, key=lambda one: one.party)
