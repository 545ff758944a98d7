"""Whether years, countries and marks of import of an item can be true together.

What models and makers say about years is left to `broker.core.linting.models`.
"""

from collections.abc import Iterator
from typing import Final

from broker.core.country_codes import is_country
from broker.core.identification.historic import FORMER_STATES, related, successors
from broker.core.linting.catalogue import LintCode
from broker.core.linting.findings import Finding, found
from broker.core.linting.section import Section

_ANTIQUE_BEFORE: Final = 1900
"""What was made earlier is an antique to the International Tracing Instrument."""
_YEAR_LENGTH: Final = 4


def date_findings(item: Section, recovery: Section, today: str) -> Iterator[Finding]:
    """Yields what cannot be true, or hardly.

    Args:
        item: An `Item`, by JSON names.
        recovery: Its `RecoveryEvent`.
        today: ISO 8601, such as "2026-03-09".
    """
    for name in ("firearm", "ammunition", "part"):
        if item.has(name):
            detail = item.inner(name)
            yield from _country(detail)
            yield from _year(detail, recovery, today)
            yield from _imports(detail, today)


def recovery_findings(recovery: Section, today: str) -> Iterator[Finding]:
    """Yields what cannot be true about a recovery by itself."""
    date = recovery.text("date")
    if date and date > today[: len(date)]:
        yield found(LintCode.RECOVERY_DATE, recovery.at("date"), "the day is to come")


def _country(detail: Section) -> Iterator[Finding]:
    code, path = detail.text("countryManufacture"), detail.at("countryManufacture")
    if not code:
        return
    former = FORMER_STATES.get(code)
    if former is None:
        if not is_country(code):
            text = f"{code} is no country's code, present or former"
            yield found(LintCode.COUNTRY_UNKNOWN, path, text)
        return
    followed = ", ".join(successors(code))
    text = f"{former.name} is no more; {followed} followed it"
    yield found(LintCode.FORMER_STATE, path, text)
    year = detail.number("yearManufacture")
    # Stocks of marks were used up: one year is no contradiction.
    if year and year > former.until + 1:
        text = f"{former.name} ended by {former.until}, and {year} is named"
        yield found(LintCode.COUNTRY_AND_YEAR, path, text)


def _year(detail: Section, recovery: Section, today: str) -> Iterator[Finding]:
    year, path = detail.number("yearManufacture"), detail.at("yearManufacture")
    if not year:
        return
    if year > int(today[:_YEAR_LENGTH]):
        yield found(LintCode.YEAR_IMPOSSIBLE, path, f"{year} is to come")
    if year < _ANTIQUE_BEFORE:
        yield found(LintCode.ANTIQUE, path, f"it is said to be of {year}")
    recovered = recovery.text("date")[:_YEAR_LENGTH]
    if recovered.isdigit() and int(recovered) < year:
        text = f"it is said to be of {year}, and was recovered in {recovered}"
        yield found(LintCode.RECOVERY_DATE, path, text)


def _imports(detail: Section, today: str) -> Iterator[Finding]:
    made, home = detail.number("yearManufacture"), detail.text("countryManufacture")
    for mark in detail.inners("importMarks"):
        year, country = mark.number("year"), mark.text("country")
        if year and year > int(today[:_YEAR_LENGTH]):
            yield found(LintCode.YEAR_IMPOSSIBLE, mark.at("year"), f"{year} is to come")
        if year and made and year < made:
            yield found(
                LintCode.IMPORT_BEFORE_MANUFACTURE,
                mark.at("year"),
                f"it was imported in {year}, and made in {made}",
            )
        if country and home and related(country, home):
            text = f"it is said to be made in {home}, and imported there"
            yield found(LintCode.IMPORT_AT_HOME, mark.at("country"), text)
        if country and not is_country(country) and country not in FORMER_STATES:
            text = f"{country} is no country's code, present or former"
            yield found(LintCode.COUNTRY_UNKNOWN, mark.at("country"), text)
