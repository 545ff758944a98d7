"""X.509 certificates for TLS: a federation's own authority, and what it signs.

Where the files lie and when they are renewed is left to `broker`; nothing here reads
a clock or a disk.

Everything is ECDSA on P-256: every TLS 1.3 client and server speaks it. These keys
protect connections only; what travels over them is signed and sealed by its own keys.
"""

import datetime as dt
import ipaddress
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from keys.errors import CertificateError
from keys.framing import sha256

AUTHORITY_LIFE_MS: Final = 3653 * 86_400_000
"""Ten years: whoever trusts the authority was handed it, and must be handed another."""
SERVER_LIFE_MS: Final = 366 * 86_400_000
_BACKDATE_MS: Final = 3_600_000  # for clients whose clock is a little behind
_COMMON_NAME_MAX: Final = 64  # characters (RFC 5280, upper bounds)
_NAME_MAX: Final = 253  # characters
_NAME: Final = re.compile(
    r"(?!-)[A-Za-z0-9-]{1,63}(?<!-)(\.(?!-)[A-Za-z0-9-]{1,63}(?<!-))*"
)
_EPOCH: Final = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    """Who signs the certificates of servers, and of clients.

    Attributes:
        certificate: What clients are given to trust, PEM.
        key: Its private key, PKCS #8, DER. To be kept in a keystore only.
    """

    certificate: bytes
    key: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerCertificate:
    """What a server or a client shows, and proves to hold.

    Attributes:
        certificate: PEM.
        key: Its private key, PEM, in the clear: servers read it so.
    """

    certificate: bytes
    key: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateFacts:
    """What a certificate says, none of it verified.

    Attributes:
        subject: Whose it is.
        issuer: Who signed it, by its own account.
        names: DNS names and addresses it is good for.
        valid_from_ms: In ms since the epoch.
        valid_to_ms: In ms since the epoch.
        fingerprint: SHA-256 of the DER form, 32 bytes.
    """

    subject: str
    issuer: str
    names: tuple[str, ...]
    valid_from_ms: int
    valid_to_ms: int
    fingerprint: bytes


def new_authority_key() -> bytes:
    """Makes the private key of an authority, PKCS #8, DER."""
    return ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.DER,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def make_authority(name: str, key_der: bytes, *, now_ms: int) -> Authority:
    """Makes an authority of its own: what it signs can sign nothing further.

    Args:
        name: Of the federation.
        key_der: From `new_authority_key`.
        now_ms: The present.

    Raises:
        CertificateError: Not such a key.
    """
    key = _private_key(key_der)
    subject = _subject(f"{name} authority")
    certificate = (
        _builder(subject, key.public_key(), (now_ms, AUTHORITY_LIFE_MS))
        .issuer_name(subject)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .sign(key, hashes.SHA256())
    )
    return Authority(certificate=_pem(certificate), key=key_der)


def issue_server(
    authority: Authority, names: Sequence[str], *, now_ms: int
) -> ServerCertificate:
    """Makes a key for a server, and the authority's certificate of it.

    Args:
        authority: Who signs.
        names: DNS names and IP addresses that clients may reach it by.
        now_ms: The present; it holds for a year, but no longer than the authority.

    Raises:
        CertificateError: No name, one that is none, or the authority has expired or
            its key is not its own.
    """
    if not names:
        raise CertificateError("a server's certificate needs a name")
    known_by = x509.SubjectAlternativeName([_general_name(name) for name in names])
    usage = ExtendedKeyUsageOID.SERVER_AUTH
    return _issue(authority, names[0], usage, (now_ms, SERVER_LIFE_MS), known_by)


def issue_client(
    authority: Authority, name: str, *, now_ms: int, life_ms: int
) -> ServerCertificate:
    """Makes a key for a client, and the authority's certificate of it.

    Args:
        authority: Who signs.
        name: What the client is called; for people alone, servers go by the whole.
        now_ms: The present.
        life_ms: For how long it holds, but no longer than the authority.

    Raises:
        CertificateError: The authority has expired, or its key is not its own.
    """
    usage = ExtendedKeyUsageOID.CLIENT_AUTH
    return _issue(authority, name, usage, (now_ms, life_ms), None)


