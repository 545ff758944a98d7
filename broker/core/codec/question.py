"""What a policy was asked about a content, between values and bytes.

Only a node that made such bytes reads them; who asked whom is kept beside them
(`broker.core.decisions`).
"""

import datetime as dt
import json
from typing import Any

from broker.core.codec.handling import decode_handling, encode_handling
from broker.core.fields import FieldClass
from broker.core.handling import Handling, IntendedUse
from broker.core.policy.facts import AdmiraltySource, EuropolSource, Facts, ItemClass


def encode_asked(handling: Handling, facts: Facts) -> bytes:
    """Returns the bytes of what was asked about."""
    said = {
        "handling": encode_handling(handling).hex(),
        "items": sorted(facts.items),
        "purposes": sorted(facts.purposes),
        "admiralty": facts.admiralty,
        "europol": facts.europol,
        "recovered_in": sorted(facts.recovered_in),
        "manufactured_in": sorted(facts.manufactured_in),
        "involved": sorted(facts.involved),
        "embargo": facts.embargo,
        "dated": None if facts.dated is None else facts.dated.isoformat(),
        "classes": sorted(facts.classes),
    }
    return json.dumps(said, separators=(",", ":")).encode()


def decode_asked(data: bytes) -> tuple[Handling, Facts]:
    """Reads what `encode_asked` wrote, and nobody else."""
    said: dict[str, Any] = json.loads(data)
    admiralty, europol, dated = said["admiralty"], said["europol"], said["dated"]
    facts = Facts(
        items=frozenset(ItemClass(number) for number in said["items"]),
        purposes=frozenset(IntendedUse(number) for number in said["purposes"]),
        admiralty=None if admiralty is None else AdmiraltySource(admiralty),
        europol=None if europol is None else EuropolSource(europol),
        recovered_in=frozenset(said["recovered_in"]),
        manufactured_in=frozenset(said["manufactured_in"]),
        involved=frozenset(said["involved"]),
        embargo=said["embargo"],
        dated=None if dated is None else dt.date.fromisoformat(dated),
        classes=frozenset(FieldClass(number) for number in said["classes"]),
    )
    return decode_handling(bytes.fromhex(said["handling"])), facts
