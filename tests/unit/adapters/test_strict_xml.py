"""XML of strangers: what is refused before anything is made of it, by every adapter."""

import pytest
from hypothesis import given, strategies as st
from lxml import etree

from adapters.declarations import xml_tree
from adapters.declarations.errors import UnreadableError
from adapters.declarations.limits import LIMITS
from adapters.interpol import register_xml
from adapters.interpol.errors import XmlRefusedError
from adapters.strict_xml import SINGLE_BYTE, UTF_8, StrictXmlError, XmlBounds, parse

_BOUNDS = XmlBounds(
    size_max=100_000,
    tags_max=2_000,
    attributes_max=1_000,
    depth_max=24,
    text_max=10_000,
)
_OLDER = XmlBounds(
    size_max=100_000,
    tags_max=2_000,
    attributes_max=1_000,
    depth_max=24,
    text_max=10_000,
    encodings=UTF_8 | SINGLE_BYTE,
)
_LAUGHS = b"".join(
    b'<!ENTITY l%d "%s">' % (n, b"&l%d;" % (n - 1) * 10) for n in range(1, 9)
)
_HIDDEN = (
    b"+ADwAIQ-DOCTYPE x +AFsAPAAh-ENTITY e +ACI-ha+ACIAPgBdAD4APA-x+AD4APA-/x+AD4-"
)
_HEAD = '<?xml version="1.0"?>'
_TYPED = _HEAD + '<!DOCTYPE x [<!ENTITY e "ha">]><x>&e;</x>'

HOSTILE = [
    pytest.param(
        b'<!DOCTYPE x [<!ENTITY l0 "ha">' + _LAUGHS + b"]><x>&l8;</x>",
        "document-type",
        id="xml_bomb",
    ),
    pytest.param(
        b'<!DOCTYPE x [<!ENTITY a "' + b"a" * 9_000 + b'">]><x>' + b"&a;" * 900,
        "document-type",
        id="quadratic_blow_up",
    ),
    pytest.param(
        b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>',
        "document-type",
        id="external_entity",
    ),
    pytest.param(
        b'<!DOCTYPE x [<!ENTITY % p SYSTEM "http://127.0.0.1:9/x">%p;]><x/>',
        "document-type",
        id="external_parameter_entity",
    ),
    pytest.param(
        b'<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd"><x/>',
        "document-type",
        id="external_subset",
    ),
    pytest.param(
        b"<!doctype x><x/>", "document-type", id="document_type_in_lower_case"
    ),
    pytest.param(
        _TYPED.encode("utf-16"), "encoding", id="document_type_hidden_by_utf_16"
    ),
    pytest.param(
        _TYPED.encode("utf-16-be"), "encoding", id="document_type_hidden_without_mark"
    ),
    pytest.param(
        _TYPED.encode("utf-32"), "encoding", id="document_type_hidden_by_utf_32"
    ),
    pytest.param(
        _TYPED.encode("cp037"), "not-well-formed", id="document_type_hidden_by_ebcdic"
    ),
    pytest.param(
        b'<?xml version="1.0" encoding="UTF-7"?>' + _HIDDEN,
        "encoding",
        id="document_type_hidden_by_utf_7",
    ),
    pytest.param(
        b'<?xml version="1.0"' + b" " * 400 + b'encoding="UTF-7"?>' + _HIDDEN,
        "not-well-formed",
        id="encoding_hidden_by_white_space",
    ),
    pytest.param(
        b'<?xml version="1.0" encoding="UTF-7 "?>' + _HIDDEN,
        "encoding",
        id="encoding_that_is_no_name",
    ),
    pytest.param(
        b'\xef\xbb\xbf<?xml version="1.0" encoding="ISO-8859-1"?><x/>',
        "encoding",
        id="mark_and_encoding_that_disagree",
    ),
    pytest.param(b"<x>&undefined;</x>", "not-well-formed", id="undefined_entity"),
    pytest.param(b"<x>" * 40 + b"</x>" * 40, "too-large", id="deep"),
    pytest.param(
        b"<x>" * 1_000 + b"</x>" * 999, "not-well-formed", id="deep_and_not_closed"
    ),
    pytest.param(b"<x>" + b"<y/>" * 2_001 + b"</x>", "too-large", id="wide"),
    pytest.param(
        b"<x " + b"".join(b'a%d="" ' % n for n in range(1_001)) + b"/>",
        "too-large",
        id="attributes_without_end",
    ),
    pytest.param(
        b"<x " + b"".join(b'xmlns:a%d="u" ' % n for n in range(1_001)) + b"/>",
        "too-large",
        id="namespaces_without_end",
    ),
    pytest.param(b"<x>" + b"a" * 10_001 + b"</x>", "too-large", id="long_text"),
    pytest.param(
        b"<x>" + b"a" * 6_000 + b"<!-- -->" + b"a" * 6_000 + b"</x>",
        "too-large",
        id="long_text_around_a_comment",
    ),
    pytest.param(b"<x a='" + b"a" * 10_001 + b"'/>", "too-large", id="long_attribute"),
    pytest.param(b"<x>" + b" " * 100_000 + b"</x>", "too-large", id="oversize"),
    pytest.param(b"<x a='1' a='2'/>", "not-well-formed", id="attribute_twice"),
    pytest.param(b"<x><y></x>", "not-well-formed", id="truncated"),
    pytest.param(b"<x/><x/>", "not-well-formed", id="two_roots"),
    pytest.param(b"", "not-well-formed", id="nothing"),
    pytest.param(b"<x>\x00</x>", "encoding", id="nul"),
    pytest.param(b"<x>\xff</x>", "not-well-formed", id="not_utf_8"),
]


