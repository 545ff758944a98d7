from rogatory.v1 import attachment_pb2 as _attachment_pb2
from rogatory.v1 import illicit_pb2 as _illicit_pb2
from rogatory.v1 import item_pb2 as _item_pb2
from rogatory.v1 import place_pb2 as _place_pb2
from rogatory.v1 import rules_pb2 as _rules_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Operation(_message.Message):
    __slots__ = ("name", "members", "until", "objective", "item_classes", "places", "instruments")
    NAME_FIELD_NUMBER: _ClassVar[int]
    MEMBERS_FIELD_NUMBER: _ClassVar[int]
    FROM_FIELD_NUMBER: _ClassVar[int]
    UNTIL_FIELD_NUMBER: _ClassVar[int]
    OBJECTIVE_FIELD_NUMBER: _ClassVar[int]
    ITEM_CLASSES_FIELD_NUMBER: _ClassVar[int]
    PLACES_FIELD_NUMBER: _ClassVar[int]
    INSTRUMENTS_FIELD_NUMBER: _ClassVar[int]
    name: str
    members: _containers.RepeatedScalarFieldContainer[str]
    until: str
    objective: str
    item_classes: _containers.RepeatedScalarFieldContainer[_item_pb2.ItemClass]
    places: _containers.RepeatedCompositeFieldContainer[_place_pb2.Place]
    instruments: _containers.RepeatedScalarFieldContainer[_illicit_pb2.Instrument]
    def __init__(self, name: _Optional[str] = ..., members: _Optional[_Iterable[str]] = ..., until: _Optional[str] = ..., objective: _Optional[str] = ..., item_classes: _Optional[_Iterable[_Union[_item_pb2.ItemClass, str]]] = ..., places: _Optional[_Iterable[_Union[_place_pb2.Place, _Mapping]]] = ..., instruments: _Optional[_Iterable[_Union[_illicit_pb2.Instrument, str]]] = ..., **kwargs) -> None: ...

class OperationReport(_message.Message):
    __slots__ = ("title", "text", "items", "places", "attachments")
    TITLE_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    ITEMS_FIELD_NUMBER: _ClassVar[int]
    PLACES_FIELD_NUMBER: _ClassVar[int]
    ATTACHMENTS_FIELD_NUMBER: _ClassVar[int]
    title: str
    text: str
    items: _containers.RepeatedCompositeFieldContainer[_item_pb2.Item]
    places: _containers.RepeatedCompositeFieldContainer[_place_pb2.Place]
    attachments: _containers.RepeatedCompositeFieldContainer[_attachment_pb2.Attachment]
    def __init__(self, title: _Optional[str] = ..., text: _Optional[str] = ..., items: _Optional[_Iterable[_Union[_item_pb2.Item, _Mapping]]] = ..., places: _Optional[_Iterable[_Union[_place_pb2.Place, _Mapping]]] = ..., attachments: _Optional[_Iterable[_Union[_attachment_pb2.Attachment, _Mapping]]] = ...) -> None: ...
