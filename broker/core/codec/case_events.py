"""What contents tell a lifecycle: the name of the event, and the days that it names.

What follows from it is left to `broker.core.cases`.
"""

import datetime as dt
import json
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

from google.protobuf.descriptor import Descriptor, EnumDescriptor

from broker.core.cases.events import (
    DECLINED,
    OVERDUE_NOTICE,
    RECEIPT,
    Told,
    Urgency,
)
from broker.core.codec.documents import read_document
from broker.core.codec.kinds import KINDS, Kind, parse_kind
from broker.core.errors import Code, RefusedError
from broker.core.model import Stage

_SORTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        # Kind without version: the field that says which sort of event it is.
        "trace-response": "outcome",
        "trace-closing": "basis",
        "diversion-update": "kind",
        "case-step": "act",
        "mitigation-answer": "verdict",
        "action-report": "status",
        "verification-response": "finding",
        "reexport-response": "verdict",
        "permission-grant": "verdict",
        "peer-review": "part",
    }
)
_ALTERNATIVES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {"trace-clarification": ("question",)}
)
_FATES: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    # The other alternative, and the field in it that says which sort it is: whether a
    # new answer is owed depends on it.
    {"trace-clarification": ("answer", "fate")}
)
_WORDS: Final = ("basis", "grounds", "measure", "asks", "methods", "stage", "fate")
_WITHIN: Final = ("limitation", "answer")
_DUE: Final = ("answerBy", "byWhen")
_FIRST_DAY: Final = dt.date.min.isoformat()
_URGENCIES: Final[Mapping[object, Urgency]] = MappingProxyType(
    {
        "URGENCY_PRIORITY": Urgency.PRIORITY,
        "URGENCY_IMMEDIATE": Urgency.IMMEDIATE,
        "REQUEST_URGENCY_PRIORITY": Urgency.PRIORITY,
        "REQUEST_URGENCY_IMMEDIATE": Urgency.IMMEDIATE,
    }
)
_ANY: Final = frozenset({"trace-closing"})
"""Kinds of which the sort is only told, and makes no other event."""


def told_by(kind: str, body: bytes) -> Told:
    """Returns what a content tells.

    Args:
        kind: With version.
        body: A content that `decode_document` has taken.

    Raises:
        RefusedError: UNKNOWN_KIND, or the code of malformed bytes.
    """
    known = parse_kind(kind)
    document = read_document(known, body)
    review = _inner(document, "limitation").get("reviewOn")
    return Told(
        event=_event(known, document),
        urgency=_URGENCIES.get(document.get("urgency"), Urgency.ROUTINE),
        acknowledge_on=str(document.get("acknowledgeBy") or ""),
        due_on=_due_on(document),
        review_on=str(review or document.get("reviewOn") or ""),
        words=(*_words(known.descriptor, document), *_notice_words(known, document)),
    )


def _due_on(document: Mapping[str, object]) -> str:
    """Returns the last day on which an answer is in time, or nothing."""
    leaves = document.get("notBefore")
    if isinstance(leaves, str) and leaves > _FIRST_DAY:
        # On the day itself the goods may be gone.
        return (dt.date.fromisoformat(leaves) - dt.timedelta(days=1)).isoformat()
    stated = (str(document[one]) for one in _DUE if one in document)
    return next(stated, "") or _asked_until(document)


def _asked_until(document: Mapping[str, object]) -> str:
    """Returns the last day by which an alert asks for anything, or nothing.

    Not the first: it may be of others that that is asked, and nobody is to be told too
    early that it is late.
    """
    asks = document.get("asks")
    listed = asks if isinstance(asks, list) else []
    days = (str(one.get("byWhen", "")) for one in listed if isinstance(one, Mapping))
    return max(days, default="")


def receipt_event(stage: Stage, code: str = "") -> str:
    """Returns the name of the event that a receipt is.

    Args:
        stage: What it states.
        code: Of a refusal; an authority's own is an event of another name.
    """
    if stage is Stage.REFUSED and code == Code.DECLINED.value:
        return DECLINED
    return f"{RECEIPT}{stage.name.lower()}"


def event_names() -> tuple[str, ...]:
    """Returns every event that there can be, ascending."""
    names = [*(receipt_event(stage) for stage in Stage), DECLINED]
    for kind in KINDS.values():
        sorts = _sorts_of(kind)
        names += [f"{kind.name}:{sort}" for sort in sorts] or [kind.name]
    return tuple(sorted(names))


