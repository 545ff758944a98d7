"""`/adapters` and `/proposals`: how bridges do, and what they put before a person.

Running adapters is left to `broker.app.adapters`; sending what is proposed, to people
and to `POST /messages`.
"""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query

from broker.api.answering import problem
from broker.api.contents import Wish, give
from broker.api.describing import refusals
from broker.api.models_messages import restrictions_model
from broker.api.models_watching import (
    Adapters,
    Person,
    Proposal,
    ProposalContent,
    Proposals,
    adapter_model,
    proposal_model,
)
from broker.api.problems import ApiCode
from broker.api.roles import Caller, Role
from broker.api.state import Services, ServicesHere, having
from broker.api.strict_body import StrictRoute
from broker.api.visibility import look_at, reads_everything
from broker.app.adapters.handing import bound
from broker.app.adapters.proposals import dismiss_proposal
from broker.app.adapters.vault import open_proposal
from broker.core.adapting import KeptProposal, ProposalState
from broker.core.errors import ConfigurationError
from broker.core.handling import Handling

Watcher = Annotated[Caller, Depends(having(Role.ADMINISTER, Role.AUDIT))]
Administrator = Annotated[Caller, Depends(having(Role.ADMINISTER))]
ProposalId = Annotated[str, Path(pattern=r"^[0-9a-z-]{8,64}$")]
router = APIRouter(tags=["adapters"], route_class=StrictRoute)


@router.get("/adapters", operation_id="listAdapters", summary="How do they do?")
def adapters(here: ServicesHere, _who: Watcher) -> Adapters:
    """Returns how each adapter does that ever ran at this node."""
    now_ms = here.clock.now_ms()
    found = here.node.store.adapters()
    return Adapters(adapters=[adapter_model(one, now_ms) for one in found])


@router.get("/proposals", operation_id="listProposals", summary="What is proposed?")
def proposals(
    here: ServicesHere,
    _who: Watcher,
    state: ProposalState | None = ProposalState.OPEN,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> Proposals:
    """Returns proposals, oldest first, without their contents."""
    found = here.node.store.proposals(state, limit)
    return Proposals(proposals=[proposal_model(one) for one in found])


@router.get(
    "/proposals/{proposal_id}",
    operation_id="getProposal",
    summary="What does it say?",
    responses=refusals(ApiCode.NOT_FOUND, 409, 410),
)
def show(
    here: ServicesHere, who: Administrator, proposal_id: ProposalId
) -> ProposalContent:
    """Returns a proposal with its content, to whoever may have what it is based on.

    Each of those contents counts as given to the caller, and is recorded.
    """
    kept = _found(here, proposal_id)
    _check_may_have(here, who, kept)
    key = here.keys.holder.store_key
    opened = open_proposal(key, kept.proposal_id, kept.protected)
    if opened is None:
        raise problem(ApiCode.OUT_OF_ORDER, f"it was {kept.state.value}")
    one = opened.submission
    # As it would be sent: what binds its sources binds whoever reads it here.
    handling = bound(
        here.node,
        here.keys,
        Handling.parse(one.handling),
        kept.based_on,
        here.clock.now_ms(),
    )
    return ProposalContent(
        **proposal_model(kept).model_dump(),
        title=opened.title,
        reasons=list(opened.reasons),
        handling=str(handling),
        restrictions=restrictions_model(handling),
        to=list(one.to),
        case_reference=one.case_reference or None,
        content=dict(one.content),
    )


@router.post(
    "/proposals/{proposal_id}/dismissal",
    operation_id="dismissProposal",
    summary="Do not send it",
    responses=refusals(
        ApiCode.UNSUPPORTED_MEDIA_TYPE, ApiCode.NOT_FOUND, ApiCode.OUT_OF_ORDER
    ),
)
def dismiss(
    here: ServicesHere, who: Administrator, proposal_id: ProposalId, person: Person
) -> Proposal:
    """Notes that a person does not want it sent; its content is destroyed."""
    kept = _found(here, proposal_id)
    by = f"{person.by.strip()} ({who.submitter})"
    try:
        state = dismiss_proposal(here.node, kept, by)
    except ConfigurationError as error:
        raise problem(ApiCode.OUT_OF_ORDER, str(error)) from error
    if state is not ProposalState.DISMISSED:
        raise problem(ApiCode.OUT_OF_ORDER, f"it is {state.value}")
    return proposal_model(_found(here, proposal_id))


def _found(here: Services, proposal_id: str) -> KeptProposal:
    found = here.node.store.proposal(proposal_id)
    if len(found) != 1:
        raise problem(ApiCode.NOT_FOUND, "no proposal, or several, of that name")
    return found[0]


def _check_may_have(here: Services, who: Caller, kept: KeptProposal) -> None:
    """Returns if a caller may have all that a proposal is based on.

    Raises:
        ProblemError: FORBIDDEN: it may not.
        RefusedError: Its provider, or the time, forbids it.
    """
    if not kept.based_on and not reads_everything(who):
        raise problem(ApiCode.FORBIDDEN, "it takes the role read, for every desk")
    for digest in kept.based_on:
        seen = look_at(here, who, digest)
        if seen is None:
            raise problem(ApiCode.FORBIDDEN, "it is based on what you may not have")
        give(here, who, seen, Wish())
