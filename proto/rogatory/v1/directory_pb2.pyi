from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class PartyRecord(_message.Message):
    __slots__ = ("party", "name", "signing_keys", "encryption_keys", "account", "contact")
    PARTY_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    SIGNING_KEYS_FIELD_NUMBER: _ClassVar[int]
    ENCRYPTION_KEYS_FIELD_NUMBER: _ClassVar[int]
    ACCOUNT_FIELD_NUMBER: _ClassVar[int]
    CONTACT_FIELD_NUMBER: _ClassVar[int]
    party: str
    name: str
    signing_keys: _containers.RepeatedCompositeFieldContainer[PublishedKey]
    encryption_keys: _containers.RepeatedCompositeFieldContainer[PublishedKey]
    account: str
    contact: Contact
    def __init__(self, party: _Optional[str] = ..., name: _Optional[str] = ..., signing_keys: _Optional[_Iterable[_Union[PublishedKey, _Mapping]]] = ..., encryption_keys: _Optional[_Iterable[_Union[PublishedKey, _Mapping]]] = ..., account: _Optional[str] = ..., contact: _Optional[_Union[Contact, _Mapping]] = ...) -> None: ...

class PublishedKey(_message.Message):
    __slots__ = ("key", "valid_from_ms", "valid_to_ms", "revoked_at_ms")
    KEY_FIELD_NUMBER: _ClassVar[int]
    VALID_FROM_MS_FIELD_NUMBER: _ClassVar[int]
    VALID_TO_MS_FIELD_NUMBER: _ClassVar[int]
    REVOKED_AT_MS_FIELD_NUMBER: _ClassVar[int]
    key: bytes
    valid_from_ms: int
    valid_to_ms: int
    revoked_at_ms: int
    def __init__(self, key: _Optional[bytes] = ..., valid_from_ms: _Optional[int] = ..., valid_to_ms: _Optional[int] = ..., revoked_at_ms: _Optional[int] = ...) -> None: ...

class Contact(_message.Message):
    __slots__ = ("office", "email", "telephone", "languages")
    OFFICE_FIELD_NUMBER: _ClassVar[int]
    EMAIL_FIELD_NUMBER: _ClassVar[int]
    TELEPHONE_FIELD_NUMBER: _ClassVar[int]
    LANGUAGES_FIELD_NUMBER: _ClassVar[int]
    office: str
    email: str
    telephone: str
    languages: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, office: _Optional[str] = ..., email: _Optional[str] = ..., telephone: _Optional[str] = ..., languages: _Optional[_Iterable[str]] = ...) -> None: ...

class FederationRecord(_message.Message):
    __slots__ = ("name", "hub_keys", "log_origin", "log_key", "hub_account")
    NAME_FIELD_NUMBER: _ClassVar[int]
    HUB_KEYS_FIELD_NUMBER: _ClassVar[int]
    LOG_ORIGIN_FIELD_NUMBER: _ClassVar[int]
    LOG_KEY_FIELD_NUMBER: _ClassVar[int]
    HUB_ACCOUNT_FIELD_NUMBER: _ClassVar[int]
    name: str
    hub_keys: _containers.RepeatedCompositeFieldContainer[PublishedKey]
    log_origin: str
    log_key: bytes
    hub_account: str
    def __init__(self, name: _Optional[str] = ..., hub_keys: _Optional[_Iterable[_Union[PublishedKey, _Mapping]]] = ..., log_origin: _Optional[str] = ..., log_key: _Optional[bytes] = ..., hub_account: _Optional[str] = ...) -> None: ...
