from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class RevocationReason(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    REVOCATION_REASON_UNSPECIFIED: _ClassVar[RevocationReason]
    REVOCATION_REASON_KEY_COMPROMISE: _ClassVar[RevocationReason]
    REVOCATION_REASON_SUPERSEDED: _ClassVar[RevocationReason]
    REVOCATION_REASON_CESSATION_OF_OPERATION: _ClassVar[RevocationReason]

class OfficeRole(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    OFFICE_ROLE_UNSPECIFIED: _ClassVar[OfficeRole]
    OFFICE_ROLE_TECHNICAL_LIAISON: _ClassVar[OfficeRole]
    OFFICE_ROLE_POLICE: _ClassVar[OfficeRole]
    OFFICE_ROLE_CUSTOMS: _ClassVar[OfficeRole]
    OFFICE_ROLE_BORDER: _ClassVar[OfficeRole]
    OFFICE_ROLE_LICENSING: _ClassVar[OfficeRole]
    OFFICE_ROLE_MILITARY: _ClassVar[OfficeRole]
    OFFICE_ROLE_COORDINATION: _ClassVar[OfficeRole]
    OFFICE_ROLE_TRACING_AUTHORITY: _ClassVar[OfficeRole]
    OFFICE_ROLE_INTERPOL_NCB: _ClassVar[OfficeRole]
    OFFICE_ROLE_FINANCIAL_INTELLIGENCE: _ClassVar[OfficeRole]
    OFFICE_ROLE_DUTY_DESK: _ClassVar[OfficeRole]
REVOCATION_REASON_UNSPECIFIED: RevocationReason
REVOCATION_REASON_KEY_COMPROMISE: RevocationReason
REVOCATION_REASON_SUPERSEDED: RevocationReason
REVOCATION_REASON_CESSATION_OF_OPERATION: RevocationReason
OFFICE_ROLE_UNSPECIFIED: OfficeRole
OFFICE_ROLE_TECHNICAL_LIAISON: OfficeRole
OFFICE_ROLE_POLICE: OfficeRole
OFFICE_ROLE_CUSTOMS: OfficeRole
OFFICE_ROLE_BORDER: OfficeRole
OFFICE_ROLE_LICENSING: OfficeRole
OFFICE_ROLE_MILITARY: OfficeRole
OFFICE_ROLE_COORDINATION: OfficeRole
OFFICE_ROLE_TRACING_AUTHORITY: OfficeRole
OFFICE_ROLE_INTERPOL_NCB: OfficeRole
OFFICE_ROLE_FINANCIAL_INTELLIGENCE: OfficeRole
OFFICE_ROLE_DUTY_DESK: OfficeRole

class PartyRecord(_message.Message):
    __slots__ = ("party", "name", "signing_keys", "encryption_keys", "account", "contact", "former_accounts", "offices", "marking_practices", "attested_at_ms")
    PARTY_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    SIGNING_KEYS_FIELD_NUMBER: _ClassVar[int]
    ENCRYPTION_KEYS_FIELD_NUMBER: _ClassVar[int]
    ACCOUNT_FIELD_NUMBER: _ClassVar[int]
    CONTACT_FIELD_NUMBER: _ClassVar[int]
    FORMER_ACCOUNTS_FIELD_NUMBER: _ClassVar[int]
    OFFICES_FIELD_NUMBER: _ClassVar[int]
    MARKING_PRACTICES_FIELD_NUMBER: _ClassVar[int]
    ATTESTED_AT_MS_FIELD_NUMBER: _ClassVar[int]
    party: str
    name: str
    signing_keys: _containers.RepeatedCompositeFieldContainer[PublishedKey]
    encryption_keys: _containers.RepeatedCompositeFieldContainer[PublishedKey]
    account: str
    contact: Contact
    former_accounts: _containers.RepeatedScalarFieldContainer[str]
    offices: _containers.RepeatedCompositeFieldContainer[Office]
    marking_practices: str
    attested_at_ms: int
    def __init__(self, party: _Optional[str] = ..., name: _Optional[str] = ..., signing_keys: _Optional[_Iterable[_Union[PublishedKey, _Mapping]]] = ..., encryption_keys: _Optional[_Iterable[_Union[PublishedKey, _Mapping]]] = ..., account: _Optional[str] = ..., contact: _Optional[_Union[Contact, _Mapping]] = ..., former_accounts: _Optional[_Iterable[str]] = ..., offices: _Optional[_Iterable[_Union[Office, _Mapping]]] = ..., marking_practices: _Optional[str] = ..., attested_at_ms: _Optional[int] = ...) -> None: ...

class PublishedKey(_message.Message):
    __slots__ = ("key", "valid_from_ms", "valid_to_ms", "revoked_at_ms", "revocation_reason")
    KEY_FIELD_NUMBER: _ClassVar[int]
    VALID_FROM_MS_FIELD_NUMBER: _ClassVar[int]
    VALID_TO_MS_FIELD_NUMBER: _ClassVar[int]
    REVOKED_AT_MS_FIELD_NUMBER: _ClassVar[int]
    REVOCATION_REASON_FIELD_NUMBER: _ClassVar[int]
    key: bytes
    valid_from_ms: int
    valid_to_ms: int
    revoked_at_ms: int
    revocation_reason: RevocationReason
    def __init__(self, key: _Optional[bytes] = ..., valid_from_ms: _Optional[int] = ..., valid_to_ms: _Optional[int] = ..., revoked_at_ms: _Optional[int] = ..., revocation_reason: _Optional[_Union[RevocationReason, str]] = ...) -> None: ...

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

class Office(_message.Message):
    __slots__ = ("role", "name", "email", "telephone", "languages", "tasks", "round_the_clock")
    ROLE_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    EMAIL_FIELD_NUMBER: _ClassVar[int]
    TELEPHONE_FIELD_NUMBER: _ClassVar[int]
    LANGUAGES_FIELD_NUMBER: _ClassVar[int]
    TASKS_FIELD_NUMBER: _ClassVar[int]
    ROUND_THE_CLOCK_FIELD_NUMBER: _ClassVar[int]
    role: OfficeRole
    name: str
    email: str
    telephone: str
    languages: _containers.RepeatedScalarFieldContainer[str]
    tasks: _containers.RepeatedScalarFieldContainer[str]
    round_the_clock: bool
    def __init__(self, role: _Optional[_Union[OfficeRole, str]] = ..., name: _Optional[str] = ..., email: _Optional[str] = ..., telephone: _Optional[str] = ..., languages: _Optional[_Iterable[str]] = ..., tasks: _Optional[_Iterable[str]] = ..., round_the_clock: _Optional[bool] = ...) -> None: ...

class FederationRecord(_message.Message):
    __slots__ = ("name", "hub_keys", "log_origin", "log_key", "hub_account", "former_log_keys", "memberships", "common_limits", "witnesses", "witness_quorum")
    NAME_FIELD_NUMBER: _ClassVar[int]
    HUB_KEYS_FIELD_NUMBER: _ClassVar[int]
    LOG_ORIGIN_FIELD_NUMBER: _ClassVar[int]
    LOG_KEY_FIELD_NUMBER: _ClassVar[int]
    HUB_ACCOUNT_FIELD_NUMBER: _ClassVar[int]
    FORMER_LOG_KEYS_FIELD_NUMBER: _ClassVar[int]
    MEMBERSHIPS_FIELD_NUMBER: _ClassVar[int]
    COMMON_LIMITS_FIELD_NUMBER: _ClassVar[int]
    WITNESSES_FIELD_NUMBER: _ClassVar[int]
    WITNESS_QUORUM_FIELD_NUMBER: _ClassVar[int]
    name: str
    hub_keys: _containers.RepeatedCompositeFieldContainer[PublishedKey]
    log_origin: str
    log_key: bytes
    hub_account: str
    former_log_keys: _containers.RepeatedScalarFieldContainer[bytes]
    memberships: _containers.RepeatedCompositeFieldContainer[Membership]
    common_limits: PartyLimits
    witnesses: _containers.RepeatedCompositeFieldContainer[Witness]
    witness_quorum: int
    def __init__(self, name: _Optional[str] = ..., hub_keys: _Optional[_Iterable[_Union[PublishedKey, _Mapping]]] = ..., log_origin: _Optional[str] = ..., log_key: _Optional[bytes] = ..., hub_account: _Optional[str] = ..., former_log_keys: _Optional[_Iterable[bytes]] = ..., memberships: _Optional[_Iterable[_Union[Membership, _Mapping]]] = ..., common_limits: _Optional[_Union[PartyLimits, _Mapping]] = ..., witnesses: _Optional[_Iterable[_Union[Witness, _Mapping]]] = ..., witness_quorum: _Optional[int] = ...) -> None: ...

class Witness(_message.Message):
    __slots__ = ("name", "key", "party")
    NAME_FIELD_NUMBER: _ClassVar[int]
    KEY_FIELD_NUMBER: _ClassVar[int]
    PARTY_FIELD_NUMBER: _ClassVar[int]
    name: str
    key: bytes
    party: str
    def __init__(self, name: _Optional[str] = ..., key: _Optional[bytes] = ..., party: _Optional[str] = ...) -> None: ...

class Membership(_message.Message):
    __slots__ = ("party", "suspended_since_ms", "suspension_reason", "limits")
    PARTY_FIELD_NUMBER: _ClassVar[int]
    SUSPENDED_SINCE_MS_FIELD_NUMBER: _ClassVar[int]
    SUSPENSION_REASON_FIELD_NUMBER: _ClassVar[int]
    LIMITS_FIELD_NUMBER: _ClassVar[int]
    party: str
    suspended_since_ms: int
    suspension_reason: str
    limits: PartyLimits
    def __init__(self, party: _Optional[str] = ..., suspended_since_ms: _Optional[int] = ..., suspension_reason: _Optional[str] = ..., limits: _Optional[_Union[PartyLimits, _Mapping]] = ...) -> None: ...

class PartyLimits(_message.Message):
    __slots__ = ("connections", "stored_bytes", "message_bytes", "messages_per_minute")
    CONNECTIONS_FIELD_NUMBER: _ClassVar[int]
    STORED_BYTES_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_BYTES_FIELD_NUMBER: _ClassVar[int]
    MESSAGES_PER_MINUTE_FIELD_NUMBER: _ClassVar[int]
    connections: int
    stored_bytes: int
    message_bytes: int
    messages_per_minute: int
    def __init__(self, connections: _Optional[int] = ..., stored_bytes: _Optional[int] = ..., message_bytes: _Optional[int] = ..., messages_per_minute: _Optional[int] = ...) -> None: ...
