"""What notices, assistance and joint operations demand of several fields together.

What one field must look like is left to `broker.core.codec.schema`; who may share what
in an operation, to `broker.core.operations`. A rule passes over what is not of the
right shape: the schema reports that.
"""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Final

from broker.core.codec.problems import NOTHING, child, shown
from broker.core.codec.walk import Part
from broker.core.errors import DocumentProblem

OPERATION_DAYS_MAX: Final = 731
"""How long a closed group may last: what goes on for longer is opened anew."""

_MEMBERS_MIN: Final = 2
_REASONS: Final = ("illicitBasis", "indicators")
_BROKER: Final = "ACTOR_ROLE_BROKER"
_REGISTERED: Final = "BROKERING_FINDING_REGISTERED"
_CONVICTED: Final = "PROCEEDINGS_STAGE_CONVICTED"
_TELLING: Final = ("firearm", "part", "ammunition", "description")


def _missing(part: Part, name: str, expected: str) -> DocumentProblem:
    return DocumentProblem(child(part.path, name), NOTHING, f"expected {expected}")


def _wrong(part: Part, name: str, expected: str) -> DocumentProblem:
    value = shown(part.fields.get(name))
    return DocumentProblem(child(part.path, name), value, f"expected {expected}")


def _list_of(part: Part, name: str) -> list[object]:
    value = part.fields.get(name)
    return value if isinstance(value, list) else []


def _prosecution(part: Part) -> Iterator[DocumentProblem]:
    """Nobody is convicted before the stage says so."""
    if "convicted" in part.fields and part.fields.get("stage") != _CONVICTED:
        yield _wrong(part, "convicted", f"it with {_CONVICTED} only")


def _brokering(part: Part) -> Iterator[DocumentProblem]:
    """It is about a broker, and a registration is said with its number."""
    broker = part.fields.get("broker")
    if not isinstance(broker, Mapping):
        return
    place = child(part.path, "broker")
    if broker.get("role", _BROKER) != _BROKER:
        yield DocumentProblem(
            child(place, "role"),
            shown(broker.get("role")),
            "expected ACTOR_ROLE_BROKER; others belong into parties",
        )
    if part.fields.get("finding") == _REGISTERED and not broker.get("identifiers"):
        yield DocumentProblem(
            child(place, "identifiers"),
            NOTHING,
            f"expected the number of the registration, with {_REGISTERED}",
        )


def _transfer(part: Part) -> Iterator[DocumentProblem]:
    """Whoever holds a transfer to be illicit, or doubts it, says why."""
    if not any(name in part.fields for name in _REASONS):
        yield DocumentProblem(
            part.path,
            "none of them",
            f"expected at least one of {', '.join(_REASONS)}",
        )


def _conversion(part: Part) -> Iterator[DocumentProblem]:
    """What is converted is described: a class alone helps nobody to recognise it."""
    for position, item in enumerate(_list_of(part, "objects")):
        if isinstance(item, Mapping) and not any(name in item for name in _TELLING):
            place = child(child(part.path, "objects"), position)
            expected = "expected make and model, or a description"
            yield DocumentProblem(place, "a class alone", expected)


def _need(part: Part) -> Iterator[DocumentProblem]:
    """It can be helped with: OTHER alone says nothing without words."""
    unnamed = _list_of(part, "areas") == ["ASSISTANCE_AREA_OTHER"]
    if unnamed and "detail" not in part.fields:
        yield _missing(part, "detail", "what it is, with ASSISTANCE_AREA_OTHER")


def _match(part: Part) -> Iterator[DocumentProblem]:
    """A project has two partners at least, and a need is not its own offer."""
    partners = _list_of(part, "partners")
    if partners and len({str(one) for one in partners}) < _MEMBERS_MIN:
        yield _wrong(part, "partners", "two partners at least, each once")
    need, offer = part.fields.get("needDigest"), part.fields.get("offerDigest")
    if isinstance(need, str) and need == offer:
        yield _wrong(part, "offerDigest", "another message than that of the need")


def _review(part: Part) -> Iterator[DocumentProblem]:
    """Each question has one number, the same through all parts."""
    numbers = [
        one.get("number")
        for one in _list_of(part, "findings")
        if isinstance(one, Mapping)
    ]
    known = [one for one in numbers if isinstance(one, int)]
    if len(set(known)) < len(known):
        yield _wrong(part, "findings", "each number only once")


def _operation(part: Part) -> Iterator[DocumentProblem]:
    """It is a closed group of some parties, and it ends."""
    members = [str(one) for one in _list_of(part, "members")]
    if members and (len(members) < _MEMBERS_MIN or members != sorted({*members})):
        yield _wrong(part, "members", "two members at least, ascending, each once")
    first, last = _day(part, "from"), _day(part, "until")
    if first is None or last is None:
        return
    if last < first:
        yield _wrong(part, "until", f"no day before {first}")
    elif (last - first).days >= OPERATION_DAYS_MAX:
        yield _wrong(
            part, "until", f"a day within {OPERATION_DAYS_MAX} days of {first}"
        )


def _day(part: Part, name: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(str(part.fields.get(name)))
    except ValueError:
        return None


NOTICE_RULES: Final[Mapping[str, Callable[[Part], Iterator[DocumentProblem]]]] = (
    MappingProxyType(
        {
            "ProsecutionNotice": _prosecution,
            "BrokeringNotice": _brokering,
            "TransferNotice": _transfer,
            "ConversionTechnique": _conversion,
            "AssistanceNeed": _need,
            "AssistanceOffer": _need,
            "AssistanceMatch": _match,
            "PeerReview": _review,
            "Operation": _operation,
        }
    )
)
"""By the name of the message."""
