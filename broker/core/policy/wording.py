"""Words for what messages are, aspect by aspect.

Words for parties are left to `broker.core.policy.audience`, for sets of sets to
`broker.core.policy.families`.
"""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from broker.core.handling import Europol, Pap, Tlp
from broker.core.policy.aspects import ASPECTS, COUNTRY_ASPECTS, Grades, Value
from broker.core.policy.dimensions import ELSEWHERE, THEIRS, Span
from broker.core.policy.facts import ALWAYS_COVERED
from broker.core.policy.families import family_json, family_words
from broker.core.policy.regions import Region
from broker.core.words import Word

UNSAID: Final = (
    "Unless a line says otherwise: without Europol codes H1 to H3, without PAP label, "
    "and no items but firearms, light weapons and what can be converted into them."
)
"""What is left out of the words for a box, since most permits cover no more."""

_TOO_MANY: Final = 3  # kinds after which those that are missing are named instead


def box_words(region: Region[Any]) -> str:
    """Returns words for the messages of a region, other parties apart."""
    return ", ".join(filter(None, _parts(region)))


def box_json(region: Region[Any]) -> dict[str, object]:
    """Returns the values of a region, as JSON shows them; what is missing is any."""
    return {
        aspect: _values_json(aspect, region.values[aspect], region.unsaid[aspect])
        for aspect in region.values
    }


# Each aspect has values of a type of its own.
def _values_json(
    aspect: str, values: frozenset[Any], unsaid: frozenset[Any]
) -> list[Any]:
    if aspect in _SETS:
        return list(family_json(values, unsaid, _member_json))
    if aspect == "day":
        spans = _joined_spans(iter(values))
        return [{"from": _date(one.low), "to": _date(one.high)} for one in spans]
    return sorted(map(_value_json, values), key=str)


def _parts(region: Region[Any]) -> Iterator[str]:
    for aspect in ASPECTS:
        name = aspect.name
        if name in region.values:
            yield _WORDS[name](region.values[name], region.unsaid[name])
        else:
            yield _ANY.get(name, "")


def _kinds(kinds: frozenset[str], unsaid: frozenset[str]) -> str:
    if len(unsaid) < len(kinds) and len(kinds) > _TOO_MANY:
        return f"every kind but {', '.join(sorted(unsaid))}"
    return ", ".join(sorted(kinds))


def _labels(labels: frozenset[Tlp], _: frozenset[Tlp]) -> str:
    low, high = min(labels), max(labels)
    if low is high:
        return low.label
    if len(labels) <= high - low:
        return " or ".join(label.label for label in sorted(labels))
    if low is Tlp.CLEAR:
        return f"up to {high.label}"
    if high is Tlp.RED:
        return f"from {low.label} on"
    return f"{low.label} to {high.label}"


def _pap(paps: frozenset[Pap | None], _: frozenset[Pap | None]) -> str:
    labels = sorted(pap for pap in paps if pap is not None)
    words = " or ".join(f"PAP:{pap.name}" for pap in labels)
    if None not in paps:
        return words
    if not labels:
        return ""
    without_gap = labels == [pap for pap in Pap if pap <= labels[-1]]
    return f"up to PAP:{labels[-1].name}" if without_gap else f"no PAP or {words}"


def _codes(codes: frozenset[frozenset[Any]], unsaid: frozenset[frozenset[Any]]) -> str:
    if codes == {frozenset()}:
        return ""
    return family_words(codes, unsaid, "codes", lambda code: str(code.name))


def _items(items: frozenset[frozenset[Any]], unsaid: frozenset[frozenset[Any]]) -> str:
    if items == {one for one in items | unsaid if one <= ALWAYS_COVERED}:
        return ""
    return family_words(items, unsaid, "items", _word)


def _purposes(
    purposes: frozenset[frozenset[Any]], unsaid: frozenset[frozenset[Any]]
) -> str:
    return family_words(purposes, unsaid, "purposes", _word)


