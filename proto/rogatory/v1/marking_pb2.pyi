from rogatory.v1 import rules_pb2 as _rules_pb2
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Script(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    SCRIPT_UNSPECIFIED: _ClassVar[Script]
    SCRIPT_LATIN: _ClassVar[Script]
    SCRIPT_CYRILLIC: _ClassVar[Script]
    SCRIPT_GREEK: _ClassVar[Script]
    SCRIPT_ARABIC: _ClassVar[Script]
    SCRIPT_HAN: _ClassVar[Script]
    SCRIPT_MIXED: _ClassVar[Script]
    SCRIPT_OTHER: _ClassVar[Script]

class MarkKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    MARK_KIND_UNSPECIFIED: _ClassVar[MarkKind]
    MARK_KIND_MANUFACTURER: _ClassVar[MarkKind]
    MARK_KIND_ARSENAL: _ClassVar[MarkKind]
    MARK_KIND_PROOF: _ClassVar[MarkKind]
    MARK_KIND_IMPORT: _ClassVar[MarkKind]
    MARK_KIND_POST_MANUFACTURE: _ClassVar[MarkKind]
    MARK_KIND_REGIONAL: _ClassVar[MarkKind]
    MARK_KIND_OWNER: _ClassVar[MarkKind]
    MARK_KIND_RACK: _ClassVar[MarkKind]
    MARK_KIND_DEACTIVATION: _ClassVar[MarkKind]
    MARK_KIND_PATENT: _ClassVar[MarkKind]
    MARK_KIND_MODEL: _ClassVar[MarkKind]
    MARK_KIND_OTHER: _ClassVar[MarkKind]

class MarkingCondition(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    MARKING_CONDITION_UNSPECIFIED: _ClassVar[MarkingCondition]
    MARKING_CONDITION_INTACT: _ClassVar[MarkingCondition]
    MARKING_CONDITION_PARTIAL: _ClassVar[MarkingCondition]
    MARKING_CONDITION_OBLITERATED: _ClassVar[MarkingCondition]
    MARKING_CONDITION_ALTERED: _ClassVar[MarkingCondition]
    MARKING_CONDITION_DUPLICATE_SUSPECTED: _ClassVar[MarkingCondition]
    MARKING_CONDITION_RESTORED: _ClassVar[MarkingCondition]
    MARKING_CONDITION_NEVER_MARKED: _ClassVar[MarkingCondition]

class PartKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    PART_KIND_UNSPECIFIED: _ClassVar[PartKind]
    PART_KIND_FRAME_RECEIVER: _ClassVar[PartKind]
    PART_KIND_BARREL: _ClassVar[PartKind]
    PART_KIND_SLIDE: _ClassVar[PartKind]
    PART_KIND_CYLINDER: _ClassVar[PartKind]
    PART_KIND_BOLT: _ClassVar[PartKind]
    PART_KIND_TRIGGER_GROUP: _ClassVar[PartKind]
    PART_KIND_SUPPRESSOR: _ClassVar[PartKind]
    PART_KIND_MAGAZINE: _ClassVar[PartKind]
    PART_KIND_CONVERSION_KIT: _ClassVar[PartKind]
    PART_KIND_OTHER: _ClassVar[PartKind]
SCRIPT_UNSPECIFIED: Script
SCRIPT_LATIN: Script
SCRIPT_CYRILLIC: Script
SCRIPT_GREEK: Script
SCRIPT_ARABIC: Script
SCRIPT_HAN: Script
SCRIPT_MIXED: Script
SCRIPT_OTHER: Script
MARK_KIND_UNSPECIFIED: MarkKind
MARK_KIND_MANUFACTURER: MarkKind
MARK_KIND_ARSENAL: MarkKind
MARK_KIND_PROOF: MarkKind
MARK_KIND_IMPORT: MarkKind
MARK_KIND_POST_MANUFACTURE: MarkKind
MARK_KIND_REGIONAL: MarkKind
MARK_KIND_OWNER: MarkKind
MARK_KIND_RACK: MarkKind
MARK_KIND_DEACTIVATION: MarkKind
MARK_KIND_PATENT: MarkKind
MARK_KIND_MODEL: MarkKind
MARK_KIND_OTHER: MarkKind
MARKING_CONDITION_UNSPECIFIED: MarkingCondition
MARKING_CONDITION_INTACT: MarkingCondition
MARKING_CONDITION_PARTIAL: MarkingCondition
MARKING_CONDITION_OBLITERATED: MarkingCondition
MARKING_CONDITION_ALTERED: MarkingCondition
MARKING_CONDITION_DUPLICATE_SUSPECTED: MarkingCondition
MARKING_CONDITION_RESTORED: MarkingCondition
MARKING_CONDITION_NEVER_MARKED: MarkingCondition
PART_KIND_UNSPECIFIED: PartKind
PART_KIND_FRAME_RECEIVER: PartKind
PART_KIND_BARREL: PartKind
PART_KIND_SLIDE: PartKind
PART_KIND_CYLINDER: PartKind
PART_KIND_BOLT: PartKind
PART_KIND_TRIGGER_GROUP: PartKind
PART_KIND_SUPPRESSOR: PartKind
PART_KIND_MAGAZINE: PartKind
PART_KIND_CONVERSION_KIT: PartKind
PART_KIND_OTHER: PartKind

class Serial(_message.Message):
    __slots__ = ("raw", "script", "mask", "read_by", "photo_sha256", "condition")
    RAW_FIELD_NUMBER: _ClassVar[int]
    SCRIPT_FIELD_NUMBER: _ClassVar[int]
    MASK_FIELD_NUMBER: _ClassVar[int]
    READ_BY_FIELD_NUMBER: _ClassVar[int]
    PHOTO_SHA256_FIELD_NUMBER: _ClassVar[int]
    CONDITION_FIELD_NUMBER: _ClassVar[int]
    raw: str
    script: Script
    mask: str
    read_by: str
    photo_sha256: bytes
    condition: MarkingCondition
    def __init__(self, raw: _Optional[str] = ..., script: _Optional[_Union[Script, str]] = ..., mask: _Optional[str] = ..., read_by: _Optional[str] = ..., photo_sha256: _Optional[bytes] = ..., condition: _Optional[_Union[MarkingCondition, str]] = ...) -> None: ...

class SerialRange(_message.Message):
    __slots__ = ("first", "last", "quantity")
    FIRST_FIELD_NUMBER: _ClassVar[int]
    LAST_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_FIELD_NUMBER: _ClassVar[int]
    first: Serial
    last: Serial
    quantity: int
    def __init__(self, first: _Optional[_Union[Serial, _Mapping]] = ..., last: _Optional[_Union[Serial, _Mapping]] = ..., quantity: _Optional[int] = ...) -> None: ...

class PartSerial(_message.Message):
    __slots__ = ("part", "serial")
    PART_FIELD_NUMBER: _ClassVar[int]
    SERIAL_FIELD_NUMBER: _ClassVar[int]
    part: PartKind
    serial: Serial
    def __init__(self, part: _Optional[_Union[PartKind, str]] = ..., serial: _Optional[_Union[Serial, _Mapping]] = ...) -> None: ...

class Mark(_message.Message):
    __slots__ = ("kind", "text", "symbol", "position", "photo_sha256")
    KIND_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    SYMBOL_FIELD_NUMBER: _ClassVar[int]
    POSITION_FIELD_NUMBER: _ClassVar[int]
    PHOTO_SHA256_FIELD_NUMBER: _ClassVar[int]
    kind: MarkKind
    text: str
    symbol: str
    position: str
    photo_sha256: bytes
    def __init__(self, kind: _Optional[_Union[MarkKind, str]] = ..., text: _Optional[str] = ..., symbol: _Optional[str] = ..., position: _Optional[str] = ..., photo_sha256: _Optional[bytes] = ...) -> None: ...

class ImportMark(_message.Message):
    __slots__ = ("country", "year", "authority", "text")
    COUNTRY_FIELD_NUMBER: _ClassVar[int]
    YEAR_FIELD_NUMBER: _ClassVar[int]
    AUTHORITY_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    country: str
    year: int
    authority: str
    text: str
    def __init__(self, country: _Optional[str] = ..., year: _Optional[int] = ..., authority: _Optional[str] = ..., text: _Optional[str] = ...) -> None: ...
