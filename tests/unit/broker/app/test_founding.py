"""A hub and nodes out of nothing: whole, not twice, and admitted by the stewards."""

import stat
from dataclasses import replace
from pathlib import Path

import pytest

from broker.app.bus_config import ExternalBus
from broker.app.exchange_files import FederationFile, JoinRequest
from broker.app.founding import HubPlan, admit_party, make_hub
from broker.app.joining import NodePlan, make_node
from broker.core.errors import ConfigurationError
from broker.settings import HubFolder, NodeFolder, load_hub, load_node
from keys.certificates import read_certificate
from keys.directory.archive import Archive
from keys.directory.client import DirectoryClient
from keys.directory.model import Contact, DirectoryView
from keys.directory.signers import role_public, role_signer
from keys.errors import CeremonyError, KeysError, KeystoreUnlockError, SubmissionError
from keys.keystore import UNSAFE_THROWAWAY_COST
from keys.token_uri import TokenUri
from tests.unit.keys.directory.federation import NOW_MS, seed
from tests.world import BEL, KEN, open_policy

PASSPHRASE = b"correct horse"
COST = UNSAFE_THROWAWAY_COST


def hub(root: Path, plan: HubPlan | None = None) -> FederationFile:
    plan = plan or HubPlan(name="Fédération d'Essai, 2026")
    return make_hub(root, plan, PASSPHRASE, now_ms=NOW_MS, cost=COST)


def node_plan(**changes: object) -> NodePlan:
    plan = NodePlan(
        party=KEN,
        name='Focal "point"\\',
        policy=open_policy(KEN),
        policy_text="party: KEN\n",
        contact=Contact(office="Registry"),
    )
    return replace(plan, **changes)  # type: ignore[arg-type]


def node(root: Path, federation: FederationFile, **changes: object) -> JoinRequest:
    return make_node(
        root, node_plan(**changes), federation, PASSPHRASE, now_ms=NOW_MS, cost=COST
    )


def seen(root: Path, federation: FederationFile) -> DirectoryView:
    """Returns the directory as a stranger verifies it."""
    archive = Archive(HubFolder(root).directory)
    copy = root.parent / "copy"
    return DirectoryClient(copy, federation.root, archive.read).refresh(NOW_MS)


def test_a_hub_is_founded_whole(tmp_path: Path) -> None:
    root = tmp_path / "a hub"
    federation = hub(root)
    assert FederationFile.read(HubFolder(root).federation) == federation
    settings = load_hub(root)
    assert settings.name == "Fédération d'Essai, 2026"
    assert settings.bus == "embedded"
    view = seen(root, federation)
    assert view.federation.hub_account == federation.hub_account
    assert view.federation.log_origin.startswith("rogatory/f-d-ration-d-essai-2026/")
    assert view.parties == {}
    assert stat.S_IMODE(root.stat().st_mode) == 0o700
    assert len(list(HubFolder(root).stewards.iterdir())) == 1


def test_a_hub_with_a_bus_elsewhere_says_so(tmp_path: Path) -> None:
    plan = HubPlan(name="!!!", external_bus=ExternalBus(), bus_url="tls://bus:4222")
    federation = hub(tmp_path / "hub", plan)
    assert load_hub(tmp_path / "hub").bus == "external"
    assert "handshake_first" in (tmp_path / "hub" / "bus" / "nats.conf").read_text()
    origin = seen(tmp_path / "hub", federation).federation.log_origin
    assert origin.startswith("rogatory/federation/")


def test_a_hub_never_goes_without_tls_over_a_network(tmp_path: Path) -> None:
    for external in (None, ExternalBus()):
        plan = HubPlan(name="x", external_bus=external, bus_url="nats://bus:4222")
        with pytest.raises(ConfigurationError, match="without TLS over a network"):
            hub(tmp_path / "hub", plan)
    assert not (tmp_path / "hub" / "hub.toml").exists()


def test_every_party_is_given_the_authority_of_the_bus(tmp_path: Path) -> None:
    """And the certificate is good for every name that was asked for."""
    plan = HubPlan(name="x", bus_url="tls://bus.example:1", bus_names=("192.0.2.7",))
    federation = hub(tmp_path / "hub", plan)
    place = HubFolder(tmp_path / "hub")
    assert federation.authorities == place.authority.read_bytes()
    shown = read_certificate(place.server_certificate.read_bytes())
    assert shown.names[0] == "bus.example"
    assert {"192.0.2.7", "localhost", "127.0.0.1", "::1"} < set(shown.names)
    assert stat.S_IMODE(place.server_key.stat().st_mode) == 0o600
    joined = node(tmp_path / "ken", federation)
    assert joined.party == KEN
    given = FederationFile.read(NodeFolder(tmp_path / "ken").federation)
    assert given.authorities == federation.authorities


