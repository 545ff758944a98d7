from rogatory.v1 import place_pb2 as _place_pb2
from rogatory.v1 import rules_pb2 as _rules_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ActorKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ACTOR_KIND_UNSPECIFIED: _ClassVar[ActorKind]
    ACTOR_KIND_PERSON: _ClassVar[ActorKind]
    ACTOR_KIND_ENTITY: _ClassVar[ActorKind]
    ACTOR_KIND_STATE_ORGAN: _ClassVar[ActorKind]
    ACTOR_KIND_VESSEL: _ClassVar[ActorKind]
    ACTOR_KIND_GROUP: _ClassVar[ActorKind]

class ActorRole(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ACTOR_ROLE_UNSPECIFIED: _ClassVar[ActorRole]
    ACTOR_ROLE_MANUFACTURER: _ClassVar[ActorRole]
    ACTOR_ROLE_EXPORTER: _ClassVar[ActorRole]
    ACTOR_ROLE_IMPORTER: _ClassVar[ActorRole]
    ACTOR_ROLE_CONSIGNEE: _ClassVar[ActorRole]
    ACTOR_ROLE_NOTIFY_PARTY: _ClassVar[ActorRole]
    ACTOR_ROLE_END_USER: _ClassVar[ActorRole]
    ACTOR_ROLE_BROKER: _ClassVar[ActorRole]
    ACTOR_ROLE_CARRIER: _ClassVar[ActorRole]
    ACTOR_ROLE_FORWARDER: _ClassVar[ActorRole]
    ACTOR_ROLE_INSURER: _ClassVar[ActorRole]
    ACTOR_ROLE_PAYER: _ClassVar[ActorRole]
    ACTOR_ROLE_DEALER: _ClassVar[ActorRole]
    ACTOR_ROLE_OWNER: _ClassVar[ActorRole]
    ACTOR_ROLE_SECURITY_FORCE: _ClassVar[ActorRole]
    ACTOR_ROLE_SUPPLIER: _ClassVar[ActorRole]
    ACTOR_ROLE_COURIER: _ClassVar[ActorRole]
    ACTOR_ROLE_ORGANISER: _ClassVar[ActorRole]
    ACTOR_ROLE_RECIPIENT: _ClassVar[ActorRole]
    ACTOR_ROLE_OTHER: _ClassVar[ActorRole]
ACTOR_KIND_UNSPECIFIED: ActorKind
ACTOR_KIND_PERSON: ActorKind
ACTOR_KIND_ENTITY: ActorKind
ACTOR_KIND_STATE_ORGAN: ActorKind
ACTOR_KIND_VESSEL: ActorKind
ACTOR_KIND_GROUP: ActorKind
ACTOR_ROLE_UNSPECIFIED: ActorRole
ACTOR_ROLE_MANUFACTURER: ActorRole
ACTOR_ROLE_EXPORTER: ActorRole
ACTOR_ROLE_IMPORTER: ActorRole
ACTOR_ROLE_CONSIGNEE: ActorRole
ACTOR_ROLE_NOTIFY_PARTY: ActorRole
ACTOR_ROLE_END_USER: ActorRole
ACTOR_ROLE_BROKER: ActorRole
ACTOR_ROLE_CARRIER: ActorRole
ACTOR_ROLE_FORWARDER: ActorRole
ACTOR_ROLE_INSURER: ActorRole
ACTOR_ROLE_PAYER: ActorRole
ACTOR_ROLE_DEALER: ActorRole
ACTOR_ROLE_OWNER: ActorRole
ACTOR_ROLE_SECURITY_FORCE: ActorRole
ACTOR_ROLE_SUPPLIER: ActorRole
ACTOR_ROLE_COURIER: ActorRole
ACTOR_ROLE_ORGANISER: ActorRole
ACTOR_ROLE_RECIPIENT: ActorRole
ACTOR_ROLE_OTHER: ActorRole

class Actor(_message.Message):
    __slots__ = ("kind", "role", "name", "country", "identifiers", "address", "description")
    KIND_FIELD_NUMBER: _ClassVar[int]
    ROLE_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    COUNTRY_FIELD_NUMBER: _ClassVar[int]
    IDENTIFIERS_FIELD_NUMBER: _ClassVar[int]
    ADDRESS_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    kind: ActorKind
    role: ActorRole
    name: str
    country: str
    identifiers: _containers.RepeatedCompositeFieldContainer[ActorIdentifier]
    address: _place_pb2.Place
    description: str
    def __init__(self, kind: _Optional[_Union[ActorKind, str]] = ..., role: _Optional[_Union[ActorRole, str]] = ..., name: _Optional[str] = ..., country: _Optional[str] = ..., identifiers: _Optional[_Iterable[_Union[ActorIdentifier, _Mapping]]] = ..., address: _Optional[_Union[_place_pb2.Place, _Mapping]] = ..., description: _Optional[str] = ...) -> None: ...

class ActorIdentifier(_message.Message):
    __slots__ = ("scheme", "value", "issued_by")
    SCHEME_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    ISSUED_BY_FIELD_NUMBER: _ClassVar[int]
    scheme: str
    value: str
    issued_by: str
    def __init__(self, scheme: _Optional[str] = ..., value: _Optional[str] = ..., issued_by: _Optional[str] = ...) -> None: ...
