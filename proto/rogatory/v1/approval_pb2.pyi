from rogatory.v1 import handling_pb2 as _handling_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Verdict(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    VERDICT_UNSPECIFIED: _ClassVar[Verdict]
    VERDICT_APPROVE: _ClassVar[Verdict]
    VERDICT_REJECT: _ClassVar[Verdict]
VERDICT_UNSPECIFIED: Verdict
VERDICT_APPROVE: Verdict
VERDICT_REJECT: Verdict

class Approval(_message.Message):
    __slots__ = ("release_digest", "verdict", "officer", "at_ms", "expires_ms", "reason")
    RELEASE_DIGEST_FIELD_NUMBER: _ClassVar[int]
    VERDICT_FIELD_NUMBER: _ClassVar[int]
    OFFICER_FIELD_NUMBER: _ClassVar[int]
    AT_MS_FIELD_NUMBER: _ClassVar[int]
    EXPIRES_MS_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    release_digest: bytes
    verdict: Verdict
    officer: str
    at_ms: int
    expires_ms: int
    reason: str
    def __init__(self, release_digest: _Optional[bytes] = ..., verdict: _Optional[_Union[Verdict, str]] = ..., officer: _Optional[str] = ..., at_ms: _Optional[int] = ..., expires_ms: _Optional[int] = ..., reason: _Optional[str] = ...) -> None: ...

class SignedApproval(_message.Message):
    __slots__ = ("approval", "signature")
    APPROVAL_FIELD_NUMBER: _ClassVar[int]
    SIGNATURE_FIELD_NUMBER: _ClassVar[int]
    approval: bytes
    signature: bytes
    def __init__(self, approval: _Optional[bytes] = ..., signature: _Optional[bytes] = ...) -> None: ...

class Release(_message.Message):
    __slots__ = ("origin", "kind", "policy_digest", "case_reference", "in_reply_to", "parcels")
    ORIGIN_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    POLICY_DIGEST_FIELD_NUMBER: _ClassVar[int]
    CASE_REFERENCE_FIELD_NUMBER: _ClassVar[int]
    IN_REPLY_TO_FIELD_NUMBER: _ClassVar[int]
    PARCELS_FIELD_NUMBER: _ClassVar[int]
    origin: str
    kind: str
    policy_digest: bytes
    case_reference: str
    in_reply_to: bytes
    parcels: _containers.RepeatedCompositeFieldContainer[ReleaseParcel]
    def __init__(self, origin: _Optional[str] = ..., kind: _Optional[str] = ..., policy_digest: _Optional[bytes] = ..., case_reference: _Optional[str] = ..., in_reply_to: _Optional[bytes] = ..., parcels: _Optional[_Iterable[_Union[ReleaseParcel, _Mapping]]] = ...) -> None: ...

class ReleaseParcel(_message.Message):
    __slots__ = ("recipients", "body_digest", "handling", "withheld", "approvals")
    RECIPIENTS_FIELD_NUMBER: _ClassVar[int]
    BODY_DIGEST_FIELD_NUMBER: _ClassVar[int]
    HANDLING_FIELD_NUMBER: _ClassVar[int]
    WITHHELD_FIELD_NUMBER: _ClassVar[int]
    APPROVALS_FIELD_NUMBER: _ClassVar[int]
    recipients: _containers.RepeatedScalarFieldContainer[str]
    body_digest: bytes
    handling: _handling_pb2.Handling
    withheld: _containers.RepeatedScalarFieldContainer[_handling_pb2.FieldClass]
    approvals: _containers.RepeatedCompositeFieldContainer[NeededApproval]
    def __init__(self, recipients: _Optional[_Iterable[str]] = ..., body_digest: _Optional[bytes] = ..., handling: _Optional[_Union[_handling_pb2.Handling, _Mapping]] = ..., withheld: _Optional[_Iterable[_Union[_handling_pb2.FieldClass, str]]] = ..., approvals: _Optional[_Iterable[_Union[NeededApproval, _Mapping]]] = ...) -> None: ...

class NeededApproval(_message.Message):
    __slots__ = ("rule", "needed", "officers")
    RULE_FIELD_NUMBER: _ClassVar[int]
    NEEDED_FIELD_NUMBER: _ClassVar[int]
    OFFICERS_FIELD_NUMBER: _ClassVar[int]
    rule: str
    needed: int
    officers: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, rule: _Optional[str] = ..., needed: _Optional[int] = ..., officers: _Optional[_Iterable[str]] = ...) -> None: ...

class HeldDocument(_message.Message):
    __slots__ = ("kind", "body", "recipients", "handling", "case_reference", "in_reply_to", "lifetime_ms", "partial")
    KIND_FIELD_NUMBER: _ClassVar[int]
    BODY_FIELD_NUMBER: _ClassVar[int]
    RECIPIENTS_FIELD_NUMBER: _ClassVar[int]
    HANDLING_FIELD_NUMBER: _ClassVar[int]
    CASE_REFERENCE_FIELD_NUMBER: _ClassVar[int]
    IN_REPLY_TO_FIELD_NUMBER: _ClassVar[int]
    LIFETIME_MS_FIELD_NUMBER: _ClassVar[int]
    PARTIAL_FIELD_NUMBER: _ClassVar[int]
    kind: str
    body: bytes
    recipients: _containers.RepeatedScalarFieldContainer[str]
    handling: _handling_pb2.Handling
    case_reference: str
    in_reply_to: bytes
    lifetime_ms: int
    partial: bool
    def __init__(self, kind: _Optional[str] = ..., body: _Optional[bytes] = ..., recipients: _Optional[_Iterable[str]] = ..., handling: _Optional[_Union[_handling_pb2.Handling, _Mapping]] = ..., case_reference: _Optional[str] = ..., in_reply_to: _Optional[bytes] = ..., lifetime_ms: _Optional[int] = ..., partial: _Optional[bool] = ...) -> None: ...

class ReleaseEvidence(_message.Message):
    __slots__ = ("release", "approvals")
    RELEASE_FIELD_NUMBER: _ClassVar[int]
    APPROVALS_FIELD_NUMBER: _ClassVar[int]
    release: bytes
    approvals: _containers.RepeatedCompositeFieldContainer[SignedApproval]
    def __init__(self, release: _Optional[bytes] = ..., approvals: _Optional[_Iterable[_Union[SignedApproval, _Mapping]]] = ...) -> None: ...
