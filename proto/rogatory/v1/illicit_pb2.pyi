from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from typing import ClassVar as _ClassVar

DESCRIPTOR: _descriptor.FileDescriptor

class IllicitBasis(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ILLICIT_BASIS_UNSPECIFIED: _ClassVar[IllicitBasis]
    ILLICIT_BASIS_NATIONAL_LAW: _ClassVar[IllicitBasis]
    ILLICIT_BASIS_UNSC_EMBARGO: _ClassVar[IllicitBasis]
    ILLICIT_BASIS_UNMARKED: _ClassVar[IllicitBasis]
    ILLICIT_BASIS_UNLICENSED_MANUFACTURE: _ClassVar[IllicitBasis]
    ILLICIT_BASIS_UNAUTHORISED_TRANSFER: _ClassVar[IllicitBasis]

class DiversionStage(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    DIVERSION_STAGE_UNSPECIFIED: _ClassVar[DiversionStage]
    DIVERSION_STAGE_MANUFACTURE: _ClassVar[DiversionStage]
    DIVERSION_STAGE_PRE_EXPORT: _ClassVar[DiversionStage]
    DIVERSION_STAGE_IN_TRANSIT: _ClassVar[DiversionStage]
    DIVERSION_STAGE_AT_IMPORT: _ClassVar[DiversionStage]
    DIVERSION_STAGE_POST_DELIVERY_STOCK: _ClassVar[DiversionStage]
    DIVERSION_STAGE_UNAUTHORISED_RETRANSFER: _ClassVar[DiversionStage]
    DIVERSION_STAGE_CIVILIAN_HOLDING: _ClassVar[DiversionStage]
    DIVERSION_STAGE_DISPOSAL: _ClassVar[DiversionStage]
    DIVERSION_STAGE_UNKNOWN: _ClassVar[DiversionStage]

class DiversionMethod(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    DIVERSION_METHOD_UNSPECIFIED: _ClassVar[DiversionMethod]
    DIVERSION_METHOD_FORGED_EUC: _ClassVar[DiversionMethod]
    DIVERSION_METHOD_FALSE_END_USER: _ClassVar[DiversionMethod]
    DIVERSION_METHOD_UNAUTHORISED_BROKER: _ClassVar[DiversionMethod]
    DIVERSION_METHOD_THEFT: _ClassVar[DiversionMethod]
    DIVERSION_METHOD_LOSS: _ClassVar[DiversionMethod]
    DIVERSION_METHOD_CORRUPTION: _ClassVar[DiversionMethod]
    DIVERSION_METHOD_CAPTURE: _ClassVar[DiversionMethod]
    DIVERSION_METHOD_MISDECLARATION: _ClassVar[DiversionMethod]
    DIVERSION_METHOD_CONTAINER_SWAP: _ClassVar[DiversionMethod]
    DIVERSION_METHOD_STRAW_PURCHASE: _ClassVar[DiversionMethod]
    DIVERSION_METHOD_REACTIVATION: _ClassVar[DiversionMethod]
    DIVERSION_METHOD_CONVERSION: _ClassVar[DiversionMethod]
    DIVERSION_METHOD_UNKNOWN: _ClassVar[DiversionMethod]

class LinkedCrime(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    LINKED_CRIME_UNSPECIFIED: _ClassVar[LinkedCrime]
    LINKED_CRIME_ORGANISED_CRIME: _ClassVar[LinkedCrime]
    LINKED_CRIME_DRUG_TRAFFICKING: _ClassVar[LinkedCrime]
    LINKED_CRIME_TERRORISM: _ClassVar[LinkedCrime]
    LINKED_CRIME_VIOLENT_CRIME: _ClassVar[LinkedCrime]
    LINKED_CRIME_TRAFFICKING_IN_PERSONS: _ClassVar[LinkedCrime]
    LINKED_CRIME_ENVIRONMENTAL_CRIME: _ClassVar[LinkedCrime]
    LINKED_CRIME_FINANCIAL_CRIME: _ClassVar[LinkedCrime]
    LINKED_CRIME_OTHER: _ClassVar[LinkedCrime]

class Instrument(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    INSTRUMENT_UNSPECIFIED: _ClassVar[Instrument]
    INSTRUMENT_PROGRAMME_OF_ACTION: _ClassVar[Instrument]
    INSTRUMENT_TRACING_INSTRUMENT: _ClassVar[Instrument]
    INSTRUMENT_ARMS_TRADE_TREATY: _ClassVar[Instrument]
    INSTRUMENT_FIREARMS_PROTOCOL: _ClassVar[Instrument]
    INSTRUMENT_CIFTA: _ClassVar[Instrument]
    INSTRUMENT_REGIONAL: _ClassVar[Instrument]
    INSTRUMENT_BILATERAL: _ClassVar[Instrument]
ILLICIT_BASIS_UNSPECIFIED: IllicitBasis
ILLICIT_BASIS_NATIONAL_LAW: IllicitBasis
ILLICIT_BASIS_UNSC_EMBARGO: IllicitBasis
ILLICIT_BASIS_UNMARKED: IllicitBasis
ILLICIT_BASIS_UNLICENSED_MANUFACTURE: IllicitBasis
ILLICIT_BASIS_UNAUTHORISED_TRANSFER: IllicitBasis
DIVERSION_STAGE_UNSPECIFIED: DiversionStage
DIVERSION_STAGE_MANUFACTURE: DiversionStage
DIVERSION_STAGE_PRE_EXPORT: DiversionStage
DIVERSION_STAGE_IN_TRANSIT: DiversionStage
DIVERSION_STAGE_AT_IMPORT: DiversionStage
DIVERSION_STAGE_POST_DELIVERY_STOCK: DiversionStage
DIVERSION_STAGE_UNAUTHORISED_RETRANSFER: DiversionStage
DIVERSION_STAGE_CIVILIAN_HOLDING: DiversionStage
DIVERSION_STAGE_DISPOSAL: DiversionStage
DIVERSION_STAGE_UNKNOWN: DiversionStage
DIVERSION_METHOD_UNSPECIFIED: DiversionMethod
DIVERSION_METHOD_FORGED_EUC: DiversionMethod
DIVERSION_METHOD_FALSE_END_USER: DiversionMethod
DIVERSION_METHOD_UNAUTHORISED_BROKER: DiversionMethod
DIVERSION_METHOD_THEFT: DiversionMethod
DIVERSION_METHOD_LOSS: DiversionMethod
DIVERSION_METHOD_CORRUPTION: DiversionMethod
DIVERSION_METHOD_CAPTURE: DiversionMethod
DIVERSION_METHOD_MISDECLARATION: DiversionMethod
DIVERSION_METHOD_CONTAINER_SWAP: DiversionMethod
DIVERSION_METHOD_STRAW_PURCHASE: DiversionMethod
DIVERSION_METHOD_REACTIVATION: DiversionMethod
DIVERSION_METHOD_CONVERSION: DiversionMethod
DIVERSION_METHOD_UNKNOWN: DiversionMethod
LINKED_CRIME_UNSPECIFIED: LinkedCrime
LINKED_CRIME_ORGANISED_CRIME: LinkedCrime
LINKED_CRIME_DRUG_TRAFFICKING: LinkedCrime
LINKED_CRIME_TERRORISM: LinkedCrime
LINKED_CRIME_VIOLENT_CRIME: LinkedCrime
LINKED_CRIME_TRAFFICKING_IN_PERSONS: LinkedCrime
LINKED_CRIME_ENVIRONMENTAL_CRIME: LinkedCrime
LINKED_CRIME_FINANCIAL_CRIME: LinkedCrime
LINKED_CRIME_OTHER: LinkedCrime
INSTRUMENT_UNSPECIFIED: Instrument
INSTRUMENT_PROGRAMME_OF_ACTION: Instrument
INSTRUMENT_TRACING_INSTRUMENT: Instrument
INSTRUMENT_ARMS_TRADE_TREATY: Instrument
INSTRUMENT_FIREARMS_PROTOCOL: Instrument
INSTRUMENT_CIFTA: Instrument
INSTRUMENT_REGIONAL: Instrument
INSTRUMENT_BILATERAL: Instrument