def test_a_party_is_admitted_once_and_found_in_the_directory(tmp_path: Path) -> None:
    root = tmp_path / "hub"
    federation = hub(root)
    request = node(tmp_path / "ken", federation)
    for _ in range(2):
        admit_party(root, request, PASSPHRASE, now_ms=NOW_MS)
    view = seen(root, federation)
    assert set(view.parties) == {KEN}
    record = view.record(KEN)
    assert record.name == 'Focal "point"\\'
    [key] = record.signing_keys
    assert view.signing_key(KEN, key.key_id, NOW_MS) == key
    settings = load_node(tmp_path / "ken")
    assert settings.name == 'Focal "point"\\'
    assert settings.bus_url == federation.bus_url
    assert JoinRequest.read(NodeFolder(tmp_path / "ken").join_request) == request


def test_posing_as_a_party_that_is_there_already_is_refused(tmp_path: Path) -> None:
    root = tmp_path / "hub"
    federation = hub(root)
    admit_party(root, node(tmp_path / "ken", federation), PASSPHRASE, now_ms=NOW_MS)
    impostor = node(tmp_path / "impostor", federation)
    with pytest.raises(Exception, match="KEN") as refused:
        admit_party(root, impostor, PASSPHRASE, now_ms=NOW_MS)
    assert isinstance(refused.value, KeysError)


def test_a_folder_in_use_is_left_alone(tmp_path: Path) -> None:
    federation = hub(tmp_path / "hub")
    with pytest.raises(ConfigurationError, match="in use"):
        hub(tmp_path / "hub")
    node(tmp_path / "ken", federation)
    with pytest.raises(ConfigurationError, match="in use"):
        node(tmp_path / "ken", federation)
    assert FederationFile.read(HubFolder(tmp_path / "hub").federation) == federation


def test_the_policy_of_another_party_makes_no_node(tmp_path: Path) -> None:
    federation = hub(tmp_path / "hub")
    with pytest.raises(ConfigurationError, match="that of BEL, not of KEN"):
        node(tmp_path / "ken", federation, policy=open_policy(BEL))
    assert not (tmp_path / "ken").exists()


def test_without_the_stewards_keys_nobody_is_admitted(tmp_path: Path) -> None:
    federation = hub(tmp_path / "hub", HubPlan(name="x", stewards=3, threshold=2))
    request = node(tmp_path / "ken", federation, bus_url="nats://elsewhere:4222")
    assert load_node(tmp_path / "ken").bus_url == "nats://elsewhere:4222"
    files = sorted(HubFolder(tmp_path / "hub").stewards.iterdir())
    assert len(files) == 3
    for left, error in ((1, CeremonyError), (0, ConfigurationError)):
        for file in files[left:]:
            file.unlink(missing_ok=True)
        with pytest.raises(error):
            admit_party(tmp_path / "hub", request, PASSPHRASE, now_ms=NOW_MS)


def test_a_wrong_passphrase_admits_nobody(tmp_path: Path) -> None:
    federation = hub(tmp_path / "hub")
    request = node(tmp_path / "ken", federation)
    with pytest.raises(KeystoreUnlockError):
        admit_party(tmp_path / "hub", request, b"another", now_ms=NOW_MS)


def test_a_threshold_beyond_the_stewards_founds_nothing(tmp_path: Path) -> None:
    with pytest.raises(CeremonyError):
        hub(tmp_path / "hub", HubPlan(name="x", stewards=1, threshold=2))
    with pytest.raises(ConfigurationError, match="does not exist"):
        load_hub(tmp_path / "hub")


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(ConfigurationError, match="cannot make"):
        hub(tmp_path / "file" / "hub")


def test_role_keys_that_are_kept_elsewhere_leave_the_request_unsigned(
    tmp_path: Path,
) -> None:
    federation = hub(tmp_path / "hub")
    publics = tuple(role_public(seed(f"KEN/role/{n}")) for n in range(3))
    request = node(tmp_path / "ken", federation, role_keys=publics, role_threshold=2)
    assert (request.role_keys, request.threshold) == (publics, 2)
    assert request.submission.signatures == 0
    with pytest.raises(SubmissionError):
        admit_party(tmp_path / "hub", request, PASSPHRASE, now_ms=NOW_MS)
    submission = request.submission
    for number in (0, 2):
        signer = role_signer(seed(f"KEN/role/{number}"))
        submission = submission.signed_by(signer)
    signed = replace(request, submission=submission)
    admit_party(tmp_path / "hub", signed, PASSPHRASE, now_ms=NOW_MS)
    assert set(seen(tmp_path / "hub", federation).parties) == {KEN}


@pytest.mark.parametrize(
    "changes",
    [
        {"role_threshold": 2},
        {"role_threshold": 0},
        {"role_keys": (bytes(32),), "role_threshold": 2},
        {"role_keys": (bytes(32),), "role_token": TokenUri(token="x")},
    ],
    ids=str,
)
def test_role_keys_that_cannot_be_make_no_node(
    tmp_path: Path, changes: dict[str, object]
) -> None:
    federation = hub(tmp_path / "hub")
    with pytest.raises(ConfigurationError):
        node(tmp_path / "ken", federation, **changes)
    assert not (tmp_path / "ken").exists()
