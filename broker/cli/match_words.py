"""How weapons, leads and what speaks for them are shown: to people, and as JSON."""

from collections.abc import Iterator

from broker.core.identification.matching import Lead, Verdict, part_words
from broker.core.identification.records import Decision, NotedLead, Place
from broker.core.identification.weapon import Weapon
from broker.core.status import iso_time

_SIGNS = {
    Verdict.AGREES: "+",
    Verdict.COMPATIBLE: "~",
    Verdict.DIFFERS: "-",
    Verdict.UNKNOWN: " ",
}


def weapon_words(weapon: Weapon) -> str:
    """Returns a weapon on one line: maker, model, calibre, number."""
    numbers = [one.mask or one.raw for one in weapon.serials[:1]]
    numbers += [f"{one.first} to {one.last}" for one in weapon.ranges[:1]]
    parts = (weapon.make, weapon.model, weapon.calibre, *numbers)
    return ", ".join(filter(None, parts)) or "kept as tokens only"


def place_words(place: Place) -> str:
    """Returns where an object stands."""
    if place.message_digest:
        return f"{place.kept.weapon.kind} {place.message_digest.hex()[:16]}"
    reference = f", {place.kept.reference}" if place.kept.reference else ""
    return f"own list {place.list_name}{reference}"


def reason_lines(lead: Lead) -> Iterator[str]:
    """Yields what speaks for one weapon and what against, line by line."""
    for reason in lead.reasons:
        level = f" [{reason.level}]" if reason.level else ""
        yield f"{_SIGNS[reason.verdict]} {reason.text}{level}"


def decision_words(noted: NotedLead) -> str:
    """Returns what became of a lead."""
    if noted.decision is Decision.OPEN or noted.decided_ms is None:
        return "open"
    remark = f": {noted.remark}" if noted.remark else ""
    return f"{noted.decision.value} by {noted.by}, {iso_time(noted.decided_ms)}{remark}"


def lead_fields(lead: Lead) -> dict[str, object]:
    """Returns score and reasons as programs read them."""
    return {
        "score": lead.score,
        "reasons": [
            {
                "what": one.what,
                "verdict": one.verdict.value,
                "text": one.text,
                "key": one.level or None,
            }
            for one in lead.reasons
        ],
    }


def noted_fields(noted: NotedLead) -> dict[str, object]:
    """Returns a lead that was noted as programs read it."""
    decided = noted.decided_ms
    return {
        "number": noted.number,
        "noted": iso_time(noted.noted_ms),
        **lead_fields(noted.lead),
        "asked": place_fields(noted.asked),
        "found": place_fields(noted.found),
        "decision": noted.decision.value,
        "by": noted.by or None,
        "decided": None if decided is None else iso_time(decided),
        "remark": noted.remark or None,
    }


def place_fields(place: Place) -> dict[str, object]:
    """Returns an object and where it stands as programs read it."""
    return {
        "message": place.message_digest.hex() or None,
        "list": place.list_name or None,
        "reference": place.kept.reference or None,
        "tokens_only": place.kept.is_hashed,
        "weapon": weapon_fields(place.kept.weapon),
    }


def weapon_fields(weapon: Weapon) -> dict[str, object]:
    """Returns a weapon as programs read it."""
    return {
        "kind": weapon.kind,
        "path": weapon.path,
        "make": weapon.make or None,
        "model": weapon.model or None,
        "calibre": weapon.calibre or None,
        "type": weapon.type or None,
        "country": weapon.country or None,
        "year": weapon.year,
        "serials": [
            {"part": part_words(one.part), "raw": one.raw, "mask": one.mask or None}
            for one in weapon.serials
        ],
        "ranges": [{"first": one.first, "last": one.last} for one in weapon.ranges],
    }
