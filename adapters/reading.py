"""What a delivery says in plain words, and which kinds are reports at all.

What a system makes of it is left to its adapter.
"""

from collections.abc import Mapping
from typing import Final

from adapters.values import Delivery
from broker.core.codec.plain import PlainPart, plain_fields, plain_lines, plain_parts
from broker.core.routes.geojson import restriction_list

TITLE_MAX_LENGTH: Final = 200  # characters
REPORTED: Final = frozenset(
    {
        "trace-request",
        "trace-response",
        "diversion-alert",
        "diversion-update",
        "route-intelligence",
        "recovery-record",
        "stock-loss",
        "disposition-record",
        "component-declaration",
        "marking-practice",
        "conversion-technique",
        "manufacture-trend",
        "practice-note",
        "prosecution-notice",
        "brokering-notice",
        "actor-profile",
        "transfer-notice",
        "financial-lead",
    }
)
"""Kinds that tell of arms, places, actors or methods. All others are steps between two
parties, which mean nothing to a system that does not take part."""
NOT_REPORTED: Final = "a step between parties, and no report"


def name_of(kind: str) -> str:
    """Returns "trace-request" for "trace-request/1"."""
    return kind.partition("/")[0]


def title(delivery: Delivery) -> str:
    """Returns one line that says what it is about."""
    stated = str(delivery.document.get("title", "")).strip()
    about = stated or delivery.case_reference or delivery.message_id
    what = name_of(delivery.kind).replace("-", " ").capitalize()
    return f"{what}: {about}"[:TITLE_MAX_LENGTH]


def prose(delivery: Delivery) -> str:
    """Returns all of a delivery as lines of text, with what binds its reader first."""
    head = [f"Handling: {delivery.handling}"]
    head += [f"Restriction: {one}" for one in restriction_list(delivery.handling)]
    head += [f"Provider: {delivery.provider}", f"Message: {delivery.message_id}"]
    if delivery.case_reference:
        head.append(f"Case: {delivery.case_reference}")
    if delivery.warning:
        head.append(f"Warning: {delivery.warning}")
    return "\n".join([*head, "", *plain_lines(delivery.kind, delivery.document)])


def fields(delivery: Delivery) -> dict[str, object]:
    """Returns the content with names as in the .proto files and words for values."""
    return plain_fields(delivery.kind, delivery.document)


def parts(delivery: Delivery, message: str) -> list[PlainPart]:
    """Returns every message of one type in a content, such as "Item"."""
    return plain_parts(delivery.kind, delivery.document, message)


def inner(value: object) -> Mapping[str, object]:
    """Returns a mapping within a mapping; an empty one where there is none."""
    return value if isinstance(value, Mapping) else {}


def many(value: object) -> list[Mapping[str, object]]:
    """Returns the mappings of a list; none where there is no list."""
    listed = value if isinstance(value, list) else []
    return [one for one in listed if isinstance(one, Mapping)]
