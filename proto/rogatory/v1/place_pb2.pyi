from rogatory.v1 import rules_pb2 as _rules_pb2
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Place(_message.Message):
    __slots__ = ("country", "admin_area", "name", "locode", "point", "description")
    COUNTRY_FIELD_NUMBER: _ClassVar[int]
    ADMIN_AREA_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    LOCODE_FIELD_NUMBER: _ClassVar[int]
    POINT_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    country: str
    admin_area: str
    name: str
    locode: str
    point: Point
    description: str
    def __init__(self, country: _Optional[str] = ..., admin_area: _Optional[str] = ..., name: _Optional[str] = ..., locode: _Optional[str] = ..., point: _Optional[_Union[Point, _Mapping]] = ..., description: _Optional[str] = ...) -> None: ...

class Point(_message.Message):
    __slots__ = ("latitude", "longitude", "uncertainty_km")
    LATITUDE_FIELD_NUMBER: _ClassVar[int]
    LONGITUDE_FIELD_NUMBER: _ClassVar[int]
    UNCERTAINTY_KM_FIELD_NUMBER: _ClassVar[int]
    latitude: float
    longitude: float
    uncertainty_km: int
    def __init__(self, latitude: _Optional[float] = ..., longitude: _Optional[float] = ..., uncertainty_km: _Optional[int] = ...) -> None: ...

class Period(_message.Message):
    __slots__ = ("to",)
    FROM_FIELD_NUMBER: _ClassVar[int]
    TO_FIELD_NUMBER: _ClassVar[int]
    to: str
    def __init__(self, to: _Optional[str] = ..., **kwargs) -> None: ...
