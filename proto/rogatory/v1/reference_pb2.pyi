from rogatory.v1 import rules_pb2 as _rules_pb2
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class DocumentKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    DOCUMENT_KIND_UNSPECIFIED: _ClassVar[DocumentKind]
    DOCUMENT_KIND_END_USER_CERTIFICATE: _ClassVar[DocumentKind]
    DOCUMENT_KIND_EXPORT_LICENCE: _ClassVar[DocumentKind]
    DOCUMENT_KIND_IMPORT_LICENCE: _ClassVar[DocumentKind]
    DOCUMENT_KIND_TRANSIT_LICENCE: _ClassVar[DocumentKind]
    DOCUMENT_KIND_BROKERING_LICENCE: _ClassVar[DocumentKind]
    DOCUMENT_KIND_DELIVERY_VERIFICATION: _ClassVar[DocumentKind]
    DOCUMENT_KIND_CONTRACT: _ClassVar[DocumentKind]
    DOCUMENT_KIND_INVOICE: _ClassVar[DocumentKind]
    DOCUMENT_KIND_PACKING_LIST: _ClassVar[DocumentKind]
    DOCUMENT_KIND_CUSTOMS_DECLARATION: _ClassVar[DocumentKind]
    DOCUMENT_KIND_POSSESSION_RECORD: _ClassVar[DocumentKind]
    DOCUMENT_KIND_DEACTIVATION_CERTIFICATE: _ClassVar[DocumentKind]
    DOCUMENT_KIND_OTHER: _ClassVar[DocumentKind]

class DocumentAuthenticity(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    DOCUMENT_AUTHENTICITY_UNSPECIFIED: _ClassVar[DocumentAuthenticity]
    DOCUMENT_AUTHENTICITY_CONFIRMED: _ClassVar[DocumentAuthenticity]
    DOCUMENT_AUTHENTICITY_SUSPECTED: _ClassVar[DocumentAuthenticity]
    DOCUMENT_AUTHENTICITY_FORGED: _ClassVar[DocumentAuthenticity]
    DOCUMENT_AUTHENTICITY_MISUSED: _ClassVar[DocumentAuthenticity]
DOCUMENT_KIND_UNSPECIFIED: DocumentKind
DOCUMENT_KIND_END_USER_CERTIFICATE: DocumentKind
DOCUMENT_KIND_EXPORT_LICENCE: DocumentKind
DOCUMENT_KIND_IMPORT_LICENCE: DocumentKind
DOCUMENT_KIND_TRANSIT_LICENCE: DocumentKind
DOCUMENT_KIND_BROKERING_LICENCE: DocumentKind
DOCUMENT_KIND_DELIVERY_VERIFICATION: DocumentKind
DOCUMENT_KIND_CONTRACT: DocumentKind
DOCUMENT_KIND_INVOICE: DocumentKind
DOCUMENT_KIND_PACKING_LIST: DocumentKind
DOCUMENT_KIND_CUSTOMS_DECLARATION: DocumentKind
DOCUMENT_KIND_POSSESSION_RECORD: DocumentKind
DOCUMENT_KIND_DEACTIVATION_CERTIFICATE: DocumentKind
DOCUMENT_KIND_OTHER: DocumentKind
DOCUMENT_AUTHENTICITY_UNSPECIFIED: DocumentAuthenticity
DOCUMENT_AUTHENTICITY_CONFIRMED: DocumentAuthenticity
DOCUMENT_AUTHENTICITY_SUSPECTED: DocumentAuthenticity
DOCUMENT_AUTHENTICITY_FORGED: DocumentAuthenticity
DOCUMENT_AUTHENTICITY_MISUSED: DocumentAuthenticity

class Reference(_message.Message):
    __slots__ = ("system", "identifier", "message_digest")
    SYSTEM_FIELD_NUMBER: _ClassVar[int]
    IDENTIFIER_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_DIGEST_FIELD_NUMBER: _ClassVar[int]
    system: str
    identifier: str
    message_digest: bytes
    def __init__(self, system: _Optional[str] = ..., identifier: _Optional[str] = ..., message_digest: _Optional[bytes] = ...) -> None: ...

class DocumentReference(_message.Message):
    __slots__ = ("kind", "number", "issued_by", "date", "sha256", "authenticity")
    KIND_FIELD_NUMBER: _ClassVar[int]
    NUMBER_FIELD_NUMBER: _ClassVar[int]
    ISSUED_BY_FIELD_NUMBER: _ClassVar[int]
    DATE_FIELD_NUMBER: _ClassVar[int]
    SHA256_FIELD_NUMBER: _ClassVar[int]
    AUTHENTICITY_FIELD_NUMBER: _ClassVar[int]
    kind: DocumentKind
    number: str
    issued_by: str
    date: str
    sha256: bytes
    authenticity: DocumentAuthenticity
    def __init__(self, kind: _Optional[_Union[DocumentKind, str]] = ..., number: _Optional[str] = ..., issued_by: _Optional[str] = ..., date: _Optional[str] = ..., sha256: _Optional[bytes] = ..., authenticity: _Optional[_Union[DocumentAuthenticity, str]] = ...) -> None: ...
