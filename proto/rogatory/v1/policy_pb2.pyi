from rogatory.v1 import handling_pb2 as _handling_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Effect(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    EFFECT_UNSPECIFIED: _ClassVar[Effect]
    EFFECT_PERMIT: _ClassVar[Effect]
    EFFECT_DENY: _ClassVar[Effect]
EFFECT_UNSPECIFIED: Effect
EFFECT_PERMIT: Effect
EFFECT_DENY: Effect

class Policy(_message.Message):
    __slots__ = ("party", "groups", "exports", "imports")
    PARTY_FIELD_NUMBER: _ClassVar[int]
    GROUPS_FIELD_NUMBER: _ClassVar[int]
    EXPORTS_FIELD_NUMBER: _ClassVar[int]
    IMPORTS_FIELD_NUMBER: _ClassVar[int]
    party: str
    groups: _containers.RepeatedCompositeFieldContainer[PolicyGroup]
    exports: _containers.RepeatedCompositeFieldContainer[PolicyRule]
    imports: _containers.RepeatedCompositeFieldContainer[PolicyRule]
    def __init__(self, party: _Optional[str] = ..., groups: _Optional[_Iterable[_Union[PolicyGroup, _Mapping]]] = ..., exports: _Optional[_Iterable[_Union[PolicyRule, _Mapping]]] = ..., imports: _Optional[_Iterable[_Union[PolicyRule, _Mapping]]] = ...) -> None: ...

class PolicyGroup(_message.Message):
    __slots__ = ("name", "members")
    NAME_FIELD_NUMBER: _ClassVar[int]
    MEMBERS_FIELD_NUMBER: _ClassVar[int]
    name: str
    members: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, name: _Optional[str] = ..., members: _Optional[_Iterable[str]] = ...) -> None: ...

class PolicyRule(_message.Message):
    __slots__ = ("id", "effect", "parties", "groups", "everyone", "kinds", "every_kind", "handling_up_to", "handling_from", "because")
    ID_FIELD_NUMBER: _ClassVar[int]
    EFFECT_FIELD_NUMBER: _ClassVar[int]
    PARTIES_FIELD_NUMBER: _ClassVar[int]
    GROUPS_FIELD_NUMBER: _ClassVar[int]
    EVERYONE_FIELD_NUMBER: _ClassVar[int]
    KINDS_FIELD_NUMBER: _ClassVar[int]
    EVERY_KIND_FIELD_NUMBER: _ClassVar[int]
    HANDLING_UP_TO_FIELD_NUMBER: _ClassVar[int]
    HANDLING_FROM_FIELD_NUMBER: _ClassVar[int]
    BECAUSE_FIELD_NUMBER: _ClassVar[int]
    id: str
    effect: Effect
    parties: _containers.RepeatedScalarFieldContainer[str]
    groups: _containers.RepeatedScalarFieldContainer[str]
    everyone: bool
    kinds: _containers.RepeatedScalarFieldContainer[str]
    every_kind: bool
    handling_up_to: _handling_pb2.Tlp
    handling_from: _handling_pb2.Tlp
    because: str
    def __init__(self, id: _Optional[str] = ..., effect: _Optional[_Union[Effect, str]] = ..., parties: _Optional[_Iterable[str]] = ..., groups: _Optional[_Iterable[str]] = ..., everyone: _Optional[bool] = ..., kinds: _Optional[_Iterable[str]] = ..., every_kind: _Optional[bool] = ..., handling_up_to: _Optional[_Union[_handling_pb2.Tlp, str]] = ..., handling_from: _Optional[_Union[_handling_pb2.Tlp, str]] = ..., because: _Optional[str] = ...) -> None: ...
