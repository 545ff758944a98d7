"""Makes a hub out of nothing, and admits a party with the stewards' keys at hand.

Running it is left to `hub`, making a party's node to `joining`.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from broker.app.bus_config import ExternalBus, write_bus_config
from broker.app.credentials import load_hub_keys, make_hub_keys
from broker.app.exchange_files import FederationFile, JoinRequest
from broker.app.folders import claim, write_settings
from broker.core.errors import ConfigurationError
from broker.settings import HubFolder
from keys.directory.archive import Archive
from keys.directory.ceremony import admit, found_federation
from keys.directory.model import FederationRecord, PublishedKey
from keys.directory.repository import Repository
from keys.directory.roles import DAY_MS, role_of
from keys.directory.signers import (
    Signer,
    role_key,
    role_public,
    role_signer,
    steward_signer,
)
from keys.directory.stewardship import party_roles, read_targets
from keys.keystore import KdfCost, load, save
from keys.nkeys import KEY_SIZE
from keys.notes import NoteKey

_HUB_KEY_LIFE_MS: Final = 3 * 366 * DAY_MS
# The hub's first receipts must not fall before its key's first moment, even on a
# machine whose clock is a little ahead of this one.
BACKDATE_MS: Final = 3_600_000


@dataclass(frozen=True, slots=True, kw_only=True)
class HubPlan:
    """What a new hub shall be.

    Attributes:
        name: Of the federation.
        stewards: How many stewards' keys to make.
        threshold: How many of them must agree.
        bus_url: Where parties reach the bus.
        bus_port: Where an embedded bus listens on the loopback address.
        external_bus: The nats-server to use instead of an embedded one.
    """

    name: str
    stewards: int = 1
    threshold: int = 1
    bus_url: str = "nats://127.0.0.1:4222"
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
    """Founds a federation and the hub that serves it, in a folder of its own.

    Raises:
        ConfigurationError: The folder is in use.
        CeremonyError: A threshold that cannot be met.
        KeystoreError: The folder cannot be written.
    """
    folder = HubFolder(root)
    claim(root, folder.settings)
    keys = make_hub_keys(folder.keys, passphrase, cost)
    stewards = _make_stewards(folder, plan.stewards, passphrase, cost)
    log_name = f"rogatory/{_slug(plan.name)}/{secrets.token_hex(4)}"
    record = FederationRecord(
        name=plan.name,
        hub_keys=(
            PublishedKey(
                key_id=keys.signing.public.key_id,
                key=keys.signing.public.raw,
                valid_from_ms=now_ms - BACKDATE_MS,
                valid_to_ms=now_ms + _HUB_KEY_LIFE_MS,
            ),
        ),
        log_origin=log_name,
        log_key=NoteKey(log_name, keys.log).verifier.public_key,
        hub_account=keys.account.public,
    )
    founding = found_federation(
        stewards=stewards,
        threshold=plan.threshold,
        online_key=role_public(keys.online),
        federation=record,
        now_ms=now_ms,
    )
    Repository.create(folder.directory, founding, role_signer(keys.online), now_ms)
    federation = FederationFile(
        name=plan.name,
        bus_url=plan.bus_url,
        root=founding.root,
        hub_account=keys.account.public,
    )
    federation.write(folder.federation)
    if plan.external_bus is not None:
        write_bus_config(folder, keys, plan.external_bus, now_ms)
    # Last: a folder with settings is a hub, whole.
    write_settings(
        folder.settings,
        {
            "name": plan.name,
            "bus": "external" if plan.external_bus else "embedded",
            "bus_url": plan.bus_url,
            "bus_port": plan.bus_port,
        },
    )
    return federation


def admit_party(
    root: Path, request: JoinRequest, passphrase: bytes, *, now_ms: int
) -> None:
    """Admits a party with the stewards' keys in the hub's folder.

    A running hub notices within a second. A party that has been admitted and has
    published, be it this or something newer, is left as it is.

    Raises:
        ConfigurationError: The stewards' keys are not here.
        CeremonyError: Not enough stewards, or the party is one already under
            another key.
        SubmissionError: What the party publishes does not hold.
        KeystoreError: A keystore cannot be opened.
    """
    folder = HubFolder(root)
    if _is_there(folder, request):
        return
    keys = load_hub_keys(folder.keys, passphrase)
    repository = Repository(folder.directory, role_signer(keys.online))
    files = sorted(folder.stewards.glob("*.keys"))
    if not files:
        raise ConfigurationError(f"no steward's key in {folder.stewards}")
    stewards = [steward_signer(load(file, passphrase)["steward"]) for file in files]
    current = repository.targets()
    if role_of(request.party) not in party_roles(read_targets(current).signed):
        targets = admit(
            current,
            party=request.party,
            keys=[request.role_key],
            threshold=1,
            stewards=stewards,
            now_ms=now_ms,
        )
        repository.install_targets(targets, now_ms)
    repository.accept(request.submission, now_ms)


def _is_there(folder: HubFolder, request: JoinRequest) -> bool:
    """Tells whether the party was admitted under this key, and has published."""
    archive = Archive(folder.directory)
    name = role_of(request.party)
    role = party_roles(read_targets(archive.targets()).signed).get(name)
    return (
        role is not None
        and role_key(request.role_key).keyid in role.keyids
        and archive.state().version_of(name) > 0
    )


def _make_stewards(
    folder: HubFolder, count: int, passphrase: bytes, cost: KdfCost | None
) -> Sequence[Signer]:
    stewards = []
    for number in range(1, count + 1):
        seed = secrets.token_bytes(KEY_SIZE)
        path = folder.stewards / f"steward-{number}.keys"
        save(path, {"steward": seed}, passphrase, cost=cost)
        stewards.append(steward_signer(seed))
    return stewards


def _slug(name: str) -> str:
    kept = "".join(c if c.isascii() and c.isalnum() else "-" for c in name.lower())
    return "-".join(part for part in kept.split("-") if part) or "federation"
