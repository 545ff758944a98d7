"""What messages about a joint mitigation plan demand of several fields together.

What one field must look like is left to `broker.core.codec.schema`; whether a sound
message counts, to `broker.core.cases.plan_state`.
"""

import base64
import binascii
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Final

from broker.core.codec.problems import NOTHING, child, shown
from broker.core.codec.walk import Part
from broker.core.errors import DocumentProblem

_PARTIES_MIN: Final = 2
_REPORTED: Final = (
    "ACTION_STATUS_UNDER_WAY",
    "ACTION_STATUS_DONE",
    "ACTION_STATUS_DECLINED",
)
_AMEND: Final = "PLAN_VERDICT_AMEND"
_ACCEPT: Final = "PLAN_VERDICT_ACCEPT"


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _inner(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}


def _bytes(value: object) -> bytes:
    """Returns what base64 stands for; empty for what is none: the schema says so."""
    try:
        return base64.b64decode(str(value), validate=True)
    except binascii.Error:
        return b""


def _proposal(part: Part) -> Iterator[DocumentProblem]:
    """It is where a plan begins: later versions are answers to one."""
    if "replaces" in _inner(part.fields.get("terms")):
        yield DocumentProblem(
            child(child(part.path, "terms"), "replaces"),
            "a list",
            "expected nothing in a first version: amend the version that it replaces",
        )


def _terms(part: Part) -> Iterator[DocumentProblem]:
    """One plan has one spelling, and nobody acts in it who does not agree to it."""
    parties = [str(one) for one in _listed(part.fields.get("parties"))]
    if parties and (parties != sorted(set(parties)) or len(parties) < _PARTIES_MIN):
        yield DocumentProblem(
            child(part.path, "parties"),
            ", ".join(parties),
            "expected two parties or more, ascending, each once",
        )
    replaced = [_bytes(one) for one in _listed(part.fields.get("replaces"))]
    if replaced != sorted(set(replaced)):
        yield DocumentProblem(
            child(part.path, "replaces"),
            "a list",
            "expected digests ascending, each once",
        )
    for position, action in enumerate(_listed(part.fields.get("actions"))):
        place = child(child(part.path, "actions"), position)
        number = _inner(action).get("number", position + 1)
        if number != position + 1:
            yield DocumentProblem(
                child(place, "number"),
                shown(number),
                f"expected {position + 1}: actions are numbered from 1 in order",
            )
        owner = _inner(action).get("owner")
        if parties and isinstance(owner, str) and owner not in parties:
            yield DocumentProblem(
                child(place, "owner"), shown(owner), "expected a party of the plan"
            )


def _answer(part: Part) -> Iterator[DocumentProblem]:
    """Only an amendment has a version of its own, and it replaces what it answers."""
    verdict = part.fields.get("verdict")
    amended = part.fields.get("amended")
    plain = verdict is None or verdict == _ACCEPT
    if not plain and "reason" not in part.fields:
        yield DocumentProblem(
            child(part.path, "reason"), NOTHING, f"expected why, with {verdict}"
        )
    if verdict != _AMEND:
        if amended is not None:
            yield DocumentProblem(
                child(part.path, "amended"), "a mapping", f"expected it with {_AMEND}"
            )
        return
    if amended is None:
        yield DocumentProblem(
            child(part.path, "amended"), NOTHING, "expected the other version"
        )
        return
    yield from _amendment(part, _inner(amended))


def _amendment(part: Part, amended: Mapping[str, object]) -> Iterator[DocumentProblem]:
    place = child(part.path, "amended")
    if amended.get("planId") != part.fields.get("planId"):
        yield DocumentProblem(
            child(place, "planId"),
            shown(amended.get("planId")),
            "expected the plan that is answered",
        )
    if part.fields.get("termsDigest") not in _listed(amended.get("replaces")):
        yield DocumentProblem(
            child(place, "replaces"),
            "a list" if "replaces" in amended else NOTHING,
            "expected the version that is answered among them",
        )


def _report(part: Part) -> Iterator[DocumentProblem]:
    status = part.fields.get("status")
    if isinstance(status, str) and status not in _REPORTED:
        yield DocumentProblem(
            child(part.path, "status"),
            shown(status),
            f"expected one of {', '.join(_REPORTED)}",
        )


RULES: Final[Mapping[str, Callable[[Part], Iterator[DocumentProblem]]]] = (
    MappingProxyType(
        {
            "MitigationProposal": _proposal,
            "PlanTerms": _terms,
            "MitigationAnswer": _answer,
            "ActionReport": _report,
        }
    )
)
"""By name of the message."""
