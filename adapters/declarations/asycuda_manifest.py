"""Reads an ASYCUDA-style manifest: root `Awmds`, one `Bol_segment` for each bill.

There is no public specification; the names are those that manifests in the wild have.
Declarations are left to `adapters.declarations.asycuda_declaration`.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from lxml import etree

from adapters.declarations.codes import Codes, container, imo, words
from adapters.declarations.consignment import (
    Consignment,
    Container,
    Filing,
    Journey,
    Line,
    PartyToken,
)
from adapters.declarations.errors import UnreadableError
from adapters.declarations.limits import Limits
from adapters.declarations.xml_tree import children, text, texts
from broker.core.country_codes import country_of_locode

FORM: Final = "asycuda-manifest"
ROOT: Final = "Awmds"

_TRADERS: Final = ("Exporter", "Consignee", "Notify")
_TRANSPORT: Final = "General_segment/Transport_information"
_SEALS: Final = ("Marks1", "Marks2", "Marks3")


def read(root: etree._Element, token: PartyToken, limits: Limits) -> Filing:
    """Returns what a manifest declares.

    Args:
        root: `Awmds`.
        token: Makes a keyed token of a name.
        limits: How much of it is taken.

    Raises:
        UnreadableError: It has no bills, or too many lines of goods.
    """
    codes = Codes(limits)
    general = root.find("General_segment/General_segment_id")
    voyage = text(general, "Voyage_number")
    office = text(general, "Customs_office_code")
    shared = _shared_journey(root, codes)
    bills = root.findall("Bol_segment")
    if general is None or not bills:
        raise UnreadableError(
            "incomplete", "expected a General_segment and at least one Bol_segment"
        )
    lines = len(root.findall("Bol_segment/Goods_segment"))
    if len(bills) > limits.bills_max or lines > limits.lines_max:
        raise UnreadableError(
            "too-large",
            f"more than {limits.bills_max:,} bills or {limits.lines_max:,} lines",
        )
    declared = codes.count(
        text(root, "General_segment/Totals_segment/Total_number_of_bols"),
        "Total_number_of_bols",
    )
    if declared and declared != len(bills):
        codes.remark("Total_number_of_bols", f"{len(bills)}, as there are bills")
    reader = _Bills(codes, token, shared)
    consignments = tuple(
        reader.consignment(bill, number) for number, bill in enumerate(bills, start=1)
    )
    departure = text(general, "Date_of_departure")
    return Filing(
        form=FORM,
        reference=" ".join(filter(None, (office, voyage, departure))),
        consignments=consignments,
        remarks=codes.remarks,
    )


def _shared_journey(root: etree._Element, codes: Codes) -> Journey:
    transport, general = root.find(_TRANSPORT), root.find("General_segment")
    registration = text(transport, "Registration_number_of_transport_code")
    identity = text(transport, "Identity_of_transporter")
    return Journey(
        mode=codes.mode(
            text(transport, "Mode_of_transport_code"), "Mode_of_transport_code"
        ),
        vessel=identity,
        imo=imo(registration) or imo(identity),
        flag=codes.country(
            text(transport, "Nationality_of_transporter_code"),
            "Nationality_of_transporter_code",
        ),
        voyage=text(general, "General_segment_id/Voyage_number"),
        loading=codes.locode(
            text(general, "Load_unload_place/Place_of_departure_code"),
            "Place_of_departure_code",
        ),
        discharge=codes.locode(
            text(general, "Load_unload_place/Place_of_destination_code"),
            "Place_of_destination_code",
        ),
        departure=codes.day(
            text(general, "General_segment_id/Date_of_departure"), "Date_of_departure"
        ),
        arrival=codes.day(
            text(general, "General_segment_id/Date_of_arrival"), "Date_of_arrival"
        ),
    )


class _Bills:
    """Reads the bills of one manifest."""

    def __init__(self, codes: Codes, token: PartyToken, shared: Journey) -> None:
        self._codes = codes
        self._token = token
        self._shared = shared

    def consignment(self, bill: etree._Element, number: int) -> Consignment:
        """Returns one bill."""
        where = f"Bol_segment {number}"
        parts = children(bill)
        named, place = texts(parts.get("Bol_id")), texts(parts.get("Load_unload_place"))
        journey = self._journey(place, where)
        goods = bill.iterchildren("Goods_segment")
        lines = tuple(
            self._line(one, at, f"{where}, Goods_segment {at}")
            for at, one in enumerate(goods, start=1)
        )
        origin = self._codes.locode(
            place.get("Port_of_origin_code", ""), f"{where}, Port_of_origin_code"
        )
        return Consignment(
            reference=named.get("Bol_reference", ""),
            nature=self._codes.nature(
                named.get("Bol_nature", ""), f"{where}, Bol_nature"
            ),
            journey=journey,
            containers=tuple(_containers(bill)),
            parties=self._parties(parts.get("Traders_segment")),
            lines=lines,
            exported_from=country_of_locode(origin or journey.loading) or "",
            destined_to=country_of_locode(journey.discharge) or "",
            packages=sum(line.packages for line in lines),
            gross_kg=sum(line.gross_kg for line in lines),
        )

    def _journey(self, place: dict[str, str], where: str) -> Journey:
        loading = self._codes.locode(
            place.get("Place_of_loading_code", ""), f"{where}, Place_of_loading_code"
        )
        discharge = self._codes.locode(
            place.get("Place_of_unloading_code", ""),
            f"{where}, Place_of_unloading_code",
        )
        shared = self._shared
        return replace(
            shared,
            loading=loading or shared.loading,
            discharge=discharge or shared.discharge,
        )

    def _parties(self, traders: etree._Element | None) -> frozenset[str]:
        parts = children(traders)
        found = set()
        for role in _TRADERS:
            told = texts(parts.get(role))
            for name in (told.get(f"{role}_name"), told.get(f"{role}_code")):
                if name and (token := self._token(name)):
                    found.add(token)
        return frozenset(found)

    def _line(self, goods: etree._Element, number: int, where: str) -> Line:
        told = texts(goods)
        description = told.get("Goods_description", "")
        code = told.get("Commodity_code") or text(
            goods, "Commodity_Segment/Commodity_code"
        )
        return Line(
            number=number,
            hs=self._codes.hs(code, f"{where}, Commodity_code"),
            description=description,
            packages=self._codes.count(
                told.get("Number_of_packages", ""), f"{where}, Number_of_packages"
            ),
            gross_kg=self._codes.amount(
                told.get("Gross_mass", ""), f"{where}, Gross_mass"
            ),
            marks=words(told.get("Shipping_marks", ""), description),
        )


def _containers(bill: etree._Element) -> Iterator[Container]:
    for one in bill.iterchildren("ctn_segment"):
        told = texts(one)
        if number := container(told.get("Ctn_reference", "")):
            seals = (told.get(mark, "") for mark in _SEALS)
            yield Container(number=number, seals=tuple(filter(None, seals)))
