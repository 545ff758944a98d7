"""What a check has found. Looking is left to the checks, showing to the CLI."""

from dataclasses import dataclass
from typing import Final

WARN_MS: Final = 30 * 86_400_000
"""Left of its life, when whoever can renew something is told to."""
_DAY_MS: Final = 86_400_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        hint: What to do about it, when it is not well.
    """

    name: str
    well: bool
    text: str
    hint: str = ""


def left(name: str, what: str, until_ms: int, hint: str, *, now_ms: int) -> Finding:
    """Returns how long something still holds; not well with less than 30 days.

    Args:
        name: Of the finding.
        what: It is, as the beginning of a sentence that a time ends.
        until_ms: When it ends, in ms since the epoch.
        hint: What to do when it does so soon.
        now_ms: The present.
    """
    left_ms = until_ms - now_ms
    well = left_ms >= WARN_MS
    days = max(0, left_ms // _DAY_MS)
    text = f"{what} {days} days" if left_ms > 0 else f"{what} no longer: it has expired"
    return Finding(name=name, well=well, text=text, hint="" if well else hint)
