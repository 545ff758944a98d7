"""A delivery as one JSON document, for systems that have no format of their own.

The same bytes for the same delivery, however often it comes. Where they go is left to
the adapters.
"""

import json
from datetime import UTC, datetime, timedelta
from typing import Final

from adapters.values import Delivery, Withdrawal
from broker.core.handling import Handling

MEDIA_TYPE: Final = "application/json"
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def delivered_json(delivery: Delivery) -> bytes:
    """Returns a delivery as a document; its handling comes first."""
    until = delivery.keep_until_ms
    return _encoded(
        {
            "event": "delivered",
            "handling": handling_fields(delivery.handling),
            "keep_until": None if until is None else iso_time(until),
            "warning": delivery.warning or None,
            "key": delivery.key,
            "digest": delivery.message_digest.hex(),
            "id": delivery.message_id,
            "kind": delivery.kind,
            "origin": delivery.origin,
            "provider": delivery.provider,
            "case_reference": delivery.case_reference or None,
            "in_reply_to": delivery.in_reply_to.hex() or None,
            "created_at": iso_time(delivery.created_ms),
            "received_at": iso_time(delivery.received_ms),
            "content": delivery.document,
        }
    )


def withdrawn_json(withdrawal: Withdrawal) -> bytes:
    """Returns what says that a delivery must not be used any more; without content."""
    return _encoded(
        {
            "event": "withdrawn",
            "key": withdrawal.key,
            "digest": withdrawal.message_digest.hex(),
            "destroy": withdrawal.destroy,
            "replaced_by": withdrawal.replacement.hex() or None,
            "at": iso_time(withdrawal.at_ms),
        }
    )


def handling_fields(handling: Handling) -> dict[str, object]:
    """Returns all of a handling: its labels, and what else it binds to."""
    bounds = handling.restrictions
    return {
        "labels": str(handling),
        "release_to": list(bounds.release_to),
        "purposes": [use.word for use in sorted(bounds.purposes)],
        "purpose": bounds.purpose or None,
        "no_onward": bounds.no_onward,
        "other": bounds.other or None,
        "retention_days": bounds.retention_days,
    }


def iso_time(at_ms: int) -> str:
    """Returns a time as RFC 3339 has it, in UTC with milliseconds.

    Args:
        at_ms: In ms since the epoch.
    """
    at = _EPOCH + timedelta(milliseconds=at_ms)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _encoded(fields: dict[str, object]) -> bytes:
    return json.dumps(fields, indent=2, ensure_ascii=False).encode() + b"\n"
