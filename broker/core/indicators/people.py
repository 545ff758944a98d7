"""People in records of recoveries: as numbers by sex and age, never one by one.

Hiding small numbers is left to `broker.core.indicators.suppression`.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Final

from broker.core.indicators.arms import UNNAMED, Identity, RecoveryRecord, item_key
from broker.core.indicators.suppression import THRESHOLD, Table, suppress

SEXES: Final = ("female", "male", "other", "unknown")
AGES: Final = (
    "under-15",
    "15-to-17",
    "18-to-29",
    "30-to-44",
    "45-to-59",
    "60-and-over",
    "unknown",
)
ROLES: Final = ("victim", "suspect", "possessor")


def people_tables(
    records: Iterable[RecoveryRecord], identity: Identity, threshold: int = THRESHOLD
) -> dict[str, Table]:
    """Returns a table of sex by age for each role in which people were counted.

    Only one set of tables may be shown for the same people: two that cut them
    differently give away by their difference what each of them hides.

    Args:
        records: In any order. A record of which every item with a name is restated
            later does not count.
        identity: Names objects.
        threshold: Numbers below it are hidden.
    """
    found: dict[str, Counter[tuple[str, str]]] = {}
    for record in _in_force(records, identity):
        listed = record.document.get("people")
        for one in listed if isinstance(listed, list) else ():
            role = _word(one, "role", "PERSON_ROLE_")
            place = _word(one, "sex", "SEX_"), _word(one, "ageBand", "AGE_BAND_")
            found.setdefault(role, Counter())[place] += int(one["count"])
    return {
        role: suppress(found[role], SEXES, AGES, threshold)
        for role in ROLES
        if role in found
    }


def _in_force(
    records: Iterable[RecoveryRecord], identity: Identity
) -> list[RecoveryRecord]:
    kept: list[RecoveryRecord] = []
    restated: set[str] = set()
    for record in sorted(records, key=lambda one: (one.at_ms, one.name), reverse=True):
        items = record.document.get("items")
        keys = {
            item_key(record.name, place, entry["item"], identity)
            for place, entry in enumerate(items if isinstance(items, list) else ())
        }
        named = {key for key in keys if not key.startswith(UNNAMED)}
        if not named or not named <= restated:
            kept.append(record)
        restated |= keys
    return kept


def _word(one: Mapping[str, object], name: str, prefix: str) -> str:
    value = str(one.get(name, "unknown"))
    return value.removeprefix(prefix).lower().replace("_", "-")
