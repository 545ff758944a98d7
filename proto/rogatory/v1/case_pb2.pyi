from rogatory.v1 import attachment_pb2 as _attachment_pb2
from rogatory.v1 import reference_pb2 as _reference_pb2
from rogatory.v1 import rules_pb2 as _rules_pb2
from rogatory.v1 import trace_response_pb2 as _trace_response_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class CaseAct(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    CASE_ACT_UNSPECIFIED: _ClassVar[CaseAct]
    CASE_ACT_START: _ClassVar[CaseAct]
    CASE_ACT_UPDATE: _ClassVar[CaseAct]
    CASE_ACT_CORRECT: _ClassVar[CaseAct]
    CASE_ACT_ASK: _ClassVar[CaseAct]
    CASE_ACT_ANSWER: _ClassVar[CaseAct]
    CASE_ACT_ACCEPT: _ClassVar[CaseAct]
    CASE_ACT_DECLINE: _ClassVar[CaseAct]
    CASE_ACT_WITHDRAW: _ClassVar[CaseAct]
    CASE_ACT_CLOSE: _ClassVar[CaseAct]
    CASE_ACT_REJECT: _ClassVar[CaseAct]
    CASE_ACT_JOIN: _ClassVar[CaseAct]
    CASE_ACT_LEAVE: _ClassVar[CaseAct]
    CASE_ACT_REPORT: _ClassVar[CaseAct]
    CASE_ACT_REVOKE: _ClassVar[CaseAct]

class ClosingBasis(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    CLOSING_BASIS_UNSPECIFIED: _ClassVar[ClosingBasis]
    CLOSING_BASIS_POINT_OF_DIVERSION: _ClassVar[ClosingBasis]
    CLOSING_BASIS_LAST_LEGAL_RECORD: _ClassVar[ClosingBasis]
    CLOSING_BASIS_ESTABLISHED_OTHER: _ClassVar[ClosingBasis]
    CLOSING_BASIS_NOT_TRACEABLE: _ClassVar[ClosingBasis]
    CLOSING_BASIS_NO_ANSWER: _ClassVar[ClosingBasis]
CASE_ACT_UNSPECIFIED: CaseAct
CASE_ACT_START: CaseAct
CASE_ACT_UPDATE: CaseAct
CASE_ACT_CORRECT: CaseAct
CASE_ACT_ASK: CaseAct
CASE_ACT_ANSWER: CaseAct
CASE_ACT_ACCEPT: CaseAct
CASE_ACT_DECLINE: CaseAct
CASE_ACT_WITHDRAW: CaseAct
CASE_ACT_CLOSE: CaseAct
CASE_ACT_REJECT: CaseAct
CASE_ACT_JOIN: CaseAct
CASE_ACT_LEAVE: CaseAct
CASE_ACT_REPORT: CaseAct
CASE_ACT_REVOKE: CaseAct
CLOSING_BASIS_UNSPECIFIED: ClosingBasis
CLOSING_BASIS_POINT_OF_DIVERSION: ClosingBasis
CLOSING_BASIS_LAST_LEGAL_RECORD: ClosingBasis
CLOSING_BASIS_ESTABLISHED_OTHER: ClosingBasis
CLOSING_BASIS_NOT_TRACEABLE: ClosingBasis
CLOSING_BASIS_NO_ANSWER: ClosingBasis

class CaseStep(_message.Message):
    __slots__ = ("act", "text", "authority", "by_when", "sequence", "references", "attachments", "asks")
    ACT_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    AUTHORITY_FIELD_NUMBER: _ClassVar[int]
    BY_WHEN_FIELD_NUMBER: _ClassVar[int]
    SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    REFERENCES_FIELD_NUMBER: _ClassVar[int]
    ATTACHMENTS_FIELD_NUMBER: _ClassVar[int]
    ASKS_FIELD_NUMBER: _ClassVar[int]
    act: CaseAct
    text: str
    authority: str
    by_when: str
    sequence: int
    references: _containers.RepeatedCompositeFieldContainer[_reference_pb2.Reference]
    attachments: _containers.RepeatedCompositeFieldContainer[_attachment_pb2.Attachment]
    asks: _containers.RepeatedScalarFieldContainer[int]
    def __init__(self, act: _Optional[_Union[CaseAct, str]] = ..., text: _Optional[str] = ..., authority: _Optional[str] = ..., by_when: _Optional[str] = ..., sequence: _Optional[int] = ..., references: _Optional[_Iterable[_Union[_reference_pb2.Reference, _Mapping]]] = ..., attachments: _Optional[_Iterable[_Union[_attachment_pb2.Attachment, _Mapping]]] = ..., asks: _Optional[_Iterable[int]] = ...) -> None: ...

class TraceClosing(_message.Message):
    __slots__ = ("basis", "results", "remarks", "references")
    BASIS_FIELD_NUMBER: _ClassVar[int]
    RESULTS_FIELD_NUMBER: _ClassVar[int]
    REMARKS_FIELD_NUMBER: _ClassVar[int]
    REFERENCES_FIELD_NUMBER: _ClassVar[int]
    basis: ClosingBasis
    results: _containers.RepeatedCompositeFieldContainer[_trace_response_pb2.TraceResult]
    remarks: str
    references: _containers.RepeatedCompositeFieldContainer[_reference_pb2.Reference]
    def __init__(self, basis: _Optional[_Union[ClosingBasis, str]] = ..., results: _Optional[_Iterable[_Union[_trace_response_pb2.TraceResult, _Mapping]]] = ..., remarks: _Optional[str] = ..., references: _Optional[_Iterable[_Union[_reference_pb2.Reference, _Mapping]]] = ...) -> None: ...

class OverdueNotice(_message.Message):
    __slots__ = ("clock", "state", "due_ms", "sequence", "escalated", "office")
    CLOCK_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    DUE_MS_FIELD_NUMBER: _ClassVar[int]
    SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    ESCALATED_FIELD_NUMBER: _ClassVar[int]
    OFFICE_FIELD_NUMBER: _ClassVar[int]
    clock: str
    state: str
    due_ms: int
    sequence: int
    escalated: bool
    office: str
    def __init__(self, clock: _Optional[str] = ..., state: _Optional[str] = ..., due_ms: _Optional[int] = ..., sequence: _Optional[int] = ..., escalated: _Optional[bool] = ..., office: _Optional[str] = ...) -> None: ...
