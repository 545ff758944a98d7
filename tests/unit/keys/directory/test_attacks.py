"""Attacks on what stands in the directory, by a party, the hub, or both together."""

from dataclasses import replace

import pytest
from tuf.api.metadata import (
    Metadata,
    TargetFile,
    Targets,
)

from keys.directory.client import DirectoryClient
from keys.directory.codec import encode_party
from keys.directory.model import DirectoryView
from keys.directory.roles import (
    TIMESTAMP_LIFE_MS,
    metadata_path,
)
from keys.directory.signers import role_signer
from keys.errors import (
    KeyNotValidError,
    RefreshError,
    UnknownPartyError,
)
from tests.unit.keys.directory.federation import (
    BEL,
    KEN,
    NOW_MS,
    Federation,
    record_of,
    seed,
    signing_key,
)

_ONLINE = role_signer(seed("online"))
_BEL_SIGNER = role_signer(seed("BEL/role/0"))


@pytest.fixture
def federation(any_federation: Federation) -> Federation:
    """Two parties; attacked once with one steward, once with three of five."""
    any_federation.enrol(KEN, BEL)
    return any_federation


@pytest.fixture
def client(federation: Federation) -> DirectoryClient:
    """A client that has seen the honest state."""
    client = federation.client()
    client.refresh(NOW_MS)
    return client


def _fresh(federation: Federation) -> DirectoryView:
    return federation.client("fresh").refresh(NOW_MS)


def test_a_party_signs_anothers_role_with_the_hub_colluding(
    federation: Federation, client: DirectoryClient
) -> None:
    forged = federation.submission(
        KEN, record=replace(record_of(KEN), name="Evil"), signers=[_BEL_SIGNER]
    )
    files = {f"parties/KEN/{name}": data for name, data in forged.files.items()}
    federation.collude("party-KEN", forged.metadata, 2, files)
    for view in (client.refresh(NOW_MS), _fresh(federation)):
        assert set(view.parties) == {BEL}
        assert "signed by 0/1 keys" in view.failed[KEN]
        with pytest.raises(UnknownPartyError):
            view.record(KEN)


def test_a_party_claims_anothers_path_with_the_hub_colluding(
    federation: Federation, client: DirectoryClient
) -> None:
    evil = encode_party(replace(record_of(KEN), name="Evil"))
    metadata = Metadata[Targets].from_bytes(federation.submission(BEL).metadata)
    path = "parties/KEN/record.pb"
    metadata.signed.targets[path] = TargetFile.from_data(path, evil, ["sha256"])
    metadata.sign(_BEL_SIGNER)
    federation.collude("party-BEL", metadata.to_bytes(), 2, {path: evil})
    for view in (client.refresh(NOW_MS), _fresh(federation)):
        assert view.record(KEN) == record_of(KEN)
        assert view.record(BEL) == record_of(BEL)


def test_a_party_claims_the_federation_record_with_the_hub_colluding(
    federation: Federation, client: DirectoryClient
) -> None:
    metadata = Metadata[Targets].from_bytes(federation.submission(BEL).metadata)
    path = "federation/federation.pb"
    metadata.signed.targets[path] = TargetFile.from_data(path, b"evil", ["sha256"])
    metadata.sign(_BEL_SIGNER)
    federation.collude("party-BEL", metadata.to_bytes(), 2)
    assert client.refresh(NOW_MS).federation.name == "Test federation"


def test_a_hub_that_rolls_a_party_back_is_refused_by_who_saw_the_newer(
    federation: Federation, client: DirectoryClient
) -> None:
    first = federation.repository.read("metadata/1.party-KEN.json")
    assert first is not None
    revoked = replace(signing_key("KEN"), revoked_at_ms=NOW_MS)
    record = replace(record_of(KEN), signing_keys=(revoked, signing_key("KEN/second")))
    federation.repository.accept(federation.submission(KEN, record=record), NOW_MS)
    view = client.refresh(NOW_MS)
    with pytest.raises(KeyNotValidError):
        view.signing_key(KEN, revoked.key_id, NOW_MS)
    federation.collude("party-KEN", first, 1)
    with pytest.raises(RefreshError, match="does not verify"):
        client.refresh(NOW_MS)
    assert client.cached_view(NOW_MS).record(KEN) == record


