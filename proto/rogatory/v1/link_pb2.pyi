from rogatory.v1 import rules_pb2 as _rules_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ResendOutcome(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    RESEND_OUTCOME_UNSPECIFIED: _ClassVar[ResendOutcome]
    RESEND_OUTCOME_SENT_AGAIN: _ClassVar[ResendOutcome]
    RESEND_OUTCOME_REFUSED_BY_HUB: _ClassVar[ResendOutcome]
    RESEND_OUTCOME_EXPIRED: _ClassVar[ResendOutcome]
    RESEND_OUTCOME_UNDER_WAY: _ClassVar[ResendOutcome]
    RESEND_OUTCOME_UNKNOWN: _ClassVar[ResendOutcome]
    RESEND_OUTCOME_TOO_LARGE: _ClassVar[ResendOutcome]
RESEND_OUTCOME_UNSPECIFIED: ResendOutcome
RESEND_OUTCOME_SENT_AGAIN: ResendOutcome
RESEND_OUTCOME_REFUSED_BY_HUB: ResendOutcome
RESEND_OUTCOME_EXPIRED: ResendOutcome
RESEND_OUTCOME_UNDER_WAY: ResendOutcome
RESEND_OUTCOME_UNKNOWN: ResendOutcome
RESEND_OUTCOME_TOO_LARGE: ResendOutcome

class Heartbeat(_message.Message):
    __slots__ = ("next_within_ms",)
    NEXT_WITHIN_MS_FIELD_NUMBER: _ClassVar[int]
    next_within_ms: int
    def __init__(self, next_within_ms: _Optional[int] = ...) -> None: ...

class ResendRequest(_message.Message):
    __slots__ = ("numbers",)
    NUMBERS_FIELD_NUMBER: _ClassVar[int]
    numbers: _containers.RepeatedScalarFieldContainer[int]
    def __init__(self, numbers: _Optional[_Iterable[int]] = ...) -> None: ...

class Resend(_message.Message):
    __slots__ = ("number", "outcome", "message_digest", "envelope", "receipt", "proof")
    NUMBER_FIELD_NUMBER: _ClassVar[int]
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_DIGEST_FIELD_NUMBER: _ClassVar[int]
    ENVELOPE_FIELD_NUMBER: _ClassVar[int]
    RECEIPT_FIELD_NUMBER: _ClassVar[int]
    PROOF_FIELD_NUMBER: _ClassVar[int]
    number: int
    outcome: ResendOutcome
    message_digest: bytes
    envelope: bytes
    receipt: bytes
    proof: bytes
    def __init__(self, number: _Optional[int] = ..., outcome: _Optional[_Union[ResendOutcome, str]] = ..., message_digest: _Optional[bytes] = ..., envelope: _Optional[bytes] = ..., receipt: _Optional[bytes] = ..., proof: _Optional[bytes] = ...) -> None: ...
