"""Reads XML of strangers: no document type, no entities, nothing fetched, bounded.

What the elements mean, and whether they fit a schema, is left to the adapters.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from typing import Final

from lxml import etree

UTF_8: Final = frozenset({"utf-8", "us-ascii", "ascii"})
"""What is taken unless a format needs more."""
SINGLE_BYTE: Final = frozenset({"iso-8859-1", "iso-8859-15", "windows-1252"})
"""What older systems of customs write. In these too the letters of ASCII stand for
themselves, so that what is looked for before the parser sees anything cannot hide."""
_MARK: Final = b"\xef\xbb\xbf"
_HEAD: Final = re.compile(rb"<\?xml\s[^<>]{0,300}\?>")
_DECLARED: Final = re.compile(rb"\sencoding\s*=\s*[\"']([A-Za-z0-9._:-]{1,40})[\"']")
_FORBIDDEN: Final = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)


class StrictXmlError(Exception):
    """XML that is not taken.

    Args:
        code: A stable word: "too-large", "encoding", "document-type" or
            "not-well-formed".
        reason: What is wrong and where, in a sentence; never content.
    """

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code


@dataclass(frozen=True, slots=True, kw_only=True)
class XmlBounds:
    """How much of a document is taken; what is larger is refused, never cut short.

    Attributes:
        size_max: Bytes.
        tags_max: Opening and closing tags together.
        attributes_max: Attributes and namespaces, counted by "=", wherever one stands.
        depth_max: Elements within each other.
        text_max: Signs of one text or one attribute.
        encodings: Names of the encodings that are taken, in lower case.
    """

    size_max: int
    tags_max: int
    attributes_max: int
    depth_max: int
    text_max: int
    encodings: Collection[str] = UTF_8


def parse(data: bytes, bounds: XmlBounds) -> etree._Element:
    """Returns the root of a document, without comments and processing instructions.

    1. Its size and the number of its tags are bounded before anything is built.
    2. Its encoding is one in which a document type cannot hide, and the parser is told
       which it is, whatever else the document would have it find out.
    3. It has no document type: that is where bombs and external entities live. It is
       looked for before it is parsed: a parser that has seen one has begun to obey it.
    4. It is parsed without entities or network, within the parser's own bounds.
    5. Neither its depth nor any of its texts is beyond the bounds.

    Raises:
        StrictXmlError: Any of these fails.
    """
    # 1
    if len(data) > bounds.size_max:
        raise StrictXmlError("too-large", f"more than {bounds.size_max:,} bytes")
    if data.count(b"<") > bounds.tags_max:
        raise StrictXmlError("too-large", f"more than {bounds.tags_max:,} tags")
    if data.count(b"=") > bounds.attributes_max:
        raise StrictXmlError(
            "too-large", f"more than {bounds.attributes_max:,} attributes"
        )
    # 2
    encoding = _encoding(data, bounds.encodings)
    # 3
    if _FORBIDDEN.search(data):
        raise StrictXmlError(
            "document-type", "it has a document type or entities, which are not taken"
        )
    # 4
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        encoding=encoding,
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        # Its own words may repeat content.
        line = error.lineno or 1
        raise StrictXmlError("not-well-formed", f"not XML, line {line}") from None
    # 5
    if _deeper_than(bounds.depth_max)(root):
        raise StrictXmlError("too-large", f"deeper than {bounds.depth_max:,} elements")
    if len(data) > bounds.text_max and _longer_than(bounds.text_max)(root):
        raise StrictXmlError(
            "too-large", f"a text of more than {bounds.text_max:,} signs"
        )
    return root


def _encoding(data: bytes, taken: Collection[str]) -> str:
    """Returns what the parser is told; it would look at marks and names by itself."""
    marked = data.startswith(_MARK)
    start = data.removeprefix(_MARK)
    declared = "utf-8"
    if start.startswith(b"<?xml") and start[5:6].isspace():
        head = _HEAD.match(start)
        if head is None:
            raise StrictXmlError("not-well-formed", "not XML, line 1")
        if found := _DECLARED.search(head[0]):
            declared = found[1].decode("ascii").lower()
        elif b"encoding" in head[0]:
            declared = ""
    if b"\0" in data or declared not in taken or (marked and declared != "utf-8"):
        raise StrictXmlError("encoding", "an encoding that is not taken; use UTF-8")
    return declared


# By the library's own paths: walking a manifest in Python takes ten times as long.
@cache
def _deeper_than(depth: int) -> etree.XPath:
    return etree.XPath(f"boolean({'/*' * (depth + 1)})")


@cache
def _longer_than(length: int) -> etree.XPath:
    long = f"[string-length() > {length}]"
    return etree.XPath(
        f"boolean(/descendant::text(){long}) or boolean(/descendant::*/@*{long})"
    )
