"""Grades of source and information, each in the scheme in which it was given.

Grades are never averaged, and never converted from one scheme to another: the schemes
do not say the same.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Self

_CONTRADICTION: Final[Mapping[str, tuple[frozenset[str], frozenset[str]]]] = {
    # Confirmed or probable, against doubtful or improbable.
    "admiralty": (frozenset("12"), frozenset("45")),
    # Not in doubt, against neither known personally nor to be corroborated.
    "europol": (frozenset("1"), frozenset("4")),
}


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Grade:
    """One grade.

    Attributes:
        scheme: "admiralty" or "europol".
        source: The letter of the source.
        information: The number of the information.
    """

    scheme: str
    source: str
    information: str

    @classmethod
    def of(cls, evaluation: object) -> Self | None:
        """Reads an `Evaluation` in protobuf's JSON mapping; None if it says nothing."""
        if not isinstance(evaluation, Mapping):
            return None
        for scheme in _CONTRADICTION:
            stated = evaluation.get(scheme)
            if isinstance(stated, Mapping):
                return cls(
                    scheme=scheme,
                    source=_last_word(stated.get("source")),
                    information=_last_word(stated.get("information")),
                )
        return None

    def __str__(self) -> str:
        """As people write it, with its scheme: "admiralty B3"."""
        return f"{self.scheme} {self.source}{self.information}"


def contradictory(grades: Iterable[Grade]) -> tuple[tuple[Grade, Grade], ...]:
    """Returns pairs of one scheme of which one believes what the other doubts.

    Sources are not compared: two sources may well differ in what they are worth.
    """
    distinct = sorted(set(grades))
    return tuple(
        (one, other)
        for one in distinct
        for other in distinct
        if one.scheme == other.scheme
        and one.information in _CONTRADICTION[one.scheme][0]
        and other.information in _CONTRADICTION[one.scheme][1]
    )


def _last_word(value: object) -> str:
    """Returns "B" for ADMIRALTY_SOURCE_B."""
    return str(value).rpartition("_")[2]
