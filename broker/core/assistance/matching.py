"""Which offers fit which needs, with the reasons; and what is done twice.

Deterministic, and never more than a proposal: who helps whom, the parties agree.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

from broker.core.assistance.records import Amount, Need, Offer, Project


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """An offer that may help with a need.

    Attributes:
        need: The need.
        offer: The offer.
        score: How much of what is needed it has: areas and forms; from 0 to 1.
        reasons: What fits, in words.
        doubts: What does not fit wholly, or is not known.
    """

    need: Need
    offer: Offer
    score: float
    reasons: tuple[str, ...]
    doubts: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Twice:
    """Two projects that may do the same.

    Attributes:
        first: The earlier one.
        second: The later one.
        reasons: Why they may, in words.
    """

    first: Project
    second: Project
    reasons: tuple[str, ...]


def fits(needs: Iterable[Need], offers: Iterable[Offer]) -> tuple[Fit, ...]:
    """Returns which offers may help with which needs, the best first.

    An offer fits when it has an area and a form of help in common with the need, is
    open to the country, and does not end before the need begins, or the other way
    round. Nobody is helped by their own offer.

    Args:
        needs: All that are known, in any order.
        offers: Likewise.
    """
    listed = sorted(offers, key=lambda one: one.digest)
    found = [
        fit
        for need in sorted(needs, key=lambda one: one.digest)
        for offer in listed
        if (fit := _fit(need, offer)) is not None
    ]
    return tuple(
        sorted(found, key=lambda fit: (-fit.score, fit.need.digest, fit.offer.digest))
    )


def done_twice(projects: Sequence[Project]) -> tuple[Twice, ...]:
    """Returns pairs of projects that may do the same, in order of time.

    Two messages of one party about one need are one project that goes on.

    Args:
        projects: All that are known; `newest` of each is enough.
    """
    ordered = sorted(projects, key=lambda one: (one.at_ms, one.digest))
    found = []
    for first, second in combinations(ordered, 2):
        reasons = _same(first, second)
        if reasons:
            found.append(Twice(first=first, second=second, reasons=reasons))
    return tuple(found)


def newest(projects: Iterable[Project]) -> tuple[Project, ...]:
    """Returns the last word on each project, in order of time.

    A project is what one party says about one need and one offer.
    """
    last: dict[tuple[str, bytes, bytes], Project] = {}
    for one in sorted(projects, key=lambda one: (one.at_ms, one.digest)):
        last[one.by, one.need, one.offer] = one
    return tuple(sorted(last.values(), key=lambda one: (one.at_ms, one.digest)))


def _fit(need: Need, offer: Offer) -> Fit | None:
    areas, forms = need.areas & offer.areas, need.forms & offer.forms
    if not areas or not forms or need.by == offer.by:
        return None
    if offer.countries and need.country not in offer.countries:
        return None
    if not need.span.overlaps(offer.span):
        return None
    wanted = len(need.areas) + len(need.forms)
    reasons = [
        f"areas: {_listed(areas)}",
        f"forms: {_listed(forms)}",
        f"meant for {need.country}" if offer.countries else "open to every country",
    ]
    doubts = [
        *_lacking("areas", need.areas - areas),
        *_lacking("forms", need.forms - forms),
    ]
    if need.span.stated and offer.span.stated:
        reasons.append(f"both: {need.span.common(offer.span)}")
    else:
        doubts.append("one of them does not say when")
    reason, doubt = _means(need.cost, offer.budget)
    return Fit(
        need=need,
        offer=offer,
        score=round((len(areas) + len(forms)) / wanted, 3),
        reasons=(*reasons, *reason),
        doubts=(*doubts, *doubt),
    )


def _lacking(what: str, lacking: frozenset[str]) -> list[str]:
    return [f"{what} not offered: {_listed(lacking)}"] if lacking else []


def _means(cost: Amount | None, budget: Amount | None) -> tuple[list[str], list[str]]:
    """Returns what the amounts say for it, and against it."""
    if cost is None or budget is None:
        return [], ["what it costs, or what there is, is not known"]
    if cost.currency != budget.currency:
        return [], [f"{cost} and {budget} are not compared"]
    if budget.value < cost.value:
        return [], [f"{budget} do not cover {cost}"]
    return [f"{budget} cover {cost}"], []


def _same(first: Project, second: Project) -> tuple[str, ...]:
    reasons = []
    if first.need == second.need:
        if first.by == second.by and first.offer == second.offer:
            return ()  # one project, described again
        reasons.append("the same need")
    areas = first.areas & second.areas
    partners = first.partners & second.partners
    together = first.span.overlaps(second.span)
    if len(partners) > 1 and areas and together:
        reasons.append(f"{_listed(partners)} in {_listed(areas)} at the same time")
    return tuple(reasons)


def _listed(words: Iterable[str]) -> str:
    return ", ".join(sorted(words))
