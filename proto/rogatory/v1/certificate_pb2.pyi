from rogatory.v1 import actor_pb2 as _actor_pb2
from rogatory.v1 import attachment_pb2 as _attachment_pb2
from rogatory.v1 import consignment_pb2 as _consignment_pb2
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

class VerificationSubject(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    VERIFICATION_SUBJECT_UNSPECIFIED: _ClassVar[VerificationSubject]
    VERIFICATION_SUBJECT_CERTIFICATE: _ClassVar[VerificationSubject]
    VERIFICATION_SUBJECT_DELIVERY: _ClassVar[VerificationSubject]
    VERIFICATION_SUBJECT_END_USE: _ClassVar[VerificationSubject]

class VerificationFinding(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    VERIFICATION_FINDING_UNSPECIFIED: _ClassVar[VerificationFinding]
    VERIFICATION_FINDING_CONFIRMED: _ClassVar[VerificationFinding]
    VERIFICATION_FINDING_CONFIRMED_IN_PART: _ClassVar[VerificationFinding]
    VERIFICATION_FINDING_FORGED: _ClassVar[VerificationFinding]
    VERIFICATION_FINDING_NOT_IN_FORCE: _ClassVar[VerificationFinding]
    VERIFICATION_FINDING_MISUSED: _ClassVar[VerificationFinding]
    VERIFICATION_FINDING_UNKNOWN: _ClassVar[VerificationFinding]
    VERIFICATION_FINDING_UNDER_EXAMINATION: _ClassVar[VerificationFinding]

class ReexportVerdict(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    REEXPORT_VERDICT_UNSPECIFIED: _ClassVar[ReexportVerdict]
    REEXPORT_VERDICT_NOTED: _ClassVar[ReexportVerdict]
    REEXPORT_VERDICT_CONSENTED: _ClassVar[ReexportVerdict]
    REEXPORT_VERDICT_CONDITIONS: _ClassVar[ReexportVerdict]
    REEXPORT_VERDICT_OBJECTED: _ClassVar[ReexportVerdict]

class RiskIndicator(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    RISK_INDICATOR_UNSPECIFIED: _ClassVar[RiskIndicator]
    RISK_INDICATOR_PAPERS_DISAGREE: _ClassVar[RiskIndicator]
    RISK_INDICATOR_NO_APPARENT_NEED: _ClassVar[RiskIndicator]
    RISK_INDICATOR_QUANTITY: _ClassVar[RiskIndicator]
    RISK_INDICATOR_UNUSUAL_ROUTE: _ClassVar[RiskIndicator]
    RISK_INDICATOR_UNKNOWN_BROKER: _ClassVar[RiskIndicator]
    RISK_INDICATOR_UNUSUAL_PAYMENT: _ClassVar[RiskIndicator]
    RISK_INDICATOR_EARLIER_DIVERSION: _ClassVar[RiskIndicator]
    RISK_INDICATOR_CONFLICT_OR_EMBARGO: _ClassVar[RiskIndicator]
    RISK_INDICATOR_STOCK_SECURITY: _ClassVar[RiskIndicator]
    RISK_INDICATOR_SIGNATURE: _ClassVar[RiskIndicator]
    RISK_INDICATOR_USED_BEFORE: _ClassVar[RiskIndicator]
VERIFICATION_SUBJECT_UNSPECIFIED: VerificationSubject
VERIFICATION_SUBJECT_CERTIFICATE: VerificationSubject
VERIFICATION_SUBJECT_DELIVERY: VerificationSubject
VERIFICATION_SUBJECT_END_USE: VerificationSubject
VERIFICATION_FINDING_UNSPECIFIED: VerificationFinding
VERIFICATION_FINDING_CONFIRMED: VerificationFinding
VERIFICATION_FINDING_CONFIRMED_IN_PART: VerificationFinding
VERIFICATION_FINDING_FORGED: VerificationFinding
VERIFICATION_FINDING_NOT_IN_FORCE: VerificationFinding
VERIFICATION_FINDING_MISUSED: VerificationFinding
VERIFICATION_FINDING_UNKNOWN: VerificationFinding
VERIFICATION_FINDING_UNDER_EXAMINATION: VerificationFinding
REEXPORT_VERDICT_UNSPECIFIED: ReexportVerdict
REEXPORT_VERDICT_NOTED: ReexportVerdict
REEXPORT_VERDICT_CONSENTED: ReexportVerdict
REEXPORT_VERDICT_CONDITIONS: ReexportVerdict
REEXPORT_VERDICT_OBJECTED: ReexportVerdict
RISK_INDICATOR_UNSPECIFIED: RiskIndicator
RISK_INDICATOR_PAPERS_DISAGREE: RiskIndicator
RISK_INDICATOR_NO_APPARENT_NEED: RiskIndicator
RISK_INDICATOR_QUANTITY: RiskIndicator
RISK_INDICATOR_UNUSUAL_ROUTE: RiskIndicator
RISK_INDICATOR_UNKNOWN_BROKER: RiskIndicator
RISK_INDICATOR_UNUSUAL_PAYMENT: RiskIndicator
RISK_INDICATOR_EARLIER_DIVERSION: RiskIndicator
RISK_INDICATOR_CONFLICT_OR_EMBARGO: RiskIndicator
RISK_INDICATOR_STOCK_SECURITY: RiskIndicator
RISK_INDICATOR_SIGNATURE: RiskIndicator
RISK_INDICATOR_USED_BEFORE: RiskIndicator

class CertificateRegistration(_message.Message):
    __slots__ = ("certificate", "issued_by", "validity", "end_user", "covers", "signatory", "remarks", "attachments")
    CERTIFICATE_FIELD_NUMBER: _ClassVar[int]
    ISSUED_BY_FIELD_NUMBER: _ClassVar[int]
    VALIDITY_FIELD_NUMBER: _ClassVar[int]
    END_USER_FIELD_NUMBER: _ClassVar[int]
    COVERS_FIELD_NUMBER: _ClassVar[int]
    SIGNATORY_FIELD_NUMBER: _ClassVar[int]
    REMARKS_FIELD_NUMBER: _ClassVar[int]
    ATTACHMENTS_FIELD_NUMBER: _ClassVar[int]
    certificate: _reference_pb2.DocumentReference
    issued_by: str
    validity: _place_pb2.Period
    end_user: _actor_pb2.Actor
    covers: _containers.RepeatedCompositeFieldContainer[CoveredGoods]
    signatory: Signatory
    remarks: str
    attachments: _containers.RepeatedCompositeFieldContainer[_attachment_pb2.Attachment]
    def __init__(self, certificate: _Optional[_Union[_reference_pb2.DocumentReference, _Mapping]] = ..., issued_by: _Optional[str] = ..., validity: _Optional[_Union[_place_pb2.Period, _Mapping]] = ..., end_user: _Optional[_Union[_actor_pb2.Actor, _Mapping]] = ..., covers: _Optional[_Iterable[_Union[CoveredGoods, _Mapping]]] = ..., signatory: _Optional[_Union[Signatory, _Mapping]] = ..., remarks: _Optional[str] = ..., attachments: _Optional[_Iterable[_Union[_attachment_pb2.Attachment, _Mapping]]] = ...) -> None: ...

class CoveredGoods(_message.Message):
    __slots__ = ("item_class", "quantity", "description")
    ITEM_CLASS_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    item_class: _item_pb2.ItemClass
    quantity: int
    description: str
    def __init__(self, item_class: _Optional[_Union[_item_pb2.ItemClass, str]] = ..., quantity: _Optional[int] = ..., description: _Optional[str] = ...) -> None: ...

class Signatory(_message.Message):
    __slots__ = ("office", "name", "specimen_sha256", "validity")
    OFFICE_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    SPECIMEN_SHA256_FIELD_NUMBER: _ClassVar[int]
    VALIDITY_FIELD_NUMBER: _ClassVar[int]
    office: str
    name: str
    specimen_sha256: bytes
    validity: _place_pb2.Period
    def __init__(self, office: _Optional[str] = ..., name: _Optional[str] = ..., specimen_sha256: _Optional[bytes] = ..., validity: _Optional[_Union[_place_pb2.Period, _Mapping]] = ...) -> None: ...

class VerificationRequest(_message.Message):
    __slots__ = ("subject", "certificate", "end_user", "covers", "consignment", "parties", "indicators", "question", "answer_by", "references", "attachments")
    SUBJECT_FIELD_NUMBER: _ClassVar[int]
    CERTIFICATE_FIELD_NUMBER: _ClassVar[int]
    END_USER_FIELD_NUMBER: _ClassVar[int]
    COVERS_FIELD_NUMBER: _ClassVar[int]
    CONSIGNMENT_FIELD_NUMBER: _ClassVar[int]
    PARTIES_FIELD_NUMBER: _ClassVar[int]
    INDICATORS_FIELD_NUMBER: _ClassVar[int]
    QUESTION_FIELD_NUMBER: _ClassVar[int]
    ANSWER_BY_FIELD_NUMBER: _ClassVar[int]
    REFERENCES_FIELD_NUMBER: _ClassVar[int]
    ATTACHMENTS_FIELD_NUMBER: _ClassVar[int]
    subject: VerificationSubject
    certificate: _reference_pb2.DocumentReference
    end_user: _actor_pb2.Actor
    covers: _containers.RepeatedCompositeFieldContainer[CoveredGoods]
    consignment: _consignment_pb2.Consignment
    parties: _containers.RepeatedCompositeFieldContainer[_actor_pb2.Actor]
    indicators: _containers.RepeatedScalarFieldContainer[RiskIndicator]
    question: str
    answer_by: str
    references: _containers.RepeatedCompositeFieldContainer[_reference_pb2.Reference]
    attachments: _containers.RepeatedCompositeFieldContainer[_attachment_pb2.Attachment]
    def __init__(self, subject: _Optional[_Union[VerificationSubject, str]] = ..., certificate: _Optional[_Union[_reference_pb2.DocumentReference, _Mapping]] = ..., end_user: _Optional[_Union[_actor_pb2.Actor, _Mapping]] = ..., covers: _Optional[_Iterable[_Union[CoveredGoods, _Mapping]]] = ..., consignment: _Optional[_Union[_consignment_pb2.Consignment, _Mapping]] = ..., parties: _Optional[_Iterable[_Union[_actor_pb2.Actor, _Mapping]]] = ..., indicators: _Optional[_Iterable[_Union[RiskIndicator, str]]] = ..., question: _Optional[str] = ..., answer_by: _Optional[str] = ..., references: _Optional[_Iterable[_Union[_reference_pb2.Reference, _Mapping]]] = ..., attachments: _Optional[_Iterable[_Union[_attachment_pb2.Attachment, _Mapping]]] = ...) -> None: ...

class VerificationResponse(_message.Message):
    __slots__ = ("finding", "certificate", "detail", "delivered", "date", "authority", "attachments")
    FINDING_FIELD_NUMBER: _ClassVar[int]
    CERTIFICATE_FIELD_NUMBER: _ClassVar[int]
    DETAIL_FIELD_NUMBER: _ClassVar[int]
    DELIVERED_FIELD_NUMBER: _ClassVar[int]
    DATE_FIELD_NUMBER: _ClassVar[int]
    AUTHORITY_FIELD_NUMBER: _ClassVar[int]
    ATTACHMENTS_FIELD_NUMBER: _ClassVar[int]
    finding: VerificationFinding
    certificate: _reference_pb2.DocumentReference
    detail: str
    delivered: int
    date: str
    authority: str
    attachments: _containers.RepeatedCompositeFieldContainer[_attachment_pb2.Attachment]
    def __init__(self, finding: _Optional[_Union[VerificationFinding, str]] = ..., certificate: _Optional[_Union[_reference_pb2.DocumentReference, _Mapping]] = ..., detail: _Optional[str] = ..., delivered: _Optional[int] = ..., date: _Optional[str] = ..., authority: _Optional[str] = ..., attachments: _Optional[_Iterable[_Union[_attachment_pb2.Attachment, _Mapping]]] = ...) -> None: ...

class ReexportNotification(_message.Message):
    __slots__ = ("agreement", "certificate", "destined_to", "end_user", "items", "not_before", "reason", "attachments")
    AGREEMENT_FIELD_NUMBER: _ClassVar[int]
    CERTIFICATE_FIELD_NUMBER: _ClassVar[int]
    DESTINED_TO_FIELD_NUMBER: _ClassVar[int]
    END_USER_FIELD_NUMBER: _ClassVar[int]
    ITEMS_FIELD_NUMBER: _ClassVar[int]
    NOT_BEFORE_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    ATTACHMENTS_FIELD_NUMBER: _ClassVar[int]
    agreement: str
    certificate: _reference_pb2.DocumentReference
    destined_to: str
    end_user: _actor_pb2.Actor
    items: _containers.RepeatedCompositeFieldContainer[_item_pb2.Item]
    not_before: str
    reason: str
    attachments: _containers.RepeatedCompositeFieldContainer[_attachment_pb2.Attachment]
    def __init__(self, agreement: _Optional[str] = ..., certificate: _Optional[_Union[_reference_pb2.DocumentReference, _Mapping]] = ..., destined_to: _Optional[str] = ..., end_user: _Optional[_Union[_actor_pb2.Actor, _Mapping]] = ..., items: _Optional[_Iterable[_Union[_item_pb2.Item, _Mapping]]] = ..., not_before: _Optional[str] = ..., reason: _Optional[str] = ..., attachments: _Optional[_Iterable[_Union[_attachment_pb2.Attachment, _Mapping]]] = ...) -> None: ...

class ReexportResponse(_message.Message):
    __slots__ = ("verdict", "detail", "authority")
    VERDICT_FIELD_NUMBER: _ClassVar[int]
    DETAIL_FIELD_NUMBER: _ClassVar[int]
    AUTHORITY_FIELD_NUMBER: _ClassVar[int]
    verdict: ReexportVerdict
    detail: str
    authority: str
    def __init__(self, verdict: _Optional[_Union[ReexportVerdict, str]] = ..., detail: _Optional[str] = ..., authority: _Optional[str] = ...) -> None: ...
