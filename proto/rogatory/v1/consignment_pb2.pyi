from rogatory.v1 import reference_pb2 as _reference_pb2
from rogatory.v1 import rules_pb2 as _rules_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class TransportMode(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    TRANSPORT_MODE_UNSPECIFIED: _ClassVar[TransportMode]
    TRANSPORT_MODE_SEA: _ClassVar[TransportMode]
    TRANSPORT_MODE_RAIL: _ClassVar[TransportMode]
    TRANSPORT_MODE_ROAD: _ClassVar[TransportMode]
    TRANSPORT_MODE_AIR: _ClassVar[TransportMode]
    TRANSPORT_MODE_POST: _ClassVar[TransportMode]
    TRANSPORT_MODE_MULTIMODAL: _ClassVar[TransportMode]
    TRANSPORT_MODE_INLAND_WATER: _ClassVar[TransportMode]
    TRANSPORT_MODE_ON_FOOT: _ClassVar[TransportMode]
    TRANSPORT_MODE_OTHER: _ClassVar[TransportMode]
TRANSPORT_MODE_UNSPECIFIED: TransportMode
TRANSPORT_MODE_SEA: TransportMode
TRANSPORT_MODE_RAIL: TransportMode
TRANSPORT_MODE_ROAD: TransportMode
TRANSPORT_MODE_AIR: TransportMode
TRANSPORT_MODE_POST: TransportMode
TRANSPORT_MODE_MULTIMODAL: TransportMode
TRANSPORT_MODE_INLAND_WATER: TransportMode
TRANSPORT_MODE_ON_FOOT: TransportMode
TRANSPORT_MODE_OTHER: TransportMode

class Consignment(_message.Message):
    __slots__ = ("reference", "goods", "documents", "legs", "value", "packages", "gross_weight_kg", "net_weight_kg", "exported_from", "destined_to")
    REFERENCE_FIELD_NUMBER: _ClassVar[int]
    GOODS_FIELD_NUMBER: _ClassVar[int]
    DOCUMENTS_FIELD_NUMBER: _ClassVar[int]
    LEGS_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    PACKAGES_FIELD_NUMBER: _ClassVar[int]
    GROSS_WEIGHT_KG_FIELD_NUMBER: _ClassVar[int]
    NET_WEIGHT_KG_FIELD_NUMBER: _ClassVar[int]
    EXPORTED_FROM_FIELD_NUMBER: _ClassVar[int]
    DESTINED_TO_FIELD_NUMBER: _ClassVar[int]
    reference: str
    goods: _containers.RepeatedCompositeFieldContainer[GoodsLine]
    documents: _containers.RepeatedCompositeFieldContainer[_reference_pb2.DocumentReference]
    legs: _containers.RepeatedCompositeFieldContainer[TransportLeg]
    value: Money
    packages: int
    gross_weight_kg: float
    net_weight_kg: float
    exported_from: str
    destined_to: str
    def __init__(self, reference: _Optional[str] = ..., goods: _Optional[_Iterable[_Union[GoodsLine, _Mapping]]] = ..., documents: _Optional[_Iterable[_Union[_reference_pb2.DocumentReference, _Mapping]]] = ..., legs: _Optional[_Iterable[_Union[TransportLeg, _Mapping]]] = ..., value: _Optional[_Union[Money, _Mapping]] = ..., packages: _Optional[int] = ..., gross_weight_kg: _Optional[float] = ..., net_weight_kg: _Optional[float] = ..., exported_from: _Optional[str] = ..., destined_to: _Optional[str] = ...) -> None: ...

class GoodsLine(_message.Message):
    __slots__ = ("hs_code", "description", "quantity", "unit", "value")
    HS_CODE_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_FIELD_NUMBER: _ClassVar[int]
    UNIT_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    hs_code: str
    description: str
    quantity: int
    unit: str
    value: Money
    def __init__(self, hs_code: _Optional[str] = ..., description: _Optional[str] = ..., quantity: _Optional[int] = ..., unit: _Optional[str] = ..., value: _Optional[_Union[Money, _Mapping]] = ...) -> None: ...

class Money(_message.Message):
    __slots__ = ("amount", "currency")
    AMOUNT_FIELD_NUMBER: _ClassVar[int]
    CURRENCY_FIELD_NUMBER: _ClassVar[int]
    amount: str
    currency: str
    def __init__(self, amount: _Optional[str] = ..., currency: _Optional[str] = ...) -> None: ...

class TransportLeg(_message.Message):
    __slots__ = ("mode", "vessel", "imo", "mmsi", "flag", "voyage", "containers", "bill_of_lading", "air_waybill", "parcel", "plates", "loading", "discharge", "transhipment", "departure", "arrival")
    MODE_FIELD_NUMBER: _ClassVar[int]
    VESSEL_FIELD_NUMBER: _ClassVar[int]
    IMO_FIELD_NUMBER: _ClassVar[int]
    MMSI_FIELD_NUMBER: _ClassVar[int]
    FLAG_FIELD_NUMBER: _ClassVar[int]
    VOYAGE_FIELD_NUMBER: _ClassVar[int]
    CONTAINERS_FIELD_NUMBER: _ClassVar[int]
    BILL_OF_LADING_FIELD_NUMBER: _ClassVar[int]
    AIR_WAYBILL_FIELD_NUMBER: _ClassVar[int]
    PARCEL_FIELD_NUMBER: _ClassVar[int]
    PLATES_FIELD_NUMBER: _ClassVar[int]
    LOADING_FIELD_NUMBER: _ClassVar[int]
    DISCHARGE_FIELD_NUMBER: _ClassVar[int]
    TRANSHIPMENT_FIELD_NUMBER: _ClassVar[int]
    DEPARTURE_FIELD_NUMBER: _ClassVar[int]
    ARRIVAL_FIELD_NUMBER: _ClassVar[int]
    mode: TransportMode
    vessel: str
    imo: str
    mmsi: str
    flag: str
    voyage: str
    containers: _containers.RepeatedCompositeFieldContainer[Container]
    bill_of_lading: str
    air_waybill: str
    parcel: str
    plates: _containers.RepeatedScalarFieldContainer[str]
    loading: str
    discharge: str
    transhipment: _containers.RepeatedScalarFieldContainer[str]
    departure: str
    arrival: str
    def __init__(self, mode: _Optional[_Union[TransportMode, str]] = ..., vessel: _Optional[str] = ..., imo: _Optional[str] = ..., mmsi: _Optional[str] = ..., flag: _Optional[str] = ..., voyage: _Optional[str] = ..., containers: _Optional[_Iterable[_Union[Container, _Mapping]]] = ..., bill_of_lading: _Optional[str] = ..., air_waybill: _Optional[str] = ..., parcel: _Optional[str] = ..., plates: _Optional[_Iterable[str]] = ..., loading: _Optional[str] = ..., discharge: _Optional[str] = ..., transhipment: _Optional[_Iterable[str]] = ..., departure: _Optional[str] = ..., arrival: _Optional[str] = ...) -> None: ...

class Container(_message.Message):
    __slots__ = ("number", "seals")
    NUMBER_FIELD_NUMBER: _ClassVar[int]
    SEALS_FIELD_NUMBER: _ClassVar[int]
    number: str
    seals: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, number: _Optional[str] = ..., seals: _Optional[_Iterable[str]] = ...) -> None: ...
