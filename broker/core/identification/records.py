"""What an index keeps of a weapon, as bytes to be sealed; and the leads it gave.

Where it is kept is left to `broker.infra.weapon_store`.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from broker.core.identification.matching import Lead, Reason, Verdict
from broker.core.identification.weapon import (
    ReadMark,
    ReadSerial,
    SerialSpan,
    Weapon,
)


class ListSort(StrEnum):
    """What a list of one's own is of."""

    HOLDING = "holding"
    EXPORT = "export"
    LOST = "lost"
    STOLEN = "stolen"
    DISPOSED = "disposed"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnList:
    """A list of weapons that was imported.

    Attributes:
        name: As it was called.
        sort: What it is of.
        hashed: Whether only tokens of it are kept.
        entries: How many weapons and series it has.
        imported_ms: When it was imported, in ms since the epoch.
    """

    name: str
    sort: ListSort
    hashed: bool
    entries: int
    imported_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """One object as the index keeps it.

    Attributes:
        weapon: What is known of it. Of an object that is kept as tokens only, nothing
            but where it stands.
        reference: Its number in the own register; empty for one of a message.
        original: Digest of the message that the content was first sent with, when it
            is a copy that somebody passed on; empty for any other.
        tokens: Of an object that is kept as tokens only: by respect, such as "make".
    """

    weapon: Weapon
    reference: str = ""
    original: bytes = b""
    tokens: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def is_hashed(self) -> bool:
        """Tells whether nothing but tokens is kept."""
        return bool(self.tokens)


def encode_list(own: OwnList) -> bytes:
    """Returns what is known of a list as bytes, without its length and time."""
    return _dump({"name": own.name, "sort": own.sort.value, "hashed": own.hashed})


def read_list(data: bytes, *, entries: int, imported_ms: int) -> OwnList:
    """Returns what `encode_list` was given."""
    found = json.loads(data)
    return OwnList(
        name=found["name"],
        sort=ListSort(found["sort"]),
        hashed=found["hashed"],
        entries=entries,
        imported_ms=imported_ms,
    )


class Decision(StrEnum):
    """What a person made of a lead."""

    OPEN = "open"
    CONFIRMED = "confirmed"
    DISMISSED = "dismissed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where an object stands that a lead is about.

    Attributes:
        message_digest: Of the message; empty for an entry of an own list.
        list_name: Of the list; empty for a message.
        kept: The object as it was then.
    """

    message_digest: bytes = b""
    list_name: str = ""
    kept: Kept


@dataclass(frozen=True, slots=True, kw_only=True)
class NotedLead:
    """A lead that was noted, and what became of it.

    Attributes:
        number: By which people name it; 0 before it is noted.
        lead: Score and reasons.
        asked: The object that was asked for.
        found: The one that was found.
        noted_ms: When, in ms since the epoch.
        decision: Of a person.
        by: Who decided.
        decided_ms: When; None while it is open.
        remark: What they added.
    """

    number: int = 0
    lead: Lead
    asked: Place
    found: Place
    noted_ms: int
    decision: Decision = Decision.OPEN
    by: str = ""
    decided_ms: int | None = None
    remark: str = ""


def encode_kept(kept: Kept) -> bytes:
    """Returns an object as bytes; the same object gives the same bytes."""
    return _dump(_kept_fields(kept))


def decode_kept(data: bytes) -> Kept:
    """Returns what `encode_kept` was given."""
    return _read_kept(json.loads(data))


def encode_lead(noted: NotedLead) -> bytes:
    """Returns a lead as bytes, without its number and what became of it."""
    return _dump(
        {
            "score": noted.lead.score,
            "reasons": [asdict(one) for one in noted.lead.reasons],
            "asked": _place_fields(noted.asked),
            "found": _place_fields(noted.found),
            "noted_ms": noted.noted_ms,
        }
    )


def decode_lead(number: int, data: bytes) -> NotedLead:
    """Returns what `encode_lead` was given, with its number."""
    found = json.loads(data)
    reasons = tuple(
        Reason(**{**one, "verdict": Verdict(one["verdict"])})
        for one in found["reasons"]
    )
    return NotedLead(
        number=number,
        lead=Lead(score=found["score"], reasons=reasons),
        asked=_read_place(found["asked"]),
        found=_read_place(found["found"]),
        noted_ms=found["noted_ms"],
    )


def encode_decision(noted: NotedLead) -> bytes:
    """Returns what became of a lead as bytes."""
    return _dump(
        {
            "decision": noted.decision.value,
            "by": noted.by,
            "decided_ms": noted.decided_ms,
            "remark": noted.remark,
        }
    )


def with_decision(noted: NotedLead, data: bytes) -> NotedLead:
    """Returns a lead with what `encode_decision` was given of it."""
    found = json.loads(data)
    return replace(
        noted,
        decision=Decision(found["decision"]),
        by=found["by"],
        decided_ms=found["decided_ms"],
        remark=found["remark"],
    )


_ROWS: Final = MappingProxyType(
    {"serials": ReadSerial, "marks": ReadMark, "ranges": SerialSpan}
)


def _dump(value: object) -> bytes:
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode()


def _kept_fields(kept: Kept) -> dict[str, object]:
    weapon = _told(kept.weapon)
    for name in _ROWS:
        if name in weapon:
            weapon[name] = [_told(one) for one in getattr(kept.weapon, name)]
    fields: dict[str, object] = {"weapon": weapon}
    if kept.reference:
        fields["reference"] = kept.reference
    if kept.original:
        fields["original"] = kept.original.hex()
    if kept.tokens:
        fields["tokens"] = dict(kept.tokens)
    return fields


def _told(value: Weapon | ReadSerial | ReadMark | SerialSpan) -> dict[str, object]:
    """Returns what is said in a value, by the names of its fields."""
    found = ((name, getattr(value, name)) for name in value.__slots__)
    return {name: one for name, one in found if one}


def _read_kept(found: Mapping[str, object]) -> Kept:
    weapon = dict(_mapping(found["weapon"]))
    for name, made in _ROWS.items():
        rows = weapon.get(name, ())
        weapon[name] = tuple(made(**one) for one in rows)  # type: ignore[attr-defined]
    weapon = {"kind": "", "path": "", **weapon}
    tokens = {
        name: int(str(one)) for name, one in _mapping(found.get("tokens")).items()
    }
    return Kept(
        weapon=Weapon(**weapon),  # type: ignore[arg-type]
        reference=str(found.get("reference", "")),
        original=bytes.fromhex(str(found.get("original", ""))),
        tokens=MappingProxyType(tokens),
    )


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}


def _place_fields(place: Place) -> dict[str, object]:
    return {
        "message": place.message_digest.hex(),
        "list": place.list_name,
        "kept": _kept_fields(place.kept),
    }


def _read_place(found: Mapping[str, object]) -> Place:
    return Place(
        message_digest=bytes.fromhex(str(found["message"])),
        list_name=str(found["list"]),
        kept=_read_kept(_mapping(found["kept"])),
    )
