"""One digest for one weapon, however it was written: to see that it was asked before.

It compares what is certain; what is only alike is left to
`broker.core.identification.matching`.
"""

from typing import Final

from broker.core.identification.calibres import read
from broker.core.identification.makers import canonical_key
from broker.core.identification.serials import keys_of
from broker.core.identification.weapon import Weapon
from keys.framing import labelled_digest

_LABEL: Final = b"rogatory/weapon/1"


def fingerprint(weapon: Weapon) -> bytes:
    """Returns the digest of maker, calibre and first serial number, 32 bytes.

    The model is left out: it is written in too many ways, and says little beside the
    others. A weapon whose number is not certain has the fingerprint of its kind only,
    see `is_unique`.
    """
    calibre = read(weapon.designation or weapon.calibre)
    return labelled_digest(
        _LABEL,
        canonical_key(weapon.make, weapon.country).encode(),
        (calibre.designation or "").encode(),
        _number(weapon).encode(),
    )


def is_unique(weapon: Weapon) -> bool:
    """Tells whether the fingerprint stands for one weapon: its number is certain."""
    return bool(_number(weapon))


def _number(weapon: Weapon) -> str:
    """Returns K1 of the number to search first, if it was read one way."""
    primary = weapon.primary
    if primary is None:
        return ""
    keys = keys_of(primary.raw, primary.mask).k1
    return next(iter(keys)) if len(keys) == 1 else ""
