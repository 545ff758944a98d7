"""What a ceremony changes, in sentences that are computed from its content.

Nothing that a request says about itself is used. A difference without a sentence is
refused, since a steward would sign what nobody has shown.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from enum import StrEnum, unique
from typing import Final

from keys.directory.model import (
    FederationRecord,
    Membership,
    PartyLimits,
    PublishedKey,
    Suspension,
)
from keys.directory.roles import instant
from keys.directory.terms import RoleTerms, RootTerms, Steward, Terms
from keys.directory.witnessing import witness_sentences
from keys.errors import CeremonyError
from keys.framing import sha256
from keys.identity import PartyId

_SHORT: Final = 16  # hexadecimal digits of a key that was seen in full before


@unique
class Topic(StrEnum):
    """What a change is about."""

    FOUND = "found"
    STEWARDS = "stewards"
    HUB_KEY = "hub-key"
    RENAME = "rename"
    ENROL = "enrol"
    REKEY = "rekey"
    RETIRE = "retire"
    SUSPEND = "suspend"
    REINSTATE = "reinstate"
    LIMIT = "limit"
    WITNESS = "witness"
    RENEW = "renew"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One thing that becomes different.

    Attributes:
        sentence: What, in words that a steward can compare with what was agreed.
    """

    topic: Topic
    sentence: str


def describe(before: Terms | None, after: Terms) -> tuple[Change, ...]:
    """Returns everything in which `after` differs from `before`.

    Args:
        before: What stands; None when a federation is founded.
        after: What shall stand.

    Raises:
        CeremonyError: Something differs that has no sentence, or that no ceremony
            may change.
    """
    if before is None:
        return tuple(_founding(after))
    return (
        *_stewards(before.root, after.root),
        *_federation(before.federation, after.federation),
        *_parties(before.targets.parties, after.targets.parties),
        *_renewals(before, after),
    )


def _founding(after: Terms) -> Iterator[Change]:
    federation, root = after.federation, after.root
    if federation.memberships or federation.former_log_keys or after.targets.parties:
        raise CeremonyError("a federation is founded without any party or past")
    if federation.common_limits != PartyLimits():
        yield from _limits("every party", PartyLimits(), federation.common_limits)
    for sentence in witness_sentences(None, federation):
        yield _change(Topic.WITNESS, sentence)
    yield _change(Topic.FOUND, f"founds the federation {federation.name!r}")
    for steward in root.stewards:
        yield _change(Topic.FOUND, f"makes a steward of {_in_full(steward)}")
    yield _change(
        Topic.FOUND, f"lets {root.threshold} of {len(root.stewards)} stewards decide"
    )
    yield _change(
        Topic.FOUND, f"gives the hub the online key {_digest(root.online_key)}"
    )
    for key in federation.hub_keys:
        yield _change(Topic.FOUND, f"gives the hub the {_receipts_key(key)}")
    yield _change(
        Topic.FOUND,
        f"names the log {federation.log_origin}, with the key "
        f"{_digest(federation.log_key)}",
    )
    yield _change(
        Topic.FOUND, f"gives the hub the account {federation.hub_account} on the bus"
    )
    yield _change(
        Topic.FOUND,
        f"holds until {instant(root.expires_ms)} (stewards) and "
        f"{instant(after.targets.expires_ms)} (parties)",
    )


def _stewards(before: RootTerms, after: RootTerms) -> Iterator[Change]:
    old = {steward.public: steward for steward in before.stewards}
    new = {steward.public: steward for steward in after.stewards}
    for public, steward in new.items():
        if public not in old:
            yield _change(Topic.STEWARDS, f"adds the steward {_in_full(steward)}")
        elif old[public].name != steward.name:
            yield _change(
                Topic.STEWARDS,
                f"calls the steward {old[public]} {steward.name!r} from now on",
            )
    for public, steward in old.items():
        if public not in new:
            yield _change(Topic.STEWARDS, f"removes the steward {steward}")
    if (before.threshold, len(old)) != (after.threshold, len(new)):
        yield _change(
            Topic.STEWARDS,
            f"lets {after.threshold} of {len(new)} stewards decide, until now "
            f"{before.threshold} of {len(old)}",
        )
    if before.online_key != after.online_key:
        yield _change(
            Topic.HUB_KEY,
            f"gives the hub another online key: {_digest(after.online_key)} instead of "
            f"{_digest(before.online_key)[:_SHORT]}…",
        )


