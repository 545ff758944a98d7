from rogatory.v1 import rules_pb2 as _rules_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class RecallReason(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    RECALL_REASON_UNSPECIFIED: _ClassVar[RecallReason]
    RECALL_REASON_ERROR: _ClassVar[RecallReason]
    RECALL_REASON_WRONG_RECIPIENT: _ClassVar[RecallReason]
    RECALL_REASON_SOURCE_WITHDREW: _ClassVar[RecallReason]
    RECALL_REASON_LEGAL_ORDER: _ClassVar[RecallReason]
    RECALL_REASON_SAFETY: _ClassVar[RecallReason]
    RECALL_REASON_NO_LONGER_NEEDED: _ClassVar[RecallReason]
    RECALL_REASON_PROVIDER_RECALLED: _ClassVar[RecallReason]

class RecallOutcome(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    RECALL_OUTCOME_UNSPECIFIED: _ClassVar[RecallOutcome]
    RECALL_OUTCOME_DESTROYED: _ClassVar[RecallOutcome]
    RECALL_OUTCOME_NOT_HELD: _ClassVar[RecallOutcome]
    RECALL_OUTCOME_GONE_BEFORE: _ClassVar[RecallOutcome]
    RECALL_OUTCOME_KEPT_BY_LAW: _ClassVar[RecallOutcome]
RECALL_REASON_UNSPECIFIED: RecallReason
RECALL_REASON_ERROR: RecallReason
RECALL_REASON_WRONG_RECIPIENT: RecallReason
RECALL_REASON_SOURCE_WITHDREW: RecallReason
RECALL_REASON_LEGAL_ORDER: RecallReason
RECALL_REASON_SAFETY: RecallReason
RECALL_REASON_NO_LONGER_NEEDED: RecallReason
RECALL_REASON_PROVIDER_RECALLED: RecallReason
RECALL_OUTCOME_UNSPECIFIED: RecallOutcome
RECALL_OUTCOME_DESTROYED: RecallOutcome
RECALL_OUTCOME_NOT_HELD: RecallOutcome
RECALL_OUTCOME_GONE_BEFORE: RecallOutcome
RECALL_OUTCOME_KEPT_BY_LAW: RecallOutcome

class Recall(_message.Message):
    __slots__ = ("message_digest", "reason")
    MESSAGE_DIGEST_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    message_digest: bytes
    reason: RecallReason
    def __init__(self, message_digest: _Optional[bytes] = ..., reason: _Optional[_Union[RecallReason, str]] = ...) -> None: ...

class CorrectionNotice(_message.Message):
    __slots__ = ("message_digest", "replacement_digest", "reason", "destroy")
    MESSAGE_DIGEST_FIELD_NUMBER: _ClassVar[int]
    REPLACEMENT_DIGEST_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    DESTROY_FIELD_NUMBER: _ClassVar[int]
    message_digest: bytes
    replacement_digest: bytes
    reason: RecallReason
    destroy: bool
    def __init__(self, message_digest: _Optional[bytes] = ..., replacement_digest: _Optional[bytes] = ..., reason: _Optional[_Union[RecallReason, str]] = ..., destroy: _Optional[bool] = ...) -> None: ...

class Attestation(_message.Message):
    __slots__ = ("notice_digest", "message_digest", "outcome", "at_ms", "downstream")
    NOTICE_DIGEST_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_DIGEST_FIELD_NUMBER: _ClassVar[int]
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    AT_MS_FIELD_NUMBER: _ClassVar[int]
    DOWNSTREAM_FIELD_NUMBER: _ClassVar[int]
    notice_digest: bytes
    message_digest: bytes
    outcome: RecallOutcome
    at_ms: int
    downstream: _containers.RepeatedCompositeFieldContainer[Downstream]
    def __init__(self, notice_digest: _Optional[bytes] = ..., message_digest: _Optional[bytes] = ..., outcome: _Optional[_Union[RecallOutcome, str]] = ..., at_ms: _Optional[int] = ..., downstream: _Optional[_Iterable[_Union[Downstream, _Mapping]]] = ...) -> None: ...

class Downstream(_message.Message):
    __slots__ = ("party", "copy_digest", "desk", "at_ms", "told")
    PARTY_FIELD_NUMBER: _ClassVar[int]
    COPY_DIGEST_FIELD_NUMBER: _ClassVar[int]
    DESK_FIELD_NUMBER: _ClassVar[int]
    AT_MS_FIELD_NUMBER: _ClassVar[int]
    TOLD_FIELD_NUMBER: _ClassVar[int]
    party: str
    copy_digest: bytes
    desk: str
    at_ms: int
    told: bool
    def __init__(self, party: _Optional[str] = ..., copy_digest: _Optional[bytes] = ..., desk: _Optional[str] = ..., at_ms: _Optional[int] = ..., told: _Optional[bool] = ...) -> None: ...
