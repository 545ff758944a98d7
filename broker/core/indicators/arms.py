"""The arms that count in statistics, out of records of recoveries.

Counting rules: metadata of indicator 16.4.2 of the Sustainable Development Goals, as of
26 July 2018. What is made of the counts is left to `broker.core.indicators.sdg`.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final


class Recovered(StrEnum):
    """How arms came into the hands of a State."""

    SEIZED = "seized"
    FOUND = "found"
    SURRENDERED = "surrendered"


class Traced(StrEnum):
    """What tracing has come to; a later member is further than an earlier one."""

    NOT_ATTEMPTED = "not-attempted"
    PENDING = "pending"
    INSUFFICIENT_INFO = "insufficient-info"
    NOT_TRACEABLE = "not-traceable"
    ESTABLISHED_OTHER = "established-other"
    TRACED = "traced"

    @property
    def rank(self) -> int:
        """How far it is, from 0."""
        return list(Traced).index(self)


class Reason(StrEnum):
    """Why something does not count, as a report says it."""

    NOT_ARMS = "parts, ammunition and whatever else is no weapon"
    ANTIQUE = "antiques, made up to 1899"
    ADMINISTRATIVE = "seized for a breach of administrative rules"
    NO_GROUND = "seized, and the record does not say whether for a criminal offence"


_ARMS: Final = frozenset(
    {"ITEM_CLASS_FIREARM", "ITEM_CLASS_LIGHT_WEAPON", "ITEM_CLASS_CONVERTIBLE"}
)
_LAST_ANTIQUE_YEAR: Final = 1899
_UNREADABLE: Final = frozenset(
    {
        "MARKING_CONDITION_OBLITERATED",
        "MARKING_CONDITION_NEVER_MARKED",
        "MARKING_CONDITION_DUPLICATE_SUSPECTED",
    }
)
_ATTEMPTS: Final[Mapping[object, Traced]] = {
    # What is implied where a record gives no status.
    "CHECK_ANSWER_YES": Traced.PENDING,
    "CHECK_ANSWER_NOT_YET": Traced.PENDING,
}

UNNAMED: Final = "line/"
"""With what keys begin that name a place in a record, and no object."""
WITHHELD: Final = "[withheld]"
"""What stands for a reference that a policy has blurred: it names nothing."""

Identity = Callable[[Mapping[str, object]], str]
"""Names the object that an item describes; empty where that is not certain."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecoveryRecord:
    """One record of a recovery.

    Attributes:
        name: By which its items can be told from those of others.
        at_ms: When it was sealed: of two about one object the later counts.
        document: Its content.
    """

    name: str
    at_ms: int
    document: Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Arms:
    """Arms of one line of a record.

    Attributes:
        key: The same for the same object in all records.
        year: Of the recovery.
        number: How many.
        identifiable: Whether their marks single them out.
    """

    key: str
    year: int
    recovered: Recovered
    traced: Traced
    number: int
    identifiable: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """What counts, and what does not.

    Attributes:
        arms: In the order of their keys.
        left_out: How many objects do not count, by year and reason.
    """

    arms: tuple[Arms, ...]
    left_out: Mapping[tuple[int, Reason], int]


def count_arms(
    records: Iterable[RecoveryRecord],
    found: Mapping[str, Traced],
    identity: Identity,
) -> Counted:
    """Returns the arms that count.

    Args:
        records: In any order; each object counts once, as the latest has it.
        found: What traces have found, by key: an answer that comes late changes the
            figures of the year in which the object was recovered.
        identity: Names objects.
    """
    latest = {
        key: line
        for record in sorted(records, key=lambda one: (one.at_ms, one.name))
        for key, line in _lines(record, identity)
    }
    left_out: Counter[tuple[int, Reason]] = Counter()
    arms = []
    for key in sorted(latest):
        line = latest[key]
        if isinstance(line, Arms):
            further = found.get(key, line.traced)
            arms.append(replace(line, traced=max(line.traced, further, key=_rank_of)))
        else:
            year, reason, number = line
            left_out[year, reason] += number
    return Counted(arms=tuple(arms), left_out=dict(left_out))


def item_key(
    name: str, place: int, item: Mapping[str, object], identity: Identity
) -> str:
    """Returns the key of an item: its own reference, its identity, or its place.

    Args:
        name: Of the record or message that it stands in.
        place: From 0.
        item: Protobuf's JSON mapping of an `Item`.
        identity: Names objects.
    """
    reference = item.get("reference")
    if reference and reference != WITHHELD:
        return f"reference/{reference}"
    if known := identity(item):
        return f"object/{known}"
    return f"{UNNAMED}{name}/{place}"


def status_of(value: object) -> Traced | None:
    """Returns what TRACING_STATUS_TRACED and the like stand for."""
    word = str(value).removeprefix("TRACING_STATUS_").lower().replace("_", "-")
    return Traced(word) if word in set(Traced) else None


def _rank_of(traced: Traced) -> int:
    return traced.rank


def _lines(
    record: RecoveryRecord, identity: Identity
) -> Iterator[tuple[str, Arms | tuple[int, Reason, int]]]:
    recovery = _mapping(record.document.get("recovery"))
    year = int(str(recovery.get("date"))[:4])
    kind = str(recovery.get("kind")).removeprefix("RECOVERY_KIND_").lower()
    items = record.document.get("items")
    for place, entry in enumerate(items if isinstance(items, list) else ()):
        item = _mapping(_mapping(entry).get("item"))
        key = item_key(record.name, place, item, identity)
        # An entry without a number describes one object at least.
        number = int(str(item.get("quantity", 0))) or 1
        reason = _left_out(record.document, kind, item)
        if reason is not None:
            yield key, (year, reason, number)
            continue
        yield (
            key,
            Arms(
                key=key,
                year=year,
                recovered=Recovered(kind),
                traced=_traced(_mapping(entry)),
                number=number,
                identifiable=_identifiable(item),
            ),
        )


def _left_out(
    document: Mapping[str, object], kind: str, item: Mapping[str, object]
) -> Reason | None:
    if item.get("itemClass") not in _ARMS:
        return Reason.NOT_ARMS
    made = _mapping(item.get("firearm")).get("yearManufacture")
    if made is not None and int(str(made)) <= _LAST_ANTIQUE_YEAR:
        return Reason.ANTIQUE
    if kind != Recovered.SEIZED:
        return None
    match document.get("seizureGround"):
        case "SEIZURE_GROUND_CRIMINAL":
            return None
        case "SEIZURE_GROUND_ADMINISTRATIVE":
            return Reason.ADMINISTRATIVE
        case _:
            return Reason.NO_GROUND


def _traced(entry: Mapping[str, object]) -> Traced:
    stated = status_of(entry.get("tracingStatus"))
    return stated or _ATTEMPTS.get(entry.get("traced"), Traced.NOT_ATTEMPTED)


def _identifiable(item: Mapping[str, object]) -> bool:
    firearm = _mapping(item.get("firearm"))
    readable = firearm.get("markingCondition") not in _UNREADABLE
    return readable and "frameSerial" in firearm


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}
