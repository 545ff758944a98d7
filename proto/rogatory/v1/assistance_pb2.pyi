from rogatory.v1 import attachment_pb2 as _attachment_pb2
from rogatory.v1 import consignment_pb2 as _consignment_pb2
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

class AssistanceArea(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ASSISTANCE_AREA_UNSPECIFIED: _ClassVar[AssistanceArea]
    ASSISTANCE_AREA_LEGISLATION: _ClassVar[AssistanceArea]
    ASSISTANCE_AREA_MARKING: _ClassVar[AssistanceArea]
    ASSISTANCE_AREA_RECORDS: _ClassVar[AssistanceArea]
    ASSISTANCE_AREA_TRACING: _ClassVar[AssistanceArea]
    ASSISTANCE_AREA_STOCKS: _ClassVar[AssistanceArea]
    ASSISTANCE_AREA_DESTRUCTION: _ClassVar[AssistanceArea]
    ASSISTANCE_AREA_BORDERS: _ClassVar[AssistanceArea]
    ASSISTANCE_AREA_ENFORCEMENT: _ClassVar[AssistanceArea]
    ASSISTANCE_AREA_TRANSFER_CONTROL: _ClassVar[AssistanceArea]
    ASSISTANCE_AREA_DISARMAMENT: _ClassVar[AssistanceArea]
    ASSISTANCE_AREA_BROKERING: _ClassVar[AssistanceArea]
    ASSISTANCE_AREA_OTHER: _ClassVar[AssistanceArea]

class AssistanceForm(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ASSISTANCE_FORM_UNSPECIFIED: _ClassVar[AssistanceForm]
    ASSISTANCE_FORM_FUNDS: _ClassVar[AssistanceForm]
    ASSISTANCE_FORM_TRAINING: _ClassVar[AssistanceForm]
    ASSISTANCE_FORM_EQUIPMENT: _ClassVar[AssistanceForm]
    ASSISTANCE_FORM_EXPERTISE: _ClassVar[AssistanceForm]
    ASSISTANCE_FORM_SOFTWARE: _ClassVar[AssistanceForm]

class ReviewPart(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    REVIEW_PART_UNSPECIFIED: _ClassVar[ReviewPart]
    REVIEW_PART_SELF_ASSESSMENT: _ClassVar[ReviewPart]
    REVIEW_PART_FINDINGS: _ClassVar[ReviewPart]
    REVIEW_PART_RESPONSE: _ClassVar[ReviewPart]
ASSISTANCE_AREA_UNSPECIFIED: AssistanceArea
ASSISTANCE_AREA_LEGISLATION: AssistanceArea
ASSISTANCE_AREA_MARKING: AssistanceArea
ASSISTANCE_AREA_RECORDS: AssistanceArea
ASSISTANCE_AREA_TRACING: AssistanceArea
ASSISTANCE_AREA_STOCKS: AssistanceArea
ASSISTANCE_AREA_DESTRUCTION: AssistanceArea
ASSISTANCE_AREA_BORDERS: AssistanceArea
ASSISTANCE_AREA_ENFORCEMENT: AssistanceArea
ASSISTANCE_AREA_TRANSFER_CONTROL: AssistanceArea
ASSISTANCE_AREA_DISARMAMENT: AssistanceArea
ASSISTANCE_AREA_BROKERING: AssistanceArea
ASSISTANCE_AREA_OTHER: AssistanceArea
ASSISTANCE_FORM_UNSPECIFIED: AssistanceForm
ASSISTANCE_FORM_FUNDS: AssistanceForm
ASSISTANCE_FORM_TRAINING: AssistanceForm
ASSISTANCE_FORM_EQUIPMENT: AssistanceForm
ASSISTANCE_FORM_EXPERTISE: AssistanceForm
ASSISTANCE_FORM_SOFTWARE: AssistanceForm
REVIEW_PART_UNSPECIFIED: ReviewPart
REVIEW_PART_SELF_ASSESSMENT: ReviewPart
REVIEW_PART_FINDINGS: ReviewPart
REVIEW_PART_RESPONSE: ReviewPart

class AssistanceNeed(_message.Message):
    __slots__ = ("title", "country", "areas", "forms", "period", "cost", "detail", "attachments")
    TITLE_FIELD_NUMBER: _ClassVar[int]
    COUNTRY_FIELD_NUMBER: _ClassVar[int]
    AREAS_FIELD_NUMBER: _ClassVar[int]
    FORMS_FIELD_NUMBER: _ClassVar[int]
    PERIOD_FIELD_NUMBER: _ClassVar[int]
    COST_FIELD_NUMBER: _ClassVar[int]
    DETAIL_FIELD_NUMBER: _ClassVar[int]
    ATTACHMENTS_FIELD_NUMBER: _ClassVar[int]
    title: str
    country: str
    areas: _containers.RepeatedScalarFieldContainer[AssistanceArea]
    forms: _containers.RepeatedScalarFieldContainer[AssistanceForm]
    period: _place_pb2.Period
    cost: _consignment_pb2.Money
    detail: str
    attachments: _containers.RepeatedCompositeFieldContainer[_attachment_pb2.Attachment]
    def __init__(self, title: _Optional[str] = ..., country: _Optional[str] = ..., areas: _Optional[_Iterable[_Union[AssistanceArea, str]]] = ..., forms: _Optional[_Iterable[_Union[AssistanceForm, str]]] = ..., period: _Optional[_Union[_place_pb2.Period, _Mapping]] = ..., cost: _Optional[_Union[_consignment_pb2.Money, _Mapping]] = ..., detail: _Optional[str] = ..., attachments: _Optional[_Iterable[_Union[_attachment_pb2.Attachment, _Mapping]]] = ...) -> None: ...

class AssistanceOffer(_message.Message):
    __slots__ = ("title", "areas", "forms", "countries", "period", "budget", "detail")
    TITLE_FIELD_NUMBER: _ClassVar[int]
    AREAS_FIELD_NUMBER: _ClassVar[int]
    FORMS_FIELD_NUMBER: _ClassVar[int]
    COUNTRIES_FIELD_NUMBER: _ClassVar[int]
    PERIOD_FIELD_NUMBER: _ClassVar[int]
    BUDGET_FIELD_NUMBER: _ClassVar[int]
    DETAIL_FIELD_NUMBER: _ClassVar[int]
    title: str
    areas: _containers.RepeatedScalarFieldContainer[AssistanceArea]
    forms: _containers.RepeatedScalarFieldContainer[AssistanceForm]
    countries: _containers.RepeatedScalarFieldContainer[str]
    period: _place_pb2.Period
    budget: _consignment_pb2.Money
    detail: str
    def __init__(self, title: _Optional[str] = ..., areas: _Optional[_Iterable[_Union[AssistanceArea, str]]] = ..., forms: _Optional[_Iterable[_Union[AssistanceForm, str]]] = ..., countries: _Optional[_Iterable[str]] = ..., period: _Optional[_Union[_place_pb2.Period, _Mapping]] = ..., budget: _Optional[_Union[_consignment_pb2.Money, _Mapping]] = ..., detail: _Optional[str] = ...) -> None: ...

class AssistanceMatch(_message.Message):
    __slots__ = ("need_digest", "offer_digest", "title", "partners", "areas", "period", "budget", "detail")
    NEED_DIGEST_FIELD_NUMBER: _ClassVar[int]
    OFFER_DIGEST_FIELD_NUMBER: _ClassVar[int]
    TITLE_FIELD_NUMBER: _ClassVar[int]
    PARTNERS_FIELD_NUMBER: _ClassVar[int]
    AREAS_FIELD_NUMBER: _ClassVar[int]
    PERIOD_FIELD_NUMBER: _ClassVar[int]
    BUDGET_FIELD_NUMBER: _ClassVar[int]
    DETAIL_FIELD_NUMBER: _ClassVar[int]
    need_digest: bytes
    offer_digest: bytes
    title: str
    partners: _containers.RepeatedScalarFieldContainer[str]
    areas: _containers.RepeatedScalarFieldContainer[AssistanceArea]
    period: _place_pb2.Period
    budget: _consignment_pb2.Money
    detail: str
    def __init__(self, need_digest: _Optional[bytes] = ..., offer_digest: _Optional[bytes] = ..., title: _Optional[str] = ..., partners: _Optional[_Iterable[str]] = ..., areas: _Optional[_Iterable[_Union[AssistanceArea, str]]] = ..., period: _Optional[_Union[_place_pb2.Period, _Mapping]] = ..., budget: _Optional[_Union[_consignment_pb2.Money, _Mapping]] = ..., detail: _Optional[str] = ...) -> None: ...

class PeerReview(_message.Message):
    __slots__ = ("part", "country", "areas", "findings", "summary", "references", "attachments")
    PART_FIELD_NUMBER: _ClassVar[int]
    COUNTRY_FIELD_NUMBER: _ClassVar[int]
    AREAS_FIELD_NUMBER: _ClassVar[int]
    FINDINGS_FIELD_NUMBER: _ClassVar[int]
    SUMMARY_FIELD_NUMBER: _ClassVar[int]
    REFERENCES_FIELD_NUMBER: _ClassVar[int]
    ATTACHMENTS_FIELD_NUMBER: _ClassVar[int]
    part: ReviewPart
    country: str
    areas: _containers.RepeatedScalarFieldContainer[AssistanceArea]
    findings: _containers.RepeatedCompositeFieldContainer[ReviewFinding]
    summary: str
    references: _containers.RepeatedCompositeFieldContainer[_reference_pb2.Reference]
    attachments: _containers.RepeatedCompositeFieldContainer[_attachment_pb2.Attachment]
    def __init__(self, part: _Optional[_Union[ReviewPart, str]] = ..., country: _Optional[str] = ..., areas: _Optional[_Iterable[_Union[AssistanceArea, str]]] = ..., findings: _Optional[_Iterable[_Union[ReviewFinding, _Mapping]]] = ..., summary: _Optional[str] = ..., references: _Optional[_Iterable[_Union[_reference_pb2.Reference, _Mapping]]] = ..., attachments: _Optional[_Iterable[_Union[_attachment_pb2.Attachment, _Mapping]]] = ...) -> None: ...

class ReviewFinding(_message.Message):
    __slots__ = ("number", "question", "text", "recommendation")
    NUMBER_FIELD_NUMBER: _ClassVar[int]
    QUESTION_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    RECOMMENDATION_FIELD_NUMBER: _ClassVar[int]
    number: int
    question: str
    text: str
    recommendation: str
    def __init__(self, number: _Optional[int] = ..., question: _Optional[str] = ..., text: _Optional[str] = ..., recommendation: _Optional[str] = ...) -> None: ...
