"""`rogatory federation show`: stewards, parties, standing, limits, and what is due."""

from collections.abc import Iterator
from dataclasses import asdict, fields
from typing import Any

from broker.app.federation_state import (
    FederationState,
    PartyState,
    federation_state,
)
from broker.cli.ceremonies import FolderArgument
from broker.cli.options import JsonOption
from broker.cli.output import print_json, print_table, say_item
from broker.core.status import iso_time
from broker.infra.clock import SYSTEM_CLOCK
from broker.settings import HubFolder
from keys.directory.model import FederationRecord, PartyLimits
from keys.directory.witnessing import witness_fingerprint
from keys.framing import sha256


def show(folder: FolderArgument, as_json: JsonOption = False) -> None:
    """Shows what is in force: stewards, parties, standing, limits, what is due."""
    state = federation_state(HubFolder(folder), SYSTEM_CLOCK.now_ms())
    if as_json:
        print_json(_fields(state))
        return
    _show_stewards(state)
    rows = [_row(one) for one in state.parties]
    print_table(
        ("party", "keys", "published", "standing", "limits"),
        rows,
        empty="No party was admitted yet.",
    )
    for sentence in state.due:
        say_item("due: ", sentence)


def _show_stewards(state: FederationState) -> None:
    root, record = state.terms.root, state.terms.federation
    targets = state.terms.targets
    say_item("", record.name)
    say_item(
        "  ",
        f"stewards' list version {root.version}, until {_date(root.expires_ms)}, "
        f"fingerprint {state.root_sha256}",
    )
    say_item(
        "  ",
        f"parties' list version {targets.version}, until {_date(targets.expires_ms)}",
    )
    say_item("  ", f"{root.threshold} of {len(root.stewards)} stewards decide:")
    names = [steward.name or "unnamed" for steward in root.stewards]
    width = max(map(len, names))
    for name, steward in zip(names, root.stewards, strict=True):
        say_item(f"    {name:{width}}  ", steward.fingerprint)
    say_item("  ", "keys of the hub:")
    say_item("    online    ", sha256(root.online_key).hex())
    say_item("    log       ", sha256(record.log_key).hex())
    say_item("    account   ", record.hub_account)
    for key in record.hub_keys:
        end = "revoked" if key.revoked_at_ms else f"until {_date(key.valid_to_ms)}"
        say_item("    receipts  ", f"{key.key_id.hex()} {end}")
    say_item("  ", _witness_quorum(record))
    for witness in record.witnesses:
        by = witness.party or "no party"
        fingerprint = witness_fingerprint(witness)
        say_item(f"    {witness.name}  ", f"run by {by}, {fingerprint}")
    common = "; ".join(_limits(record.common_limits)) or "as the hub sets them"
    say_item("  ", f"limits of every party: {common}")


def _row(one: PartyState) -> tuple[str, ...]:
    suspension = one.membership.suspension
    published = (
        f"version {one.published_version}, until {_date(one.expires_ms)}"
        if one.expires_ms is not None
        else "never"
    )
    own = one.membership.limits
    return (
        one.party,
        f"{one.role.threshold} of {len(one.role.keys)}",
        published,
        "good"
        if suspension is None
        else f"suspended since {_date(suspension.since_ms)}: {suspension.reason}",
        "of every party" if own is None else "; ".join(_limits(own)) or "none",
    )


def _fields(state: FederationState) -> dict[str, Any]:
    root, record = state.terms.root, state.terms.federation
    return {
        "federation": record.name,
        "root": {
            "version": root.version,
            "sha256": state.root_sha256,
            "expires": iso_time(root.expires_ms),
            "threshold": root.threshold,
            "stewards": [
                {"name": one.name, "sha256": one.fingerprint} for one in root.stewards
            ],
            "online_key_sha256": sha256(root.online_key).hex(),
        },
        "targets": {
            "version": state.terms.targets.version,
            "expires": iso_time(state.terms.targets.expires_ms),
        },
        "log_key_sha256": sha256(record.log_key).hex(),
        "hub_account": record.hub_account,
        "receipts_keys": [
            {
                "id": key.key_id.hex(),
                "valid_to": iso_time(key.valid_to_ms),
                "revoked": key.revoked_at_ms is not None,
            }
            for key in record.hub_keys
        ],
        "witness_quorum": record.witness_quorum,
        "witnesses": [
            {
                "name": one.name,
                "party": one.party,
                "sha256": witness_fingerprint(one),
            }
            for one in record.witnesses
        ],
        "common_limits": asdict(record.common_limits),
        "parties": [_party_fields(one) for one in state.parties],
        "due": list(state.due),
    }


def _party_fields(one: PartyState) -> dict[str, Any]:
    suspension = one.membership.suspension
    return {
        "party": one.party,
        "keys": len(one.role.keys),
        "threshold": one.role.threshold,
        "role_key_sha256": one.role.fingerprint,
        "published_version": one.published_version,
        "published_until": None if one.expires_ms is None else iso_time(one.expires_ms),
        "suspended_since": None
        if suspension is None
        else iso_time(suspension.since_ms),
        "suspension_reason": None if suspension is None else suspension.reason,
        "own_limits": one.membership.limits is not None,
        "limits": asdict(one.limits),
    }


def _witness_quorum(record: FederationRecord) -> str:
    if not record.witnesses:
        return "no witness cosigns the log"
    return (
        f"{record.witness_quorum} of {len(record.witnesses)} witnesses must cosign "
        "the log:"
    )


def _limits(limits: PartyLimits) -> Iterator[str]:
    for field in fields(PartyLimits):
        value = getattr(limits, field.name)
        if value is not None:
            yield f"{field.name.replace('_', ' ')} {value:,}"


def _date(at_ms: int) -> str:
    return iso_time(at_ms)[:10]
