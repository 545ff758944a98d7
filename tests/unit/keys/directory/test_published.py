"""What a party finds of its own: what it said last, expired or not, and who signs."""

import fcntl

import pytest

from keys.directory.published import Mandate
from keys.directory.publishing import countersign
from keys.directory.roles import PARTY_LIFE_MS
from keys.directory.signers import role_key, role_public, role_signer
from keys.errors import RefreshError, UnreachableError
from tests.unit.keys.directory.federation import (
    BEL,
    KEN,
    NOW_MS,
    Federation,
    Hub,
    record_of,
    seed,
)


def test_a_party_finds_what_it_published_last(federation: Federation) -> None:
    federation.enrol(KEN)
    federation.repository.accept(
        federation.submission(KEN, record=record_of(KEN, suffix="!")), NOW_MS
    )
    client = federation.client()
    client.refresh(NOW_MS)
    found = client.published(KEN)
    assert found is not None
    assert (found.version, found.policy) == (2, b"policy")
    assert found.record == record_of(KEN, suffix="!")
    assert found.expires_ms == NOW_MS + PARTY_LIFE_MS


def test_what_has_expired_for_all_others_is_found_by_its_party(
    federation: Federation,
) -> None:
    federation.enrol(KEN, BEL)
    later_ms = NOW_MS + PARTY_LIFE_MS + 1
    federation.repository.commit(later_ms)
    client = federation.client()
    assert KEN in client.refresh(later_ms).failed
    found = client.published(KEN)
    assert found is not None
    assert found.record == record_of(KEN)
    assert found.expires_ms < later_ms


def test_while_the_hub_is_asked_nobody_is_kept_out_of_the_folder(
    federation: Federation,
) -> None:
    federation.enrol(KEN)
    asked: list[str] = []

    def fetch(path: str) -> bytes | None:
        if ready:
            # As another process would; with the lock taken it would wait for ever.
            with (federation.folder / "node" / "lock").open("wb") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            asked.append(path)
        return federation.repository.read(path)

    ready = False
    client = federation.client(fetch=fetch)
    client.refresh(NOW_MS)
    ready = True
    assert client.published(KEN) is not None
    assert asked


def test_a_party_that_published_nothing_finds_nothing(federation: Federation) -> None:
    federation.admit(KEN)
    client = federation.client()
    client.refresh(NOW_MS)
    assert client.published(KEN) is None


def test_a_party_finds_who_signed_what_it_published(federation: Federation) -> None:
    federation.admit(KEN, keys=3, threshold=2)
    submission = federation.submission(KEN)
    submission = countersign(submission, role_signer(seed("KEN/role/2")))
    federation.repository.accept(submission, NOW_MS)
    client = federation.client()
    client.refresh(NOW_MS)
    found = client.published(KEN)
    assert found is not None
    signers = [role_key(role_public(seed(f"KEN/role/{n}"))).keyid for n in (0, 2)]
    assert (found.signers, found.threshold) == (tuple(sorted(signers)), 2)


def test_a_party_finds_whose_signatures_it_needs(federation: Federation) -> None:
    federation.admit(KEN, keys=3, threshold=2)
    client = federation.client()
    client.refresh(NOW_MS)
    keyids = frozenset(
        role_key(role_public(seed(f"KEN/role/{number}"))).keyid for number in range(3)
    )
    assert client.mandate(KEN) == Mandate(keyids=keyids, threshold=2)
    with pytest.raises(RefreshError, match="not a party"):
        client.mandate(BEL)


def test_a_hub_that_puts_a_record_of_its_own_before_a_party_is_found_out(
    federation: Federation,
) -> None:
    federation.enrol(KEN)
    forged = federation.submission(
        KEN,
        record=record_of(KEN, suffix=" and a thief"),
        signers=[role_signer(seed("thief"))],
    )
    # The hub's own key signs the snapshot that names it.
    federation.collude("party-KEN", forged.metadata, 2, {})
    client = federation.client()
    client.refresh(NOW_MS)
    with pytest.raises(RefreshError, match="does not verify"):
        client.published(KEN)


def test_a_hub_that_serves_other_bytes_or_none_is_found_out(
    federation: Federation,
) -> None:
    federation.enrol(KEN)
    hub = Hub(federation)
    client = federation.client(fetch=hub.fetch)
    client.refresh(NOW_MS)
    hub.lost.add("record.pb")
    with pytest.raises(RefreshError, match="does not serve"):
        client.published(KEN)
    hub.lost.clear()
    hub.failure = UnreachableError("gone")
    with pytest.raises(UnreachableError):
        client.published(KEN)

    def other(path: str) -> bytes | None:
        data = federation.repository.read(path)
        return data + b"\n" if data and "1.party-KEN" in path else data

    lying = federation.client("lied to")
    lying.refresh(NOW_MS)
    lying = federation.client("lied to", fetch=other)
    with pytest.raises(RefreshError, match="does not verify"):
        lying.published(KEN)


def test_before_anything_was_fetched_nothing_is_found(federation: Federation) -> None:
    federation.enrol(KEN)
    with pytest.raises(RefreshError, match="no directory was fetched"):
        federation.client().published(KEN)
