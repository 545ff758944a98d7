"""Makes requests to the stewards, on the hub's folder, and signs those it can itself.

What may be decided is left to `keys.directory.ceremony`, carrying it out to `applying`.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from broker.app.applying import basis_of
from broker.app.ceremony_folder import CeremonyFolder
from broker.app.exchange_files import JoinRequest
from broker.app.hub_keys import (
    HubKey,
    account_public,
    log_public,
    receipts_key,
    stage,
)
from broker.core.errors import ConfigurationError
from broker.settings import HubFolder
from keys.custody import open_signer
from keys.directory.archive import Archive
from keys.directory.ceremony import (
    admit,
    rekey,
    replace_hub_account,
    replace_log_key,
    replace_online_key,
    replace_receipts_key,
)
from keys.directory.ceremony_files import CeremonyRequest
from keys.directory.model import PartyRecord
from keys.directory.proposal import Proposal, Review, propose, review
from keys.directory.publishing import PartySubmission
from keys.directory.quorum import CeremonySignature, sign, stewards_asked
from keys.directory.registrar import check_submission
from keys.directory.roles import DAY_MS
from keys.directory.signers import role_public
from keys.directory.stewardship import read_targets
from keys.directory.terms import Terms
from keys.keystore import KdfCost
from keys.signing import SigningKey

OVERLAP_MS: Final = 30 * DAY_MS  # for which an old receipts key still counts

Decision = Callable[[Terms], Terms]
"""Turns what is in force into what shall be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drafted:
    """A request that was made and written down.

    Attributes:
        path: Where it is.
    """

    path: Path
    request: CeremonyRequest
    review: Review


def decide(
    folder: HubFolder, decision: Decision, now_ms: int, *, renew_root: bool = False
) -> Drafted:
    """Asks the stewards for a decision.

    Raises:
        CeremonyError: It cannot stand.
        KeysError: Something in it is no key, no record, or the directory is damaged.
        ConfigurationError: The request cannot be written.
    """
    basis = basis_of(folder)
    after = decision(basis.terms())
    proposal = propose(basis, after, now_ms, renew_root=renew_root)
    return draft(folder, proposal, (), now_ms)


def enrol(folder: HubFolder, requests: Sequence[JoinRequest], now_ms: int) -> Drafted:
    """Asks the stewards to admit parties, all of them in one ceremony.

    Raises:
        CeremonyError: One is a party already, or has the key of another.
        SubmissionError: The registrar would not take what one publishes.
        ConfigurationError: The request cannot be written.
    """

    def decision(terms: Terms) -> Terms:
        for one in requests:
            terms = admit(
                terms, party=one.party, keys=one.role_keys, threshold=one.threshold
            )
        return terms

    return _decide_and_publish(folder, decision, requests, now_ms)


def rekey_party(folder: HubFolder, request: JoinRequest, now_ms: int) -> Drafted:
    """Asks the stewards to give a party other role keys.

    Raises:
        CeremonyError: It is no party, has these keys, or one is that of another.
        SubmissionError: The registrar would not take what it publishes.
        ConfigurationError: The request cannot be written.
    """

    def decision(terms: Terms) -> Terms:
        return rekey(
            terms,
            party=request.party,
            keys=request.role_keys,
            threshold=request.threshold,
        )

    return _decide_and_publish(folder, decision, [request], now_ms)


def replace_hub_keys(
    folder: HubFolder,
    which: Collection[HubKey],
    passphrase: bytes,
    now_ms: int,
    *,
    compromised_since_ms: int | None = None,
    cost: KdfCost | None = None,
) -> Drafted:
    """Makes new keys of the hub, and asks the stewards to name them.

    The old ones are in force until the request is applied.

    Args:
        folder: The hub's.
        which: The keys to replace.
        passphrase: Of the hub's keystore.
        now_ms: The present.
        compromised_since_ms: From when on somebody else may have signed with the old
            receipts key; None when it is only lost or old: it counts for 30 days more.
        cost: Of a guess at the passphrase, for a keystore that was lost.

    Raises:
        CeremonyError: It cannot stand.
        ConfigurationError: The keystore is lost, and not all keys are replaced; or
            an earlier request was applied in part only.
        KeystoreError: The keystore cannot be opened, or not written.
    """
    basis = basis_of(folder)
    terms = basis.terms()
    origin = terms.federation.log_origin
    made = stage(folder.keys, which, passphrase, terms, cost=cost)
    for key, seed in made.items():
        match key:
            case HubKey.ONLINE:
                terms = replace_online_key(terms, role_public(seed))
            case HubKey.RECEIPTS:
                terms = replace_receipts_key(
                    terms,
                    receipts_key(SigningKey(seed), now_ms),
                    end_ms=now_ms + OVERLAP_MS
                    if compromised_since_ms is None
                    else compromised_since_ms,
                    compromised=compromised_since_ms is not None,
                )
            case HubKey.LOG:
                terms = replace_log_key(terms, log_public(origin, seed))
            case HubKey.ACCOUNT:
                terms = replace_hub_account(terms, account_public(seed))
    return draft(folder, propose(basis, terms, now_ms), (), now_ms)


def draft(
    folder: HubFolder,
    proposal: Proposal,
    submissions: tuple[PartySubmission, ...],
    now_ms: int,
) -> Drafted:
    """Writes a request down.

    Raises:
        CeremonyError: It does not hold.
        ConfigurationError: It cannot be written.
    """
    reviewed = review(proposal, now_ms)
    request = CeremonyRequest(proposal=proposal, submissions=submissions)
    path = CeremonyFolder(folder.ceremonies).keep(request, reviewed.changes)
    return Drafted(path=path, request=request, review=reviewed)


def sign_here(
    folder: HubFolder, reviewed: Review, passphrase: bytes, now_ms: int
) -> list[CeremonySignature]:
    """Signs with the stewards' keys that are kept on the hub: for a trial.

    Raises:
        ConfigurationError: There are none.
        KeystoreError: One cannot be opened.
    """
    files = sorted(folder.stewards.glob("*.keys"))
    if not files:
        raise ConfigurationError(
            f"no steward's key in {folder.stewards}: have the request signed where the "
            "stewards keep theirs"
        )
    asked = {steward.key_id for steward in stewards_asked(reviewed)}
    signers = [open_signer(file, passphrase) for file in files]
    return [
        sign(reviewed, signer, now_ms)
        for signer in signers
        if signer.public_key.keyid in asked
    ]


def _decide_and_publish(
    folder: HubFolder,
    decision: Decision,
    requests: Sequence[JoinRequest],
    now_ms: int,
) -> Drafted:
    basis = basis_of(folder)
    proposal = propose(basis, decision(basis.terms()), now_ms)
    submissions = tuple(request.submission for request in requests)
    _check_submissions(folder, proposal, submissions, now_ms)
    return draft(folder, proposal, submissions, now_ms)


def _check_submissions(
    folder: HubFolder,
    proposal: Proposal,
    submissions: Sequence[PartySubmission],
    now_ms: int,
) -> None:
    """Has the registrar look at them as if the proposal were in force.

    A party whose submission would be refused after the ceremony learns it before.
    """
    archive = Archive(folder.directory)
    state = archive.state()
    targets = read_targets(proposal.targets).signed
    accepted = list[PartyRecord]()
    for submission in submissions:
        now = archive.standing(state, submission.party)
        standing = replace(now, targets=targets, others=(*now.others, *accepted))
        acceptance = check_submission(submission, standing=standing, now_ms=now_ms)
        accepted.append(acceptance.record)
