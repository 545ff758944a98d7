"""A declaration in names of the WCO Data Model; in XML, `declaration.xsd` says it too.

What its fields come to is left to `adapters.declarations.wco`.
"""

from collections.abc import Iterator
from typing import Annotated, Final, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, FailFast, Field

_Told = TypeVar("_Told")

_BIGGEST: Final = 10**12

_Code = Annotated[str, Field(max_length=35)]
_Text = Annotated[str, Field(max_length=2000, repr=False)]
_Count = Annotated[int, Field(ge=0, le=_BIGGEST)]
# A million wrong ones would be a million reports of errors, in gigabytes of memory.
_Several = Annotated[tuple[_Told, ...], FailFast()]
_Kilograms = Annotated[float, Field(ge=0, le=_BIGGEST, allow_inf_nan=False)]


class _Known(BaseModel):
    # Texts of numbers are taken as well: XML has no others.
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class ToldParty(_Known):
    """Whoever sends goods, gets them or is told of them."""

    Name: _Text = ""
    ID: _Code = ""


class ToldIdentified(_Known):
    """Whatever has a number or code and nothing else."""

    ID: _Code


class ToldTransportEquipment(_Known):
    """A container with its seals."""

    ID: _Code
    Seal: _Several[ToldIdentified] = ()


class ToldTransportMeans(_Known):
    """What carries the goods over the border, and when."""

    Name: _Text = ""
    ID: _Code = ""
    RegistrationNationalityCode: _Code = ""
    ModeCode: _Code = ""
    JourneyID: _Code = ""
    DepartureDateTime: _Code = ""
    ArrivalDateTime: _Code = ""


class ToldConsignment(_Known):
    """How the goods travel."""

    TransportContractDocument: ToldIdentified | None = None
    BorderTransportMeans: ToldTransportMeans = ToldTransportMeans()
    LoadingLocation: ToldIdentified | None = None
    TranshipmentLocation: _Several[ToldIdentified] = Field(default=(), max_length=20)
    UnloadingLocation: ToldIdentified | None = None
    TransportEquipment: _Several[ToldTransportEquipment] = ()


class ToldGoodsMeasure(_Known):
    """How much of them there is."""

    GrossMassMeasure: _Kilograms = 0.0
    NetNetWeightMeasure: _Kilograms = 0.0
    TariffQuantity: _Count = 0
    TariffQuantityUnitCode: _Code = ""


class ToldCommodity(_Known):
    """What they are."""

    Description: _Text = ""
    Classification: ToldIdentified | None = None
    GoodsMeasure: ToldGoodsMeasure = ToldGoodsMeasure()
    SerialNumberID: _Several[_Code] = Field(default=(), repr=False)


class ToldPackaging(_Known):
    """How they are packed and marked."""

    QuantityQuantity: _Count = 0
    MarksNumbersID: _Text = ""


class ToldGoodsItem(_Known):
    """One line of goods."""

    Commodity: ToldCommodity
    Packaging: _Several[ToldPackaging] = Field(default=(), max_length=99)
    TransportEquipmentID: _Several[_Code] = Field(default=(), max_length=99)


class ToldGoodsShipment(_Known):
    """Everything that is declared."""

    Consignor: ToldParty = ToldParty()
    Consignee: ToldParty = ToldParty()
    NotifyParty: ToldParty = ToldParty()
    ExportCountry: ToldIdentified | None = None
    Destination: ToldIdentified | None = None
    Consignment: ToldConsignment
    GovernmentAgencyGoodsItem: _Several[ToldGoodsItem] = Field(min_length=1)


class ToldDeclaration(_Known):
    """A declaration."""

    ID: _Code
    TypeCode: _Code
    DeclarationOfficeID: _Code = ""
    GoodsShipment: ToldGoodsShipment


def _names(part: type[BaseModel]) -> Iterator[str]:
    """Yields the names of fields, at every depth."""
    for name, field in part.model_fields.items():
        yield name
        for inner in (field.annotation, *get_args(field.annotation)):
            if isinstance(inner, type) and issubclass(inner, BaseModel):
                yield from _names(inner)


NAMES: Final = frozenset(_names(ToldDeclaration))
"""Every name that a declaration may have."""
