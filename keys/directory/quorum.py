"""Who must sign a proposal, what each signs, and what their signatures make together.

What is proposed is left to `proposal`; how signatures travel, to `ceremony_files`.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from securesystemslib.exceptions import UnverifiedSignatureError
from securesystemslib.signer import Signature
from tuf.api.metadata import Metadata, Root, Targets

from keys.directory.proposal import Review
from keys.directory.signers import Signer, steward_key
from keys.directory.stewardship import read_root, read_targets
from keys.directory.terms import RootTerms, Steward
from keys.errors import CeremonyError


@dataclass(frozen=True, slots=True, kw_only=True)
class CeremonySignature:
    """What one steward signed of one proposal.

    Attributes:
        request: Digest of the proposal, 32 bytes.
        key_id: What metadata calls the steward's key.
        signed_at_ms: When, by the steward's clock; nothing depends on it.
        root: Signature of the next root; None when the steward has none to sign.
        targets: Signature of the next targets; None when the steward is outgoing.
    """

    request: bytes
    key_id: str
    signed_at_ms: int
    root: bytes | None
    targets: bytes | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """The signatures of a proposal, each verified, and what they make.

    Attributes:
        root: The next root as far as it is signed; None when it stays.
        targets: The next targets metadata as far as it is signed.
        signed: Who has signed, and when by their own clocks.
        missing: Why it is not enough, in sentences; empty when it is.
    """

    root: bytes | None
    targets: bytes
    signed: tuple[tuple[Steward, int], ...]
    missing: tuple[str, ...]


def stewards_asked(review: Review) -> tuple[Steward, ...]:
    """Returns everybody whose signature counts: those of now, and those to come."""
    before = () if review.before is None else review.before.root.stewards
    known = {steward.public: steward for steward in before}
    known.update({steward.public: steward for steward in review.after.root.stewards})
    return tuple(known.values())


def sign(review: Review, signer: Signer, now_ms: int) -> CeremonySignature:
    """Signs what `signer` has to sign of a proposal.

    Raises:
        CeremonyError: It is nobody who is asked.
        TokenError: The key is in a token that does not sign.
    """
    key_id = signer.public_key.keyid
    if not any(steward.key_id == key_id for steward in stewards_asked(review)):
        raise CeremonyError(
            "this key is neither that of a steward nor of one to come: it has nothing "
            "to sign here"
        )
    root, targets = _documents(review)
    staying = any(steward.key_id == key_id for steward in review.after.root.stewards)
    return CeremonySignature(
        request=review.proposal.digest,
        key_id=key_id,
        signed_at_ms=now_ms,
        root=None if root is None else _signed(root, signer),
        targets=_signed(targets, signer) if staying else None,
    )


def agree(review: Review, signatures: Sequence[CeremonySignature]) -> Agreement:
    """Verifies signatures, and tells what they make and who is missing.

    A steward who signed twice counts once.

    Raises:
        CeremonyError: A signature over something else, by nobody's key, or one that
            does not verify.
    """
    asked = {steward.key_id: steward for steward in stewards_asked(review)}
    root, targets = _documents(review)
    signed: dict[str, tuple[Steward, int]] = {}
    # In the order of keys: the same signatures give the same bytes.
    for one in sorted(signatures, key=lambda each: each.key_id):
        steward = asked.get(one.key_id)
        if steward is None:
            raise CeremonyError(
                f"a signature by key {one.key_id[:16]}…, which is nobody's who is asked"
            )
        if one.request != review.proposal.digest:
            raise CeremonyError(
                f"the signature of {steward} is for another request: "
                f"{one.request.hex()}, not {review.proposal.digest.hex()}"
            )
        if root is not None:
            _add(root, steward, one.root)
        if steward in review.after.root.stewards:
            _add(targets, steward, one.targets)
        signed[one.key_id] = (steward, one.signed_at_ms)
    return Agreement(
        root=None if root is None else root.to_bytes(),
        targets=targets.to_bytes(),
        signed=tuple(signed.values()),
        missing=tuple(_missing(review, {s.public for s, _ in signed.values()})),
    )


def _documents(review: Review) -> tuple[Metadata[Root] | None, Metadata[Targets]]:
    proposal = review.proposal
    root = None if proposal.root is None else read_root(proposal.root)
    return root, read_targets(proposal.targets)


def _signed(document: Metadata[Root] | Metadata[Targets], signer: Signer) -> bytes:
    return bytes.fromhex(signer.sign(document.signed_bytes).signature)


def _add(
    document: Metadata[Root] | Metadata[Targets], steward: Steward, given: bytes | None
) -> None:
    if given is None:
        raise CeremonyError(f"{steward} has signed only a part of the request")
    signature = Signature(steward.key_id, given.hex())
    try:
        steward_key(steward.public).verify_signature(signature, document.signed_bytes)
    except UnverifiedSignatureError as error:
        raise CeremonyError(
            f"the signature of {steward} does not verify: it is over something else, "
            "or was changed on its way"
        ) from error
    document.signatures[steward.key_id] = signature


def _missing(review: Review, signed: Collection[bytes]) -> Iterator[str]:
    after = review.after.root
    if review.before is None:
        for steward in after.stewards:
            if steward.public not in signed:
                yield f"{steward} must sign: every steward signs the founding"
        return
    before = review.before.root
    if (set(before.stewards), before.threshold) == (
        set(after.stewards),
        after.threshold,
    ):
        yield from _short(before, signed, "stewards")
        return
    yield from _short(before, signed, "present stewards")
    yield from _short(after, signed, "stewards to come")
    known = {steward.public for steward in before.stewards}
    for steward in after.stewards:
        if steward.public not in known and steward.public not in signed:
            yield f"{steward} is new and must sign, to show that the key is held"


def _short(root: RootTerms, signed: Collection[bytes], who: str) -> Iterator[str]:
    absent = [s for s in root.stewards if s.public not in signed]
    count = len(root.stewards) - len(absent)
    if count < root.threshold:
        yield (
            f"{root.threshold} of the {who} must sign, {count} did; not yet: "
            + ", ".join(map(str, absent))
        )
