"""Requests, signatures and cards: read as they were written, and not otherwise."""

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest

from keys.directory.ceremony_files import (
    CeremonyRequest,
    read_card,
    read_request,
    read_signature,
    write_card,
    write_request,
    write_signature,
)
from keys.directory.proposal import review
from keys.directory.quorum import CeremonySignature, sign
from keys.directory.signers import public_of
from keys.directory.terms import Steward
from keys.errors import CeremonyError
from tests.unit.keys.directory.agreeing import proposal_of
from tests.unit.keys.directory.federation import (
    BEL,
    KEN,
    NOW_MS,
    Federation,
    stewards_of,
)


@pytest.fixture
def enrolled(federation: Federation) -> Federation:
    """A federation of KEN and BEL."""
    federation.enrol(KEN, BEL)
    return federation


@pytest.mark.parametrize(
    "change",
    [
        lambda d: d.update(summary="nothing to see here"),
        lambda d: d.update(kind="renew"),
        lambda d: d.pop("root"),
        lambda d: d.update(format="rogatory-ceremony-request/2"),
        lambda d: d.update(targets=None),
        lambda d: d.update(targets="####"),
        lambda d: d.update(root=7),
        lambda d: d.update(basis=[]),
        lambda d: d["basis"].update(more=""),
        lambda d: d.update(submissions={}),
        lambda d: d.update(submissions=["AAAA"]),
        lambda d: d.update(submissions=[""] * 301),
        lambda d: d.update(federation=d["federation"] + "\n"),
    ],
    ids=map(str, range(13)),
)
def test_a_request_with_anything_else_in_it_is_refused(
    enrolled: Federation, change: Callable[[dict[str, Any]], None]
) -> None:
    """A summary that lies has no place to stand in."""
    data = write_request(CeremonyRequest(proposal=proposal_of(enrolled)))
    document = json.loads(data)
    change(document)
    spoiled = json.dumps(document, separators=(",", ":"), sort_keys=True).encode()
    with pytest.raises(CeremonyError):
        read_request(spoiled)


@pytest.mark.parametrize(
    "data", [b"", b"[]", b"null", b"{", b"\xff", b" " * (33 << 20)]
)
def test_what_is_no_request_is_refused(data: bytes) -> None:
    with pytest.raises(CeremonyError):
        read_request(data)


def test_a_request_in_another_form_is_refused(enrolled: Federation) -> None:
    data = write_request(CeremonyRequest(proposal=proposal_of(enrolled)))
    with pytest.raises(CeremonyError, match="one form"):
        read_request(data + b"\n")
    encoded = base64.b64encode(b"x").decode()
    assert encoded not in data.decode()


def test_a_request_carries_what_parties_hand_in(enrolled: Federation) -> None:
    request = CeremonyRequest(
        proposal=proposal_of(enrolled), submissions=(enrolled.submission(KEN),)
    )
    assert read_request(write_request(request)) == request


def _signature(enrolled: Federation, *, renew_root: bool = True) -> CeremonySignature:
    reviewed = review(proposal_of(enrolled, renew_root=renew_root), NOW_MS)
    return sign(reviewed, enrolled.stewards[0], NOW_MS)


def test_a_signature_is_read_as_it_was_written(enrolled: Federation) -> None:
    for renew_root in (True, False):
        signature = _signature(enrolled, renew_root=renew_root)
        assert (signature.root is not None) == renew_root
        assert read_signature(write_signature(signature)) == signature


@pytest.mark.parametrize(
    "changes",
    [
        {"key": "F" * 64},
        {"key": 7},
        {"request": "00"},
        {"request": 7},
        {"signed_at_ms": True},
        {"signed_at_ms": -1},
        {"signed_at_ms": 1 << 63},
        {"root": 7},
        {"note": "signed in good faith"},
        {"format": "rogatory-ceremony-request/1"},
    ],
    ids=map(str, range(10)),
)
def test_a_signature_with_anything_else_in_it_is_refused(
    enrolled: Federation, changes: dict[str, object]
) -> None:
    document = json.loads(write_signature(_signature(enrolled)))
    spoiled = json.dumps(document | changes, separators=(",", ":"), sort_keys=True)
    with pytest.raises(CeremonyError):
        read_signature(spoiled.encode())


_CARD = Steward(public=public_of(stewards_of(1)[0]), name="Ā. Mwängi")


def test_a_card_is_read_as_it_was_written() -> None:
    assert read_card(write_card(_CARD)) == _CARD


@pytest.mark.parametrize(
    "changes",
    [
        {"fingerprint": "0" * 64},
        {"name": ""},
        {"name": 7},
        {"name": "A\u202eB"},
        {"name": "x" * 201},
        {"public": ""},
        {"public": base64.b64encode(bytes(32)).decode()},
        {"public": None},
    ],
    ids=map(str, range(8)),
)
def test_a_card_that_deceives_is_refused(changes: dict[str, object]) -> None:
    document = json.loads(write_card(_CARD))
    spoiled = json.dumps(document | changes, separators=(",", ":"), sort_keys=True)
    with pytest.raises(CeremonyError):
        read_card(spoiled.encode())
