"""What a caller's agency says of a message: taken up, acted upon, or declined."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Response

from broker.api.answering import problem
from broker.api.describing import Responses, refusals
from broker.api.models_statements import NewRefusal, NewStatement, Statement
from broker.api.problems import ApiCode, Place
from broker.api.roles import Caller, Role
from broker.api.showing import stage_of
from broker.api.state import Services, ServicesHere, having
from broker.api.strict_body import StrictRoute
from broker.api.visibility import Visible, find_message
from broker.core.model import Decider, Receipt, Stage, message_id_text
from broker.core.protocol_kinds import PROTOCOL_KINDS
from broker.services.authority_desk import AUTHORITY_MAX, AuthorityDesk, Saying

router = APIRouter(prefix="/messages", tags=["statements"], route_class=StrictRoute)
Responder = Annotated[Caller, Depends(having(Role.RESPOND))]
_SAID_BEFORE: Final[dict[str, Any]] = {
    "model": Statement,
    "description": "Nothing was said now: a dry run, or the same was said before",
}
_ANSWERS: Final[Responses] = {
    200: _SAID_BEFORE,
    **refusals(
        ApiCode.NOT_FOUND, ApiCode.OUT_OF_ORDER, ApiCode.STORE_FULL, 410, 415, 422
    ),
}
_DECIDERS: Final = {"system": Decider.SYSTEM, "person": Decider.PERSON}


@router.post(
    "/{id}/acknowledgement",
    operation_id="acknowledgeMessage",
    summary="Say that it was taken up",
    status_code=201,
    responses=_ANSWERS,
)
def acknowledge(
    here: ServicesHere,
    who: Responder,
    id: str,  # noqa: A002 - as in the path
    asked: NewStatement,
    response: Response,
) -> Statement:
    """Tells the origin that the caller's agency has taken a message up."""
    seen = _meant_for(here, who, id)
    saying = _saying(who, Stage.ACKNOWLEDGED, asked, asked.note)
    return _say(here, seen, saying, response, dry_run=asked.dry_run)


@router.post(
    "/{id}/action",
    operation_id="actOnMessage",
    summary="Say that it was acted upon",
    status_code=201,
    responses=_ANSWERS,
)
def act(
    here: ServicesHere,
    who: Responder,
    id: str,  # noqa: A002 - as in the path
    asked: NewStatement,
    response: Response,
) -> Statement:
    """Tells the origin that what a message asks for was done; only once taken up.

    What was done is for an answer, sent as a message of its own.
    """
    seen = _meant_for(here, who, id)
    saying = _saying(who, Stage.ACTED, asked, asked.note)
    return _say(here, seen, saying, response, dry_run=asked.dry_run)


@router.post(
    "/{id}/refusal",
    operation_id="declineMessage",
    summary="Say that nothing will be done",
    status_code=201,
    responses=_ANSWERS,
)
def decline(
    here: ServicesHere,
    who: Responder,
    id: str,  # noqa: A002 - as in the path
    asked: NewRefusal,
    response: Response,
) -> Statement:
    """Tells the origin that the caller's agency will not act on a message."""
    seen = _meant_for(here, who, id)
    saying = _saying(who, Stage.REFUSED, asked, asked.reason)
    return _say(here, seen, saying, response, dry_run=asked.dry_run)


def _saying(
    who: Caller, stage: Stage, asked: NewStatement | NewRefusal, note: str
) -> Saying:
    # A client speaks for its own agency, whatever it calls the office.
    office = " ".join((asked.office or "").split())
    authority = f"{who.agency}, {office}" if office else who.agency
    if len(authority) > AUTHORITY_MAX or not authority.isprintable():
        place = Place(
            path="office",
            found=repr(office),
            expected=f"with the agency, at most {AUTHORITY_MAX} signs that print",
        )
        raise problem(ApiCode.BAD_REQUEST, places=(place,))
    return Saying(
        stage=stage,
        authority=authority,
        decider=_DECIDERS[asked.decided_by],
        note=note.strip(),
    )


def _meant_for(here: Services, who: Caller, name: str) -> Visible:
    """Returns a message of which a caller's agency may say something.

    Raises:
        ProblemError: NOT_FOUND; or FORBIDDEN: its origin has released it to others,
            and would take this for their word.
    """
    seen = find_message(here, who, name)
    released = seen.header.handling.restrictions.release_to
    if released and who.agency.casefold() not in map(str.casefold, released):
        raise problem(
            ApiCode.FORBIDDEN, f"its origin has not released it to {who.agency}"
        )
    return seen


def _say(
    here: Services, seen: Visible, saying: Saying, response: Response, *, dry_run: bool
) -> Statement:
    message = seen.received
    if message is None or not seen.desks:
        raise problem(
            ApiCode.FORBIDDEN,
            "only of what came to a desk of the caller's can it be said",
        )
    if message.header.kind in PROTOCOL_KINDS:
        raise problem(ApiCode.FORBIDDEN, "the node itself answers that")
    desk = AuthorityDesk(here.keys.holder, here.node.store, here.clock)
    before = _said_before(here, seen, saying, desk)
    if before is not None:
        response.status_code = 200
        return _statement(seen, before, said=True, repeated=True)
    if dry_run:
        desk.check(message, saying)
        response.status_code = 200
        return _statement(seen, desk.drafted(message, saying), said=False)
    return _statement(seen, desk.say(message, saying), said=True)


def _said_before(
    here: Services, seen: Visible, saying: Saying, desk: AuthorityDesk
) -> Receipt | None:
    """Returns the same statement, if it was made: its answer may have been lost."""
    if seen.received is None:
        return None
    wanted = desk.drafted(seen.received, saying)
    for one in here.node.store.own_receipts(seen.digest):
        same = (one.stage, one.authority, one.decider, one.detail)
        if same == (wanted.stage, wanted.authority, wanted.decider, wanted.detail):
            return one
    return None


def _statement(
    seen: Visible, receipt: Receipt, *, said: bool, repeated: bool = False
) -> Statement:
    return Statement(
        id=message_id_text(seen.header.message_id),
        digest=seen.digest.hex(),
        statement=stage_of(receipt),
        said=said,
        repeated=repeated,
    )
