"""Whether two descriptions can be of one weapon: a lead with a score and its reasons.

A lead asks a person to look; nothing follows from it by itself. Which pairs are worth
comparing is left to the index.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from broker.core.identification import calibres, makers
from broker.core.identification.agreement import (
    LEVELS,
    Agreement,
    Level,
    agreement,
    number_of,
)
from broker.core.identification.historic import related
from broker.core.identification.makers import maker_key
from broker.core.identification.ranges import is_bare, overlap, share_within
from broker.core.identification.weapon import FRAME, LOT, ReadSerial, Weapon

_SERIES_WORTH: Final = 0.8  # what is left where a series says less than it might
_OTHER_PART: Final = 0.8  # of the worth, where a slide's number meets a frame's


class Verdict(StrEnum):
    """How two descriptions stand in one respect."""

    AGREES = "agrees"
    COMPATIBLE = "compatible"
    DIFFERS = "differs"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One respect in which two descriptions were compared.

    Attributes:
        what: "serial", "make", "model", "calibre", "country", "year", "type".
        verdict: How they stand.
        text: As a sentence without full stop.
        level: Of the serial numbers' agreement; empty for the rest.
    """

    what: str
    verdict: Verdict
    text: str
    level: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lead:
    """What a comparison found.

    Attributes:
        score: From 0, nothing speaks for one weapon, to 1, which is never reached.
        reasons: That of the serial numbers first.
    """

    score: float
    reasons: tuple[Reason, ...]


NO_LEAD: Final = Lead(score=0.0, reasons=())

_ALONE: Final = 0.6  # of what numbers are worth, where nothing else is known

# By respect: how far agreement goes towards certainty, how far compatibility does, and
# what a difference leaves. Makers and models are misread and importers taken for them,
# so nothing rules a match out.
_WEIGHTS: Final = {
    "make": (0.45, 0.20, 0.55),
    "model": (0.35, 0.15, 0.75),
    "calibre": (0.35, 0.15, 0.55),
    "country": (0.15, 0.10, 0.75),
    "year": (0.20, 0.10, 0.80),
    "type": (0.10, 0.05, 0.70),
}


def compare(a: Weapon, b: Weapon) -> Lead:
    """Returns how much speaks for two descriptions being of one weapon.

    Without an agreement of serial numbers there is no lead: score 0 and no reasons.
    The order of the two does not matter for the score.
    """
    meeting = _meeting(a, b)
    if meeting is None:
        return NO_LEAD
    agreed, serial = meeting
    return scored(agreed.worth, serial, _facts(a, b))


def scored(worth: float, serial: Reason, facts: Iterable[Reason]) -> Lead:
    """Returns the lead that an agreement of numbers is, with all else that is known.

    Args:
        worth: Of the agreement: the score if all else agrees, from 0 to 1.
        serial: What it consists in.
        facts: What agrees and differs besides.
    """
    reasons = [serial, *facts]
    doubt, left = 1.0, 1.0
    for reason in reasons[1:]:
        agrees, compatible, differs = _WEIGHTS[reason.what]
        match reason.verdict:
            case Verdict.AGREES:
                doubt *= 1 - agrees
            case Verdict.COMPATIBLE:
                doubt *= 1 - compatible
            case Verdict.DIFFERS:
                left *= differs
            case Verdict.UNKNOWN:
                pass
    score = worth * (1 - (1 - _ALONE) * doubt) * left
    return Lead(score=round(score, 3), reasons=tuple(reasons))


def _meeting(a: Weapon, b: Weapon) -> tuple[Agreement, Reason] | None:
    """Returns the strongest agreement between any numbers of two weapons."""
    found = [
        *_serials(a, b),
        *_in_ranges(a, b),
        *_in_ranges(b, a),
        *_overlaps(a, b),
    ]
    return max(found, key=lambda one: one[0].worth, default=None)


def _serials(a: Weapon, b: Weapon) -> Iterator[tuple[Agreement, Reason]]:
    ours = [(one, number_of(one, a.condition)) for one in a.serials]
    theirs = [(one, number_of(one, b.condition)) for one in b.serials]
    for one, number in ours:
        for other, counterpart in theirs:
            if (one.part == LOT) != (other.part == LOT):
                continue
            agreed = agreement(number, counterpart)
            if agreed is not None:
                yield _with_parts(agreed, one, other)


def _with_parts(
    agreed: Agreement, one: ReadSerial, other: ReadSerial
) -> tuple[Agreement, Reason]:
    text = LEVELS[agreed.level][1]
    if agreed.detail:
        text = f"{text} ({agreed.detail})"
    if one.part != other.part:
        parts = f"{part_words(one.part)} and {part_words(other.part)}"
        text = f"{text}, on different parts: {parts}"
        agreed = replace(agreed, worth=agreed.worth * _OTHER_PART)
    reason = Reason(
        what="serial", verdict=Verdict.AGREES, text=text, level=agreed.level.value
    )
    return agreed, reason


def _in_ranges(a: Weapon, b: Weapon) -> Iterator[tuple[Agreement, Reason]]:
    """Looks up each number of `a` in the series of `b`."""
    for serial in a.serials:
        for span in b.ranges:
            share = share_within(serial.raw, serial.mask, span)
            if share:
                worth, text = LEVELS[Level.RANGE]
                if is_bare(span):
                    worth *= _SERIES_WORTH
                if share < 1:
                    worth *= _SERIES_WORTH
                    text = "as far as it could be read, the number can be of the series"
                reason = Reason(
                    what="serial",
                    verdict=Verdict.AGREES,
                    text=f"{text} {span.first} to {span.last}",
                    level=Level.RANGE.value,
                )
                yield Agreement(level=Level.RANGE, worth=worth), reason


