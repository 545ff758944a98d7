"""Needs, offers and projects as their messages state them.

What fits what is left to `broker.core.assistance.matching`.
"""

import datetime as dt
import re
from calendar import monthrange
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

_AREA: Final = "ASSISTANCE_AREA_"
_FORM: Final = "ASSISTANCE_FORM_"
_DATE: Final = re.compile(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?")
_DECEMBER: Final = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Days from the first to the last; None: not stated.

    Attributes:
        first: The first day that may be meant.
        last: The last day that may be meant, included.
    """

    first: dt.date | None = None
    last: dt.date | None = None

    def overlaps(self, other: "Span") -> bool:
        """Tells whether two spans may have a day in common."""
        apart = (self.last and other.first and self.last < other.first) or (
            other.last and self.first and other.last < self.first
        )
        return not apart

    def common(self, other: "Span") -> "Span":
        """Returns the days that both have; only of spans that overlap."""
        firsts = [one for one in (self.first, other.first) if one]
        lasts = [one for one in (self.last, other.last) if one]
        return Span(first=max(firsts, default=None), last=min(lasts, default=None))

    @property
    def stated(self) -> bool:
        """Whether anything is said of it."""
        return self.first is not None or self.last is not None

    def __str__(self) -> str:
        """As "2027-01-01 to 2027-12-31"; empty when nothing is stated."""
        if not self.stated:
            return ""
        return f"{self.first or '…'} to {self.last or '…'}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Amount:
    """An amount of money; currencies are never converted."""

    value: Decimal
    currency: str

    def __str__(self) -> str:
        """As "90000.00 EUR"."""
        return f"{self.value} {self.currency}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """What a State needs help with.

    Attributes:
        digest: Of the message.
        by: Who sent it.
        country: Which country needs it.
        areas: In words: "marking".
        forms: Likewise: "training".
        span: When.
        cost: What it would cost; None: not said, or withheld.
    """

    digest: bytes
    by: str
    title: str
    country: str
    areas: frozenset[str]
    forms: frozenset[str]
    span: Span = Span()
    cost: Amount | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What somebody can help with.

    Attributes:
        digest: Of the message.
        by: Who sent it.
        countries: For whom; empty: for anybody.
        areas: In words.
        forms: Likewise.
        span: When.
        budget: What there is; None: not said, or withheld.
    """

    digest: bytes
    by: str
    title: str
    countries: frozenset[str]
    areas: frozenset[str]
    forms: frozenset[str]
    span: Span = Span()
    budget: Amount | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """What a need and an offer have become.

    Attributes:
        digest: Of the message.
        by: Who sent it.
        need: The need, by the digest of its message.
        offer: The offer, likewise; empty where there was none.
        partners: Who takes part.
        areas: In words.
        span: When.
        budget: Means; None: not said, or withheld.
        detail: How far it is.
        at_ms: When the message was sealed.
    """

    digest: bytes
    by: str
    need: bytes
    offer: bytes = b""
    title: str
    partners: frozenset[str]
    areas: frozenset[str]
    span: Span = Span()
    budget: Amount | None = None
    detail: str = ""
    at_ms: int = 0


def need_in(document: Mapping[str, object], *, digest: bytes, by: str) -> Need:
    """Returns the need that a content of the kind assistance-need states."""
    return Need(
        digest=digest,
        by=by,
        title=str(document.get("title", "")),
        country=str(document.get("country", "")),
        areas=frozenset(_words(document, "areas", _AREA)),
        forms=frozenset(_words(document, "forms", _FORM)),
        span=span_in(document.get("period")),
        cost=_amount(document.get("cost")),
    )


def offer_in(document: Mapping[str, object], *, digest: bytes, by: str) -> Offer:
    """Returns the offer that a content of the kind assistance-offer states."""
    return Offer(
        digest=digest,
        by=by,
        title=str(document.get("title", "")),
        countries=frozenset(_words(document, "countries", "")),
        areas=frozenset(_words(document, "areas", _AREA)),
        forms=frozenset(_words(document, "forms", _FORM)),
        span=span_in(document.get("period")),
        budget=_amount(document.get("budget")),
    )


def project_in(
    document: Mapping[str, object],
    *,
    digest: bytes,
    by: str,
    at_ms: int,
    need: bytes,
    offer: bytes,
) -> Project:
    """Returns the project that a content of the kind assistance-match states.

    Args:
        document: The content.
        digest: Of its message.
        by: Who sent it.
        at_ms: When it was sealed.
        need: The digest of the need, as bytes.
        offer: That of the offer, likewise, or empty.
    """
    return Project(
        digest=digest,
        by=by,
        need=need,
        offer=offer,
        title=str(document.get("title", "")),
        partners=frozenset(_words(document, "partners", "")),
        areas=frozenset(_words(document, "areas", _AREA)),
        span=span_in(document.get("period")),
        budget=_amount(document.get("budget")),
        detail=str(document.get("detail", "")),
        at_ms=at_ms,
    )


def span_in(period: object) -> Span:
    """Returns a period as days: "2027" begins on 1 January and ends on 31 December."""
    if not isinstance(period, Mapping):
        return Span()
    return Span(first=_first(period.get("from")), last=_last(period.get("to")))


def _first(text: object) -> dt.date | None:
    found = _DATE.fullmatch(str(text))
    if found is None:
        return None
    year, month, day = (int(part) if part else 1 for part in found.groups())
    return dt.date(year, month, day)


def _last(text: object) -> dt.date | None:
    found = _DATE.fullmatch(str(text))
    if found is None:
        return None
    year, month, day = found.groups()
    if day:
        return dt.date(int(year), int(month), int(day))
    within = int(month) if month else _DECEMBER
    return dt.date(int(year), within, monthrange(int(year), within)[1])


def _words(document: Mapping[str, object], name: str, prefix: str) -> Iterator[str]:
    value = document.get(name)
    for one in value if isinstance(value, list) else ():
        word = str(one).removeprefix(prefix)
        yield word if not prefix else word.lower().replace("_", "-")


def _amount(money: object) -> Amount | None:
    if not isinstance(money, Mapping) or "amount" not in money:
        return None
    return Amount(
        value=Decimal(str(money["amount"])), currency=str(money.get("currency", ""))
    )
