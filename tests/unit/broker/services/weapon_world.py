"""Parties that write about weapons, and what keeps and compares them at each."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from broker.core.codec.documents import encode_document
from broker.core.identification.records import NotedLead
from broker.core.identification.weapon import FRAME, ReadSerial, Weapon
from broker.core.records import SentMessage
from broker.services.weapon_index import WeaponIndex
from broker.services.weapon_keeper import WeaponKeeper
from keys.identity import PartyId
from tests import world
from tests.unit.broker.services.recall_world import GREEN, Side

SERIAL: Final = "ZZQ-00417"
PISTOL: Final = Weapon(
    kind="trace-request",
    path="items[0]",
    item_class="ITEM_CLASS_FIREARM",
    type="FIREARM_TYPE_PISTOL",
    make="Example Works",
    model="Model 17",
    calibre="9mm Luger",
    serials=(ReadSerial(part=FRAME, raw=SERIAL),),
)
"""The weapon that most tests are about."""


def weapon(serial: str = SERIAL, mask: str = "", **changes: object) -> Weapon:
    """Returns that weapon with another number, and other facts."""
    numbered = replace(PISTOL, serials=(ReadSerial(part=FRAME, raw=serial, mask=mask),))
    return replace(numbered, **changes)  # type: ignore[arg-type]


def item(serial: str = SERIAL, **firearm: object) -> dict[str, object]:
    """Returns that weapon as it stands in a content."""
    return {
        "itemClass": "ITEM_CLASS_FIREARM",
        "firearm": {
            "type": "FIREARM_TYPE_PISTOL",
            "make": "Example Works",
            "model": "Model 17",
            "calibre": {"raw": "9mm Luger"},
            "frameSerial": {"raw": serial},
            **firearm,
        },
    }


def trace(*items: Mapping[str, object]) -> bytes:
    """Returns the content of a trace request about some items."""
    return encode_document(
        "trace-request/1",
        {
            "illicitBasis": ["ILLICIT_BASIS_NATIONAL_LAW"],
            "legalBasis": "Possession without a certificate",
            "recovery": {"kind": "RECOVERY_KIND_FOUND", "date": "2026-03-09"},
            "items": list(items),
            "intendedUse": ["INTENDED_USE_CRIMINAL_INVESTIGATION"],
            "undertaking": {"authorities": ["National focal point"]},
        },
    )


def loss(first: str, last: str) -> bytes:
    """Returns the content of a report that a series was lost."""
    return encode_document(
        "stock-loss/1",
        {
            "kind": "LOSS_KIND_STOLEN",
            "period": {"from": "2025"},
            "serialRanges": [{"first": {"raw": first}, "last": {"raw": last}}],
        },
    )


def ask(side: Side, to: Sequence[PartyId], *items: Mapping[str, object]) -> SentMessage:
    """Sends a trace request."""
    return side.send(to, trace(*items), "trace-request/1", GREEN)


def keeper(side: Side) -> WeaponKeeper:
    """Returns what keeps and compares weapons at a party."""
    holder = world.holder(side.party)
    index = WeaponIndex(holder, side.store)
    return WeaponKeeper(holder, side.store, side.clock, index)


def leads(side: Side) -> list[NotedLead]:
    """Returns what was noted at a party, oldest first."""
    index = WeaponIndex(world.holder(side.party), side.store)
    return [index.open_lead(row) for row in reversed(side.store.leads())]
