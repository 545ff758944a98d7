"""Makes a hub or a node out of nothing, and admits a party to a federation.

Running them is left to the siblings; ceremonies that keep stewards' keys apart from
the hub are made of the same steps.
"""

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from broker.app.bus_config import ExternalBus, write_bus_config
from broker.app.credentials import load_hub_keys, make_hub_keys, make_node_keys
from broker.app.exchange_files import FederationFile, JoinRequest
from broker.core.codec.policy import encode_policy
from broker.core.errors import ConfigurationError
from broker.core.policy.rules import Policy
from broker.settings import HubFolder, NodeFolder
from keys.directory.archive import Archive
from keys.directory.ceremony import admit, found_federation
from keys.directory.codec import encode_party
from keys.directory.model import Contact, FederationRecord, PartyRecord, PublishedKey
from keys.directory.publishing import publish
from keys.directory.repository import Repository
from keys.directory.roles import role_of
from keys.directory.signers import (
    Signer,
    role_key,
    role_public,
    role_signer,
    steward_signer,
)
from keys.directory.stewardship import party_roles, read_targets
from keys.identity import KeyId, PartyId
from keys.keystore import KdfCost, load, save
from keys.nkeys import KEY_SIZE
from keys.notes import NoteKey

_DAY_MS: Final = 86_400_000
# Until keys are rotated automatically, an operator must have the time to do it.
_OPERATIONAL_LIFE_MS: Final = 366 * _DAY_MS
_HUB_KEY_LIFE_MS: Final = 3 * 366 * _DAY_MS
# The hub's first receipts must not fall before its key's first moment, even on a
# machine whose clock is a little ahead of this one.
_BACKDATE_MS: Final = 3_600_000


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


@dataclass(frozen=True, slots=True, kw_only=True)
class NodePlan:
    """What a new node shall be."""

    party: PartyId
    name: str
    policy: Policy
    policy_text: str
    contact: Contact
    bus_url: str | None = None


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
    _claim(root, folder.settings)
    keys = make_hub_keys(folder.keys, passphrase, cost)
    stewards = _make_stewards(folder, plan.stewards, passphrase, cost)
    log_name = f"rogatory/{_slug(plan.name)}/{secrets.token_hex(4)}"
    record = FederationRecord(
        name=plan.name,
        hub_keys=(
            PublishedKey(
                key_id=keys.signing.public.key_id,
                key=keys.signing.public.raw,
                valid_from_ms=now_ms - _BACKDATE_MS,
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
    _write_settings(
        folder.settings,
        {
            "name": plan.name,
            "bus": "external" if plan.external_bus else "embedded",
            "bus_url": plan.bus_url,
            "bus_port": plan.bus_port,
        },
    )
    return federation


def make_node(
    root: Path,
    plan: NodePlan,
    federation: FederationFile,
    passphrase: bytes,
    *,
    now_ms: int,
    cost: KdfCost | None = None,
) -> JoinRequest:
    """Makes a party's node, and what the stewards need to admit it.

    Raises:
        ConfigurationError: The folder is in use, or the policy is another party's.
        KeystoreError: The folder cannot be written.
    """
    folder = NodeFolder(root)
    if plan.policy.party != plan.party:
        raise ConfigurationError(
            f"the policy is that of {plan.policy.party}, not of {plan.party}"
        )
    _claim(root, folder.settings)
    keys = make_node_keys(folder.keys, plan.party, passphrase, cost)
    federation.write(folder.federation)
    folder.policy.write_text(plan.policy_text, encoding="utf-8")
    validity = (now_ms - _BACKDATE_MS, now_ms + _OPERATIONAL_LIFE_MS)
    signing = keys.holder.signing.public
    record = PartyRecord(
        party=plan.party,
        name=plan.name,
        signing_keys=(_published(signing.key_id, signing.raw, validity),),
        encryption_keys=tuple(
            _published(key.public.key_id, key.public.raw, validity)
            for key in keys.holder.encryption.values()
        ),
        account=keys.account.public,
        contact=plan.contact,
    )
    request = JoinRequest(
        party=plan.party,
        name=plan.name,
        role_key=role_public(keys.role),
        submission=publish(
            plan.party,
            signers=[role_signer(keys.role)],
            version=1,
            files={
                "record.pb": encode_party(record),
                "policy.pb": encode_policy(plan.policy),
            },
            now_ms=now_ms,
        ),
    )
    request.write(folder.join_request)
    _write_settings(
        folder.settings,
        {
            "party": plan.party,
            "name": plan.name,
            "bus_url": plan.bus_url or federation.bus_url,
        },
    )
    return request


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


def _published(key_id: bytes, raw: bytes, validity: tuple[int, int]) -> PublishedKey:
    return PublishedKey(
        key_id=KeyId(key_id),
        key=raw,
        valid_from_ms=validity[0],
        valid_to_ms=validity[1],
    )


def _claim(root: Path, settings: Path) -> None:
    if settings.exists():
        raise ConfigurationError(
            f"{root} is in use already; choose another folder, or remove it first"
        )
    try:
        root.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise ConfigurationError(f"cannot make {root}: {error.strerror}") from error


def _write_settings(path: Path, values: dict[str, str | int]) -> None:
    # JSON strings and integers are TOML strings and integers.
    lines = [f"{name} = {json.dumps(value)}" for name, value in values.items()]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _slug(name: str) -> str:
    kept = "".join(c if c.isascii() and c.isalnum() else "-" for c in name.lower())
    return "-".join(part for part in kept.split("-") if part) or "federation"
