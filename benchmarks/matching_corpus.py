"""Weapons that never were, and the ways in which people misread their numbers.

Made of hashes of counters, so that every run has the same. Each number begins with
ZZQ, which no maker uses: none of them can be that of a real weapon. What a search makes
of them is left to `benchmarks.matching_evaluation`.
"""

import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeVar

from broker.core.identification.records import Kept
from broker.core.identification.weapon import FRAME, ReadSerial, Weapon

Choice = TypeVar("Choice")

_MODELS: Final = (
    # Maker, other spellings of it, model, calibre, other spellings, type, country.
    ("Glock", "GLOCK Ges.m.b.H.", "17", "9x19", "9mm Luger|9 mm Para", "PISTOL", "AUT"),
    ("Beretta", "P. Beretta", "92FS", "9x19", "9 Parabellum|9mm", "PISTOL", "ITA"),
    ("CZ", "Ceska Zbrojovka", "75", "9x19", "9mm Luger|9mm", "PISTOL", "CZE"),
    ("Zastava", "Crvena Zastava", "M70", "7.62x39", "7,62x39|7.62", "RIFLE", "SRB"),
    ("Taurus", "Forjas Taurus", "82", "9x29R", ".38 Special|.38", "REVOLVER", "BRA"),
    ("Smith & Wesson", "S&W", "10", "9x29R", ".38 Spl|38", "REVOLVER", "USA"),
    (
        "Norinco",
        "China North Industries",
        "54",
        "7.62x25",
        "7.62 TT|7.62",
        "PISTOL",
        "",
    ),
    (
        "Example Works",
        "Example Works Ltd",
        "EX-1",
        "12 gauge",
        "12/70|12",
        "SHOTGUN",
        "",
    ),
)
_LETTERS: Final = "ABEHKMPTX"  # in Latin, Cyrillic and Greek they look alike
_CYRILLIC: Final = str.maketrans(
    "ABEHKMPTX", "\u0410\u0412\u0415\u041d\u041a\u041c\u0420\u0422\u0425"
)
_GREEK: Final = str.maketrans(
    "ABEHKMPTX", "\u0391\u0392\u0395\u0397\u039a\u039c\u03a1\u03a4\u03a7"
)
_BY_SOUND: Final = {
    "\u0410": "A",
    "\u0412": "V",
    "\u0415": "E",
    "\u041d": "N",
    "\u041a": "K",
    "\u041c": "M",
    "\u0420": "R",
    "\u0422": "T",
    "\u0425": "KH",
}
_LOOK_ALIKES: Final = {"5": "S", "8": "B", "2": "Z", "6": "G", "0": "Q"}
_PREFIX: Final = "ZZQ"


class Draw:
    """Draws from hashes of a counter.

    Args:
        seed: The same seed draws the same.
    """

    def __init__(self, seed: str) -> None:
        self._seed = seed
        self._count = 0

    def below(self, bound: int) -> int:
        """Returns a number from 0, below the bound."""
        self._count += 1
        name = f"{self._seed}/{self._count}".encode()
        return int.from_bytes(hashlib.sha256(name).digest()[:8], "big") % bound

    def of(self, choices: Sequence[Choice]) -> Choice:
        """Returns one of several."""
        return choices[self.below(len(choices))]

    def chance(self, percent: int) -> bool:
        """Tells whether something happens that happens so often."""
        return self.below(100) < percent


def corpus(count: int, seed: str = "records") -> list[Kept]:
    """Returns records: half of them in unbroken series, as makers number them."""
    draw = Draw(seed)
    records: list[Kept] = []
    taken: set[str] = set()
    while len(records) < count:
        row = draw.of(_MODELS)
        shape, start = draw.below(4), draw.below(900_000)
        letter = draw.of(_LETTERS)
        run = 40 if draw.chance(20) else 1
        for step in range(min(run, count - len(records))):
            number = _number(shape, letter, start + step)
            if number not in taken:
                taken.add(number)
                records.append(_record(row, number, len(records)))
    return records


def strangers(count: int, known: Sequence[Kept]) -> list[Weapon]:
    """Returns weapons like the records, of which none is one."""
    numbers = {record.weapon.serials[0].raw for record in known}
    made = [one.weapon for one in corpus(2 * count, "strangers")]
    return [one for one in made if one.serials[0].raw not in numbers][:count]


def _number(shape: int, letter: str, count: int) -> str:
    match shape:
        case 0:
            return f"{_PREFIX}-{count:06d}"
        case 1:
            return f"{_PREFIX}{letter}{count:06d}"
        case 2:
            digits = f"{count:06d}"
            return f"{_PREFIX}{digits[:3]}{letter}{digits[3:]}"
        case _:
            return f"{_PREFIX}{letter.translate(_CYRILLIC)}-{count:06d}"


def _record(row: Sequence[str], number: str, place: int) -> Kept:
    make, _, model, calibre, _, kind, country = row
    return Kept(
        weapon=Weapon(
            kind="own-list",
            path=f"line {place + 2}",
            make=make,
            model=model,
            calibre=calibre,
            type=f"FIREARM_TYPE_{kind}",
            country=country,
            serials=(ReadSerial(part=FRAME, raw=number),),
        ),
        reference=f"TEST-{place}",
    )


