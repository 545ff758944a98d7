"""Keys that follow one another: what is made of a record, the registrar takes."""

from dataclasses import replace
from functools import cache
from typing import Final

import pytest

from keys.directory.codec import MAX_ACCOUNTS, MAX_KEYS, encode_party
from keys.directory.model import PartyRecord, RevocationReason
from keys.directory.registrar import (
    SIGNING_KEPT_MS,
)
from keys.directory.renewal import (
    BACKDATE_MS,
    ENCRYPTION_KEPT_MS,
    KEY_LIFE_MS,
    OVERLAP_MS,
    ROOM_FOR_REVOCATIONS,
    ROTATE_AFTER_MS,
    change_account,
    is_due,
    newest,
    revoke,
    rotate,
)
from keys.directory.roles import DAY_MS
from keys.errors import CeremonyError
from keys.sealing import EncryptionKey, EncryptionPublicKey
from keys.signing import SigningKey, SigningPublicKey
from tests.unit.keys.directory.federation import (
    KEN,
    NOW_MS,
    account,
    record_of,
    seed,
)

COMPROMISE: Final = RevocationReason.KEY_COMPROMISE


@cache
def signing(number: int) -> SigningPublicKey:
    """Returns the public half of a key of that number."""
    return SigningKey(seed(f"signing {number}", 64)).public


@cache
def encryption(number: int) -> EncryptionPublicKey:
    """Returns the public half of a key of that number."""
    return EncryptionKey(seed(f"encryption {number}", 96)).public


def rotated(record: PartyRecord, number: int, now_ms: int) -> PartyRecord:
    """Rotates both keys to those of `number`."""
    return rotate(
        record, signing=signing(number), encryption=encryption(number), now_ms=now_ms
    )


