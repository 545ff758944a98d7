"""A change that stewards are asked to sign: what it stands on, what shall stand.

It is judged by its content alone. Who must sign is left to `quorum`, how it travels to
`ceremony_files`.
"""

from dataclasses import dataclass, replace
from typing import Final

from tuf.api.exceptions import UnsignedMetadataError
from tuf.api.metadata import Metadata, Root, Targets

from keys.directory.codec import encode_federation
from keys.directory.differences import Change, describe
from keys.directory.model import FederationRecord
from keys.directory.roles import DAY_MS, ROOT_LIFE_MS, TARGETS_LIFE_MS, instant
from keys.directory.stewardship import read_root, read_targets
from keys.directory.terms import (
    RootTerms,
    Steward,
    TargetsTerms,
    Terms,
    read_terms,
    root_of,
    targets_of,
)
from keys.errors import CeremonyError
from keys.framing import labelled_digest

CLOCK_SKEW_MS: Final = DAY_MS  # by which the proposer's clock may be ahead
_LABEL: Final = b"rogatory/ceremony/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """What is in force: two signed documents, and the record that one of them names."""

    root: bytes
    targets: bytes
    federation: bytes

    def terms(self) -> Terms:
        """Returns what it says.

        Raises:
            CeremonyError: The stewards of the root did not sign it, or it does not
                belong together.
        """
        root, targets = read_root(self.root), read_targets(self.targets)
        try:
            for role, document in ((Root.type, root), (Targets.type, targets)):
                root.signed.verify_delegate(
                    role, document.signed_bytes, document.signatures
                )
        except UnsignedMetadataError as error:
            raise CeremonyError(
                f"what is in force was not signed by enough stewards: {error}. If a "
                "request was being applied, apply it again"
            ) from error
        return read_terms(self.root, self.targets, self.federation)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What stewards are asked to sign.

    Attributes:
        basis: What it stands on; None when a federation is founded.
        root: The next root, without signatures; None when it stays.
        targets: The next targets metadata, without signatures.
        federation: The federation record that `targets` names.
    """

    basis: Basis | None
    root: bytes | None
    targets: bytes
    federation: bytes

    @property
    def digest(self) -> bytes:
        """What stewards compare to know that they look at the same, 32 bytes."""
        basis = self.basis
        stands_on = (
            [] if basis is None else [basis.root, basis.targets, basis.federation]
        )
        root = [] if self.root is None else [self.root]
        return labelled_digest(
            _LABEL,
            len(stands_on).to_bytes(1, "big"),
            *stands_on,
            *root,
            self.targets,
            self.federation,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """A proposal that was looked into and holds.

    Attributes:
        proposal: As it came.
        before: What stands; None when a federation is founded.
        after: What shall stand.
        changes: Everything in which the two differ.
    """

    proposal: Proposal
    before: Terms | None
    after: Terms
    changes: tuple[Change, ...]


def propose(
    basis: Basis, after: Terms, now_ms: int, *, renew_root: bool = False
) -> Proposal:
    """Returns the request that `after` be in force. Versions and expiries are set here.

    Args:
        basis: What is in force.
        after: What shall be: what `basis` says, changed (`ceremony`).
        now_ms: The present; what is signed expires a year later.
        renew_root: Whether the root lives for another year, be it changed or not.

    Raises:
        CeremonyError: It cannot stand.
        KeyFormatError: A key that is none.
        RecordError: A federation record with an impossible field.
    """
    before = basis.terms()
    root = replace(
        after.root,
        version=before.root.version + 1,
        expires_ms=_whole_seconds(now_ms + ROOT_LIFE_MS),
    )
    targets = replace(
        after.targets,
        version=before.targets.version + 1,
        expires_ms=_whole_seconds(now_ms + TARGETS_LIFE_MS),
    )
    changed = renew_root or after.root != before.root
    proposal = _written(basis, root if changed else None, targets, after.federation)
    review(proposal, now_ms)
    return proposal


def propose_founding(
    *,
    stewards: tuple[Steward, ...],
    threshold: int,
    online_key: bytes,
    federation: FederationRecord,
    now_ms: int,
) -> Proposal:
    """Returns the request that a federation be founded.

    Args:
        stewards: All of them; each has to sign, and so shows that it holds its key.
        threshold: How many must agree from then on.
        online_key: The hub's public online key, 32 bytes: it signs snapshot and
            timestamp, and nothing else.
        federation: What the stewards say about the federation.
        now_ms: The present; what is signed expires a year later.

    Raises:
        CeremonyError: A threshold that cannot be met, or a steward named twice.
        KeyFormatError: A key that is none.
        RecordError: A federation record, or a name, with an impossible field.
    """
    root = RootTerms(
        version=1,
        expires_ms=_whole_seconds(now_ms + ROOT_LIFE_MS),
        stewards=stewards,
        threshold=threshold,
        online_key=online_key,
    )
    targets = TargetsTerms(
        version=1, expires_ms=_whole_seconds(now_ms + TARGETS_LIFE_MS), parties={}
    )
    proposal = _written(None, root, targets, federation)
    review(proposal, now_ms)
    return proposal


def review(proposal: Proposal, now_ms: int) -> Review:
    """Returns what a proposal would change, when it may be signed and applied.

    1. What it stands on is what enough of its stewards signed.
    2. What it proposes has its one form, and bears no signature yet.
    3. It is the next version, and lives for a year at most.
    4. Every difference can be shown.

    Raises:
        CeremonyError: Names the first thing that is wrong.
    """
    basis = proposal.basis
    before = None if basis is None else basis.terms()  # 1
    after = _proposed(proposal)  # 2
    if proposal.root is not None:  # 3
        _check_succession(
            before.root if before else None, after.root, ROOT_LIFE_MS, now_ms
        )
    _check_succession(
        before.targets if before else None, after.targets, TARGETS_LIFE_MS, now_ms
    )
    return Review(
        proposal=proposal,
        before=before,
        after=after,
        changes=describe(before, after),  # 4
    )


def _proposed(proposal: Proposal) -> Terms:
    basis, root = proposal.basis, proposal.root
    if root is None:
        if basis is None:
            raise CeremonyError("a federation is founded by a root")
        after = read_terms(basis.root, proposal.targets, proposal.federation)
    else:
        after = read_terms(root, proposal.targets, proposal.federation)
    # To the byte: what is signed is what was shown, and nothing else can be.
    written = _written(
        basis, None if root is None else after.root, after.targets, after.federation
    )
    if written != proposal:
        raise CeremonyError(
            "the request is not in its one form, bears signatures already, or was made "
            "by another release of this software"
        )
    return after


def _written(
    basis: Basis | None,
    root: RootTerms | None,
    targets: TargetsTerms,
    record: FederationRecord,
) -> Proposal:
    federation = encode_federation(record)
    return Proposal(
        basis=basis,
        root=None if root is None else Metadata(root_of(root)).to_bytes(),
        targets=Metadata(targets_of(targets, federation)).to_bytes(),
        federation=federation,
    )


def _check_succession(
    before: RootTerms | TargetsTerms | None,
    after: RootTerms | TargetsTerms,
    life_ms: int,
    now_ms: int,
) -> None:
    due = 1 if before is None else before.version + 1
    what = "stewards" if isinstance(after, RootTerms) else "parties"
    if after.version != due:
        raise CeremonyError(
            f"version {after.version} of the list of {what} is proposed, {due} is due"
        )
    left_ms = after.expires_ms - now_ms
    if not 0 < left_ms <= life_ms + CLOCK_SKEW_MS:
        raise CeremonyError(
            f"the list of {what} would hold until {instant(after.expires_ms)}: not "
            f"within the next {life_ms // DAY_MS} days, or a clock is wrong"
        )


def _whole_seconds(at_ms: int) -> int:
    return at_ms // 1000 * 1000
