"""Tightening: how handlings combine, and what would be looser than its source.

A copy, an export or an adapter may tighten what its provider laid down, never loosen
it. Who may get anything at all is left to the policy and to `broker.core.onward`.
"""

from collections.abc import Collection, Iterator
from dataclasses import replace
from typing import Final, TypeVar

from broker.core.errors import Code, RefusedError
from broker.core.handling import Europol, Handling, Restrictions

AND: Final = "; and: "
"""Stands between texts of several parties; nobody's words are ever shortened."""

T = TypeVar("T")


def tighten(handling: Handling, by: Handling) -> Handling:
    """Returns what binds as much as both together: the most restrictive of each.

    The order matters to nothing but the order of texts and of agencies.

    Raises:
        RefusedError: LOOSER_HANDLING, when nothing is left that both agree to: they
            name different agencies, or different purposes. To leave the list empty
            would mean that it is not narrowed down at all.
    """
    own, other = handling.restrictions, by.restrictions
    codes = handling.europol | by.europol
    return Handling(
        tlp=max(handling.tlp, by.tlp),
        # H0 says the least of all codes, and stands beside none.
        europol=codes if codes == {Europol.H0} else codes - {Europol.H0},
        pap=max((p for p in (handling.pap, by.pap) if p is not None), default=None),
        restrictions=Restrictions(
            release_to=tuple(_narrowed(own.release_to, other.release_to, "agency")),
            purpose=_both(own.purpose, other.purpose),
            no_onward=own.no_onward or other.no_onward,
            other=_both(own.other, other.other),
            purposes=frozenset(_narrowed(own.purposes, other.purposes, "purpose")),
            retention_days=_shortest(own.retention_days, other.retention_days),
        ),
    )


def with_terms(
    handling: Handling, retention_days: int | None, *, with_consent: bool
) -> Handling:
    """Returns `handling` with what a policy binds a release to.

    Args:
        handling: As it would be without.
        retention_days: How long it may be kept; None adds nothing.
        with_consent: Whether passing it on needs the provider's consent.
    """
    restrictions = handling.restrictions
    return replace(
        handling,
        restrictions=replace(
            restrictions,
            no_onward=restrictions.no_onward or with_consent,
            retention_days=_shortest(restrictions.retention_days, retention_days),
        ),
    )


def check_not_looser(source: Handling, result: Handling) -> None:
    """Returns if `result` binds at least as much as `source` does.

    Raises:
        RefusedError: LOOSER_HANDLING, with everything that would be looser.
    """
    looser = [
        *_looser_labels(source, result),
        *_looser_restrictions(source.restrictions, result.restrictions),
    ]
    if looser:
        raise RefusedError(Code.LOOSER_HANDLING, "; ".join(looser))


def _looser_labels(source: Handling, result: Handling) -> Iterator[str]:
    if result.tlp < source.tlp:
        yield f"{result.tlp.label} instead of {source.tlp.label}"
    missing = source.europol - result.europol
    if result.europol:
        missing -= {Europol.H0}  # whatever else is there says more
    if missing:
        yield f"without {', '.join(code.name for code in sorted(missing))}"
    if source.pap is not None and (result.pap is None or result.pap < source.pap):
        instead = "no PAP label" if result.pap is None else f"PAP:{result.pap.name}"
        yield f"{instead} instead of PAP:{source.pap.name}"


def _looser_restrictions(source: Restrictions, result: Restrictions) -> Iterator[str]:
    if _wider(source.release_to, result.release_to):
        yield "released to more agencies"
    if _wider(source.purposes, result.purposes):
        yield "usable for more purposes"
    if source.no_onward and not result.no_onward:
        yield "passed on without the provider's consent"
    if source.retention_days is not None and (
        result.retention_days is None or result.retention_days > source.retention_days
    ):
        yield f"kept for longer than {source.retention_days} days"
    if not _holds(result.purpose, source.purpose):
        yield "without the provider's words on its purpose"
    if not _holds(result.other, source.other):
        yield "without the provider's other restrictions"


def _wider(source: Collection[object], result: Collection[object]) -> bool:
    """Tells whether `result` names anything that `source` does not; empty is all."""
    return bool(source) and (not result or not set(result) <= set(source))


def _narrowed(one: Collection[T], other: Collection[T], what: str) -> list[T]:
    """Returns what both name; where one names nothing, what the other does."""
    if not one or not other:
        return list(one or other)
    known = frozenset(other)  # a hostile list is as long as a message can be
    common = [each for each in one if each in known]
    if not common:
        raise RefusedError(Code.LOOSER_HANDLING, f"no {what} is left that both name")
    return common


def _shortest(one: int | None, other: int | None) -> int | None:
    return min((days for days in (one, other) if days is not None), default=None)


def _both(one: str, other: str) -> str:
    if _holds(one, other):
        return one
    return other if _holds(other, one) else f"{one}{AND}{other}"


def _holds(text: str, part: str) -> bool:
    """Tells whether a party's words stand whole in a text that may be of several."""
    return not part or f"{AND}{part}{AND}" in f"{AND}{text}{AND}"
