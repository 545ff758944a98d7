"""Objects that were made of a delivery, taken back: revoked, and emptied.

Revoked versions are made without the content, which may be gone by then: from what the
ledger remembers, which is names and times.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from adapters.stix.markings import markings
from adapters.stix.naming import fixed_id, object_id, stix_time
from broker.core.handling import Handling
from keys.identity import PartyId

_WITHDRAWN: Final = "withdrawn"
_NOTHING: Final = fixed_id("firearm", _WITHDRAWN)
"""An observation has to name something that was seen; this is nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Revocation:
    """What was taken back, as far as anybody remembers it.

    Attributes:
        party: Who exported it.
        digest: Of the message.
        ids: Of the objects that were made of it.
        handling: What they were marked with.
        created_ms: When they were created, in ms since the epoch.
        at_ms: When they were taken back, likewise.
        replacement: Digest of the message that takes its place, or empty.
    """

    party: PartyId
    digest: bytes
    ids: tuple[str, ...]
    handling: Handling
    created_ms: int
    at_ms: int
    replacement: bytes


def revoked_objects(one: Revocation) -> list[dict[str, object]]:
    """Returns the last version of every object: revoked, without its content."""
    marks = markings(one.handling)
    report = object_id("report", one.party, one.digest, "report")
    words = "Taken back by its provider."
    if one.replacement:
        instead = object_id("report", one.party, one.replacement, "report")
        words += f" Replaced by {instead}."
    modified = stix_time(max(one.at_ms, one.created_ms + 1))
    frame: dict[str, object] = {
        "spec_version": "2.1",
        "created": stix_time(one.created_ms),
        "modified": modified,
        "created_by_ref": fixed_id("identity", one.party),
        "object_marking_refs": [str(mark["id"]) for mark in marks],
        "revoked": True,
    }
    note = object_id("note", one.party, one.digest, "note")
    emptied = _emptied(report, note, words, stix_time(one.created_ms))
    return [
        {"type": type_, "id": id_, **frame, **emptied[type_]}
        for id_ in one.ids
        if (type_ := id_.partition("--")[0]) in emptied
    ]


def _emptied(
    report: str, note: str, words: str, created: str
) -> Mapping[str, Mapping[str, object]]:
    """Returns what each type of object has to say even when it says nothing."""
    return MappingProxyType(
        {
            "report": {
                "name": _WITHDRAWN,
                "description": words,
                "report_types": ["observed-data"],
                "published": created,
                "object_refs": [note],
            },
            "note": {"content": words, "object_refs": [report]},
            "incident": {"name": _WITHDRAWN},
            "observed-data": {
                "first_observed": created,
                "last_observed": created,
                "number_observed": 1,
                "object_refs": [_NOTHING],
            },
            "location": {"name": _WITHDRAWN, "region": _WITHDRAWN},
            "identity": {"name": _WITHDRAWN, "identity_class": "unknown"},
            "relationship": {
                "relationship_type": "related-to",
                "source_ref": report,
                "target_ref": report,
            },
        }
    )
