"""Goods under one set of papers, as any of the formats has declared them.

Reading them is left to the modules of the formats, comparing them with what is looked
for to `adapters.declarations.screening`. Names of people and companies are not here:
readers keep a keyed token of each and forget the name.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum

PartyToken = Callable[[str], str]
"""Makes a keyed token of a name or number; empty where there is nothing to compare."""


class Nature(Enum):
    """Which way goods go, seen from the country that was told."""

    EXPORT = "export"
    IMPORT = "import"
    TRANSIT = "transit"
    TRANSHIPMENT = "transhipment"
    UNKNOWN = "unknown"


class Mode(Enum):
    """How goods move (UNECE Recommendation 19), by the name that alerts use."""

    SEA = "TRANSPORT_MODE_SEA"
    RAIL = "TRANSPORT_MODE_RAIL"
    ROAD = "TRANSPORT_MODE_ROAD"
    AIR = "TRANSPORT_MODE_AIR"
    POST = "TRANSPORT_MODE_POST"
    MULTIMODAL = "TRANSPORT_MODE_MULTIMODAL"
    INLAND_WATER = "TRANSPORT_MODE_INLAND_WATER"
    OTHER = "TRANSPORT_MODE_OTHER"


@dataclass(frozen=True, slots=True, kw_only=True)
class Container:
    """A freight container.

    Attributes:
        number: Letters and digits only, in capitals: "CSQU3054383".
        seals: Numbers of its seals, as declared.
    """

    number: str
    seals: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Journey:
    """How goods travel.

    Attributes:
        mode: By what.
        vessel: Name of the vessel, as declared.
        imo: Its IMO number, 7 digits; empty when not known.
        flag: ISO 3166-1 alpha-3; empty when not known.
        voyage: Number of the voyage or flight.
        loading: UN/LOCODE; empty when not known.
        discharge: Likewise.
        between: UN/LOCODEs of transhipment, in order.
        departure: Day, ISO 8601; empty when not known.
        arrival: Likewise.
    """

    mode: Mode = Mode.OTHER
    vessel: str = ""
    imo: str = ""
    flag: str = ""
    voyage: str = ""
    loading: str = ""
    discharge: str = ""
    between: tuple[str, ...] = ()
    departure: str = ""
    arrival: str = ""

    @property
    def places(self) -> tuple[str, ...]:
        """UN/LOCODEs in the order of travel."""
        return tuple(filter(None, (self.loading, *self.between, self.discharge)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of goods.

    Attributes:
        number: As the file counts, from 1.
        hs: Harmonized System code, digits only; empty when not declared.
        description: Goods, as declared.
        quantity: In `unit`; 0 when not known.
        unit: As declared.
        packages: 0 when not known.
        gross_kg: Likewise.
        net_kg: Likewise.
        containers: Numbers of those that hold it; empty: any of the consignment's.
        serials: Serial numbers that are declared as such.
        marks: Marks and words of the description that a number may stand in.
    """

    number: int
    hs: str = ""
    description: str = field(default="", repr=False)
    quantity: int = 0
    unit: str = ""
    packages: int = 0
    gross_kg: float = 0.0
    net_kg: float = 0.0
    containers: tuple[str, ...] = ()
    serials: tuple[str, ...] = field(default=(), repr=False)
    marks: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Consignment:
    """Goods under one bill or declaration.

    Attributes:
        reference: Number of the bill or declaration.
        nature: Which way it goes.
        journey: How.
        containers: In what.
        parties: Keyed tokens of consignor, consignee and whoever is to be notified.
        lines: What.
        exported_from: ISO 3166-1 alpha-3; empty when not known.
        destined_to: Likewise.
        packages: 0 when not known.
        gross_kg: Likewise.
    """

    reference: str
    nature: Nature = Nature.UNKNOWN
    journey: Journey = field(default_factory=Journey)
    containers: tuple[Container, ...] = ()
    parties: frozenset[str] = frozenset()
    lines: tuple[Line, ...] = ()
    exported_from: str = ""
    destined_to: str = ""
    packages: int = 0
    gross_kg: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """Something in a file that is not as it should be, and does not stop reading.

    Attributes:
        where: "Bol_segment 3, Bol_nature"; never content.
        expected: What should be there.
    """

    where: str
    expected: str

    def __str__(self) -> str:
        return f"{self.where}: expected {self.expected}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Filing:
    """One file as it was read.

    Attributes:
        form: Which format: "asycuda-manifest".
        reference: Number of the manifest or declaration.
        consignments: What it declares; at least one.
        remarks: What is wrong in it; everything else was read all the same.
    """

    form: str
    reference: str
    consignments: tuple[Consignment, ...]
    remarks: tuple[Remark, ...] = ()

    @property
    def line_count(self) -> int:
        """How many lines of goods it has."""
        return sum(len(one.lines) for one in self.consignments)
