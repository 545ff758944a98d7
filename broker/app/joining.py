"""Makes a party's node, and the request that it be admitted.

Running it is left to `node`; deciding on the request, to the stewards.
"""

from dataclasses import dataclass, field
from pathlib import Path

from broker.app.credentials import Safekeeping, make_node_keys
from broker.app.exchange_files import FederationFile, JoinRequest
from broker.app.folders import claim, write_settings
from broker.core.codec.policy import encode_policy
from broker.core.errors import ConfigurationError
from broker.core.policy.rules import Policy
from broker.settings import NodeFolder
from keys.directory.codec import encode_party
from keys.directory.model import Contact, PartyRecord
from keys.directory.publishing import countersign, prepare
from keys.directory.renewal import published_key
from keys.directory.signers import public_of
from keys.identity import PartyId
from keys.keystore import KdfCost
from keys.token_uri import TokenUri


@dataclass(frozen=True, slots=True, kw_only=True)
class NodePlan:
    """What a new node shall be.

    Attributes:
        token: The token whose key protects the keystore, if one does.
        role_token: The token that holds the key of the party's role, if one does.
        role_pin: The PIN of `role_token`, when it is not what opens the keystore.
        role_keys: Public keys of the party's role that are kept elsewhere. With any,
            this node holds none, and the request lacks signatures.
        role_threshold: How many of the role's keys must sign what it publishes.
        after_version: What the party published last under keys that it has lost; 0
            for a party that is new.
    """

    party: PartyId
    name: str
    policy: Policy
    policy_text: str
    contact: Contact
    bus_url: str | None = None
    token: TokenUri | None = None
    role_token: TokenUri | None = None
    role_pin: bytes | None = field(default=None, repr=False)
    role_keys: tuple[bytes, ...] = ()
    role_threshold: int = 1
    after_version: int = 0


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
        TokenError: A token is not there, refuses the PIN, or has a key of that name.
    """
    folder = NodeFolder(root)
    if plan.policy.party != plan.party:
        raise ConfigurationError(
            f"the policy is that of {plan.policy.party}, not of {plan.party}"
        )
    _check_role(plan)
    claim(root, folder.settings)
    keeping = Safekeeping(
        token=plan.token,
        role_token=plan.role_token,
        role_elsewhere=bool(plan.role_keys),
        role_pin=plan.role_pin,
        cost=cost,
    )
    keys = make_node_keys(folder.keys, plan.party, passphrase, keeping)
    federation.write(folder.federation)
    folder.policy.write_text(plan.policy_text, encoding="utf-8")
    record = PartyRecord(
        party=plan.party,
        name=plan.name,
        signing_keys=(published_key(keys.holder.signing.public, now_ms),),
        encryption_keys=tuple(
            published_key(key.public, now_ms) for key in keys.encryption.values()
        ),
        account=keys.account.public,
        contact=plan.contact,
    )
    submission = prepare(
        plan.party,
        version=plan.after_version + 1,
        files={
            "record.pb": encode_party(record),
            "policy.pb": encode_policy(plan.policy),
        },
        now_ms=now_ms,
    )
    if keys.role is not None:
        submission = countersign(submission, keys.role)
    request = JoinRequest(
        party=plan.party,
        name=plan.name,
        role_keys=plan.role_keys or (public_of(keys.require_role()),),
        threshold=plan.role_threshold,
        submission=submission,
    )
    request.write(folder.join_request)
    write_settings(
        folder.settings,
        {
            "party": plan.party,
            "name": plan.name,
            "bus_url": plan.bus_url or federation.bus_url,
        },
    )
    return request


def _check_role(plan: NodePlan) -> None:
    if plan.role_keys and plan.role_token is not None:
        raise ConfigurationError(
            "the keys of the role are kept in this node's token, or elsewhere: not both"
        )
    if not 1 <= plan.role_threshold <= max(1, len(plan.role_keys)):
        raise ConfigurationError(
            f"{plan.role_threshold} of {max(1, len(plan.role_keys))} keys of the role "
            "cannot be a threshold"
        )