@pytest.mark.parametrize("bounds", [_BOUNDS, _OLDER], ids=["utf_8", "older"])
@pytest.mark.parametrize(("data", "code"), HOSTILE)
def test_hostile_xml_is_refused(data: bytes, code: str, bounds: XmlBounds) -> None:
    with pytest.raises(StrictXmlError) as refused:
        parse(data, bounds)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("data", "code"), [one for one in HOSTILE if "too-large" not in one.values]
)
def test_every_adapter_refuses_it_too(data: bytes, code: str) -> None:
    with pytest.raises(XmlRefusedError):
        register_xml.parse(data)
    with pytest.raises(UnreadableError) as refused:
        xml_tree.parse(data)
    assert refused.value.code == code


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"<x>" * 65 + b"</x>" * 65, id="deep"),
        pytest.param(b"<x>" + b"<y/>" * 2_000_000 + b"</x>", id="wide"),
        pytest.param(b"<x>" + b"a" * 1_000_001 + b"</x>", id="long_text"),
        pytest.param(b"<x>" + b" " * LIMITS.size_max + b"</x>", id="oversize"),
    ],
)
def test_every_adapter_has_bounds(data: bytes) -> None:
    with pytest.raises(XmlRefusedError, match=r"more than|deeper"):
        register_xml.parse(data)
    with pytest.raises(UnreadableError) as refused:
        xml_tree.parse(data)
    assert refused.value.code == "too-large"


@pytest.mark.parametrize("encoding", sorted(SINGLE_BYTE))
def test_an_older_encoding_is_taken_only_where_it_is_asked_for(encoding: str) -> None:
    head = f'<?xml version="1.0" encoding="{encoding.upper()}"?>'
    data = f"{head}<x>Zo\u00eb</x>".encode(encoding)
    assert parse(data, _OLDER).text == "Zo\u00eb"
    with pytest.raises(StrictXmlError, match="UTF-8"):
        parse(data, _BOUNDS)


def test_an_encoding_that_is_only_spoken_of_is_not_believed() -> None:
    """It stands in a comment; the text is in UTF-8 as always."""
    data = '<!-- encoding="ISO-8859-1" --><x>Zo\u00eb</x>'.encode()
    assert parse(data, _OLDER).text == "Zo\u00eb"


def test_a_mark_of_utf_8_is_no_matter() -> None:
    for head in ("", _HEAD, '<?xml version="1.0" encoding="utf-8"?>'):
        assert parse(b"\xef\xbb\xbf" + f"{head}<x>1</x>".encode(), _BOUNDS).text == "1"


def test_comments_and_instructions_are_gone_and_split_no_text() -> None:
    root = parse(b"<x>adm<!-- -->in<?php 1?>istrator</x>", _BOUNDS)
    assert root.text == "administrator"
    assert len(root) == 0


def test_an_inclusion_is_an_element_and_nothing_is_fetched() -> None:
    root = parse(
        b'<x xmlns:i="http://www.w3.org/2001/XInclude">'
        b'<i:include parse="text" href="file:///etc/passwd"/></x>',
        _BOUNDS,
    )
    assert root.text is None
    assert root[0].text is None


def test_a_refusal_says_nothing_of_what_stands_there() -> None:
    with pytest.raises(StrictXmlError) as refused:
        parse(b"<x>\n<Jane><Roe></Jane></x>", _BOUNDS)
    assert str(refused.value) == "not XML, line 2"


@given(st.binary(max_size=60))
def test_whatever_bytes_come_they_are_xml_or_refused(data: bytes) -> None:
    for given_ in (data, b"<x>" + data + b"</x>", b"<?xml " + data + b"?><x/>"):
        try:
            root = parse(given_, _OLDER)
        except StrictXmlError:
            continue
        assert isinstance(root, etree._Element)
        assert root.getroottree().docinfo.internalDTD is None