def _places(
    what: str,
) -> Callable[[frozenset[frozenset[Any]], frozenset[frozenset[Any]]], str]:
    return lambda places, unsaid: family_words(places, unsaid, what, _place_word)


def _sources(grades: frozenset[Grades], _: frozenset[Grades]) -> str:
    columns: dict[object, list[object]] = {}
    for admiralty, europol in sorted(grades, key=str):
        columns.setdefault(admiralty, []).append(europol)
    alike: dict[tuple[object, ...], list[object]] = {}
    for first, second in columns.items():
        alike.setdefault(tuple(second), []).append(first)
    return "source " + "; or ".join(
        f"Admiralty {_grades(firsts)} and Europol {_grades(seconds)}"
        for seconds, firsts in alike.items()
    )


def _grades(grades: Any) -> str:  # noqa: ANN401 - of either system, or none
    words = sorted("not given" if one is None else one.name for one in grades)
    return "/".join(words)


def _embargo(flagged: frozenset[bool], _: frozenset[bool]) -> str:
    return ("with" if True in flagged else "without") + " breach of an embargo"


def _ages(ages: frozenset[Span | None], _: frozenset[Span | None]) -> str:
    words = [_age(span) for span in _joined_spans(one for one in ages if one)]
    return " or ".join(words + ["of unknown age"] * (None in ages))


def _age(span: Span) -> str:
    if span.low is None:
        return f"at most {span.high} days old"
    if span.high is None:
        return f"older than {span.low - 1} days"
    return f"{span.low} to {span.high} days old"


def _days(days: frozenset[Span], _: frozenset[Span]) -> str:
    return " or ".join(map(_day, _joined_spans(iter(days))))


def _day(span: Span) -> str:
    ends = []
    if span.low is not None:
        ends.append(f"from {_date(span.low)}")
    if span.high is not None:
        ends.append(f"until {_date(span.high)}")
    return " ".join(ends)


def _joined_spans(spans: Iterator[Span]) -> list[Span]:
    ordered = sorted(spans, key=lambda one: (one.low is not None, one.low or 0))
    joined: list[Span] = []
    for span in ordered:
        last = joined[-1] if joined else None
        if last is not None and last.high is not None and span.low == last.high + 1:
            joined[-1] = Span(last.low, span.high)
        else:
            joined.append(span)
    return joined


def _word(word: Word) -> str:
    return word.word


def _place_word(place: str) -> str:
    return _PLACES.get(place, place)


_PLACES: Final = {THEIRS: "their own country", ELSEWHERE: "another country"}
_SETS: Final = frozenset({"codes", "items", "purposes", *COUNTRY_ASPECTS})
_ANY: Final = {
    "codes": "with any codes",
    "pap": "with any PAP label",
    "items": "items of every class",
    "kind": "every kind",
}
# Each aspect has values of a type of its own.
_WORDS: Final[Mapping[str, Callable[[frozenset[Any], frozenset[Any]], str]]] = {
    "kind": _kinds,
    "label": _labels,
    "codes": _codes,
    "pap": _pap,
    "items": _items,
    "purposes": _purposes,
    "source": _sources,
    "recovered-in": _places("recovered in"),
    "manufactured-in": _places("manufactured in"),
    "involves": _places("involving"),
    "embargo": _embargo,
    "age": _ages,
    "day": _days,
}


def _date(day: int | None) -> str | None:
    return None if day is None else dt.date.fromordinal(day).isoformat()


def _value_json(value: Value) -> object:
    if isinstance(value, Span):
        return {"from": value.low, "to": value.high}
    if isinstance(value, tuple):
        return [None if one is None else one.name for one in value]
    return value if isinstance(value, bool) or value is None else _member_json(value)


def _member_json(member: Any) -> str:  # noqa: ANN401 - any word of any aspect
    match member:
        case Word():
            return member.word
        case Tlp():
            return member.label
        case Pap():
            return f"PAP:{member.name}"
        case Europol():
            return member.name
        case _:
            return str(member)
