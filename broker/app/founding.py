"""Makes a hub out of nothing, and admits a party with the stewards' keys at hand.

Running it is left to `hub`, making a party's node to `joining`; ceremonies of stewards
who keep their keys elsewhere, to `proposing` and `applying`.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from broker.app.applying import (
    FEDERATION_DRAFT,
    SETTINGS_DRAFT,
    apply,
    prepare,
)
from broker.app.bus_config import ExternalBus, write_bus_config
from broker.app.ceremony_folder import CeremonyRecord
from broker.app.certificates import make_certificates
from broker.app.credentials import load_hub_keys, make_hub_keys
from broker.app.exchange_files import FederationFile, JoinRequest
from broker.app.folders import claim, write_settings
from broker.app.hub_keys import receipts_key
from broker.app.proposing import Drafted, draft, enrol, sign_here
from broker.core.errors import ConfigurationError
from broker.infra.nats_tls import host_of, is_tls
from broker.settings import HubFolder
from keys.custody import Use, make_signer, open_signer
from keys.directory.archive import Archive
from keys.directory.model import FederationRecord
from keys.directory.proposal import propose_founding
from keys.directory.repository import Repository
from keys.directory.roles import role_of
from keys.directory.signers import public_of, role_key, role_public, role_signer
from keys.directory.stewardship import check_threshold, party_roles, read_targets
from keys.directory.terms import Steward
from keys.keystore import KdfCost
from keys.notes import NoteKey


@dataclass(frozen=True, slots=True, kw_only=True)
class HubPlan:
    """What a new hub shall be.

    Attributes:
        name: Of the federation.
        stewards: How many stewards' keys to make, when they are made here.
        threshold: How many of them must agree.
        bus_url: Where parties reach the bus: "tls://…", or "nats://…" without TLS on
            this machine alone.
        bus_names: Other names and addresses that its certificate shall be good for.
        bus_port: Where an embedded bus listens on the loopback address.
        external_bus: The nats-server to use instead of an embedded one.
    """

    name: str
    stewards: int = 1
    threshold: int = 1
    bus_url: str = "tls://127.0.0.1:4222"
    bus_names: tuple[str, ...] = ()
    bus_port: int = 4222
    external_bus: ExternalBus | None = None


def make_hub(
    root: Path,
    plan: HubPlan,
    passphrase: bytes,
    *,
    now_ms: int,
    cost: KdfCost | None = None,
) -> FederationFile:
    """Founds a federation whose stewards' keys are made in the hub's folder.

    Raises:
        ConfigurationError: The folder is in use, or the bus would go without TLS over
            a network.
        CeremonyError: A threshold that cannot be met.
        KeystoreError: The folder cannot be written.
    """
    check_threshold(plan.threshold, plan.stewards, "stewards")
    folder = HubFolder(root)
    _claim(folder)
    stewards = _make_stewards(folder, plan.stewards, passphrase, cost)
    drafted = begin_founding(root, plan, stewards, passphrase, now_ms=now_ms, cost=cost)
    apply_here(folder, drafted, passphrase, now_ms)
    return FederationFile.read(folder.federation)


def begin_founding(
    root: Path,
    plan: HubPlan,
    stewards: Sequence[Steward],
    passphrase: bytes,
    *,
    now_ms: int,
    cost: KdfCost | None = None,
) -> Drafted:
    """Makes the hub's own keys, and asks the stewards to found a federation.

    It is a hub once the request has been applied (`applying.apply`).

    Raises:
        ConfigurationError: The folder is in use, or the bus would go without TLS over
            a network.
        CeremonyError: A threshold that cannot be met, or a steward named twice.
        KeystoreError: The folder cannot be written.
    """
    folder = HubFolder(root)
    _claim(folder)
    check_threshold(plan.threshold, len(stewards), "stewards")
    with_tls = is_tls(plan.bus_url)
    keys = make_hub_keys(folder.keys, passphrase, cost)
    authority = make_certificates(
        folder,
        plan.name,
        keys.tls_authority,
        (host_of(plan.bus_url), *plan.bus_names),
        now_ms,
    )
    log_name = f"rogatory/{_slug(plan.name)}/{secrets.token_hex(4)}"
    record = FederationRecord(
        name=plan.name,
        hub_keys=(receipts_key(keys.signing, now_ms),),
        log_origin=log_name,
        log_key=NoteKey(log_name, keys.log).verifier.public_key,
        hub_account=keys.account.public,
    )
    proposal = propose_founding(
        stewards=tuple(stewards),
        threshold=plan.threshold,
        online_key=role_public(keys.online),
        federation=record,
        now_ms=now_ms,
    )
    drafted = draft(folder, proposal, (), now_ms)
    if plan.external_bus is not None:
        write_bus_config(folder, keys, plan.external_bus, now_ms, with_tls=with_tls)
    _lay_ready(folder, plan, keys.account.public, authority)
    return drafted


def apply_here(
    folder: HubFolder, drafted: Drafted, passphrase: bytes, now_ms: int
) -> CeremonyRecord:
    """Signs with the stewards' keys in the hub's folder, and applies at once.

    Raises:
        ConfigurationError: The stewards' keys are not here.
        CeremonyError: Not enough of them are.
        KeystoreError: A keystore cannot be opened.
    """
    signatures = sign_here(folder, drafted.review, passphrase, now_ms)
    prepared = prepare(folder, drafted.request, signatures, now_ms)
    return apply(folder, prepared, passphrase, now_ms)


def admit_party(
    root: Path, request: JoinRequest, passphrase: bytes, *, now_ms: int
) -> None:
    """Admits a party with the stewards' keys in the hub's folder.

    A running hub notices within a second. A party that has been admitted and has
    published, be it this or something newer, is left as it is.

    Raises:
        ConfigurationError: The stewards' keys are not here.
        CeremonyError: Not enough stewards.
        SubmissionError: What the party publishes does not hold, or the party is one
            already under another key.
        KeystoreError: A keystore cannot be opened.
    """
    folder = HubFolder(root)
    if _is_there(folder, request):
        return
    roles = party_roles(read_targets(Archive(folder.directory).targets()).signed)
    if role_of(request.party) not in roles:
        drafted = enrol(folder, [request], now_ms)
        apply_here(folder, drafted, passphrase, now_ms)
        return
    keys = load_hub_keys(folder.keys, passphrase)
    repository = Repository(folder.directory, role_signer(keys.online))
    repository.accept(request.submission, now_ms)


def _is_there(folder: HubFolder, request: JoinRequest) -> bool:
    """Tells whether the party was admitted under this key, and has published."""
    archive = Archive(folder.directory)
    name = role_of(request.party)
    role = party_roles(read_targets(archive.targets()).signed).get(name)
    return (
        role is not None
        and {role_key(key).keyid for key in request.role_keys} == {*role.keyids}
        and request.threshold == role.threshold
        and archive.state().version_of(name) > 0
    )


def _claim(folder: HubFolder) -> None:
    claim(folder.root, folder.settings)
    if (folder.ceremonies / SETTINGS_DRAFT).exists():
        raise ConfigurationError(
            f"a federation is being founded in {folder.root}: apply that request, or "
            "remove the folder to begin anew"
        )


def _lay_ready(
    folder: HubFolder, plan: HubPlan, account: str, authority: bytes
) -> None:
    """Writes what `applying` puts in its place once the founding is signed."""
    FederationFile(
        name=plan.name,
        bus_url=plan.bus_url,
        root=b"",
        hub_account=account,
        authorities=authority,
    ).write(folder.ceremonies / FEDERATION_DRAFT)
    # Last: from here on the founding can be applied.
    write_settings(
        folder.ceremonies / SETTINGS_DRAFT,
        {
            "name": plan.name,
            "bus": "external" if plan.external_bus else "embedded",
            "bus_url": plan.bus_url,
            "bus_port": plan.bus_port,
        },
    )


def _make_stewards(
    folder: HubFolder, count: int, passphrase: bytes, cost: KdfCost | None
) -> Sequence[Steward]:
    stewards = []
    for number in range(1, count + 1):
        path = folder.stewards / f"steward-{number}.keys"
        # One may be left of an attempt that was cut short.
        signer = (
            open_signer(path, passphrase)
            if path.exists()
            else make_signer(path, passphrase, use=Use.STEWARD, cost=cost)
        )
        stewards.append(Steward(public=public_of(signer), name=path.stem))
    return stewards


def _slug(name: str) -> str:
    kept = "".join(c if c.isascii() and c.isalnum() else "-" for c in name.lower())
    return "-".join(part for part in kept.split("-") if part) or "federation"
