"""Handling: TLP 2.0, Europol codes, PAP and the restrictions of ITI-15.

What handling permits is left to the policy.
"""

import re
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Self

from broker.core.errors import HandlingError
from broker.core.words import Word


class Tlp(IntEnum):
    """Traffic Light Protocol 2.0, from open to closed."""

    CLEAR = 1
    GREEN = 2
    AMBER = 3
    AMBER_STRICT = 4
    RED = 5

    @property
    def label(self) -> str:
        """The label as FIRST writes it: capitals, no spaces, never translated."""
        return "TLP:" + self.name.replace("_", "+")

    @classmethod
    def from_label(cls, label: str) -> Self:
        """Reads a label such as "TLP:AMBER+STRICT".

        Raises:
            HandlingError: Not one of the five labels.
        """
        for member in cls:
            if member.label == label:
                return member
        allowed = ", ".join(member.label for member in cls)
        raise HandlingError(f"{label!r} is not a TLP 2.0 label; expected {allowed}")


class Europol(IntEnum):
    """Europol handling codes."""

    H0 = 1
    H1 = 2
    H2 = 3
    H3 = 4


class Pap(IntEnum):
    """Permissible Actions Protocol, from free to passive."""

    CLEAR = 1
    GREEN = 2
    AMBER = 3
    RED = 4


class IntendedUse(Word):
    """What information may be used for (ITI-15, ITI-17)."""

    CRIMINAL_INVESTIGATION = 1
    JUDICIAL_PROCEEDINGS = 2
    POINT_OF_DIVERSION = 3
    TRANSFER_CONTROL = 4
    ANALYSIS = 5
    RETURN_TO_OWNER = 6
    STATISTICS = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Restrictions:
    """What the provider binds the recipient to (ITI-15).

    Attributes:
        release_to: Agencies it may be released to; empty: the designated authorities.
        purpose: What it may be used for, in words.
        no_onward: Passing it on needs the provider's consent.
        other: Other restrictions in words (H3).
        purposes: What it may be used for; empty: not narrowed down.
        retention_days: How long after sealing it may be kept; None: not limited.
    """

    release_to: tuple[str, ...] = ()
    purpose: str = ""
    no_onward: bool = False
    other: str = ""
    purposes: frozenset[IntendedUse] = frozenset()
    retention_days: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Handling:
    """How a message may be handled.

    Raises:
        HandlingError: H0 together with another code.
    """

    tlp: Tlp
    europol: frozenset[Europol] = frozenset()
    pap: Pap | None = None
    restrictions: Restrictions = field(default_factory=Restrictions)

    def __post_init__(self) -> None:
        """Refuses combinations that Europol does not know."""
        if Europol.H0 in self.europol and len(self.europol) > 1:
            raise HandlingError("H0 stands alone; H1 to H3 combine with one another")

    def __str__(self) -> str:
        """The short form that `parse` reads; restrictions are not part of it."""
        words = [self.tlp.label, *(code.name for code in sorted(self.europol))]
        if self.pap is not None:
            words.append(f"PAP:{self.pap.name}")
        return " ".join(words)

    @classmethod
    def parse(cls, text: str, restrictions: Restrictions | None = None) -> Self:
        """Reads the short form, such as "TLP:AMBER H2 PAP:RED".

        Raises:
            HandlingError: No TLP label, an unknown word, or a word given twice.
        """
        tlp: Tlp | None = None
        europol: set[Europol] = set()
        pap: Pap | None = None
        for word in text.split():
            if word.startswith("TLP:") and tlp is None:
                tlp = Tlp.from_label(word)
            elif re.fullmatch(r"H[0-3]", word) and Europol[word] not in europol:
                europol.add(Europol[word])
            elif word in {f"PAP:{p.name}" for p in Pap} and pap is None:
                pap = Pap[word.removeprefix("PAP:")]
            else:
                raise HandlingError(
                    f"{word!r} is not understood here; expected one TLP label, "
                    "Europol codes H0 to H3 and at most one PAP label, such as "
                    "'TLP:AMBER H2 PAP:RED'"
                )
        if tlp is None:
            raise HandlingError("a TLP label is needed, such as TLP:AMBER")
        return cls(
            tlp=tlp,
            europol=frozenset(europol),
            pap=pap,
            restrictions=restrictions or Restrictions(),
        )
