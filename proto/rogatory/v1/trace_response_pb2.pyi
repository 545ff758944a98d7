from rogatory.v1 import actor_pb2 as _actor_pb2
from rogatory.v1 import attachment_pb2 as _attachment_pb2
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

class TraceOutcome(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    TRACE_OUTCOME_UNSPECIFIED: _ClassVar[TraceOutcome]
    TRACE_OUTCOME_ANSWERED: _ClassVar[TraceOutcome]
    TRACE_OUTCOME_ANSWERED_RESTRICTED: _ClassVar[TraceOutcome]
    TRACE_OUTCOME_NO_RECORD: _ClassVar[TraceOutcome]
    TRACE_OUTCOME_DELAYED: _ClassVar[TraceOutcome]
    TRACE_OUTCOME_REFUSED: _ClassVar[TraceOutcome]

class TracingStatus(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    TRACING_STATUS_UNSPECIFIED: _ClassVar[TracingStatus]
    TRACING_STATUS_TRACED: _ClassVar[TracingStatus]
    TRACING_STATUS_ESTABLISHED_OTHER: _ClassVar[TracingStatus]
    TRACING_STATUS_PENDING: _ClassVar[TracingStatus]
    TRACING_STATUS_INSUFFICIENT_INFO: _ClassVar[TracingStatus]
    TRACING_STATUS_NOT_ATTEMPTED: _ClassVar[TracingStatus]
    TRACING_STATUS_NOT_TRACEABLE: _ClassVar[TracingStatus]

class CustodyEvent(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    CUSTODY_EVENT_UNSPECIFIED: _ClassVar[CustodyEvent]
    CUSTODY_EVENT_MANUFACTURED: _ClassVar[CustodyEvent]
    CUSTODY_EVENT_EXPORTED: _ClassVar[CustodyEvent]
    CUSTODY_EVENT_IMPORTED: _ClassVar[CustodyEvent]
    CUSTODY_EVENT_TRANSFERRED: _ClassVar[CustodyEvent]
    CUSTODY_EVENT_ISSUED: _ClassVar[CustodyEvent]
    CUSTODY_EVENT_STOCKED: _ClassVar[CustodyEvent]
    CUSTODY_EVENT_REPORTED_LOST: _ClassVar[CustodyEvent]
    CUSTODY_EVENT_REPORTED_STOLEN: _ClassVar[CustodyEvent]
    CUSTODY_EVENT_DEACTIVATED: _ClassVar[CustodyEvent]
    CUSTODY_EVENT_DESTROYED: _ClassVar[CustodyEvent]

class RecordBasis(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    RECORD_BASIS_UNSPECIFIED: _ClassVar[RecordBasis]
    RECORD_BASIS_STATE_RECORD: _ClassVar[RecordBasis]
    RECORD_BASIS_MANUFACTURER_RECORD: _ClassVar[RecordBasis]
    RECORD_BASIS_DEALER_RECORD: _ClassVar[RecordBasis]
    RECORD_BASIS_OTHER_STATE: _ClassVar[RecordBasis]
    RECORD_BASIS_STATEMENT: _ClassVar[RecordBasis]

class LimitationMeasure(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    LIMITATION_MEASURE_UNSPECIFIED: _ClassVar[LimitationMeasure]
    LIMITATION_MEASURE_DELAY: _ClassVar[LimitationMeasure]
    LIMITATION_MEASURE_RESTRICT: _ClassVar[LimitationMeasure]
    LIMITATION_MEASURE_REFUSE: _ClassVar[LimitationMeasure]

class LimitationGround(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    LIMITATION_GROUND_UNSPECIFIED: _ClassVar[LimitationGround]
    LIMITATION_GROUND_CRIMINAL_INVESTIGATION: _ClassVar[LimitationGround]
    LIMITATION_GROUND_CONFIDENTIALITY_LAW: _ClassVar[LimitationGround]
    LIMITATION_GROUND_NO_GUARANTEE: _ClassVar[LimitationGround]
    LIMITATION_GROUND_NATIONAL_SECURITY: _ClassVar[LimitationGround]
TRACE_OUTCOME_UNSPECIFIED: TraceOutcome
TRACE_OUTCOME_ANSWERED: TraceOutcome
TRACE_OUTCOME_ANSWERED_RESTRICTED: TraceOutcome
TRACE_OUTCOME_NO_RECORD: TraceOutcome
TRACE_OUTCOME_DELAYED: TraceOutcome
TRACE_OUTCOME_REFUSED: TraceOutcome
TRACING_STATUS_UNSPECIFIED: TracingStatus
TRACING_STATUS_TRACED: TracingStatus
TRACING_STATUS_ESTABLISHED_OTHER: TracingStatus
TRACING_STATUS_PENDING: TracingStatus
TRACING_STATUS_INSUFFICIENT_INFO: TracingStatus
TRACING_STATUS_NOT_ATTEMPTED: TracingStatus
TRACING_STATUS_NOT_TRACEABLE: TracingStatus
CUSTODY_EVENT_UNSPECIFIED: CustodyEvent
CUSTODY_EVENT_MANUFACTURED: CustodyEvent
CUSTODY_EVENT_EXPORTED: CustodyEvent
CUSTODY_EVENT_IMPORTED: CustodyEvent
CUSTODY_EVENT_TRANSFERRED: CustodyEvent
CUSTODY_EVENT_ISSUED: CustodyEvent
CUSTODY_EVENT_STOCKED: CustodyEvent
CUSTODY_EVENT_REPORTED_LOST: CustodyEvent
CUSTODY_EVENT_REPORTED_STOLEN: CustodyEvent
CUSTODY_EVENT_DEACTIVATED: CustodyEvent
CUSTODY_EVENT_DESTROYED: CustodyEvent
RECORD_BASIS_UNSPECIFIED: RecordBasis
RECORD_BASIS_STATE_RECORD: RecordBasis
RECORD_BASIS_MANUFACTURER_RECORD: RecordBasis
RECORD_BASIS_DEALER_RECORD: RecordBasis
RECORD_BASIS_OTHER_STATE: RecordBasis
RECORD_BASIS_STATEMENT: RecordBasis
LIMITATION_MEASURE_UNSPECIFIED: LimitationMeasure
LIMITATION_MEASURE_DELAY: LimitationMeasure
LIMITATION_MEASURE_RESTRICT: LimitationMeasure
LIMITATION_MEASURE_REFUSE: LimitationMeasure
LIMITATION_GROUND_UNSPECIFIED: LimitationGround
LIMITATION_GROUND_CRIMINAL_INVESTIGATION: LimitationGround
LIMITATION_GROUND_CONFIDENTIALITY_LAW: LimitationGround
LIMITATION_GROUND_NO_GUARANTEE: LimitationGround
LIMITATION_GROUND_NATIONAL_SECURITY: LimitationGround

class TraceResponse(_message.Message):
    __slots__ = ("outcome", "results", "limitation", "records_consulted", "authority", "remarks", "references", "attachments")
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    RESULTS_FIELD_NUMBER: _ClassVar[int]
    LIMITATION_FIELD_NUMBER: _ClassVar[int]
    RECORDS_CONSULTED_FIELD_NUMBER: _ClassVar[int]
    AUTHORITY_FIELD_NUMBER: _ClassVar[int]
    REMARKS_FIELD_NUMBER: _ClassVar[int]
    REFERENCES_FIELD_NUMBER: _ClassVar[int]
    ATTACHMENTS_FIELD_NUMBER: _ClassVar[int]
    outcome: TraceOutcome
    results: _containers.RepeatedCompositeFieldContainer[TraceResult]
    limitation: Limitation
    records_consulted: str
    authority: str
    remarks: str
    references: _containers.RepeatedCompositeFieldContainer[_reference_pb2.Reference]
    attachments: _containers.RepeatedCompositeFieldContainer[_attachment_pb2.Attachment]
    def __init__(self, outcome: _Optional[_Union[TraceOutcome, str]] = ..., results: _Optional[_Iterable[_Union[TraceResult, _Mapping]]] = ..., limitation: _Optional[_Union[Limitation, _Mapping]] = ..., records_consulted: _Optional[str] = ..., authority: _Optional[str] = ..., remarks: _Optional[str] = ..., references: _Optional[_Iterable[_Union[_reference_pb2.Reference, _Mapping]]] = ..., attachments: _Optional[_Iterable[_Union[_attachment_pb2.Attachment, _Mapping]]] = ...) -> None: ...

class TraceResult(_message.Message):
    __slots__ = ("item", "status", "recorded", "chain", "point_of_diversion", "last_legal_holder", "next_country", "remarks")
    ITEM_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    RECORDED_FIELD_NUMBER: _ClassVar[int]
    CHAIN_FIELD_NUMBER: _ClassVar[int]
    POINT_OF_DIVERSION_FIELD_NUMBER: _ClassVar[int]
    LAST_LEGAL_HOLDER_FIELD_NUMBER: _ClassVar[int]
    NEXT_COUNTRY_FIELD_NUMBER: _ClassVar[int]
    REMARKS_FIELD_NUMBER: _ClassVar[int]
    item: int
    status: TracingStatus
    recorded: _item_pb2.Item
    chain: _containers.RepeatedCompositeFieldContainer[CustodyStep]
    point_of_diversion: PointOfDiversion
    last_legal_holder: _actor_pb2.Actor
    next_country: str
    remarks: str
    def __init__(self, item: _Optional[int] = ..., status: _Optional[_Union[TracingStatus, str]] = ..., recorded: _Optional[_Union[_item_pb2.Item, _Mapping]] = ..., chain: _Optional[_Iterable[_Union[CustodyStep, _Mapping]]] = ..., point_of_diversion: _Optional[_Union[PointOfDiversion, _Mapping]] = ..., last_legal_holder: _Optional[_Union[_actor_pb2.Actor, _Mapping]] = ..., next_country: _Optional[str] = ..., remarks: _Optional[str] = ...) -> None: ...

class CustodyStep(_message.Message):
    __slots__ = ("event", "date", "country", "holder", "to_country", "document", "basis")
    EVENT_FIELD_NUMBER: _ClassVar[int]
    DATE_FIELD_NUMBER: _ClassVar[int]
    COUNTRY_FIELD_NUMBER: _ClassVar[int]
    HOLDER_FIELD_NUMBER: _ClassVar[int]
    TO_COUNTRY_FIELD_NUMBER: _ClassVar[int]
    DOCUMENT_FIELD_NUMBER: _ClassVar[int]
    BASIS_FIELD_NUMBER: _ClassVar[int]
    event: CustodyEvent
    date: str
    country: str
    holder: _actor_pb2.Actor
    to_country: str
    document: _reference_pb2.DocumentReference
    basis: RecordBasis
    def __init__(self, event: _Optional[_Union[CustodyEvent, str]] = ..., date: _Optional[str] = ..., country: _Optional[str] = ..., holder: _Optional[_Union[_actor_pb2.Actor, _Mapping]] = ..., to_country: _Optional[str] = ..., document: _Optional[_Union[_reference_pb2.DocumentReference, _Mapping]] = ..., basis: _Optional[_Union[RecordBasis, str]] = ...) -> None: ...

class PointOfDiversion(_message.Message):
    __slots__ = ("place", "period", "stage", "method", "circumstances")
    PLACE_FIELD_NUMBER: _ClassVar[int]
    PERIOD_FIELD_NUMBER: _ClassVar[int]
    STAGE_FIELD_NUMBER: _ClassVar[int]
    METHOD_FIELD_NUMBER: _ClassVar[int]
    CIRCUMSTANCES_FIELD_NUMBER: _ClassVar[int]
    place: _place_pb2.Place
    period: _place_pb2.Period
    stage: _illicit_pb2.DiversionStage
    method: _illicit_pb2.DiversionMethod
    circumstances: str
    def __init__(self, place: _Optional[_Union[_place_pb2.Place, _Mapping]] = ..., period: _Optional[_Union[_place_pb2.Period, _Mapping]] = ..., stage: _Optional[_Union[_illicit_pb2.DiversionStage, str]] = ..., method: _Optional[_Union[_illicit_pb2.DiversionMethod, str]] = ..., circumstances: _Optional[str] = ...) -> None: ...

class Limitation(_message.Message):
    __slots__ = ("measure", "grounds", "reasons", "review_on")
    MEASURE_FIELD_NUMBER: _ClassVar[int]
    GROUNDS_FIELD_NUMBER: _ClassVar[int]
    REASONS_FIELD_NUMBER: _ClassVar[int]
    REVIEW_ON_FIELD_NUMBER: _ClassVar[int]
    measure: LimitationMeasure
    grounds: _containers.RepeatedScalarFieldContainer[LimitationGround]
    reasons: str
    review_on: str
    def __init__(self, measure: _Optional[_Union[LimitationMeasure, str]] = ..., grounds: _Optional[_Iterable[_Union[LimitationGround, str]]] = ..., reasons: _Optional[str] = ..., review_on: _Optional[str] = ...) -> None: ...
