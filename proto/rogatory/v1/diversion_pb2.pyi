from rogatory.v1 import actor_pb2 as _actor_pb2
from rogatory.v1 import attachment_pb2 as _attachment_pb2
from rogatory.v1 import consignment_pb2 as _consignment_pb2
from rogatory.v1 import illicit_pb2 as _illicit_pb2
from rogatory.v1 import item_pb2 as _item_pb2
from rogatory.v1 import marking_pb2 as _marking_pb2
from rogatory.v1 import place_pb2 as _place_pb2
from rogatory.v1 import reference_pb2 as _reference_pb2
from rogatory.v1 import rules_pb2 as _rules_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Urgency(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    URGENCY_UNSPECIFIED: _ClassVar[Urgency]
    URGENCY_ROUTINE: _ClassVar[Urgency]
    URGENCY_PRIORITY: _ClassVar[Urgency]
    URGENCY_IMMEDIATE: _ClassVar[Urgency]

class AskKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ASK_KIND_UNSPECIFIED: _ClassVar[AskKind]
    ASK_KIND_HOLD: _ClassVar[AskKind]
    ASK_KIND_INSPECT: _ClassVar[AskKind]
    ASK_KIND_VERIFY_EUC: _ClassVar[AskKind]
    ASK_KIND_VERIFY_DELIVERY: _ClassVar[AskKind]
    ASK_KIND_CONTROLLED_DELIVERY: _ClassVar[AskKind]
    ASK_KIND_FREEZE_PAYMENT: _ClassVar[AskKind]
    ASK_KIND_INFORM: _ClassVar[AskKind]

class AffectedRole(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    AFFECTED_ROLE_UNSPECIFIED: _ClassVar[AffectedRole]
    AFFECTED_ROLE_MANUFACTURE: _ClassVar[AffectedRole]
    AFFECTED_ROLE_EXPORT: _ClassVar[AffectedRole]
    AFFECTED_ROLE_TRANSIT: _ClassVar[AffectedRole]
    AFFECTED_ROLE_IMPORT: _ClassVar[AffectedRole]
    AFFECTED_ROLE_SUSPECTED_DESTINATION: _ClassVar[AffectedRole]
    AFFECTED_ROLE_INTERMEDIARY: _ClassVar[AffectedRole]
    AFFECTED_ROLE_FLAG: _ClassVar[AffectedRole]

class ActionStatus(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ACTION_STATUS_UNSPECIFIED: _ClassVar[ActionStatus]
    ACTION_STATUS_PROPOSED: _ClassVar[ActionStatus]
    ACTION_STATUS_AGREED: _ClassVar[ActionStatus]
    ACTION_STATUS_UNDER_WAY: _ClassVar[ActionStatus]
    ACTION_STATUS_DONE: _ClassVar[ActionStatus]
    ACTION_STATUS_DECLINED: _ClassVar[ActionStatus]

class UpdateKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    UPDATE_KIND_UNSPECIFIED: _ClassVar[UpdateKind]
    UPDATE_KIND_UPDATE: _ClassVar[UpdateKind]
    UPDATE_KIND_CORRECT: _ClassVar[UpdateKind]
    UPDATE_KIND_CANCEL: _ClassVar[UpdateKind]
    UPDATE_KIND_RESOLVE: _ClassVar[UpdateKind]

class ResolutionOutcome(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    RESOLUTION_OUTCOME_UNSPECIFIED: _ClassVar[ResolutionOutcome]
    RESOLUTION_OUTCOME_PREVENTED: _ClassVar[ResolutionOutcome]
    RESOLUTION_OUTCOME_RECOVERED: _ClassVar[ResolutionOutcome]
    RESOLUTION_OUTCOME_PARTLY_RECOVERED: _ClassVar[ResolutionOutcome]
    RESOLUTION_OUTCOME_NOT_RECOVERED: _ClassVar[ResolutionOutcome]
    RESOLUTION_OUTCOME_UNFOUNDED: _ClassVar[ResolutionOutcome]
URGENCY_UNSPECIFIED: Urgency
URGENCY_ROUTINE: Urgency
URGENCY_PRIORITY: Urgency
URGENCY_IMMEDIATE: Urgency
ASK_KIND_UNSPECIFIED: AskKind
ASK_KIND_HOLD: AskKind
ASK_KIND_INSPECT: AskKind
ASK_KIND_VERIFY_EUC: AskKind
ASK_KIND_VERIFY_DELIVERY: AskKind
ASK_KIND_CONTROLLED_DELIVERY: AskKind
ASK_KIND_FREEZE_PAYMENT: AskKind
ASK_KIND_INFORM: AskKind
AFFECTED_ROLE_UNSPECIFIED: AffectedRole
AFFECTED_ROLE_MANUFACTURE: AffectedRole
AFFECTED_ROLE_EXPORT: AffectedRole
AFFECTED_ROLE_TRANSIT: AffectedRole
AFFECTED_ROLE_IMPORT: AffectedRole
AFFECTED_ROLE_SUSPECTED_DESTINATION: AffectedRole
AFFECTED_ROLE_INTERMEDIARY: AffectedRole
AFFECTED_ROLE_FLAG: AffectedRole
ACTION_STATUS_UNSPECIFIED: ActionStatus
ACTION_STATUS_PROPOSED: ActionStatus
ACTION_STATUS_AGREED: ActionStatus
ACTION_STATUS_UNDER_WAY: ActionStatus
ACTION_STATUS_DONE: ActionStatus
ACTION_STATUS_DECLINED: ActionStatus
UPDATE_KIND_UNSPECIFIED: UpdateKind
UPDATE_KIND_UPDATE: UpdateKind
UPDATE_KIND_CORRECT: UpdateKind
UPDATE_KIND_CANCEL: UpdateKind
UPDATE_KIND_RESOLVE: UpdateKind
RESOLUTION_OUTCOME_UNSPECIFIED: ResolutionOutcome
RESOLUTION_OUTCOME_PREVENTED: ResolutionOutcome
RESOLUTION_OUTCOME_RECOVERED: ResolutionOutcome
RESOLUTION_OUTCOME_PARTLY_RECOVERED: ResolutionOutcome
RESOLUTION_OUTCOME_NOT_RECOVERED: ResolutionOutcome
RESOLUTION_OUTCOME_UNFOUNDED: ResolutionOutcome

class DiversionAlert(_message.Message):
    __slots__ = ("title", "urgency", "acknowledge_by", "illicit_basis", "stage", "methods", "detected", "place", "circumstances", "consignment", "parties", "items", "serial_ranges", "asks", "affected", "instruments", "plan", "references", "attachments")
    TITLE_FIELD_NUMBER: _ClassVar[int]
    URGENCY_FIELD_NUMBER: _ClassVar[int]
    ACKNOWLEDGE_BY_FIELD_NUMBER: _ClassVar[int]
    ILLICIT_BASIS_FIELD_NUMBER: _ClassVar[int]
    STAGE_FIELD_NUMBER: _ClassVar[int]
    METHODS_FIELD_NUMBER: _ClassVar[int]
    DETECTED_FIELD_NUMBER: _ClassVar[int]
    PLACE_FIELD_NUMBER: _ClassVar[int]
    CIRCUMSTANCES_FIELD_NUMBER: _ClassVar[int]
    CONSIGNMENT_FIELD_NUMBER: _ClassVar[int]
    PARTIES_FIELD_NUMBER: _ClassVar[int]
    ITEMS_FIELD_NUMBER: _ClassVar[int]
    SERIAL_RANGES_FIELD_NUMBER: _ClassVar[int]
    ASKS_FIELD_NUMBER: _ClassVar[int]
    AFFECTED_FIELD_NUMBER: _ClassVar[int]
    INSTRUMENTS_FIELD_NUMBER: _ClassVar[int]
    PLAN_FIELD_NUMBER: _ClassVar[int]
    REFERENCES_FIELD_NUMBER: _ClassVar[int]
    ATTACHMENTS_FIELD_NUMBER: _ClassVar[int]
    title: str
    urgency: Urgency
    acknowledge_by: str
    illicit_basis: _containers.RepeatedScalarFieldContainer[_illicit_pb2.IllicitBasis]
    stage: _illicit_pb2.DiversionStage
    methods: _containers.RepeatedScalarFieldContainer[_illicit_pb2.DiversionMethod]
    detected: str
    place: _place_pb2.Place
    circumstances: str
    consignment: _consignment_pb2.Consignment
    parties: _containers.RepeatedCompositeFieldContainer[_actor_pb2.Actor]
    items: _containers.RepeatedCompositeFieldContainer[_item_pb2.Item]
    serial_ranges: _containers.RepeatedCompositeFieldContainer[_marking_pb2.SerialRange]
    asks: _containers.RepeatedCompositeFieldContainer[AlertAsk]
    affected: _containers.RepeatedCompositeFieldContainer[AffectedCountry]
    instruments: _containers.RepeatedScalarFieldContainer[_illicit_pb2.Instrument]
    plan: JointPlan
    references: _containers.RepeatedCompositeFieldContainer[_reference_pb2.Reference]
    attachments: _containers.RepeatedCompositeFieldContainer[_attachment_pb2.Attachment]
    def __init__(self, title: _Optional[str] = ..., urgency: _Optional[_Union[Urgency, str]] = ..., acknowledge_by: _Optional[str] = ..., illicit_basis: _Optional[_Iterable[_Union[_illicit_pb2.IllicitBasis, str]]] = ..., stage: _Optional[_Union[_illicit_pb2.DiversionStage, str]] = ..., methods: _Optional[_Iterable[_Union[_illicit_pb2.DiversionMethod, str]]] = ..., detected: _Optional[str] = ..., place: _Optional[_Union[_place_pb2.Place, _Mapping]] = ..., circumstances: _Optional[str] = ..., consignment: _Optional[_Union[_consignment_pb2.Consignment, _Mapping]] = ..., parties: _Optional[_Iterable[_Union[_actor_pb2.Actor, _Mapping]]] = ..., items: _Optional[_Iterable[_Union[_item_pb2.Item, _Mapping]]] = ..., serial_ranges: _Optional[_Iterable[_Union[_marking_pb2.SerialRange, _Mapping]]] = ..., asks: _Optional[_Iterable[_Union[AlertAsk, _Mapping]]] = ..., affected: _Optional[_Iterable[_Union[AffectedCountry, _Mapping]]] = ..., instruments: _Optional[_Iterable[_Union[_illicit_pb2.Instrument, str]]] = ..., plan: _Optional[_Union[JointPlan, _Mapping]] = ..., references: _Optional[_Iterable[_Union[_reference_pb2.Reference, _Mapping]]] = ..., attachments: _Optional[_Iterable[_Union[_attachment_pb2.Attachment, _Mapping]]] = ...) -> None: ...

class AlertAsk(_message.Message):
    __slots__ = ("kind", "of", "by_when", "detail")
    KIND_FIELD_NUMBER: _ClassVar[int]
    OF_FIELD_NUMBER: _ClassVar[int]
    BY_WHEN_FIELD_NUMBER: _ClassVar[int]
    DETAIL_FIELD_NUMBER: _ClassVar[int]
    kind: AskKind
    of: str
    by_when: str
    detail: str
    def __init__(self, kind: _Optional[_Union[AskKind, str]] = ..., of: _Optional[str] = ..., by_when: _Optional[str] = ..., detail: _Optional[str] = ...) -> None: ...

class AffectedCountry(_message.Message):
    __slots__ = ("country", "role")
    COUNTRY_FIELD_NUMBER: _ClassVar[int]
    ROLE_FIELD_NUMBER: _ClassVar[int]
    country: str
    role: AffectedRole
    def __init__(self, country: _Optional[str] = ..., role: _Optional[_Union[AffectedRole, str]] = ...) -> None: ...

class JointPlan(_message.Message):
    __slots__ = ("actions", "agreements", "review_on")
    ACTIONS_FIELD_NUMBER: _ClassVar[int]
    AGREEMENTS_FIELD_NUMBER: _ClassVar[int]
    REVIEW_ON_FIELD_NUMBER: _ClassVar[int]
    actions: _containers.RepeatedCompositeFieldContainer[PlannedAction]
    agreements: _containers.RepeatedCompositeFieldContainer[PlanAgreement]
    review_on: str
    def __init__(self, actions: _Optional[_Iterable[_Union[PlannedAction, _Mapping]]] = ..., agreements: _Optional[_Iterable[_Union[PlanAgreement, _Mapping]]] = ..., review_on: _Optional[str] = ...) -> None: ...

class PlannedAction(_message.Message):
    __slots__ = ("country", "what", "by_when", "status")
    COUNTRY_FIELD_NUMBER: _ClassVar[int]
    WHAT_FIELD_NUMBER: _ClassVar[int]
    BY_WHEN_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    country: str
    what: str
    by_when: str
    status: ActionStatus
    def __init__(self, country: _Optional[str] = ..., what: _Optional[str] = ..., by_when: _Optional[str] = ..., status: _Optional[_Union[ActionStatus, str]] = ...) -> None: ...

class PlanAgreement(_message.Message):
    __slots__ = ("party", "message_digest")
    PARTY_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_DIGEST_FIELD_NUMBER: _ClassVar[int]
    party: str
    message_digest: bytes
    def __init__(self, party: _Optional[str] = ..., message_digest: _Optional[bytes] = ...) -> None: ...

class DiversionUpdate(_message.Message):
    __slots__ = ("kind", "sequence", "reason", "corrections", "items", "serial_ranges", "parties", "legs", "asks", "plan", "resolution", "attachments")
    KIND_FIELD_NUMBER: _ClassVar[int]
    SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    CORRECTIONS_FIELD_NUMBER: _ClassVar[int]
    ITEMS_FIELD_NUMBER: _ClassVar[int]
    SERIAL_RANGES_FIELD_NUMBER: _ClassVar[int]
    PARTIES_FIELD_NUMBER: _ClassVar[int]
    LEGS_FIELD_NUMBER: _ClassVar[int]
    ASKS_FIELD_NUMBER: _ClassVar[int]
    PLAN_FIELD_NUMBER: _ClassVar[int]
    RESOLUTION_FIELD_NUMBER: _ClassVar[int]
    ATTACHMENTS_FIELD_NUMBER: _ClassVar[int]
    kind: UpdateKind
    sequence: int
    reason: str
    corrections: _containers.RepeatedCompositeFieldContainer[Correction]
    items: _containers.RepeatedCompositeFieldContainer[_item_pb2.Item]
    serial_ranges: _containers.RepeatedCompositeFieldContainer[_marking_pb2.SerialRange]
    parties: _containers.RepeatedCompositeFieldContainer[_actor_pb2.Actor]
    legs: _containers.RepeatedCompositeFieldContainer[_consignment_pb2.TransportLeg]
    asks: _containers.RepeatedCompositeFieldContainer[AlertAsk]
    plan: JointPlan
    resolution: Resolution
    attachments: _containers.RepeatedCompositeFieldContainer[_attachment_pb2.Attachment]
    def __init__(self, kind: _Optional[_Union[UpdateKind, str]] = ..., sequence: _Optional[int] = ..., reason: _Optional[str] = ..., corrections: _Optional[_Iterable[_Union[Correction, _Mapping]]] = ..., items: _Optional[_Iterable[_Union[_item_pb2.Item, _Mapping]]] = ..., serial_ranges: _Optional[_Iterable[_Union[_marking_pb2.SerialRange, _Mapping]]] = ..., parties: _Optional[_Iterable[_Union[_actor_pb2.Actor, _Mapping]]] = ..., legs: _Optional[_Iterable[_Union[_consignment_pb2.TransportLeg, _Mapping]]] = ..., asks: _Optional[_Iterable[_Union[AlertAsk, _Mapping]]] = ..., plan: _Optional[_Union[JointPlan, _Mapping]] = ..., resolution: _Optional[_Union[Resolution, _Mapping]] = ..., attachments: _Optional[_Iterable[_Union[_attachment_pb2.Attachment, _Mapping]]] = ...) -> None: ...

class Correction(_message.Message):
    __slots__ = ("field", "was")
    FIELD_FIELD_NUMBER: _ClassVar[int]
    WAS_FIELD_NUMBER: _ClassVar[int]
    IS_FIELD_NUMBER: _ClassVar[int]
    field: str
    was: str
    def __init__(self, field: _Optional[str] = ..., was: _Optional[str] = ..., **kwargs) -> None: ...

class Resolution(_message.Message):
    __slots__ = ("outcome", "date", "place", "recovered", "detail")
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    DATE_FIELD_NUMBER: _ClassVar[int]
    PLACE_FIELD_NUMBER: _ClassVar[int]
    RECOVERED_FIELD_NUMBER: _ClassVar[int]
    DETAIL_FIELD_NUMBER: _ClassVar[int]
    outcome: ResolutionOutcome
    date: str
    place: _place_pb2.Place
    recovered: int
    detail: str
    def __init__(self, outcome: _Optional[_Union[ResolutionOutcome, str]] = ..., date: _Optional[str] = ..., place: _Optional[_Union[_place_pb2.Place, _Mapping]] = ..., recovered: _Optional[int] = ..., detail: _Optional[str] = ...) -> None: ...
