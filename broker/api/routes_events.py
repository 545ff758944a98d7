"""`/events`: what happened, page by page, or as a stream that can be resumed.

Which events there are is left to `broker.core.feed`, reading them for everybody at once
to `broker.api.event_tap`.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import aclosing, suppress
from typing import Annotated, Final, Protocol

from fastapi import APIRouter, Depends, Header, Query, Request
from fastapi.responses import StreamingResponse

from broker.api.answering import problem
from broker.api.describing import refusals
from broker.api.event_tap import EventTap, Told
from broker.api.models_events import (
    Event,
    EventName,
    EventPage,
    event_model,
    stream_mark,
)
from broker.api.problems import ApiCode
from broker.api.roles import EVERY_DESK, Caller, Role
from broker.api.state import ServicesHere, having
from broker.core.feed import Event as Happening
from broker.core.happened import Audience, Happened

_SCANNED: Final = 5000  # events that one page looks at, at most
_PAGE: Final = 500
_MARK_S: Final = 15.0
_STREAM_S: Final = 600.0
_READERS_MAX: Final = 1000
_RETRY: Final = b"retry: 2000\n"
_STREAM_TYPE: Final = "text/event-stream"

router = APIRouter(prefix="/events", tags=["events"])

Follower = Annotated[
    Caller, Depends(having(Role.READ, Role.SUBMIT, Role.AUDIT, Role.ADMINISTER))
]
AfterQuery = Annotated[
    int | None,
    Query(
        ge=0, le=(1 << 53) - 1, description="Number of the last event that is known."
    ),
]
EventsQuery = Annotated[
    list[EventName] | None, Query(description="Only these events; again for each.")
]


class Named(Protocol):
    """Who is told of events: a caller, or a client of an issuer's."""

    @property
    def agency(self) -> str:
        """Whose system it is."""
        ...

    @property
    def roles(self) -> frozenset[Role]:
        """What it may do."""
        ...

    @property
    def desks(self) -> frozenset[str]:
        """Whose deliveries it reads."""
        ...


def audience_of(caller: Named) -> Audience:
    """Returns what a caller may be told of."""
    reads, roles = Role.READ in caller.roles, caller.roles
    whole_desk = reads and EVERY_DESK in caller.desks
    return Audience(
        everything=Role.AUDIT in roles or whole_desk,
        desks=caller.desks if reads else frozenset(),
        agency=caller.agency if Role.SUBMIT in roles else "",
        reader=caller.agency,
    )


def may_know(caller: Caller, audience: Audience, happened: Happened) -> bool:
    """Tells whether an event is for a caller: operators hear of alarms besides."""
    operates = Role.ADMINISTER in caller.roles
    return audience.may_know(happened) or (
        operates and happened.entry.event is Happening.ALARM
    )


@router.get("", operation_id="listEvents", summary="What has happened?")
def events(
    services: ServicesHere,
    caller: Follower,
    after: AfterQuery = None,
    limit: Annotated[int, Query(ge=1, le=_PAGE)] = 100,
    event: EventsQuery = None,
) -> EventPage:
    """Returns what happened after an event, in order, as far as it is the caller's.

    Without `after` it begins at the beginning. A page may be empty although there is
    more: what is others' is passed over.
    """
    if after:
        _check_has_happened(after, services.node.store.feed_end())
    found: list[Event] = []
    at, more, scanned = after or 0, True, 0
    audience = audience_of(caller)
    while more and len(found) < limit and scanned < _SCANNED:
        batch = services.node.store.happened_after(at, _PAGE)
        more, scanned = len(batch) == _PAGE, scanned + len(batch)
        for happened in batch:
            if len(found) == limit:
                more = True
                break
            at = happened.entry.sequence
            if may_know(caller, audience, happened) and _wanted(happened, event):
                found.append(event_model(happened))
    return EventPage(events=found, next_after=at, more=more)


