"""What looks wrong about the serial numbers of an item, by itself and beside the rest.

What looks wrong about a number alone is left to
`broker.core.identification.oddities`.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from broker.core.identification.calibres import same
from broker.core.identification.oddities import Oddity, OddityKind, oddities
from broker.core.identification.scripts import scripts_of
from broker.core.identification.serials import exact_key, keys_of
from broker.core.linting.catalogue import LintCode
from broker.core.linting.completeness import CONDITION
from broker.core.linting.findings import Finding, found
from broker.core.linting.section import Section

_SHORTEST: Final = 3  # signs of a mark that a number may be mistaken for
_ODD: Final[Mapping[OddityKind, LintCode]] = MappingProxyType(
    {
        OddityKind.MIXED_SCRIPTS: LintCode.SERIAL_SCRIPTS,
        OddityKind.CONFUSABLE: LintCode.SERIAL_LOOK_ALIKE,
        OddityKind.SHAPE: LintCode.SERIAL_IMPLAUSIBLE,
        OddityKind.WITHHELD: LintCode.SERIAL_UNREADABLE,
        OddityKind.YEAR: LintCode.SERIAL_IS_OTHER_MARK,
        OddityKind.CALIBRE: LintCode.SERIAL_IS_OTHER_MARK,
        OddityKind.PATENT: LintCode.SERIAL_IS_OTHER_MARK,
        OddityKind.IMPORT_MARK: LintCode.SERIAL_IS_OTHER_MARK,
        OddityKind.MODEL: LintCode.SERIAL_IS_OTHER_MARK,
    }
)
_MARKS: Final = MappingProxyType(
    {
        "PATENT": "a patent number",
        "PROOF": "a proof mark",
        "RACK": "a rack number",
        "OWNER": "an owner's mark",
        "MODEL": "a model designation",
        "IMPORT": "an import mark",
        "REGIONAL": "a regional mark",
        "POST_MANUFACTURE": "a mark that was applied later",
        "DEACTIVATION": "a deactivation mark",
    }
)
_SCRIPTS: Final = MappingProxyType(
    {"LATIN": "latin", "CYRILLIC": "cyrillic", "GREEK": "greek", "HAN": "han"}
)


def serial_findings(item: Section) -> Iterator[Finding]:
    """Yields what looks wrong about the numbers of one item.

    Args:
        item: An `Item`, by JSON names.
    """
    for name, field in (("firearm", "frameSerial"), ("part", "serial")):
        detail = item.inner(name)
        serial = detail.inner(field)
        if serial.has("raw"):
            yield from _alone(serial)
            yield from _beside_the_rest(serial, detail)
            yield from _condition(serial, detail)
    firearm = item.inner("firearm")
    for other in firearm.inners("otherSerials"):
        yield from _alone(other.inner("serial"))
        yield from _differing(firearm.inner("frameSerial"), other)


def repeated(items: Sequence[Section]) -> Iterator[Finding]:
    """Yields numbers that several items of one request bear.

    Args:
        items: `Item`s, by JSON names.
    """
    seen: dict[tuple[str, str], str] = {}
    for item in items:
        serial = item.inner("firearm").inner("frameSerial")
        make = item.inner("firearm").text("make").casefold()
        for key in keys_of(serial.text("raw"), serial.text("mask")).k1:
            first = seen.setdefault((make, key), item.path)
            if first != item.path:
                yield found(
                    LintCode.SERIAL_REPEATED,
                    serial.at("raw"),
                    f"{first} bears the same number",
                )


def _alone(serial: Section) -> Iterator[Finding]:
    raw = serial.text("raw")
    if not raw:
        return
    doubted = "[" in serial.text("mask")
    for oddity in oddities(raw):
        # Whoever has said in the mask that a sign may be another knows of it.
        if not (doubted and oddity.kind is OddityKind.CONFUSABLE):
            yield _odd(serial, oddity)
    yield from _script(serial)


def _odd(serial: Section, oddity: Oddity) -> Finding:
    code = _ODD.get(oddity.kind, LintCode.SERIAL_IMPLAUSIBLE)
    return found(code, serial.at("raw"), oddity.text, oddity.advice)


def _script(serial: Section) -> Iterator[Finding]:
    stated = _SCRIPTS.get(serial.word("script", "SCRIPT_"))
    written = scripts_of(serial.text("raw"))
    if stated and len(written) == 1 and stated not in written:
        [other] = written
        yield found(
            LintCode.SERIAL_SCRIPTS,
            serial.at("script"),
            f"the script is said to be {stated}, and the letters are {other}",
            "type the number in the script in which it is marked, or correct the field",
        )


def _beside_the_rest(serial: Section, detail: Section) -> Iterator[Finding]:
    """A number that is given as another mark too was taken from the wrong place."""
    key = exact_key(serial.text("raw"))
    if len(key) < _SHORTEST:
        return
    for what, text in _elsewhere(detail):
        if text and _same(key, text):
            yield found(
                LintCode.SERIAL_IS_OTHER_MARK,
                serial.at("raw"),
                f"the same is given as {what}",
            )
    if same(serial.text("raw"), detail.inner("calibre").text("raw")):
        yield found(
            LintCode.SERIAL_IS_OTHER_MARK,
            serial.at("raw"),
            "the same is given as the calibre",
        )


def _elsewhere(detail: Section) -> Iterator[tuple[str, str]]:
    """Yields what else is marked on an item, and what it is."""
    yield "the model", detail.text("model")
    yield "the variant", detail.text("variant")
    yield "the year of manufacture", str(detail.number("yearManufacture") or "")
    for mark in detail.inners("marks"):
        what = _MARKS.get(mark.word("kind", "MARK_KIND_"))
        if what:
            yield what, mark.text("text")
    for mark in detail.inners("importMarks"):
        year, country = str(mark.number("year") or ""), mark.text("country")
        yield "an import mark", mark.text("text")
        yield "the year of an import mark", year
        yield "an import mark", country + year


def _same(key: str, text: str) -> bool:
    other = exact_key(text)
    words = ("MODEL", "MOD", "TYPE", "NO", "NR", "PAT", "PATENT", "CAL")
    bare = re.sub(rf"^({'|'.join(words)})", "", other)
    return key in {other, bare} - {""}


def _condition(serial: Section, detail: Section) -> Iterator[Finding]:
    """What is said of the state of the marks has to fit what was read."""
    own = serial.word("condition", CONDITION)
    stated = own or detail.word("markingCondition", CONDITION)
    raw, mask = serial.text("raw"), serial.text("mask")
    doubtful = "?" in raw or "?" in mask or "[" in mask
    path = serial.at("condition") if own else detail.at("markingCondition")
    if stated == "INTACT" and doubtful:
        text = "the marks are said to be intact, and signs of the number are in doubt"
        yield found(LintCode.CONDITION_CONTRADICTED, path, text)
    if stated in {"OBLITERATED", "NEVER_MARKED"} and not doubtful:
        text = "nothing is said to be readable, and a whole number is given"
        yield found(LintCode.CONDITION_CONTRADICTED, path, text)


def _differing(frame: Section, other: Section) -> Iterator[Finding]:
    serial = other.inner("serial")
    one = keys_of(frame.text("raw"), frame.text("mask")).k1
    two = keys_of(serial.text("raw"), serial.text("mask")).k1
    if one and two and not one & two:
        part = other.word("part", "PART_KIND_").lower().replace("_", " ")
        yield found(
            LintCode.SERIALS_DIFFER,
            serial.at("raw"),
            f"the {part or 'part'} bears another number than the frame",
        )
