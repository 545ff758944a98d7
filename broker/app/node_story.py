"""The story of one message as the node that sent or received it can tell it.

What the lines say is left to `broker.core.trails.timeline`; opening the node to
`node_folder`.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from broker.app.node_folder import Node
from broker.core.errors import ConfigurationError
from broker.core.model import Header, message_id_text
from broker.core.records import InboxMessage, SentMessage
from broker.core.trails import timeline, timeline_recalls
from broker.core.trails.timeline import Event
from broker.core.trails.trail import MessageHead, Role

_SHORT = 8  # hexadecimal digits that a beginning needs
_NAMED = 12  # hexadecimal digits of a digest by which texts call a message


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """All that one reader knows of one message.

    Attributes:
        message_digest: Which.
        role: What it is to the reader; None at a hub.
        header: Of the message; None of a withholding, and where nobody could read it.
        events: In order.
    """

    message_digest: bytes
    role: Role | None
    header: Header | None
    events: tuple[Event, ...]


def node_story(node: Node, name: str) -> Story:
    """Returns the story of a message that this node sent, received or kept back.

    Args:
        node: The node.
        name: Id or digest, or the beginning of one.

    Raises:
        ConfigurationError: It means none, or several.
        StoreError: The store cannot be read.
    """
    digest = _resolve(node, name)
    sent = node.store.find_sent(digest)
    received = None if sent else node.store.find_received(digest)
    message = sent or received
    if message is None:
        events = _of_withholding(node, digest)
        role, header = Role.WITHHELD, None
    else:
        mine = _of_sent(node, sent) if sent else ()
        theirs = _of_received(node, received) if received else ()
        events = iter((*mine, *theirs, *_of_both(node, message)))
        role, header = Role.SENT if sent else Role.RECEIVED, message.header
    return Story(
        message_digest=digest,
        role=role,
        header=header,
        events=timeline.in_order(events),
    )


def _resolve(node: Node, name: str) -> bytes:
    if len(name.replace("-", "")) < _SHORT:
        raise ConfigurationError(f"{name!r} is too short: give {_SHORT} digits or more")
    found = {*node.store.resolve(name), *node.store.withheld_like(name)}
    if not found:
        raise ConfigurationError(
            f"no message {name} in this node; list them with: rogatory audit list"
        )
    if len(found) > 1:
        raise ConfigurationError(f"{name} means {len(found)} messages: give more of it")
    return found.pop()


def _of_withholding(node: Node, digest: bytes) -> Iterator[Event]:
    head = node.store.head(digest)
    if head is not None:
        yield timeline.withheld(head, node.store.lines_about(digest))
    yield from timeline.decided(node.store.decisions_about(digest), node.party)


def _of_sent(node: Node, sent: SentMessage) -> Iterator[Event]:
    store, digest, own = node.store, sent.message_digest, node.party
    yield timeline.sealed(sent.header)
    submitted_ms = store.submitted_ms(digest)
    if submitted_ms is not None:
        yield timeline.submitted(sent.header, submitted_ms)
    release = store.released(digest)
    if release is not None:
        held = store.find_pending(release.pending_id)
        yield from timeline.released(release, own, held.held_ms if held else None)


def _of_received(node: Node, received: InboxMessage) -> Iterator[Event]:
    store, digest, own = node.store, received.message_digest, node.party
    yield timeline.sealed(received.header)
    yield timeline.arrived(received.header, own, received.received_ms)
    admission = store.admission(digest)
    if admission is not None:
        yield timeline.admitted(admission, own)


def _of_both(node: Node, message: SentMessage | InboxMessage) -> Iterator[Event]:
    store, digest, own = node.store, message.message_digest, node.party
    yield from timeline.decided(store.decisions_about(digest), own)
    ledger = [line.receipt for line in store.ledger(digest)]
    # What was said before the receipts of it were kept, is known in fewer words.
    stated = [line.receipt for line in store.stated(digest)]
    known = {(one.stage.name, one.by) for one in (*ledger, *stated)}
    yield from timeline.stated((*ledger, *stated))
    for line in store.lines_about(digest):
        if (line.stage, line.by) not in known:
            yield timeline.listed(line)
    yield from timeline.contradicted(
        line.receipt for line in store.contradictions(digest)
    )
    yield from timeline.handed_out(store.handed_out(digest), own)
    taken_back = tuple(_taken_back(node, digest))
    told = {event.message_digest for event in taken_back}
    yield from taken_back
    for event in timeline.answered(_with_theirs(node, store.replies_to(digest))):
        # Of a notice that was opened, more is known than its header says.
        if event.message_digest not in told:
            yield event
    findings = store.receipt_findings(digest)
    yield from timeline.found((one.finding, one.settled_ms) for one in findings)
    names = (message_id_text(message.header.message_id), digest.hex()[:_NAMED])
    yield from timeline.alarmed(store.alarms_about(names), own)


def _taken_back(node: Node, digest: bytes) -> Iterator[Event]:
    store, own = node.store, node.party
    sent = store.notices_sent(digest)
    yield from timeline_recalls.taken_back(sent, own)
    for notice in sent:
        yield from timeline_recalls.attested(store.attested(notice.digest), own)
    yield from timeline_recalls.notified(store.notices_received(digest), own)
    yield from timeline_recalls.desks_told(store.desk_notices_about(digest), own)
    yield from timeline_recalls.kept(store.hold_on(digest), own)
    yield from timeline_recalls.destroyed(store.destroyed(digest), own)


def _with_theirs(node: Node, replies: list[MessageHead]) -> Iterator[MessageHead]:
    """Yields replies, and what answers them in turn: who has done what was asked."""
    for reply in replies:
        yield reply
        yield from node.store.replies_to(reply.message_digest)