def _federation(before: FederationRecord, after: FederationRecord) -> Iterator[Change]:
    shown = replace(
        before,
        name=after.name,
        hub_keys=after.hub_keys,
        log_key=after.log_key,
        hub_account=after.hub_account,
        former_log_keys=after.former_log_keys,
        memberships=after.memberships,
        common_limits=after.common_limits,
        witnesses=after.witnesses,
        witness_quorum=after.witness_quorum,
    )
    if shown != after:
        raise CeremonyError(
            "something in the federation record differs that cannot be shown, or that "
            "no ceremony changes: it must not be signed"
        )
    if before.name != after.name:
        yield _change(
            Topic.RENAME,
            f"names the federation {after.name!r}, until now {before.name!r}",
        )
    yield from _hub_keys(before.hub_keys, after.hub_keys)
    yield from _log_keys(before, after)
    if before.hub_account != after.hub_account:
        yield _change(
            Topic.HUB_KEY,
            f"gives the hub another account on the bus: {after.hub_account} instead of "
            f"{before.hub_account}",
        )
    yield from _memberships(before, after)
    yield from _limits("every party", before.common_limits, after.common_limits)
    for sentence in witness_sentences(before, after):
        yield _change(Topic.WITNESS, sentence)


def _hub_keys(
    before: tuple[PublishedKey, ...], after: tuple[PublishedKey, ...]
) -> Iterator[Change]:
    old = {key.key_id: key for key in before}
    for key in after:
        known = old.pop(key.key_id, None)
        if known is None:
            yield _change(Topic.HUB_KEY, f"gives the hub the {_receipts_key(key)}")
        elif known != key:
            yield _ended_key(known, key)
    if old:
        raise CeremonyError(
            "a receipts key of the hub would be listed no more, and what it signed "
            "could not be verified"
        )


def _ended_key(before: PublishedKey, after: PublishedKey) -> Change:
    shown = replace(
        before,
        valid_to_ms=after.valid_to_ms,
        revoked_at_ms=after.revoked_at_ms,
        revocation_reason=after.revocation_reason,
    )
    if shown != after:
        raise CeremonyError("a receipts key of the hub cannot begin at another time")
    if before.revoked_at_ms is not None and (
        after.revoked_at_ms is None or after.revoked_at_ms > before.revoked_at_ms
    ):
        raise CeremonyError("the revocation of a key of the hub cannot be withdrawn")
    name = f"receipts key {after.key_id.hex()[:_SHORT]}… of the hub"
    parts = []
    if before.valid_to_ms != after.valid_to_ms:
        parts.append(
            f"lets the {name} end at {instant(after.valid_to_ms)}, until now at "
            f"{instant(before.valid_to_ms)}"
        )
    if after.revoked_at_ms is not None:
        reason = after.revocation_reason
        parts.append(
            f"revokes the {name} as of {instant(after.revoked_at_ms)}"
            f" ({reason.value if reason else 'no reason given'})"
        )
    return _change(Topic.HUB_KEY, "; ".join(parts))


def _log_keys(before: FederationRecord, after: FederationRecord) -> Iterator[Change]:
    if before.log_key == after.log_key:
        expected = before.former_log_keys
    else:
        expected = (*before.former_log_keys, before.log_key)
        yield _change(
            Topic.HUB_KEY,
            f"gives the log another key: {_digest(after.log_key)} instead of "
            f"{_digest(before.log_key)[:_SHORT]}…, whose signatures still count",
        )
    if after.former_log_keys != expected:
        raise CeremonyError(
            "the former keys of the log are those that were in force, and no others"
        )


