"""XML of the register: within its bounds, and as its schema has it.

Reading strangers' XML is left to `adapters.strict_xml`, signatures to
`adapters.interpol.signatures`, values to `adapters.interpol.xml_codec`.
"""

import re
from functools import cache
from pathlib import Path
from typing import Final

from lxml import etree

from adapters import strict_xml
from adapters.interpol.errors import XmlRefusedError
from adapters.interpol.xml_codec import kind_of

SIZE_MAX: Final = 524_288  # bytes of a document
BOUNDS: Final = strict_xml.XmlBounds(
    size_max=SIZE_MAX,
    tags_max=20_000,
    attributes_max=50_000,
    depth_max=24,
    text_max=100_000,
)
_SHOWN: Final = 100  # characters of a namespace
_ELEMENT: Final = re.compile(r"Element '(?:\{[^}]*\})?([A-Za-z]{1,60})'")
_FOLDER: Final = Path(__file__).parent / "schema"
XSD: Final = _FOLDER / "interpol-style-1.xsd"
WSDL: Final = _FOLDER / "interpol-style-1.wsdl"


def parse(data: bytes) -> etree._Element:
    """Reads XML from the other side.

    Raises:
        XmlRefusedError: Not XML that is taken here.
    """
    try:
        return strict_xml.parse(data, BOUNDS)
    except strict_xml.StrictXmlError as error:
        raise XmlRefusedError(str(error)) from error


def check_schema(root: etree._Element) -> None:
    """Refuses what is not a document of ours, as the schema has it.

    Raises:
        XmlRefusedError: It is not; the first place where, without what stands there.
    """
    if not kind_of(root):
        namespace = etree.QName(root).namespace or "no namespace"
        raise XmlRefusedError(f"the wrong namespace: {namespace[:_SHOWN]}")
    try:
        _schema().assertValid(root)
    except etree.DocumentInvalid as error:
        # The message repeats what stands there, which may be anything: not its name.
        found = _ELEMENT.match(str(error))
        name = found[1] if found else "the root"
        raise XmlRefusedError(f"not as the schema has it, at {name}") from None


@cache
def _schema() -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(str(XSD)))
