from rogatory.v1 import rules_pb2 as _rules_pb2
from rogatory.v1 import trace_pb2 as _trace_pb2
from rogatory.v1 import trace_response_pb2 as _trace_response_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class StatisticsReturn(_message.Message):
    __slots__ = ("country", "year", "revision", "counts", "notes")
    COUNTRY_FIELD_NUMBER: _ClassVar[int]
    YEAR_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    COUNTS_FIELD_NUMBER: _ClassVar[int]
    NOTES_FIELD_NUMBER: _ClassVar[int]
    country: str
    year: int
    revision: int
    counts: _containers.RepeatedCompositeFieldContainer[RecoveryCount]
    notes: str
    def __init__(self, country: _Optional[str] = ..., year: _Optional[int] = ..., revision: _Optional[int] = ..., counts: _Optional[_Iterable[_Union[RecoveryCount, _Mapping]]] = ..., notes: _Optional[str] = ...) -> None: ...

class RecoveryCount(_message.Message):
    __slots__ = ("kind", "status", "arms", "identifiable")
    KIND_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    ARMS_FIELD_NUMBER: _ClassVar[int]
    IDENTIFIABLE_FIELD_NUMBER: _ClassVar[int]
    kind: _trace_pb2.RecoveryKind
    status: _trace_response_pb2.TracingStatus
    arms: int
    identifiable: int
    def __init__(self, kind: _Optional[_Union[_trace_pb2.RecoveryKind, str]] = ..., status: _Optional[_Union[_trace_response_pb2.TracingStatus, str]] = ..., arms: _Optional[int] = ..., identifiable: _Optional[int] = ...) -> None: ...
