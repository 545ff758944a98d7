from rogatory.v1 import directory_pb2 as _directory_pb2
from rogatory.v1 import rules_pb2 as _rules_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ContactCard(_message.Message):
    __slots__ = ("attested_at_ms", "people", "note")
    ATTESTED_AT_MS_FIELD_NUMBER: _ClassVar[int]
    PEOPLE_FIELD_NUMBER: _ClassVar[int]
    NOTE_FIELD_NUMBER: _ClassVar[int]
    attested_at_ms: int
    people: _containers.RepeatedCompositeFieldContainer[ContactPerson]
    note: str
    def __init__(self, attested_at_ms: _Optional[int] = ..., people: _Optional[_Iterable[_Union[ContactPerson, _Mapping]]] = ..., note: _Optional[str] = ...) -> None: ...

class ContactPerson(_message.Message):
    __slots__ = ("name", "function", "office_role", "email", "telephone", "languages", "hours", "time_zone", "until")
    NAME_FIELD_NUMBER: _ClassVar[int]
    FUNCTION_FIELD_NUMBER: _ClassVar[int]
    OFFICE_ROLE_FIELD_NUMBER: _ClassVar[int]
    EMAIL_FIELD_NUMBER: _ClassVar[int]
    TELEPHONE_FIELD_NUMBER: _ClassVar[int]
    LANGUAGES_FIELD_NUMBER: _ClassVar[int]
    HOURS_FIELD_NUMBER: _ClassVar[int]
    TIME_ZONE_FIELD_NUMBER: _ClassVar[int]
    UNTIL_FIELD_NUMBER: _ClassVar[int]
    name: str
    function: str
    office_role: _directory_pb2.OfficeRole
    email: str
    telephone: str
    languages: _containers.RepeatedScalarFieldContainer[str]
    hours: str
    time_zone: str
    until: str
    def __init__(self, name: _Optional[str] = ..., function: _Optional[str] = ..., office_role: _Optional[_Union[_directory_pb2.OfficeRole, str]] = ..., email: _Optional[str] = ..., telephone: _Optional[str] = ..., languages: _Optional[_Iterable[str]] = ..., hours: _Optional[str] = ..., time_zone: _Optional[str] = ..., until: _Optional[str] = ...) -> None: ...
