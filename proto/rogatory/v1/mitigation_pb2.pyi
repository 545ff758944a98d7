from rogatory.v1 import attachment_pb2 as _attachment_pb2
from rogatory.v1 import diversion_pb2 as _diversion_pb2
from rogatory.v1 import rules_pb2 as _rules_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class PlanVerdict(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    PLAN_VERDICT_UNSPECIFIED: _ClassVar[PlanVerdict]
    PLAN_VERDICT_ACCEPT: _ClassVar[PlanVerdict]
    PLAN_VERDICT_AMEND: _ClassVar[PlanVerdict]
    PLAN_VERDICT_DECLINE: _ClassVar[PlanVerdict]
    PLAN_VERDICT_WITHDRAW: _ClassVar[PlanVerdict]
PLAN_VERDICT_UNSPECIFIED: PlanVerdict
PLAN_VERDICT_ACCEPT: PlanVerdict
PLAN_VERDICT_AMEND: PlanVerdict
PLAN_VERDICT_DECLINE: PlanVerdict
PLAN_VERDICT_WITHDRAW: PlanVerdict

class MitigationProposal(_message.Message):
    __slots__ = ("terms", "reason")
    TERMS_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    terms: PlanTerms
    reason: str
    def __init__(self, terms: _Optional[_Union[PlanTerms, _Mapping]] = ..., reason: _Optional[str] = ...) -> None: ...

class PlanTerms(_message.Message):
    __slots__ = ("plan_id", "parties", "actions", "review_on", "replaces")
    PLAN_ID_FIELD_NUMBER: _ClassVar[int]
    PARTIES_FIELD_NUMBER: _ClassVar[int]
    ACTIONS_FIELD_NUMBER: _ClassVar[int]
    REVIEW_ON_FIELD_NUMBER: _ClassVar[int]
    REPLACES_FIELD_NUMBER: _ClassVar[int]
    plan_id: bytes
    parties: _containers.RepeatedScalarFieldContainer[str]
    actions: _containers.RepeatedCompositeFieldContainer[PlanAction]
    review_on: str
    replaces: _containers.RepeatedScalarFieldContainer[bytes]
    def __init__(self, plan_id: _Optional[bytes] = ..., parties: _Optional[_Iterable[str]] = ..., actions: _Optional[_Iterable[_Union[PlanAction, _Mapping]]] = ..., review_on: _Optional[str] = ..., replaces: _Optional[_Iterable[bytes]] = ...) -> None: ...

class PlanAction(_message.Message):
    __slots__ = ("number", "owner", "what", "by_when")
    NUMBER_FIELD_NUMBER: _ClassVar[int]
    OWNER_FIELD_NUMBER: _ClassVar[int]
    WHAT_FIELD_NUMBER: _ClassVar[int]
    BY_WHEN_FIELD_NUMBER: _ClassVar[int]
    number: int
    owner: str
    what: str
    by_when: str
    def __init__(self, number: _Optional[int] = ..., owner: _Optional[str] = ..., what: _Optional[str] = ..., by_when: _Optional[str] = ...) -> None: ...

class MitigationAnswer(_message.Message):
    __slots__ = ("plan_id", "terms_digest", "verdict", "sequence", "amended", "reason")
    PLAN_ID_FIELD_NUMBER: _ClassVar[int]
    TERMS_DIGEST_FIELD_NUMBER: _ClassVar[int]
    VERDICT_FIELD_NUMBER: _ClassVar[int]
    SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    AMENDED_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    plan_id: bytes
    terms_digest: bytes
    verdict: PlanVerdict
    sequence: int
    amended: PlanTerms
    reason: str
    def __init__(self, plan_id: _Optional[bytes] = ..., terms_digest: _Optional[bytes] = ..., verdict: _Optional[_Union[PlanVerdict, str]] = ..., sequence: _Optional[int] = ..., amended: _Optional[_Union[PlanTerms, _Mapping]] = ..., reason: _Optional[str] = ...) -> None: ...

class ActionReport(_message.Message):
    __slots__ = ("plan_id", "terms_digest", "action", "status", "sequence", "date", "detail", "attachments")
    PLAN_ID_FIELD_NUMBER: _ClassVar[int]
    TERMS_DIGEST_FIELD_NUMBER: _ClassVar[int]
    ACTION_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    DATE_FIELD_NUMBER: _ClassVar[int]
    DETAIL_FIELD_NUMBER: _ClassVar[int]
    ATTACHMENTS_FIELD_NUMBER: _ClassVar[int]
    plan_id: bytes
    terms_digest: bytes
    action: int
    status: _diversion_pb2.ActionStatus
    sequence: int
    date: str
    detail: str
    attachments: _containers.RepeatedCompositeFieldContainer[_attachment_pb2.Attachment]
    def __init__(self, plan_id: _Optional[bytes] = ..., terms_digest: _Optional[bytes] = ..., action: _Optional[int] = ..., status: _Optional[_Union[_diversion_pb2.ActionStatus, str]] = ..., sequence: _Optional[int] = ..., date: _Optional[str] = ..., detail: _Optional[str] = ..., attachments: _Optional[_Iterable[_Union[_attachment_pb2.Attachment, _Mapping]]] = ...) -> None: ...
