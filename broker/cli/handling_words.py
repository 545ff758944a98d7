"""Handling with its restrictions, as commands and files show it."""

from broker.core.handling import Handling, Restrictions


def handling_fields(handling: Handling) -> dict[str, object]:
    """Returns all of a handling: its labels, and what else it binds to."""
    return {"labels": str(handling), **_fields(handling.restrictions)}


def restriction_fields(handling: Handling) -> dict[str, object] | None:
    """Returns what a handling binds to besides its labels; None for nothing."""
    bounds = handling.restrictions
    return None if bounds == Restrictions() else _fields(bounds)


def _fields(bounds: Restrictions) -> dict[str, object]:
    return {
        "release_to": list(bounds.release_to),
        "purposes": [use.word for use in sorted(bounds.purposes)],
        "purpose": bounds.purpose or None,
        "no_onward": bounds.no_onward,
        "other": bounds.other or None,
        "retention_days": bounds.retention_days,
    }
