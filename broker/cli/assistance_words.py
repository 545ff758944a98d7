"""Needs, offers, projects and what fits, as `rogatory assistance` prints them."""

from typing import Final

from broker.core.assistance.matching import Fit
from broker.core.assistance.records import Amount, Need, Offer, Project, Span

_SHOWN: Final = 12  # hexadecimal digits of a digest in a table


def need_row(one: Need) -> tuple[str, ...]:
    """Returns a need as a line of the table of needs and offers."""
    return (
        "need",
        one.digest.hex()[:_SHOWN],
        one.by,
        one.country,
        ", ".join(sorted(one.areas)),
        ", ".join(sorted(one.forms)),
        str(one.span),
        str(one.cost or ""),
        one.title,
    )


def offer_row(one: Offer) -> tuple[str, ...]:
    """Returns an offer likewise."""
    return (
        "offer",
        one.digest.hex()[:_SHOWN],
        one.by,
        ", ".join(sorted(one.countries)) or "any",
        ", ".join(sorted(one.areas)),
        ", ".join(sorted(one.forms)),
        str(one.span),
        str(one.budget or ""),
        one.title,
    )


def need_fields(one: Need) -> dict[str, object]:
    """Returns a need as programs read it."""
    return {
        "digest": one.digest.hex(),
        "from": one.by,
        "title": one.title,
        "country": one.country,
        "areas": sorted(one.areas),
        "forms": sorted(one.forms),
        "period": _span(one.span),
        "cost": _amount(one.cost),
    }


def offer_fields(one: Offer) -> dict[str, object]:
    """Returns an offer as programs read it."""
    return {
        "digest": one.digest.hex(),
        "from": one.by,
        "title": one.title,
        "countries": sorted(one.countries),
        "areas": sorted(one.areas),
        "forms": sorted(one.forms),
        "period": _span(one.span),
        "budget": _amount(one.budget),
    }


def fit_fields(one: Fit) -> dict[str, object]:
    """Returns an offer that fits a need as programs read it."""
    return {
        "score": one.score,
        "need": need_fields(one.need),
        "offer": offer_fields(one.offer),
        "reasons": list(one.reasons),
        "doubts": list(one.doubts),
    }


def project_fields(one: Project) -> dict[str, object]:
    """Returns a project as programs read it."""
    return {
        "digest": one.digest.hex(),
        "from": one.by,
        "title": one.title,
        "need": one.need.hex(),
        "offer": one.offer.hex() or None,
        "partners": sorted(one.partners),
        "areas": sorted(one.areas),
        "period": _span(one.span),
        "budget": _amount(one.budget),
        "detail": one.detail,
    }


def _span(span: Span) -> dict[str, str | None]:
    return {
        "from": None if span.first is None else span.first.isoformat(),
        "to": None if span.last is None else span.last.isoformat(),
    }


def _amount(amount: Amount | None) -> dict[str, str] | None:
    if amount is None:
        return None
    return {"amount": str(amount.value), "currency": amount.currency}
