from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Stage(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    STAGE_UNSPECIFIED: _ClassVar[Stage]
    STAGE_ACCEPTED: _ClassVar[Stage]
    STAGE_DELIVERED: _ClassVar[Stage]
    STAGE_OPENED: _ClassVar[Stage]
    STAGE_REFUSED: _ClassVar[Stage]
    STAGE_WITHHELD: _ClassVar[Stage]
    STAGE_ACKNOWLEDGED: _ClassVar[Stage]
    STAGE_ACTED: _ClassVar[Stage]

class Decider(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    DECIDER_UNSPECIFIED: _ClassVar[Decider]
    DECIDER_PERSON: _ClassVar[Decider]
    DECIDER_SYSTEM: _ClassVar[Decider]
STAGE_UNSPECIFIED: Stage
STAGE_ACCEPTED: Stage
STAGE_DELIVERED: Stage
STAGE_OPENED: Stage
STAGE_REFUSED: Stage
STAGE_WITHHELD: Stage
STAGE_ACKNOWLEDGED: Stage
STAGE_ACTED: Stage
DECIDER_UNSPECIFIED: Decider
DECIDER_PERSON: Decider
DECIDER_SYSTEM: Decider

class Receipt(_message.Message):
    __slots__ = ("stage", "message_digest", "submission_digest", "by", "to", "at_ms", "code", "detail", "logged_by_ms", "nonce", "authority", "decider")
    STAGE_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_DIGEST_FIELD_NUMBER: _ClassVar[int]
    SUBMISSION_DIGEST_FIELD_NUMBER: _ClassVar[int]
    BY_FIELD_NUMBER: _ClassVar[int]
    TO_FIELD_NUMBER: _ClassVar[int]
    AT_MS_FIELD_NUMBER: _ClassVar[int]
    CODE_FIELD_NUMBER: _ClassVar[int]
    DETAIL_FIELD_NUMBER: _ClassVar[int]
    LOGGED_BY_MS_FIELD_NUMBER: _ClassVar[int]
    NONCE_FIELD_NUMBER: _ClassVar[int]
    AUTHORITY_FIELD_NUMBER: _ClassVar[int]
    DECIDER_FIELD_NUMBER: _ClassVar[int]
    stage: Stage
    message_digest: bytes
    submission_digest: bytes
    by: str
    to: str
    at_ms: int
    code: str
    detail: str
    logged_by_ms: int
    nonce: bytes
    authority: str
    decider: Decider
    def __init__(self, stage: _Optional[_Union[Stage, str]] = ..., message_digest: _Optional[bytes] = ..., submission_digest: _Optional[bytes] = ..., by: _Optional[str] = ..., to: _Optional[str] = ..., at_ms: _Optional[int] = ..., code: _Optional[str] = ..., detail: _Optional[str] = ..., logged_by_ms: _Optional[int] = ..., nonce: _Optional[bytes] = ..., authority: _Optional[str] = ..., decider: _Optional[_Union[Decider, str]] = ...) -> None: ...

class ReceiptBundle(_message.Message):
    __slots__ = ("signer", "signer_key_id", "tree_size", "signature", "receipts")
    SIGNER_FIELD_NUMBER: _ClassVar[int]
    SIGNER_KEY_ID_FIELD_NUMBER: _ClassVar[int]
    TREE_SIZE_FIELD_NUMBER: _ClassVar[int]
    SIGNATURE_FIELD_NUMBER: _ClassVar[int]
    RECEIPTS_FIELD_NUMBER: _ClassVar[int]
    signer: str
    signer_key_id: bytes
    tree_size: int
    signature: bytes
    receipts: _containers.RepeatedCompositeFieldContainer[SignedReceipt]
    def __init__(self, signer: _Optional[str] = ..., signer_key_id: _Optional[bytes] = ..., tree_size: _Optional[int] = ..., signature: _Optional[bytes] = ..., receipts: _Optional[_Iterable[_Union[SignedReceipt, _Mapping]]] = ...) -> None: ...

class ReceiptRoot(_message.Message):
    __slots__ = ("signer", "tree_size", "root")
    SIGNER_FIELD_NUMBER: _ClassVar[int]
    TREE_SIZE_FIELD_NUMBER: _ClassVar[int]
    ROOT_FIELD_NUMBER: _ClassVar[int]
    signer: str
    tree_size: int
    root: bytes
    def __init__(self, signer: _Optional[str] = ..., tree_size: _Optional[int] = ..., root: _Optional[bytes] = ...) -> None: ...

class SignedReceipt(_message.Message):
    __slots__ = ("receipt", "index", "path")
    RECEIPT_FIELD_NUMBER: _ClassVar[int]
    INDEX_FIELD_NUMBER: _ClassVar[int]
    PATH_FIELD_NUMBER: _ClassVar[int]
    receipt: bytes
    index: int
    path: _containers.RepeatedScalarFieldContainer[bytes]
    def __init__(self, receipt: _Optional[bytes] = ..., index: _Optional[int] = ..., path: _Optional[_Iterable[bytes]] = ...) -> None: ...
