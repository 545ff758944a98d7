from rogatory.v1 import actor_pb2 as _actor_pb2
from rogatory.v1 import attachment_pb2 as _attachment_pb2
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

class WaypointRole(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    WAYPOINT_ROLE_UNSPECIFIED: _ClassVar[WaypointRole]
    WAYPOINT_ROLE_ORIGIN: _ClassVar[WaypointRole]
    WAYPOINT_ROLE_CONSOLIDATION: _ClassVar[WaypointRole]
    WAYPOINT_ROLE_BORDER: _ClassVar[WaypointRole]
    WAYPOINT_ROLE_TRANSHIPMENT: _ClassVar[WaypointRole]
    WAYPOINT_ROLE_STORAGE: _ClassVar[WaypointRole]
    WAYPOINT_ROLE_DESTINATION: _ClassVar[WaypointRole]

class CrossingType(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    CROSSING_TYPE_UNSPECIFIED: _ClassVar[CrossingType]
    CROSSING_TYPE_OFFICIAL_LAND: _ClassVar[CrossingType]
    CROSSING_TYPE_UNOFFICIAL_LAND: _ClassVar[CrossingType]
    CROSSING_TYPE_SEAPORT: _ClassVar[CrossingType]
    CROSSING_TYPE_COAST: _ClassVar[CrossingType]
    CROSSING_TYPE_AIRPORT: _ClassVar[CrossingType]
    CROSSING_TYPE_AIRSTRIP: _ClassVar[CrossingType]
    CROSSING_TYPE_POSTAL_HUB: _ClassVar[CrossingType]

class Concealment(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    CONCEALMENT_UNSPECIFIED: _ClassVar[Concealment]
    CONCEALMENT_VEHICLE_CAVITY: _ClassVar[Concealment]
    CONCEALMENT_DOUBLE_BOTTOM: _ClassVar[Concealment]
    CONCEALMENT_MIXED_CARGO: _ClassVar[Concealment]
    CONCEALMENT_FALSE_DECLARATION: _ClassVar[Concealment]
    CONCEALMENT_DISASSEMBLY: _ClassVar[Concealment]
    CONCEALMENT_RIP_ON: _ClassVar[Concealment]
    CONCEALMENT_COURIER: _ClassVar[Concealment]
    CONCEALMENT_ON_BODY: _ClassVar[Concealment]
    CONCEALMENT_OTHER: _ClassVar[Concealment]

class Trend(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    TREND_UNSPECIFIED: _ClassVar[Trend]
    TREND_NEW: _ClassVar[Trend]
    TREND_RISING: _ClassVar[Trend]
    TREND_STEADY: _ClassVar[Trend]
    TREND_FALLING: _ClassVar[Trend]
    TREND_ENDED: _ClassVar[Trend]
WAYPOINT_ROLE_UNSPECIFIED: WaypointRole
WAYPOINT_ROLE_ORIGIN: WaypointRole
WAYPOINT_ROLE_CONSOLIDATION: WaypointRole
WAYPOINT_ROLE_BORDER: WaypointRole
WAYPOINT_ROLE_TRANSHIPMENT: WaypointRole
WAYPOINT_ROLE_STORAGE: WaypointRole
WAYPOINT_ROLE_DESTINATION: WaypointRole
CROSSING_TYPE_UNSPECIFIED: CrossingType
CROSSING_TYPE_OFFICIAL_LAND: CrossingType
CROSSING_TYPE_UNOFFICIAL_LAND: CrossingType
CROSSING_TYPE_SEAPORT: CrossingType
CROSSING_TYPE_COAST: CrossingType
CROSSING_TYPE_AIRPORT: CrossingType
CROSSING_TYPE_AIRSTRIP: CrossingType
CROSSING_TYPE_POSTAL_HUB: CrossingType
CONCEALMENT_UNSPECIFIED: Concealment
CONCEALMENT_VEHICLE_CAVITY: Concealment
CONCEALMENT_DOUBLE_BOTTOM: Concealment
CONCEALMENT_MIXED_CARGO: Concealment
CONCEALMENT_FALSE_DECLARATION: Concealment
CONCEALMENT_DISASSEMBLY: Concealment
CONCEALMENT_RIP_ON: Concealment
CONCEALMENT_COURIER: Concealment
CONCEALMENT_ON_BODY: Concealment
CONCEALMENT_OTHER: Concealment
TREND_UNSPECIFIED: Trend
TREND_NEW: Trend
TREND_RISING: Trend
TREND_STEADY: Trend
TREND_FALLING: Trend
TREND_ENDED: Trend

class RouteIntelligence(_message.Message):
    __slots__ = ("title", "period", "items", "modes", "waypoints", "concealment", "concealment_detail", "documents_used", "actors", "financing", "volume", "trend", "linked_crime", "evaluation", "expires_on", "references", "narrative", "attachments")
    TITLE_FIELD_NUMBER: _ClassVar[int]
    PERIOD_FIELD_NUMBER: _ClassVar[int]
    ITEMS_FIELD_NUMBER: _ClassVar[int]
    MODES_FIELD_NUMBER: _ClassVar[int]
    WAYPOINTS_FIELD_NUMBER: _ClassVar[int]
    CONCEALMENT_FIELD_NUMBER: _ClassVar[int]
    CONCEALMENT_DETAIL_FIELD_NUMBER: _ClassVar[int]
    DOCUMENTS_USED_FIELD_NUMBER: _ClassVar[int]
    ACTORS_FIELD_NUMBER: _ClassVar[int]
    FINANCING_FIELD_NUMBER: _ClassVar[int]
    VOLUME_FIELD_NUMBER: _ClassVar[int]
    TREND_FIELD_NUMBER: _ClassVar[int]
    LINKED_CRIME_FIELD_NUMBER: _ClassVar[int]
    EVALUATION_FIELD_NUMBER: _ClassVar[int]
    EXPIRES_ON_FIELD_NUMBER: _ClassVar[int]
    REFERENCES_FIELD_NUMBER: _ClassVar[int]
    NARRATIVE_FIELD_NUMBER: _ClassVar[int]
    ATTACHMENTS_FIELD_NUMBER: _ClassVar[int]
    title: str
    period: _place_pb2.Period
    items: _containers.RepeatedCompositeFieldContainer[_item_pb2.Item]
    modes: _containers.RepeatedScalarFieldContainer[_consignment_pb2.TransportMode]
    waypoints: _containers.RepeatedCompositeFieldContainer[Waypoint]
    concealment: _containers.RepeatedScalarFieldContainer[Concealment]
    concealment_detail: str
    documents_used: _containers.RepeatedCompositeFieldContainer[_reference_pb2.DocumentReference]
    actors: _containers.RepeatedCompositeFieldContainer[_actor_pb2.Actor]
    financing: str
    volume: Volume
    trend: Trend
    linked_crime: _containers.RepeatedScalarFieldContainer[_illicit_pb2.LinkedCrime]
    evaluation: _evaluation_pb2.Evaluation
    expires_on: str
    references: _containers.RepeatedCompositeFieldContainer[_reference_pb2.Reference]
    narrative: str
    attachments: _containers.RepeatedCompositeFieldContainer[_attachment_pb2.Attachment]
    def __init__(self, title: _Optional[str] = ..., period: _Optional[_Union[_place_pb2.Period, _Mapping]] = ..., items: _Optional[_Iterable[_Union[_item_pb2.Item, _Mapping]]] = ..., modes: _Optional[_Iterable[_Union[_consignment_pb2.TransportMode, str]]] = ..., waypoints: _Optional[_Iterable[_Union[Waypoint, _Mapping]]] = ..., concealment: _Optional[_Iterable[_Union[Concealment, str]]] = ..., concealment_detail: _Optional[str] = ..., documents_used: _Optional[_Iterable[_Union[_reference_pb2.DocumentReference, _Mapping]]] = ..., actors: _Optional[_Iterable[_Union[_actor_pb2.Actor, _Mapping]]] = ..., financing: _Optional[str] = ..., volume: _Optional[_Union[Volume, _Mapping]] = ..., trend: _Optional[_Union[Trend, str]] = ..., linked_crime: _Optional[_Iterable[_Union[_illicit_pb2.LinkedCrime, str]]] = ..., evaluation: _Optional[_Union[_evaluation_pb2.Evaluation, _Mapping]] = ..., expires_on: _Optional[str] = ..., references: _Optional[_Iterable[_Union[_reference_pb2.Reference, _Mapping]]] = ..., narrative: _Optional[str] = ..., attachments: _Optional[_Iterable[_Union[_attachment_pb2.Attachment, _Mapping]]] = ...) -> None: ...

class Waypoint(_message.Message):
    __slots__ = ("place", "role", "crossing", "onward_mode", "remarks")
    PLACE_FIELD_NUMBER: _ClassVar[int]
    ROLE_FIELD_NUMBER: _ClassVar[int]
    CROSSING_FIELD_NUMBER: _ClassVar[int]
    ONWARD_MODE_FIELD_NUMBER: _ClassVar[int]
    REMARKS_FIELD_NUMBER: _ClassVar[int]
    place: _place_pb2.Place
    role: WaypointRole
    crossing: CrossingType
    onward_mode: _consignment_pb2.TransportMode
    remarks: str
    def __init__(self, place: _Optional[_Union[_place_pb2.Place, _Mapping]] = ..., role: _Optional[_Union[WaypointRole, str]] = ..., crossing: _Optional[_Union[CrossingType, str]] = ..., onward_mode: _Optional[_Union[_consignment_pb2.TransportMode, str]] = ..., remarks: _Optional[str] = ...) -> None: ...

class Volume(_message.Message):
    __slots__ = ("low", "high", "basis")
    LOW_FIELD_NUMBER: _ClassVar[int]
    HIGH_FIELD_NUMBER: _ClassVar[int]
    BASIS_FIELD_NUMBER: _ClassVar[int]
    low: int
    high: int
    basis: str
    def __init__(self, low: _Optional[int] = ..., high: _Optional[int] = ..., basis: _Optional[str] = ...) -> None: ...
