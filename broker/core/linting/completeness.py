"""What is not said of an item, though tracing rests on it.

The minimum is maker, model, calibre, serial number and country (as tracing forms of
several States have it); the schema refuses less than the tracing instrument asks.
Whether what is said can be true is left to the modules beside this one.
"""

from collections.abc import Iterator
from typing import Final

from broker.core.linting.catalogue import LintCode
from broker.core.linting.findings import Finding, found
from broker.core.linting.section import Section

_UNREADABLE: Final = frozenset({"OBLITERATED", "NEVER_MARKED"})
_VAGUE_TYPES: Final = frozenset({"", "OTHER", "UNKNOWN"})
_DESCRIBED: Final = ("features", "barrelLengthMm", "finish", "otherSerials", "marks")
_NUMBERED: Final = frozenset({"firearm", "part"})
CONDITION: Final = "MARKING_CONDITION_"


def incomplete(item: Section) -> Iterator[Finding]:
    """Yields what is missing of an item.

    Args:
        item: An `Item`, by JSON names.
    """
    for name in ("firearm", "part"):
        if item.has(name):
            detail = item.inner(name)
            yield from _named(detail)
            yield from _numbered(item, detail, name)
    if item.has("firearm"):
        firearm = item.inner("firearm")
        yield from _firearm(firearm)
        yield from _seen(item, firearm)
    elif item.has("ammunition"):
        yield from _ammunition(item.inner("ammunition"))


def bears_nothing(detail: Section) -> bool:
    """Tells whether a description says that no number can be read."""
    return detail.word("markingCondition", CONDITION) in _UNREADABLE


def _named(detail: Section) -> Iterator[Finding]:
    marked = any(
        one.word("kind", "MARK_KIND_") in {"ARSENAL", "MANUFACTURER"}
        for one in detail.inners("marks")
    )
    if not detail.has("make") and not marked:
        yield found(LintCode.MAKE_MISSING, detail.at("make"), "no maker is named")
    if not detail.has("countryManufacture"):
        yield found(
            LintCode.COUNTRY_MISSING,
            detail.at("countryManufacture"),
            "no country of manufacture is named",
        )


def _numbered(item: Section, detail: Section, name: str) -> Iterator[Finding]:
    field = "frameSerial" if name == "firearm" else "serial"
    if not detail.has(field):
        yield from _without_number(detail, field)
    elif "?" in detail.inner(field).text("raw") and not detail.inner(field).has("mask"):
        yield found(
            LintCode.MASK_MISSING,
            detail.inner(field).at("mask"),
            "signs could not be read, and no mask says what they may be",
        )
    quantity = item.number("quantity") or 0
    if quantity > 1 and detail.has(field):
        yield found(
            LintCode.SEVERAL_UNDER_ONE_NUMBER,
            item.at("quantity"),
            f"{quantity} pieces stand under one serial number",
        )


def _without_number(detail: Section, field: str) -> Iterator[Finding]:
    if bears_nothing(detail):
        if detail.word("markingCondition", CONDITION) == "OBLITERATED":
            yield found(
                LintCode.SERIAL_UNREADABLE,
                detail.at(field),
                "the number was removed, and nothing of it could be read",
            )
    elif detail.has("otherSerials"):
        yield found(
            LintCode.SERIAL_NOT_ON_FRAME,
            detail.at(field),
            "only numbers on other parts are given",
        )
    else:
        yield found(
            LintCode.SERIAL_MISSING, detail.at(field), "there is no serial number"
        )


def _firearm(firearm: Section) -> Iterator[Finding]:
    if not firearm.has("model"):
        yield found(LintCode.MODEL_MISSING, firearm.at("model"), "no model is named")
    if firearm.word("type", "FIREARM_TYPE_") in _VAGUE_TYPES:
        yield found(
            LintCode.TYPE_VAGUE, firearm.at("type"), "the type of weapon is not named"
        )
    if not firearm.has("yearManufacture"):
        yield found(
            LintCode.YEAR_MISSING,
            firearm.at("yearManufacture"),
            "no year of manufacture is given",
        )
    if not firearm.has("importMarks"):
        yield found(
            LintCode.IMPORT_MARK_MISSING,
            firearm.at("importMarks"),
            "no mark of import is given",
        )


def _seen(item: Section, firearm: Section) -> Iterator[Finding]:
    if not firearm.has("markingCondition"):
        yield found(
            LintCode.CONDITION_MISSING,
            firearm.at("markingCondition"),
            "the state of the marks is not given",
        )
    if not firearm.has("identification"):
        yield found(
            LintCode.IDENTIFICATION_MISSING,
            firearm.at("identification"),
            "it is not said how it was identified",
        )
    doubtful = (
        bears_nothing(firearm)
        or not firearm.has("frameSerial")
        or "?" in firearm.inner("frameSerial").text("raw")
    )
    described = item.has("description") or any(map(firearm.has, _DESCRIBED))
    if doubtful and not described:
        yield found(
            LintCode.FEATURES_MISSING,
            firearm.at("features"),
            "the number does not identify it, and nothing else describes it",
        )


def _ammunition(rounds: Section) -> Iterator[Finding]:
    marks = [one.text("text") for one in rounds.inners("headstamp")]
    if not rounds.has("make") and not marks:
        yield found(
            LintCode.MAKE_MISSING,
            rounds.at("headstamp"),
            "neither maker nor headstamp is given",
            "read the headstamp: it names maker and year as a rule",
        )
    if not rounds.has("lot"):
        yield found(
            LintCode.SERIAL_MISSING,
            rounds.at("lot"),
            "there is no lot number",
            "look at the package: the lot stands there rather than on the round",
        )
