"""What the registrar refuses in a record, each time with the repository untouched."""

from dataclasses import replace

import pytest

from keys.directory.model import PartyRecord, PublishedKey
from keys.directory.registrar import MAX_KEY_LIFE_MS
from keys.directory.roles import DAY_MS
from keys.identity import encryption_key_id
from tests.unit.keys.directory.federation import (
    BEL,
    KEN,
    NOW_MS,
    Federation,
    account,
    check_refused,
    encryption_key,
    record_of,
    signing_key,
)


def _ken(**changes: object) -> PartyRecord:
    return replace(record_of(KEN), **changes)  # type: ignore[arg-type]  # named in the test


def test_the_account_of_another_party_or_the_hub_is_refused(
    federation: Federation,
) -> None:
    federation.enrol(BEL)
    federation.admit(KEN)
    for name, match in (("BEL", "that of BEL"), ("hub", "that of the hub")):
        submission = federation.submission(KEN, record=_ken(account=account(name)))
        check_refused(federation, submission, match)


def test_a_key_of_another_party_is_refused(federation: Federation) -> None:
    federation.enrol(BEL)
    federation.admit(KEN)
    for record in (
        _ken(signing_keys=(signing_key("BEL"),)),
        _ken(encryption_keys=(encryption_key("BEL"),)),
    ):
        check_refused(
            federation, federation.submission(KEN, record=record), "that of BEL"
        )


def test_key_material_that_is_no_key_is_refused(federation: Federation) -> None:
    federation.admit(KEN)
    raw = b"\xff" * 1216  # coefficients beyond the modulus of ML-KEM
    key = replace(encryption_key("KEN"), key=raw, key_id=encryption_key_id(raw))
    submission = federation.submission(KEN, record=_ken(encryption_keys=(key,)))
    check_refused(federation, submission, "not an encryption key")


@pytest.mark.parametrize("offset_days", [-400, 2])
def test_a_record_without_a_key_that_is_valid_now_is_refused(
    federation: Federation, offset_days: int
) -> None:
    federation.admit(KEN)
    key = signing_key("KEN", NOW_MS + offset_days * DAY_MS)
    submission = federation.submission(KEN, record=_ken(signing_keys=(key,)))
    check_refused(federation, submission, "no signing key is valid now")


def test_a_key_that_is_valid_for_too_long_is_refused(
    federation: Federation,
) -> None:
    federation.admit(KEN)
    key = signing_key("KEN")
    key = replace(key, valid_to_ms=key.valid_from_ms + MAX_KEY_LIFE_MS + 1)
    submission = federation.submission(KEN, record=_ken(signing_keys=(key,)))
    check_refused(federation, submission, "more than 5 years")


class TestHistory:
    """What was published and must not be unsaid."""

    _FIRST = signing_key("KEN")
    _SECOND = signing_key("KEN/second")

    def _accept(self, federation: Federation, *keys: PublishedKey) -> None:
        record = _ken(signing_keys=keys)
        federation.repository.accept(federation.submission(KEN, record=record), NOW_MS)

    def _check_refused(
        self, federation: Federation, match: str, *keys: PublishedKey
    ) -> None:
        record = _ken(signing_keys=keys)
        check_refused(federation, federation.submission(KEN, record=record), match)

    def test_a_retired_signing_key_must_stay_listed(
        self, federation: Federation
    ) -> None:
        federation.enrol(KEN)
        self._accept(federation, self._FIRST, self._SECOND)
        self._check_refused(federation, "must stay listed", self._SECOND)

    def test_an_old_encryption_key_may_go(self, federation: Federation) -> None:
        federation.enrol(KEN)
        record = _ken(encryption_keys=(encryption_key("KEN/second"),))
        submission = federation.submission(KEN, record=record)
        accepted = federation.repository.accept(submission, NOW_MS)
        assert accepted.record == record

    def test_a_revocation_cannot_be_withdrawn_or_put_off(
        self, federation: Federation
    ) -> None:
        federation.enrol(KEN)
        revoked = replace(self._FIRST, revoked_at_ms=NOW_MS - 5)
        later = replace(self._FIRST, revoked_at_ms=NOW_MS - 4)
        self._accept(federation, revoked, self._SECOND)
        for key in (self._FIRST, later):
            self._check_refused(federation, "cannot be withdrawn", key, self._SECOND)
        earlier = replace(self._FIRST, revoked_at_ms=NOW_MS - 6)
        self._accept(federation, earlier, self._SECOND)

    def test_a_key_cannot_begin_at_another_time(self, federation: Federation) -> None:
        federation.enrol(KEN)
        key = replace(self._FIRST, valid_from_ms=self._FIRST.valid_from_ms - 1)
        self._check_refused(federation, "begin at another time", key)