def test_a_hub_that_rolls_the_timestamp_back_is_refused(
    federation: Federation, client: DirectoryClient
) -> None:
    old = federation.repository.read("metadata/timestamp.json")
    assert old is not None
    federation.repository.commit(NOW_MS)
    client.refresh(NOW_MS)
    (federation.folder / "hub/metadata/timestamp.json").write_bytes(old)
    with pytest.raises(RefreshError, match="does not verify"):
        client.refresh(NOW_MS)


def test_a_hub_that_shows_a_newer_timestamp_cannot_go_back_to_the_older(
    federation: Federation, client: DirectoryClient
) -> None:
    path = federation.folder / "hub/metadata/timestamp.json"
    old = path.read_bytes()
    federation.repository.commit(NOW_MS)
    newest = metadata_path("snapshot", federation.repository.version())
    (federation.folder / "hub" / newest).unlink()
    with pytest.raises(RefreshError, match="is not there"):
        client.refresh(NOW_MS)
    path.write_bytes(old)
    assert set(client.cached_view(NOW_MS).parties) == {KEN, BEL}
    with pytest.raises(RefreshError, match="does not verify"):
        client.refresh(NOW_MS)


def test_a_hub_that_drops_a_party_from_the_snapshot_is_refused(
    federation: Federation, client: DirectoryClient
) -> None:
    state = federation.repository.state()
    del state.snapshot.meta["party-KEN.json"]
    federation.repository._publish(state, NOW_MS, {}, {})
    with pytest.raises(RefreshError, match=r"missing info for 'party-KEN\.json'"):
        client.refresh(NOW_MS)


def test_a_frozen_directory_is_refused_once_its_timestamp_has_expired(
    federation: Federation, client: DirectoryClient
) -> None:
    view = client.refresh(NOW_MS + TIMESTAMP_LIFE_MS - 1)
    with pytest.raises(RefreshError, match=r"expired .* clock"):
        client.refresh(NOW_MS + TIMESTAMP_LIFE_MS)
    assert federation.repository.refresh_timestamp(NOW_MS + TIMESTAMP_LIFE_MS)
    assert client.refresh(NOW_MS + TIMESTAMP_LIFE_MS) is view


def test_records_of_different_states_cannot_be_mixed(
    federation: Federation, client: DirectoryClient
) -> None:
    old = federation.repository.read("metadata/1.party-KEN.json")
    assert old is not None
    federation.repository.accept(federation.submission(KEN, policy=b"new"), NOW_MS)
    (federation.folder / "hub/metadata/2.party-KEN.json").write_bytes(old)
    view = client.refresh(NOW_MS)
    assert set(view.parties) == {BEL}
    assert "does not verify" in view.failed[KEN]


def test_a_snapshot_of_another_state_cannot_be_mixed_in(
    federation: Federation, client: DirectoryClient
) -> None:
    version = federation.repository.version()
    old = federation.repository.read(metadata_path("snapshot", version))
    assert old is not None
    federation.repository.commit(NOW_MS)
    path = federation.folder / "hub" / metadata_path("snapshot", version + 1)
    path.write_bytes(old)
    with pytest.raises(RefreshError, match="does not verify"):
        client.refresh(NOW_MS)


def test_a_policy_with_other_bytes_than_signed_is_not_shown(
    federation: Federation,
) -> None:
    for path in (federation.folder / "hub/targets/parties/KEN").glob("*.policy.pb"):
        path.write_bytes(b"Policy")
    view = _fresh(federation)
    assert set(view.parties) == {BEL}
    assert "does not verify" in view.failed[KEN]