def _overlaps(a: Weapon, b: Weapon) -> Iterator[tuple[Agreement, Reason]]:
    """Compares series with series."""
    for one in a.ranges:
        for other in b.ranges:
            if overlap(one, other):
                worth = LEVELS[Level.RANGE][0] * _SERIES_WORTH
                text = (
                    f"the series {one.first} to {one.last} and {other.first} to "
                    f"{other.last} have numbers in common"
                )
                reason = Reason(
                    what="serial",
                    verdict=Verdict.COMPATIBLE,
                    text=text,
                    level=Level.RANGE.value,
                )
                yield Agreement(level=Level.RANGE, worth=worth), reason


def part_words(part: str) -> str:
    """Returns a part in words: "frame or receiver"."""
    if part == FRAME:
        return "frame or receiver"
    return part.removeprefix("PART_KIND_").replace("_", " ").lower() or "unknown part"


def _facts(a: Weapon, b: Weapon) -> Iterator[Reason]:
    yield _make(a, b)
    yield _said("model", a.model, b.model, _models(a.model, b.model))
    yield _calibre(a, b)
    yield _said("country", a.country, b.country, _countries(a.country, b.country))
    yield _year(a.year, b.year)
    yield _said("type", _words(a.type), _words(b.type), _types(a.type, b.type))


def _make(a: Weapon, b: Weapon) -> Reason:
    country = a.country or b.country
    equal = makers.same(a.make, b.make, country)
    if equal is None:
        return _said("make", a.make, b.make, Verdict.UNKNOWN)
    if equal:
        return _said("make", a.make, b.make, Verdict.AGREES)
    others = {*map(maker_key, (a.importer, a.brand_owner, b.importer, b.brand_owner))}
    if {maker_key(a.make), maker_key(b.make)} & (others - {""}):
        return Reason(
            what="make",
            verdict=Verdict.COMPATIBLE,
            text=f"{a.make} and {b.make}: one of them is the importer or brand owner",
        )
    return _said("make", a.make, b.make, Verdict.DIFFERS)


def _models(a: str, b: str) -> Verdict:
    one, other = maker_key(a), maker_key(b)
    if not one or not other:
        return Verdict.UNKNOWN
    if one == other:
        return Verdict.AGREES
    # "17" and "Glock 17 Gen4" can be said of one weapon.
    return Verdict.COMPATIBLE if one in other or other in one else Verdict.DIFFERS


def _calibre(a: Weapon, b: Weapon) -> Reason:
    one, other = a.designation or a.calibre, b.designation or b.calibre
    equal = calibres.same(one, other)
    if not one or not other or equal is None:
        verdict = Verdict.UNKNOWN
    elif not equal:
        verdict = Verdict.DIFFERS
    else:
        named = {calibres.read(one).designation, calibres.read(other).designation}
        sure = len(named) == 1 and named != {None}
        verdict = Verdict.AGREES if sure or one == other else Verdict.COMPATIBLE
    return _said("calibre", a.calibre or one, b.calibre or other, verdict)


def _countries(a: str, b: str) -> Verdict:
    if not a or not b:
        return Verdict.UNKNOWN
    if a == b:
        return Verdict.AGREES
    return Verdict.COMPATIBLE if related(a, b) else Verdict.DIFFERS


def _year(a: int | None, b: int | None) -> Reason:
    if a is None or b is None:
        return _said("year", str(a or ""), str(b or ""), Verdict.UNKNOWN)
    if a == b:
        return _said("year", str(a), str(b), Verdict.AGREES)
    near = abs(a - b) == 1
    return _said(
        "year", str(a), str(b), Verdict.COMPATIBLE if near else Verdict.DIFFERS
    )


_UNTOLD: Final = frozenset(
    {"", "FIREARM_TYPE_UNKNOWN", "FIREARM_TYPE_OTHER", "FIREARM_TYPE_UNSPECIFIED"}
)
_LONG_ARMS: Final = frozenset(
    {"FIREARM_TYPE_RIFLE", "FIREARM_TYPE_CARBINE", "FIREARM_TYPE_ASSAULT_RIFLE"}
)
_CONVERTIBLE: Final = frozenset({"FIREARM_TYPE_PISTOL", "FIREARM_TYPE_BLANK_FIRING"})


def _types(a: str, b: str) -> Verdict:
    if a in _UNTOLD or b in _UNTOLD:
        return Verdict.UNKNOWN
    if a == b:
        return Verdict.AGREES
    for family in (_LONG_ARMS, _CONVERTIBLE):
        if {a, b} <= family:
            return Verdict.COMPATIBLE
    return Verdict.DIFFERS


def _words(name: str) -> str:
    for prefix in ("FIREARM_TYPE_", "PART_KIND_"):
        name = name.removeprefix(prefix)
    return name.replace("_", " ").lower()


_SENTENCES: Final = {
    Verdict.AGREES: "the {what} agrees: {both}",
    Verdict.COMPATIBLE: "the {what} can be the same: {both}",
    Verdict.DIFFERS: "the {what} differs: {both}",
    Verdict.UNKNOWN: "the {what} is not known of both",
}


def _said(what: str, a: str, b: str, verdict: Verdict) -> Reason:
    both = a if a == b else f"{a}, {b}"
    text = _SENTENCES[verdict].format(what=what, both=both)
    return Reason(what=what, verdict=verdict, text=text)
