from rogatory.v1 import rules_pb2 as _rules_pb2
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class AdmiraltySource(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ADMIRALTY_SOURCE_UNSPECIFIED: _ClassVar[AdmiraltySource]
    ADMIRALTY_SOURCE_A: _ClassVar[AdmiraltySource]
    ADMIRALTY_SOURCE_B: _ClassVar[AdmiraltySource]
    ADMIRALTY_SOURCE_C: _ClassVar[AdmiraltySource]
    ADMIRALTY_SOURCE_D: _ClassVar[AdmiraltySource]
    ADMIRALTY_SOURCE_E: _ClassVar[AdmiraltySource]
    ADMIRALTY_SOURCE_F: _ClassVar[AdmiraltySource]

class AdmiraltyInformation(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ADMIRALTY_INFORMATION_UNSPECIFIED: _ClassVar[AdmiraltyInformation]
    ADMIRALTY_INFORMATION_1: _ClassVar[AdmiraltyInformation]
    ADMIRALTY_INFORMATION_2: _ClassVar[AdmiraltyInformation]
    ADMIRALTY_INFORMATION_3: _ClassVar[AdmiraltyInformation]
    ADMIRALTY_INFORMATION_4: _ClassVar[AdmiraltyInformation]
    ADMIRALTY_INFORMATION_5: _ClassVar[AdmiraltyInformation]
    ADMIRALTY_INFORMATION_6: _ClassVar[AdmiraltyInformation]

class EuropolSource(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    EUROPOL_SOURCE_UNSPECIFIED: _ClassVar[EuropolSource]
    EUROPOL_SOURCE_A: _ClassVar[EuropolSource]
    EUROPOL_SOURCE_B: _ClassVar[EuropolSource]
    EUROPOL_SOURCE_C: _ClassVar[EuropolSource]
    EUROPOL_SOURCE_X: _ClassVar[EuropolSource]

class EuropolInformation(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    EUROPOL_INFORMATION_UNSPECIFIED: _ClassVar[EuropolInformation]
    EUROPOL_INFORMATION_1: _ClassVar[EuropolInformation]
    EUROPOL_INFORMATION_2: _ClassVar[EuropolInformation]
    EUROPOL_INFORMATION_3: _ClassVar[EuropolInformation]
    EUROPOL_INFORMATION_4: _ClassVar[EuropolInformation]
ADMIRALTY_SOURCE_UNSPECIFIED: AdmiraltySource
ADMIRALTY_SOURCE_A: AdmiraltySource
ADMIRALTY_SOURCE_B: AdmiraltySource
ADMIRALTY_SOURCE_C: AdmiraltySource
ADMIRALTY_SOURCE_D: AdmiraltySource
ADMIRALTY_SOURCE_E: AdmiraltySource
ADMIRALTY_SOURCE_F: AdmiraltySource
ADMIRALTY_INFORMATION_UNSPECIFIED: AdmiraltyInformation
ADMIRALTY_INFORMATION_1: AdmiraltyInformation
ADMIRALTY_INFORMATION_2: AdmiraltyInformation
ADMIRALTY_INFORMATION_3: AdmiraltyInformation
ADMIRALTY_INFORMATION_4: AdmiraltyInformation
ADMIRALTY_INFORMATION_5: AdmiraltyInformation
ADMIRALTY_INFORMATION_6: AdmiraltyInformation
EUROPOL_SOURCE_UNSPECIFIED: EuropolSource
EUROPOL_SOURCE_A: EuropolSource
EUROPOL_SOURCE_B: EuropolSource
EUROPOL_SOURCE_C: EuropolSource
EUROPOL_SOURCE_X: EuropolSource
EUROPOL_INFORMATION_UNSPECIFIED: EuropolInformation
EUROPOL_INFORMATION_1: EuropolInformation
EUROPOL_INFORMATION_2: EuropolInformation
EUROPOL_INFORMATION_3: EuropolInformation
EUROPOL_INFORMATION_4: EuropolInformation

class Evaluation(_message.Message):
    __slots__ = ("admiralty", "europol")
    ADMIRALTY_FIELD_NUMBER: _ClassVar[int]
    EUROPOL_FIELD_NUMBER: _ClassVar[int]
    admiralty: AdmiraltyEvaluation
    europol: EuropolEvaluation
    def __init__(self, admiralty: _Optional[_Union[AdmiraltyEvaluation, _Mapping]] = ..., europol: _Optional[_Union[EuropolEvaluation, _Mapping]] = ...) -> None: ...

class AdmiraltyEvaluation(_message.Message):
    __slots__ = ("source", "information")
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    INFORMATION_FIELD_NUMBER: _ClassVar[int]
    source: AdmiraltySource
    information: AdmiraltyInformation
    def __init__(self, source: _Optional[_Union[AdmiraltySource, str]] = ..., information: _Optional[_Union[AdmiraltyInformation, str]] = ...) -> None: ...

class EuropolEvaluation(_message.Message):
    __slots__ = ("source", "information")
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    INFORMATION_FIELD_NUMBER: _ClassVar[int]
    source: EuropolSource
    information: EuropolInformation
    def __init__(self, source: _Optional[_Union[EuropolSource, str]] = ..., information: _Optional[_Union[EuropolInformation, str]] = ...) -> None: ...
