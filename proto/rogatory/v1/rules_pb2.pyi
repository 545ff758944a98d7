from google.protobuf import descriptor_pb2 as _descriptor_pb2
from rogatory.v1 import handling_pb2 as _handling_pb2
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from typing import ClassVar as _ClassVar

DESCRIPTOR: _descriptor.FileDescriptor

class Form(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    FORM_UNSPECIFIED: _ClassVar[Form]
    FORM_COUNTRY: _ClassVar[Form]
    FORM_DATE: _ClassVar[Form]
    FORM_DAY: _ClassVar[Form]
    FORM_LOCODE: _ClassVar[Form]
    FORM_HS_CODE: _ClassVar[Form]
    FORM_CURRENCY: _ClassVar[Form]
    FORM_DECIMAL: _ClassVar[Form]
    FORM_SHA256: _ClassVar[Form]
    FORM_AS_READ: _ClassVar[Form]
    FORM_LATITUDE: _ClassVar[Form]
    FORM_LONGITUDE: _ClassVar[Form]
    FORM_YEAR: _ClassVar[Form]
    FORM_ORDINAL: _ClassVar[Form]
    FORM_CONTAINER: _ClassVar[Form]
    FORM_IMO: _ClassVar[Form]
    FORM_AIR_WAYBILL: _ClassVar[Form]
    FORM_CLOCK_HOUR: _ClassVar[Form]
    FORM_TIME_MS: _ClassVar[Form]
    FORM_EMAIL: _ClassVar[Form]
    FORM_TELEPHONE: _ClassVar[Form]
    FORM_LANGUAGE: _ClassVar[Form]
    FORM_TIME_ZONE: _ClassVar[Form]
FORM_UNSPECIFIED: Form
FORM_COUNTRY: Form
FORM_DATE: Form
FORM_DAY: Form
FORM_LOCODE: Form
FORM_HS_CODE: Form
FORM_CURRENCY: Form
FORM_DECIMAL: Form
FORM_SHA256: Form
FORM_AS_READ: Form
FORM_LATITUDE: Form
FORM_LONGITUDE: Form
FORM_YEAR: Form
FORM_ORDINAL: Form
FORM_CONTAINER: Form
FORM_IMO: Form
FORM_AIR_WAYBILL: Form
FORM_CLOCK_HOUR: Form
FORM_TIME_MS: Form
FORM_EMAIL: Form
FORM_TELEPHONE: Form
FORM_LANGUAGE: Form
FORM_TIME_ZONE: Form
REQUIRED_FIELD_NUMBER: _ClassVar[int]
required: _descriptor.FieldDescriptor
FORM_FIELD_NUMBER: _ClassVar[int]
form: _descriptor.FieldDescriptor
FIELD_CLASS_FIELD_NUMBER: _ClassVar[int]
field_class: _descriptor.FieldDescriptor
ONE_REQUIRED_FIELD_NUMBER: _ClassVar[int]
one_required: _descriptor.FieldDescriptor
AT_LEAST_ONE_FIELD_NUMBER: _ClassVar[int]
at_least_one: _descriptor.FieldDescriptor
