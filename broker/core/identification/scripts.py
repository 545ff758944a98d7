"""Writing systems of serial numbers, and how letters of one are read in another.

Two readings are told apart: by shape, as somebody copies what they cannot read, and
by sound, as a clerk transliterates. What keys are made of them is left to
`broker.core.identification.serials`.
"""

import itertools
import unicodedata
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

_READINGS_MAX: Final = 16  # spellings of one number by sound
_DIGITS: Final = "0123456789"

_CYRILLIC: Final = "".join(map(chr, [*range(0x0410, 0x0430), 0x0401]))
_GREEK: Final = "".join(map(chr, [*range(0x0391, 0x03A2), *range(0x03A3, 0x03AA)]))

# Letter by letter of the two alphabets above; "-" where no Latin letter looks alike.
_CYRILLIC_SHAPES: Final = "A-B--E-3--K-MHO-PCTY-X----------E"
_GREEK_SHAPES: Final = "AB--EZH-IK-MN-O-P-TY-X--"
_FURTHER_SHAPES: Final = {
    "\u0406": "I",  # Ukrainian and Belarusian I
    "\u0408": "J",  # Serbian and Macedonian JE
    "\u0405": "S",  # Macedonian DZE
    "\u0407": "I",  # Ukrainian YI
    "\u0425": "X",  # HA, also where it was typed for the Latin letter
}

# By sound: first as English-speaking services write it, then as ISO 9 does.
_CYRILLIC_SOUNDS: Final = (
    "A B V G D E ZH/Z Z I Y/J K L M N O P R S T U F KH/H TS/C CH SH SHCH - Y - E "
    "YU/JU YA/JA YO/E"
)
_GREEK_SOUNDS: Final = "A V/B G D E Z I TH I K L M N X O P R S T Y F CH/H PS O"
_FURTHER_SOUNDS: Final = {
    "\u0406": ("I",),
    "\u0408": ("J", "Y"),
    "\u0405": ("DZ",),
    "\u0407": ("YI", "I"),
    "\u0490": ("G",),
    "\u0402": ("DJ",),
    "\u040b": ("C",),
    "\u0409": ("LJ",),
    "\u040a": ("NJ",),
}


def _shapes() -> Mapping[int, str]:
    pairs = [
        *zip(_CYRILLIC, _CYRILLIC_SHAPES, strict=True),
        *zip(_GREEK, _GREEK_SHAPES, strict=True),
    ]
    known = {sign: shape for sign, shape in pairs if shape != "-"}
    return MappingProxyType(str.maketrans(known | _FURTHER_SHAPES))


def _sounds() -> Mapping[str, tuple[str, ...]]:
    pairs = [
        *zip(_CYRILLIC, _CYRILLIC_SOUNDS.split(), strict=True),
        *zip(_GREEK, _GREEK_SOUNDS.split(), strict=True),
    ]
    known = {
        sign: tuple(one.replace("-", "") for one in sounds.split("/"))
        for sign, sounds in pairs
    }
    return MappingProxyType(known | _FURTHER_SOUNDS)


_SHAPES: Final = _shapes()
_SOUNDS: Final = _sounds()


def plain(text: str) -> str:
    """Returns text as it is compared: compatibility form, capitals, plain digits.

    Digits of every script become ASCII; Cyrillic, Greek and Latin stay apart, since
    Unicode holds them to be different letters.
    """
    if text.isascii():
        return text.upper()
    wide = unicodedata.normalize("NFKC", text).upper()
    # Accents are no part of a serial number; a breve or a dot can be a scratch.
    parts = unicodedata.normalize("NFKC", _without_accents(wide))
    return "".join(_plain_digit(sign) for sign in parts)


def by_shape(text: str) -> str:
    """Returns text with Cyrillic and Greek letters as the Latin ones they look like."""
    return text.translate(_SHAPES)


def by_sound(text: str) -> frozenset[str]:
    """Returns the spellings in Latin letters that clerks give a text by its sound."""
    if text.isascii():
        return frozenset({text})
    choices = [_SOUNDS.get(sign, (sign,)) for sign in text]
    found = itertools.product(*choices)
    return frozenset("".join(one) for one in itertools.islice(found, _READINGS_MAX))


def script_of(sign: str) -> str:
    """Returns the script of one letter: "latin", "cyrillic"…; empty for no letter."""
    if not sign.isalpha():
        return ""
    name = unicodedata.name(sign, "").split()
    first = name[0].lower() if name else "other"
    if first == "cjk":
        return "han"
    return first if first in _NAMED else "other"


_NAMED: Final = frozenset({"latin", "cyrillic", "greek", "arabic", "han"})


def scripts_of(text: str) -> frozenset[str]:
    """Returns the scripts of all letters of a text."""
    return frozenset(filter(None, map(script_of, set(text))))


def _without_accents(text: str) -> str:
    apart = unicodedata.normalize("NFD", text)
    kept = [
        sign
        for before, sign in zip(" " + apart, apart, strict=False)
        # The breve of the Cyrillic short I makes it another letter.
        if not unicodedata.combining(sign) or (before, sign) == ("\u0418", "\u0306")
    ]
    return "".join(kept)


def _plain_digit(sign: str) -> str:
    if sign in _DIGITS or not sign.isdecimal():
        return sign
    return str(unicodedata.decimal(sign))
