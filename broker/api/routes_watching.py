"""`/alarms`, `/audit` and `/evidence`: what somebody has to look at, and can prove.

No content is given out here. Putting evidence together is left to
`broker.app.evidence_sources`.
"""

import asyncio
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Path, Query, Response

from broker.api.answering import problem
from broker.api.describing import refusals
from broker.api.hub_lines import hub_line
from broker.api.models_watching import (
    Alarm,
    Alarms,
    Person,
    Story,
    alarm_model,
    story_model,
)
from broker.api.problems import ApiCode
from broker.api.roles import Caller, Role
from broker.api.state import Services, ServicesHere, having
from broker.api.strict_body import StrictRoute
from broker.api.visibility import find_message
from broker.app.evidence_sources import Wanted, export_evidence
from broker.app.node_story import node_story
from broker.core.errors import ConfigurationError

_ZIP: Final = "application/zip"
_FILE: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "The file: `rogatory evidence verify` checks it without this "
        "node. `Rogatory-Root-SHA256` is what its reader has to know from elsewhere.",
        "content": {_ZIP: {"schema": {"type": "string", "format": "binary"}}},
    }
}

Watcher = Annotated[Caller, Depends(having(Role.AUDIT, Role.ADMINISTER))]
Administrator = Annotated[Caller, Depends(having(Role.ADMINISTER))]
Auditor = Annotated[Caller, Depends(having(Role.AUDIT))]
Number = Annotated[int, Path(ge=1, le=(1 << 53) - 1)]
MessageName = Annotated[
    str,
    Path(alias="id", min_length=8, max_length=64, description="Its id or its digest."),
]
router = APIRouter(tags=["audit"], route_class=StrictRoute)


@router.get("/alarms", operation_id="listAlarms", summary="What has to be looked at?")
def alarms(
    here: ServicesHere,
    _who: Watcher,
    *,
    all_: Annotated[
        bool, Query(alias="all", description="Those as well that are not open.")
    ] = False,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> Alarms:
    """Returns alarms, newest first."""
    found = here.node.store.sounded_alarms(limit, only_open=not all_)
    return Alarms(
        open=here.node.store.count_open_alarms(),
        alarms=[alarm_model(one) for one in found],
    )


@router.get(
    "/alarms/{number}",
    operation_id="getAlarm",
    summary="What is it about?",
    responses=refusals(ApiCode.NOT_FOUND),
)
def alarm(here: ServicesHere, _who: Watcher, number: Number) -> Alarm:
    """Returns one alarm."""
    return _alarm(here, number)


@router.post(
    "/alarms/{number}/acknowledgement",
    operation_id="acknowledgeAlarm",
    summary="Say that somebody has looked",
    responses=refusals(ApiCode.UNSUPPORTED_MEDIA_TYPE, ApiCode.NOT_FOUND),
)
def acknowledge(
    here: ServicesHere, who: Administrator, number: Number, person: Person
) -> Alarm:
    """Notes who has looked at an alarm, and through which system; the first stays."""
    by = f"{person.by.strip()} ({who.submitter})"
    now_ms = here.clock.now_ms()
    if not here.node.store.acknowledge_alarm(number, by, now_ms):
        raise problem(ApiCode.NOT_FOUND, f"there is no alarm {number}")
    return _alarm(here, number)


@router.get(
    "/audit/messages/{id}",
    operation_id="getStory",
    summary="What is known of it?",
    responses=refusals(ApiCode.NOT_FOUND),
)
def story(here: ServicesHere, _who: Auditor, id: MessageName) -> Story:  # noqa: A002 - as in the path
    """Returns all that this node knows of a message, in one timeline."""
    try:
        return story_model(node_story(here.node, id))
    except ConfigurationError as error:
        raise problem(ApiCode.NOT_FOUND, str(error)) from None


@router.get(
    "/evidence/{id}",
    operation_id="getEvidence",
    summary="Prove what happened",
    response_class=Response,
    responses={**_FILE, **refusals(ApiCode.NOT_FOUND, ApiCode.OUT_OF_ORDER)},
)
def evidence(here: ServicesHere, who: Auditor, id: MessageName) -> Response:  # noqa: A002 - as in the path
    """Returns a file that proves what happened to a message, without its content.

    The hub is asked for its log.
    """
    seen = find_message(here, who, id)
    found = seen.sent or seen.received
    if found is None:
        raise problem(ApiCode.NOT_FOUND)
    wanted = Wanted(messages=(found,))
    with hub_line():
        collected = asyncio.run(
            export_evidence(here.node, here.keys, wanted, disclosed=False)
        )
    name = f"{seen.digest.hex()[:16]}.evidence.zip"
    return Response(
        collected.data,
        media_type=_ZIP,
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Rogatory-Root-SHA256": collected.root_sha256.hex(),
            "Rogatory-Not-Yet-Logged": str(len(collected.unlogged)),
        },
    )


def _alarm(here: Services, number: int) -> Alarm:
    found = here.node.store.find_alarm(number)
    if found is None:
        raise problem(ApiCode.NOT_FOUND, f"there is no alarm {number}")
    return alarm_model(found)
