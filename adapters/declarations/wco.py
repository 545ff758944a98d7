"""Reads a declaration in names of the WCO Data Model, as XML or JSON.

The names are the model's, the structure is ours (`declaration.xsd`): the WCO's own
schemas are licensed. Codes are left to `adapters.declarations.codes`.
"""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final, cast

from lxml import etree
from pydantic import ValidationError

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
from adapters.declarations.wco_model import (
    NAMES,
    ToldConsignment,
    ToldDeclaration,
    ToldGoodsItem,
    ToldIdentified,
)
from adapters.declarations.xml_tree import local_name, namespace

FORM: Final = "wco"
ROOT: Final = "Declaration"
NAMESPACE: Final = "urn:rogatory:declaration:1"

SCHEMA: Final = Path(__file__).with_name("declaration.xsd")
"""What a declaration in XML has to fit."""

_NATURES: Final[Mapping[str, Nature]] = {
    "EX": Nature.EXPORT,
    "IM": Nature.IMPORT,
    "TR": Nature.TRANSIT,
    "TS": Nature.TRANSHIPMENT,
}
_REPEATED: Final = frozenset(
    {
        "Seal",
        "TransportEquipment",
        "TranshipmentLocation",
        "SerialNumberID",
        "Packaging",
        "TransportEquipmentID",
        "GovernmentAgencyGoodsItem",
    }
)
_NUMBERS: Final = frozenset(
    {
        "GrossMassMeasure",
        "NetNetWeightMeasure",
        "TariffQuantity",
        "QuantityQuantity",
    }
)


def read_xml(root: etree._Element, token: PartyToken, limits: Limits) -> Filing:
    """Returns what a declaration in XML declares.

    Args:
        root: `Declaration`.
        token: Makes a keyed token of a name.
        limits: How much of it is taken.

    Raises:
        UnreadableError: Another namespace, or it does not fit the schema.
    """
    if namespace(root) != NAMESPACE:
        raise UnreadableError("wrong-namespace", f"expected the namespace {NAMESPACE}")
    schema = _schema()
    if not schema.validate(root):
        # The validator's own words repeat content.
        log = cast("Any", schema.error_log)  # a list, which the stubs do not say
        lines = sorted({error.line for error in log})[:10]
        raise UnreadableError(
            "schema",
            f"it does not fit declaration.xsd, lines {', '.join(map(str, lines))}",
        )
    return _filing(_plain(root), token, limits)


