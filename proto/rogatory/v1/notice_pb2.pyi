from rogatory.v1 import actor_pb2 as _actor_pb2
from rogatory.v1 import attachment_pb2 as _attachment_pb2
from rogatory.v1 import certificate_pb2 as _certificate_pb2
from rogatory.v1 import consignment_pb2 as _consignment_pb2
from rogatory.v1 import evaluation_pb2 as _evaluation_pb2
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

class ProceedingsStage(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    PROCEEDINGS_STAGE_UNSPECIFIED: _ClassVar[ProceedingsStage]
    PROCEEDINGS_STAGE_INVESTIGATION: _ClassVar[ProceedingsStage]
    PROCEEDINGS_STAGE_CHARGED: _ClassVar[ProceedingsStage]
    PROCEEDINGS_STAGE_TRIAL: _ClassVar[ProceedingsStage]
    PROCEEDINGS_STAGE_CONVICTED: _ClassVar[ProceedingsStage]
    PROCEEDINGS_STAGE_ACQUITTED: _ClassVar[ProceedingsStage]
    PROCEEDINGS_STAGE_ENDED: _ClassVar[ProceedingsStage]

class BrokeringFinding(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    BROKERING_FINDING_UNSPECIFIED: _ClassVar[BrokeringFinding]
    BROKERING_FINDING_UNAUTHORISED: _ClassVar[BrokeringFinding]
    BROKERING_FINDING_SUSPECTED: _ClassVar[BrokeringFinding]
    BROKERING_FINDING_REFUSED: _ClassVar[BrokeringFinding]
    BROKERING_FINDING_WITHDRAWN: _ClassVar[BrokeringFinding]
    BROKERING_FINDING_REGISTERED: _ClassVar[BrokeringFinding]

class ActorActivity(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ACTOR_ACTIVITY_UNSPECIFIED: _ClassVar[ActorActivity]
    ACTOR_ACTIVITY_MANUFACTURE: _ClassVar[ActorActivity]
    ACTOR_ACTIVITY_SUPPLY: _ClassVar[ActorActivity]
    ACTOR_ACTIVITY_BROKERING: _ClassVar[ActorActivity]
    ACTOR_ACTIVITY_TRANSPORT: _ClassVar[ActorActivity]
    ACTOR_ACTIVITY_STORAGE: _ClassVar[ActorActivity]
    ACTOR_ACTIVITY_FINANCING: _ClassVar[ActorActivity]
    ACTOR_ACTIVITY_FORGERY: _ClassVar[ActorActivity]
    ACTOR_ACTIVITY_CORRUPTION: _ClassVar[ActorActivity]
    ACTOR_ACTIVITY_ONLINE_SALE: _ClassVar[ActorActivity]

class PaymentMethod(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    PAYMENT_METHOD_UNSPECIFIED: _ClassVar[PaymentMethod]
    PAYMENT_METHOD_CASH: _ClassVar[PaymentMethod]
    PAYMENT_METHOD_BANK_TRANSFER: _ClassVar[PaymentMethod]
    PAYMENT_METHOD_MONEY_SERVICE: _ClassVar[PaymentMethod]
    PAYMENT_METHOD_INFORMAL_TRANSFER: _ClassVar[PaymentMethod]
    PAYMENT_METHOD_CRYPTO_ASSET: _ClassVar[PaymentMethod]
    PAYMENT_METHOD_TRADE_BASED: _ClassVar[PaymentMethod]
    PAYMENT_METHOD_BARTER: _ClassVar[PaymentMethod]
    PAYMENT_METHOD_UNKNOWN: _ClassVar[PaymentMethod]
PROCEEDINGS_STAGE_UNSPECIFIED: ProceedingsStage
PROCEEDINGS_STAGE_INVESTIGATION: ProceedingsStage
PROCEEDINGS_STAGE_CHARGED: ProceedingsStage
PROCEEDINGS_STAGE_TRIAL: ProceedingsStage
PROCEEDINGS_STAGE_CONVICTED: ProceedingsStage
PROCEEDINGS_STAGE_ACQUITTED: ProceedingsStage
PROCEEDINGS_STAGE_ENDED: ProceedingsStage
BROKERING_FINDING_UNSPECIFIED: BrokeringFinding
BROKERING_FINDING_UNAUTHORISED: BrokeringFinding
BROKERING_FINDING_SUSPECTED: BrokeringFinding
BROKERING_FINDING_REFUSED: BrokeringFinding
BROKERING_FINDING_WITHDRAWN: BrokeringFinding
BROKERING_FINDING_REGISTERED: BrokeringFinding
ACTOR_ACTIVITY_UNSPECIFIED: ActorActivity
ACTOR_ACTIVITY_MANUFACTURE: ActorActivity
ACTOR_ACTIVITY_SUPPLY: ActorActivity
ACTOR_ACTIVITY_BROKERING: ActorActivity
ACTOR_ACTIVITY_TRANSPORT: ActorActivity
ACTOR_ACTIVITY_STORAGE: ActorActivity
ACTOR_ACTIVITY_FINANCING: ActorActivity
ACTOR_ACTIVITY_FORGERY: ActorActivity
ACTOR_ACTIVITY_CORRUPTION: ActorActivity
ACTOR_ACTIVITY_ONLINE_SALE: ActorActivity
PAYMENT_METHOD_UNSPECIFIED: PaymentMethod
PAYMENT_METHOD_CASH: PaymentMethod
PAYMENT_METHOD_BANK_TRANSFER: PaymentMethod
PAYMENT_METHOD_MONEY_SERVICE: PaymentMethod
PAYMENT_METHOD_INFORMAL_TRANSFER: PaymentMethod
PAYMENT_METHOD_CRYPTO_ASSET: PaymentMethod
PAYMENT_METHOD_TRADE_BASED: PaymentMethod
PAYMENT_METHOD_BARTER: PaymentMethod
PAYMENT_METHOD_UNKNOWN: PaymentMethod

class ProsecutionNotice(_message.Message):
    __slots__ = ("title", "country", "stage", "date", "offences", "accused", "convicted", "items", "linked_crime", "contribution", "references", "attachments")
    TITLE_FIELD_NUMBER: _ClassVar[int]
    COUNTRY_FIELD_NUMBER: _ClassVar[int]
    STAGE_FIELD_NUMBER: _ClassVar[int]
    DATE_FIELD_NUMBER: _ClassVar[int]
    OFFENCES_FIELD_NUMBER: _ClassVar[int]
    ACCUSED_FIELD_NUMBER: _ClassVar[int]
    CONVICTED_FIELD_NUMBER: _ClassVar[int]
    ITEMS_FIELD_NUMBER: _ClassVar[int]
    LINKED_CRIME_FIELD_NUMBER: _ClassVar[int]
    CONTRIBUTION_FIELD_NUMBER: _ClassVar[int]
    REFERENCES_FIELD_NUMBER: _ClassVar[int]
    ATTACHMENTS_FIELD_NUMBER: _ClassVar[int]
    title: str
    country: str
    stage: ProceedingsStage
    date: str
    offences: _containers.RepeatedScalarFieldContainer[str]
    accused: _containers.RepeatedCompositeFieldContainer[_actor_pb2.Actor]
    convicted: int
    items: _containers.RepeatedCompositeFieldContainer[_item_pb2.Item]
    linked_crime: _containers.RepeatedScalarFieldContainer[_illicit_pb2.LinkedCrime]
    contribution: str
    references: _containers.RepeatedCompositeFieldContainer[_reference_pb2.Reference]
    attachments: _containers.RepeatedCompositeFieldContainer[_attachment_pb2.Attachment]
    def __init__(self, title: _Optional[str] = ..., country: _Optional[str] = ..., stage: _Optional[_Union[ProceedingsStage, str]] = ..., date: _Optional[str] = ..., offences: _Optional[_Iterable[str]] = ..., accused: _Optional[_Iterable[_Union[_actor_pb2.Actor, _Mapping]]] = ..., convicted: _Optional[int] = ..., items: _Optional[_Iterable[_Union[_item_pb2.Item, _Mapping]]] = ..., linked_crime: _Optional[_Iterable[_Union[_illicit_pb2.LinkedCrime, str]]] = ..., contribution: _Optional[str] = ..., references: _Optional[_Iterable[_Union[_reference_pb2.Reference, _Mapping]]] = ..., attachments: _Optional[_Iterable[_Union[_attachment_pb2.Attachment, _Mapping]]] = ...) -> None: ...

class BrokeringNotice(_message.Message):
    __slots__ = ("finding", "broker", "parties", "consignment", "items", "period", "narrative", "evaluation", "expires_on", "references", "attachments")
    FINDING_FIELD_NUMBER: _ClassVar[int]
    BROKER_FIELD_NUMBER: _ClassVar[int]
    PARTIES_FIELD_NUMBER: _ClassVar[int]
    CONSIGNMENT_FIELD_NUMBER: _ClassVar[int]
    ITEMS_FIELD_NUMBER: _ClassVar[int]
    PERIOD_FIELD_NUMBER: _ClassVar[int]
    NARRATIVE_FIELD_NUMBER: _ClassVar[int]
    EVALUATION_FIELD_NUMBER: _ClassVar[int]
    EXPIRES_ON_FIELD_NUMBER: _ClassVar[int]
    REFERENCES_FIELD_NUMBER: _ClassVar[int]
    ATTACHMENTS_FIELD_NUMBER: _ClassVar[int]
    finding: BrokeringFinding
    broker: _actor_pb2.Actor
    parties: _containers.RepeatedCompositeFieldContainer[_actor_pb2.Actor]
    consignment: _consignment_pb2.Consignment
    items: _containers.RepeatedCompositeFieldContainer[_item_pb2.Item]
    period: _place_pb2.Period
    narrative: str
    evaluation: _evaluation_pb2.Evaluation
    expires_on: str
    references: _containers.RepeatedCompositeFieldContainer[_reference_pb2.Reference]
    attachments: _containers.RepeatedCompositeFieldContainer[_attachment_pb2.Attachment]
    def __init__(self, finding: _Optional[_Union[BrokeringFinding, str]] = ..., broker: _Optional[_Union[_actor_pb2.Actor, _Mapping]] = ..., parties: _Optional[_Iterable[_Union[_actor_pb2.Actor, _Mapping]]] = ..., consignment: _Optional[_Union[_consignment_pb2.Consignment, _Mapping]] = ..., items: _Optional[_Iterable[_Union[_item_pb2.Item, _Mapping]]] = ..., period: _Optional[_Union[_place_pb2.Period, _Mapping]] = ..., narrative: _Optional[str] = ..., evaluation: _Optional[_Union[_evaluation_pb2.Evaluation, _Mapping]] = ..., expires_on: _Optional[str] = ..., references: _Optional[_Iterable[_Union[_reference_pb2.Reference, _Mapping]]] = ..., attachments: _Optional[_Iterable[_Union[_attachment_pb2.Attachment, _Mapping]]] = ...) -> None: ...

class ActorProfile(_message.Message):
    __slots__ = ("actor", "aliases", "activities", "associates", "items", "period", "narrative", "linked_crime", "evaluation", "legal_basis", "expires_on", "references", "attachments")
    ACTOR_FIELD_NUMBER: _ClassVar[int]
    ALIASES_FIELD_NUMBER: _ClassVar[int]
    ACTIVITIES_FIELD_NUMBER: _ClassVar[int]
    ASSOCIATES_FIELD_NUMBER: _ClassVar[int]
    ITEMS_FIELD_NUMBER: _ClassVar[int]
    PERIOD_FIELD_NUMBER: _ClassVar[int]
    NARRATIVE_FIELD_NUMBER: _ClassVar[int]
    LINKED_CRIME_FIELD_NUMBER: _ClassVar[int]
    EVALUATION_FIELD_NUMBER: _ClassVar[int]
    LEGAL_BASIS_FIELD_NUMBER: _ClassVar[int]
    EXPIRES_ON_FIELD_NUMBER: _ClassVar[int]
    REFERENCES_FIELD_NUMBER: _ClassVar[int]
    ATTACHMENTS_FIELD_NUMBER: _ClassVar[int]
    actor: _actor_pb2.Actor
    aliases: _containers.RepeatedScalarFieldContainer[str]
    activities: _containers.RepeatedScalarFieldContainer[ActorActivity]
    associates: _containers.RepeatedCompositeFieldContainer[_actor_pb2.Actor]
    items: _containers.RepeatedCompositeFieldContainer[_item_pb2.Item]
    period: _place_pb2.Period
    narrative: str
    linked_crime: _containers.RepeatedScalarFieldContainer[_illicit_pb2.LinkedCrime]
    evaluation: _evaluation_pb2.Evaluation
    legal_basis: str
    expires_on: str
    references: _containers.RepeatedCompositeFieldContainer[_reference_pb2.Reference]
    attachments: _containers.RepeatedCompositeFieldContainer[_attachment_pb2.Attachment]
    def __init__(self, actor: _Optional[_Union[_actor_pb2.Actor, _Mapping]] = ..., aliases: _Optional[_Iterable[str]] = ..., activities: _Optional[_Iterable[_Union[ActorActivity, str]]] = ..., associates: _Optional[_Iterable[_Union[_actor_pb2.Actor, _Mapping]]] = ..., items: _Optional[_Iterable[_Union[_item_pb2.Item, _Mapping]]] = ..., period: _Optional[_Union[_place_pb2.Period, _Mapping]] = ..., narrative: _Optional[str] = ..., linked_crime: _Optional[_Iterable[_Union[_illicit_pb2.LinkedCrime, str]]] = ..., evaluation: _Optional[_Union[_evaluation_pb2.Evaluation, _Mapping]] = ..., legal_basis: _Optional[str] = ..., expires_on: _Optional[str] = ..., references: _Optional[_Iterable[_Union[_reference_pb2.Reference, _Mapping]]] = ..., attachments: _Optional[_Iterable[_Union[_attachment_pb2.Attachment, _Mapping]]] = ...) -> None: ...

class TransferNotice(_message.Message):
    __slots__ = ("title", "illicit_basis", "indicators", "consignment", "items", "parties", "offers", "period", "narrative", "evaluation", "expires_on", "references", "attachments")
    TITLE_FIELD_NUMBER: _ClassVar[int]
    ILLICIT_BASIS_FIELD_NUMBER: _ClassVar[int]
    INDICATORS_FIELD_NUMBER: _ClassVar[int]
    CONSIGNMENT_FIELD_NUMBER: _ClassVar[int]
    ITEMS_FIELD_NUMBER: _ClassVar[int]
    PARTIES_FIELD_NUMBER: _ClassVar[int]
    OFFERS_FIELD_NUMBER: _ClassVar[int]
    PERIOD_FIELD_NUMBER: _ClassVar[int]
    NARRATIVE_FIELD_NUMBER: _ClassVar[int]
    EVALUATION_FIELD_NUMBER: _ClassVar[int]
    EXPIRES_ON_FIELD_NUMBER: _ClassVar[int]
    REFERENCES_FIELD_NUMBER: _ClassVar[int]
    ATTACHMENTS_FIELD_NUMBER: _ClassVar[int]
    title: str
    illicit_basis: _containers.RepeatedScalarFieldContainer[_illicit_pb2.IllicitBasis]
    indicators: _containers.RepeatedScalarFieldContainer[_certificate_pb2.RiskIndicator]
    consignment: _consignment_pb2.Consignment
    items: _containers.RepeatedCompositeFieldContainer[_item_pb2.Item]
    parties: _containers.RepeatedCompositeFieldContainer[_actor_pb2.Actor]
    offers: _containers.RepeatedCompositeFieldContainer[OnlineOffer]
    period: _place_pb2.Period
    narrative: str
    evaluation: _evaluation_pb2.Evaluation
    expires_on: str
    references: _containers.RepeatedCompositeFieldContainer[_reference_pb2.Reference]
    attachments: _containers.RepeatedCompositeFieldContainer[_attachment_pb2.Attachment]
    def __init__(self, title: _Optional[str] = ..., illicit_basis: _Optional[_Iterable[_Union[_illicit_pb2.IllicitBasis, str]]] = ..., indicators: _Optional[_Iterable[_Union[_certificate_pb2.RiskIndicator, str]]] = ..., consignment: _Optional[_Union[_consignment_pb2.Consignment, _Mapping]] = ..., items: _Optional[_Iterable[_Union[_item_pb2.Item, _Mapping]]] = ..., parties: _Optional[_Iterable[_Union[_actor_pb2.Actor, _Mapping]]] = ..., offers: _Optional[_Iterable[_Union[OnlineOffer, _Mapping]]] = ..., period: _Optional[_Union[_place_pb2.Period, _Mapping]] = ..., narrative: _Optional[str] = ..., evaluation: _Optional[_Union[_evaluation_pb2.Evaluation, _Mapping]] = ..., expires_on: _Optional[str] = ..., references: _Optional[_Iterable[_Union[_reference_pb2.Reference, _Mapping]]] = ..., attachments: _Optional[_Iterable[_Union[_attachment_pb2.Attachment, _Mapping]]] = ...) -> None: ...

class OnlineOffer(_message.Message):
    __slots__ = ("market", "listing", "seen_on")
    MARKET_FIELD_NUMBER: _ClassVar[int]
    LISTING_FIELD_NUMBER: _ClassVar[int]
    SEEN_ON_FIELD_NUMBER: _ClassVar[int]
    market: str
    listing: str
    seen_on: str
    def __init__(self, market: _Optional[str] = ..., listing: _Optional[str] = ..., seen_on: _Optional[str] = ...) -> None: ...

class FinancialLead(_message.Message):
    __slots__ = ("title", "methods", "amount", "parties", "accounts", "period", "narrative", "evaluation", "expires_on", "references", "attachments")
    TITLE_FIELD_NUMBER: _ClassVar[int]
    METHODS_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_FIELD_NUMBER: _ClassVar[int]
    PARTIES_FIELD_NUMBER: _ClassVar[int]
    ACCOUNTS_FIELD_NUMBER: _ClassVar[int]
    PERIOD_FIELD_NUMBER: _ClassVar[int]
    NARRATIVE_FIELD_NUMBER: _ClassVar[int]
    EVALUATION_FIELD_NUMBER: _ClassVar[int]
    EXPIRES_ON_FIELD_NUMBER: _ClassVar[int]
    REFERENCES_FIELD_NUMBER: _ClassVar[int]
    ATTACHMENTS_FIELD_NUMBER: _ClassVar[int]
    title: str
    methods: _containers.RepeatedScalarFieldContainer[PaymentMethod]
    amount: _consignment_pb2.Money
    parties: _containers.RepeatedCompositeFieldContainer[_actor_pb2.Actor]
    accounts: _containers.RepeatedScalarFieldContainer[str]
    period: _place_pb2.Period
    narrative: str
    evaluation: _evaluation_pb2.Evaluation
    expires_on: str
    references: _containers.RepeatedCompositeFieldContainer[_reference_pb2.Reference]
    attachments: _containers.RepeatedCompositeFieldContainer[_attachment_pb2.Attachment]
    def __init__(self, title: _Optional[str] = ..., methods: _Optional[_Iterable[_Union[PaymentMethod, str]]] = ..., amount: _Optional[_Union[_consignment_pb2.Money, _Mapping]] = ..., parties: _Optional[_Iterable[_Union[_actor_pb2.Actor, _Mapping]]] = ..., accounts: _Optional[_Iterable[str]] = ..., period: _Optional[_Union[_place_pb2.Period, _Mapping]] = ..., narrative: _Optional[str] = ..., evaluation: _Optional[_Union[_evaluation_pb2.Evaluation, _Mapping]] = ..., expires_on: _Optional[str] = ..., references: _Optional[_Iterable[_Union[_reference_pb2.Reference, _Mapping]]] = ..., attachments: _Optional[_Iterable[_Union[_attachment_pb2.Attachment, _Mapping]]] = ...) -> None: ...