def _memberships(before: FederationRecord, after: FederationRecord) -> Iterator[Change]:
    named = {m.party for m in (*before.memberships, *after.memberships)}
    for party in sorted(named):
        old, new = before.membership(party), after.membership(party)
        if new != Membership(
            party=party, suspension=new.suspension, limits=new.limits
        ):  # pragma: no cover - only when a membership learns to say more
            raise CeremonyError(f"what is decided about {party} cannot be shown")
        yield from _suspension(party, old.suspension, new.suspension)
        if (old.limits is None) != (new.limits is None):
            own = "limits of its own" if new.limits else "the limits of every party"
            yield _change(Topic.LIMIT, f"gives {party} {own}")
        yield from _limits(
            party,
            before.common_limits if old.limits is None else old.limits,
            after.common_limits if new.limits is None else new.limits,
        )


def _suspension(
    party: PartyId, before: Suspension | None, after: Suspension | None
) -> Iterator[Change]:
    if before == after:
        return
    if after is None:
        yield _change(Topic.REINSTATE, f"reinstates {party}: it takes part again")
    else:
        yield _change(
            Topic.SUSPEND,
            f"suspends {party} as of {instant(after.since_ms)}: {after.reason}"
            + (f" (until now as of {instant(before.since_ms)})" if before else ""),
        )


def _limits(whose: str, before: PartyLimits, after: PartyLimits) -> Iterator[Change]:
    for field in fields(PartyLimits):
        old, new = getattr(before, field.name), getattr(after, field.name)
        if old != new:
            what = field.name.replace("_", " ")
            yield _change(
                Topic.LIMIT, f"limits of {whose}: {what} {_limit(old)} → {_limit(new)}"
            )


def _limit(value: int | None) -> str:
    return "as the hub sets it" if value is None else f"{value:,}"


def _parties(
    before: Mapping[PartyId, RoleTerms], after: Mapping[PartyId, RoleTerms]
) -> Iterator[Change]:
    for party, role in after.items():
        keys = "1 key" if len(role.keys) == 1 else f"{len(role.keys)} keys"
        under = f"{keys}, of which {role.threshold} must sign: {role.fingerprint}"
        if party not in before:
            yield _change(Topic.ENROL, f"admits {party} under {under}")
        elif before[party] != role:
            yield _change(
                Topic.REKEY,
                f"gives {party} other role keys, {under}; what was signed with those "
                "that are named no more counts no longer",
            )
    for party in before:
        if party not in after:
            yield _change(
                Topic.RETIRE, f"retires {party}: nothing that it publishes counts"
            )


def _renewals(before: Terms, after: Terms) -> Iterator[Change]:
    for what, old, new in (
        ("list of stewards", before.root, after.root),
        ("list of parties", before.targets, after.targets),
    ):
        if (old.version, old.expires_ms) != (new.version, new.expires_ms):
            yield _change(
                Topic.RENEW,
                f"the {what} becomes version {new.version} and holds until "
                f"{instant(new.expires_ms)}, until now {instant(old.expires_ms)}",
            )


def _in_full(steward: Steward) -> str:
    return f"{steward.name or 'unnamed'}: {steward.fingerprint}"


def _receipts_key(key: PublishedKey) -> str:
    revoked = "" if key.revoked_at_ms is None else ", revoked already"
    return (
        f"receipts key {key.key_id.hex()}, from {instant(key.valid_from_ms)} to "
        f"{instant(key.valid_to_ms)}{revoked}"
    )


def _digest(public: bytes) -> str:
    return sha256(public).hex()


def _change(topic: Topic, sentence: str) -> Change:
    return Change(topic=topic, sentence=sentence)
