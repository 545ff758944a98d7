"""What a check has found. Looking is left to the checks, showing to the CLI."""

from dataclasses import dataclass


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