def _issue(
    authority: Authority,
    name: str,
    usage: x509.ObjectIdentifier,
    validity: tuple[int, int],
    known_by: x509.SubjectAlternativeName | None,
) -> ServerCertificate:
    now_ms, life_ms = validity
    issuer = _certificate(authority.certificate)
    signer = _private_key(authority.key)
    if signer.public_key() != issuer.public_key():
        raise CertificateError("the authority's key is not that of its certificate")
    life_ms = min(life_ms, _ms(issuer.not_valid_after_utc) - now_ms)
    if life_ms <= 0:
        raise CertificateError("the authority has expired: found another")
    key = ec.generate_private_key(ec.SECP256R1())
    builder = (
        _builder(_subject(name), key.public_key(), (now_ms, life_ms))
        .issuer_name(issuer.subject)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()),
            critical=False,
        )
    )
    if known_by is not None:
        builder = builder.add_extension(known_by, critical=False)
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    certificate = builder.sign(signer, hashes.SHA256())
    return ServerCertificate(certificate=_pem(certificate), key=pem)


def read_certificate(data: bytes) -> CertificateFacts:
    """Reads what a certificate says: the first one, if there is a chain.

    Args:
        data: PEM, or a single certificate in DER.

    Raises:
        CertificateError: Not a certificate.
    """
    return _facts(_certificate(data))


def read_certificates(data: bytes) -> tuple[CertificateFacts, ...]:
    """Reads what every certificate of a PEM file says.

    Raises:
        CertificateError: There is none, or something else.
    """
    try:
        return tuple(map(_facts, x509.load_pem_x509_certificates(data)))
    except ValueError as error:
        raise CertificateError("not certificates in PEM form") from error


def check_issued(certificate: bytes, authority: bytes) -> None:
    """Refuses a certificate that `authority` did not sign.

    Raises:
        CertificateError: It did not, or one of the two cannot be read.
    """
    try:
        _certificate(certificate).verify_directly_issued_by(_certificate(authority))
    except (ValueError, TypeError, InvalidSignature) as error:
        raise CertificateError("another authority signed the certificate") from error


def _builder(
    subject: x509.Name, key: ec.EllipticCurvePublicKey, validity: tuple[int, int]
) -> x509.CertificateBuilder:
    now_ms, life_ms = validity
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(_utc(now_ms - _BACKDATE_MS))
        .not_valid_after(_utc(now_ms + life_ms))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _subject(name: str) -> x509.Name:
    text = "".join(char if char.isprintable() else "?" for char in name)
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text[:_COMMON_NAME_MAX])])


def _general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        pass
    # Names in other scripts have to be given as "xn--…": there are two ways to get
    # there from the same letters, and they lead to two domains.
    if len(name) > _NAME_MAX or not _NAME.fullmatch(name):
        raise CertificateError(f"{name!r} is no name of a server")
    return x509.DNSName(name)


def _facts(certificate: x509.Certificate) -> CertificateFacts:
    try:
        found = certificate.extensions.get_extension_for_class(
            x509.SubjectAlternativeName
        ).value
        names = (
            *found.get_values_for_type(x509.DNSName),
            *map(str, found.get_values_for_type(x509.IPAddress)),
        )
    except x509.ExtensionNotFound:
        names = ()
    except ValueError as error:
        raise CertificateError("a certificate with damaged extensions") from error
    return CertificateFacts(
        subject=certificate.subject.rfc4514_string(),
        issuer=certificate.issuer.rfc4514_string(),
        names=names,
        valid_from_ms=_ms(certificate.not_valid_before_utc),
        valid_to_ms=_ms(certificate.not_valid_after_utc),
        fingerprint=sha256(certificate.public_bytes(serialization.Encoding.DER)),
    )


def _certificate(data: bytes) -> x509.Certificate:
    try:
        if data.lstrip().startswith(b"-----BEGIN"):
            return x509.load_pem_x509_certificate(data)
        return x509.load_der_x509_certificate(data)
    except ValueError as error:
        raise CertificateError("not a certificate") from error


def _private_key(der: bytes) -> ec.EllipticCurvePrivateKey:
    try:
        key = serialization.load_der_private_key(der, password=None)
    except (ValueError, TypeError) as error:
        raise CertificateError("not the key of an authority") from error
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise CertificateError("not the key of an authority")
    return key


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _utc(at_ms: int) -> dt.datetime:
    return _EPOCH + dt.timedelta(milliseconds=at_ms - at_ms % 1000)


def _ms(at: dt.datetime) -> int:
    return (at - _EPOCH) // dt.timedelta(milliseconds=1)
