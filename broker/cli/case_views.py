"""How cases are shown: as fields for programs, as rows and sentences for people."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from broker.cli.following import short_time
from broker.core.cases.case import Case
from broker.core.cases.duties import Duty, Pressure
from broker.core.cases.events import BY_HUB, RECEIPT, REFUSED, CaseEvent
from broker.core.cases.leg import Leg
from broker.core.status import iso_time
from keys.identity import PartyId

COLUMNS: Final = ("case", "matter", "from", "to", "state", "opened", "owed")
EVENT_COLUMNS: Final = ("at", "from", "to", "what", "effect", "id")

Effects = Mapping[bytes, Sequence[dict[str, object]]]
"""By the digest of an event, what it has done in which leg, from state to state."""


def case_fields(
    case: Case, duties: Sequence[Duty], me: PartyId, now_ms: int
) -> dict[str, object]:
    """Returns what is known of a case, but for its timeline.

    Args:
        case: The case.
        duties: What is owed in it.
        me: Whose node it is.
        now_ms: The present, in ms since the epoch.
    """
    return {
        "case": case.name,
        "reference": case.reference or None,
        "closed": case.closed and not duties,
        "legs": [leg_fields(leg, me) for leg in case.legs],
        "owed": [duty_fields(duty, now_ms) for duty in duties],
    }


def leg_fields(leg: Leg, me: PartyId) -> dict[str, object]:
    """Returns what is known of one leg, and what we may do in it now."""
    return {
        "matter": leg.lifecycle.name,
        "message": leg.opening.name,
        "kind": leg.opening.told.event,
        "from": str(leg.opener),
        "to": str(leg.addressee),
        "opened": iso_time(leg.opening.at_ms),
        "urgency": leg.opening.told.urgency.name.lower(),
        "state": leg.state,
        "means": leg.lifecycle.states[leg.state],
        "closed": leg.closed,
        "void": leg.void,
        "possible": possible(leg, me),
    }


def duty_fields(duty: Duty, now_ms: int) -> dict[str, object]:
    """Returns who owes what to whom and until when: the same at both ends."""
    owed = duty.owed
    return {
        "matter": duty.matter,
        "what": owed.debt.what,
        "clock": owed.debt.clock,
        "by": str(owed.by),
        "to": [str(party) for party in duty.to],
        "about": owed.about.hex(),
        "since": None if owed.since_ms is None else iso_time(owed.since_ms),
        "due": None if owed.due_ms is None else iso_time(owed.due_ms),
        "pressure": duty.pressure(now_ms).value,
        "overdue": duty.pressure(now_ms) is Pressure.OVERDUE,
        "notices": [
            {
                "by": str(one.by),
                "at": iso_time(one.at_ms),
                "number": one.sequence,
                "office": one.office or None,
            }
            for one in duty.notices
        ],
    }


def event_fields(event: CaseEvent, effects: Effects) -> dict[str, object]:
    """Returns one line of a timeline.

    Args:
        event: What happened.
        effects: Of all that happened in its case; see `effects_in`.
    """
    return {
        "at": iso_time(event.at_ms),
        "from": str(event.by),
        "to": [str(party) for party in event.to],
        "event": event.told.event,
        "message": event.name or None,
        "about": event.in_reply_to.hex() or None,
        "words": list(event.told.words),
        "taken_back": event.taken_back,
        "destroyed": event.gone,
        "effects": list(effects.get(event.digest, ())),
    }


def possible(leg: Leg, me: PartyId) -> list[str]:
    """Returns what we may do in a leg now; refusing is done by the node itself."""
    return [] if leg.void else [one for one in leg.allowed(me) if one != REFUSED]


def list_rows(
    case: Case, duties: Iterable[Duty], now_ms: int
) -> Iterator[tuple[str, ...]]:
    """Yields a row of `COLUMNS` for each leg of a case, and for what is owed beside.

    Among several parties something may be owed between two who have no leg here.
    """
    owed = list(duties)
    shown: set[str] = set()
    for leg in case.legs:
        pair = {leg.opener, leg.addressee}
        here = [
            one
            for one in owed
            if one.owed.by in pair
            and pair <= {one.owed.by, *one.to}
            and one.matter == leg.lifecycle.name
        ]
        shown.update(one.name for one in here)
        own = (duty_sentence(one, now_ms) for one in here)
        yield (
            case.name,
            leg.lifecycle.name,
            leg.opener,
            leg.addressee,
            leg.state,
            short_time(leg.opening.at_ms)[:10],
            "; ".join(dict.fromkeys(own)),
        )
    for one in owed:
        if one.name not in shown:
            to, sentence = " ".join(one.to), duty_sentence(one, now_ms)
            yield (case.name, one.matter, one.owed.by, to, one.state, "", sentence)


def duty_sentence(duty: Duty, now_ms: int) -> str:
    """Returns who owes what, as people read it."""
    owed = duty.owed
    if owed.due_ms is None:
        return f"{owed.by}: {owed.debt.what}, once it has come there"
    due = short_time(owed.due_ms)
    late = "OVERDUE since" if duty.pressure(now_ms) is Pressure.OVERDUE else "until"
    told = f", told {len(duty.notices)} times" if duty.notices else ""
    return f"{owed.by}: {owed.debt.what}, {late} {due}{told}"


def event_row(event: CaseEvent, effects: Effects) -> tuple[str, ...]:
    """Returns a row of `EVENT_COLUMNS`; see `event_fields`."""
    words = ", ".join(one.lower().replace("_", "-") for one in event.told.words if one)
    what = event.told.event + (f" ({words})" if words else "")
    if event.told.event.startswith(RECEIPT) and BY_HUB in event.told.words:
        what = f"refused by the hub ({event.told.words[0]})"
    done = "; ".join(_sentence(one) for one in effects.get(event.digest, ()))
    return (
        short_time(event.at_ms),
        event.by,
        ", ".join(event.to),
        what,
        done,
        event.name,
    )


def _sentence(effect: dict[str, object]) -> str:
    place = str(effect["place"])
    if place in ("opens", "moves"):
        return f"{effect['with']}: {effect['after']}"
    return place


def effects_in(case: Case) -> Effects:
    """Returns what each event of a case has done in each leg that it stands in.

    Worked out once for all: a case may have thousands of messages.
    """
    found: dict[bytes, list[dict[str, object]]] = {}
    for leg in case.legs:
        between = f"{leg.opener}-{leg.addressee}"
        for event, place, before, after in _places(leg):
            standing = "taken back" if event.taken_back else "destroyed"
            effect: dict[str, object] = {
                "matter": leg.lifecycle.name,
                "with": between,
                "place": standing if event.gone or event.taken_back else place,
                "before": before,
                "after": after,
            }
            found.setdefault(event.digest, []).append(effect)
    for event in case.loose:
        nowhere: dict[str, object] = {
            "with": None,
            "place": "in no matter",
            "before": None,
            "after": None,
        }
        found.setdefault(event.digest, [nowhere])
    return found


def _places(leg: Leg) -> Iterator[tuple[CaseEvent, str, str | None, str]]:
    yield leg.opening, "opens", None, leg.lifecycle.initial
    for one in leg.moves:
        place = "moves" if one.entered else "noted"
        yield one.event, place, one.before, one.after
    for other in leg.out_of_place:
        yield other.event, "out of place", other.state, other.state
    for event in leg.undelivered:
        yield event, "never taken in", leg.state, leg.state
