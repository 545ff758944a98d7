"""Which routes still stand: what its provider has withdrawn or replaced is left out.

Putting routes together is left to `broker.core.routes`.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Final

from adapters.reading import name_of
from adapters.values import Delivery
from broker.core.errors import RefusedError
from broker.core.routes.report import Bearing, RouteReport, read_report
from keys.framing import frame, sha256

ROUTE: Final = "route-intelligence"
STEP: Final = "case-step"
KINDS: Final = (ROUTE, STEP)
_TAKEN_BACK: Final = "CASE_ACT_WITHDRAW"


def standing(deliveries: Iterable[Delivery]) -> dict[bytes, RouteReport]:
    """Returns the routes that their providers still stand by, by message.

    What anybody else says about a route counts for nothing.
    """
    known = {one.message_digest: one for one in deliveries}
    ended = {
        one.in_reply_to
        for one in known.values()
        if _ends(one) and _same_provider(one, known.get(one.in_reply_to))
    }
    roots: dict[bytes, bytes] = {}
    found = {}
    for one in sorted(known.values(), key=_originals_first):
        if name_of(one.kind) != ROUTE or one.message_digest in ended:
            continue
        # A copy says what its original says, whoever passed it on.
        root = roots.setdefault(_told(one), one.message_digest)
        report = route_of(one, root)
        if report is not None:
            found[one.message_digest] = report
    return found


def route_of(delivery: Delivery, root: bytes) -> RouteReport | None:
    """Returns a route; None for one that tells what no calendar knows.

    Args:
        delivery: Of the kind `route-intelligence`.
        root: Digest of the message that told it first, as far as is known here.
    """
    bearing = Bearing(
        message=delivery.message_digest,
        root=root,
        provider=delivery.provider,
        own=False,
        at_ms=delivery.created_ms,
        handling=delivery.handling,
        case_reference=delivery.case_reference,
    )
    try:
        return read_report(delivery.document, bearing)
    except RefusedError:
        return None


def _ends(one: Delivery) -> bool:
    """Tells whether a message ends the route that it answers."""
    name = name_of(one.kind)
    return name == ROUTE or (name == STEP and one.document.get("act") == _TAKEN_BACK)


def _same_provider(one: Delivery, answered: Delivery | None) -> bool:
    return (
        answered is not None
        and one.origin == answered.origin
        and one.provider == one.origin
        and answered.provider == answered.origin
    )


def _originals_first(one: Delivery) -> tuple[bool, int, bytes]:
    return one.provider != one.origin, one.created_ms, one.message_digest


def _told(one: Delivery) -> bytes:
    return sha256(frame(one.provider.encode(), _canonical(one.document)))


def _canonical(document: Mapping[str, object]) -> bytes:
    return json.dumps(document, sort_keys=True, separators=(",", ":")).encode()
