"""What a caller may know of this node and of those around it."""

from typing import Annotated, Any

from fastapi import APIRouter, Query

from broker.api.answering import problem
from broker.api.describing import refusals
from broker.api.models_node import Kind, Kinds, Me, Parties, Party
from broker.api.problems import ApiCode
from broker.api.state import CallerHere, ServicesHere
from broker.core.codec.kinds import CONTENT_KINDS, KINDS
from broker.core.codec.schema import json_schema
from keys.directory.model import DirectoryView
from keys.errors import PartySuspendedError
from keys.identity import PartyId

router = APIRouter(tags=["node"])


@router.get("/me", operation_id="getMe", summary="Who am I to this node?")
async def me(here: ServicesHere, who: CallerHere) -> Me:
    """Says what this node takes the caller for."""
    return Me(
        party=str(here.node.party),
        client=who.client,
        agency=who.agency,
        roles=sorted(who.roles),
        desks=sorted(who.desks),
    )


@router.get("/kinds", operation_id="listKinds", summary="What can be sent?")
async def kinds(who: CallerHere) -> Kinds:  # noqa: ARG001 - strangers learn nothing
    """Lists the kinds of content, with their schemas."""
    return Kinds(
        kinds=[
            Kind(
                kind=text,
                name=KINDS[text].name,
                version=KINDS[text].version,
                schema_url=f"/v1/kinds/{KINDS[text].name}/schema",
            )
            for text in CONTENT_KINDS
        ]
    )


@router.get(
    "/kinds/{kind}/schema",
    operation_id="getSchema",
    summary="What does a kind look like?",
    responses=refusals(ApiCode.NOT_FOUND),
)
def schema(
    who: CallerHere,  # noqa: ARG001 - strangers learn nothing
    kind: str,
    version: Annotated[int, Query(ge=1, le=1000)] = 1,
) -> dict[str, Any]:
    """Returns the JSON Schema (draft 2020-12) of a kind: names are lowerCamelCase."""
    text = f"{kind}/{version}"
    if text not in CONTENT_KINDS:
        raise problem(ApiCode.NOT_FOUND)
    return json_schema(text)


@router.get("/parties", operation_id="listParties", summary="Who is there?")
def parties(here: ServicesHere, who: CallerHere) -> Parties:  # noqa: ARG001 - strangers learn nothing
    """Lists the parties of the federation, as the directory has it now."""
    view, now_ms = here.trust().view, here.clock.now_ms()
    return Parties(
        directory_version=view.version,
        parties=[
            Party(
                party=str(party),
                name=entry.record.name,
                own=party == here.node.party,
                suspended=_suspended(view, party, now_ms),
            )
            for party, entry in sorted(view.parties.items())
        ],
    )


def _suspended(view: DirectoryView, party: PartyId, now_ms: int) -> bool:
    try:
        view.check_standing(party, now_ms)
    except PartySuspendedError:
        return True
    return False
