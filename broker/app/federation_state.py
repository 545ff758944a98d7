"""What is in force in a federation, as its hub holds it, and what must be renewed.

Needs no key. How it is changed is left to `proposing` and `applying`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from broker.app.applying import basis_of
from broker.settings import HubFolder
from keys.directory.archive import Archive
from keys.directory.model import Membership, PartyLimits
from keys.directory.roles import DAY_MS, expiry_ms, instant, metadata_path, role_of
from keys.directory.stewardship import read_targets
from keys.directory.terms import RoleTerms, Terms
from keys.framing import sha256
from keys.identity import PartyId

RENEW_MS: Final = 30 * DAY_MS
"""Left of its life, when something must be renewed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyState:
    """One party, as the hub holds it.

    Attributes:
        role: Under which keys it publishes.
        published_version: Of what it published last; 0 when it never did.
        expires_ms: When it must have published again; None when it never did.
        membership: What stewards decided about it.
        limits: What it may use: its own limits, or those of every party.
    """

    party: PartyId
    role: RoleTerms
    published_version: int
    expires_ms: int | None
    membership: Membership
    limits: PartyLimits


@dataclass(frozen=True, slots=True, kw_only=True)
class FederationState:
    """Everything that is in force.

    Attributes:
        root_sha256: The fingerprint of the stewards' list, in hexadecimal.
        due: What must be renewed within 30 days, in sentences.
    """

    terms: Terms
    root_sha256: str
    parties: tuple[PartyState, ...]
    due: tuple[str, ...]


def federation_state(folder: HubFolder, now_ms: int) -> FederationState:
    """Returns what is in force.

    Raises:
        CeremonyError: It does not hold together: an apply was cut short.
        DirectoryStorageError: There is no federation, or it is damaged.
    """
    basis = basis_of(folder)
    terms = basis.terms()
    parties = tuple(_parties(folder, terms))
    return FederationState(
        terms=terms,
        root_sha256=sha256(basis.root).hex(),
        parties=parties,
        due=tuple(_due(terms, parties, now_ms)),
    )


def stewards_due(terms: Terms, now_ms: int) -> tuple[bool, bool]:
    """Tells whether the lists of stewards and of parties must be renewed now."""
    return (
        terms.root.expires_ms - now_ms < RENEW_MS,
        terms.targets.expires_ms - now_ms < RENEW_MS,
    )


def _parties(folder: HubFolder, terms: Terms) -> Iterator[PartyState]:
    archive = Archive(folder.directory)
    state = archive.state()
    for party, role in sorted(terms.targets.parties.items()):
        version = state.version_of(role_of(party))
        data = archive.read(metadata_path(role_of(party), version)) if version else None
        yield PartyState(
            party=party,
            role=role,
            published_version=version,
            expires_ms=None if data is None else expiry_ms(read_targets(data).signed),
            membership=terms.federation.membership(party),
            limits=terms.federation.limits(party),
        )


def _due(terms: Terms, parties: tuple[PartyState, ...], now_ms: int) -> Iterator[str]:
    for what, expires_ms in (
        ("the list of stewards", terms.root.expires_ms),
        ("the list of parties", terms.targets.expires_ms),
    ):
        if expires_ms - now_ms < RENEW_MS:
            yield f"{what} expires {instant(expires_ms)}: rogatory federation renew"
    newest = terms.federation.hub_keys[-1]  # a new one is listed last
    if newest.valid_to_ms - now_ms < RENEW_MS:
        yield (
            f"the hub's receipts key expires {instant(newest.valid_to_ms)}: rogatory "
            "federation hub-key --key receipts"
        )
    for one in parties:
        if one.expires_ms is not None and one.expires_ms - now_ms < RENEW_MS:
            yield (
                f"what {one.party} published expires {instant(one.expires_ms)}: its "
                "own operators publish again"
            )
