"""What fields of a content tell, and what becomes of them before sealing.

Which field tells what stands in the .proto files; taking them out is left to
`broker.core.codec.redaction`.
"""

from collections.abc import Mapping
from typing import Final, TypeAlias

from broker.core.words import Word


class FieldClass(Word):
    """What a field tells. PLAIN is nothing that a policy treats by itself."""

    PLAIN = 1
    PERSONAL = 2
    EXACT_LOCATION = 3
    SOURCE = 4
    FINANCIAL = 5
    FULL_SERIAL = 6
    PHOTOGRAPH = 7
    FREE_TEXT = 8


class Treatment(Word):
    """What becomes of a field, from open to closed."""

    KEEP = 1
    BLUR = 2
    DROP = 3


Treatments: TypeAlias = Mapping[FieldClass, Treatment]
"""What becomes of the fields of each class; a class that is missing is kept."""

TREATED: Final = tuple(field for field in FieldClass if field is not FieldClass.PLAIN)
"""Every class that a policy can blur or drop."""


def settled(stated: Treatments) -> dict[FieldClass, Treatment]:
    """Returns what becomes of every class that does not stay, given what is stated.

    Free text may tell anything that another class holds. Where nothing is said of it,
    it goes as soon as anything else does not stay.
    """
    treated: dict[FieldClass, Treatment] = {
        field: treatment
        for field, treatment in sorted(stated.items())
        if treatment is not Treatment.KEEP
    }
    if treated and FieldClass.FREE_TEXT not in stated:
        treated[FieldClass.FREE_TEXT] = Treatment.DROP
    return treated


def essential(stated: Treatments) -> dict[FieldClass, Treatment]:
    """Returns of what is stated only what changes anything, ascending by class.

    A class is kept anyway; only for free text is it worth saying, once another class
    does not stay.
    """
    closed: dict[FieldClass, Treatment] = {
        field: treatment
        for field, treatment in stated.items()
        if treatment is not Treatment.KEEP
    }
    if closed and FieldClass.FREE_TEXT in stated:
        closed[FieldClass.FREE_TEXT] = stated[FieldClass.FREE_TEXT]
    return dict(sorted(closed.items()))
