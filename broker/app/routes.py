"""The route intelligence and the alerts that a node may put together.

What is made of them is left to `broker.core.routes`.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from broker.app.contents import Content, contents
from broker.app.credentials import NodeKeys
from broker.app.node_folder import Node
from broker.core.codec.documents import read_document
from broker.core.codec.kinds import KINDS, parse_kind
from broker.core.codec.permission import read_copy
from broker.core.errors import RefusedError
from broker.core.handling import Handling
from broker.core.onward import ONWARD_KIND
from broker.core.routes.aggregate import Counted, counted_alert, counted_route
from broker.core.routes.periods import day_of
from broker.core.routes.places import Gazetteer
from broker.core.routes.report import Bearing, RouteReport, read_report
from broker.core.tightening import with_terms
from broker.core.trails.trail import Role
from broker.infra.places import gazetteer

ROUTE: Final = "route-intelligence"
ALERT: Final = "diversion-alert"
PLACES: Final = "places.csv"
"""In the folder of a node: where UN/LOCODEs lie, if its operator brought a list."""
_OPENINGS: Final = frozenset({ROUTE, ALERT})
_STEP: Final = "case-step"
_COPY: Final = ONWARD_KIND.partition("/")[0]
_TAKEN_BACK: Final = "CASE_ACT_WITHDRAW"
_CANCELLED: Final = "UPDATE_KIND_CANCEL"
_UPDATE: Final = "diversion-update"

Progress = Callable[[int, int], None]
"""Is told how many contents have been read, of how many."""


class Standing(StrEnum):
    """Whether a report still stands."""

    PUBLISHED = "published"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownRoute:
    """A report, and whether its origin still stands by it."""

    report: RouteReport
    standing: Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class _Provided:
    """A content with whom it came from in the first place."""

    kind: str
    body: bytes
    bearing: Bearing
    content: Content

    @property
    def document(self) -> dict[str, object]:
        """Protobuf's JSON mapping of it."""
        return read_document(parse_kind(self.kind), self.body)


def places_of(node: Node, given: Path | None) -> Gazetteer:
    """Returns where places lie: with the list given, or that of the node's folder.

    Raises:
        ConfigurationError: The list cannot be read, or holds no position.
    """
    stored = node.folder.root / PLACES
    return gazetteer(given or (stored if stored.exists() else None))


def known_routes(node: Node, keys: NodeKeys, read: Progress) -> list[KnownRoute]:
    """Returns every route that this node may read, oldest first.

    What a newer version of the same origin replies to is superseded. What was recalled
    or corrected is not here at all. A document that left in several messages, since
    policies told recipients different things, is one report: the fullest of them.

    Args:
        node: The node.
        keys: Its keys.
        read: Is told how many have been read.

    Raises:
        StoreError: The store cannot be read.
        ContentError: A content was protected under another key.
    """
    provided = list(_provided(node, keys, {ROUTE, _STEP, _COPY}, read))
    replaced = _answered_by_origin(provided, ROUTE)
    withdrawn = _answered_by_origin(provided, _STEP, _is_withdrawal)
    known: dict[bytes, KnownRoute] = {}
    for one in provided:
        if _name(one.kind) != ROUTE:
            continue
        try:
            report = read_report(one.document, one.bearing)
        except RefusedError:
            continue  # an older release took what no calendar knows
        standing = Standing.PUBLISHED
        if one.bearing.root in replaced:
            standing = Standing.SUPERSEDED
        if one.bearing.root in withdrawn:
            standing = Standing.WITHDRAWN
        known[one.bearing.message] = KnownRoute(report=report, standing=standing)
    return _without_siblings(known.values())


def counted_contents(node: Node, keys: NodeKeys, read: Progress) -> list[Counted]:
    """Returns the routes and alerts that this node may read, to be counted.

    Raises:
        StoreError: The store cannot be read.
        ContentError: A content was protected under another key.
    """
    counted = [
        counted_route(one.report)
        for one in known_routes(node, keys, read)
        if one.standing is Standing.PUBLISHED
    ]
    provided = list(_provided(node, keys, {ALERT, _UPDATE, _COPY}, read))
    cancelled = _answered_by_origin(provided, _UPDATE, _is_cancellation)
    for one in provided:
        if _name(one.kind) != ALERT or one.bearing.root in cancelled:
            continue
        bearing = one.bearing
        counted.append(
            counted_alert(
                one.document,
                Counted(
                    root=bearing.root,
                    provider=bearing.provider,
                    own=bearing.own,
                    handling=bearing.handling,
                    year=day_of(bearing.at_ms).year,
                    factors={},
                    copied=one.content.header.kind == ONWARD_KIND,
                ),
            )
        )
    return counted