def described(weapon: Weapon, draw: Draw) -> Weapon:
    """Returns a weapon as another State describes it: in its own words, with gaps."""
    row = next(one for one in _MODELS if one[0] == weapon.make)
    calibres = (weapon.calibre, *row[4].split("|"))
    return replace(
        weapon,
        kind="trace-request",
        path="items[0]",
        make="" if draw.chance(10) else draw.of((weapon.make, row[1])),
        model="" if draw.chance(25) else weapon.model,
        calibre="" if draw.chance(10) else draw.of(calibres),
        country="" if draw.chance(50) else weapon.country,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Noise:
    """One way in which a number comes to be another.

    Attributes:
        name: As the table has it.
        make: Returns raw and mask as read, or None where it cannot happen.
    """

    name: str
    make: Callable[[str, Draw], tuple[str, str] | None]


def _plain(raw: str, _draw: Draw) -> tuple[str, str] | None:
    return raw, ""


def _spaced(raw: str, draw: Draw) -> tuple[str, str] | None:
    joint = draw.of((" ", ".", "/", "\u2013"))
    compact = raw.replace("-", "").lower()
    return f"{compact[:3]}{joint}{compact[3:6]}{joint}{compact[6:]}", ""


def _swapped_signs(
    table: dict[str, str],
) -> Callable[[str, Draw], tuple[str, str] | None]:
    def make(raw: str, draw: Draw) -> tuple[str, str] | None:
        places = [at for at, sign in enumerate(raw) if sign in table]
        if not places:
            return None
        at = draw.of(places)
        return f"{raw[:at]}{table[raw[at]]}{raw[at + 1 :]}", ""

    return make


def _translated(table: dict[int, int]) -> Callable[[str, Draw], tuple[str, str] | None]:
    def make(raw: str, _draw: Draw) -> tuple[str, str] | None:
        other = raw.translate(table)
        return None if other == raw else (other, "")

    return make


def _sounded(raw: str, _draw: Draw) -> tuple[str, str] | None:
    other = "".join(_BY_SOUND.get(sign, sign) for sign in raw)
    return None if other == raw else (other, "")


def _missing(raw: str, draw: Draw) -> tuple[str, str] | None:
    at = 4 + draw.below(len(raw) - 4)
    return raw[:at] + raw[at + 1 :], ""


def _added(raw: str, draw: Draw) -> tuple[str, str] | None:
    at = 4 + draw.below(len(raw) - 4)
    return f"{raw[:at]}{draw.below(10)}{raw[at:]}", ""


def _exchanged(raw: str, draw: Draw) -> tuple[str, str] | None:
    pairs = [
        at
        for at in range(4, len(raw) - 1)
        if raw[at : at + 2].isdigit() and raw[at] != raw[at + 1]
    ]
    if not pairs:
        return None
    at = draw.of(pairs)
    return f"{raw[:at]}{raw[at + 1]}{raw[at]}{raw[at + 2 :]}", ""


def _other(raw: str, draw: Draw) -> tuple[str, str] | None:
    at = draw.of([at for at, sign in enumerate(raw) if sign.isdigit()])
    digit = (int(raw[at]) + 1 + draw.below(9)) % 10
    return f"{raw[:at]}{digit}{raw[at + 1 :]}", ""


def _embedded(raw: str, draw: Draw) -> tuple[str, str] | None:
    found = re.search(r"(?<=[0-9])[A-Z](?=[0-9])", raw)
    if found is None:
        return None
    instead = draw.of(("", "J", "M"))
    return f"{raw[: found.start()]}{instead}{raw[found.end() :]}", ""


def _unread(count: int) -> Callable[[str, Draw], tuple[str, str] | None]:
    def make(raw: str, draw: Draw) -> tuple[str, str] | None:
        places = [at for at, sign in enumerate(raw) if sign.isdigit()]
        lost: set[int] = set()
        while len(lost) < count:
            lost.add(draw.of(places))
        return "".join("?" if at in lost else sign for at, sign in enumerate(raw)), ""

    return make


def _alternatives(raw: str, draw: Draw) -> tuple[str, str] | None:
    at = draw.of([at for at, sign in enumerate(raw) if sign.isdigit()])
    other = (int(raw[at]) + 1 + draw.below(9)) % 10
    read = f"{raw[:at]}{other}{raw[at + 1 :]}"
    return read, f"{raw[:at]}[{other}{raw[at]}]{raw[at + 1 :]}"


def _last(raw: str, _draw: Draw) -> tuple[str, str] | None:
    tail = re.search(r"[0-9]{5}$", raw)
    return None if tail is None else ("?" * (len(raw) - 5) + tail[0], "")


NOISES: Final = (
    Noise(name="as recorded", make=_plain),
    Noise(name="spaces, points, small letters", make=_spaced),
    Noise(name="letter O for 0", make=_swapped_signs({"0": "O"})),
    Noise(name="I or L for 1", make=_swapped_signs({"1": "I"})),
    Noise(name="look-alikes 5/S 8/B 2/Z 6/G 0/Q", make=_swapped_signs(_LOOK_ALIKES)),
    Noise(name="typed in Cyrillic", make=_translated(_CYRILLIC)),
    Noise(name="typed in Greek", make=_translated(_GREEK)),
    Noise(name="Cyrillic, transliterated by sound", make=_sounded),
    Noise(name="letter between digits lost or other", make=_embedded),
    Noise(name="one of two digits, with a mask", make=_alternatives),
    Noise(name="one digit not legible", make=_unread(1)),
    Noise(name="two digits not legible", make=_unread(2)),
    Noise(name="only the last five digits legible", make=_last),
    Noise(name="one sign missing", make=_missing),
    Noise(name="one digit added", make=_added),
    Noise(name="two digits exchanged", make=_exchanged),
    Noise(name="one digit is another", make=_other),
)
"""Every way, in the order of the table."""
