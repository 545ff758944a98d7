"""What looks wrong about codes of goods and places, as remarks that block nothing.

Check digits are left to `broker.core.codec.documents`; what codes mean, to
`broker.core.identification.hs` and `broker.core.country_codes`.
"""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Final

from google.protobuf.descriptor import Descriptor

from broker.core.codec.options import form_of
from broker.core.codec.problems import child, shown
from broker.core.codec.walk import Part, parts_of, values_of
from broker.core.country_codes import country_of_locode
from broker.core.errors import DocumentProblem
from broker.core.identification.hs import remark_on
from rogatory.v1 import rules_pb2

_INTERNATIONAL: Final = "XZ"  # UN/LOCODE: installations in international waters


def code_warnings(message: Descriptor, document: object) -> Iterator[DocumentProblem]:
    """Yields a problem for each code that looks wrong.

    Args:
        message: Descriptor of the message.
        document: Protobuf's JSON mapping of it.
    """
    for part in parts_of(message, document):
        for field in part.message.fields:
            remark = _REMARKS.get(form_of(field))
            if remark is not None:
                for path, value in values_of(field, part.fields, part.path):
                    if expected := remark(str(value)):
                        yield DocumentProblem(
                            path, shown(value), f"expected {expected}"
                        )
        if part.message.name == "Place":
            yield from _elsewhere(part)


def _locode_remark(value: str) -> str:
    if country_of_locode(value) is None and value[:2] != _INTERNATIONAL:
        return "a UN/LOCODE whose first two letters are a country (ISO 3166-1 alpha-2)"
    return ""


def _elsewhere(part: Part) -> Iterator[DocumentProblem]:
    """Yields a problem when a place lies in another country than its code says."""
    locode, country = part.fields.get("locode"), part.fields.get("country")
    lies_in = country_of_locode(locode) if isinstance(locode, str) else None
    if lies_in is not None and country is not None and lies_in != country:
        yield DocumentProblem(
            child(part.path, "locode"),
            shown(locode),
            f"expected a place in {country}; this one is in {lies_in}",
        )


_REMARKS: Final[Mapping[int, Callable[[str], str]]] = MappingProxyType(
    {rules_pb2.FORM_HS_CODE: remark_on, rules_pb2.FORM_LOCODE: _locode_remark}
)
