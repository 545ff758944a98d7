from rogatory.v1 import rules_pb2 as _rules_pb2
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class AttachmentKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ATTACHMENT_KIND_UNSPECIFIED: _ClassVar[AttachmentKind]
    ATTACHMENT_KIND_MARK: _ClassVar[AttachmentKind]
    ATTACHMENT_KIND_OBJECT: _ClassVar[AttachmentKind]
    ATTACHMENT_KIND_DOCUMENT: _ClassVar[AttachmentKind]
    ATTACHMENT_KIND_OTHER: _ClassVar[AttachmentKind]
ATTACHMENT_KIND_UNSPECIFIED: AttachmentKind
ATTACHMENT_KIND_MARK: AttachmentKind
ATTACHMENT_KIND_OBJECT: AttachmentKind
ATTACHMENT_KIND_DOCUMENT: AttachmentKind
ATTACHMENT_KIND_OTHER: AttachmentKind

class Attachment(_message.Message):
    __slots__ = ("kind", "name", "media_type", "size", "sha256", "blob", "key", "chunk_size", "caption", "metadata_stripped")
    KIND_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    MEDIA_TYPE_FIELD_NUMBER: _ClassVar[int]
    SIZE_FIELD_NUMBER: _ClassVar[int]
    SHA256_FIELD_NUMBER: _ClassVar[int]
    BLOB_FIELD_NUMBER: _ClassVar[int]
    KEY_FIELD_NUMBER: _ClassVar[int]
    CHUNK_SIZE_FIELD_NUMBER: _ClassVar[int]
    CAPTION_FIELD_NUMBER: _ClassVar[int]
    METADATA_STRIPPED_FIELD_NUMBER: _ClassVar[int]
    kind: AttachmentKind
    name: str
    media_type: str
    size: int
    sha256: bytes
    blob: bytes
    key: bytes
    chunk_size: int
    caption: str
    metadata_stripped: bool
    def __init__(self, kind: _Optional[_Union[AttachmentKind, str]] = ..., name: _Optional[str] = ..., media_type: _Optional[str] = ..., size: _Optional[int] = ..., sha256: _Optional[bytes] = ..., blob: _Optional[bytes] = ..., key: _Optional[bytes] = ..., chunk_size: _Optional[int] = ..., caption: _Optional[str] = ..., metadata_stripped: _Optional[bool] = ...) -> None: ...
