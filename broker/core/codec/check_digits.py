"""Check digits of the numbers that transport documents carry.

They only ever warn: numbers that fail are in real use, and a mistyped one is still
evidence. What to do about a warning is left to the officer.
"""

import re
from typing import Final

_LETTER_VALUES: Final = dict(
    zip(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
        # ISO 6346 counts from 10 and leaves out the multiples of 11, since its
        # modulus is 11 and they would add nothing.
        (value for value in range(10, 39) if value % 11),
        strict=True,
    )
)


def container_check_digit(number: str) -> int | None:
    """Returns the digit that a container number should end in (ISO 6346).

    Returns:
        The digit, or None when the number has not the form "CSQU3054383".
    """
    compact = re.sub(r"[ -]", "", number)
    if not re.fullmatch(r"[A-Z]{3}[UJZ][0-9]{7}", compact):
        return None
    values = [
        _LETTER_VALUES[sign] if sign in _LETTER_VALUES else int(sign)
        for sign in compact[:-1]
    ]
    return sum(value << place for place, value in enumerate(values)) % 11 % 10


def imo_check_digit(number: str) -> int | None:
    """Returns the digit that an IMO ship number should end in.

    Returns:
        The digit, or None when the number has not the form "9074729".
    """
    compact = number.removeprefix("IMO").strip()
    if not re.fullmatch(r"[0-9]{7}", compact):
        return None
    return sum(int(compact[place]) * (7 - place) for place in range(6)) % 10


def air_waybill_check_digit(number: str) -> int | None:
    """Returns the digit that an air waybill number should end in.

    Returns:
        The digit, or None when the number has not the form "020-12345675".
    """
    compact = re.sub(r"[ -]", "", number)
    if not re.fullmatch(r"[0-9]{11}", compact):
        return None
    return int(compact[3:10]) % 7