def encode_told(told: Told) -> bytes:
    """Returns the bytes by which a node keeps it, under its own key."""
    return json.dumps(
        {
            "event": told.event,
            "urgency": told.urgency,
            "acknowledge_on": told.acknowledge_on,
            "due_on": told.due_on,
            "review_on": told.review_on,
            "words": told.words,
        }
    ).encode()


def decode_told(data: bytes) -> Told:
    """Reads what `encode_told` wrote.

    Raises:
        RefusedError: MALFORMED.
    """
    try:
        fields = json.loads(data)
        return Told(
            event=str(fields["event"]),
            urgency=Urgency(fields["urgency"]),
            acknowledge_on=str(fields["acknowledge_on"]),
            due_on=str(fields["due_on"]),
            review_on=str(fields["review_on"]),
            words=tuple(map(str, fields["words"])),
        )
    except (ValueError, KeyError, TypeError) as error:
        raise RefusedError(Code.MALFORMED, "event of a case") from error


def _event(kind: Kind, document: Mapping[str, object]) -> str:
    for name in _ALTERNATIVES.get(kind.name, ()):
        if name in document:
            return f"{kind.name}:{name}"
    if kind.name in _FATES:
        inner, field = _FATES[kind.name]
        fate = str(_inner(document, inner).get(field))
        return f"{kind.name}:{_enum_word(_fate_enum(kind), fate)}"
    field = _SORTS.get(kind.name, "")
    if not field or kind.name in _ANY:
        return kind.name
    return f"{kind.name}:{_word(kind, field, str(document.get(field)))}"


def _sorts_of(kind: Kind) -> tuple[str, ...]:
    if kind.name in _FATES:
        enum = _fate_enum(kind)
        fates = (_enum_word(enum, one.name) for one in enum.values[1:])
        return (*_ALTERNATIVES[kind.name], *fates)
    field = _SORTS.get(kind.name)
    if field is None or kind.name in _ANY:
        return ()
    names = (one.name for one in _enum(kind, field).values[1:])
    return tuple(_word(kind, field, name) for name in names)


def _word(kind: Kind, field: str, value: str) -> str:
    """Returns "answered-restricted" for TRACE_OUTCOME_ANSWERED_RESTRICTED."""
    return _enum_word(_enum(kind, field), value)


def _enum_word(enum: EnumDescriptor, value: str) -> str:
    prefix = enum.values[0].name.removesuffix("UNSPECIFIED")
    return value.removeprefix(prefix).lower().replace("_", "-")


def _fate_enum(kind: Kind) -> EnumDescriptor:
    inner, field = _FATES[kind.name]
    message = kind.descriptor.fields_by_camelcase_name[inner].message_type
    enum = message.fields_by_camelcase_name[field].enum_type if message else None
    if enum is None:
        raise TypeError(f"{kind.name}.{inner}.{field} is no closed list")
    return enum


def _enum(kind: Kind, field: str) -> EnumDescriptor:
    enum = kind.descriptor.fields_by_camelcase_name[field].enum_type
    if enum is None:
        raise TypeError(f"{kind.name}.{field} is no closed list")
    return enum


def _words(message: Descriptor, document: Mapping[str, object]) -> Iterator[str]:
    """Yields the words of closed lists that a timeline shows, ours of `_WORDS` only."""
    for field in message.fields:
        value = document.get(field.json_name)
        if field.json_name in _WORDS and field.enum_type:
            stated = value if isinstance(value, list) else [value]
            yield from (str(one) for one in stated if one is not None)
        elif (
            field.json_name in _WITHIN
            and field.message_type
            and isinstance(value, Mapping)
        ):
            yield from _words(field.message_type, value)


def _notice_words(kind: Kind, document: Mapping[str, object]) -> tuple[str, ...]:
    """Returns clock, number, and for an alternate office its name, of a notice."""
    if kind.name != OVERDUE_NOTICE:
        return ()
    words = (str(document["clock"]), str(document["sequence"]))
    escalated = (str(document.get("office", "")),) if document.get("escalated") else ()
    return words + escalated


def _inner(document: Mapping[str, object], name: str) -> Mapping[str, object]:
    value = document.get(name)
    return value if isinstance(value, Mapping) else {}
