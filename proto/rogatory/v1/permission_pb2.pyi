from rogatory.v1 import assistance_pb2 as _assistance_pb2
from rogatory.v1 import case_pb2 as _case_pb2
from rogatory.v1 import certificate_pb2 as _certificate_pb2
from rogatory.v1 import diversion_pb2 as _diversion_pb2
from rogatory.v1 import handling_pb2 as _handling_pb2
from rogatory.v1 import holding_pb2 as _holding_pb2
from rogatory.v1 import notice_pb2 as _notice_pb2
from rogatory.v1 import practice_pb2 as _practice_pb2
from rogatory.v1 import route_pb2 as _route_pb2
from rogatory.v1 import rules_pb2 as _rules_pb2
from rogatory.v1 import statistics_pb2 as _statistics_pb2
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
    __slots__ = ("provider", "message_digest", "grant_digest", "handling", "trace_request", "trace_response", "trace_info_request", "trace_clarification", "diversion_alert", "diversion_update", "route_intelligence", "trace_closing", "certificate_registration", "verification_request", "verification_response", "reexport_notification", "reexport_response", "recovery_record", "stock_loss", "disposition_record", "component_declaration", "marking_practice", "conversion_technique", "manufacture_trend", "practice_note", "prosecution_notice", "brokering_notice", "actor_profile", "transfer_notice", "financial_lead", "assistance_need", "assistance_offer", "assistance_match", "peer_review", "statistics_return")
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
    TRACE_CLOSING_FIELD_NUMBER: _ClassVar[int]
    CERTIFICATE_REGISTRATION_FIELD_NUMBER: _ClassVar[int]
    VERIFICATION_REQUEST_FIELD_NUMBER: _ClassVar[int]
    VERIFICATION_RESPONSE_FIELD_NUMBER: _ClassVar[int]
    REEXPORT_NOTIFICATION_FIELD_NUMBER: _ClassVar[int]
    REEXPORT_RESPONSE_FIELD_NUMBER: _ClassVar[int]
    RECOVERY_RECORD_FIELD_NUMBER: _ClassVar[int]
    STOCK_LOSS_FIELD_NUMBER: _ClassVar[int]
    DISPOSITION_RECORD_FIELD_NUMBER: _ClassVar[int]
    COMPONENT_DECLARATION_FIELD_NUMBER: _ClassVar[int]
    MARKING_PRACTICE_FIELD_NUMBER: _ClassVar[int]
    CONVERSION_TECHNIQUE_FIELD_NUMBER: _ClassVar[int]
    MANUFACTURE_TREND_FIELD_NUMBER: _ClassVar[int]
    PRACTICE_NOTE_FIELD_NUMBER: _ClassVar[int]
    PROSECUTION_NOTICE_FIELD_NUMBER: _ClassVar[int]
    BROKERING_NOTICE_FIELD_NUMBER: _ClassVar[int]
    ACTOR_PROFILE_FIELD_NUMBER: _ClassVar[int]
    TRANSFER_NOTICE_FIELD_NUMBER: _ClassVar[int]
    FINANCIAL_LEAD_FIELD_NUMBER: _ClassVar[int]
    ASSISTANCE_NEED_FIELD_NUMBER: _ClassVar[int]
    ASSISTANCE_OFFER_FIELD_NUMBER: _ClassVar[int]
    ASSISTANCE_MATCH_FIELD_NUMBER: _ClassVar[int]
    PEER_REVIEW_FIELD_NUMBER: _ClassVar[int]
    STATISTICS_RETURN_FIELD_NUMBER: _ClassVar[int]
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
    trace_closing: _case_pb2.TraceClosing
    certificate_registration: _certificate_pb2.CertificateRegistration
    verification_request: _certificate_pb2.VerificationRequest
    verification_response: _certificate_pb2.VerificationResponse
    reexport_notification: _certificate_pb2.ReexportNotification
    reexport_response: _certificate_pb2.ReexportResponse
    recovery_record: _holding_pb2.RecoveryRecord
    stock_loss: _holding_pb2.StockLoss
    disposition_record: _holding_pb2.DispositionRecord
    component_declaration: _practice_pb2.ComponentDeclaration
    marking_practice: _practice_pb2.MarkingPractice
    conversion_technique: _practice_pb2.ConversionTechnique
    manufacture_trend: _practice_pb2.ManufactureTrend
    practice_note: _practice_pb2.PracticeNote
    prosecution_notice: _notice_pb2.ProsecutionNotice
    brokering_notice: _notice_pb2.BrokeringNotice
    actor_profile: _notice_pb2.ActorProfile
    transfer_notice: _notice_pb2.TransferNotice
    financial_lead: _notice_pb2.FinancialLead
    assistance_need: _assistance_pb2.AssistanceNeed
    assistance_offer: _assistance_pb2.AssistanceOffer
    assistance_match: _assistance_pb2.AssistanceMatch
    peer_review: _assistance_pb2.PeerReview
    statistics_return: _statistics_pb2.StatisticsReturn
    def __init__(self, provider: _Optional[str] = ..., message_digest: _Optional[bytes] = ..., grant_digest: _Optional[bytes] = ..., handling: _Optional[_Union[_handling_pb2.Handling, _Mapping]] = ..., trace_request: _Optional[_Union[_trace_pb2.TraceRequest, _Mapping]] = ..., trace_response: _Optional[_Union[_trace_response_pb2.TraceResponse, _Mapping]] = ..., trace_info_request: _Optional[_Union[_trace_pb2.TraceInfoRequest, _Mapping]] = ..., trace_clarification: _Optional[_Union[_trace_pb2.TraceClarification, _Mapping]] = ..., diversion_alert: _Optional[_Union[_diversion_pb2.DiversionAlert, _Mapping]] = ..., diversion_update: _Optional[_Union[_diversion_pb2.DiversionUpdate, _Mapping]] = ..., route_intelligence: _Optional[_Union[_route_pb2.RouteIntelligence, _Mapping]] = ..., trace_closing: _Optional[_Union[_case_pb2.TraceClosing, _Mapping]] = ..., certificate_registration: _Optional[_Union[_certificate_pb2.CertificateRegistration, _Mapping]] = ..., verification_request: _Optional[_Union[_certificate_pb2.VerificationRequest, _Mapping]] = ..., verification_response: _Optional[_Union[_certificate_pb2.VerificationResponse, _Mapping]] = ..., reexport_notification: _Optional[_Union[_certificate_pb2.ReexportNotification, _Mapping]] = ..., reexport_response: _Optional[_Union[_certificate_pb2.ReexportResponse, _Mapping]] = ..., recovery_record: _Optional[_Union[_holding_pb2.RecoveryRecord, _Mapping]] = ..., stock_loss: _Optional[_Union[_holding_pb2.StockLoss, _Mapping]] = ..., disposition_record: _Optional[_Union[_holding_pb2.DispositionRecord, _Mapping]] = ..., component_declaration: _Optional[_Union[_practice_pb2.ComponentDeclaration, _Mapping]] = ..., marking_practice: _Optional[_Union[_practice_pb2.MarkingPractice, _Mapping]] = ..., conversion_technique: _Optional[_Union[_practice_pb2.ConversionTechnique, _Mapping]] = ..., manufacture_trend: _Optional[_Union[_practice_pb2.ManufactureTrend, _Mapping]] = ..., practice_note: _Optional[_Union[_practice_pb2.PracticeNote, _Mapping]] = ..., prosecution_notice: _Optional[_Union[_notice_pb2.ProsecutionNotice, _Mapping]] = ..., brokering_notice: _Optional[_Union[_notice_pb2.BrokeringNotice, _Mapping]] = ..., actor_profile: _Optional[_Union[_notice_pb2.ActorProfile, _Mapping]] = ..., transfer_notice: _Optional[_Union[_notice_pb2.TransferNotice, _Mapping]] = ..., financial_lead: _Optional[_Union[_notice_pb2.FinancialLead, _Mapping]] = ..., assistance_need: _Optional[_Union[_assistance_pb2.AssistanceNeed, _Mapping]] = ..., assistance_offer: _Optional[_Union[_assistance_pb2.AssistanceOffer, _Mapping]] = ..., assistance_match: _Optional[_Union[_assistance_pb2.AssistanceMatch, _Mapping]] = ..., peer_review: _Optional[_Union[_assistance_pb2.PeerReview, _Mapping]] = ..., statistics_return: _Optional[_Union[_statistics_pb2.StatisticsReturn, _Mapping]] = ...) -> None: ...
