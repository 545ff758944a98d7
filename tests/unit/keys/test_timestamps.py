"""What a time-stamp proves, and everything that proves nothing (RFC 3161)."""

from dataclasses import dataclass

import pytest

from keys.errors import TimestampError
from keys.timestamps import (
    MAX_TOKEN,
    check_authorities,
    timestamp_request,
    verify_timestamp,
)
from tests.time_authority import TimeAuthority, make_authority

DATA = b"log.example/rogatory\n4\nroot\n"


@dataclass(frozen=True, slots=True)
class Stamped:
    """An answer, with what was asked and of whom."""

    authority: TimeAuthority
    token: bytes
    nonce: int


@pytest.fixture(scope="module")
def stamped(tmp_path_factory: pytest.TempPathFactory) -> Stamped:
    authority = make_authority(tmp_path_factory.mktemp("authority"))
    request = timestamp_request(DATA)
    return Stamped(authority, authority.stamp(request.body), request.nonce)


def test_a_time_stamp_says_when_and_by_whom(stamped: Stamped) -> None:
    said = verify_timestamp(
        stamped.token, DATA, stamped.authority.certificate, nonce=stamped.nonce
    )
    assert said.at_ms > 1_700_000_000_000
    assert said.accuracy_ms == 1000
    assert said.authority == "CN=Test time-stamps,O=Test"
    assert said.policy == "1.3.6.1.4.1.55555.1"
    assert said.serial > 0
    kept = verify_timestamp(stamped.token, DATA, stamped.authority.certificate)
    assert kept == said


def test_two_requests_never_have_the_same_nonce() -> None:
    first, second = timestamp_request(DATA), timestamp_request(DATA)
    assert first.nonce != second.nonce
    assert first.body != second.body


def test_an_old_answer_is_not_taken_for_a_new_question(stamped: Stamped) -> None:
    with pytest.raises(TimestampError, match="Nonce"):
        verify_timestamp(
            stamped.token,
            DATA,
            stamped.authority.certificate,
            nonce=timestamp_request(DATA).nonce,
        )


def test_a_time_stamp_on_something_else_proves_nothing(stamped: Stamped) -> None:
    with pytest.raises(TimestampError, match="Mismatch between messages"):
        verify_timestamp(stamped.token, DATA + b"\n", stamped.authority.certificate)


def test_an_authority_of_the_same_name_is_not_the_trusted_one(
    stamped: Stamped, tmp_path_factory: pytest.TempPathFactory
) -> None:
    other = make_authority(tmp_path_factory.mktemp("other"))
    with pytest.raises(TimestampError, match="does not hold"):
        verify_timestamp(stamped.token, DATA, other.certificate)


def test_a_refusal_is_told_in_the_words_of_the_authority(stamped: Stamped) -> None:
    # PKIStatusInfo { status rejection (2), statusString "busy" }, and no token.
    refused = bytes.fromhex("300d 300b 0201 02 3006 0c04 62757379".replace(" ", ""))
    with pytest.raises(TimestampError, match="has rejected the time-stamp: busy"):
        verify_timestamp(refused, DATA, stamped.authority.certificate)


@pytest.mark.parametrize(
    "token",
    [b"", b"<html>", bytes(MAX_TOKEN + 1), b"\x30\x03\x02\x01\x00"],
    ids=["empty", "a web page", "too long", "cut off"],
)
def test_what_is_no_time_stamp_is_refused(stamped: Stamped, token: bytes) -> None:
    with pytest.raises(TimestampError):
        verify_timestamp(token, DATA, stamped.authority.certificate)


def test_bytes_behind_a_time_stamp_are_refused(stamped: Stamped) -> None:
    with pytest.raises(TimestampError):
        verify_timestamp(stamped.token + b"\0", DATA, stamped.authority.certificate)


def test_no_changed_byte_gives_another_time(stamped: Stamped) -> None:
    # A few bytes of the container name versions and algorithms, and no signature
    # covers them; whoever keeps a token has to see to those (the evidence does).
    authorities = stamped.authority.certificate
    said = verify_timestamp(stamped.token, DATA, authorities)
    refused = 0
    for at in range(0, len(stamped.token), 3):
        changed = bytearray(stamped.token)
        changed[at] ^= 1
        try:
            assert verify_timestamp(bytes(changed), DATA, authorities) == said
        except TimestampError:
            refused += 1
    assert refused > 0.95 * len(stamped.token) / 3


def test_who_is_trusted_has_to_be_said(stamped: Stamped) -> None:
    certificate = stamped.authority.certificate
    assert check_authorities(certificate + certificate) == 2
    for text in (
        b"",
        b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
    ):
        with pytest.raises(TimestampError, match="no certificate"):
            check_authorities(text)
        with pytest.raises(TimestampError, match="no certificate"):
            verify_timestamp(stamped.token, DATA, text)