@router.get(
    "/stream",
    operation_id="streamEvents",
    summary="What happens, as it happens",
    response_class=StreamingResponse,
    responses={
        **refusals(ApiCode.TOO_MANY),
        200: {
            "description": "A stream of events. Each has its number as `id`, its name "
            "as `event`, and itself as JSON in `data`. Whoever comes again with "
            "`Last-Event-ID` goes on where the stream broke off. Every 15 s at the "
            "latest there is a sign of life; after 10 minutes the stream ends, and is "
            "to be asked for again: who may still read is looked at anew.",
            "content": {_STREAM_TYPE: {"schema": {"type": "string"}}},
        },
    },
)
async def stream(
    request: Request,
    services: ServicesHere,
    caller: Follower,
    after: AfterQuery = None,
    last_event_id: Annotated[str | None, Header(pattern=r"^[0-9]{1,18}$")] = None,
    event: EventsQuery = None,
) -> StreamingResponse:
    """Tells of what happens, as far as it is the caller's.

    Begins after the event that `Last-Event-ID` or else `after` names; without either,
    with what happens from now on.
    """
    tap = _tap(request)
    if tap.readers >= _READERS_MAX:
        raise problem(
            ApiCode.UNAVAILABLE,
            f"{tap.readers} streams are read already",
            headers={"Retry-After": "60"},
        )
    streams, most = _streams(request), services.settings.connections_max // 2
    if streams[caller.client] >= most:
        raise problem(
            ApiCode.TOO_MANY,
            f"this client reads {most} streams already",
            headers={"Retry-After": "60"},
        )
    end = await asyncio.to_thread(services.node.store.feed_end)
    start = after if last_event_id is None else int(last_event_id)
    if start is not None:
        _check_has_happened(start, end)

    def may_read() -> bool:
        registered = services.node.store.find_client(caller.client)
        # Clients of an issuer are registered there, and not here.
        return registered is None or registered.holds(services.clock.now_ms())

    at = end if start is None else start
    blocks = _counted(
        _blocks(tap, caller, at, event, may_read), streams, caller.client, most
    )
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(blocks, media_type=_STREAM_TYPE, headers=headers)


async def _counted(
    blocks: AsyncGenerator[bytes, None], streams: Counter[str], client: str, most: int
) -> AsyncIterator[bytes]:
    """Tells a client what a stream does, and counts it as long as that lasts.

    One that opens more at once than were counted yet hears an end, and comes again.
    """
    if streams[client] >= most:
        return
    streams[client] += 1
    try:
        async with aclosing(blocks):
            async for block in blocks:
                yield block
    finally:
        streams[client] -= 1
        if not streams[client]:
            del streams[client]


async def _blocks(
    tap: EventTap,
    caller: Caller,
    at: int,
    wanted: list[EventName] | None,
    may_read: Callable[[], bool],
) -> AsyncGenerator[bytes, None]:
    audience, loop = audience_of(caller), asyncio.get_running_loop()
    ends_at, check_at = loop.time() + _STREAM_S, loop.time() + _MARK_S
    async with tap.reading():
        yield _RETRY + stream_mark(at)
        mark_at = loop.time() + _MARK_S
        while loop.time() < ends_at:
            found: Sequence[Told] = ()
            with suppress(TimeoutError):
                async with asyncio.timeout_at(min(mark_at, ends_at)):
                    found = await tap.after(at)
            at = found[-1].sequence if found else at
            blocks = [
                one.block
                for one in found
                if may_know(caller, audience, one.happened)
                and _wanted(one.happened, wanted)
            ]
            if blocks or loop.time() >= mark_at:
                yield b"".join(blocks) or stream_mark(at)
                mark_at = loop.time() + _MARK_S
            if loop.time() >= check_at:
                if not await asyncio.to_thread(may_read):
                    return
                check_at = loop.time() + _MARK_S


def _check_has_happened(sequence: int, end: int) -> None:
    """Returns if an event may be gone on from.

    The node may have been restored from a copy: what the client knows is no more, and
    what happens until the numbers have grown as far would be passed over.

    Raises:
        ProblemError: BAD_REQUEST: there is none of that number yet.
    """
    if sequence > end:
        raise problem(
            ApiCode.BAD_REQUEST,
            f"there is no event {sequence} yet; the last one is {end}",
        )


def _wanted(happened: Happened, wanted: list[EventName] | None) -> bool:
    return not wanted or happened.entry.event.value in wanted


class _Streams(Counter[str]):
    """How many streams each client reads: one must leave connections to the others."""


def _streams(request: Request) -> Counter[str]:
    found: _Streams = request.app.state.beside.setdefault(_Streams, _Streams())
    return found


def _tap(request: Request) -> EventTap:
    """Returns the one tap of this interface; made when it is first needed."""
    beside, store = request.app.state.beside, request.app.state.services.node.store
    found: EventTap = beside.setdefault(EventTap, EventTap(store))
    return found
