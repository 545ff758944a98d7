from rogatory.v1 import attachment_pb2 as _attachment_pb2
from rogatory.v1 import handling_pb2 as _handling_pb2
from rogatory.v1 import illicit_pb2 as _illicit_pb2
from rogatory.v1 import item_pb2 as _item_pb2
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

class RequestUrgency(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    REQUEST_URGENCY_UNSPECIFIED: _ClassVar[RequestUrgency]
    REQUEST_URGENCY_PRIORITY: _ClassVar[RequestUrgency]
    REQUEST_URGENCY_IMMEDIATE: _ClassVar[RequestUrgency]

class RecoveryKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    RECOVERY_KIND_UNSPECIFIED: _ClassVar[RecoveryKind]
    RECOVERY_KIND_SEIZED: _ClassVar[RecoveryKind]
    RECOVERY_KIND_FOUND: _ClassVar[RecoveryKind]
    RECOVERY_KIND_SURRENDERED: _ClassVar[RecoveryKind]

class MissingKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    MISSING_KIND_UNSPECIFIED: _ClassVar[MissingKind]
    MISSING_KIND_WHY_ILLICIT: _ClassVar[MissingKind]
    MISSING_KIND_CIRCUMSTANCES: _ClassVar[MissingKind]
    MISSING_KIND_MARKINGS: _ClassVar[MissingKind]
    MISSING_KIND_TYPE: _ClassVar[MissingKind]
    MISSING_KIND_CALIBRE: _ClassVar[MissingKind]
    MISSING_KIND_PHOTOGRAPH: _ClassVar[MissingKind]
    MISSING_KIND_INTENDED_USE: _ClassVar[MissingKind]
    MISSING_KIND_CONFIDENTIALITY: _ClassVar[MissingKind]
    MISSING_KIND_OTHER: _ClassVar[MissingKind]

class LimitationFate(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    LIMITATION_FATE_UNSPECIFIED: _ClassVar[LimitationFate]
    LIMITATION_FATE_MAINTAINED: _ClassVar[LimitationFate]
    LIMITATION_FATE_NARROWED: _ClassVar[LimitationFate]
    LIMITATION_FATE_LIFTED: _ClassVar[LimitationFate]
REQUEST_URGENCY_UNSPECIFIED: RequestUrgency
REQUEST_URGENCY_PRIORITY: RequestUrgency
REQUEST_URGENCY_IMMEDIATE: RequestUrgency
RECOVERY_KIND_UNSPECIFIED: RecoveryKind
RECOVERY_KIND_SEIZED: RecoveryKind
RECOVERY_KIND_FOUND: RecoveryKind
RECOVERY_KIND_SURRENDERED: RecoveryKind
MISSING_KIND_UNSPECIFIED: MissingKind
MISSING_KIND_WHY_ILLICIT: MissingKind
MISSING_KIND_CIRCUMSTANCES: MissingKind
MISSING_KIND_MARKINGS: MissingKind
MISSING_KIND_TYPE: MissingKind
MISSING_KIND_CALIBRE: MissingKind
MISSING_KIND_PHOTOGRAPH: MissingKind
MISSING_KIND_INTENDED_USE: MissingKind
MISSING_KIND_CONFIDENTIALITY: MissingKind
MISSING_KIND_OTHER: MissingKind
LIMITATION_FATE_UNSPECIFIED: LimitationFate
LIMITATION_FATE_MAINTAINED: LimitationFate
LIMITATION_FATE_NARROWED: LimitationFate
LIMITATION_FATE_LIFTED: LimitationFate

class TraceRequest(_message.Message):
    __slots__ = ("illicit_basis", "legal_basis", "recovery", "items", "intended_use", "intended_use_detail", "undertaking", "cannot_guarantee", "question", "answer_by", "records_consulted", "references", "continues", "urgency", "attachments")
    ILLICIT_BASIS_FIELD_NUMBER: _ClassVar[int]
    LEGAL_BASIS_FIELD_NUMBER: _ClassVar[int]
    RECOVERY_FIELD_NUMBER: _ClassVar[int]
    ITEMS_FIELD_NUMBER: _ClassVar[int]
    INTENDED_USE_FIELD_NUMBER: _ClassVar[int]
    INTENDED_USE_DETAIL_FIELD_NUMBER: _ClassVar[int]
    UNDERTAKING_FIELD_NUMBER: _ClassVar[int]
    CANNOT_GUARANTEE_FIELD_NUMBER: _ClassVar[int]
    QUESTION_FIELD_NUMBER: _ClassVar[int]
    ANSWER_BY_FIELD_NUMBER: _ClassVar[int]
    RECORDS_CONSULTED_FIELD_NUMBER: _ClassVar[int]
    REFERENCES_FIELD_NUMBER: _ClassVar[int]
    CONTINUES_FIELD_NUMBER: _ClassVar[int]
    URGENCY_FIELD_NUMBER: _ClassVar[int]
    ATTACHMENTS_FIELD_NUMBER: _ClassVar[int]
    illicit_basis: _containers.RepeatedScalarFieldContainer[_illicit_pb2.IllicitBasis]
    legal_basis: str
    recovery: RecoveryEvent
    items: _containers.RepeatedCompositeFieldContainer[_item_pb2.Item]
    intended_use: _containers.RepeatedScalarFieldContainer[_handling_pb2.IntendedUse]
    intended_use_detail: str
    undertaking: ConfidentialityUndertaking
    cannot_guarantee: CannotGuarantee
    question: str
    answer_by: str
    records_consulted: str
    references: _containers.RepeatedCompositeFieldContainer[_reference_pb2.Reference]
    continues: bytes
    urgency: RequestUrgency
    attachments: _containers.RepeatedCompositeFieldContainer[_attachment_pb2.Attachment]
    def __init__(self, illicit_basis: _Optional[_Iterable[_Union[_illicit_pb2.IllicitBasis, str]]] = ..., legal_basis: _Optional[str] = ..., recovery: _Optional[_Union[RecoveryEvent, _Mapping]] = ..., items: _Optional[_Iterable[_Union[_item_pb2.Item, _Mapping]]] = ..., intended_use: _Optional[_Iterable[_Union[_handling_pb2.IntendedUse, str]]] = ..., intended_use_detail: _Optional[str] = ..., undertaking: _Optional[_Union[ConfidentialityUndertaking, _Mapping]] = ..., cannot_guarantee: _Optional[_Union[CannotGuarantee, _Mapping]] = ..., question: _Optional[str] = ..., answer_by: _Optional[str] = ..., records_consulted: _Optional[str] = ..., references: _Optional[_Iterable[_Union[_reference_pb2.Reference, _Mapping]]] = ..., continues: _Optional[bytes] = ..., urgency: _Optional[_Union[RequestUrgency, str]] = ..., attachments: _Optional[_Iterable[_Union[_attachment_pb2.Attachment, _Mapping]]] = ...) -> None: ...

class RecoveryEvent(_message.Message):
    __slots__ = ("kind", "date", "place", "circumstances", "authority", "linked_crime")
    KIND_FIELD_NUMBER: _ClassVar[int]
    DATE_FIELD_NUMBER: _ClassVar[int]
    PLACE_FIELD_NUMBER: _ClassVar[int]
    CIRCUMSTANCES_FIELD_NUMBER: _ClassVar[int]
    AUTHORITY_FIELD_NUMBER: _ClassVar[int]
    LINKED_CRIME_FIELD_NUMBER: _ClassVar[int]
    kind: RecoveryKind
    date: str
    place: _place_pb2.Place
    circumstances: str
    authority: str
    linked_crime: _containers.RepeatedScalarFieldContainer[_illicit_pb2.LinkedCrime]
    def __init__(self, kind: _Optional[_Union[RecoveryKind, str]] = ..., date: _Optional[str] = ..., place: _Optional[_Union[_place_pb2.Place, _Mapping]] = ..., circumstances: _Optional[str] = ..., authority: _Optional[str] = ..., linked_crime: _Optional[_Iterable[_Union[_illicit_pb2.LinkedCrime, str]]] = ...) -> None: ...

class ConfidentialityUndertaking(_message.Message):
    __slots__ = ("authorities", "remarks")
    AUTHORITIES_FIELD_NUMBER: _ClassVar[int]
    REMARKS_FIELD_NUMBER: _ClassVar[int]
    authorities: _containers.RepeatedScalarFieldContainer[str]
    remarks: str
    def __init__(self, authorities: _Optional[_Iterable[str]] = ..., remarks: _Optional[str] = ...) -> None: ...

class CannotGuarantee(_message.Message):
    __slots__ = ("reason",)
    REASON_FIELD_NUMBER: _ClassVar[int]
    reason: str
    def __init__(self, reason: _Optional[str] = ...) -> None: ...

class TraceInfoRequest(_message.Message):
    __slots__ = ("missing", "answer_by", "remarks")
    MISSING_FIELD_NUMBER: _ClassVar[int]
    ANSWER_BY_FIELD_NUMBER: _ClassVar[int]
    REMARKS_FIELD_NUMBER: _ClassVar[int]
    missing: _containers.RepeatedCompositeFieldContainer[MissingInformation]
    answer_by: str
    remarks: str
    def __init__(self, missing: _Optional[_Iterable[_Union[MissingInformation, _Mapping]]] = ..., answer_by: _Optional[str] = ..., remarks: _Optional[str] = ...) -> None: ...

class MissingInformation(_message.Message):
    __slots__ = ("kind", "question", "item")
    KIND_FIELD_NUMBER: _ClassVar[int]
    QUESTION_FIELD_NUMBER: _ClassVar[int]
    ITEM_FIELD_NUMBER: _ClassVar[int]
    kind: MissingKind
    question: str
    item: int
    def __init__(self, kind: _Optional[_Union[MissingKind, str]] = ..., question: _Optional[str] = ..., item: _Optional[int] = ...) -> None: ...

class TraceClarification(_message.Message):
    __slots__ = ("question", "answer")
    QUESTION_FIELD_NUMBER: _ClassVar[int]
    ANSWER_FIELD_NUMBER: _ClassVar[int]
    question: ClarificationQuestion
    answer: ClarificationAnswer
    def __init__(self, question: _Optional[_Union[ClarificationQuestion, _Mapping]] = ..., answer: _Optional[_Union[ClarificationAnswer, _Mapping]] = ...) -> None: ...

class ClarificationQuestion(_message.Message):
    __slots__ = ("text", "undertaking")
    TEXT_FIELD_NUMBER: _ClassVar[int]
    UNDERTAKING_FIELD_NUMBER: _ClassVar[int]
    text: str
    undertaking: ConfidentialityUndertaking
    def __init__(self, text: _Optional[str] = ..., undertaking: _Optional[_Union[ConfidentialityUndertaking, _Mapping]] = ...) -> None: ...

class ClarificationAnswer(_message.Message):
    __slots__ = ("text", "fate")
    TEXT_FIELD_NUMBER: _ClassVar[int]
    FATE_FIELD_NUMBER: _ClassVar[int]
    text: str
    fate: LimitationFate
    def __init__(self, text: _Optional[str] = ..., fate: _Optional[_Union[LimitationFate, str]] = ...) -> None: ...
