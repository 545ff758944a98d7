"""Makes a party's node, and the request that it be admitted.

Running it is left to `node`; deciding on the request, to the stewards.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from broker.app.credentials import make_node_keys
from broker.app.exchange_files import FederationFile, JoinRequest
from broker.app.folders import claim, write_settings
from broker.core.codec.policy import encode_policy
from broker.core.errors import ConfigurationError
from broker.core.policy.rules import Policy
from broker.settings import NodeFolder
from keys.directory.codec import encode_party
from keys.directory.model import Contact, PartyRecord, PublishedKey
from keys.directory.publishing import publish
from keys.directory.roles import DAY_MS
from keys.directory.signers import (
    role_public,
    role_signer,
)
from keys.identity import KeyId, PartyId
from keys.keystore import KdfCost

# Until keys are rotated automatically, an operator must have the time to do it.
_OPERATIONAL_LIFE_MS: Final = 366 * DAY_MS
# A hub whose clock is a little behind must not refuse what is sealed first.
_BACKDATE_MS: Final = 3_600_000


@dataclass(frozen=True, slots=True, kw_only=True)
class NodePlan:
    """What a new node shall be."""

    party: PartyId
    name: str
    policy: Policy
    policy_text: str
    contact: Contact
    bus_url: str | None = None


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
    claim(root, folder.settings)
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
    write_settings(
        folder.settings,
        {
            "party": plan.party,
            "name": plan.name,
            "bus_url": plan.bus_url or federation.bus_url,
        },
    )
    return request


def _published(key_id: bytes, raw: bytes, validity: tuple[int, int]) -> PublishedKey:
    return PublishedKey(
        key_id=KeyId(key_id),
        key=raw,
        valid_from_ms=validity[0],
        valid_to_ms=validity[1],
    )
