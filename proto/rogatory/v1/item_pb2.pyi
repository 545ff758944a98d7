from rogatory.v1 import firearm_pb2 as _firearm_pb2
from rogatory.v1 import marking_pb2 as _marking_pb2
from rogatory.v1 import rules_pb2 as _rules_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ItemClass(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ITEM_CLASS_UNSPECIFIED: _ClassVar[ItemClass]
    ITEM_CLASS_FIREARM: _ClassVar[ItemClass]
    ITEM_CLASS_LIGHT_WEAPON: _ClassVar[ItemClass]
    ITEM_CLASS_PART: _ClassVar[ItemClass]
    ITEM_CLASS_AMMUNITION: _ClassVar[ItemClass]
    ITEM_CLASS_EXPLOSIVE: _ClassVar[ItemClass]
    ITEM_CLASS_IED_COMPONENT: _ClassVar[ItemClass]
    ITEM_CLASS_CONVERTIBLE: _ClassVar[ItemClass]
    ITEM_CLASS_ACCESSORY: _ClassVar[ItemClass]
    ITEM_CLASS_TECHNOLOGY: _ClassVar[ItemClass]
ITEM_CLASS_UNSPECIFIED: ItemClass
ITEM_CLASS_FIREARM: ItemClass
ITEM_CLASS_LIGHT_WEAPON: ItemClass
ITEM_CLASS_PART: ItemClass
ITEM_CLASS_AMMUNITION: ItemClass
ITEM_CLASS_EXPLOSIVE: ItemClass
ITEM_CLASS_IED_COMPONENT: ItemClass
ITEM_CLASS_CONVERTIBLE: ItemClass
ITEM_CLASS_ACCESSORY: ItemClass
ITEM_CLASS_TECHNOLOGY: ItemClass

class Item(_message.Message):
    __slots__ = ("item_class", "firearm", "ammunition", "part", "quantity", "description", "reference")
    ITEM_CLASS_FIELD_NUMBER: _ClassVar[int]
    FIREARM_FIELD_NUMBER: _ClassVar[int]
    AMMUNITION_FIELD_NUMBER: _ClassVar[int]
    PART_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    REFERENCE_FIELD_NUMBER: _ClassVar[int]
    item_class: ItemClass
    firearm: _firearm_pb2.Firearm
    ammunition: Ammunition
    part: Part
    quantity: int
    description: str
    reference: str
    def __init__(self, item_class: _Optional[_Union[ItemClass, str]] = ..., firearm: _Optional[_Union[_firearm_pb2.Firearm, _Mapping]] = ..., ammunition: _Optional[_Union[Ammunition, _Mapping]] = ..., part: _Optional[_Union[Part, _Mapping]] = ..., quantity: _Optional[int] = ..., description: _Optional[str] = ..., reference: _Optional[str] = ...) -> None: ...

class Ammunition(_message.Message):
    __slots__ = ("calibre", "type", "make", "country_manufacture", "year_manufacture", "headstamp", "case_material", "annulus_colour", "lot", "package_marks", "net_explosive_mass_g", "hazard_class")
    CALIBRE_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    MAKE_FIELD_NUMBER: _ClassVar[int]
    COUNTRY_MANUFACTURE_FIELD_NUMBER: _ClassVar[int]
    YEAR_MANUFACTURE_FIELD_NUMBER: _ClassVar[int]
    HEADSTAMP_FIELD_NUMBER: _ClassVar[int]
    CASE_MATERIAL_FIELD_NUMBER: _ClassVar[int]
    ANNULUS_COLOUR_FIELD_NUMBER: _ClassVar[int]
    LOT_FIELD_NUMBER: _ClassVar[int]
    PACKAGE_MARKS_FIELD_NUMBER: _ClassVar[int]
    NET_EXPLOSIVE_MASS_G_FIELD_NUMBER: _ClassVar[int]
    HAZARD_CLASS_FIELD_NUMBER: _ClassVar[int]
    calibre: _firearm_pb2.Calibre
    type: str
    make: str
    country_manufacture: str
    year_manufacture: int
    headstamp: _containers.RepeatedCompositeFieldContainer[HeadstampEntry]
    case_material: str
    annulus_colour: str
    lot: str
    package_marks: _containers.RepeatedScalarFieldContainer[str]
    net_explosive_mass_g: int
    hazard_class: str
    def __init__(self, calibre: _Optional[_Union[_firearm_pb2.Calibre, _Mapping]] = ..., type: _Optional[str] = ..., make: _Optional[str] = ..., country_manufacture: _Optional[str] = ..., year_manufacture: _Optional[int] = ..., headstamp: _Optional[_Iterable[_Union[HeadstampEntry, _Mapping]]] = ..., case_material: _Optional[str] = ..., annulus_colour: _Optional[str] = ..., lot: _Optional[str] = ..., package_marks: _Optional[_Iterable[str]] = ..., net_explosive_mass_g: _Optional[int] = ..., hazard_class: _Optional[str] = ...) -> None: ...

class HeadstampEntry(_message.Message):
    __slots__ = ("text", "clock_position")
    TEXT_FIELD_NUMBER: _ClassVar[int]
    CLOCK_POSITION_FIELD_NUMBER: _ClassVar[int]
    text: str
    clock_position: int
    def __init__(self, text: _Optional[str] = ..., clock_position: _Optional[int] = ...) -> None: ...

class Part(_message.Message):
    __slots__ = ("kind", "make", "fits", "calibre", "country_manufacture", "serial", "marks", "marking_condition", "manufacture_mode")
    KIND_FIELD_NUMBER: _ClassVar[int]
    MAKE_FIELD_NUMBER: _ClassVar[int]
    FITS_FIELD_NUMBER: _ClassVar[int]
    CALIBRE_FIELD_NUMBER: _ClassVar[int]
    COUNTRY_MANUFACTURE_FIELD_NUMBER: _ClassVar[int]
    SERIAL_FIELD_NUMBER: _ClassVar[int]
    MARKS_FIELD_NUMBER: _ClassVar[int]
    MARKING_CONDITION_FIELD_NUMBER: _ClassVar[int]
    MANUFACTURE_MODE_FIELD_NUMBER: _ClassVar[int]
    kind: _marking_pb2.PartKind
    make: str
    fits: str
    calibre: _firearm_pb2.Calibre
    country_manufacture: str
    serial: _marking_pb2.Serial
    marks: _containers.RepeatedCompositeFieldContainer[_marking_pb2.Mark]
    marking_condition: _marking_pb2.MarkingCondition
    manufacture_mode: _firearm_pb2.ManufactureMode
    def __init__(self, kind: _Optional[_Union[_marking_pb2.PartKind, str]] = ..., make: _Optional[str] = ..., fits: _Optional[str] = ..., calibre: _Optional[_Union[_firearm_pb2.Calibre, _Mapping]] = ..., country_manufacture: _Optional[str] = ..., serial: _Optional[_Union[_marking_pb2.Serial, _Mapping]] = ..., marks: _Optional[_Iterable[_Union[_marking_pb2.Mark, _Mapping]]] = ..., marking_condition: _Optional[_Union[_marking_pb2.MarkingCondition, str]] = ..., manufacture_mode: _Optional[_Union[_firearm_pb2.ManufactureMode, str]] = ...) -> None: ...
