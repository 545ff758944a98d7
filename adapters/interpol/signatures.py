"""Signed XML: an enveloped signature of the whole document, by a certificate we know.

Reading XML is left to `adapters.interpol.register_xml`, whose certificate is asked for
to the caller.
"""

import datetime as dt
from dataclasses import dataclass, field
from typing import Final, Literal

from lxml import etree
from signxml import (
    CanonicalizationMethod,
    DigestAlgorithm,
    SignatureConfiguration,
    SignatureConstructionMethod,
    SignatureMethod,
    XMLSigner,
    XMLVerifier,
)
from signxml.exceptions import SignXMLException
from signxml.verifier import VerifyResult

from adapters.interpol.errors import SignatureError, XmlRefusedError
from adapters.interpol.register_xml import parse
from adapters.interpol.xml_codec import ID
from keys.certificates import read_certificate
from keys.errors import CertificateError

_METHODS: Final = {
    "ecdsa-sha256": SignatureMethod.ECDSA_SHA256,
    "rsa-sha256": SignatureMethod.RSA_SHA256,
}
Algorithm = Literal["ecdsa-sha256", "rsa-sha256"]
"""What a signing key is for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """What documents are signed with.

    Attributes:
        certificate: PEM; it travels along, so that a reader knows which one to look up.
        key: Its private key, PEM.
        algorithm: As the key is.
    """

    certificate: bytes
    key: bytes = field(repr=False)
    algorithm: Algorithm = "ecdsa-sha256"


def sign(root: etree._Element, signer: Signer) -> etree._Element:
    """Returns a document with a signature of all of it, as its last element.

    Raises:
        SignatureError: The key cannot be read, or is not for the algorithm.
    """
    maker = XMLSigner(
        method=SignatureConstructionMethod.enveloped,
        signature_algorithm=_METHODS[signer.algorithm],
        digest_algorithm=DigestAlgorithm.SHA256,
        c14n_algorithm=CanonicalizationMethod.EXCLUSIVE_XML_CANONICALIZATION_1_0,
    )
    try:
        return maker.sign(
            root,
            key=signer.key,
            cert=signer.certificate.decode("ascii"),
            # By its identifier: it has to hold inside a SOAP envelope too.
            reference_uri=f"#{root.get(ID)}",
            id_attribute=ID,
        )
    # What a wrong key ends in depends on the key.
    except (SignXMLException, ValueError, TypeError, AttributeError) as error:
        raise SignatureError("the signing key does not go with its use") from error


def verify(root: etree._Element, certificate: bytes, now_ms: int) -> etree._Element:
    """Returns what was signed, and nothing else: the document, read again.

    1. One signature, directly below the root: not one that stands further down, around
    something else. 2. By this certificate, whatever the signature says of its own.
    3. Of algorithms from a list. 4. Of the whole document: what is signed is the root.

    Args:
        root: From `register_xml.parse`, as a document of its own.
        certificate: Of whoever has to have signed it, PEM.
        now_ms: The present; the certificate has to be valid then.

    Raises:
        SignatureError: It is not so.
    """
    # 1. to 3.
    pinned = _valid(certificate, now_ms)
    expected = SignatureConfiguration(
        require_x509=True,
        location="./",
        expect_references=1,
        signature_methods=frozenset(_METHODS.values()),
        digest_algorithms=frozenset({DigestAlgorithm.SHA256}),
        verification_time=dt.datetime.fromtimestamp(now_ms / 1000, dt.UTC),
    )
    try:
        found = XMLVerifier().verify(
            root,
            x509_cert=pinned,
            expect_config=expected,
            id_attribute=ID,
        )
    # The library lets errors of those below it through.
    except Exception as error:
        raise SignatureError("the signature does not hold") from error
    # 4.
    if not isinstance(found, VerifyResult):
        raise SignatureError("there is more than one signed thing")
    try:
        signed = parse(found.signed_data)
    except XmlRefusedError as error:
        raise SignatureError("something else is signed than the document") from error
    if signed.tag != root.tag or signed.get(ID) != root.get(ID):
        raise SignatureError("something else is signed than the document")
    return signed


def _valid(certificate: bytes, now_ms: int) -> str:
    try:
        facts = read_certificate(certificate)
    except CertificateError as error:
        raise SignatureError("the certificate to check with is none") from error
    if not facts.valid_from_ms <= now_ms <= facts.valid_to_ms:
        raise SignatureError("the signing certificate is not valid at this time")
    return certificate.decode("ascii", "ignore")
