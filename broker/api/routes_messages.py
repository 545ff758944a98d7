"""`GET /messages`: what came for a caller, what its agency sent, and what it says."""

from collections.abc import Sequence
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query

from broker.api.contents import Wish, content_shown
from broker.api.describing import Responses, refusals
from broker.api.models_messages import (
    Content,
    Direction,
    Message,
    MessagePage,
    Receipts,
)
from broker.api.paging import cursor_of, place_of
from broker.api.problems import ApiCode
from broker.api.roles import EVERY_DESK, Caller, Role
from broker.api.showing import messages_shown, receipts_shown
from broker.api.state import Services, ServicesHere, having
from broker.api.times import milliseconds
from broker.api.visibility import find_message, look_at, reads_everything
from broker.core.handling import IntendedUse
from broker.core.listing import Listed, Wanted

router = APIRouter(prefix="/messages", tags=["messages"])
Looker = Annotated[
    Caller, Depends(having(Role.SUBMIT, Role.READ, Role.RESPOND, Role.AUDIT))
]
_NOT_FOUND: Final[Responses] = refusals(ApiCode.NOT_FOUND)
_NOT_GIVEN: Final[Responses] = refusals(ApiCode.NOT_FOUND, 409, 410, 422)
_USES: Final = [one.word for one in IntendedUse]


@router.get("", operation_id="listMessages", summary="What came, or was sent?")
def list_messages(  # noqa: PLR0913, PLR0917 - one for each part of the query
    here: ServicesHere,
    who: Looker,
    direction: Annotated[Direction, Query()] = Direction.RECEIVED,
    kind: Annotated[
        str, Query(max_length=60, description="With its version: trace-request/1.")
    ] = "",
    origin: Annotated[str, Query(max_length=3)] = "",
    case: Annotated[str, Query(max_length=64, description="Its reference.")] = "",
    since: Annotated[
        str | None,
        Query(max_length=40, description="Nothing before: RFC 3339, with its zone."),
    ] = None,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> MessagePage:
    """Lists messages in the order in which they became visible here, oldest first.

    `next_cursor` goes on after the page: at once while there is more, or later, when
    more has come. What came is listed for the caller's desks; what was sent, for its
    agency; an auditor lists everything.
    """
    wanted = Wanted(
        after=place_of(direction, cursor),
        # One more than is shown tells whether there is more.
        limit=min(limit, here.settings.page_max) + 1,
        kind=kind,
        origin=origin,
        case_reference=case,
        since_ms=0 if since is None else milliseconds(since, "since"),
    )
    listed = _listed(here, who, direction, wanted)
    shown = listed[: wanted.limit - 1]
    seen = [look_at(here, who, one.message_digest) for one in shown]
    place = shown[-1].place if shown else wanted.after
    return MessagePage(
        messages=messages_shown(here, [one for one in seen if one is not None]),
        next_cursor=cursor_of(direction, place),
        more=len(listed) > len(shown),
    )


@router.get(
    "/{id}",
    operation_id="getMessage",
    summary="One message, without its content",
    responses=_NOT_FOUND,
)
def get_message(here: ServicesHere, who: Looker, id: str) -> Message:  # noqa: A002 - as in the path
    """Shows a message by its id or its digest."""
    return messages_shown(here, [find_message(here, who, id)])[0]


@router.get(
    "/{id}/content",
    operation_id="getContent",
    summary="What a message says",
    responses=_NOT_GIVEN,
)
def get_content(
    here: ServicesHere,
    who: Annotated[Caller, Depends(having(Role.READ, Role.SUBMIT))],
    id: str,  # noqa: A002 - as in the path
    desk: Annotated[
        str | None,
        Query(max_length=100, description="Of the caller's desks, if it has several."),
    ] = None,
    purpose: Annotated[
        str | None,
        Query(
            max_length=40,
            description="What it is asked for; some may not be used for everything.",
            json_schema_extra={"enum": _USES},
        ),
    ] = None,
) -> Content:
    """Gives a content to a desk of the caller's, with the handling that binds it there.

    Who was given what is recorded. What the caller's agency has submitted is given
    back to it.
    """
    seen = find_message(here, who, id)
    return content_shown(here, who, seen, Wish(desk=desk, purpose=purpose))


@router.get(
    "/{id}/receipts",
    operation_id="getReceipts",
    summary="What has been said of a message?",
    responses=_NOT_FOUND,
)
def get_receipts(here: ServicesHere, who: Looker, id: str) -> Receipts:  # noqa: A002 - as in the path
    """Shows who has said what, and when: of what was sent, and of what came."""
    return receipts_shown(here, find_message(here, who, id))


def _listed(
    here: Services, who: Caller, direction: Direction, wanted: Wanted
) -> Sequence[Listed]:
    store = here.node.store
    if direction is Direction.SENT:
        if Role.AUDIT in who.roles or reads_everything(who):
            return store.list_sent(wanted, None)
        if Role.SUBMIT in who.roles:
            return store.list_sent(wanted, who.agency)
        return ()
    if Role.AUDIT in who.roles:
        return store.list_received(wanted)
    if who.roles & {Role.READ, Role.RESPOND}:
        every = EVERY_DESK in who.desks
        return store.list_for_desks(wanted, who.desks, every=every)
    return ()
