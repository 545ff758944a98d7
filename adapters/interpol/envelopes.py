"""Envelopes of SOAP 1.2: the document inside, as one of its own.

Making them is left to zeep on our side, and to the simulator on the other.
"""

from typing import Final

from lxml import etree

from adapters.interpol.errors import XmlRefusedError
from adapters.interpol.register_xml import parse

ENVELOPE: Final = "http://www.w3.org/2003/05/soap-envelope"
"""The namespace."""


def document_in(envelope: etree._Element) -> etree._Element:
    """Returns what a SOAP 1.2 envelope carries, as a document of its own.

    Of a fault, what its detail carries.

    Raises:
        XmlRefusedError: Not an envelope with one document.
    """
    bodies = envelope.findall(f"{{{ENVELOPE}}}Body")
    if envelope.tag != f"{{{ENVELOPE}}}Envelope" or len(bodies) != 1:
        raise XmlRefusedError("not an envelope of SOAP 1.2")
    carried = list(bodies[0])
    if len(carried) == 1 and carried[0].tag == f"{{{ENVELOPE}}}Fault":
        carried = carried[0].findall(f"{{{ENVELOPE}}}Detail/*")
    if len(carried) != 1:
        raise XmlRefusedError("the envelope does not carry one document")
    return apart(carried[0])


def apart(element: etree._Element) -> etree._Element:
    """Returns an element as a document of its own, with the same canonical form."""
    return parse(etree.tostring(element, method="c14n", exclusive=True))
