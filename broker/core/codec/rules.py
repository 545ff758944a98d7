"""What messages demand of several fields together, beyond their schema.

What one field must look like is left to `broker.core.codec.schema`. A rule passes
over what is not of the right shape: the schema reports that.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Final

from google.protobuf import json_format
from google.protobuf.descriptor import Descriptor

from broker.core.codec.handling import handling_from_proto
from broker.core.codec.identification import unidentified
from broker.core.codec.problems import NOTHING, child, shown
from broker.core.codec.rules_attachments import attachment
from broker.core.codec.rules_case import CASE_RULES as _OF_CASES
from broker.core.codec.rules_mitigation import RULES as _OF_PLANS
from broker.core.codec.rules_notices import NOTICE_RULES as _OF_NOTICES
from broker.core.codec.rules_records import RULES as _OF_RECORDS
from broker.core.codec.walk import Part, parts_of
from broker.core.errors import DocumentProblem, RefusedError
from rogatory.v1 import handling_pb2

_DETAIL_OF_CLASS: Final = MappingProxyType(
    {
        "ITEM_CLASS_FIREARM": "firearm",
        "ITEM_CLASS_LIGHT_WEAPON": "firearm",
        "ITEM_CLASS_CONVERTIBLE": "firearm",
        "ITEM_CLASS_AMMUNITION": "ammunition",
        "ITEM_CLASS_PART": "part",
        "ITEM_CLASS_ACCESSORY": "part",
    }
)
_MEASURE_OF_OUTCOME: Final = MappingProxyType(
    {
        "TRACE_OUTCOME_ANSWERED_RESTRICTED": "LIMITATION_MEASURE_RESTRICT",
        "TRACE_OUTCOME_DELAYED": "LIMITATION_MEASURE_DELAY",
        "TRACE_OUTCOME_REFUSED": "LIMITATION_MEASURE_REFUSE",
    }
)
_FINDINGS: Final = ("chain", "pointOfDiversion", "lastLegalHolder")
_ADDITIONS: Final = ("items", "serialRanges", "parties", "legs", "asks", "plan")

Rule = Callable[[Part], Iterator[DocumentProblem]]


def rule_problems(message: Descriptor, document: object) -> Iterator[DocumentProblem]:
    """Yields what the rules find in a document that is to become `message`.

    Args:
        message: Descriptor of the message.
        document: Protobuf's JSON mapping of it, with JSON names.
    """
    for part in parts_of(message, document):
        rule = _RULES.get(part.message.name)
        if rule is not None:
            yield from rule(part)


def _missing(part: Part, name: str, expected: str) -> DocumentProblem:
    return DocumentProblem(child(part.path, name), NOTHING, f"expected {expected}")


def _unwanted(part: Part, name: str, expected: str) -> DocumentProblem:
    value = shown(part.fields[name])
    return DocumentProblem(child(part.path, name), value, f"expected {expected}")


def _item(part: Part) -> Iterator[DocumentProblem]:
    """The class is what policies look at: it must not hide what is described."""
    allowed = _DETAIL_OF_CLASS.get(str(part.fields.get("itemClass")))
    for name in ("firearm", "ammunition", "part"):
        if name in part.fields and name != allowed:
            yield DocumentProblem(
                child(part.path, "itemClass"),
                shown(part.fields.get("itemClass")),
                f"expected a class that goes with the field {name}",
            )


def _serial(part: Part) -> Iterator[DocumentProblem]:
    """The mask has one place for each character of the number."""
    raw, mask = part.fields.get("raw"), part.fields.get("mask")
    if not isinstance(raw, str) or not isinstance(mask, str):
        return
    places = re.findall(r"\[[^\[\]]{2,}\]|[^\[\]]", mask)
    fits = (
        "".join(places) == mask
        and len(places) == len(raw)
        and all(
            place in {sign, "?"} or (len(place) > 1 and sign in {*place, "?"})
            for place, sign in zip(places, raw, strict=True)
        )
    )
    if not fits:
        yield _unwanted(
            part,
            "mask",
            f"one place for each of the {len(raw)} characters of {shown(raw)}: the "
            "character itself, ?, or alternatives in brackets such as [0O]",
        )


def _period(part: Part) -> Iterator[DocumentProblem]:
    """It ends no earlier than it begins, as far as both are known."""
    first, last = part.fields.get("from"), part.fields.get("to")
    if not isinstance(first, str) or not isinstance(last, str):
        return
    length = min(len(first), len(last))
    if last[:length] < first[:length]:
        yield _unwanted(part, "to", f"no date before {first}")


def _volume(part: Part) -> Iterator[DocumentProblem]:
    low, high = part.fields.get("low", 0), part.fields.get("high")
    try:
        upside_down = int(str(low)) > int(str(high))
    except ValueError:
        return
    if upside_down:
        yield _unwanted(part, "high", f"no less than {low}")


def _trace_request(part: Part) -> Iterator[DocumentProblem]:
    """Markings, type and calibre: a serial number alone identifies nothing."""
    items = part.fields.get("items")
    for position, item in enumerate(items if isinstance(items, list) else ()):
        if isinstance(item, Mapping):
            yield from unidentified(item, child(child(part.path, "items"), position))


def _trace_response(part: Part) -> Iterator[DocumentProblem]:
    """What is limited must be said with its grounds, and only then."""
    outcome = part.fields.get("outcome")
    if outcome == "TRACE_OUTCOME_ANSWERED" and "results" not in part.fields:
        yield _missing(part, "results", "what the records show, with this outcome")
    measure = _MEASURE_OF_OUTCOME.get(str(outcome))
    limitation = part.fields.get("limitation")
    if measure is None:
        if limitation is not None:
            yield _unwanted(part, "limitation", f"none with the outcome {outcome}")
    elif limitation is None:
        yield _missing(part, "limitation", f"{measure} with its grounds and reasons")
    elif isinstance(limitation, Mapping) and limitation.get("measure") != measure:
        yield DocumentProblem(
            child(child(part.path, "limitation"), "measure"),
            shown(limitation.get("measure")),
            f"expected {measure}, to agree with the outcome {outcome}",
        )


def _limitation(part: Part) -> Iterator[DocumentProblem]:
    delayed = part.fields.get("measure") == "LIMITATION_MEASURE_DELAY"
    if delayed and "reviewOn" not in part.fields:
        yield _missing(part, "reviewOn", "the day on which a delay is looked at again")


def _trace_result(part: Part) -> Iterator[DocumentProblem]:
    traced = part.fields.get("status") == "TRACING_STATUS_TRACED"
    if traced and not any(name in part.fields for name in _FINDINGS):
        yield DocumentProblem(
            child(part.path, "status"),
            shown(part.fields["status"]),
            f"expected at least one of {', '.join(_FINDINGS)} with it",
        )


def _diversion_update(part: Part) -> Iterator[DocumentProblem]:
    """Each sort of update says what it is there for, and nothing of the others."""
    kind = part.fields.get("kind")
    for wanted, name in (
        ("UPDATE_KIND_CORRECT", "corrections"),
        ("UPDATE_KIND_RESOLVE", "resolution"),
    ):
        if kind == wanted and name not in part.fields:
            yield _missing(part, name, f"it with {wanted}")
        if kind != wanted and name in part.fields:
            yield _unwanted(part, name, f"it with {wanted} only")
    added = [name for name in _ADDITIONS if name in part.fields]
    if kind == "UPDATE_KIND_CANCEL":
        for name in added:
            yield _unwanted(part, name, "nothing to be added by UPDATE_KIND_CANCEL")


def _handling(part: Part) -> Iterator[DocumentProblem]:
    """It has one encoding, and combines only what combines."""
    try:
        # A copy, since the parser takes plain dictionaries only.
        message = json_format.ParseDict(dict(part.fields), handling_pb2.Handling())
        handling_from_proto(message)
    except json_format.ParseError:
        return  # not of the right shape
    except RefusedError as error:
        yield DocumentProblem(
            part.path, "a mapping", f"expected sound handling, not {error.detail}"
        )


def _permission_grant(part: Part) -> Iterator[DocumentProblem]:
    """Only what is granted has limits: an answer must not look like half a grant."""
    granted = part.fields.get("verdict") == "PERMISSION_VERDICT_GRANTED"
    if granted:
        yield from _parties(part)
        return
    for name in ("parties", "purposes", "until"):
        if name in part.fields:
            yield _unwanted(part, name, "it with PERMISSION_VERDICT_GRANTED only")


def _parties(part: Part) -> Iterator[DocumentProblem]:
    """Whoever is to pass something on is told to whom, each party once."""
    onward = part.fields.get("act") == "PERMITTED_ACT_ONWARD"
    parties = part.fields.get("parties")
    if onward and parties is None:
        yield _missing(part, "parties", "to whom, with PERMITTED_ACT_ONWARD")
    if not onward and parties is not None:
        yield _unwanted(part, "parties", "it with PERMITTED_ACT_ONWARD only")
    listed = parties if isinstance(parties, list) else []
    if len({str(one) for one in listed}) < len(listed):
        yield _unwanted(part, "parties", "each party only once")


_RULES: Final[Mapping[str, Rule]] = MappingProxyType(
    {
        "Item": _item,
        "Serial": _serial,
        "Period": _period,
        "Volume": _volume,
        "TraceRequest": _trace_request,
        "TraceResponse": _trace_response,
        "Limitation": _limitation,
        "TraceResult": _trace_result,
        "DiversionUpdate": _diversion_update,
        "Handling": _handling,
        "PermissionRequest": _parties,
        "PermissionGrant": _permission_grant,
        "Attachment": attachment,
        **_OF_CASES,
        **_OF_PLANS,
        **_OF_RECORDS,
        **_OF_NOTICES,
    }
)
