"""The files of a ceremony: a request, a signature, and a steward's card.

Each has one serialised form, says nothing in words but names, and is bounded. Whether
it holds is left to `proposal` and `quorum`.
"""

import base64
import binascii
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from keys.directory.proposal import Basis, Proposal
from keys.directory.publishing import PartySubmission
from keys.directory.quorum import CeremonySignature
from keys.directory.terms import Steward, named_key, steward_name
from keys.errors import CeremonyError, KeysError
from keys.framing import DIGEST_SIZE

MAX_REQUEST_SIZE: Final = 32 << 20  # bytes
MAX_SIGNATURE_SIZE: Final = 64 << 10  # bytes
MAX_CARD_SIZE: Final = 16 << 10  # bytes
MAX_SUBMISSIONS: Final = 300
_MAX_SIGNED_AT_MS: Final = 253_402_300_799_999  # the end of the year 9999
_REQUEST: Final = "rogatory-ceremony-request/1"
_SIGNATURE: Final = "rogatory-ceremony-signature/1"
_CARD: Final = "rogatory-steward/1"
_KEY_ID: Final = re.compile(r"[0-9a-f]{64}\Z")

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class CeremonyRequest:
    """A proposal, and what parties hand in to be published once it is in force.

    Attributes:
        submissions: Signed by parties, not by stewards: the registrar judges them.
    """

    proposal: Proposal
    submissions: tuple[PartySubmission, ...] = ()


def write_request(request: CeremonyRequest) -> bytes:
    """Returns the one serialised form of a request."""
    proposal = request.proposal
    basis = proposal.basis
    return _json(
        {
            "basis": None
            if basis is None
            else {
                "federation": _b64(basis.federation),
                "root": _b64(basis.root),
                "targets": _b64(basis.targets),
            },
            "federation": _b64(proposal.federation),
            "format": _REQUEST,
            "root": _b64_or_none(proposal.root),
            "submissions": [_b64(one.to_bytes()) for one in request.submissions],
            "targets": _b64(proposal.targets),
        }
    )


def read_request(data: bytes) -> CeremonyRequest:
    """Reads what `write_request` wrote, and nothing else.

    Raises:
        CeremonyError: Too large, not a request, or not its one form.
    """
    return _read(
        data, MAX_REQUEST_SIZE, "a ceremony's request", _request_of, write_request
    )


def write_signature(signature: CeremonySignature) -> bytes:
    """Returns the one serialised form of a steward's signature."""
    return _json(
        {
            "format": _SIGNATURE,
            "key": signature.key_id,
            "request": signature.request.hex(),
            "root": _b64_or_none(signature.root),
            "signed_at_ms": signature.signed_at_ms,
            "targets": _b64_or_none(signature.targets),
        }
    )


def read_signature(data: bytes) -> CeremonySignature:
    """Reads what `write_signature` wrote, and nothing else.

    Raises:
        CeremonyError: Too large, not a signature, or not its one form.
    """
    return _read(
        data,
        MAX_SIGNATURE_SIZE,
        "a steward's signature",
        _signature_of,
        write_signature,
    )


def write_card(steward: Steward) -> bytes:
    """Returns the one serialised form of what a steward hands over to be named."""
    return _json(
        {
            "fingerprint": steward.fingerprint,
            "format": _CARD,
            "name": steward.name,
            "public": _b64(steward.public),
        }
    )


def read_card(data: bytes) -> Steward:
    """Reads what `write_card` wrote, and nothing else.

    Raises:
        CeremonyError: Too large, not such a file, not its one form, or no key.
    """
    return _read(data, MAX_CARD_SIZE, "a steward's public file", _card_of, write_card)


def _read(
    data: bytes,
    limit: int,
    what: str,
    make: Callable[[dict[str, Any]], T],
    write: Callable[[T], bytes],
) -> T:
    if len(data) > limit:
        raise CeremonyError(f"{what} has at most {limit} bytes")
    try:
        document = json.loads(data)
        if not isinstance(document, dict):
            raise CeremonyError(f"this is not {what}")
        found = make(document)
        again = write(found)
    except (LookupError, TypeError, ValueError, RecursionError, KeysError) as error:
        raise CeremonyError(f"this is not {what}") from error
    # Catches unknown and duplicate members, blanks, and base64 with stray bits alike.
    if again != data:
        raise CeremonyError(
            f"{what} has more in it than it should, or is not in its one form"
        )
    return found


def _request_of(document: dict[str, Any]) -> CeremonyRequest:
    basis, submissions = document["basis"], document["submissions"]
    if not isinstance(submissions, list) or len(submissions) > MAX_SUBMISSIONS:
        raise CeremonyError(f"a request has at most {MAX_SUBMISSIONS} submissions")
    return CeremonyRequest(
        proposal=Proposal(
            basis=None
            if basis is None
            else Basis(
                root=_bytes(basis["root"]),
                targets=_bytes(basis["targets"]),
                federation=_bytes(basis["federation"]),
            ),
            root=_bytes_or_none(document["root"]),
            targets=_bytes(document["targets"]),
            federation=_bytes(document["federation"]),
        ),
        submissions=tuple(
            PartySubmission.from_bytes(_bytes(one)) for one in submissions
        ),
    )


def _signature_of(document: dict[str, Any]) -> CeremonySignature:
    at_ms, key_id = document["signed_at_ms"], document["key"]
    # The type because JSON's true is an integer in Python.
    if type(at_ms) is not int or not 0 <= at_ms <= _MAX_SIGNED_AT_MS:
        raise CeremonyError("signed at no time")
    if not isinstance(key_id, str) or not _KEY_ID.match(key_id):
        raise CeremonyError("signed by nothing that is a key")
    request = bytes.fromhex(document["request"])
    if len(request) != DIGEST_SIZE:
        raise CeremonyError("signed over nothing that is a request")
    return CeremonySignature(
        request=request,
        key_id=key_id,
        signed_at_ms=at_ms,
        root=_bytes_or_none(document["root"]),
        targets=_bytes_or_none(document["targets"]),
    )


def _card_of(document: dict[str, Any]) -> Steward:
    name = document["name"]
    if not isinstance(name, str):
        raise CeremonyError("the name of a steward is no text")
    steward = Steward(public=_bytes(document["public"]), name=steward_name(name))
    named_key(steward)  # refuses what is no key
    return steward


def _json(document: dict[str, Any]) -> bytes:
    return json.dumps(document, separators=(",", ":"), sort_keys=True).encode()


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _b64_or_none(data: bytes | None) -> str | None:
    return None if data is None else _b64(data)


def _bytes(text: object) -> bytes:
    if not isinstance(text, str):
        raise CeremonyError("expected base64")
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise CeremonyError("expected base64") from error


def _bytes_or_none(text: object) -> bytes | None:
    return None if text is None else _bytes(text)
