"""What a view answers, and what it refuses to answer."""

from dataclasses import replace

import pytest

from keys.directory.model import DirectoryView, PartyEntry, PartyRecord, PublishedKey
from keys.errors import KeyNotValidError, UnknownKeyError, UnknownPartyError
from tests.unit.keys.directory.federation import (
    BEL,
    KEN,
    MEX,
    NOW_MS,
    account,
    encryption_key,
    federation_record,
    record_of,
    signing_key,
)

_OLD = replace(signing_key("KEN/old"), revoked_at_ms=NOW_MS)
_NEWER = encryption_key("KEN/newer", NOW_MS)


def _view(*records: PartyRecord) -> DirectoryView:
    return DirectoryView(
        version=1,
        snapshot_digest=bytes(32),
        federation=federation_record(),
        parties={
            record.party: PartyEntry(record=record, policy=None) for record in records
        },
    )


_KEN = replace(
    record_of(KEN),
    signing_keys=(signing_key("KEN"), _OLD),
    encryption_keys=(encryption_key("KEN"), _NEWER),
)
_VIEW = _view(_KEN, record_of(BEL))


def test_a_key_is_found_while_it_is_valid() -> None:
    key = signing_key("KEN")
    assert _VIEW.signing_key(KEN, key.key_id, key.valid_from_ms) == key
    assert _VIEW.signing_key(KEN, key.key_id, key.valid_to_ms) == key
    assert _VIEW.signing_key(KEN, _OLD.key_id, NOW_MS - 1) == _OLD


@pytest.mark.parametrize(
    ("key", "at_ms"),
    [
        (signing_key("KEN"), signing_key("KEN").valid_from_ms - 1),
        (signing_key("KEN"), signing_key("KEN").valid_to_ms + 1),
        (_OLD, NOW_MS),
    ],
    ids=["too early", "too late", "revoked"],
)
def test_a_key_is_not_given_for_a_time_when_it_is_not_valid(
    key: PublishedKey, at_ms: int
) -> None:
    with pytest.raises(KeyNotValidError):
        _VIEW.signing_key(KEN, key.key_id, at_ms)


def test_a_key_of_another_party_is_not_found() -> None:
    with pytest.raises(UnknownKeyError, match="BEL never published"):
        _VIEW.signing_key(BEL, signing_key("KEN").key_id, NOW_MS)


def test_the_hub_signs_with_what_the_stewards_published() -> None:
    key = signing_key("hub")
    assert _VIEW.hub_key(key.key_id, NOW_MS) == key
    with pytest.raises(UnknownKeyError, match="the hub never published"):
        _VIEW.hub_key(signing_key("KEN").key_id, NOW_MS)


def test_the_newest_valid_encryption_key_is_sealed_to() -> None:
    assert _VIEW.encryption_key(KEN, NOW_MS) == _NEWER
    assert _VIEW.encryption_key(KEN, NOW_MS - 1) == encryption_key("KEN")
    with pytest.raises(KeyNotValidError, match="no valid encryption key"):
        _VIEW.encryption_key(KEN, 1)


def test_a_party_that_is_none_is_unknown() -> None:
    with pytest.raises(UnknownPartyError, match="MEX is not a party"):
        _VIEW.record(MEX)


def test_an_account_leads_to_its_party() -> None:
    assert _VIEW.party_of_account(account("BEL")) == BEL
    assert _VIEW.party_of_account(account("MEX")) is None
