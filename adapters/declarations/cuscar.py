"""Reads CUSCAR, the customs cargo report of UN/EDIFACT (directory D.95B and later).

Carriers leave out groups and put segments in places of their own; a segment belongs to
the consignment (CNI) or item (GID) that was opened last, and one that says nothing
about goods or their way is passed over. The envelope is left to
`adapters.declarations.edifact`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from adapters.declarations.codes import Codes, container, imo, words
from adapters.declarations.consignment import (
    Consignment,
    Container,
    Filing,
    Journey,
    Line,
    Mode,
    Nature,
    PartyToken,
)
from adapters.declarations.edifact import Message, Segment, messages
from adapters.declarations.errors import UnreadableError
from adapters.declarations.limits import Limits
from broker.core.country_codes import country_of_locode

FORM: Final = "cuscar"

_MAIN_CARRIAGE: Final = "20"
_IMO_LIST: Final = "146"  # 1131: means of transport identification
_PARTIES: Final = frozenset({"CN", "CZ", "NI"})  # consignee, consignor, to be notified
_NATURES: Final = frozenset({"22", "23", "24", "28"})
_KILOGRAMS: Final[Mapping[str, float]] = MappingProxyType({"KGM": 1.0, "TNE": 1000.0})
_LONG_YEAR: Final = ("102", "203")  # CCYYMMDD, CCYYMMDDHHMM
_SHORT_YEAR: Final = ("101", "201")  # YYMMDD, YYMMDDHHMM
_PLACES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "5": "loading",
        "9": "loading",
        "76": "loading",
        "8": "discharge",
        "11": "discharge",
        "61": "discharge",
        "13": "between",
    }
)


def read(data: bytes, token: PartyToken, limits: Limits) -> Filing:
    """Returns what a cargo report declares.

    Args:
        data: The interchange.
        token: Makes a keyed token of a name.
        limits: How much of it is taken.

    Raises:
        UnreadableError: Not such a report, or one that is not whole.
    """
    found = messages(data, limits)
    codes = Codes(limits)
    references: list[str] = []
    consignments: list[Consignment] = []
    for message in found:
        if message.kind != "CUSCAR":
            raise UnreadableError("wrong-message", "expected messages of type CUSCAR")
        report = _Report(codes, token, limits)
        report.take(message)
        references.append(report.reference)
        consignments += report.consignments()
    if not consignments:
        raise UnreadableError("incomplete", "expected at least one CNI")
    if sum(len(one.lines) for one in consignments) > limits.lines_max:
        raise UnreadableError("too-large", f"more than {limits.lines_max:,} items")
    return Filing(
        form=FORM,
        reference=" ".join(filter(None, references)),
        consignments=tuple(consignments),
        remarks=codes.remarks,
    )


@dataclass(slots=True)
class _Way:
    """What is known of a journey so far."""

    mode: Mode = Mode.OTHER
    vessel: str = ""
    imo: str = ""
    flag: str = ""
    voyage: str = ""
    loading: str = ""
    discharge: str = ""
    between: list[str] = field(default_factory=list)
    departure: str = ""
    arrival: str = ""


@dataclass(slots=True)
class _Item:
    """What is known of an item so far."""

    number: int
    packages: int = 0
    unit: str = ""
    hs: str = ""
    gross_kg: float = 0.0
    net_kg: float = 0.0
    texts: list[str] = field(default_factory=list)
    marks: list[str] = field(default_factory=list)
    containers: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Load:
    """What is known of a consignment so far."""

    reference: str
    nature: Nature = Nature.UNKNOWN
    way: _Way = field(default_factory=_Way)
    parties: set[str] = field(default_factory=set)
    containers: list[str] = field(default_factory=list)
    items: list[_Item] = field(default_factory=list)


class _Report:
    """Reads one message."""

    def __init__(self, codes: Codes, token: PartyToken, limits: Limits) -> None:
        self.reference = ""
        self._codes = codes
        self._token = token
        self._limits = limits
        self._way = _Way()
        self._seals: dict[str, list[str]] = {}
        self._loads: list[_Load] = []
        self._box = ""
        self._readers: Mapping[str, Callable[[Segment, str], None]] = {
            "BGM": self._begin,
            "CNI": self._consignment,
            "RFF": self._refer,
            "GIS": self._nature,
            "TDT": self._transport,
            "LOC": self._place,
            "DTM": self._date,
            "NAD": self._party,
            "EQD": self._equipment,
            "SEL": self._seal,
            "GID": self._goods,
            "FTX": self._text,
            "MEA": self._measure,
            "SGP": self._split,
            "PCI": self._marks,
            "CST": self._customs,
            "PIA": self._product,
        }

    def take(self, message: Message) -> None:
        """Reads every segment, in order."""
        for number, segment in enumerate(message.segments, start=2):
            reader = self._readers.get(segment.tag)
            if reader is not None:
                reader(segment, f"segment {number}, {segment.tag}")

    def consignments(self) -> list[Consignment]:
        """Returns what was read."""
        return [self._finished(load) for load in self._loads]

    def _begin(self, segment: Segment, _: str) -> None:
        self.reference = segment.at(2)

    def _consignment(self, segment: Segment, _: str) -> None:
        if len(self._loads) == self._limits.bills_max:
            raise UnreadableError(
                "too-large", f"more than {self._limits.bills_max:,} consignments"
            )
        self._loads.append(_Load(reference=segment.at(2)))

    def _refer(self, segment: Segment, _: str) -> None:
        if self._loads and segment.at(1) == "BM" and not self._loads[-1].reference:
            self._loads[-1].reference = segment.at(1, 1)

    def _nature(self, segment: Segment, where: str) -> None:
        if self._loads and segment.at(1) in _NATURES:
            self._loads[-1].nature = self._codes.nature(segment.at(1), where)

    def _transport(self, segment: Segment, where: str) -> None:
        way = self._here()
        if segment.at(1) not in ("", _MAIN_CARRIAGE):
            return
        way.voyage = segment.at(2)
        way.mode = self._codes.mode(segment.at(3), where)
        way.vessel = segment.at(8, 3)
        said = segment.at(8, 1) == _IMO_LIST
        way.imo = imo(segment.at(8), said_to_be=said) or imo(segment.at(8, 3))
        way.flag = self._codes.country(segment.at(8, 4), where)

    def _place(self, segment: Segment, where: str) -> None:
        role, way = _PLACES.get(segment.at(1)), self._here()
        if role is None:
            return
        code = self._codes.locode(segment.at(2), where)
        if role == "between":
            way.between.append(code)
        elif not getattr(way, role) or segment.at(1) in {"9", "11"}:
            # Where goods are loaded and discharged counts for more than where the
            # vessel sails from and to.
            setattr(way, role, code)

    def _date(self, segment: Segment, where: str) -> None:
        role = {"132": "arrival", "133": "departure"}.get(segment.at(1))
        value, form = segment.at(1, 1), segment.at(1, 2)
        if role is None:
            return
        if form in _SHORT_YEAR:
            value = f"20{value}"
        elif form not in _LONG_YEAR:
            self._codes.remark(where, "a date of format 101, 102, 201 or 203")
            return
        setattr(self._here(), role, self._codes.day(value, where))

    def _party(self, segment: Segment, _: str) -> None:
        if self._loads and segment.at(1) in _PARTIES:
            told = (segment.at(2), segment.at(3), segment.joined(4))
            tokens = (self._token(one) for one in told if one)
            self._loads[-1].parties.update(filter(None, tokens))

    def _equipment(self, segment: Segment, _: str) -> None:
        self._box = container(segment.at(2)) if segment.at(1) == "CN" else ""
        if self._box:
            self._seals.setdefault(self._box, [])
            if self._loads:
                self._loads[-1].containers.append(self._box)

    def _seal(self, segment: Segment, _: str) -> None:
        if self._box:
            self._seals[self._box].append(segment.at(1))

    def _goods(self, segment: Segment, where: str) -> None:
        if not self._loads:
            raise UnreadableError("not-edifact", f"{where}: an item before any CNI")
        items = self._loads[-1].items
        item = _Item(
            number=len(items) + 1,
            packages=self._codes.count(segment.at(2), where),
            unit=segment.at(2, 1),
        )
        items.append(item)

    def _text(self, segment: Segment, _: str) -> None:
        if (item := self._item()) and segment.at(1) == "AAA":
            item.texts.append(segment.joined(4))

    def _measure(self, segment: Segment, where: str) -> None:
        item = self._item()
        if item is None or segment.at(2) not in {"G", "N"}:
            return
        factor = _KILOGRAMS.get(segment.at(3))
        if factor is None:
            self._codes.remark(where, "a weight in KGM or TNE")
            return
        weight = factor * self._codes.amount(segment.at(3, 1), where)
        if segment.at(2) == "G":
            item.gross_kg = weight
        else:
            item.net_kg = weight

    def _split(self, segment: Segment, _: str) -> None:
        if (item := self._item()) and (number := container(segment.at(1))):
            item.containers.append(number)

    def _marks(self, segment: Segment, _: str) -> None:
        if item := self._item():
            item.marks.append(segment.joined(2))

    def _customs(self, segment: Segment, where: str) -> None:
        if item := self._item():
            item.hs = self._codes.hs(segment.at(2), where)

    def _product(self, segment: Segment, where: str) -> None:
        if (item := self._item()) and segment.at(2, 1) == "HS":
            item.hs = self._codes.hs(segment.at(2), where)

    def _here(self) -> _Way:
        return self._loads[-1].way if self._loads else self._way

    def _item(self) -> _Item | None:
        items = self._loads[-1].items if self._loads else []
        return items[-1] if items else None

    def _finished(self, load: _Load) -> Consignment:
        way, shared = load.way, self._way
        journey = Journey(
            mode=shared.mode if way.mode is Mode.OTHER else way.mode,
            vessel=way.vessel or shared.vessel,
            imo=way.imo or shared.imo,
            flag=way.flag or shared.flag,
            voyage=way.voyage or shared.voyage,
            loading=way.loading or shared.loading,
            discharge=way.discharge or shared.discharge,
            between=tuple(filter(None, way.between or shared.between)),
            departure=way.departure or shared.departure,
            arrival=way.arrival or shared.arrival,
        )
        boxes = dict.fromkeys(
            (*load.containers, *(one for item in load.items for one in item.containers))
        )
        return Consignment(
            reference=load.reference,
            nature=load.nature,
            journey=journey,
            containers=tuple(
                Container(number=one, seals=tuple(self._seals.get(one, ())))
                for one in boxes
            ),
            parties=frozenset(load.parties),
            lines=tuple(self._line(item) for item in load.items),
            exported_from=country_of_locode(journey.loading) or "",
            destined_to=country_of_locode(journey.discharge) or "",
            packages=sum(item.packages for item in load.items),
            gross_kg=sum(item.gross_kg for item in load.items),
        )

    def _line(self, item: _Item) -> Line:
        description = " ".join(item.texts)[: self._limits.text_max]
        return Line(
            number=item.number,
            hs=item.hs,
            description=description,
            unit=item.unit,
            packages=item.packages,
            gross_kg=item.gross_kg,
            net_kg=item.net_kg,
            containers=tuple(item.containers),
            marks=words(*item.marks, description, limits=self._limits),
        )
