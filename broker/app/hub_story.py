"""The story of one message as the hub's log tells it: its header, and what was stated.

No policy's reasons, no desks, no content: the hub has none of them.
"""

from collections.abc import Iterator
from dataclasses import replace

from broker.app.hub_trail import HubTrail, logged_header
from broker.app.node_story import Story
from broker.core.audit.entry import LoggedEntry
from broker.core.codec.receipts import decode_receipt
from broker.core.model import Header, Stage
from broker.core.trails import timeline
from broker.core.trails.timeline import Event
from broker.core.trails.trail import MessageHead, Role


def hub_story(trail: HubTrail, name: str) -> Story:
    """Returns the story of a message that the hub has seen.

    Args:
        trail: The hub's log.
        name: Id or digest, or the beginning of one.

    Raises:
        ConfigurationError: It means none, or several.
        StoreError: The log cannot be read.
    """
    digest = trail.resolve(name)
    entries = trail.entries_about(digest)
    headers = [logged_header(logged.entry) for logged in entries]
    header = next((one for one in headers if one is not None), None)
    return Story(
        message_digest=digest,
        role=None,
        header=header,
        events=timeline.in_order(_events(trail, entries, header)),
    )


def _events(
    trail: HubTrail, entries: list[LoggedEntry], header: Header | None
) -> Iterator[Event]:
    if header is not None:
        yield timeline.sealed(header)
    for logged in entries:
        for event in timeline.stated([decode_receipt(logged.entry.receipt)]):
            yield replace(event, entry=logged.index)
        if logged.entry.stage == Stage.ACCEPTED.name:
            yield from _answers(trail, logged)


def _answers(trail: HubTrail, accepted: LoggedEntry) -> Iterator[Event]:
    """Yields the replies to an accepted message, and what answers those."""
    found = trail.replies_to(accepted.entry.message_digest, accepted.index)
    for reply, header in found:
        head = MessageHead(
            message_digest=reply.entry.message_digest,
            role=Role.SENT,
            kind=header.kind,
            origin=header.origin,
            parties=header.parties,
            created_ms=header.created_ms,
        )
        for event in timeline.answered([head]):
            yield replace(event, entry=reply.index)
