"""What looks wrong about a serial number by itself, before anybody searches for it.

Each is a question to whoever read the mark, never a reason to refuse. Whether it fits
the weapon is left to the linting of requests.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from broker.core.identification.calibres import read as read_calibre
from broker.core.identification.masks import PLACES_MAX, reading
from broker.core.identification.scripts import by_shape, plain, scripts_of
from broker.core.identification.serials import exact_key

_LENGTHS: Final = (3, 20)  # signs that a serial number has, roughly
_YEARS: Final = (1890, 2100)
_CONFUSABLE: Final = {"O": "0", "S": "5", "B": "8", "Z": "2", "I": "1", "L": "1"}
_PATENT: Final = re.compile(r"\b(PAT(ENTS?)?|D\.?R\.?G\.?M|D\.?R\.?P|BREVET)\b")
_PATENT_FORM: Final = re.compile(
    r"\b(US|EP|DE|GB|FR)?\s?[0-9]{1,2},[0-9]{3},[0-9]{3}\b"
)
_IMPORTED: Final = re.compile(
    r"\b(IMP(ORT(ED|ER)?)?|MADE IN|IMPORTE|IMPORTADO)\b"
    r"|^[A-Z]{2,3}[ -]?(19|20)[0-9]{2}$"
)
_MODEL_WORDS: Final = re.compile(r"\b(MOD(EL|ELE|ELO|ELL)?|TYPE|TYP|CAL(IBRE|IBER)?)\b")


class OddityKind(StrEnum):
    """What looks wrong."""

    MIXED_SCRIPTS = "mixed-scripts"
    CONFUSABLE = "confusable"
    SHAPE = "shape"
    YEAR = "year"
    CALIBRE = "calibre"
    PATENT = "patent"
    IMPORT_MARK = "import-mark"
    MODEL = "model"
    WITHHELD = "withheld"


@dataclass(frozen=True, slots=True, kw_only=True)
class Oddity:
    """One thing that looks wrong.

    Attributes:
        kind: What sort of thing.
        text: What was noticed, as a sentence without full stop.
        advice: What to do about it.
        instead: What may have been meant; empty when nobody can tell.
    """

    kind: OddityKind
    text: str
    advice: str
    instead: str = ""


def oddities(raw: str) -> tuple[Oddity, ...]:
    """Returns what looks wrong about a number, in a fixed order.

    Args:
        raw: As it was read.
    """
    if raw == "[withheld]" or "*" in raw:
        return (
            Oddity(
                kind=OddityKind.WITHHELD,
                text="the number was not told in full",
                advice="ask whoever withheld it",
            ),
        )
    return tuple(one for check in _CHECKS for one in check(raw))


def _mixed(raw: str) -> Iterator[Oddity]:
    found = scripts_of(raw)
    if len(found) > 1:
        yield Oddity(
            kind=OddityKind.MIXED_SCRIPTS,
            text=f"letters of {' and '.join(sorted(found))} script stand together",
            advice="read the mark again, and type all of it in one script",
            instead=by_shape(plain(raw)),
        )


def _confusable(raw: str) -> Iterator[Oddity]:
    """A letter among digits, where it looks like a digit, is a misreading at first."""
    key = by_shape(exact_key(raw))
    for at, sign in enumerate(key if len(key) <= PLACES_MAX else ""):
        before, after = key[at - 1 : at], key[at + 1 : at + 2]
        among = before.isdigit() and (after.isdigit() or not after)
        if sign in _CONFUSABLE and among:
            digit = _CONFUSABLE[sign]
            yield Oddity(
                kind=OddityKind.CONFUSABLE,
                text=f"{sign} at place {at + 1} stands among digits and looks like "
                f"{digit}",
                advice="look at the mark again; if in doubt say so in the mask: "
                f"[{sign}{digit}]",
                instead=f"{key[:at]}{digit}{key[at + 1 :]}",
            )


def _shape(raw: str) -> Iterator[Oddity]:
    read = reading(raw)
    # What is longer than any number has no places.
    length, (least, most) = len(read.places) or len(exact_key(raw)), _LENGTHS
    text = ""
    if not any(sign.isdigit() for sign in plain(raw)) and not read.unknown:
        text = "there is no digit in it"
    elif length < least:
        text = f"it has {length} sign(s) only"
    elif length > most:
        text = f"it has {length} signs"
    elif read.known and len({one for one in read.places if one}) == 1:
        text = "all its signs are the same"
    if text:
        yield Oddity(
            kind=OddityKind.SHAPE,
            text=f"{text}, which serial numbers hardly ever have",
            advice="make sure that the whole number was read, and nothing else",
        )


def _year(raw: str) -> Iterator[Oddity]:
    key, (first, last) = exact_key(raw), _YEARS
    if re.fullmatch(r"[0-9]{4}", key) and first <= int(key) < last:
        yield Oddity(
            kind=OddityKind.YEAR,
            text="it looks like a year",
            advice="look for a longer number on the frame or receiver",
        )


def _calibre(raw: str) -> Iterator[Oddity]:
    found = read_calibre(raw)
    written = re.search(r"[A-Za-z.,xX\u00d7]", raw)
    if written and (found.designation or found.candidates):
        yield Oddity(
            kind=OddityKind.CALIBRE,
            text="it looks like a calibre",
            advice="enter it as the calibre, and look for the serial number",
        )


def _patent(raw: str) -> Iterator[Oddity]:
    text = plain(raw)
    if _PATENT.search(text) or _PATENT_FORM.search(text):
        yield Oddity(
            kind=OddityKind.PATENT,
            text="it looks like a patent number",
            advice="enter it as a mark of kind PATENT, and look for the serial number",
        )


def _import_mark(raw: str) -> Iterator[Oddity]:
    if _IMPORTED.search(plain(raw).strip()):
        yield Oddity(
            kind=OddityKind.IMPORT_MARK,
            text="it looks like an import mark",
            advice="enter it as an import mark, and look for the serial number",
        )


def _model(raw: str) -> Iterator[Oddity]:
    if _MODEL_WORDS.search(plain(raw)):
        yield Oddity(
            kind=OddityKind.MODEL,
            text="it looks like a model or calibre designation",
            advice="enter it as the model, and look for the serial number",
        )


_CHECKS: Final[tuple[Callable[[str], Iterator[Oddity]], ...]] = (
    _mixed,
    _confusable,
    _shape,
    _year,
    _calibre,
    _patent,
    _import_mark,
    _model,
)
