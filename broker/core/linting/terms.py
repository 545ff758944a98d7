"""What a request says about itself: why, what for, how confidential, by when, to whom.

Articles are those of the International Tracing Instrument. What is said of the items is
left to the modules beside this one.
"""

import datetime as dt
from collections.abc import Iterator
from typing import Final

from broker.core.handling import Handling, Tlp
from broker.core.linting.catalogue import LintCode
from broker.core.linting.circumstances import Circumstances
from broker.core.linting.findings import Finding, found
from broker.core.linting.section import Section
from broker.core.tracing.stations import stations_of

_THIN: Final = 12  # characters that a legal basis has at least
_SOON_DAYS: Final = 3
_LIGHT_WEAPONS: Final = frozenset(
    {
        "HEAVY_MACHINE_GUN",
        "GRENADE_LAUNCHER",
        "ANTI_TANK_GUN",
        "RECOILLESS_RIFLE",
        "ANTI_TANK_LAUNCHER",
        "ANTI_AIRCRAFT_GUN",
        "MANPADS",
        "MORTAR",
    }
)
_CONVERTIBLE: Final = frozenset({"BLANK_FIRING", "REPLICA"})
_ANY_CLASS: Final = frozenset({"", "OTHER", "UNKNOWN"})
_OUTSIDE: Final = frozenset({"AMMUNITION", "EXPLOSIVE", "IED_COMPONENT", "TECHNOLOGY"})


def term_findings(request: Section, given: Circumstances) -> Iterator[Finding]:
    """Yields what a request should say of itself, and does not.

    Args:
        request: A `TraceRequest`, by JSON names.
        given: What is known besides.
    """
    yield from _reasons(request)
    yield from _photographs(request)
    yield from _confidentiality(request)
    yield from _answer_by(request, given.today)
    if given.handling is not None:
        yield from _handling(given.handling)
    if given.recipients and not request.has("continues"):
        yield from _addressees(request, given)


def class_findings(item: Section) -> Iterator[Finding]:
    """Yields what is doubtful about the class of an item.

    Args:
        item: An `Item`, by JSON names.
    """
    stated = item.word("itemClass", "ITEM_CLASS_")
    if stated in _OUTSIDE:
        text = f"the tracing instrument does not cover {stated.lower()}"
        yield found(LintCode.OUTSIDE_INSTRUMENT, item.at("itemClass"), text)
    kind = item.inner("firearm").word("type", "FIREARM_TYPE_")
    if not stated or kind in _ANY_CLASS:
        return
    meant = "FIREARM"
    if kind in _LIGHT_WEAPONS:
        meant = "LIGHT_WEAPON"
    elif kind in _CONVERTIBLE:
        meant = "CONVERTIBLE"
    if stated != meant and {stated, meant} != {"FIREARM", "CONVERTIBLE"}:
        words = [one.lower().replace("_", " ") for one in (kind, meant, stated)]
        text = "{} goes with the class {}, and {} is named".format(*words)
        yield found(LintCode.CLASS_AND_TYPE, item.at("itemClass"), text)


def _reasons(request: Section) -> Iterator[Finding]:
    if len(request.text("legalBasis").strip()) < _THIN:
        text = "the legal basis says hardly anything"
        yield found(LintCode.LEGAL_BASIS_THIN, request.at("legalBasis"), text)
    recovery = request.inner("recovery")
    if not recovery.has("circumstances"):
        yield found(
            LintCode.CIRCUMSTANCES_MISSING,
            recovery.at("circumstances"),
            "the circumstances of the finding are not told",
        )
    if not recovery.has("place"):
        yield found(LintCode.PLACE_MISSING, recovery.at("place"), "no place is named")
    if not request.has("recordsConsulted") and not request.has("continues"):
        yield found(
            LintCode.DOMESTIC_CHECK_MISSING,
            request.at("recordsConsulted"),
            "it is not said that records at home were consulted",
        )
    bases = set(request.texts("illicitBasis"))
    intact = [
        one.inner("firearm").word("markingCondition", "MARKING_CONDITION_") == "INTACT"
        for one in request.inners("items")
    ]
    if bases == {"ILLICIT_BASIS_UNMARKED"} and intact and all(intact):
        yield found(
            LintCode.NOT_UNMARKED,
            request.at("illicitBasis"),
            "the items are held to be unmarked only, and their marks to be intact",
        )


def _photographs(request: Section) -> Iterator[Finding]:
    if request.has("attachments") or _mentions_photograph(dict(request.fields)):
        return
    text = "there is no photograph of any mark"
    yield found(LintCode.PHOTOGRAPH_MISSING, request.at("attachments"), text)


def _mentions_photograph(value: object) -> bool:
    if isinstance(value, dict):
        return "photoSha256" in value or any(map(_mentions_photograph, value.values()))
    return isinstance(value, list) and any(map(_mentions_photograph, value))


def _confidentiality(request: Section) -> Iterator[Finding]:
    if request.has("cannotGuarantee"):
        yield found(
            LintCode.NO_UNDERTAKING,
            request.at("cannotGuarantee"),
            "restrictions on the answer are not guaranteed to be kept",
        )


def _answer_by(request: Section, today: str) -> Iterator[Finding]:
    day = request.text("answerBy")
    try:
        left = dt.date.fromisoformat(day) - dt.date.fromisoformat(today)
    except ValueError:
        return  # the schema reports it
    if left.days < 0:
        yield found(
            LintCode.ANSWER_DAY, request.at("answerBy"), f"{day} has passed already"
        )
    elif left.days < _SOON_DAYS and not request.has("urgency"):
        text = f"{day} is near, and the request is not marked as urgent"
        yield found(LintCode.ANSWER_DAY, request.at("answerBy"), text)


def _handling(handling: Handling) -> Iterator[Finding]:
    if handling.tlp <= Tlp.GREEN:
        text = f"{handling.tlp.label} lets many know of the investigation"
        yield found(LintCode.HANDLING_OPEN, "", text)
    if handling.restrictions.no_onward:
        text = "whoever is asked may not ask a maker or another State with it"
        yield found(LintCode.NO_ONWARD, "", text)


def _addressees(request: Section, given: Circumstances) -> Iterator[Finding]:
    """Whoever is asked should be the one whose records come first."""
    for item in request.inners("items"):
        stations = [
            one for one in stations_of(item.fields, given.party) if not one.domestic
        ]
        wanted = {one.country for one in stations}
        if not wanted or wanted & set(given.recipients):
            continue
        ahead = ", ".join(f"{one.country} ({one.reason})" for one in stations[:3])
        text = f"{', '.join(given.recipients)} is asked; records would be at {ahead}"
        yield found(LintCode.NOT_THE_ONE_TO_ASK, item.path, text)