def read_json(data: bytes, token: PartyToken, limits: Limits) -> Filing:
    """Returns what a declaration in JSON declares: an object with one, `Declaration`.

    Args:
        data: UTF-8.
        token: Makes a keyed token of a name.
        limits: How much of it is taken.

    Raises:
        UnreadableError: Not JSON, or it does not fit the schema.
    """
    if len(data) > limits.size_max:
        raise UnreadableError("too-large", f"more than {limits.size_max:,} bytes")
    values = max(data.count(b"[") + data.count(b"{"), data.count(b",") // 2)
    if values > limits.tags_max:
        raise UnreadableError("too-large", f"more than {limits.tags_max:,} values")
    try:
        found = json.loads(data, object_pairs_hook=_once, parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise UnreadableError(
            "not-well-formed",
            "not JSON in UTF-8, or a name stands there twice, or too many names",
        ) from None
    if not isinstance(found, dict) or set(found) != {ROOT}:
        raise UnreadableError("schema", "expected an object with one Declaration")
    return _filing(found[ROOT], token, limits)


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Returns an object of JSON; two readers must not see two contents in it."""
    found = dict(pairs)
    if len(found) != len(pairs) or len(found) > len(NAMES):
        raise ValueError
    return found


def _refuse(_: str) -> object:
    raise ValueError


@cache
def _schema() -> etree.XMLSchema:
    parser = etree.XMLParser(no_network=True, resolve_entities=False)
    return etree.XMLSchema(etree.parse(SCHEMA, parser))


def _plain(element: etree._Element) -> Any:  # noqa: ANN401 - as JSON would have it
    """Returns an element that fits the schema as JSON would have it."""
    children = list(element)
    if not children:
        return (element.text or "").strip()
    found: dict[str, Any] = {}
    for child in children:
        name = local_name(child)
        if name in _REPEATED:
            found.setdefault(name, []).append(_plain(child))
        elif name in _NUMBERS:
            found[name] = (child.text or "0").strip()
        else:
            # An empty party or commodity is one that says nothing.
            value = _plain(child)
            found[name] = value if value or name not in _PARTS else {}
    return found


_PARTS: Final = frozenset(
    {
        "Consignor",
        "Consignee",
        "NotifyParty",
        "Consignment",
        "BorderTransportMeans",
        "Commodity",
        "GoodsMeasure",
    }
)


def _filing(content: object, token: PartyToken, limits: Limits) -> Filing:
    try:
        declaration = ToldDeclaration.model_validate(content)
    except ValidationError as error:
        places = [_where(one["loc"]) for one in error.errors()[:5]]
        raise UnreadableError(
            "schema", f"it does not fit declaration.xsd at {', '.join(places)}"
        ) from None
    codes = Codes(limits)
    if declaration.TypeCode not in _NATURES:
        codes.remark("TypeCode", "EX, IM, TR or TS")
    shipment = declaration.GoodsShipment
    if len(shipment.GovernmentAgencyGoodsItem) > limits.lines_max:
        raise UnreadableError("too-large", f"more than {limits.lines_max:,} items")
    contract = shipment.Consignment.TransportContractDocument
    lines = tuple(
        _line(item, at, codes)
        for at, item in enumerate(shipment.GovernmentAgencyGoodsItem, start=1)
    )
    told = (
        text
        for party in (shipment.Consignor, shipment.Consignee, shipment.NotifyParty)
        for text in (party.Name, party.ID)
    )
    consignment = Consignment(
        reference=contract.ID if contract else declaration.ID,
        nature=_NATURES.get(declaration.TypeCode, Nature.UNKNOWN),
        journey=_journey(shipment.Consignment, codes),
        containers=tuple(
            Container(
                number=container(one.ID), seals=tuple(seal.ID for seal in one.Seal)
            )
            for one in shipment.Consignment.TransportEquipment
            if container(one.ID)
        ),
        parties=frozenset(filter(None, map(token, filter(None, told)))),
        lines=lines,
        exported_from=codes.country(_id(shipment.ExportCountry), "ExportCountry"),
        destined_to=codes.country(_id(shipment.Destination), "Destination"),
        packages=sum(line.packages for line in lines),
        gross_kg=sum(line.gross_kg for line in lines),
    )
    return Filing(
        form=FORM,
        reference=declaration.ID,
        consignments=(consignment,),
        remarks=codes.remarks,
    )


def _where(place: tuple[int | str, ...]) -> str:
    """Returns a place in a document; a name that nobody knows may be content."""
    return ".".join(
        str(one) if isinstance(one, int) or one in NAMES else "?" for one in place
    )


def _journey(told: ToldConsignment, codes: Codes) -> Journey:
    means = told.BorderTransportMeans
    between = (
        codes.locode(one.ID, "TranshipmentLocation")
        for one in told.TranshipmentLocation
    )
    return Journey(
        mode=codes.mode(means.ModeCode, "ModeCode"),
        vessel=means.Name,
        imo=imo(means.ID),
        flag=codes.country(
            means.RegistrationNationalityCode, "RegistrationNationalityCode"
        ),
        voyage=means.JourneyID,
        loading=codes.locode(_id(told.LoadingLocation), "LoadingLocation"),
        discharge=codes.locode(_id(told.UnloadingLocation), "UnloadingLocation"),
        between=tuple(filter(None, between)),
        departure=codes.day(means.DepartureDateTime, "DepartureDateTime"),
        arrival=codes.day(means.ArrivalDateTime, "ArrivalDateTime"),
    )


def _line(item: ToldGoodsItem, number: int, codes: Codes) -> Line:
    goods, where = item.Commodity, f"GovernmentAgencyGoodsItem {number}"
    return Line(
        number=number,
        hs=codes.hs(_id(goods.Classification), f"{where}, Classification"),
        description=goods.Description,
        quantity=goods.GoodsMeasure.TariffQuantity,
        unit=goods.GoodsMeasure.TariffQuantityUnitCode,
        packages=sum(one.QuantityQuantity for one in item.Packaging),
        gross_kg=goods.GoodsMeasure.GrossMassMeasure,
        net_kg=goods.GoodsMeasure.NetNetWeightMeasure,
        containers=tuple(filter(None, map(container, item.TransportEquipmentID))),
        serials=goods.SerialNumberID,
        marks=words(*(one.MarksNumbersID for one in item.Packaging), goods.Description),
    )


def _id(one: ToldIdentified | None) -> str:
    return "" if one is None else one.ID
