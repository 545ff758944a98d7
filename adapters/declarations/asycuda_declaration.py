"""Reads an ASYCUDA-style declaration: root `ASYCUDA`, one `Item` for each line.

There is no public specification; the names, one of them misspelt, are those that
declarations in the wild have. Manifests are left to
`adapters.declarations.asycuda_manifest`.
"""

from collections.abc import Mapping
from typing import Final

from lxml import etree

from adapters.declarations.codes import Codes, container, imo, words
from adapters.declarations.consignment import (
    Consignment,
    Container,
    Filing,
    Journey,
    Line,
    Nature,
    PartyToken,
)
from adapters.declarations.errors import UnreadableError
from adapters.declarations.limits import Limits
from adapters.declarations.xml_tree import text

FORM: Final = "asycuda-declaration"
ROOT: Final = "ASYCUDA"

_NATURES: Final[Mapping[str, Nature]] = {
    "EX": Nature.EXPORT,
    "IM": Nature.IMPORT,
    "TR": Nature.TRANSIT,
}
_PARTIES: Final = (
    "Traders/Exporter/Exporter_name",
    "Traders/Exporter/Exporter_code",
    "Traders/Consignee/Consignee_name",
    "Traders/Consignee/Consignee_code",
)
_BORDER: Final = "Transport/Means_of_transport/Border_information"
_UNIT: Final = "Tarification/Supplementary_unit"


def read(root: etree._Element, token: PartyToken, limits: Limits) -> Filing:
    """Returns what a declaration declares.

    Args:
        root: `ASYCUDA`.
        token: Makes a keyed token of a name.
        limits: How much of it is taken.

    Raises:
        UnreadableError: It has no items, or too many.
    """
    codes = Codes(limits)
    items = root.findall("Item")
    if root.find("Identification") is None or not items:
        raise UnreadableError(
            "incomplete", "expected an Identification and at least one Item"
        )
    if len(items) > limits.lines_max:
        raise UnreadableError("too-large", f"more than {limits.lines_max:,} items")
    declared = codes.count(
        text(root, "Property/Nbers/Total_number_of_items"), "Total_number_of_items"
    )
    if declared and declared != len(items):
        codes.remark("Total_number_of_items", f"{len(items)}, as there are items")
    reference = _reference(root)
    lines = tuple(_line(one, at, codes) for at, one in enumerate(items, start=1))
    bills = [text(one, "Previous_doc/Summary_declaration") for one in items]
    consignment = Consignment(
        reference=next(filter(None, bills), "") or reference,
        nature=_nature(root, codes),
        journey=_journey(root, codes),
        containers=tuple(
            Container(number=number)
            for one in root.findall("Container")
            if (number := container(text(one, "Container_identity")))
        ),
        parties=frozenset(
            filter(None, (token(name) for one in _PARTIES if (name := text(root, one))))
        ),
        lines=lines,
        exported_from=codes.country(
            text(root, "General_information/Country/Export/Export_country_code"),
            "Export_country_code",
        ),
        destined_to=codes.country(
            text(
                root, "General_information/Country/Destination/Destination_country_code"
            ),
            "Destination_country_code",
        ),
        packages=codes.count(
            text(root, "Property/Nbers/Total_number_of_packages"),
            "Total_number_of_packages",
        ),
        gross_kg=sum(line.gross_kg for line in lines),
    )
    return Filing(
        form=FORM,
        reference=reference,
        consignments=(consignment,),
        remarks=codes.remarks,
    )


def _reference(root: etree._Element) -> str:
    registration = root.find("Identification/Registration")
    parts = (
        text(root, "Identification/Office_segment/Customs_clearance_office_code"),
        text(registration, "Serial_number"),
        text(registration, "Number"),
        text(registration, "Date"),
        text(root, "Declarant/Reference/Number"),
    )
    return " ".join(filter(None, parts))


def _nature(root: etree._Element, codes: Codes) -> Nature:
    said = text(root, "Identification/Type/Type_of_declaration")[:2].upper()
    if said and said not in _NATURES:
        codes.remark("Type_of_declaration", "EX, IM or TR")
    return _NATURES.get(said, Nature.UNKNOWN)


def _journey(root: etree._Element, codes: Codes) -> Journey:
    border = root.find(_BORDER)
    identity = text(border, "Identity")
    return Journey(
        mode=codes.mode(text(border, "Mode"), "Border_information, Mode"),
        vessel=identity,
        imo=imo(identity),
        flag=codes.country(
            text(border, "Nationality"), "Border_information, Nationality"
        ),
        loading=codes.locode(
            text(root, "Transport/Place_of_loading/Code"), "Place_of_loading, Code"
        ),
    )


def _line(item: etree._Element, number: int, codes: Codes) -> Line:
    where = f"Item {number}"
    description = text(item, "Goods_description/Description_of_goods")
    commercial = text(item, "Goods_description/Commercial_Description")
    weights = item.find("Valuation_item/Weight_itm")
    return Line(
        number=number,
        hs=codes.hs(
            text(item, "Tarification/HScode/Commodity_code"),
            f"{where}, Commodity_code",
        ),
        description=commercial or description,
        quantity=codes.count(
            # Three p: so it is written there.
            text(item, f"{_UNIT}/Suppplementary_unit_quantity"),
            f"{where}, Suppplementary_unit_quantity",
        ),
        unit=text(item, f"{_UNIT}/Suppplementary_unit_code"),
        packages=codes.count(
            text(item, "Packages/Number_of_packages"), f"{where}, Number_of_packages"
        ),
        gross_kg=codes.amount(
            text(weights, "Gross_weight_itm"), f"{where}, Gross_weight_itm"
        ),
        net_kg=codes.amount(
            text(weights, "Net_weight_itm"), f"{where}, Net_weight_itm"
        ),
        marks=words(
            text(item, "Packages/Marks1_of_packages"),
            text(item, "Packages/Marks2_of_packages"),
            description,
            commercial,
            text(item, "Free_text_1"),
            text(item, "Free_text_2"),
        ),
    )
