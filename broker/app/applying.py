"""Carries out what stewards have signed, on the hub's folder.

Everything can be repeated: after a crash at any point, applying the same request again
goes on where it ended. How requests are made is left to `proposing`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from broker.app.ceremony_folder import (
    CeremonyFolder,
    CeremonyRecord,
    SignedBy,
    what_of,
)
from broker.app.exchange_files import FederationFile
from broker.app.hub_keys import held_keys, promote
from broker.infra.nats_store import check_stopped, move_streams
from broker.settings import HubFolder
from keys.directory.archive import TIMESTAMP_PATH, Archive
from keys.directory.ceremony_files import CeremonyRequest
from keys.directory.disk import locked
from keys.directory.model import FederationRecord
from keys.directory.proposal import Basis, Proposal, Review, review
from keys.directory.publishing import PartySubmission
from keys.directory.quorum import Agreement, CeremonySignature, agree
from keys.directory.repository import Repository
from keys.directory.signers import Signer, role_signer
from keys.directory.stewardship import Founding, read_root, read_targets
from keys.errors import CeremonyError, SubmissionError
from keys.framing import sha256

FEDERATION_DRAFT: Final = "federation.json"
SETTINGS_DRAFT: Final = "hub.toml"
"""Below the folder of ceremonies, while a federation is being founded."""
_AGAIN: Final = "make the request again, and have it signed again"


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A request with its signatures, looked into: it can be applied.

    Attributes:
        record: Of when it was applied; None when it has not been.
    """

    request: CeremonyRequest
    review: Review
    agreement: Agreement
    record: CeremonyRecord | None


def basis_of(folder: HubFolder) -> Basis:
    """Returns what is in force on a hub.

    Raises:
        DirectoryStorageError: There is no federation, or it is damaged.
    """
    archive = Archive(folder.directory)
    state = archive.state()
    return Basis(
        root=state.root,
        targets=archive.targets_of(state),
        federation=archive.federation(),
    )


def prepare(
    folder: HubFolder,
    request: CeremonyRequest,
    signatures: Sequence[CeremonySignature],
    now_ms: int,
) -> Prepared:
    """Looks whether a request can be applied; changes nothing.

    Raises:
        CeremonyError: It does not hold, stands on something older than what is in
            force, a signature does not count, or too few stewards signed.
        ConfigurationError: A record of ceremonies was damaged.
        DirectoryStorageError: The directory was damaged.
    """
    proposal = request.proposal
    reviewed = review(proposal, now_ms)
    agreement = agree(reviewed, signatures)
    record = CeremonyFolder(folder.ceremonies).record_of(proposal.digest)
    if record is None:
        _check_current(folder, proposal)
        if agreement.missing:
            raise CeremonyError("not enough: " + "; ".join(agreement.missing))
    return Prepared(
        request=request, review=reviewed, agreement=agreement, record=record
    )


def apply(
    folder: HubFolder, prepared: Prepared, passphrase: bytes, now_ms: int
) -> CeremonyRecord:
    """Puts a prepared request into force; a second time does nothing.

    1. The keys of the hub that the stewards name are at hand; the hub's own bus has
       stopped, if its account changes.
    2. Root, targets and record are installed (steps in `Repository`).
    3. The hub's keystore, its streams, and what parties are given to trust, follow.
    4. What parties handed in is published.
    5. The record is written: from here on it is done.

    Returns:
        The record, newly made or of the first time.

    Raises:
        CeremonyError: Something else was put into force meanwhile.
        ConfigurationError: The hub's keys are not those that the stewards name, the
            hub runs and must not, or a file cannot be written.
        DirectoryStorageError: The directory cannot be written.
        KeystoreError: The hub's keys cannot be read.
    """
    if prepared.record is not None:
        return prepared.record
    with locked(folder.ceremonies):
        ceremonies = CeremonyFolder(folder.ceremonies)
        proposal = prepared.review.proposal
        done = ceremonies.record_of(proposal.digest)
        if done is not None:
            return done
        _check_current(folder, proposal)
        accounts = _replaced_account(prepared.review)
        if accounts is not None:
            check_stopped(folder.bus)
        keys = held_keys(folder.keys, passphrase, prepared.review.after)  # 1
        online = role_signer(keys.wanted["online"])
        _install(folder, online, prepared, now_ms)  # 2
        promote(folder.keys, keys, passphrase)  # 3
        if accounts is not None:
            move_streams(folder.bus, *accounts)
        repository = Repository(folder.directory, online)
        _hand_out(folder, prepared.review.after.federation, repository.root())
        published, refused = _publish(
            repository, prepared.request.submissions, now_ms
        )  # 4
        return ceremonies.add(  # 5
            _record(prepared, repository, published, refused, now_ms)
        )


