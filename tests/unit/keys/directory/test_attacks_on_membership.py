"""Attacks on who belongs: roots, stewards, the online key, removed parties."""

import pytest
from tuf.api.metadata import (
    DelegatedRole,
    Metadata,
    MetaFile,
    Root,
    Snapshot,
    Timestamp,
)

from keys.directory.client import DirectoryClient
from keys.directory.model import DirectoryView
from keys.directory.repository import Repository
from keys.directory.roles import (
    expiry_ms,
    utc,
)
from keys.directory.signers import Signer, role_public, role_signer, steward_signer
from keys.directory.stewardship import party_roles, read_targets
from keys.errors import (
    CeremonyError,
    RefreshError,
    SubmissionError,
)
from tests.unit.keys.directory.federation import (
    BEL,
    KEN,
    MEX,
    NOW_MS,
    Federation,
    seed,
    stewards_of,
)
from tests.unit.keys.directory.hand_signed import (
    admit,
    rekey,
    remove,
    renew,
    signed_by,
    succeed,
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


def test_a_colluding_hub_cannot_admit_a_party(
    federation: Federation, client: DirectoryClient
) -> None:
    targets = admit(
        federation.repository.targets(),
        party=MEX,
        keys=[role_public(seed("evil"))],
        threshold=1,
        stewards=[_ONLINE],
        now_ms=NOW_MS,
    )
    with pytest.raises(CeremonyError):
        federation.repository.install_targets(targets, NOW_MS)
    federation.collude("targets", targets, read_targets(targets).signed.version)
    with pytest.raises(RefreshError, match="does not verify"):
        client.refresh(NOW_MS)
    with pytest.raises(RefreshError, match="does not verify"):
        _fresh(federation)


def test_too_few_stewards_cannot_admit_a_party(
    federation: Federation, client: DirectoryClient
) -> None:
    metadata = read_targets(federation.repository.targets())
    metadata.signed.version += 1
    metadata.signatures.clear()
    stewards = [*federation.stewards[: federation.threshold - 1], _stranger()]
    forged = signed_by(metadata, stewards)
    federation.collude("targets", forged, metadata.signed.version)
    with pytest.raises(RefreshError, match="does not verify"):
        client.refresh(NOW_MS)


def test_a_removed_party_is_gone_and_cannot_come_back_by_itself(
    federation: Federation, client: DirectoryClient
) -> None:
    submission = federation.submission(KEN)
    federation.repository.install_targets(
        remove(
            federation.repository.targets(),
            party=KEN,
            stewards=federation.agreeing,
            now_ms=NOW_MS,
        ),
        NOW_MS,
    )
    for view in (client.refresh(NOW_MS), _fresh(federation)):
        assert set(view.parties) == {BEL}
        assert view.failed == {}
    with pytest.raises(SubmissionError, match="not a party"):
        federation.repository.accept(submission, NOW_MS)
    files = {f"parties/KEN/{name}": data for name, data in submission.files.items()}
    federation.collude("party-KEN", submission.metadata, 2, files)
    assert set(client.refresh(NOW_MS).parties) == {BEL}


def test_a_party_that_was_rekeyed_is_out_until_it_publishes_with_its_new_keys(
    federation: Federation, client: DirectoryClient
) -> None:
    federation.repository.install_targets(
        rekey(
            federation.repository.targets(),
            party=KEN,
            keys=[role_public(seed("KEN/new"))],
            threshold=1,
            stewards=federation.agreeing,
            now_ms=NOW_MS,
        ),
        NOW_MS,
    )
    view = client.refresh(NOW_MS)
    assert set(view.parties) == {BEL}
    assert "signed by 0/1 keys" in view.failed[KEN]
    # An account that a thief of the old keys may have named is no longer admitted.
    assert set(federation.repository.accounts().values()) == {BEL}
    with pytest.raises(SubmissionError, match="not signed by enough keys"):
        federation.repository.accept(federation.submission(KEN), NOW_MS)
    new = federation.submission(KEN, signers=[role_signer(seed("KEN/new"))])
    federation.repository.accept(new, NOW_MS)
    assert set(client.refresh(NOW_MS).parties) == {KEN, BEL}
    assert set(federation.repository.accounts().values()) == {KEN, BEL}


def test_a_foreign_root_is_refused(
    federation: Federation, client: DirectoryClient
) -> None:
    foreign = succeed(
        federation.root,
        stewards=stewards_of(5, "-foreign"),
        threshold=3,
        outgoing=[_stranger()],
        online_key=role_public(seed("online")),
        now_ms=NOW_MS,
    )
    with pytest.raises(CeremonyError, match="not enough stewards"):
        federation.repository.install_root(foreign, NOW_MS)
    (federation.folder / "hub/metadata/2.root.json").write_bytes(foreign)
    with pytest.raises(RefreshError, match="does not verify"):
        client.refresh(NOW_MS)
    assert set(client.cached_view(NOW_MS).parties) == {KEN, BEL}


def test_a_node_that_was_given_another_root_trusts_nothing_here(
    federation: Federation,
) -> None:
    metadata = Metadata[Root].from_bytes(federation.root)
    other = Metadata(Root(expires=utc(NOW_MS + 1000), consistent_snapshot=True))
    stranger = _stranger()
    for role in metadata.signed.roles:
        other.signed.add_key(stranger.public_key, role)
    with pytest.raises(RefreshError, match="does not verify"):
        federation.client(root=signed_by(other, [stranger])).refresh(NOW_MS)


def test_a_stolen_online_key_that_winds_versions_forward_is_undone_by_the_stewards(
    federation: Federation, client: DirectoryClient
) -> None:
    honest = federation.repository.read("metadata/timestamp.json")
    assert honest is not None
    _wind_forward(federation)
    client.refresh(NOW_MS)
    (federation.folder / "hub/metadata/timestamp.json").write_bytes(honest)
    with pytest.raises(RefreshError, match="does not verify"):
        client.refresh(NOW_MS)
    root = succeed(
        federation.root,
        stewards=federation.stewards,
        threshold=federation.threshold,
        outgoing=[],
        online_key=role_public(seed("new-online")),
        now_ms=NOW_MS,
    )
    mended = Repository(federation.folder / "hub", role_signer(seed("new-online")))
    mended.install_root(root, NOW_MS)
    assert set(client.refresh(NOW_MS).parties) == {KEN, BEL}


def test_a_stolen_online_key_is_worth_nothing_after_succession(
    federation: Federation, client: DirectoryClient
) -> None:
    root = succeed(
        federation.root,
        stewards=stewards_of(3, "-new"),
        threshold=2,
        outgoing=federation.agreeing,
        online_key=role_public(seed("new-online")),
        now_ms=NOW_MS,
    )
    targets = renew(
        federation.repository.targets(), stewards=stewards_of(3, "-new"), now_ms=NOW_MS
    )
    mended = Repository(federation.folder / "hub", role_signer(seed("new-online")))
    mended.install_root(root, NOW_MS, targets=targets)
    assert set(client.refresh(NOW_MS).parties) == {KEN, BEL}
    _wind_forward(federation)
    with pytest.raises(RefreshError, match="does not verify"):
        client.refresh(NOW_MS)


def test_stewards_who_delegate_to_a_role_that_is_no_party_are_seen(
    federation: Federation, client: DirectoryClient
) -> None:
    metadata = read_targets(federation.repository.targets())
    metadata.signatures.clear()
    metadata.signed.version += 1
    role = DelegatedRole("odd", [], 1, terminating=True, paths=["odd/*"])
    party_roles(metadata.signed)["odd"] = role
    metadata.signed.add_key(role_signer(seed("odd")).public_key, "odd")
    forged = signed_by(metadata, federation.agreeing)
    federation.collude("targets", forged, metadata.signed.version)
    view = client.refresh(NOW_MS)
    assert set(view.parties) == {KEN, BEL}
    assert view.failed == {"odd": "odd is not the role of a party"}


def _wind_forward(federation: Federation) -> None:
    """Signs the honest state under the highest versions, with the stolen key."""
    state = federation.repository.state()
    far = 2**31
    snapshot = Metadata(
        Snapshot(version=far, expires=state.snapshot.expires, meta=state.snapshot.meta)
    )
    snapshot.sign(_ONLINE)
    data = snapshot.to_bytes()
    timestamp = Metadata(
        Timestamp(
            version=far,
            expires=utc(expiry_ms(state.timestamp)),
            snapshot_meta=MetaFile.from_data(far, data, ["sha256"]),
        )
    )
    timestamp.sign(_ONLINE)
    folder = federation.folder / "hub/metadata"
    (folder / f"{far}.snapshot.json").write_bytes(data)
    (folder / "timestamp.json").write_bytes(timestamp.to_bytes())


def _stranger() -> Signer:
    return steward_signer(seed("stranger"))