class TestRotation:
    def test_the_new_keys_are_valid_now_and_the_old_ones_for_a_while(self) -> None:
        before = record_of(KEN)
        after = rotated(before, 1, NOW_MS)
        for was, now in (
            (before.signing_keys, after.signing_keys),
            (before.encryption_keys, after.encryption_keys),
        ):
            old, new = now
            assert old == replace(was[0], valid_to_ms=NOW_MS + OVERLAP_MS)
            assert new.valid_from_ms == NOW_MS - BACKDATE_MS
            assert new.valid_to_ms - new.valid_from_ms == KEY_LIFE_MS
            assert newest(now, NOW_MS) == new
            assert old.valid_at(NOW_MS + OVERLAP_MS)
            assert not old.valid_at(NOW_MS + OVERLAP_MS + 1)

    def test_one_use_is_rotated_without_the_other(self) -> None:
        before = record_of(KEN)
        after = rotate(before, signing=signing(1), now_ms=NOW_MS)
        assert after.encryption_keys == before.encryption_keys
        assert len(after.signing_keys) == 2
        after = rotate(before, encryption=encryption(1), now_ms=NOW_MS)
        assert after.signing_keys == before.signing_keys

    def test_a_key_that_ends_earlier_or_has_not_begun_is_not_prolonged(self) -> None:
        early, late = (
            replace(
                record_of(KEN).signing_keys[0],
                valid_from_ms=from_ms,
                valid_to_ms=from_ms + DAY_MS,
            )
            for from_ms in (NOW_MS - 3 * DAY_MS, NOW_MS + 30 * DAY_MS)
        )
        for key, valid_to_ms in (
            (early, early.valid_to_ms),
            (late, late.valid_from_ms + 1),
        ):
            record = replace(record_of(KEN), signing_keys=(key,))
            after = rotate(record, signing=signing(1), now_ms=NOW_MS)
            assert after.signing_keys[0].valid_to_ms == valid_to_ms

    @pytest.mark.parametrize("days", [1, 300, 900])
    def test_a_party_without_a_valid_key_can_sign_what_it_said_meanwhile(
        self, days: int
    ) -> None:
        [key] = record_of(KEN).signing_keys
        ended = replace(key, valid_to_ms=key.valid_from_ms + 1)
        now_ms = ended.valid_to_ms + days * DAY_MS
        record = replace(record_of(KEN), signing_keys=(ended,))
        new = rotate(record, signing=signing(1), now_ms=now_ms).signing_keys[-1]
        assert new.valid_at(max(ended.valid_to_ms, now_ms - 366 * DAY_MS))
        assert not is_due((new,), now_ms)

    def test_the_same_key_is_not_rotated_to_twice(self) -> None:
        record = rotated(record_of(KEN), 1, NOW_MS)
        with pytest.raises(CeremonyError, match="listed already"):
            rotate(record, signing=signing(1), now_ms=NOW_MS)
        with pytest.raises(CeremonyError, match="listed already"):
            rotate(record, encryption=encryption(1), now_ms=NOW_MS)

    def test_forty_years_of_rotations_fit_a_record(self) -> None:
        record = record_of(KEN)
        for number in range(160):
            record = rotated(record, number, NOW_MS + number * ROTATE_AFTER_MS)
        now_ms = NOW_MS + 159 * ROTATE_AFTER_MS
        encode_party(record)
        oldest = record.signing_keys[0]
        assert now_ms - oldest.valid_to_ms <= SIGNING_KEPT_MS
        assert len(record.signing_keys) == 42
        assert len(record.encryption_keys) == 6
        assert now_ms - record.encryption_keys[0].valid_to_ms <= ENCRYPTION_KEPT_MS

    def test_a_record_that_is_full_keeps_room_for_a_revocation(self) -> None:
        record = record_of(KEN)
        for number in range(1, MAX_KEYS - ROOM_FOR_REVOCATIONS):
            record = rotate(record, signing=signing(number), now_ms=NOW_MS + number)
        with pytest.raises(CeremonyError, match="no room"):
            rotate(record, signing=signing(0), now_ms=NOW_MS + MAX_KEYS)
        assert len(record.signing_keys) == MAX_KEYS - ROOM_FOR_REVOCATIONS
        key = record.signing_keys[-1]
        now_ms = NOW_MS + DAY_MS
        for number in range(100, 100 + ROOM_FOR_REVOCATIONS):
            record = revoke(
                record,
                {key.key_id},
                since_ms=NOW_MS,
                reason=COMPROMISE,
                now_ms=now_ms,
                signing=signing(number),
            )
            key = record.signing_keys[-1]
        encode_party(record)

    def test_spent_encryption_keys_make_room_and_valid_ones_do_not(self) -> None:
        record = record_of(KEN)
        for number in range(MAX_KEYS + 10):
            record = rotate(
                record,
                encryption=encryption(number),
                now_ms=NOW_MS + number * DAY_MS,
            )
        encode_party(record)
        assert len(record.encryption_keys) == MAX_KEYS
        in_a_hurry = record_of(KEN)
        for number in range(1, MAX_KEYS):
            in_a_hurry = rotate(
                in_a_hurry, encryption=encryption(number), now_ms=NOW_MS + number
            )
        with pytest.raises(CeremonyError, match="no room"):
            rotate(in_a_hurry, encryption=encryption(0), now_ms=NOW_MS + MAX_KEYS)


