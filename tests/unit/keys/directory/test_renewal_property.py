"""Whatever is made of a record, step after step, the registrar takes it."""

import secrets
from dataclasses import replace
from functools import cache
from typing import Final

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from keys.directory.codec import encode_party
from keys.directory.model import PartyRecord, PublishedKey, RevocationReason
from keys.directory.publishing import publish
from keys.directory.registrar import Standing, check_submission
from keys.directory.renewal import change_account, newest, revoke, rotate
from keys.directory.roles import DAY_MS
from keys.directory.signers import role_signer
from keys.directory.stewardship import read_targets
from keys.sealing import EncryptionKey, EncryptionPublicKey
from keys.signing import SigningKey, SigningPublicKey
from tests.unit.keys.directory.federation import (
    KEN,
    NOW_MS,
    Federation,
    account,
    record_of,
    seed,
)

_SIGNER: Final = role_signer(seed("KEN/role/0"))


@cache
def signing(number: int) -> SigningPublicKey:
    """Returns the public half of a key of that number."""
    return SigningKey(seed(f"signing {number}", 64)).public


@cache
def encryption(number: int) -> EncryptionPublicKey:
    """Returns the public half of a key of that number."""
    return EncryptionKey(seed(f"encryption {number}", 96)).public


_STEPS: Final = st.lists(
    st.tuples(
        st.sampled_from(["rotate", "signing", "encryption", "revoke", "account"]),
        st.integers(min_value=0, max_value=500 * DAY_MS),  # since the step before
        st.integers(min_value=0, max_value=40 * DAY_MS),  # overlap, or back in time
        st.sampled_from(list(RevocationReason)),
    ),
    max_size=12,
)


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Standing:
    """KEN, admitted, with its first record published."""
    federation = Federation(tmp_path_factory.mktemp("renewal"))
    federation.enrol(KEN)
    return federation.repository.standing(federation.repository.state(), KEN)


@given(steps=_STEPS)
@settings(
    deadline=None,
    max_examples=25,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_whatever_is_made_of_a_record_the_registrar_takes(
    standing: Standing, steps: list[tuple[str, int, int, RevocationReason]]
) -> None:
    record, now_ms = record_of(KEN), NOW_MS
    for number, (what, later_ms, span_ms, reason) in enumerate(steps, start=1):
        now_ms += later_ms
        record = _changed(record, what, number, now_ms, span_ms, reason)
        # Whatever was asked for, a party that has slept rotates what has ended.
        if newest(record.signing_keys, now_ms) is None:
            record = rotate(record, signing=signing(100 + number), now_ms=now_ms)
        if newest(record.encryption_keys, now_ms) is None:
            record = rotate(record, encryption=encryption(100 + number), now_ms=now_ms)
        standing = _taken(standing, record, now_ms)


def _changed(
    record: PartyRecord,
    what: str,
    number: int,
    now_ms: int,
    span_ms: int,
    reason: RevocationReason,
) -> PartyRecord:
    new_signing = signing(number) if what != "encryption" else None
    new_encryption = encryption(number) if what != "signing" else None
    if what == "account":
        return change_account(record, account(f"{number} {secrets.token_hex(4)}"))
    if what == "revoke":
        listed: tuple[PublishedKey, ...] = (
            *record.signing_keys,
            *record.encryption_keys,
        )
        return revoke(
            record,
            {key.key_id for key in listed[::2]},
            since_ms=now_ms - span_ms,
            reason=reason,
            now_ms=now_ms,
            signing=new_signing,
            encryption=new_encryption,
        )
    return rotate(
        record,
        signing=new_signing,
        encryption=new_encryption,
        now_ms=now_ms,
        overlap_ms=span_ms,
    )


def _taken(standing: Standing, record: PartyRecord, now_ms: int) -> Standing:
    assert standing.metadata is not None
    submission = publish(
        KEN,
        signers=[_SIGNER],
        version=read_targets(standing.metadata).signed.version + 1,
        files={"record.pb": encode_party(record)},
        now_ms=now_ms,
    )
    acceptance = check_submission(submission, standing=standing, now_ms=now_ms)
    assert acceptance.record == record
    return replace(standing, metadata=submission.metadata, record=record)
