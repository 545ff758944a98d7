"""Whether a calibre says which cartridge it is, and goes with the type of weapon.

What spellings mean is left to `broker.core.identification.calibres`.
"""

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

from broker.core.identification.calibres import CalibreReading, read, same
from broker.core.linting.catalogue import LintCode
from broker.core.linting.findings import Finding, found
from broker.core.linting.section import Section

_GAUGE: Final = re.compile(r"gauge|^410")
_METRIC: Final = re.compile(r"([0-9.]+)x([0-9]+)")
_SMOOTH: Final = frozenset({"SHOTGUN", "COMBINATION", "OTHER", "UNKNOWN", ""})
_HEAVY_MM: Final = 12.0  # of the bore
_LONG_CASE_MM: Final = 45  # pistols for longer ones are curiosities
_SHORT_CASE_MM: Final = 27  # below that it is a pistol's

ACTIONS: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        # Type: actions that do not go with it.
        "REVOLVER": frozenset({"BOLT", "LEVER", "PUMP", "BREAK", "FULL_AUTO"}),
        "PISTOL": frozenset({"REVOLVER", "PUMP", "LEVER"}),
        "ASSAULT_RIFLE": frozenset({"REVOLVER", "BREAK", "PUMP", "MUZZLE_LOADING"}),
        "SUBMACHINE_GUN": frozenset({"REVOLVER", "BREAK", "PUMP", "BOLT", "LEVER"}),
        "LIGHT_MACHINE_GUN": frozenset({"REVOLVER", "BREAK", "PUMP", "BOLT"}),
        "HEAVY_MACHINE_GUN": frozenset({"REVOLVER", "BREAK", "PUMP", "BOLT"}),
    }
)


def calibre_findings(item: Section) -> Iterator[Finding]:
    """Yields what is doubtful about the calibre of an item.

    Args:
        item: An `Item`, by JSON names.
    """
    for name in ("firearm", "ammunition", "part"):
        calibre = item.inner(name).inner("calibre")
        if calibre.has("raw"):
            yield from _read(calibre)
    firearm = item.inner("firearm")
    kind = firearm.word("type", "FIREARM_TYPE_")
    understood = understood_calibre(firearm.inner("calibre"))
    if understood is not None:
        yield from _and_type(firearm, kind, understood)
    yield from _action(firearm, kind)


def understood_calibre(calibre: Section) -> str | None:
    """Returns the designation that a calibre means; None when it is in doubt."""
    stated = calibre.text("designation") or calibre.text("raw")
    return read(stated).designation if stated else None


def _read(calibre: Section) -> Iterator[Finding]:
    raw, stated = calibre.text("raw"), calibre.text("designation")
    meant = read(raw)
    if stated:
        yield from _stated(calibre, meant, stated)
    elif meant.ambiguous or calibre.has("ambiguous"):
        several = ", ".join(meant.candidates[:4])
        text = f"what was read fits several calibres{': ' if several else ''}{several}"
        yield found(LintCode.CALIBRE_AMBIGUOUS, calibre.at("raw"), text)
    elif meant.designation is None:
        yield found(
            LintCode.CALIBRE_UNKNOWN, calibre.at("raw"), "no such calibre is known here"
        )


def _stated(calibre: Section, meant: CalibreReading, stated: str) -> Iterator[Finding]:
    designated = read(stated)
    if designated.ambiguous:
        several = ", ".join(designated.candidates[:4])
        text = f"the designation fits several calibres: {several}"
        yield found(LintCode.CALIBRE_AMBIGUOUS, calibre.at("designation"), text)
    elif designated.designation is None:
        text = "no such designation is known here"
        yield found(LintCode.CALIBRE_UNKNOWN, calibre.at("designation"), text)
    elif same(calibre.text("raw"), stated) is False:
        text = f"what was read means {' or '.join(meant.candidates[:4])}"
        yield found(LintCode.CALIBRE_CONTRADICTED, calibre.at("designation"), text)


def _and_type(firearm: Section, kind: str, calibre: str) -> Iterator[Finding]:
    why = _mismatch(kind, calibre)
    if why:
        yield found(LintCode.CALIBRE_AND_TYPE, firearm.at("type"), why)


def _mismatch(kind: str, calibre: str) -> str:
    """Says why a type of weapon hardly goes with a calibre; empty if it may."""
    if _GAUGE.search(calibre):
        return "" if kind in _SMOOTH else f"{calibre} is a calibre of shotguns"
    measures = _METRIC.match(calibre)
    if measures is None:
        return ""
    bore, case = float(measures[1]), int(measures[2])
    match kind:
        case "SHOTGUN" if bore < _HEAVY_MM:
            why = f"{calibre} is no calibre of shotguns"
        case "PISTOL" | "REVOLVER" | "SUBMACHINE_GUN" if case > _LONG_CASE_MM:
            why = f"{calibre} is a rifle's cartridge, and hardly one of this type"
        case "HEAVY_MACHINE_GUN" if bore < _HEAVY_MM:
            why = f"{calibre} is less than heavy machine guns fire"
        case "ASSAULT_RIFLE" | "LIGHT_MACHINE_GUN" if case < _SHORT_CASE_MM:
            why = f"{calibre} is a pistol's cartridge, and hardly one of this type"
        case _:
            why = ""
    return why


def _action(firearm: Section, kind: str) -> Iterator[Finding]:
    action = firearm.word("action", "FIREARM_ACTION_")
    if action in ACTIONS.get(kind, frozenset()):
        words = action.lower().replace("_", " ")
        named = kind.lower().replace("_", " ")
        yield found(
            LintCode.ACTION_AND_TYPE,
            firearm.at("action"),
            f"the action {words!r} hardly goes with the type {named!r}",
        )
