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
    __slots__ = ("release_to", "purpose", "no_onward", "other")
    RELEASE_TO_FIELD_NUMBER: _ClassVar[int]
    PURPOSE_FIELD_NUMBER: _ClassVar[int]
    NO_ONWARD_FIELD_NUMBER: _ClassVar[int]
    OTHER_FIELD_NUMBER: _ClassVar[int]
    release_to: _containers.RepeatedScalarFieldContainer[str]
    purpose: str
    no_onward: bool
    other: str
    def __init__(self, release_to: _Optional[_Iterable[str]] = ..., purpose: _Optional[str] = ..., no_onward: _Optional[bool] = ..., other: _Optional[str] = ...) -> None: ...
