from rogatory.v1 import marking_pb2 as _marking_pb2
from rogatory.v1 import rules_pb2 as _rules_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class FirearmType(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    FIREARM_TYPE_UNSPECIFIED: _ClassVar[FirearmType]
    FIREARM_TYPE_PISTOL: _ClassVar[FirearmType]
    FIREARM_TYPE_REVOLVER: _ClassVar[FirearmType]
    FIREARM_TYPE_RIFLE: _ClassVar[FirearmType]
    FIREARM_TYPE_CARBINE: _ClassVar[FirearmType]
    FIREARM_TYPE_ASSAULT_RIFLE: _ClassVar[FirearmType]
    FIREARM_TYPE_SUBMACHINE_GUN: _ClassVar[FirearmType]
    FIREARM_TYPE_LIGHT_MACHINE_GUN: _ClassVar[FirearmType]
    FIREARM_TYPE_HEAVY_MACHINE_GUN: _ClassVar[FirearmType]
    FIREARM_TYPE_SHOTGUN: _ClassVar[FirearmType]
    FIREARM_TYPE_COMBINATION: _ClassVar[FirearmType]
    FIREARM_TYPE_GRENADE_LAUNCHER: _ClassVar[FirearmType]
    FIREARM_TYPE_ANTI_TANK_GUN: _ClassVar[FirearmType]
    FIREARM_TYPE_RECOILLESS_RIFLE: _ClassVar[FirearmType]
    FIREARM_TYPE_ANTI_TANK_LAUNCHER: _ClassVar[FirearmType]
    FIREARM_TYPE_ANTI_AIRCRAFT_GUN: _ClassVar[FirearmType]
    FIREARM_TYPE_MANPADS: _ClassVar[FirearmType]
    FIREARM_TYPE_MORTAR: _ClassVar[FirearmType]
    FIREARM_TYPE_BLANK_FIRING: _ClassVar[FirearmType]
    FIREARM_TYPE_REPLICA: _ClassVar[FirearmType]
    FIREARM_TYPE_OTHER: _ClassVar[FirearmType]
    FIREARM_TYPE_UNKNOWN: _ClassVar[FirearmType]

class FirearmAction(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    FIREARM_ACTION_UNSPECIFIED: _ClassVar[FirearmAction]
    FIREARM_ACTION_REVOLVER: _ClassVar[FirearmAction]
    FIREARM_ACTION_SEMI_AUTO: _ClassVar[FirearmAction]
    FIREARM_ACTION_FULL_AUTO: _ClassVar[FirearmAction]
    FIREARM_ACTION_SELECT_FIRE: _ClassVar[FirearmAction]
    FIREARM_ACTION_BOLT: _ClassVar[FirearmAction]
    FIREARM_ACTION_LEVER: _ClassVar[FirearmAction]
    FIREARM_ACTION_PUMP: _ClassVar[FirearmAction]
    FIREARM_ACTION_BREAK: _ClassVar[FirearmAction]
    FIREARM_ACTION_SINGLE_SHOT: _ClassVar[FirearmAction]
    FIREARM_ACTION_MUZZLE_LOADING: _ClassVar[FirearmAction]
    FIREARM_ACTION_UNKNOWN: _ClassVar[FirearmAction]

class Basis(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    BASIS_UNSPECIFIED: _ClassVar[Basis]
    BASIS_MARKED: _ClassVar[Basis]
    BASIS_INFERRED: _ClassVar[Basis]
    BASIS_RECORDED: _ClassVar[Basis]

class FrameMaterial(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    FRAME_MATERIAL_UNSPECIFIED: _ClassVar[FrameMaterial]
    FRAME_MATERIAL_STEEL: _ClassVar[FrameMaterial]
    FRAME_MATERIAL_ALLOY: _ClassVar[FrameMaterial]
    FRAME_MATERIAL_POLYMER: _ClassVar[FrameMaterial]
    FRAME_MATERIAL_OTHER: _ClassVar[FrameMaterial]

class ManufactureMode(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    MANUFACTURE_MODE_UNSPECIFIED: _ClassVar[ManufactureMode]
    MANUFACTURE_MODE_INDUSTRIAL: _ClassVar[ManufactureMode]
    MANUFACTURE_MODE_CRAFT: _ClassVar[ManufactureMode]
    MANUFACTURE_MODE_ADDITIVE: _ClassVar[ManufactureMode]
    MANUFACTURE_MODE_HYBRID: _ClassVar[ManufactureMode]
    MANUFACTURE_MODE_KIT: _ClassVar[ManufactureMode]
    MANUFACTURE_MODE_CONVERTED: _ClassVar[ManufactureMode]
    MANUFACTURE_MODE_REACTIVATED: _ClassVar[ManufactureMode]

class IdentificationMethod(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    IDENTIFICATION_METHOD_UNSPECIFIED: _ClassVar[IdentificationMethod]
    IDENTIFICATION_METHOD_VISUAL: _ClassVar[IdentificationMethod]
    IDENTIFICATION_METHOD_REFERENCE_TABLE: _ClassVar[IdentificationMethod]
    IDENTIFICATION_METHOD_FORENSIC: _ClassVar[IdentificationMethod]

class Confidence(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    CONFIDENCE_UNSPECIFIED: _ClassVar[Confidence]
    CONFIDENCE_LOW: _ClassVar[Confidence]
    CONFIDENCE_MODERATE: _ClassVar[Confidence]
    CONFIDENCE_HIGH: _ClassVar[Confidence]
FIREARM_TYPE_UNSPECIFIED: FirearmType
FIREARM_TYPE_PISTOL: FirearmType
FIREARM_TYPE_REVOLVER: FirearmType
FIREARM_TYPE_RIFLE: FirearmType
FIREARM_TYPE_CARBINE: FirearmType
FIREARM_TYPE_ASSAULT_RIFLE: FirearmType
FIREARM_TYPE_SUBMACHINE_GUN: FirearmType
FIREARM_TYPE_LIGHT_MACHINE_GUN: FirearmType
FIREARM_TYPE_HEAVY_MACHINE_GUN: FirearmType
FIREARM_TYPE_SHOTGUN: FirearmType
FIREARM_TYPE_COMBINATION: FirearmType
FIREARM_TYPE_GRENADE_LAUNCHER: FirearmType
FIREARM_TYPE_ANTI_TANK_GUN: FirearmType
FIREARM_TYPE_RECOILLESS_RIFLE: FirearmType
FIREARM_TYPE_ANTI_TANK_LAUNCHER: FirearmType
FIREARM_TYPE_ANTI_AIRCRAFT_GUN: FirearmType
FIREARM_TYPE_MANPADS: FirearmType
FIREARM_TYPE_MORTAR: FirearmType
FIREARM_TYPE_BLANK_FIRING: FirearmType
FIREARM_TYPE_REPLICA: FirearmType
FIREARM_TYPE_OTHER: FirearmType
FIREARM_TYPE_UNKNOWN: FirearmType
FIREARM_ACTION_UNSPECIFIED: FirearmAction
FIREARM_ACTION_REVOLVER: FirearmAction
FIREARM_ACTION_SEMI_AUTO: FirearmAction
FIREARM_ACTION_FULL_AUTO: FirearmAction
FIREARM_ACTION_SELECT_FIRE: FirearmAction
FIREARM_ACTION_BOLT: FirearmAction
FIREARM_ACTION_LEVER: FirearmAction
FIREARM_ACTION_PUMP: FirearmAction
FIREARM_ACTION_BREAK: FirearmAction
FIREARM_ACTION_SINGLE_SHOT: FirearmAction
FIREARM_ACTION_MUZZLE_LOADING: FirearmAction
FIREARM_ACTION_UNKNOWN: FirearmAction
BASIS_UNSPECIFIED: Basis
BASIS_MARKED: Basis
BASIS_INFERRED: Basis
BASIS_RECORDED: Basis
FRAME_MATERIAL_UNSPECIFIED: FrameMaterial
FRAME_MATERIAL_STEEL: FrameMaterial
FRAME_MATERIAL_ALLOY: FrameMaterial
FRAME_MATERIAL_POLYMER: FrameMaterial
FRAME_MATERIAL_OTHER: FrameMaterial
MANUFACTURE_MODE_UNSPECIFIED: ManufactureMode
MANUFACTURE_MODE_INDUSTRIAL: ManufactureMode
MANUFACTURE_MODE_CRAFT: ManufactureMode
MANUFACTURE_MODE_ADDITIVE: ManufactureMode
MANUFACTURE_MODE_HYBRID: ManufactureMode
MANUFACTURE_MODE_KIT: ManufactureMode
MANUFACTURE_MODE_CONVERTED: ManufactureMode
MANUFACTURE_MODE_REACTIVATED: ManufactureMode
IDENTIFICATION_METHOD_UNSPECIFIED: IdentificationMethod
IDENTIFICATION_METHOD_VISUAL: IdentificationMethod
IDENTIFICATION_METHOD_REFERENCE_TABLE: IdentificationMethod
IDENTIFICATION_METHOD_FORENSIC: IdentificationMethod
CONFIDENCE_UNSPECIFIED: Confidence
CONFIDENCE_LOW: Confidence
CONFIDENCE_MODERATE: Confidence
CONFIDENCE_HIGH: Confidence

class Firearm(_message.Message):
    __slots__ = ("type", "type_codes", "action", "make", "make_basis", "brand_owner", "importer", "model", "variant", "calibre", "country_manufacture", "country_basis", "year_manufacture", "frame_serial", "other_serials", "marks", "import_marks", "marking_condition", "barrel_length_mm", "capacity", "finish", "frame_material", "modular", "control_component", "manufacture_mode", "identification", "features")
    TYPE_FIELD_NUMBER: _ClassVar[int]
    TYPE_CODES_FIELD_NUMBER: _ClassVar[int]
    ACTION_FIELD_NUMBER: _ClassVar[int]
    MAKE_FIELD_NUMBER: _ClassVar[int]
    MAKE_BASIS_FIELD_NUMBER: _ClassVar[int]
    BRAND_OWNER_FIELD_NUMBER: _ClassVar[int]
    IMPORTER_FIELD_NUMBER: _ClassVar[int]
    MODEL_FIELD_NUMBER: _ClassVar[int]
    VARIANT_FIELD_NUMBER: _ClassVar[int]
    CALIBRE_FIELD_NUMBER: _ClassVar[int]
    COUNTRY_MANUFACTURE_FIELD_NUMBER: _ClassVar[int]
    COUNTRY_BASIS_FIELD_NUMBER: _ClassVar[int]
    YEAR_MANUFACTURE_FIELD_NUMBER: _ClassVar[int]
    FRAME_SERIAL_FIELD_NUMBER: _ClassVar[int]
    OTHER_SERIALS_FIELD_NUMBER: _ClassVar[int]
    MARKS_FIELD_NUMBER: _ClassVar[int]
    IMPORT_MARKS_FIELD_NUMBER: _ClassVar[int]
    MARKING_CONDITION_FIELD_NUMBER: _ClassVar[int]
    BARREL_LENGTH_MM_FIELD_NUMBER: _ClassVar[int]
    CAPACITY_FIELD_NUMBER: _ClassVar[int]
    FINISH_FIELD_NUMBER: _ClassVar[int]
    FRAME_MATERIAL_FIELD_NUMBER: _ClassVar[int]
    MODULAR_FIELD_NUMBER: _ClassVar[int]
    CONTROL_COMPONENT_FIELD_NUMBER: _ClassVar[int]
    MANUFACTURE_MODE_FIELD_NUMBER: _ClassVar[int]
    IDENTIFICATION_FIELD_NUMBER: _ClassVar[int]
    FEATURES_FIELD_NUMBER: _ClassVar[int]
    type: FirearmType
    type_codes: _containers.RepeatedCompositeFieldContainer[SourceCode]
    action: FirearmAction
    make: str
    make_basis: Basis
    brand_owner: str
    importer: str
    model: str
    variant: str
    calibre: Calibre
    country_manufacture: str
    country_basis: Basis
    year_manufacture: int
    frame_serial: _marking_pb2.Serial
    other_serials: _containers.RepeatedCompositeFieldContainer[_marking_pb2.PartSerial]
    marks: _containers.RepeatedCompositeFieldContainer[_marking_pb2.Mark]
    import_marks: _containers.RepeatedCompositeFieldContainer[_marking_pb2.ImportMark]
    marking_condition: _marking_pb2.MarkingCondition
    barrel_length_mm: int
    capacity: int
    finish: str
    frame_material: FrameMaterial
    modular: bool
    control_component: _marking_pb2.PartKind
    manufacture_mode: ManufactureMode
    identification: Identification
    features: str
    def __init__(self, type: _Optional[_Union[FirearmType, str]] = ..., type_codes: _Optional[_Iterable[_Union[SourceCode, _Mapping]]] = ..., action: _Optional[_Union[FirearmAction, str]] = ..., make: _Optional[str] = ..., make_basis: _Optional[_Union[Basis, str]] = ..., brand_owner: _Optional[str] = ..., importer: _Optional[str] = ..., model: _Optional[str] = ..., variant: _Optional[str] = ..., calibre: _Optional[_Union[Calibre, _Mapping]] = ..., country_manufacture: _Optional[str] = ..., country_basis: _Optional[_Union[Basis, str]] = ..., year_manufacture: _Optional[int] = ..., frame_serial: _Optional[_Union[_marking_pb2.Serial, _Mapping]] = ..., other_serials: _Optional[_Iterable[_Union[_marking_pb2.PartSerial, _Mapping]]] = ..., marks: _Optional[_Iterable[_Union[_marking_pb2.Mark, _Mapping]]] = ..., import_marks: _Optional[_Iterable[_Union[_marking_pb2.ImportMark, _Mapping]]] = ..., marking_condition: _Optional[_Union[_marking_pb2.MarkingCondition, str]] = ..., barrel_length_mm: _Optional[int] = ..., capacity: _Optional[int] = ..., finish: _Optional[str] = ..., frame_material: _Optional[_Union[FrameMaterial, str]] = ..., modular: _Optional[bool] = ..., control_component: _Optional[_Union[_marking_pb2.PartKind, str]] = ..., manufacture_mode: _Optional[_Union[ManufactureMode, str]] = ..., identification: _Optional[_Union[Identification, _Mapping]] = ..., features: _Optional[str] = ...) -> None: ...

class Calibre(_message.Message):
    __slots__ = ("raw", "designation", "ambiguous")
    RAW_FIELD_NUMBER: _ClassVar[int]
    DESIGNATION_FIELD_NUMBER: _ClassVar[int]
    AMBIGUOUS_FIELD_NUMBER: _ClassVar[int]
    raw: str
    designation: str
    ambiguous: bool
    def __init__(self, raw: _Optional[str] = ..., designation: _Optional[str] = ..., ambiguous: _Optional[bool] = ...) -> None: ...

class SourceCode(_message.Message):
    __slots__ = ("scheme", "code")
    SCHEME_FIELD_NUMBER: _ClassVar[int]
    CODE_FIELD_NUMBER: _ClassVar[int]
    scheme: str
    code: str
    def __init__(self, scheme: _Optional[str] = ..., code: _Optional[str] = ...) -> None: ...

class Identification(_message.Message):
    __slots__ = ("method", "confidence", "expert_reference")
    METHOD_FIELD_NUMBER: _ClassVar[int]
    CONFIDENCE_FIELD_NUMBER: _ClassVar[int]
    EXPERT_REFERENCE_FIELD_NUMBER: _ClassVar[int]
    method: IdentificationMethod
    confidence: Confidence
    expert_reference: str
    def __init__(self, method: _Optional[_Union[IdentificationMethod, str]] = ..., confidence: _Optional[_Union[Confidence, str]] = ..., expert_reference: _Optional[str] = ...) -> None: ...
