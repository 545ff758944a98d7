"""Keys by which two readings of one serial number meet, strongest first.

What looks wrong about a number is left to `broker.core.identification.oddities`; how
much a meeting is worth, to `broker.core.identification.agreement`.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from broker.core.identification.masks import Reading, reading, without_joints
from broker.core.identification.scripts import by_shape, by_sound, plain

_NEAREST: Final = 5  # signs: below that one sign more or less means nothing
_TAILS: Final = (4, 5, 6)  # digits
_LETTERS_THAT_ARE_DIGITS: Final = str.maketrans("OIL", "011")
_LOOK_ALIKES: Final = str.maketrans("SBZGQD", "582600")
_EMBEDDED: Final = re.compile(r"(?<=[0-9])[A-Z]+(?=[0-9])")


@dataclass(frozen=True, slots=True, kw_only=True)
class SerialKeys:
    """What one number is found by. A doubtful reading has several keys of a level.

    Attributes:
        k0: As read, without joints, in capitals and plain digits.
        k1: Likewise in Latin letters by shape; O is 0, I and L are 1.
        k2: Of `k0`, in Latin letters by sound.
        k3: Of `k1`, without letters between digits.
        k4: The last 4, 5 and 6 digits: for numbers that were read in part.
        look_alike: Of `k1`, with S, B, Z, G, Q and D as the digits they look like.
        near: Of `look_alike`, with each sign left out. Two numbers that differ by one
            sign, or by two that are exchanged, have one of these in common; when a
            sign is missing, the whole of one is among these of the other.
        possible: What `k1` may be where signs could not be read.
    """

    k0: frozenset[str]
    k1: frozenset[str]
    k2: frozenset[str]
    k3: frozenset[str]
    k4: frozenset[str]
    look_alike: frozenset[str]
    near: frozenset[str]
    possible: frozenset[str]


def keys_of(raw: str, mask: str = "") -> SerialKeys:
    """Returns the keys of a number.

    Args:
        raw: As it was read; "?" for what could not be read.
        mask: Place by place with alternatives in brackets; may be empty.

    Returns:
        Empty levels for what says too little: a number that is withheld has no keys.
    """
    return keys_of_reading(reading(raw, mask))


def keys_of_reading(read: Reading) -> SerialKeys:
    """Returns the keys of a number that stands there place by place."""
    k0 = frozenset(read.spellings())
    k1 = frozenset(map(shape_key, k0))
    return SerialKeys(
        k0=k0,
        k1=k1,
        k2=frozenset(one for key in k0 for one in by_sound(key)),
        k3=frozenset(_EMBEDDED.sub("", key) for key in k1),
        k4=_tails(read),
        look_alike=frozenset(map(look_alike_key, k1)),
        near=_near(read, k1),
        possible=frozenset(map(shape_key, read.filled())),
    )


def exact_key(raw: str) -> str:
    """Returns K0 of a number that was read for certain."""
    return without_joints(plain(raw))


def shape_key(k0: str) -> str:
    """Returns K1 of a K0."""
    return by_shape(k0).translate(_LETTERS_THAT_ARE_DIGITS)


def look_alike_key(k1: str) -> str:
    """Returns a K1 with every letter that looks like a digit as that digit."""
    return k1.translate(_LOOK_ALIKES)


def exchanged(key: str) -> Iterator[str]:
    """Yields a key with each two neighbours that differ exchanged."""
    for at in range(len(key) - 1):
        first, second = key[at], key[at + 1]
        if first != second:
            yield f"{key[:at]}{second}{first}{key[at + 2 :]}"


def _tails(read: Reading) -> frozenset[str]:
    digits = re.sub(r"[^0-9]", "", shape_key(read.tail()))
    return frozenset(digits[-count:] for count in _TAILS if len(digits) >= count)


def _near(read: Reading, k1: Iterable[str]) -> frozenset[str]:
    if read.unknown == 1:
        # The sign that could not be read is the one to leave out.
        rest = Reading(tuple(filter(None, read.places)))
        found = {look_alike_key(shape_key(one)) for one in rest.spellings()}
        return frozenset(one for one in found if len(one) >= _NEAREST)
    return frozenset(
        near
        for key in map(look_alike_key, k1)
        if len(key) >= _NEAREST
        for near in (key[:at] + key[at + 1 :] for at in range(len(key)))
    )
