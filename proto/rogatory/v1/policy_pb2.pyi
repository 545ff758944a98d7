from rogatory.v1 import evaluation_pb2 as _evaluation_pb2
from rogatory.v1 import handling_pb2 as _handling_pb2
from rogatory.v1 import item_pb2 as _item_pb2
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

class EmbargoCondition(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    EMBARGO_CONDITION_UNSPECIFIED: _ClassVar[EmbargoCondition]
    EMBARGO_CONDITION_FLAGGED: _ClassVar[EmbargoCondition]
    EMBARGO_CONDITION_NOT_FLAGGED: _ClassVar[EmbargoCondition]

class Treatment(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    TREATMENT_UNSPECIFIED: _ClassVar[Treatment]
    TREATMENT_KEEP: _ClassVar[Treatment]
    TREATMENT_BLUR: _ClassVar[Treatment]
    TREATMENT_DROP: _ClassVar[Treatment]
EFFECT_UNSPECIFIED: Effect
EFFECT_PERMIT: Effect
EFFECT_DENY: Effect
EMBARGO_CONDITION_UNSPECIFIED: EmbargoCondition
EMBARGO_CONDITION_FLAGGED: EmbargoCondition
EMBARGO_CONDITION_NOT_FLAGGED: EmbargoCondition
TREATMENT_UNSPECIFIED: Treatment
TREATMENT_KEEP: Treatment
TREATMENT_BLUR: Treatment
TREATMENT_DROP: Treatment

class Policy(_message.Message):
    __slots__ = ("party", "groups", "exports", "imports", "officers", "valid_from", "valid_until")
    PARTY_FIELD_NUMBER: _ClassVar[int]
    GROUPS_FIELD_NUMBER: _ClassVar[int]
    EXPORTS_FIELD_NUMBER: _ClassVar[int]
    IMPORTS_FIELD_NUMBER: _ClassVar[int]
    OFFICERS_FIELD_NUMBER: _ClassVar[int]
    VALID_FROM_FIELD_NUMBER: _ClassVar[int]
    VALID_UNTIL_FIELD_NUMBER: _ClassVar[int]
    party: str
    groups: _containers.RepeatedCompositeFieldContainer[PolicyGroup]
    exports: _containers.RepeatedCompositeFieldContainer[PolicyRule]
    imports: _containers.RepeatedCompositeFieldContainer[PolicyRule]
    officers: _containers.RepeatedCompositeFieldContainer[Officer]
    valid_from: str
    valid_until: str
    def __init__(self, party: _Optional[str] = ..., groups: _Optional[_Iterable[_Union[PolicyGroup, _Mapping]]] = ..., exports: _Optional[_Iterable[_Union[PolicyRule, _Mapping]]] = ..., imports: _Optional[_Iterable[_Union[PolicyRule, _Mapping]]] = ..., officers: _Optional[_Iterable[_Union[Officer, _Mapping]]] = ..., valid_from: _Optional[str] = ..., valid_until: _Optional[str] = ...) -> None: ...

class Officer(_message.Message):
    __slots__ = ("name", "public_key")
    NAME_FIELD_NUMBER: _ClassVar[int]
    PUBLIC_KEY_FIELD_NUMBER: _ClassVar[int]
    name: str
    public_key: bytes
    def __init__(self, name: _Optional[str] = ..., public_key: _Optional[bytes] = ...) -> None: ...

class PolicyGroup(_message.Message):
    __slots__ = ("name", "members")
    NAME_FIELD_NUMBER: _ClassVar[int]
    MEMBERS_FIELD_NUMBER: _ClassVar[int]
    name: str
    members: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, name: _Optional[str] = ..., members: _Optional[_Iterable[str]] = ...) -> None: ...

class PolicyRule(_message.Message):
    __slots__ = ("id", "effect", "parties", "groups", "everyone", "kinds", "every_kind", "handling_up_to", "handling_from", "because", "handling_codes", "handling_pap", "except_parties", "except_groups", "items", "every_item", "purposes", "admiralty_floor", "europol_floor", "recovered_in", "recovered_in_theirs", "manufactured_in", "manufactured_in_theirs", "involves", "involves_theirs", "embargo", "age_days", "fields", "retention_days", "onward_with_consent", "approvals", "approvers", "valid_from", "valid_until", "routes", "quarantine")
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
    HANDLING_CODES_FIELD_NUMBER: _ClassVar[int]
    HANDLING_PAP_FIELD_NUMBER: _ClassVar[int]
    EXCEPT_PARTIES_FIELD_NUMBER: _ClassVar[int]
    EXCEPT_GROUPS_FIELD_NUMBER: _ClassVar[int]
    ITEMS_FIELD_NUMBER: _ClassVar[int]
    EVERY_ITEM_FIELD_NUMBER: _ClassVar[int]
    PURPOSES_FIELD_NUMBER: _ClassVar[int]
    ADMIRALTY_FLOOR_FIELD_NUMBER: _ClassVar[int]
    EUROPOL_FLOOR_FIELD_NUMBER: _ClassVar[int]
    RECOVERED_IN_FIELD_NUMBER: _ClassVar[int]
    RECOVERED_IN_THEIRS_FIELD_NUMBER: _ClassVar[int]
    MANUFACTURED_IN_FIELD_NUMBER: _ClassVar[int]
    MANUFACTURED_IN_THEIRS_FIELD_NUMBER: _ClassVar[int]
    INVOLVES_FIELD_NUMBER: _ClassVar[int]
    INVOLVES_THEIRS_FIELD_NUMBER: _ClassVar[int]
    EMBARGO_FIELD_NUMBER: _ClassVar[int]
    AGE_DAYS_FIELD_NUMBER: _ClassVar[int]
    FIELDS_FIELD_NUMBER: _ClassVar[int]
    RETENTION_DAYS_FIELD_NUMBER: _ClassVar[int]
    ONWARD_WITH_CONSENT_FIELD_NUMBER: _ClassVar[int]
    APPROVALS_FIELD_NUMBER: _ClassVar[int]
    APPROVERS_FIELD_NUMBER: _ClassVar[int]
    VALID_FROM_FIELD_NUMBER: _ClassVar[int]
    VALID_UNTIL_FIELD_NUMBER: _ClassVar[int]
    ROUTES_FIELD_NUMBER: _ClassVar[int]
    QUARANTINE_FIELD_NUMBER: _ClassVar[int]
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
    handling_codes: _containers.RepeatedScalarFieldContainer[_handling_pb2.EuropolCode]
    handling_pap: _handling_pb2.Pap
    except_parties: _containers.RepeatedScalarFieldContainer[str]
    except_groups: _containers.RepeatedScalarFieldContainer[str]
    items: _containers.RepeatedScalarFieldContainer[_item_pb2.ItemClass]
    every_item: bool
    purposes: _containers.RepeatedScalarFieldContainer[_handling_pb2.IntendedUse]
    admiralty_floor: _evaluation_pb2.AdmiraltySource
    europol_floor: _evaluation_pb2.EuropolSource
    recovered_in: _containers.RepeatedScalarFieldContainer[str]
    recovered_in_theirs: bool
    manufactured_in: _containers.RepeatedScalarFieldContainer[str]
    manufactured_in_theirs: bool
    involves: _containers.RepeatedScalarFieldContainer[str]
    involves_theirs: bool
    embargo: EmbargoCondition
    age_days: int
    fields: _containers.RepeatedCompositeFieldContainer[FieldRule]
    retention_days: int
    onward_with_consent: bool
    approvals: int
    approvers: _containers.RepeatedScalarFieldContainer[str]
    valid_from: str
    valid_until: str
    routes: _containers.RepeatedScalarFieldContainer[str]
    quarantine: bool
    def __init__(self, id: _Optional[str] = ..., effect: _Optional[_Union[Effect, str]] = ..., parties: _Optional[_Iterable[str]] = ..., groups: _Optional[_Iterable[str]] = ..., everyone: _Optional[bool] = ..., kinds: _Optional[_Iterable[str]] = ..., every_kind: _Optional[bool] = ..., handling_up_to: _Optional[_Union[_handling_pb2.Tlp, str]] = ..., handling_from: _Optional[_Union[_handling_pb2.Tlp, str]] = ..., because: _Optional[str] = ..., handling_codes: _Optional[_Iterable[_Union[_handling_pb2.EuropolCode, str]]] = ..., handling_pap: _Optional[_Union[_handling_pb2.Pap, str]] = ..., except_parties: _Optional[_Iterable[str]] = ..., except_groups: _Optional[_Iterable[str]] = ..., items: _Optional[_Iterable[_Union[_item_pb2.ItemClass, str]]] = ..., every_item: _Optional[bool] = ..., purposes: _Optional[_Iterable[_Union[_handling_pb2.IntendedUse, str]]] = ..., admiralty_floor: _Optional[_Union[_evaluation_pb2.AdmiraltySource, str]] = ..., europol_floor: _Optional[_Union[_evaluation_pb2.EuropolSource, str]] = ..., recovered_in: _Optional[_Iterable[str]] = ..., recovered_in_theirs: _Optional[bool] = ..., manufactured_in: _Optional[_Iterable[str]] = ..., manufactured_in_theirs: _Optional[bool] = ..., involves: _Optional[_Iterable[str]] = ..., involves_theirs: _Optional[bool] = ..., embargo: _Optional[_Union[EmbargoCondition, str]] = ..., age_days: _Optional[int] = ..., fields: _Optional[_Iterable[_Union[FieldRule, _Mapping]]] = ..., retention_days: _Optional[int] = ..., onward_with_consent: _Optional[bool] = ..., approvals: _Optional[int] = ..., approvers: _Optional[_Iterable[str]] = ..., valid_from: _Optional[str] = ..., valid_until: _Optional[str] = ..., routes: _Optional[_Iterable[str]] = ..., quarantine: _Optional[bool] = ...) -> None: ...

class FieldRule(_message.Message):
    __slots__ = ("field_class", "treatment")
    FIELD_CLASS_FIELD_NUMBER: _ClassVar[int]
    TREATMENT_FIELD_NUMBER: _ClassVar[int]
    field_class: _handling_pb2.FieldClass
    treatment: Treatment
    def __init__(self, field_class: _Optional[_Union[_handling_pb2.FieldClass, str]] = ..., treatment: _Optional[_Union[Treatment, str]] = ...) -> None: ...
