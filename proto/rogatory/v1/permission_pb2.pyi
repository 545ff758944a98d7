from rogatory.v1 import diversion_pb2 as _diversion_pb2
from rogatory.v1 import handling_pb2 as _handling_pb2
from rogatory.v1 import route_pb2 as _route_pb2
from rogatory.v1 import rules_pb2 as _rules_pb2
from rogatory.v1 import trace_pb2 as _trace_pb2
from rogatory.v1 import trace_response_pb2 as _trace_response_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class PermittedAct(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    PERMITTED_ACT_UNSPECIFIED: _ClassVar[PermittedAct]
    PERMITTED_ACT_ONWARD: _ClassVar[PermittedAct]
    PERMITTED_ACT_JUDICIAL: _ClassVar[PermittedAct]

class PermissionVerdict(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    PERMISSION_VERDICT_UNSPECIFIED: _ClassVar[PermissionVerdict]
    PERMISSION_VERDICT_GRANTED: _ClassVar[PermissionVerdict]
    PERMISSION_VERDICT_REFUSED: _ClassVar[PermissionVerdict]
    PERMISSION_VERDICT_WITHDRAWN: _ClassVar[PermissionVerdict]
PERMITTED_ACT_UNSPECIFIED: PermittedAct
PERMITTED_ACT_ONWARD: PermittedAct
PERMITTED_ACT_JUDICIAL: PermittedAct
PERMISSION_VERDICT_UNSPECIFIED: PermissionVerdict
PERMISSION_VERDICT_GRANTED: PermissionVerdict
PERMISSION_VERDICT_REFUSED: PermissionVerdict
PERMISSION_VERDICT_WITHDRAWN: PermissionVerdict

class PermissionRequest(_message.Message):
    __slots__ = ("message_digest", "act", "parties", "purposes", "reason", "until")
    MESSAGE_DIGEST_FIELD_NUMBER: _ClassVar[int]
    ACT_FIELD_NUMBER: _ClassVar[int]
    PARTIES_FIELD_NUMBER: _ClassVar[int]
    PURPOSES_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    UNTIL_FIELD_NUMBER: _ClassVar[int]
    message_digest: bytes
    act: PermittedAct
    parties: _containers.RepeatedScalarFieldContainer[str]
    purposes: _containers.RepeatedScalarFieldContainer[_handling_pb2.IntendedUse]
    reason: str
    until: str
    def __init__(self, message_digest: _Optional[bytes] = ..., act: _Optional[_Union[PermittedAct, str]] = ..., parties: _Optional[_Iterable[str]] = ..., purposes: _Optional[_Iterable[_Union[_handling_pb2.IntendedUse, str]]] = ..., reason: _Optional[str] = ..., until: _Optional[str] = ...) -> None: ...

class PermissionGrant(_message.Message):
    __slots__ = ("message_digest", "act", "verdict", "parties", "purposes", "until", "remarks")
    MESSAGE_DIGEST_FIELD_NUMBER: _ClassVar[int]
    ACT_FIELD_NUMBER: _ClassVar[int]
    VERDICT_FIELD_NUMBER: _ClassVar[int]
    PARTIES_FIELD_NUMBER: _ClassVar[int]
    PURPOSES_FIELD_NUMBER: _ClassVar[int]
    UNTIL_FIELD_NUMBER: _ClassVar[int]
    REMARKS_FIELD_NUMBER: _ClassVar[int]
    message_digest: bytes
    act: PermittedAct
    verdict: PermissionVerdict
    parties: _containers.RepeatedScalarFieldContainer[str]
    purposes: _containers.RepeatedScalarFieldContainer[_handling_pb2.IntendedUse]
    until: str
    remarks: str
    def __init__(self, message_digest: _Optional[bytes] = ..., act: _Optional[_Union[PermittedAct, str]] = ..., verdict: _Optional[_Union[PermissionVerdict, str]] = ..., parties: _Optional[_Iterable[str]] = ..., purposes: _Optional[_Iterable[_Union[_handling_pb2.IntendedUse, str]]] = ..., until: _Optional[str] = ..., remarks: _Optional[str] = ...) -> None: ...

class OnwardCopy(_message.Message):
    __slots__ = ("provider", "message_digest", "grant_digest", "handling", "trace_request", "trace_response", "trace_info_request", "trace_clarification", "diversion_alert", "diversion_update", "route_intelligence")
    PROVIDER_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_DIGEST_FIELD_NUMBER: _ClassVar[int]
    GRANT_DIGEST_FIELD_NUMBER: _ClassVar[int]
    HANDLING_FIELD_NUMBER: _ClassVar[int]
    TRACE_REQUEST_FIELD_NUMBER: _ClassVar[int]
    TRACE_RESPONSE_FIELD_NUMBER: _ClassVar[int]
    TRACE_INFO_REQUEST_FIELD_NUMBER: _ClassVar[int]
    TRACE_CLARIFICATION_FIELD_NUMBER: _ClassVar[int]
    DIVERSION_ALERT_FIELD_NUMBER: _ClassVar[int]
    DIVERSION_UPDATE_FIELD_NUMBER: _ClassVar[int]
    ROUTE_INTELLIGENCE_FIELD_NUMBER: _ClassVar[int]
    provider: str
    message_digest: bytes
    grant_digest: bytes
    handling: _handling_pb2.Handling
    trace_request: _trace_pb2.TraceRequest
    trace_response: _trace_response_pb2.TraceResponse
    trace_info_request: _trace_pb2.TraceInfoRequest
    trace_clarification: _trace_pb2.TraceClarification
    diversion_alert: _diversion_pb2.DiversionAlert
    diversion_update: _diversion_pb2.DiversionUpdate
    route_intelligence: _route_pb2.RouteIntelligence
    def __init__(self, provider: _Optional[str] = ..., message_digest: _Optional[bytes] = ..., grant_digest: _Optional[bytes] = ..., handling: _Optional[_Union[_handling_pb2.Handling, _Mapping]] = ..., trace_request: _Optional[_Union[_trace_pb2.TraceRequest, _Mapping]] = ..., trace_response: _Optional[_Union[_trace_response_pb2.TraceResponse, _Mapping]] = ..., trace_info_request: _Optional[_Union[_trace_pb2.TraceInfoRequest, _Mapping]] = ..., trace_clarification: _Optional[_Union[_trace_pb2.TraceClarification, _Mapping]] = ..., diversion_alert: _Optional[_Union[_diversion_pb2.DiversionAlert, _Mapping]] = ..., diversion_update: _Optional[_Union[_diversion_pb2.DiversionUpdate, _Mapping]] = ..., route_intelligence: _Optional[_Union[_route_pb2.RouteIntelligence, _Mapping]] = ...) -> None: ...
