"""Contents between documents and bytes: strict, and with every problem at once.

A document is protobuf's JSON mapping of the message that its kind names. What
surrounds it in a file is left to `broker.core.codec.draft`; where it goes, to the
envelope.
"""

import functools
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Final

from google.protobuf import json_format
from google.protobuf.descriptor import Descriptor

from broker.core.codec.check_digits import (
    air_waybill_check_digit,
    container_check_digit,
    imo_check_digit,
)
from broker.core.codec.code_warnings import code_warnings
from broker.core.codec.kinds import Kind, parse_kind
from broker.core.codec.options import form_of
from broker.core.codec.problems import (
    Form,
    in_order,
    schema_problems,
    shown,
)
from broker.core.codec.rules import rule_problems
from broker.core.codec.schema import json_schema
from broker.core.codec.strict import read_canonical, write_canonical
from broker.core.codec.walk import parts_of, values_of, with_json_names
from broker.core.errors import Code, DocumentError, DocumentProblem, RefusedError
from rogatory.v1 import rules_pb2

_SHOWN_PATHS = 3  # places that a refusal names

_CHECK_DIGITS: Final[Mapping[int, tuple[str, Callable[[str], int | None]]]] = (
    MappingProxyType(
        {
            rules_pb2.FORM_CONTAINER: (
                "a container number such as CSQU3054383",
                container_check_digit,
            ),
            rules_pb2.FORM_IMO: ("an IMO number such as 9074729", imo_check_digit),
            rules_pb2.FORM_AIR_WAYBILL: (
                "an air waybill number such as 020-12345675",
                air_waybill_check_digit,
            ),
        }
    )
)


def encode_document(kind: str, document: Mapping[str, object]) -> bytes:
    """Turns a document into the one encoding of its message.

    Args:
        kind: Kind with version: "trace-request/1".
        document: Fields by lowerCamelCase name or as in the .proto files. Dates and
            bytes may stand as YAML reads them.

    Returns:
        Canonical protobuf, as `decode_document` takes it.

    Raises:
        DocumentError: With a problem for each place that does not fit.
        RefusedError: UNKNOWN_KIND.
    """
    known = parse_kind(kind)
    problems: list[DocumentProblem] = []
    fields = with_json_names(known.descriptor, document, problems)
    problems.extend(problems_in(known, fields))
    if problems:
        raise DocumentError(in_order(problems))
    return write_document(known, fields)


def decode_document(kind: str, body: bytes) -> dict[str, object]:
    """Turns bytes from abroad into a document, or refuses them.

    Args:
        kind: Kind with version: "trace-request/1".
        body: Protobuf as it was received.

    Returns:
        Protobuf's JSON mapping: lowerCamelCase names, 64-bit numbers as text, bytes
        in base64, fields with default values left out.

    Raises:
        RefusedError: UNKNOWN_KIND, MALFORMED, UNKNOWN_FIELD or NOT_CANONICAL; or
            INVALID_CONTENT with the places that do not fit, never with their values.
    """
    known = parse_kind(kind)
    document = read_document(known, body)
    problems = in_order(problems_in(known, document))
    if problems:
        paths = [problem.path or "(document)" for problem in problems[:_SHOWN_PATHS]]
        raise RefusedError(Code.INVALID_CONTENT, ", ".join(paths))
    return document


def warnings_for(kind: str, body: bytes) -> list[DocumentProblem]:
    """Lists what looks like a slip of the pen and blocks nothing.

    Args:
        kind: Kind with version.
        body: A content that `encode_document` made or `decode_document` took.

    Returns:
        A problem for each container, IMO or air waybill number whose check digit
        does not hold, and for each code of goods or of a place that looks wrong.

    Raises:
        RefusedError: UNKNOWN_KIND, MALFORMED, UNKNOWN_FIELD or NOT_CANONICAL.
    """
    known = parse_kind(kind)
    document = read_document(known, body)
    found = [
        *_digit_warnings(known.descriptor, document),
        *code_warnings(known.descriptor, document),
    ]
    return in_order(found)


def read_document(kind: Kind, body: bytes) -> dict[str, object]:
    """Turns bytes into a document without asking whether it says what it must.

    Raises:
        RefusedError: MALFORMED, UNKNOWN_FIELD or NOT_CANONICAL.
    """
    return json_format.MessageToDict(read_canonical(kind.message, body))


def write_document(kind: Kind, document: Mapping[str, object]) -> bytes:
    """Returns the one encoding of a document in which `problems_in` finds nothing."""
    return write_canonical(json_format.ParseDict(dict(document), kind.message()))


@functools.cache
def _form(kind: str) -> Form:
    return Form(json_schema(kind))


def problems_in(kind: Kind, document: object) -> Iterator[DocumentProblem]:
    """Yields what keeps a document with JSON names from being one of its kind."""
    yield from schema_problems(_form(kind.text), document)
    yield from rule_problems(kind.descriptor, document)


def _digit_warnings(message: Descriptor, document: object) -> Iterator[DocumentProblem]:
    for part in parts_of(message, document):
        for field in part.message.fields:
            if form_of(field) in _CHECK_DIGITS:
                title, check_digit = _CHECK_DIGITS[form_of(field)]
                for path, value in values_of(field, part.fields, part.path):
                    digit = check_digit(str(value))
                    if digit is None:
                        yield DocumentProblem(path, shown(value), f"expected {title}")
                    elif not str(value).endswith(str(digit)):
                        yield DocumentProblem(
                            path, shown(value), f"expected the check digit {digit}"
                        )
