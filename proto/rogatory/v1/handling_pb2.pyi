from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Tlp(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    TLP_UNSPECIFIED: _ClassVar[Tlp]
    TLP_CLEAR: _ClassVar[Tlp]
    TLP_GREEN: _ClassVar[Tlp]
    TLP_AMBER: _ClassVar[Tlp]
    TLP_AMBER_STRICT: _ClassVar[Tlp]
    TLP_RED: _ClassVar[Tlp]

class EuropolCode(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    EUROPOL_CODE_UNSPECIFIED: _ClassVar[EuropolCode]
    EUROPOL_CODE_H0: _ClassVar[EuropolCode]
    EUROPOL_CODE_H1: _ClassVar[EuropolCode]
    EUROPOL_CODE_H2: _ClassVar[EuropolCode]
    EUROPOL_CODE_H3: _ClassVar[EuropolCode]

class Pap(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    PAP_UNSPECIFIED: _ClassVar[Pap]
    PAP_CLEAR: _ClassVar[Pap]
    PAP_GREEN: _ClassVar[Pap]
    PAP_AMBER: _ClassVar[Pap]
    PAP_RED: _ClassVar[Pap]

class IntendedUse(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    INTENDED_USE_UNSPECIFIED: _ClassVar[IntendedUse]
    INTENDED_USE_CRIMINAL_INVESTIGATION: _ClassVar[IntendedUse]
    INTENDED_USE_JUDICIAL_PROCEEDINGS: _ClassVar[IntendedUse]
    INTENDED_USE_POINT_OF_DIVERSION: _ClassVar[IntendedUse]
    INTENDED_USE_TRANSFER_CONTROL: _ClassVar[IntendedUse]
    INTENDED_USE_ANALYSIS: _ClassVar[IntendedUse]
    INTENDED_USE_RETURN_TO_OWNER: _ClassVar[IntendedUse]
    INTENDED_USE_STATISTICS: _ClassVar[IntendedUse]

class FieldClass(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    FIELD_CLASS_UNSPECIFIED: _ClassVar[FieldClass]
    FIELD_CLASS_PLAIN: _ClassVar[FieldClass]
    FIELD_CLASS_PERSONAL: _ClassVar[FieldClass]
    FIELD_CLASS_EXACT_LOCATION: _ClassVar[FieldClass]
    FIELD_CLASS_SOURCE: _ClassVar[FieldClass]
    FIELD_CLASS_FINANCIAL: _ClassVar[FieldClass]
    FIELD_CLASS_FULL_SERIAL: _ClassVar[FieldClass]
    FIELD_CLASS_PHOTOGRAPH: _ClassVar[FieldClass]
    FIELD_CLASS_FREE_TEXT: _ClassVar[FieldClass]
TLP_UNSPECIFIED: Tlp
TLP_CLEAR: Tlp
TLP_GREEN: Tlp
TLP_AMBER: Tlp
TLP_AMBER_STRICT: Tlp
TLP_RED: Tlp
EUROPOL_CODE_UNSPECIFIED: EuropolCode
EUROPOL_CODE_H0: EuropolCode
EUROPOL_CODE_H1: EuropolCode
EUROPOL_CODE_H2: EuropolCode
EUROPOL_CODE_H3: EuropolCode
PAP_UNSPECIFIED: Pap
PAP_CLEAR: Pap
PAP_GREEN: Pap
PAP_AMBER: Pap
PAP_RED: Pap
INTENDED_USE_UNSPECIFIED: IntendedUse
INTENDED_USE_CRIMINAL_INVESTIGATION: IntendedUse
INTENDED_USE_JUDICIAL_PROCEEDINGS: IntendedUse
INTENDED_USE_POINT_OF_DIVERSION: IntendedUse
INTENDED_USE_TRANSFER_CONTROL: IntendedUse
INTENDED_USE_ANALYSIS: IntendedUse
INTENDED_USE_RETURN_TO_OWNER: IntendedUse
INTENDED_USE_STATISTICS: IntendedUse
FIELD_CLASS_UNSPECIFIED: FieldClass
FIELD_CLASS_PLAIN: FieldClass
FIELD_CLASS_PERSONAL: FieldClass
FIELD_CLASS_EXACT_LOCATION: FieldClass
FIELD_CLASS_SOURCE: FieldClass
FIELD_CLASS_FINANCIAL: FieldClass
FIELD_CLASS_FULL_SERIAL: FieldClass
FIELD_CLASS_PHOTOGRAPH: FieldClass
FIELD_CLASS_FREE_TEXT: FieldClass

class Handling(_message.Message):
    __slots__ = ("tlp", "europol", "pap", "restrictions")
    TLP_FIELD_NUMBER: _ClassVar[int]
    EUROPOL_FIELD_NUMBER: _ClassVar[int]
    PAP_FIELD_NUMBER: _ClassVar[int]
    RESTRICTIONS_FIELD_NUMBER: _ClassVar[int]
    tlp: Tlp
    europol: _containers.RepeatedScalarFieldContainer[EuropolCode]
    pap: Pap
    restrictions: Restrictions
    def __init__(self, tlp: _Optional[_Union[Tlp, str]] = ..., europol: _Optional[_Iterable[_Union[EuropolCode, str]]] = ..., pap: _Optional[_Union[Pap, str]] = ..., restrictions: _Optional[_Union[Restrictions, _Mapping]] = ...) -> None: ...

class Restrictions(_message.Message):
    __slots__ = ("release_to", "purpose", "no_onward", "other", "purposes", "retention_days")
    RELEASE_TO_FIELD_NUMBER: _ClassVar[int]
    PURPOSE_FIELD_NUMBER: _ClassVar[int]
    NO_ONWARD_FIELD_NUMBER: _ClassVar[int]
    OTHER_FIELD_NUMBER: _ClassVar[int]
    PURPOSES_FIELD_NUMBER: _ClassVar[int]
    RETENTION_DAYS_FIELD_NUMBER: _ClassVar[int]
    release_to: _containers.RepeatedScalarFieldContainer[str]
    purpose: str
    no_onward: bool
    other: str
    purposes: _containers.RepeatedScalarFieldContainer[IntendedUse]
    retention_days: int
    def __init__(self, release_to: _Optional[_Iterable[str]] = ..., purpose: _Optional[str] = ..., no_onward: _Optional[bool] = ..., other: _Optional[str] = ..., purposes: _Optional[_Iterable[_Union[IntendedUse, str]]] = ..., retention_days: _Optional[int] = ...) -> None: ...
