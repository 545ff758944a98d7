"""A reference table of firearms that were never made: for trying things out only."""

from typing import Final

from adapters.interpol.parts import ReferenceEntry

_ROWS: Final = (
    ("Example Works", "Model 17", "PISTOL", ("9x19",), "BEL", "ZZQ-nnnnn"),
    ("Example Works", "Model 5", "ASSAULT_RIFLE", ("7.62x39",), "BEL", "ZZQ-nnnnn"),
    ("Example Works", "Model 3", "REVOLVER", (".38 Special", ".357 Magnum"), "", ""),
    ("Test Arsenal", "TA-1", "SUBMACHINE_GUN", ("9x19", "9x18"), "MEX", "TAnnnnnn"),
    ("Test Arsenal", "TA-9", "SHOTGUN", ("12 gauge",), "MEX", ""),
)

TABLE: Final = tuple(
    ReferenceEntry(
        reference_id=f"SIM-REF-{number:04}",
        make=make,
        model=model,
        type=f"FIREARM_TYPE_{kind}",
        calibres=calibres,
        country_of_manufacture=country,
        serial_form=serial_form,
    )
    for number, (make, model, kind, calibres, country, serial_form) in enumerate(
        _ROWS, start=1
    )
)


def entries(make: str, model: str) -> tuple[ReferenceEntry, ...]:
    """Returns the entries that fit a make and, where it is given, a model."""
    return tuple(
        one
        for one in TABLE
        if _same(one.make, make) and (not model or _same(one.model, model))
    )


def _same(one: str, other: str) -> bool:
    return one.casefold().split() == other.casefold().split()
