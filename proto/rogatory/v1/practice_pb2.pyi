from rogatory.v1 import attachment_pb2 as _attachment_pb2
from rogatory.v1 import evaluation_pb2 as _evaluation_pb2
from rogatory.v1 import firearm_pb2 as _firearm_pb2
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

class MarkingOccasion(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    MARKING_OCCASION_UNSPECIFIED: _ClassVar[MarkingOccasion]
    MARKING_OCCASION_MANUFACTURE: _ClassVar[MarkingOccasion]
    MARKING_OCCASION_IMPORT: _ClassVar[MarkingOccasion]
    MARKING_OCCASION_TRANSFER_FROM_STATE: _ClassVar[MarkingOccasion]
    MARKING_OCCASION_STATE_STOCK: _ClassVar[MarkingOccasion]
    MARKING_OCCASION_RECOVERY: _ClassVar[MarkingOccasion]
    MARKING_OCCASION_DEACTIVATION: _ClassVar[MarkingOccasion]

class ConversionMethod(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    CONVERSION_METHOD_UNSPECIFIED: _ClassVar[ConversionMethod]
    CONVERSION_METHOD_BARREL_OPENED: _ClassVar[ConversionMethod]
    CONVERSION_METHOD_BARREL_REPLACED: _ClassVar[ConversionMethod]
    CONVERSION_METHOD_PARTS_FITTED: _ClassVar[ConversionMethod]
    CONVERSION_METHOD_PARTS_PRINTED: _ClassVar[ConversionMethod]
    CONVERSION_METHOD_REACTIVATED: _ClassVar[ConversionMethod]
    CONVERSION_METHOD_AUTOMATIC_FIRE: _ClassVar[ConversionMethod]
    CONVERSION_METHOD_OTHER: _ClassVar[ConversionMethod]

class PracticeTopic(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    PRACTICE_TOPIC_UNSPECIFIED: _ClassVar[PracticeTopic]
    PRACTICE_TOPIC_ENFORCEMENT: _ClassVar[PracticeTopic]
    PRACTICE_TOPIC_RISK_ASSESSMENT: _ClassVar[PracticeTopic]
    PRACTICE_TOPIC_STOCK_SECURITY: _ClassVar[PracticeTopic]
    PRACTICE_TOPIC_MARKING_AND_RECORDS: _ClassVar[PracticeTopic]
    PRACTICE_TOPIC_TRACING: _ClassVar[PracticeTopic]
    PRACTICE_TOPIC_DISPOSAL: _ClassVar[PracticeTopic]
    PRACTICE_TOPIC_TRANSFER_CONTROL: _ClassVar[PracticeTopic]
    PRACTICE_TOPIC_GENDER: _ClassVar[PracticeTopic]
    PRACTICE_TOPIC_OTHER: _ClassVar[PracticeTopic]
MARKING_OCCASION_UNSPECIFIED: MarkingOccasion
MARKING_OCCASION_MANUFACTURE: MarkingOccasion
MARKING_OCCASION_IMPORT: MarkingOccasion
MARKING_OCCASION_TRANSFER_FROM_STATE: MarkingOccasion
MARKING_OCCASION_STATE_STOCK: MarkingOccasion
MARKING_OCCASION_RECOVERY: MarkingOccasion
MARKING_OCCASION_DEACTIVATION: MarkingOccasion
CONVERSION_METHOD_UNSPECIFIED: ConversionMethod
CONVERSION_METHOD_BARREL_OPENED: ConversionMethod
CONVERSION_METHOD_BARREL_REPLACED: ConversionMethod
CONVERSION_METHOD_PARTS_FITTED: ConversionMethod
CONVERSION_METHOD_PARTS_PRINTED: ConversionMethod
CONVERSION_METHOD_REACTIVATED: ConversionMethod
CONVERSION_METHOD_AUTOMATIC_FIRE: ConversionMethod
CONVERSION_METHOD_OTHER: ConversionMethod
PRACTICE_TOPIC_UNSPECIFIED: PracticeTopic
PRACTICE_TOPIC_ENFORCEMENT: PracticeTopic
PRACTICE_TOPIC_RISK_ASSESSMENT: PracticeTopic
PRACTICE_TOPIC_STOCK_SECURITY: PracticeTopic
PRACTICE_TOPIC_MARKING_AND_RECORDS: PracticeTopic
PRACTICE_TOPIC_TRACING: PracticeTopic
PRACTICE_TOPIC_DISPOSAL: PracticeTopic
PRACTICE_TOPIC_TRANSFER_CONTROL: PracticeTopic
PRACTICE_TOPIC_GENDER: PracticeTopic
PRACTICE_TOPIC_OTHER: PracticeTopic

class ComponentDeclaration(_message.Message):
    __slots__ = ("country", "model_family", "make", "component", "modular", "valid_from", "legal_basis", "attachments")
    COUNTRY_FIELD_NUMBER: _ClassVar[int]
    MODEL_FAMILY_FIELD_NUMBER: _ClassVar[int]
    MAKE_FIELD_NUMBER: _ClassVar[int]
    COMPONENT_FIELD_NUMBER: _ClassVar[int]
    MODULAR_FIELD_NUMBER: _ClassVar[int]
    VALID_FROM_FIELD_NUMBER: _ClassVar[int]
    LEGAL_BASIS_FIELD_NUMBER: _ClassVar[int]
    ATTACHMENTS_FIELD_NUMBER: _ClassVar[int]
    country: str
    model_family: str
    make: str
    component: _marking_pb2.PartKind
    modular: bool
    valid_from: str
    legal_basis: str
    attachments: _containers.RepeatedCompositeFieldContainer[_attachment_pb2.Attachment]
    def __init__(self, country: _Optional[str] = ..., model_family: _Optional[str] = ..., make: _Optional[str] = ..., component: _Optional[_Union[_marking_pb2.PartKind, str]] = ..., modular: _Optional[bool] = ..., valid_from: _Optional[str] = ..., legal_basis: _Optional[str] = ..., attachments: _Optional[_Iterable[_Union[_attachment_pb2.Attachment, _Mapping]]] = ...) -> None: ...

class MarkingPractice(_message.Message):
    __slots__ = ("country", "occasion", "period", "marks", "methods", "remarks", "attachments")
    COUNTRY_FIELD_NUMBER: _ClassVar[int]
    OCCASION_FIELD_NUMBER: _ClassVar[int]
    PERIOD_FIELD_NUMBER: _ClassVar[int]
    MARKS_FIELD_NUMBER: _ClassVar[int]
    METHODS_FIELD_NUMBER: _ClassVar[int]
    REMARKS_FIELD_NUMBER: _ClassVar[int]
    ATTACHMENTS_FIELD_NUMBER: _ClassVar[int]
    country: str
    occasion: MarkingOccasion
    period: _place_pb2.Period
    marks: _containers.RepeatedCompositeFieldContainer[MarkSpecimen]
    methods: str
    remarks: str
    attachments: _containers.RepeatedCompositeFieldContainer[_attachment_pb2.Attachment]
    def __init__(self, country: _Optional[str] = ..., occasion: _Optional[_Union[MarkingOccasion, str]] = ..., period: _Optional[_Union[_place_pb2.Period, _Mapping]] = ..., marks: _Optional[_Iterable[_Union[MarkSpecimen, _Mapping]]] = ..., methods: _Optional[str] = ..., remarks: _Optional[str] = ..., attachments: _Optional[_Iterable[_Union[_attachment_pb2.Attachment, _Mapping]]] = ...) -> None: ...

class MarkSpecimen(_message.Message):
    __slots__ = ("kind", "form", "position", "meaning")
    KIND_FIELD_NUMBER: _ClassVar[int]
    FORM_FIELD_NUMBER: _ClassVar[int]
    POSITION_FIELD_NUMBER: _ClassVar[int]
    MEANING_FIELD_NUMBER: _ClassVar[int]
    kind: _marking_pb2.MarkKind
    form: str
    position: str
    meaning: str
    def __init__(self, kind: _Optional[_Union[_marking_pb2.MarkKind, str]] = ..., form: _Optional[str] = ..., position: _Optional[str] = ..., meaning: _Optional[str] = ...) -> None: ...

class ConversionTechnique(_message.Message):
    __slots__ = ("objects", "methods", "recognition", "seen", "period", "evaluation", "expires_on", "references", "attachments")
    OBJECTS_FIELD_NUMBER: _ClassVar[int]
    METHODS_FIELD_NUMBER: _ClassVar[int]
    RECOGNITION_FIELD_NUMBER: _ClassVar[int]
    SEEN_FIELD_NUMBER: _ClassVar[int]
    PERIOD_FIELD_NUMBER: _ClassVar[int]
    EVALUATION_FIELD_NUMBER: _ClassVar[int]
    EXPIRES_ON_FIELD_NUMBER: _ClassVar[int]
    REFERENCES_FIELD_NUMBER: _ClassVar[int]
    ATTACHMENTS_FIELD_NUMBER: _ClassVar[int]
    objects: _containers.RepeatedCompositeFieldContainer[_item_pb2.Item]
    methods: _containers.RepeatedScalarFieldContainer[ConversionMethod]
    recognition: str
    seen: int
    period: _place_pb2.Period
    evaluation: _evaluation_pb2.Evaluation
    expires_on: str
    references: _containers.RepeatedCompositeFieldContainer[_reference_pb2.Reference]
    attachments: _containers.RepeatedCompositeFieldContainer[_attachment_pb2.Attachment]
    def __init__(self, objects: _Optional[_Iterable[_Union[_item_pb2.Item, _Mapping]]] = ..., methods: _Optional[_Iterable[_Union[ConversionMethod, str]]] = ..., recognition: _Optional[str] = ..., seen: _Optional[int] = ..., period: _Optional[_Union[_place_pb2.Period, _Mapping]] = ..., evaluation: _Optional[_Union[_evaluation_pb2.Evaluation, _Mapping]] = ..., expires_on: _Optional[str] = ..., references: _Optional[_Iterable[_Union[_reference_pb2.Reference, _Mapping]]] = ..., attachments: _Optional[_Iterable[_Union[_attachment_pb2.Attachment, _Mapping]]] = ...) -> None: ...

class ManufactureTrend(_message.Message):
    __slots__ = ("title", "modes", "materials", "items", "period", "places", "seen", "designs", "evaluation", "expires_on", "narrative", "attachments")
    TITLE_FIELD_NUMBER: _ClassVar[int]
    MODES_FIELD_NUMBER: _ClassVar[int]
    MATERIALS_FIELD_NUMBER: _ClassVar[int]
    ITEMS_FIELD_NUMBER: _ClassVar[int]
    PERIOD_FIELD_NUMBER: _ClassVar[int]
    PLACES_FIELD_NUMBER: _ClassVar[int]
    SEEN_FIELD_NUMBER: _ClassVar[int]
    DESIGNS_FIELD_NUMBER: _ClassVar[int]
    EVALUATION_FIELD_NUMBER: _ClassVar[int]
    EXPIRES_ON_FIELD_NUMBER: _ClassVar[int]
    NARRATIVE_FIELD_NUMBER: _ClassVar[int]
    ATTACHMENTS_FIELD_NUMBER: _ClassVar[int]
    title: str
    modes: _containers.RepeatedScalarFieldContainer[_firearm_pb2.ManufactureMode]
    materials: _containers.RepeatedScalarFieldContainer[_firearm_pb2.FrameMaterial]
    items: _containers.RepeatedCompositeFieldContainer[_item_pb2.Item]
    period: _place_pb2.Period
    places: _containers.RepeatedCompositeFieldContainer[_place_pb2.Place]
    seen: int
    designs: _containers.RepeatedScalarFieldContainer[str]
    evaluation: _evaluation_pb2.Evaluation
    expires_on: str
    narrative: str
    attachments: _containers.RepeatedCompositeFieldContainer[_attachment_pb2.Attachment]
    def __init__(self, title: _Optional[str] = ..., modes: _Optional[_Iterable[_Union[_firearm_pb2.ManufactureMode, str]]] = ..., materials: _Optional[_Iterable[_Union[_firearm_pb2.FrameMaterial, str]]] = ..., items: _Optional[_Iterable[_Union[_item_pb2.Item, _Mapping]]] = ..., period: _Optional[_Union[_place_pb2.Period, _Mapping]] = ..., places: _Optional[_Iterable[_Union[_place_pb2.Place, _Mapping]]] = ..., seen: _Optional[int] = ..., designs: _Optional[_Iterable[str]] = ..., evaluation: _Optional[_Union[_evaluation_pb2.Evaluation, _Mapping]] = ..., expires_on: _Optional[str] = ..., narrative: _Optional[str] = ..., attachments: _Optional[_Iterable[_Union[_attachment_pb2.Attachment, _Mapping]]] = ...) -> None: ...

class PracticeNote(_message.Message):
    __slots__ = ("title", "topic", "text", "results", "contact", "attachments")
    TITLE_FIELD_NUMBER: _ClassVar[int]
    TOPIC_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    RESULTS_FIELD_NUMBER: _ClassVar[int]
    CONTACT_FIELD_NUMBER: _ClassVar[int]
    ATTACHMENTS_FIELD_NUMBER: _ClassVar[int]
    title: str
    topic: PracticeTopic
    text: str
    results: str
    contact: str
    attachments: _containers.RepeatedCompositeFieldContainer[_attachment_pb2.Attachment]
    def __init__(self, title: _Optional[str] = ..., topic: _Optional[_Union[PracticeTopic, str]] = ..., text: _Optional[str] = ..., results: _Optional[str] = ..., contact: _Optional[str] = ..., attachments: _Optional[_Iterable[_Union[_attachment_pb2.Attachment, _Mapping]]] = ...) -> None: ...