def is_current(folder: HubFolder, proposal: Proposal) -> bool:
    """Tells whether a proposal stands on what is in force, or is in force itself."""
    try:
        _check_current(folder, proposal)
    except CeremonyError:
        return False
    return True


def _check_current(folder: HubFolder, proposal: Proposal) -> None:
    """Refuses what was made on top of something else than what is in force.

    After a crash the proposed root may be in force and the targets not yet.
    """
    founded = Archive(folder.directory).read(TIMESTAMP_PATH) is not None
    if not founded:
        if proposal.basis is not None:
            raise CeremonyError("no federation was founded in this folder yet")
        return
    current = basis_of(folder)
    roots = [] if proposal.basis is None else [proposal.basis.root]
    targets = [] if proposal.basis is None else [proposal.basis.targets]
    if proposal.root is not None:
        roots.append(proposal.root)
    targets.append(proposal.targets)
    if not any(_same_root(current.root, one) for one in roots) or not any(
        _same_targets(current.targets, one) for one in targets
    ):
        raise CeremonyError(
            "the request stands on something else than what is in force: " + _AGAIN
        )


def _install(
    folder: HubFolder, online: Signer, prepared: Prepared, now_ms: int
) -> None:
    proposal, agreement = prepared.review.proposal, prepared.agreement
    if Archive(folder.directory).read(TIMESTAMP_PATH) is None:
        if agreement.root is None:
            raise CeremonyError("no federation was founded in this folder yet")
        founding = Founding(
            root=agreement.root,
            targets=agreement.targets,
            federation=proposal.federation,
        )
        Repository.create(folder.directory, founding, online, now_ms)
        return
    current, repository = basis_of(folder), Repository(folder.directory, online)
    # The timestamp that names the targets is written last: all of it is there.
    if _same_targets(current.targets, agreement.targets):
        return
    if agreement.root is None or _same_root(current.root, agreement.root):
        repository.install_targets(
            agreement.targets, now_ms, federation=proposal.federation
        )
    else:
        repository.install_root(
            agreement.root,
            now_ms,
            targets=agreement.targets,
            federation=proposal.federation,
        )


def _hand_out(folder: HubFolder, record: FederationRecord, root: bytes) -> None:
    """Lets parties that join from now on trust the newest stewards.

    At a founding, what `founding` has laid ready is put in its place; the settings at
    last, since a folder with settings is a hub, whole.
    """
    founded = folder.federation.exists()
    held = FederationFile.read(
        folder.federation if founded else folder.ceremonies / FEDERATION_DRAFT
    )
    wanted = replace(held, name=record.name, root=root, hub_account=record.hub_account)
    if not founded or held != wanted:
        part = folder.ceremonies / ".federation.json"
        wanted.write(part)
        part.replace(folder.federation)
    settings = folder.ceremonies / SETTINGS_DRAFT
    if settings.exists():
        settings.replace(folder.settings)


def _publish(
    repository: Repository, submissions: Sequence[PartySubmission], now_ms: int
) -> tuple[list[str], list[str]]:
    """Takes what parties handed in. One that is refused does not undo the ceremony."""
    published, refused = [], []
    for submission in submissions:
        try:
            repository.accept(submission, now_ms)
        except SubmissionError as error:
            refused.append(f"{submission.party}: {error}")
        else:
            published.append(str(submission.party))
    return published, refused


def _replaced_account(review: Review) -> tuple[str, str] | None:
    """Returns the hub's old and new account on the bus, if it changes."""
    if review.before is None:
        return None
    old, new = review.before.federation.hub_account, review.after.federation.hub_account
    return None if old == new else (old, new)


def _record(
    prepared: Prepared,
    repository: Repository,
    published: Sequence[str],
    refused: Sequence[str],
    now_ms: int,
) -> CeremonyRecord:
    after, root = prepared.review.after, repository.root()
    return CeremonyRecord(
        number=0,
        request=prepared.review.proposal.digest.hex(),
        what=what_of(prepared.review.changes),
        applied_at_ms=now_ms,
        changes=tuple(change.sentence for change in prepared.review.changes),
        signed_by=tuple(_signed_by(prepared.agreement)),
        root_version=after.root.version,
        root_sha256=sha256(root).hex(),
        targets_version=after.targets.version,
        published=tuple(published),
        not_published=tuple(refused),
    )


def _signed_by(agreement: Agreement) -> Iterator[SignedBy]:
    for steward, at_ms in agreement.signed:
        yield SignedBy(
            name=steward.name, fingerprint=steward.fingerprint, signed_at_ms=at_ms
        )


def _same_root(one: bytes, other: bytes) -> bool:
    return read_root(one).signed_bytes == read_root(other).signed_bytes


def _same_targets(one: bytes, other: bytes) -> bool:
    return read_targets(one).signed_bytes == read_targets(other).signed_bytes
