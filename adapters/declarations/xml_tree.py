"""XML of declarations and manifests: within its bounds, and asked by names.

Reading strangers' XML is left to `adapters.strict_xml`, what the elements mean to the
modules of the formats.
"""

from typing import Final

from lxml import etree

from adapters import strict_xml
from adapters.declarations.errors import UnreadableError
from adapters.declarations.limits import LIMITS, Limits

_DEPTH_MAX: Final = 64  # elements within each other
_TAGS_FOR_EACH: Final = 4  # attribute: each takes twice the memory of an element
_TEXT_MAX: Final = 1_000_000  # signs of one text; much less of it is ever kept


def parse(data: bytes, limits: Limits = LIMITS) -> etree._Element:
    """Returns the root of a document.

    Raises:
        UnreadableError: Not XML that is taken here.
    """
    bounds = strict_xml.XmlBounds(
        size_max=limits.size_max,
        tags_max=limits.tags_max,
        attributes_max=limits.tags_max // _TAGS_FOR_EACH,
        depth_max=_DEPTH_MAX,
        text_max=_TEXT_MAX,
        encodings=strict_xml.UTF_8 | strict_xml.SINGLE_BYTE,
    )
    try:
        return strict_xml.parse(data, bounds)
    except strict_xml.StrictXmlError as error:
        raise UnreadableError(error.code, str(error)) from error


def local_name(element: etree._Element) -> str:
    """Returns the name of an element without its namespace."""
    return etree.QName(element).localname


def namespace(element: etree._Element) -> str:
    """Returns the namespace of an element; empty for none."""
    return etree.QName(element).namespace or ""


def text(element: etree._Element | None, path: str, limits: Limits = LIMITS) -> str:
    """Returns the text at a path, without white space around it; empty for none.

    Args:
        element: Where the path begins.
        path: Names of children, such as "Bol_id/Bol_reference": the first of each.
        limits: How much of a text is kept.
    """
    found = element
    # Step by step: a manifest is asked a million such questions, and the library's own
    # paths take several times as long.
    for step in path.split("/"):
        if found is None:
            return ""
        found = next(found.iterchildren(step), None)
    told = None if found is None else found.text
    return told.strip()[: limits.text_max] if told else ""


def children(element: etree._Element | None) -> dict[str, etree._Element]:
    """Returns the first child of each name.

    A manifest is asked half a million questions: looking each name up by itself takes
    several times as long.
    """
    found: dict[str, etree._Element] = {}
    for child in () if element is None else element:
        found.setdefault(child.tag, child)
    return found


def texts(element: etree._Element | None, limits: Limits = LIMITS) -> dict[str, str]:
    """Returns the text of the first child of each name, as `text` does."""
    return {
        name: child.text.strip()[: limits.text_max] if child.text else ""
        for name, child in children(element).items()
    }
