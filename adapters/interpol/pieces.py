"""Pieces of drafts: firearms, steps and handling, from the register's words into ours.

Whole drafts are made in `adapters.interpol.drafts`.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from adapters.interpol.filing import Found
from adapters.interpol.parts import Firearm, HandlingTerms, Record
from adapters.values import Delivery
from broker.core.errors import DocumentError, HandlingError, RefusedError
from broker.core.handling import Europol, Handling, IntendedUse, Restrictions
from broker.core.identification.matching import Lead, compare
from broker.core.identification.weapon import FRAME, ReadSerial, Weapon
from broker.core.routes.geojson import restriction_list
from broker.core.tightening import tighten

EVENTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "STOLEN": "CUSTODY_EVENT_REPORTED_STOLEN",
        "CAPTURED": "CUSTODY_EVENT_REPORTED_STOLEN",
        "LOST": "CUSTODY_EVENT_REPORTED_LOST",
        "MISSING": "CUSTODY_EVENT_REPORTED_LOST",
    }
)
"""Statuses of a record that say that somebody misses the firearm, and what happened."""

Document = dict[str, object]
"""A part of a content, as protobuf's JSON mapping has it."""


def lead_to(found: Found, firearm: Firearm) -> Lead:
    """Returns how much speaks for a firearm of the register being one of ours."""
    return compare(found.weapon, _weapon(firearm))


class AnswerHandlingError(Exception):
    """What came from the register does not say how it may be handled."""


UNUSABLE: Final = (AnswerHandlingError, DocumentError, HandlingError, RefusedError)
"""What a draft is refused for that cannot be made of what the register has said."""


def handling_of(terms: HandlingTerms) -> Handling:
    """Reads how something of the register's may be handled.

    Raises:
        AnswerHandlingError: It cannot be understood; nothing is made of it then.
    """
    try:
        restrictions = Restrictions(
            release_to=terms.release_to,
            purpose=terms.purpose,
            no_onward=terms.no_onward,
            other=terms.other,
            retention_days=terms.retention_days,
            purposes=frozenset(IntendedUse[one] for one in terms.uses),
        )
        return Handling.parse(terms.label, restrictions)
    except (HandlingError, KeyError) as error:
        raise AnswerHandlingError("its handling is not understood") from error


def label_of(delivery: Delivery, terms: Sequence[HandlingTerms]) -> str:
    """Returns the strictest label of a delivery and of what the register has said.

    A node adds the delivery's restrictions to a draft by itself. Those of the register
    have no such way: H2 and H3 stand for them, and `bounds_of` has their words.

    Raises:
        AnswerHandlingError: The register's cannot be understood.
    """
    handling = delivery.handling
    for one in terms:
        theirs = handling_of(one)
        codes = set(theirs.europol)
        if theirs.restrictions.no_onward:
            codes.add(Europol.H2)
        if theirs.restrictions != Restrictions(no_onward=theirs.restrictions.no_onward):
            codes.add(Europol.H3)
        if len(codes) > 1:
            codes.discard(Europol.H0)
        label = Handling(tlp=theirs.tlp, europol=frozenset(codes), pap=theirs.pap)
        handling = tighten(handling, label)
    return str(handling)


def item_of(found: Found, firearm: Firearm) -> Document:
    """Returns a firearm of the register as an item, of the class of what it meets."""
    described: Document = {
        "frameSerial": {"raw": firearm.serial_number},
        **given("type", firearm.type),
        **given("make", firearm.make),
        **given("model", firearm.model),
        **given("countryManufacture", firearm.country_of_manufacture),
    }
    if firearm.country_of_manufacture:
        described["countryBasis"] = "BASIS_RECORDED"
    if firearm.calibre:
        described["calibre"] = {"raw": firearm.calibre}
    if firearm.year is not None:
        described["yearManufacture"] = firearm.year
    if firearm.part_numbers:
        described["otherSerials"] = [
            {"part": one.part, "serial": {"raw": one.serial_number}}
            for one in firearm.part_numbers
        ]
    return {"itemClass": found.weapon.item_class, "quantity": "1", "firearm": described}


def step_of(record: Record) -> Document:
    """Returns what a record reports, as a step of a chain of custody."""
    return {
        "event": EVENTS[record.status],
        "country": record.country or record.owner_country,
        "basis": "RECORD_BASIS_OTHER_STATE",
        **given("date", record.reported_on),
    }


def _weapon(firearm: Firearm) -> Weapon:
    return Weapon(
        kind="stock-loss",
        path="record",
        type=firearm.type,
        make=firearm.make,
        model=firearm.model,
        calibre=firearm.calibre,
        country=firearm.country_of_manufacture,
        year=firearm.year,
        serials=(
            ReadSerial(part=FRAME, raw=firearm.serial_number),
            *(
                ReadSerial(part=one.part, raw=one.serial_number)
                for one in firearm.part_numbers
            ),
        ),
    )


def given(name: str, value: str) -> Document:
    """Returns a field, or nothing when it is empty."""
    return {name: value} if value else {}


def bounds_of(terms: HandlingTerms) -> list[str]:
    """Returns in words what a draft's label cannot say, for the person.

    Raises:
        AnswerHandlingError: It cannot be understood.
    """
    listed = restriction_list(handling_of(terms))
    return [f"the register binds it: {one}" for one in listed]
