"""What answers about one item say that cannot all be true.

Nothing is decided here: both sides are named, and a person asks them. Putting the
answers together is left to `broker.core.tracing.custody`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from broker.core.identification import calibres, makers
from broker.core.identification.historic import related
from broker.core.identification.serials import keys_of
from broker.core.identification.weapon import Weapon, weapons_in

Told = tuple[Mapping[str, object], str]
"""Fields by JSON name, and who says so."""

_ONCE: Final = frozenset({"MANUFACTURED", "DESTROYED", "DEACTIVATED"})
"""What happens to an item once at most."""
_AFTER_ALL: Final = frozenset({"DESTROYED"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """Two statements that do not agree.

    Attributes:
        about: "manufacture", "order", "point of diversion", "holder", "description".
        text: What does not agree, as a sentence without full stop.
        between: Who says either.
    """

    about: str
    text: str
    between: tuple[str, str]


def conflicts_in(
    chain: Sequence[Told],
    points: Sequence[Told],
    holders: Sequence[Told],
    described: Sequence[Told],
) -> Iterator[Conflict]:
    """Yields what does not agree.

    Args:
        chain: `CustodyStep`s, oldest first.
        points: `PointOfDiversion`s.
        holders: Last lawful holders.
        described: The item as requests and records describe it.
    """
    yield from _repeated(chain)
    yield from _order(chain)
    yield from _points(points)
    yield from _holders(holders)
    yield from _descriptions(described)


def _event(step: Mapping[str, object]) -> str:
    return str(step.get("event", "")).removeprefix("CUSTODY_EVENT_")


def _words(step: Mapping[str, object]) -> str:
    event = _event(step).lower().replace("_", " ")
    place, date = step.get("country", ""), step.get("date", "no date")
    return f"{event} in {place} ({date})"


def _repeated(chain: Sequence[Told]) -> Iterator[Conflict]:
    first: dict[str, Told] = {}
    for step, by in chain:
        event = _event(step)
        if event not in _ONCE:
            continue
        known = first.setdefault(event, (step, by))
        if known[0] is not step:
            yield Conflict(
                about="manufacture" if event == "MANUFACTURED" else "order",
                text=f"{_words(known[0])}, and {_words(step)}",
                between=(known[1], by),
            )


def _order(chain: Sequence[Told]) -> Iterator[Conflict]:
    """An item is made before all else, and nothing happens to it once destroyed."""
    latest: Told | None = None
    ended: Told | None = None
    for step, by in chain:
        date = str(step.get("date", ""))
        if ended is not None:
            yield Conflict(
                about="order",
                text=f"{_words(step)} comes after {_words(ended[0])}",
                between=(ended[1], by),
            )
        if latest is not None and date and date < _cut(str(latest[0]["date"]), date):
            yield Conflict(
                about="order",
                text=f"{_words(latest[0])} is told before {_words(step)}",
                between=(latest[1], by),
            )
        elif date:
            latest = (step, by)
        if _event(step) in _AFTER_ALL:
            ended = (step, by)


def _cut(date: str, other: str) -> str:
    """Returns a date as precise as another: "2014" against "2014-05" says nothing."""
    return date[: len(other)]


def _points(points: Sequence[Told]) -> Iterator[Conflict]:
    for (one, by), (other, also) in _pairs(points):
        for name, title in (("stage", "stage"), ("method", "method")):
            a, b = one.get(name), other.get(name)
            if a and b and a != b and not {"UNKNOWN"} & {_last(a), _last(b)}:
                text = f"the {title} is {_last(a)}, and {_last(b)}"
                yield Conflict(
                    about="point of diversion", text=text, between=(by, also)
                )
        here, there = _country(one), _country(other)
        if here and there and here != there:
            text = f"it was diverted in {here}, and in {there}"
            yield Conflict(about="point of diversion", text=text, between=(by, also))


def _last(value: object) -> str:
    text = str(value)
    for prefix in ("DIVERSION_STAGE_", "DIVERSION_METHOD_"):
        text = text.removeprefix(prefix)
    return text


def _country(point: Mapping[str, object]) -> str:
    place = point.get("place")
    return str(place.get("country", "")) if isinstance(place, Mapping) else ""


def _holders(holders: Sequence[Told]) -> Iterator[Conflict]:
    for (one, by), (other, also) in _pairs(holders):
        names = [str(who.get("name", "")) for who in (one, other)]
        countries = [str(who.get("country", "")) for who in (one, other)]
        if all(names) and names[0].casefold() != names[1].casefold():
            text = "two last lawful holders are named"
            yield Conflict(about="holder", text=text, between=(by, also))
        elif all(countries) and countries[0] != countries[1]:
            text = f"the last lawful holder is of {countries[0]}, and of {countries[1]}"
            yield Conflict(about="holder", text=text, between=(by, also))


def _pairs(told: Sequence[Told]) -> Iterator[tuple[Told, Told]]:
    for at, one in enumerate(told):
        for other in told[at + 1 :]:
            yield one, other


def _descriptions(described: Sequence[Told]) -> Iterator[Conflict]:
    """Another weapon may have been found in the records than was asked about."""
    weapons = [
        (weapon, by)
        for item, by in described
        for weapon in weapons_in("trace-response", item)
    ]
    for (one, by), (other, also) in zip(
        weapons[:1] * len(weapons), weapons, strict=True
    ):
        for text in _unlike(one, other):
            yield Conflict(about="description", text=text, between=(by, also))


def _unlike(one: Weapon, other: Weapon) -> Iterator[str]:
    if makers.same(one.make, other.make, one.country) is False:
        yield f"the maker is {one.make}, and {other.make}"
    spelled = [weapon.designation or weapon.calibre for weapon in (one, other)]
    if calibres.same(*spelled) is False:
        yield f"the calibre is {spelled[0]}, and {spelled[1]}"
    if one.country and other.country and not related(one.country, other.country):
        yield f"the country of manufacture is {one.country}, and {other.country}"
    if one.primary is not None and other.primary is not None:
        read, recorded = (
            keys_of(weapon.primary.raw, weapon.primary.mask)
            for weapon in (one, other)
            if weapon.primary is not None
        )
        alike = (read.k1 | read.possible) & (recorded.k1 | recorded.possible)
        if not alike and not read.near & recorded.near:
            yield f"the number is {one.primary.raw}, and {other.primary.raw}"
