from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class AuditBatch(_message.Message):
    __slots__ = ("entries",)
    ENTRIES_FIELD_NUMBER: _ClassVar[int]
    entries: _containers.RepeatedCompositeFieldContainer[AuditEntry]
    def __init__(self, entries: _Optional[_Iterable[_Union[AuditEntry, _Mapping]]] = ...) -> None: ...

class AuditEntry(_message.Message):
    __slots__ = ("receipt", "signed_header", "proof", "submission_digest", "recipients", "message_id", "expires_ms", "snapshot", "arrived_ms", "stored_bytes")
    RECEIPT_FIELD_NUMBER: _ClassVar[int]
    SIGNED_HEADER_FIELD_NUMBER: _ClassVar[int]
    PROOF_FIELD_NUMBER: _ClassVar[int]
    SUBMISSION_DIGEST_FIELD_NUMBER: _ClassVar[int]
    RECIPIENTS_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_ID_FIELD_NUMBER: _ClassVar[int]
    EXPIRES_MS_FIELD_NUMBER: _ClassVar[int]
    SNAPSHOT_FIELD_NUMBER: _ClassVar[int]
    ARRIVED_MS_FIELD_NUMBER: _ClassVar[int]
    STORED_BYTES_FIELD_NUMBER: _ClassVar[int]
    receipt: bytes
    signed_header: bytes
    proof: bytes
    submission_digest: bytes
    recipients: _containers.RepeatedScalarFieldContainer[str]
    message_id: bytes
    expires_ms: int
    snapshot: bytes
    arrived_ms: int
    stored_bytes: int
    def __init__(self, receipt: _Optional[bytes] = ..., signed_header: _Optional[bytes] = ..., proof: _Optional[bytes] = ..., submission_digest: _Optional[bytes] = ..., recipients: _Optional[_Iterable[str]] = ..., message_id: _Optional[bytes] = ..., expires_ms: _Optional[int] = ..., snapshot: _Optional[bytes] = ..., arrived_ms: _Optional[int] = ..., stored_bytes: _Optional[int] = ...) -> None: ...

class ReceiptProof(_message.Message):
    __slots__ = ("signer", "signer_key_id", "tree_size", "index", "path", "signature")
    SIGNER_FIELD_NUMBER: _ClassVar[int]
    SIGNER_KEY_ID_FIELD_NUMBER: _ClassVar[int]
    TREE_SIZE_FIELD_NUMBER: _ClassVar[int]
    INDEX_FIELD_NUMBER: _ClassVar[int]
    PATH_FIELD_NUMBER: _ClassVar[int]
    SIGNATURE_FIELD_NUMBER: _ClassVar[int]
    signer: str
    signer_key_id: bytes
    tree_size: int
    index: int
    path: _containers.RepeatedScalarFieldContainer[bytes]
    signature: bytes
    def __init__(self, signer: _Optional[str] = ..., signer_key_id: _Optional[bytes] = ..., tree_size: _Optional[int] = ..., index: _Optional[int] = ..., path: _Optional[_Iterable[bytes]] = ..., signature: _Optional[bytes] = ...) -> None: ...
