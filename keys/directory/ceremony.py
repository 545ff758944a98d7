"""What stewards may decide: each decision turns terms into other terms.

How the change is put before them is left to `proposal`, who must agree to `quorum`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from keys.directory.model import (
    FederationRecord,
    Membership,
    PartyLimits,
    PublishedKey,
    RevocationReason,
    Suspension,
)
from keys.directory.terms import RoleTerms, Steward, Terms
from keys.errors import CeremonyError
from keys.identity import PartyId

_SHORT_FINGERPRINT: Final = 8  # hexadecimal digits that a beginning needs


def admit(
    terms: Terms, *, party: PartyId, keys: Sequence[bytes], threshold: int
) -> Terms:
    """Lets `party` publish under `keys`, of which `threshold` must sign.

    Raises:
        CeremonyError: It is a party already.
    """
    if party in terms.targets.parties:
        raise CeremonyError(f"{party} is a party of this federation already")
    role = RoleTerms(keys=tuple(keys), threshold=threshold)
    return _with_parties(terms, {**terms.targets.parties, party: role})


def rekey(
    terms: Terms, *, party: PartyId, keys: Sequence[bytes], threshold: int
) -> Terms:
    """Gives `party` other role keys.

    What it published under its old keys counts no longer: it is out of the directory
    until it publishes again.

    Raises:
        CeremonyError: It is no party, or these are the keys that it has.
    """
    _check_party(terms, party)
    role = RoleTerms(keys=tuple(keys), threshold=threshold)
    if role.fingerprint == terms.targets.parties[party].fingerprint:
        raise CeremonyError(f"these are the role keys that {party} has already")
    return _with_parties(terms, {**terms.targets.parties, party: role})


def retire(terms: Terms, party: PartyId) -> Terms:
    """Lets `party` be one no more; what was decided about it goes with it.

    Raises:
        CeremonyError: It is no party.
    """
    _check_party(terms, party)
    kept = {p: role for p, role in terms.targets.parties.items() if p != party}
    return _with_parties(_decided(terms, Membership(party=party)), kept)


def suspend(terms: Terms, party: PartyId, *, since_ms: int, reason: str) -> Terms:
    """Lets `party` take no part from `since_ms` on, until it is reinstated.

    Raises:
        CeremonyError: It is no party, or no reason is given.
    """
    _check_party(terms, party)
    if not reason.strip():
        raise CeremonyError("a suspension has a reason, which every party can read")
    suspension = Suspension(since_ms=since_ms, reason=reason)
    membership = replace(terms.federation.membership(party), suspension=suspension)
    return _decided(terms, membership)


def reinstate(terms: Terms, party: PartyId) -> Terms:
    """Ends the suspension of `party`.

    Raises:
        CeremonyError: It is no party, or not suspended.
    """
    _check_party(terms, party)
    membership = terms.federation.membership(party)
    if membership.suspension is None:
        raise CeremonyError(f"{party} is not suspended")
    return _decided(terms, replace(membership, suspension=None))


def limit(terms: Terms, party: PartyId | None, limits: PartyLimits | None) -> Terms:
    """Sets what `party` may use of the hub, or every party that has no own limits.

    Args:
        terms: What is in force.
        party: Whom; None means every party.
        limits: None: the same as every party, or, for every party, as the hub sets it.

    Raises:
        CeremonyError: It is no party.
    """
    if party is None:
        return _with_record(
            terms, replace(terms.federation, common_limits=limits or PartyLimits())
        )
    _check_party(terms, party)
    return _decided(terms, replace(terms.federation.membership(party), limits=limits))


def add_steward(
    terms: Terms, steward: Steward, *, threshold: int | None = None
) -> Terms:
    """Makes somebody a steward.

    Raises:
        CeremonyError: The key is that of a steward already.
    """
    stewards = terms.root.stewards
    if any(steward.public == known.public for known in stewards):
        raise CeremonyError(f"{steward} is a steward already")
    return _with_stewards(terms, (*stewards, steward), threshold)


def remove_steward(
    terms: Terms, steward: Steward, *, threshold: int | None = None
) -> Terms:
    """Lets somebody be a steward no more."""
    kept = tuple(one for one in terms.root.stewards if one != steward)
    return _with_stewards(terms, kept, threshold)


def replace_steward(terms: Terms, steward: Steward, by: Steward) -> Terms:
    """Puts one steward, or a new key of the same one, in another's place.

    Raises:
        CeremonyError: The new key is that of a steward already.
    """
    return add_steward(remove_steward(terms, steward), by, threshold=None)


def set_threshold(terms: Terms, threshold: int) -> Terms:
    """Lets another number of stewards decide."""
    return _with_stewards(terms, terms.root.stewards, threshold)


def find_steward(terms: Terms, name: str) -> Steward:
    """Returns the steward whose name, or the beginning of whose fingerprint, it is.

    Raises:
        CeremonyError: It is nobody's, or that of several.
    """
    found = [
        steward
        for steward in terms.root.stewards
        if steward.name == name
        or (len(name) >= _SHORT_FINGERPRINT and steward.fingerprint.startswith(name))
    ]
    if len(found) != 1:
        known = "; ".join(map(str, terms.root.stewards))
        raise CeremonyError(
            f"{name!r} is {'nobody' if not found else 'more than one'} of: {known}"
        )
    return found[0]


def replace_online_key(terms: Terms, public: bytes) -> Terms:
    """Gives the hub another key for snapshot and timestamp."""
    return replace(terms, root=replace(terms.root, online_key=public))


def replace_receipts_key(
    terms: Terms, key: PublishedKey, *, end_ms: int, compromised: bool
) -> Terms:
    """Gives the hub another key for receipts; the old ones stay listed.

    Args:
        terms: What is in force.
        key: The new one.
        end_ms: From when on the old ones count no longer.
        compromised: Whether that is because somebody else may have them.
    """

    def ended(old: PublishedKey) -> PublishedKey:
        if old.revoked_at_ms is not None and old.revoked_at_ms <= end_ms:
            return old
        if compromised:
            return replace(
                old,
                revoked_at_ms=end_ms,
                revocation_reason=RevocationReason.KEY_COMPROMISE,
            )
        return replace(
            old,
            valid_to_ms=max(min(old.valid_to_ms, end_ms), old.valid_from_ms + 1),
        )

    keys = (*map(ended, terms.federation.hub_keys), key)
    return _with_record(terms, replace(terms.federation, hub_keys=keys))


def replace_log_key(terms: Terms, public: bytes) -> Terms:
    """Gives the log another key; what the old one signed stays verifiable."""
    federation = terms.federation
    former = (*federation.former_log_keys, federation.log_key)
    return _with_record(
        terms, replace(federation, log_key=public, former_log_keys=former)
    )


def replace_hub_account(terms: Terms, account: str) -> Terms:
    """Gives the hub another account on the bus."""
    return _with_record(terms, replace(terms.federation, hub_account=account))


def _check_party(terms: Terms, party: PartyId) -> None:
    if party not in terms.targets.parties:
        raise CeremonyError(f"{party} is not a party of this federation")


def _with_parties(terms: Terms, parties: Mapping[PartyId, RoleTerms]) -> Terms:
    return replace(terms, targets=replace(terms.targets, parties=parties))


def _with_record(terms: Terms, record: FederationRecord) -> Terms:
    return replace(terms, federation=record)


def _with_stewards(
    terms: Terms, stewards: tuple[Steward, ...], threshold: int | None
) -> Terms:
    threshold = terms.root.threshold if threshold is None else threshold
    root = replace(terms.root, stewards=stewards, threshold=threshold)
    return replace(terms, root=root)


def _decided(terms: Terms, membership: Membership) -> Terms:
    """Puts what was decided about one party in the place of what was before."""
    others = [
        one for one in terms.federation.memberships if one.party != membership.party
    ]
    if membership != Membership(party=membership.party):
        others.append(membership)
    memberships = tuple(sorted(others, key=lambda one: one.party))
    return _with_record(terms, replace(terms.federation, memberships=memberships))
