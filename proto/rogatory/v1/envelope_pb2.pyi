from rogatory.v1 import handling_pb2 as _handling_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Header(_message.Message):
    __slots__ = ("message_id", "kind", "origin", "signer_key_id", "suite", "recipients", "handling", "created_ms", "expires_ms", "case_reference", "in_reply_to", "directory_version", "policy_digest", "padded_size", "withheld", "approvals_digest")
    MESSAGE_ID_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    ORIGIN_FIELD_NUMBER: _ClassVar[int]
    SIGNER_KEY_ID_FIELD_NUMBER: _ClassVar[int]
    SUITE_FIELD_NUMBER: _ClassVar[int]
    RECIPIENTS_FIELD_NUMBER: _ClassVar[int]
    HANDLING_FIELD_NUMBER: _ClassVar[int]
    CREATED_MS_FIELD_NUMBER: _ClassVar[int]
    EXPIRES_MS_FIELD_NUMBER: _ClassVar[int]
    CASE_REFERENCE_FIELD_NUMBER: _ClassVar[int]
    IN_REPLY_TO_FIELD_NUMBER: _ClassVar[int]
    DIRECTORY_VERSION_FIELD_NUMBER: _ClassVar[int]
    POLICY_DIGEST_FIELD_NUMBER: _ClassVar[int]
    PADDED_SIZE_FIELD_NUMBER: _ClassVar[int]
    WITHHELD_FIELD_NUMBER: _ClassVar[int]
    APPROVALS_DIGEST_FIELD_NUMBER: _ClassVar[int]
    message_id: bytes
    kind: str
    origin: str
    signer_key_id: bytes
    suite: str
    recipients: _containers.RepeatedCompositeFieldContainer[Recipient]
    handling: _handling_pb2.Handling
    created_ms: int
    expires_ms: int
    case_reference: str
    in_reply_to: bytes
    directory_version: bytes
    policy_digest: bytes
    padded_size: int
    withheld: _containers.RepeatedScalarFieldContainer[_handling_pb2.FieldClass]
    approvals_digest: bytes
    def __init__(self, message_id: _Optional[bytes] = ..., kind: _Optional[str] = ..., origin: _Optional[str] = ..., signer_key_id: _Optional[bytes] = ..., suite: _Optional[str] = ..., recipients: _Optional[_Iterable[_Union[Recipient, _Mapping]]] = ..., handling: _Optional[_Union[_handling_pb2.Handling, _Mapping]] = ..., created_ms: _Optional[int] = ..., expires_ms: _Optional[int] = ..., case_reference: _Optional[str] = ..., in_reply_to: _Optional[bytes] = ..., directory_version: _Optional[bytes] = ..., policy_digest: _Optional[bytes] = ..., padded_size: _Optional[int] = ..., withheld: _Optional[_Iterable[_Union[_handling_pb2.FieldClass, str]]] = ..., approvals_digest: _Optional[bytes] = ...) -> None: ...

class Recipient(_message.Message):
    __slots__ = ("party", "key_id")
    PARTY_FIELD_NUMBER: _ClassVar[int]
    KEY_ID_FIELD_NUMBER: _ClassVar[int]
    party: str
    key_id: bytes
    def __init__(self, party: _Optional[str] = ..., key_id: _Optional[bytes] = ...) -> None: ...

class SignedHeader(_message.Message):
    __slots__ = ("header", "ciphertext_digest", "content_commitment", "wrap_digests")
    HEADER_FIELD_NUMBER: _ClassVar[int]
    CIPHERTEXT_DIGEST_FIELD_NUMBER: _ClassVar[int]
    CONTENT_COMMITMENT_FIELD_NUMBER: _ClassVar[int]
    WRAP_DIGESTS_FIELD_NUMBER: _ClassVar[int]
    header: bytes
    ciphertext_digest: bytes
    content_commitment: bytes
    wrap_digests: _containers.RepeatedScalarFieldContainer[bytes]
    def __init__(self, header: _Optional[bytes] = ..., ciphertext_digest: _Optional[bytes] = ..., content_commitment: _Optional[bytes] = ..., wrap_digests: _Optional[_Iterable[bytes]] = ...) -> None: ...

class Envelope(_message.Message):
    __slots__ = ("signed_header", "signature", "ciphertext", "wraps")
    SIGNED_HEADER_FIELD_NUMBER: _ClassVar[int]
    SIGNATURE_FIELD_NUMBER: _ClassVar[int]
    CIPHERTEXT_FIELD_NUMBER: _ClassVar[int]
    WRAPS_FIELD_NUMBER: _ClassVar[int]
    signed_header: bytes
    signature: bytes
    ciphertext: bytes
    wraps: _containers.RepeatedScalarFieldContainer[bytes]
    def __init__(self, signed_header: _Optional[bytes] = ..., signature: _Optional[bytes] = ..., ciphertext: _Optional[bytes] = ..., wraps: _Optional[_Iterable[bytes]] = ...) -> None: ...

class WrappedKey(_message.Message):
    __slots__ = ("content_key", "link_sequence", "link_previous")
    CONTENT_KEY_FIELD_NUMBER: _ClassVar[int]
    LINK_SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    LINK_PREVIOUS_FIELD_NUMBER: _ClassVar[int]
    content_key: bytes
    link_sequence: int
    link_previous: bytes
    def __init__(self, content_key: _Optional[bytes] = ..., link_sequence: _Optional[int] = ..., link_previous: _Optional[bytes] = ...) -> None: ...

class SealedContent(_message.Message):
    __slots__ = ("salt", "body")
    SALT_FIELD_NUMBER: _ClassVar[int]
    BODY_FIELD_NUMBER: _ClassVar[int]
    salt: bytes
    body: bytes
    def __init__(self, salt: _Optional[bytes] = ..., body: _Optional[bytes] = ...) -> None: ...

class Submission(_message.Message):
    __slots__ = ("envelope", "receipts")
    ENVELOPE_FIELD_NUMBER: _ClassVar[int]
    RECEIPTS_FIELD_NUMBER: _ClassVar[int]
    envelope: bytes
    receipts: bytes
    def __init__(self, envelope: _Optional[bytes] = ..., receipts: _Optional[bytes] = ...) -> None: ...

class Delivery(_message.Message):
    __slots__ = ("envelope", "receipts")
    ENVELOPE_FIELD_NUMBER: _ClassVar[int]
    RECEIPTS_FIELD_NUMBER: _ClassVar[int]
    envelope: bytes
    receipts: bytes
    def __init__(self, envelope: _Optional[bytes] = ..., receipts: _Optional[bytes] = ...) -> None: ...
