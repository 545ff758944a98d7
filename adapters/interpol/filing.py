"""What of a delivery is filed at the register, and how it is said there.

Sending it is left to `adapters.interpol.adapter`; what comes back, to
`adapters.interpol.drafts`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from adapters.interpol.documents import FirearmQuery, RecordSubmission, TraceSubmission
from adapters.interpol.parts import Firearm, HandlingTerms, PartNumber
from adapters.interpol.settings import Bureau, InterpolSettings
from adapters.values import Delivery
from broker.core.codec.blurring import WITHHELD
from broker.core.handling import Europol, Handling, Tlp
from broker.core.identification.weapon import (
    FRAME,
    LOT,
    ReadSerial,
    Weapon,
    weapons_in,
)
from keys.framing import sha256

_CLASSES: Final = frozenset(
    {"ITEM_CLASS_FIREARM", "ITEM_CLASS_LIGHT_WEAPON", "ITEM_CLASS_CONVERTIBLE"}
)
_POSITION: Final = re.compile(r"\A(?:items|results)\[(\d+)\]")
_LOSSES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "LOSS_KIND_LOST": "LOST",
        "LOSS_KIND_STOLEN": "STOLEN",
        "LOSS_KIND_CAPTURED": "CAPTURED",
        "LOSS_KIND_MISSING": "MISSING",
    }
)
_UNREAD: Final = "?"
_YEAR_MIN: Final = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A firearm of a delivery that the register can be asked about.

    Attributes:
        item: Its position among the items or results of the delivery, from 0.
        weapon: As our comparisons take it.
        firearm: As the register takes it.
    """

    item: int
    weapon: Weapon
    firearm: Firearm


def firearms_in(delivery: Delivery) -> tuple[tuple[Found, ...], int]:
    """Returns the firearms of a delivery that bear a number which was read whole.

    Returns:
        Those, and how many other things there are: series, parts, ammunition, and
        firearms without such a number. A register of single firearms has no place for
        them.
    """
    weapons = weapons_in(delivery.kind, delivery.document)
    found = tuple(
        Found(item=_position(one.path), weapon=one, firearm=_firearm(one, serial))
        for one in weapons
        if (serial := _readable(one)) is not None
    )
    return found, len(weapons) - len(found)


def is_bound(handling: Handling) -> bool:
    """Tells whether something must not be passed on to somebody else."""
    return (
        handling.restrictions.no_onward
        or Europol.H2 in handling.europol
        or handling.tlp >= Tlp.AMBER_STRICT
    )


def submission_key(delivery: Delivery, item: int, sort: str) -> str:
    """Returns what the register tells a repetition by: the same when it comes again."""
    digest = sha256(f"{delivery.message_digest.hex()}/{item}/{sort}".encode())
    return f"rog-{digest.hex()[:40]}"


def terms_of(handling: Handling) -> HandlingTerms:
    """Returns a handling in the register's words: all of it."""
    restrictions = handling.restrictions
    return HandlingTerms(
        label=str(handling),
        release_to=restrictions.release_to,
        purpose=restrictions.purpose,
        no_onward=restrictions.no_onward,
        other=restrictions.other,
        uses=tuple(sorted(use.name for use in restrictions.purposes)),
        retention_days=restrictions.retention_days,
    )


def query_of(found: Found) -> FirearmQuery:
    """Returns the first step of a search for a firearm."""
    firearm = found.firearm
    return FirearmQuery(
        serial_number=firearm.serial_number,
        make=firearm.make,
        model=firearm.model,
        calibre=firearm.calibre,
    )


def record_of(
    delivery: Delivery, found: Found, bureau: Bureau, settings: InterpolSettings
) -> RecordSubmission:
    """Returns the record that a stock loss makes of one of its firearms."""
    document = delivery.document
    return RecordSubmission(
        submission_key=submission_key(delivery, found.item, "record"),
        owner_ncb=bureau.ncb,
        owner_country=str(delivery.provider),
        status=_LOSSES[text(document, "kind")],
        reported_on=text(document, "inventoryOn") or text(document, "period", "to"),
        country=text(document, "place", "country"),
        firearm=found.firearm,
        circumstances=text(document, "circumstances"),
        copy_to=settings.copies(str(delivery.provider)),
    )


def trace_of(
    delivery: Delivery,
    found: Found,
    bureau: Bureau,
    settings: InterpolSettings,
    reference_id: str,
) -> TraceSubmission:
    """Returns the request to trace one firearm of a trace request.

    Asked is the State of manufacture, or else the one that imported it last.
    """
    document, weapon = delivery.document, found.weapon
    asked = weapon.country or next(
        (mark.country for mark in reversed(weapon.marks) if mark.country), ""
    )
    asked_bureau = settings.routing.get(asked)
    return TraceSubmission(
        submission_key=submission_key(delivery, found.item, "trace"),
        requesting_ncb=bureau.ncb,
        requesting_country=str(delivery.provider),
        asked_country=asked,
        asked_ncb="" if asked_bureau is None else asked_bureau.ncb,
        firearm=found.firearm,
        reference_id=reference_id,
        recovery_kind=text(document, "recovery", "kind"),
        recovered_on=text(document, "recovery", "date"),
        recovery_country=text(document, "recovery", "place", "country"),
        legal_basis=text(document, "legalBasis"),
        intended_uses=texts(document, "intendedUse"),
        question=text(document, "question"),
        copy_to=settings.copies(str(delivery.provider), asked),
    )


def text(document: Mapping[str, object], *path: str) -> str:
    """Returns the text at a place of a document; empty when there is none."""
    value: object = document
    for name in path:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value if isinstance(value, str) and value != WITHHELD else ""


def texts(document: Mapping[str, object], name: str) -> tuple[str, ...]:
    """Returns the texts of a list; empty when there is none."""
    value = document.get(name)
    found = value if isinstance(value, list) else []
    return tuple(one for one in found if isinstance(one, str))


def _readable(weapon: Weapon) -> ReadSerial | None:
    serial = weapon.primary
    if serial is None or serial.part != FRAME or weapon.item_class not in _CLASSES:
        return None
    if _UNREAD in serial.raw or not any(sign.isalnum() for sign in serial.raw):
        return None
    return serial


def _firearm(weapon: Weapon, serial: ReadSerial) -> Firearm:
    year = weapon.year
    return Firearm(
        serial_number=serial.raw,
        make=weapon.make,
        model=weapon.model,
        calibre=weapon.designation or weapon.calibre,
        type=weapon.type,
        country_of_manufacture=weapon.country,
        year=year if year is not None and year >= _YEAR_MIN else None,
        part_numbers=tuple(
            PartNumber(part=one.part, serial_number=one.raw)
            for one in weapon.serials[1:]
            if one.part and one.part != LOT
        ),
    )


def _position(path: str) -> int:
    found = _POSITION.search(path)
    return int(found[1]) if found else 0
