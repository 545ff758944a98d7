"""Signed XML: what holds, and every way in which it does not."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from lxml import etree

from adapters.interpol.documents import FirearmQuery
from adapters.interpol.errors import SignatureError
from adapters.interpol.parts import RequestHeader
from adapters.interpol.register_xml import parse
from adapters.interpol.signatures import sign, verify
from adapters.interpol.xml_codec import NAMESPACE, decode, encode
from tests.certificates import write_certificates
from tests.interpol_world import signer
from tests.world import NOW_MS

_DS = "{http://www.w3.org/2000/09/xmldsig#}"
_YEAR_2019_MS = 1_550_000_000_000  # before the certificates of tests begin


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("certificates")
    write_certificates(made)
    return made


@pytest.fixture(scope="module")
def certificate(folder: Path) -> bytes:
    return (folder / "client.pem").read_bytes()


def _query(serial: str = "ZZQ-1", identifier: str = "m-1") -> etree._Element:
    header = RequestHeader(
        message_id=identifier, sent_at="2026-03-09T10:00:00.000Z", sender="A"
    )
    return encode(FirearmQuery(header=header, serial_number=serial), identifier)


@pytest.fixture
def signed(folder: Path) -> etree._Element:
    return _read(sign(_query(), signer(folder)))


def _read(root: etree._Element) -> etree._Element:
    return parse(etree.tostring(root))


def test_what_was_signed_comes_back_without_the_signature(
    signed: etree._Element, certificate: bytes
) -> None:
    found = verify(signed, certificate, NOW_MS)
    assert decode(FirearmQuery, found).serial_number == "ZZQ-1"
    assert found.find(f"{_DS}Signature") is None


def test_it_holds_inside_an_envelope_and_outside_again(
    signed: etree._Element, certificate: bytes
) -> None:
    envelope = etree.Element("{urn:e}E", nsmap={"s": "urn:e", "x": "urn:x"})
    envelope.append(signed)
    data = etree.tostring(_read(envelope)[0], method="c14n", exclusive=True)
    assert verify(parse(data), certificate, NOW_MS) is not None


def _unsigned(root: etree._Element) -> etree._Element:
    signature = root.find(f"{_DS}Signature")
    assert signature is not None
    root.remove(signature)
    return root


def _altered(root: etree._Element) -> etree._Element:
    root.find(f"{{{NAMESPACE}}}SerialNumber").text = "ZZQ-2"  # type: ignore[union-attr]
    return root


def _added(root: etree._Element) -> etree._Element:
    etree.SubElement(root, f"{{{NAMESPACE}}}Make").text = "Added"
    return root


def _wrapped_within(root: etree._Element) -> etree._Element:
    """The true document, signature and all, inside a forged one."""
    forged = _query("FORGED", "m-2")
    forged.append(root)
    return forged


def _wrapped_beside(root: etree._Element) -> etree._Element:
    """The signature moved to a forged root; what it is of, elsewhere in it."""
    forged = _query("FORGED", "m-2")
    signature = root.find(f"{_DS}Signature")
    assert signature is not None
    forged.append(signature)
    etree.SubElement(forged, f"{{{NAMESPACE}}}Elsewhere").append(root)
    return forged


def _same_identifier(root: etree._Element) -> etree._Element:
    """As before, with one identifier for both."""
    forged = _wrapped_beside(root)
    forged.set("Id", "m-1")
    return forged


def _in_the_signature(root: etree._Element) -> etree._Element:
    """The true document inside the signature's own Object."""
    forged = _query("FORGED", "m-2")
    signature = root.find(f"{_DS}Signature")
    assert signature is not None
    forged.append(signature)
    etree.SubElement(signature, f"{_DS}Object").append(root)
    return forged


def _twice(root: etree._Element) -> etree._Element:
    signature = root.find(f"{_DS}Signature")
    assert signature is not None
    root.append(parse(etree.tostring(signature)))
    return root


def _weak_digest(root: etree._Element) -> etree._Element:
    for method in root.iter(f"{_DS}DigestMethod"):
        method.set("Algorithm", "http://www.w3.org/2000/09/xmldsig#sha1")
    return root


def _keyed_hash(root: etree._Element) -> etree._Element:
    for method in root.iter(f"{_DS}SignatureMethod"):
        method.set("Algorithm", "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256")
    return root


def _no_value(root: etree._Element) -> etree._Element:
    for value in root.iter(f"{_DS}SignatureValue"):
        value.text = ""
    return root


@pytest.mark.parametrize(
    "attack",
    [
        _unsigned,
        _altered,
        _added,
        _wrapped_within,
        _wrapped_beside,
        _same_identifier,
        _in_the_signature,
        _twice,
        _weak_digest,
        _keyed_hash,
        _no_value,
    ],
    ids=lambda attack: attack.__name__.strip("_"),
)
def test_forged_document_is_refused(
    signed: etree._Element,
    certificate: bytes,
    attack: Callable[[etree._Element], etree._Element],
) -> None:
    with pytest.raises(SignatureError):
        verify(_read(attack(signed)), certificate, NOW_MS)


def test_document_signed_by_somebody_else_is_refused(
    folder: Path, certificate: bytes
) -> None:
    other = _read(sign(_query(), signer(folder, "server")))
    with pytest.raises(SignatureError):
        verify(other, certificate, NOW_MS)


def test_certificate_that_the_signature_brings_along_is_not_believed(
    folder: Path, certificate: bytes
) -> None:
    disguised = replace(signer(folder, "server"), certificate=certificate)
    with pytest.raises(SignatureError):
        verify(_read(sign(_query(), disguised)), certificate, NOW_MS)


def test_signing_certificate_is_not_believed_before_its_time(
    signed: etree._Element, certificate: bytes
) -> None:
    with pytest.raises(SignatureError, match="not valid"):
        verify(signed, certificate, _YEAR_2019_MS)


def test_key_that_is_none_does_not_sign(folder: Path) -> None:
    with pytest.raises(SignatureError, match="key"):
        sign(_query(), replace(signer(folder), key=b"no key"))
    with pytest.raises(SignatureError, match="key"):
        sign(_query(), replace(signer(folder), algorithm="rsa-sha256"))


def test_key_is_not_shown(folder: Path) -> None:
    assert "PRIVATE" not in repr(signer(folder))