def _provided(
    node: Node, keys: NodeKeys, names: set[str], read: Progress
) -> Iterator[_Provided]:
    """Yields contents of some kinds, those that were passed on among them."""
    kinds = [one.text for one in KINDS.values() if one.name in names]
    of = len(node.store.digests_of_kinds(kinds))
    for number, content in enumerate(contents(node, keys, names), start=1):
        read(min(number, of), of)
        one = _from_provider(node, content)
        if _name(one.kind) in names:
            yield one


def _from_provider(node: Node, content: Content) -> _Provided:
    header = content.header
    kind, body, root, provider = (
        header.kind,
        content.body,
        content.message_digest,
        header.origin,
    )
    if kind == ONWARD_KIND:
        copy = read_copy(body)
        kind, body = copy.kind, copy.body
        root, provider = copy.message_digest, copy.provider
    elif content.role is Role.SENT:
        root = _first_sibling(node, content)
    return _Provided(
        kind=kind,
        body=body,
        content=content,
        bearing=Bearing(
            message=content.message_digest,
            root=root,
            provider=provider,
            # What others pass on as ours is not proved to be ours.
            own=content.role is Role.SENT and header.kind != ONWARD_KIND,
            at_ms=content.at_ms,
            handling=_binding(node, content),
            case_reference=header.case_reference,
        ),
    )


def _binding(node: Node, content: Content) -> Handling:
    """Returns what binds us: what was laid down, and what our own policy adds."""
    terms = node.store.admission(content.message_digest)
    if terms is None:
        return content.header.handling
    return with_terms(
        content.header.handling, terms.retention_days, with_consent=terms.with_consent
    )


def _first_sibling(node: Node, content: Content) -> bytes:
    """Returns one name for all messages as which one document of ours left."""
    together = [
        digest
        for digest in node.store.sent_at(content.at_ms)
        if (other := node.store.find_sent(digest)) is not None
        and other.header.kind == content.header.kind
        and other.header.case_reference == content.header.case_reference
    ]
    return min(together, default=content.message_digest)


def _without_siblings(known: Iterable[KnownRoute]) -> list[KnownRoute]:
    """Keeps of what left as several messages the fullest, and every copy of others."""
    found: dict[bytes, KnownRoute] = {}
    for one in known:
        bearing = one.report.bearing
        name = bearing.root if bearing.own else bearing.message
        kept = found.setdefault(name, one)
        found[name] = max(kept, one, key=_fullness)
    return list(found.values())


def _fullness(one: KnownRoute) -> tuple[int, int, bytes]:
    report = one.report
    told = sum(stop.spot.exactness for stop in report.stops)
    return told, len(report.stops), report.bearing.message


def _answered_by_origin(
    provided: Sequence[_Provided],
    name: str,
    counts: Callable[[_Provided], bool] = lambda _one: True,
) -> set[bytes]:
    """Returns what its own provider has answered in a certain way, by root.

    What anybody else says about a message counts for nothing: neither does what those
    say who have passed it on.
    """
    known = {one.content.message_digest: one for one in provided}
    found = set()
    for one in provided:
        header = one.content.header
        answered = known.get(header.in_reply_to)
        if (
            answered is not None
            and _name(header.kind) == name
            and answered.content.header.origin == header.origin
            and answered.bearing.provider == header.origin
            and _name(answered.kind) in _OPENINGS
            and counts(one)
        ):
            found.add(answered.bearing.root)
    return found


def _is_withdrawal(one: _Provided) -> bool:
    return one.document.get("act") == _TAKEN_BACK


def _is_cancellation(one: _Provided) -> bool:
    return one.document.get("kind") == _CANCELLED


def _name(kind: str) -> str:
    return kind.partition("/")[0]
