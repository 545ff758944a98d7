from rogatory.v1 import attachment_pb2 as _attachment_pb2
from rogatory.v1 import illicit_pb2 as _illicit_pb2
from rogatory.v1 import item_pb2 as _item_pb2
from rogatory.v1 import marking_pb2 as _marking_pb2
from rogatory.v1 import place_pb2 as _place_pb2
from rogatory.v1 import reference_pb2 as _reference_pb2
from rogatory.v1 import rules_pb2 as _rules_pb2
from rogatory.v1 import trace_pb2 as _trace_pb2
from rogatory.v1 import trace_response_pb2 as _trace_response_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class SeizureGround(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    SEIZURE_GROUND_UNSPECIFIED: _ClassVar[SeizureGround]
    SEIZURE_GROUND_CRIMINAL: _ClassVar[SeizureGround]
    SEIZURE_GROUND_ADMINISTRATIVE: _ClassVar[SeizureGround]

class CheckAnswer(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    CHECK_ANSWER_UNSPECIFIED: _ClassVar[CheckAnswer]
    CHECK_ANSWER_YES: _ClassVar[CheckAnswer]
    CHECK_ANSWER_NO: _ClassVar[CheckAnswer]
    CHECK_ANSWER_NOT_YET: _ClassVar[CheckAnswer]
    CHECK_ANSWER_NOT_DUE: _ClassVar[CheckAnswer]

class Disposition(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    DISPOSITION_UNSPECIFIED: _ClassVar[Disposition]
    DISPOSITION_DESTROYED: _ClassVar[Disposition]
    DISPOSITION_DEACTIVATED: _ClassVar[Disposition]
    DISPOSITION_EVIDENCE: _ClassVar[Disposition]
    DISPOSITION_STORED: _ClassVar[Disposition]
    DISPOSITION_RETURNED: _ClassVar[Disposition]
    DISPOSITION_OFFICIAL_USE: _ClassVar[Disposition]
    DISPOSITION_COLLECTION: _ClassVar[Disposition]

class LossKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    LOSS_KIND_UNSPECIFIED: _ClassVar[LossKind]
    LOSS_KIND_LOST: _ClassVar[LossKind]
    LOSS_KIND_STOLEN: _ClassVar[LossKind]
    LOSS_KIND_CAPTURED: _ClassVar[LossKind]
    LOSS_KIND_MISSING: _ClassVar[LossKind]

class HostConsent(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    HOST_CONSENT_UNSPECIFIED: _ClassVar[HostConsent]
    HOST_CONSENT_GIVEN: _ClassVar[HostConsent]
    HOST_CONSENT_ASKED: _ClassVar[HostConsent]
    HOST_CONSENT_REFUSED: _ClassVar[HostConsent]

class PersonRole(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    PERSON_ROLE_UNSPECIFIED: _ClassVar[PersonRole]
    PERSON_ROLE_VICTIM: _ClassVar[PersonRole]
    PERSON_ROLE_SUSPECT: _ClassVar[PersonRole]
    PERSON_ROLE_POSSESSOR: _ClassVar[PersonRole]

class Sex(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    SEX_UNSPECIFIED: _ClassVar[Sex]
    SEX_FEMALE: _ClassVar[Sex]
    SEX_MALE: _ClassVar[Sex]
    SEX_OTHER: _ClassVar[Sex]

class AgeBand(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    AGE_BAND_UNSPECIFIED: _ClassVar[AgeBand]
    AGE_BAND_UNDER_15: _ClassVar[AgeBand]
    AGE_BAND_15_TO_17: _ClassVar[AgeBand]
    AGE_BAND_18_TO_29: _ClassVar[AgeBand]
    AGE_BAND_30_TO_44: _ClassVar[AgeBand]
    AGE_BAND_45_TO_59: _ClassVar[AgeBand]
    AGE_BAND_60_AND_OVER: _ClassVar[AgeBand]
SEIZURE_GROUND_UNSPECIFIED: SeizureGround
SEIZURE_GROUND_CRIMINAL: SeizureGround
SEIZURE_GROUND_ADMINISTRATIVE: SeizureGround
CHECK_ANSWER_UNSPECIFIED: CheckAnswer
CHECK_ANSWER_YES: CheckAnswer
CHECK_ANSWER_NO: CheckAnswer
CHECK_ANSWER_NOT_YET: CheckAnswer
CHECK_ANSWER_NOT_DUE: CheckAnswer
DISPOSITION_UNSPECIFIED: Disposition
DISPOSITION_DESTROYED: Disposition
DISPOSITION_DEACTIVATED: Disposition
DISPOSITION_EVIDENCE: Disposition
DISPOSITION_STORED: Disposition
DISPOSITION_RETURNED: Disposition
DISPOSITION_OFFICIAL_USE: Disposition
DISPOSITION_COLLECTION: Disposition
LOSS_KIND_UNSPECIFIED: LossKind
LOSS_KIND_LOST: LossKind
LOSS_KIND_STOLEN: LossKind
LOSS_KIND_CAPTURED: LossKind
LOSS_KIND_MISSING: LossKind
HOST_CONSENT_UNSPECIFIED: HostConsent
HOST_CONSENT_GIVEN: HostConsent
HOST_CONSENT_ASKED: HostConsent
HOST_CONSENT_REFUSED: HostConsent
PERSON_ROLE_UNSPECIFIED: PersonRole
PERSON_ROLE_VICTIM: PersonRole
PERSON_ROLE_SUSPECT: PersonRole
PERSON_ROLE_POSSESSOR: PersonRole
SEX_UNSPECIFIED: Sex
SEX_FEMALE: Sex
SEX_MALE: Sex
SEX_OTHER: Sex
AGE_BAND_UNSPECIFIED: AgeBand
AGE_BAND_UNDER_15: AgeBand
AGE_BAND_15_TO_17: AgeBand
AGE_BAND_18_TO_29: AgeBand
AGE_BAND_30_TO_44: AgeBand
AGE_BAND_45_TO_59: AgeBand
AGE_BAND_60_AND_OVER: AgeBand

class RecoveryRecord(_message.Message):
    __slots__ = ("recovery", "seizure_ground", "items", "illicit_basis", "people", "host_consent", "instruments", "remarks", "references", "attachments")
    RECOVERY_FIELD_NUMBER: _ClassVar[int]
    SEIZURE_GROUND_FIELD_NUMBER: _ClassVar[int]
    ITEMS_FIELD_NUMBER: _ClassVar[int]
    ILLICIT_BASIS_FIELD_NUMBER: _ClassVar[int]
    PEOPLE_FIELD_NUMBER: _ClassVar[int]
    HOST_CONSENT_FIELD_NUMBER: _ClassVar[int]
    INSTRUMENTS_FIELD_NUMBER: _ClassVar[int]
    REMARKS_FIELD_NUMBER: _ClassVar[int]
    REFERENCES_FIELD_NUMBER: _ClassVar[int]
    ATTACHMENTS_FIELD_NUMBER: _ClassVar[int]
    recovery: _trace_pb2.RecoveryEvent
    seizure_ground: SeizureGround
    items: _containers.RepeatedCompositeFieldContainer[RecoveredItem]
    illicit_basis: _containers.RepeatedScalarFieldContainer[_illicit_pb2.IllicitBasis]
    people: _containers.RepeatedCompositeFieldContainer[PeopleCount]
    host_consent: HostConsent
    instruments: _containers.RepeatedScalarFieldContainer[_illicit_pb2.Instrument]
    remarks: str
    references: _containers.RepeatedCompositeFieldContainer[_reference_pb2.Reference]
    attachments: _containers.RepeatedCompositeFieldContainer[_attachment_pb2.Attachment]
    def __init__(self, recovery: _Optional[_Union[_trace_pb2.RecoveryEvent, _Mapping]] = ..., seizure_ground: _Optional[_Union[SeizureGround, str]] = ..., items: _Optional[_Iterable[_Union[RecoveredItem, _Mapping]]] = ..., illicit_basis: _Optional[_Iterable[_Union[_illicit_pb2.IllicitBasis, str]]] = ..., people: _Optional[_Iterable[_Union[PeopleCount, _Mapping]]] = ..., host_consent: _Optional[_Union[HostConsent, str]] = ..., instruments: _Optional[_Iterable[_Union[_illicit_pb2.Instrument, str]]] = ..., remarks: _Optional[str] = ..., references: _Optional[_Iterable[_Union[_reference_pb2.Reference, _Mapping]]] = ..., attachments: _Optional[_Iterable[_Union[_attachment_pb2.Attachment, _Mapping]]] = ...) -> None: ...

class RecoveredItem(_message.Message):
    __slots__ = ("item", "marked", "recorded", "traced", "tracing_status", "disposition")
    ITEM_FIELD_NUMBER: _ClassVar[int]
    MARKED_FIELD_NUMBER: _ClassVar[int]
    RECORDED_FIELD_NUMBER: _ClassVar[int]
    TRACED_FIELD_NUMBER: _ClassVar[int]
    TRACING_STATUS_FIELD_NUMBER: _ClassVar[int]
    DISPOSITION_FIELD_NUMBER: _ClassVar[int]
    item: _item_pb2.Item
    marked: CheckAnswer
    recorded: CheckAnswer
    traced: CheckAnswer
    tracing_status: _trace_response_pb2.TracingStatus
    disposition: Disposition
    def __init__(self, item: _Optional[_Union[_item_pb2.Item, _Mapping]] = ..., marked: _Optional[_Union[CheckAnswer, str]] = ..., recorded: _Optional[_Union[CheckAnswer, str]] = ..., traced: _Optional[_Union[CheckAnswer, str]] = ..., tracing_status: _Optional[_Union[_trace_response_pb2.TracingStatus, str]] = ..., disposition: _Optional[_Union[Disposition, str]] = ...) -> None: ...

class PeopleCount(_message.Message):
    __slots__ = ("role", "sex", "age_band", "count")
    ROLE_FIELD_NUMBER: _ClassVar[int]
    SEX_FIELD_NUMBER: _ClassVar[int]
    AGE_BAND_FIELD_NUMBER: _ClassVar[int]
    COUNT_FIELD_NUMBER: _ClassVar[int]
    role: PersonRole
    sex: Sex
    age_band: AgeBand
    count: int
    def __init__(self, role: _Optional[_Union[PersonRole, str]] = ..., sex: _Optional[_Union[Sex, str]] = ..., age_band: _Optional[_Union[AgeBand, str]] = ..., count: _Optional[int] = ...) -> None: ...

class StockLoss(_message.Message):
    __slots__ = ("kind", "period", "inventory_on", "place", "holder", "items", "serial_ranges", "circumstances", "references", "attachments")
    KIND_FIELD_NUMBER: _ClassVar[int]
    PERIOD_FIELD_NUMBER: _ClassVar[int]
    INVENTORY_ON_FIELD_NUMBER: _ClassVar[int]
    PLACE_FIELD_NUMBER: _ClassVar[int]
    HOLDER_FIELD_NUMBER: _ClassVar[int]
    ITEMS_FIELD_NUMBER: _ClassVar[int]
    SERIAL_RANGES_FIELD_NUMBER: _ClassVar[int]
    CIRCUMSTANCES_FIELD_NUMBER: _ClassVar[int]
    REFERENCES_FIELD_NUMBER: _ClassVar[int]
    ATTACHMENTS_FIELD_NUMBER: _ClassVar[int]
    kind: LossKind
    period: _place_pb2.Period
    inventory_on: str
    place: _place_pb2.Place
    holder: str
    items: _containers.RepeatedCompositeFieldContainer[_item_pb2.Item]
    serial_ranges: _containers.RepeatedCompositeFieldContainer[_marking_pb2.SerialRange]
    circumstances: str
    references: _containers.RepeatedCompositeFieldContainer[_reference_pb2.Reference]
    attachments: _containers.RepeatedCompositeFieldContainer[_attachment_pb2.Attachment]
    def __init__(self, kind: _Optional[_Union[LossKind, str]] = ..., period: _Optional[_Union[_place_pb2.Period, _Mapping]] = ..., inventory_on: _Optional[str] = ..., place: _Optional[_Union[_place_pb2.Place, _Mapping]] = ..., holder: _Optional[str] = ..., items: _Optional[_Iterable[_Union[_item_pb2.Item, _Mapping]]] = ..., serial_ranges: _Optional[_Iterable[_Union[_marking_pb2.SerialRange, _Mapping]]] = ..., circumstances: _Optional[str] = ..., references: _Optional[_Iterable[_Union[_reference_pb2.Reference, _Mapping]]] = ..., attachments: _Optional[_Iterable[_Union[_attachment_pb2.Attachment, _Mapping]]] = ...) -> None: ...

class DispositionRecord(_message.Message):
    __slots__ = ("disposition", "date", "authority", "items", "standard", "parts", "certificate", "method", "references", "attachments")
    DISPOSITION_FIELD_NUMBER: _ClassVar[int]
    DATE_FIELD_NUMBER: _ClassVar[int]
    AUTHORITY_FIELD_NUMBER: _ClassVar[int]
    ITEMS_FIELD_NUMBER: _ClassVar[int]
    STANDARD_FIELD_NUMBER: _ClassVar[int]
    PARTS_FIELD_NUMBER: _ClassVar[int]
    CERTIFICATE_FIELD_NUMBER: _ClassVar[int]
    METHOD_FIELD_NUMBER: _ClassVar[int]
    REFERENCES_FIELD_NUMBER: _ClassVar[int]
    ATTACHMENTS_FIELD_NUMBER: _ClassVar[int]
    disposition: Disposition
    date: str
    authority: str
    items: _containers.RepeatedCompositeFieldContainer[_item_pb2.Item]
    standard: str
    parts: _containers.RepeatedScalarFieldContainer[_marking_pb2.PartKind]
    certificate: _reference_pb2.DocumentReference
    method: str
    references: _containers.RepeatedCompositeFieldContainer[_reference_pb2.Reference]
    attachments: _containers.RepeatedCompositeFieldContainer[_attachment_pb2.Attachment]
    def __init__(self, disposition: _Optional[_Union[Disposition, str]] = ..., date: _Optional[str] = ..., authority: _Optional[str] = ..., items: _Optional[_Iterable[_Union[_item_pb2.Item, _Mapping]]] = ..., standard: _Optional[str] = ..., parts: _Optional[_Iterable[_Union[_marking_pb2.PartKind, str]]] = ..., certificate: _Optional[_Union[_reference_pb2.DocumentReference, _Mapping]] = ..., method: _Optional[str] = ..., references: _Optional[_Iterable[_Union[_reference_pb2.Reference, _Mapping]]] = ..., attachments: _Optional[_Iterable[_Union[_attachment_pb2.Attachment, _Mapping]]] = ...) -> None: ...
