"""Time-stamps (RFC 3161): what an authority is asked, and what its answer proves.

Asking is left to `broker`; nothing here reads a clock, a disk or the network.
"""

import datetime as dt
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from cryptography import x509

from keys.der_sets import with_sorted_certificates
from keys.errors import TimestampError

if TYPE_CHECKING:
    from rfc3161_client import TimeStampResponse

MAX_TOKEN: Final = 65_536  # bytes of an authority's answer
_SECOND_MS: Final = 1000
_EPOCH: Final = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_GRANTED: Final = 0
_STATUS: Final = {
    1: "granted with changes",
    2: "rejected",
    3: "put off",
    4: "answered with the warning of a revocation",
    5: "answered with the notice of a revocation",
}
_PRINTABLE: Final = re.compile(r"[^\x20-\x7e]+")
_SHOWN: Final = 120  # characters of what an authority says in its own words


@dataclass(frozen=True, slots=True, kw_only=True)
class TimestampRequest:
    """What an authority is asked to sign.

    Attributes:
        body: The question, a DER TimeStampReq: SHA-256 of the data, and a nonce.
        nonce: What the answer has to repeat: an older one would not.
    """

    body: bytes
    nonce: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Timestamp:
    """What a verified time-stamp says: the data was there at that time.

    Attributes:
        at_ms: The authority's time, in ms since the epoch.
        accuracy_ms: By how much it may be off, as the authority says; 0: not said.
        authority: Subject of the certificate that signed, as text.
        policy: Under which rules the authority gave it, an object identifier.
        serial: Its number with that authority.
    """

    at_ms: int
    accuracy_ms: int
    authority: str
    policy: str
    serial: int


def timestamp_request(data: bytes) -> TimestampRequest:
    """Returns a request for a time-stamp on some data, which must not be empty.

    The authority gets the SHA-256 of the data and a fresh nonce, and is asked to send
    its certificate along, so that the answer can be verified without asking anybody.
    """
    from rfc3161_client import (  # noqa: PLC0415  slow to load, and rarely needed
        HashAlgorithm,
        TimestampRequestBuilder,
    )

    builder = TimestampRequestBuilder(data=data, hash_algorithm=HashAlgorithm.SHA256)
    request = builder.cert_request(cert_request=True).nonce(nonce=True).build()
    nonce = request.nonce
    if nonce is None:
        raise TimestampError("a request for a time-stamp came out without a nonce")
    return TimestampRequest(body=request.as_bytes(), nonce=nonce)


def check_authorities(authorities: bytes) -> int:
    """Returns how many certificates a PEM text of trusted authorities holds.

    Raises:
        TimestampError: None, or one that cannot be read.
    """
    return len(_certificates(authorities))


def verify_timestamp(
    token: bytes, data: bytes, authorities: bytes, *, nonce: int | None = None
) -> Timestamp:
    """Checks what an authority answered, and returns what it proves.

    1. The answer says that the time-stamp was granted.
    2. It is signed by a certificate that leads to one of the trusted authorities, and
       every certificate on the way was valid at the time that is stated.
    3. That certificate is for time-stamps and for nothing else (RFC 3161, 2.3).
    4. It is about exactly these bytes, and repeats the nonce where one is given.

    A certificate that was revoked later is not noticed: that is left to whoever keeps
    the list of trusted authorities.

    Args:
        token: The answer, a DER TimeStampResp (RFC 3161, 2.4.2).
        data: What was to be time-stamped.
        authorities: Who is trusted, PEM certificates.
        nonce: Of the request; None for an answer that was kept.

    Raises:
        TimestampError: It proves nothing, and the sentence says why.
    """
    from rfc3161_client import (  # noqa: PLC0415  slow to load, and rarely needed
        VerificationError,
        VerifierBuilder,
    )

    response = _read(token)
    _check_status(response)  # 1
    builder = VerifierBuilder(roots=_certificates(authorities))
    if nonce is not None:
        builder = builder.nonce(nonce)
    try:
        builder.build().verify_message(response, data)  # 2, 3, 4
        return _statement(response)
    # What the library's parsers raise on hostile certificates is not documented.
    except (VerificationError, ValueError, TypeError, AttributeError) as error:
        raise TimestampError(f"the time-stamp does not hold: {error}") from error


def _read(token: bytes) -> "TimeStampResponse":
    from rfc3161_client import (  # noqa: PLC0415  slow to load, and rarely needed
        decode_timestamp_response,
    )

    if not 0 < len(token) <= MAX_TOKEN:
        raise TimestampError(f"a time-stamp has 1 to {MAX_TOKEN} bytes")
    try:
        ordered = with_sorted_certificates(token)
        response = decode_timestamp_response(ordered)
        # One time-stamp, one form: bytes behind it would be covered by nothing.
        if response.as_bytes() != ordered:
            raise TimestampError("the answer is not a time-stamp in its one form")
    except ValueError as error:
        raise TimestampError("the answer is not a time-stamp") from error
    return response


def _check_status(response: "TimeStampResponse") -> None:
    if response.status == _GRANTED:
        return
    said = _PRINTABLE.sub(" ", " ".join(response.status_string))[:_SHOWN].strip()
    how = _STATUS.get(response.status, f"answered with status {response.status}")
    raise TimestampError(
        f"the authority has {how} the time-stamp" + (f": {said}" if said else "")
    )


def _certificates(authorities: bytes) -> list[x509.Certificate]:
    try:
        return x509.load_pem_x509_certificates(authorities)
    except ValueError as error:
        raise TimestampError(
            "there is no certificate of a trusted authority, PEM, to check with"
        ) from error


def _statement(response: "TimeStampResponse") -> Timestamp:
    said = response.tst_info
    accuracy = said.accuracy
    accuracy_ms = 0
    # The library's types promise one; an authority need not say how exact it is.
    if accuracy is not None:
        accuracy_ms = (accuracy.seconds or 0) * _SECOND_MS + (accuracy.millis or 0)
    return Timestamp(
        at_ms=(said.gen_time - _EPOCH) // dt.timedelta(milliseconds=1),
        accuracy_ms=accuracy_ms,
        authority=_signer(response),
        policy=said.policy.dotted_string,
        serial=said.serial_number,
    )


def _signer(response: "TimeStampResponse") -> str:
    """Returns whose certificate signed, as text, from a response that was verified."""
    signers = response.signed_data.signer_infos
    found = [
        x509.load_der_x509_certificate(one) for one in response.signed_data.certificates
    ]
    for signer in signers:
        for one in found:
            if (one.issuer, one.serial_number) == (signer.issuer, signer.serial_number):
                return one.subject.rfc4514_string()
    raise TimestampError("the time-stamp does not bring the certificate of its signer")