class TestRevocation:
    def test_a_revoked_key_counts_up_to_then_and_another_takes_its_place(self) -> None:
        before = record_of(KEN)
        [key], since_ms = before.signing_keys, NOW_MS - 5
        after = revoke(
            before,
            {key.key_id},
            since_ms=since_ms,
            reason=COMPROMISE,
            now_ms=NOW_MS,
            signing=signing(1),
        )
        old, new = after.signing_keys
        assert (old.revoked_at_ms, old.revocation_reason) == (since_ms, COMPROMISE)
        assert old.valid_at(since_ms - 1)
        assert not old.valid_at(since_ms)
        assert newest(after.signing_keys, NOW_MS) == new
        assert not is_due(after.signing_keys, NOW_MS)

    @pytest.mark.parametrize("days", [0, 1, 200, 800])
    def test_what_was_said_since_can_be_said_again_under_the_new_key(
        self, days: int
    ) -> None:
        before, since_ms = record_of(KEN), NOW_MS - days * DAY_MS
        after = revoke(
            before,
            {before.signing_keys[0].key_id},
            since_ms=since_ms,
            reason=COMPROMISE,
            now_ms=NOW_MS,
            signing=signing(1),
        )
        new = after.signing_keys[-1]
        assert new.valid_at(max(since_ms, NOW_MS - 366 * DAY_MS))
        assert newest(after.signing_keys, NOW_MS) == new
        assert not is_due(after.signing_keys, NOW_MS)

    def test_a_revocation_is_only_ever_brought_forward(self) -> None:
        record = rotated(record_of(KEN), 1, NOW_MS)
        key_id = record.signing_keys[0].key_id
        superseded = RevocationReason.SUPERSEDED
        for since_ms, reason, expected in (
            (NOW_MS - 5, superseded, (NOW_MS - 5, superseded)),
            (NOW_MS - 4, superseded, (NOW_MS - 5, superseded)),
            (NOW_MS - 4, COMPROMISE, (NOW_MS - 5, COMPROMISE)),
            (NOW_MS - 9, superseded, (NOW_MS - 9, COMPROMISE)),
        ):
            record = revoke(
                record, {key_id}, since_ms=since_ms, reason=reason, now_ms=NOW_MS
            )
            key = record.signing_keys[0]
            assert (key.revoked_at_ms, key.revocation_reason) == expected

    def test_the_last_valid_key_is_not_revoked_without_another(self) -> None:
        record = record_of(KEN)
        for what, keys in (
            ("signing", record.signing_keys),
            ("encryption", record.encryption_keys),
        ):
            with pytest.raises(CeremonyError, match=f"no {what} key would be valid"):
                revoke(
                    record,
                    {keys[0].key_id},
                    since_ms=NOW_MS,
                    reason=COMPROMISE,
                    now_ms=NOW_MS,
                )

    def test_an_unknown_key_and_no_time_revoke_nothing(self) -> None:
        record = record_of(KEN)
        with pytest.raises(CeremonyError, match="not in the record"):
            revoke(
                record,
                {signing(1).key_id},
                since_ms=NOW_MS,
                reason=COMPROMISE,
                now_ms=NOW_MS,
            )
        with pytest.raises(CeremonyError, match="since when"):
            revoke(record, (), since_ms=0, reason=COMPROMISE, now_ms=NOW_MS)


class TestAccount:
    def test_the_old_account_stays_the_partys_own(self) -> None:
        record = change_account(record_of(KEN), account("new"))
        assert record.account == account("new")
        assert record.former_accounts == (account("KEN"),)

    @pytest.mark.parametrize("name", ["KEN", "new"])
    def test_an_account_is_not_taken_up_again(self, name: str) -> None:
        record = change_account(record_of(KEN), account("new"))
        with pytest.raises(CeremonyError, match="has, or had"):
            change_account(record, account(name))

    def test_there_is_an_end_to_changing_accounts(self) -> None:
        record = record_of(KEN)
        for number in range(MAX_ACCOUNTS):
            record = change_account(record, account(f"number {number}"))
        encode_party(record)
        with pytest.raises(CeremonyError, match="no more"):
            change_account(record, account("one more"))


class TestDue:
    def test_keys_are_due_at_ninety_days_and_when_none_is_valid(self) -> None:
        record = rotated(record_of(KEN), 1, NOW_MS)
        for keys in (record.signing_keys, record.encryption_keys):
            first_ms = NOW_MS - BACKDATE_MS + ROTATE_AFTER_MS
            assert not is_due(keys, first_ms - 1)
            assert is_due(keys, first_ms)
            assert is_due(keys, NOW_MS + 400 * DAY_MS)
            assert newest(keys, NOW_MS + 400 * DAY_MS) is None
        assert is_due(record.signing_keys, NOW_MS + DAY_MS, DAY_MS)
