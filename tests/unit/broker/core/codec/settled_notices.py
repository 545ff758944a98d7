"""Makes drawn notices, needs, reviews and operations keep the rules across fields.

Drawing them is left to the property tests and to `canaries`.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

Document = dict[str, Any]

_TELLING: Final = frozenset({"firearm", "part", "ammunition", "description"})


def _prosecution(notice: Document) -> Document:
    return {**notice, "stage": "PROCEEDINGS_STAGE_CONVICTED"}


def _brokering(notice: Document) -> Document:
    broker = {**notice["broker"], "role": "ACTOR_ROLE_BROKER"}
    return {**notice, "broker": broker, "finding": "BROKERING_FINDING_WITHDRAWN"}


def _transfer(notice: Document) -> Document:
    if notice.keys() & {"illicitBasis", "indicators"}:
        return notice
    return {**notice, "indicators": ["RISK_INDICATOR_SIGNATURE"]}


def _conversion(technique: Document) -> Document:
    objects = [
        one if one.keys() & _TELLING else {**one, "description": "A blank pistol"}
        for one in technique["objects"]
    ]
    return {**technique, "objects": objects}


def _assistance(wish: Document) -> Document:
    return {**wish, "areas": ["ASSISTANCE_AREA_MARKING"]}


def _match(match: Document) -> Document:
    kept = dict(match)
    if kept.get("offerDigest") == kept["needDigest"]:
        del kept["offerDigest"]
    return {**kept, "partners": ["BEL", "KEN"]}


def _review(review: Document) -> Document:
    findings = [
        {**finding, "number": number}
        for number, finding in enumerate(review["findings"], 1)
    ]
    return {**review, "findings": findings}


def _operation(operation: Document) -> Document:
    days = {"from": "2026-03-09", "until": "2026-03-09"}
    return {**operation, **days, "members": ["BEL", "KEN"]}


SETTLED_NOTICES: Final[Mapping[str, Callable[[Document], Document]]] = MappingProxyType(
    {
        "ProsecutionNotice": _prosecution,
        "BrokeringNotice": _brokering,
        "TransferNotice": _transfer,
        "ConversionTechnique": _conversion,
        "AssistanceNeed": _assistance,
        "AssistanceOffer": _assistance,
        "AssistanceMatch": _match,
        "PeerReview": _review,
        "Operation": _operation,
    }
)
"""By name of a message."""
