"""What the registrar refuses in a record, each time with the repository untouched."""

from dataclasses import replace

import pytest

from keys.directory.model import PartyRecord, PublishedKey, RevocationReason
from keys.directory.registrar import MAX_KEY_LIFE_MS, SIGNING_KEPT_MS
from keys.directory.roles import DAY_MS
from keys.directory.signers import role_signer
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
    seed,
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


def test_a_key_that_nothing_can_be_sealed_to_is_refused(federation: Federation) -> None:
    federation.admit(KEN)
    key = encryption_key("KEN")
    raw = key.key[:1184] + bytes(32)
    key = replace(key, key=raw, key_id=encryption_key_id(raw))
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

    def test_a_signing_key_may_go_ten_years_after_its_end(
        self, federation: Federation
    ) -> None:
        federation.enrol(KEN)
        ended = signing_key("KEN/ancient", NOW_MS - SIGNING_KEPT_MS - 366 * DAY_MS)
        later = signing_key("KEN/old", NOW_MS - SIGNING_KEPT_MS - 365 * DAY_MS)
        stolen = replace(
            signing_key("KEN/stolen", ended.valid_from_ms), revoked_at_ms=NOW_MS
        )
        self._accept(federation, self._FIRST, ended, later, stolen)
        self._check_refused(federation, "must stay", self._FIRST, ended, stolen)
        self._check_refused(federation, "must stay", self._FIRST, later)
        self._accept(federation, self._FIRST, later, stolen)

    def test_why_a_key_was_revoked_cannot_be_taken_back_but_a_theft_found_out(
        self, federation: Federation
    ) -> None:
        federation.enrol(KEN)
        stolen, superseded, ended = (
            replace(self._FIRST, revoked_at_ms=NOW_MS - 5, revocation_reason=reason)
            for reason in RevocationReason
        )
        self._accept(federation, superseded, self._SECOND)
        for key in (ended, replace(superseded, revocation_reason=None)):
            self._check_refused(federation, "taken back", key, self._SECOND)
        self._accept(federation, stolen, self._SECOND)
        self._check_refused(federation, "taken back", superseded, self._SECOND)


class TestAccounts:
    """Whose messages wait for an account is decided by who had it."""

    _OLD, _NEW, _NEWER = account("KEN"), account("KEN/new"), account("KEN/newer")

    def test_an_account_that_is_replaced_is_listed_as_former_from_then_on(
        self, federation: Federation
    ) -> None:
        federation.enrol(KEN)
        for now, former, refused in (
            (self._NEW, (self._OLD,), [(), (self._NEWER,)]),
            (
                self._NEWER,
                (self._OLD, self._NEW),
                [(), (self._OLD,), (self._NEW,), (self._NEW, self._OLD)],
            ),
            (
                self._NEWER,
                (self._OLD, self._NEW),
                [(self._OLD,), (self._OLD, self._NEW, account("KEN/never"))],
            ),
        ):
            for wrong in refused:
                record = _ken(account=now, former_accounts=wrong)
                submission = federation.submission(KEN, record=record)
                check_refused(federation, submission, "former accounts are those")
            record = _ken(account=now, former_accounts=former)
            submission = federation.submission(KEN, record=record)
            federation.repository.accept(submission, NOW_MS)

    def test_a_newcomer_that_claims_a_former_account_to_read_its_inbox_is_refused(
        self, federation: Federation
    ) -> None:
        federation.enrol(BEL)
        federation.admit(KEN)
        for name, match in (
            ("BEL", "is, or was, that of BEL"),
            ("hub", "that of the hub"),
            ("of nobody yet", "former accounts are those"),
        ):
            record = _ken(former_accounts=(account(name),))
            check_refused(federation, federation.submission(KEN, record=record), match)

    def test_an_account_that_another_party_had_is_refused(
        self, federation: Federation
    ) -> None:
        federation.enrol(KEN, BEL)
        record = _ken(account=self._NEW, former_accounts=(self._OLD,))
        federation.repository.accept(federation.submission(KEN, record=record), NOW_MS)
        for changes in (
            {"account": self._OLD, "former_accounts": (account("BEL"),)},
            {"account": self._NEW, "former_accounts": (account("BEL"),)},
            {"account": account("BEL/new"), "former_accounts": (self._OLD,)},
        ):
            record = replace(record_of(BEL), **changes)  # type: ignore[arg-type]  # as named
            submission = federation.submission(
                BEL, record=record, signers=[role_signer(seed("BEL/role/0"))]
            )
            check_refused(federation, submission, "is, or was, that of KEN")
