"""A steward's own machine: the key, the card to hand over, and a journal of the signed.

It needs no network and no hub. The journal makes it refuse two contents for one
version, and a hub that shows an older state than it has shown before.
"""

import fcntl
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final

from broker.app.ceremony_folder import load_card, read_file, write_file
from broker.core.errors import ConfigurationError
from keys.custody import Use, make_signer, open_signer
from keys.directory.ceremony_files import write_card
from keys.directory.proposal import Basis, Review
from keys.directory.quorum import CeremonySignature, sign
from keys.directory.signers import public_of
from keys.directory.stewardship import read_root, read_targets
from keys.directory.terms import Steward, steward_name
from keys.errors import CeremonyError
from keys.framing import sha256
from keys.keystore import KdfCost
from keys.token_uri import TokenUri

_JOURNAL: Final = "rogatory-steward-journal/1"
_MAX_JOURNAL_SIZE: Final = 16 << 20  # bytes
_SUFFIX: Final = ".keys"


@dataclass(frozen=True, slots=True)
class StewardFiles:
    """Where a steward keeps what, all beside the file with the key."""

    key: Path

    @property
    def card(self) -> Path:
        """What is handed over: name and public key."""
        return self._beside(".public.json")

    @property
    def journal(self) -> Path:
        """What was signed, and the newest state that was seen."""
        return self._beside(".journal")

    def _beside(self, ending: str) -> Path:
        return self.key.with_name(self.key.name.removesuffix(_SUFFIX) + ending)


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """One document that was signed.

    Attributes:
        role: "root" or "targets".
        sha256: Of what was signed, in hexadecimal.
        request: SHA-256 that names the request, in hexadecimal.
    """

    role: str
    version: int
    sha256: str
    request: str
    signed_at_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """The newest document of its kind that a request stood on."""

    role: str
    version: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Journal:
    """What a steward's key has done, and what it was shown."""

    signed: tuple[Signed, ...] = ()
    seen: tuple[Seen, ...] = ()

    def check(self, review: Review, *, supersede: bool) -> None:
        """Refuses what an honest hub would not ask for.

        Args:
            review: What is to be signed.
            supersede: Whether it may take the place of something else that was
                signed for the same version, and never came into force.

        Raises:
            CeremonyError: It stands on something older than was seen, or on another
                content of the same version; or another content was signed for this
                version.
        """
        if review.before is None and self.seen:
            raise CeremonyError(
                "this key belongs to a federation already: a founding needs new keys"
            )
        for now in _stands_on(review.proposal.basis):
            self._check_seen(now)
        if not supersede:
            for one in _asked(review, 0):
                self._check_signed(one)

    def noting(self, review: Review, signature: CeremonySignature) -> "Journal":
        """Returns the journal with what `signature` signs, and what was seen."""
        made = [
            one
            for one in _asked(review, signature.signed_at_ms)
            if (one.role == "root" and signature.root is not None)
            or (one.role == "targets" and signature.targets is not None)
        ]
        seen = tuple(_stands_on(review.proposal.basis)) or self.seen
        return replace(self, signed=(*self.signed, *made), seen=seen)

    def _check_seen(self, now: Seen) -> None:
        for seen in self.seen:
            if seen.role != now.role:
                continue
            if now.version < seen.version:
                raise CeremonyError(
                    f"the request stands on version {now.version} of {now.role}, and "
                    f"this key has seen version {seen.version}: the hub shows an old "
                    "state. Sign nothing, and speak with the other stewards"
                )
            if now.version == seen.version and now.sha256 != seen.sha256:
                raise CeremonyError(
                    f"there are two versions {now.version} of {now.role}: the hub "
                    "shows different things to different stewards. Sign nothing, and "
                    "speak with the other stewards"
                )

    def _check_signed(self, one: Signed) -> None:
        for earlier in self.signed:
            if (earlier.role, earlier.version) == (one.role, one.version) and (
                earlier.sha256 != one.sha256
            ):
                raise CeremonyError(
                    f"this key has signed something else as version {one.version} of "
                    f"{one.role}, for request {earlier.request}. If that request was "
                    "given up, and every steward knows it: sign with --supersede"
                )


def make_steward(
    files: StewardFiles,
    name: str,
    secret: bytes,
    *,
    token: TokenUri | None = None,
    cost: KdfCost | None = None,
) -> Steward:
    """Makes a steward's key, and the card to hand over.

    Cut short after the key was made, it makes the card of that key.

    Args:
        files: Where to.
        name: What the others shall call this steward.
        secret: A passphrase; with a token, its PIN.
        token: The token in which the key is made.
        cost: Of a guess at the passphrase.

    Raises:
        ConfigurationError: There is a card already, or a file cannot be written.
        RecordError: The name is none, or could deceive whoever reads it.
        KeystoreError: The key cannot be written.
        TokenError: The token is not there, or refuses.
    """
    if files.card.exists():
        raise ConfigurationError(
            f"{files.card} is there already: a steward's key is never made anew"
        )
    name = steward_name(name)
    signer = (
        open_signer(files.key, secret)
        if files.key.exists()
        else make_signer(files.key, secret, use=Use.STEWARD, token=token, cost=cost)
    )
    steward = Steward(public=public_of(signer), name=name)
    write_file(files.card, write_card(steward))
    return steward


def sign_request(
    files: StewardFiles,
    review: Review,
    secret: bytes,
    now_ms: int,
    *,
    supersede: bool = False,
) -> CeremonySignature:
    """Signs a request that was shown and agreed to, and notes it in the journal.

    The journal comes first: no signature leaves this machine that it does not know.
    One request is signed at a time: each must know what the one before has signed.

    Args:
        files: The steward's.
        review: Of the request.
        secret: What opens the key: a passphrase, or the PIN of its token.
        now_ms: The present.
        supersede: See `Journal.check`.

    Raises:
        CeremonyError: The journal speaks against it, or this key is not asked.
        ConfigurationError: Key or journal cannot be read, or the journal not written.
        KeystoreError: The key cannot be opened.
        TokenError: The key is in a token that does not sign.
    """
    with _alone(files):
        journal = load_journal(files)
        journal.check(review, supersede=supersede)
        signature = sign(review, open_signer(files.key, secret), now_ms)
        noted = journal.noting(review, signature)
        write_file(files.journal, _journal_bytes(noted))
    return signature


def load_steward(files: StewardFiles) -> Steward:
    """Returns name and public key of a steward; needs no secret.

    Raises:
        ConfigurationError: The card cannot be read.
        CeremonyError: It is none.
    """
    return load_card(files.card)


def load_journal(files: StewardFiles) -> Journal:
    """Returns the journal; an empty one before the first signature.

    Raises:
        ConfigurationError: It cannot be read, or was damaged: then nothing is signed.
    """
    if not files.journal.exists():
        return Journal()
    try:
        found = json.loads(read_file(files.journal, _MAX_JOURNAL_SIZE))
        if found["format"] != _JOURNAL:
            raise ConfigurationError(f"{files.journal} is not a steward's journal")
        return Journal(
            signed=tuple(Signed(**one) for one in found["signed"]),
            seen=tuple(Seen(**one) for one in found["seen"]),
        )
    except (ValueError, LookupError, TypeError) as error:
        raise ConfigurationError(
            f"{files.journal} is not a steward's journal, or was damaged: bring it "
            "back from a copy before you sign"
        ) from error


@contextmanager
def _alone(files: StewardFiles) -> Iterator[None]:
    """Keeps others from signing with this key meanwhile; waits its turn."""
    try:
        key = files.key.open("rb")
    except OSError as error:
        raise ConfigurationError(
            f"cannot read {files.key}: {error.strerror}"
        ) from error
    with key:
        # Released when the file is closed, also by a crash.
        fcntl.flock(key, fcntl.LOCK_EX)
        yield


def _journal_bytes(journal: Journal) -> bytes:
    fields: dict[str, Any] = {"format": _JOURNAL, **asdict(journal)}
    return (json.dumps(fields, indent=2) + "\n").encode()


def _stands_on(basis: Basis | None) -> Iterator[Seen]:
    if basis is None:
        return
    for role, document in (
        ("root", read_root(basis.root)),
        ("targets", read_targets(basis.targets)),
    ):
        yield Seen(
            role=role,
            version=document.signed.version,
            sha256=sha256(document.signed_bytes).hex(),
        )


def _asked(review: Review, at_ms: int) -> Iterator[Signed]:
    proposal = review.proposal
    documents = [("targets", read_targets(proposal.targets).signed_bytes)]
    versions = {"targets": review.after.targets.version}
    if proposal.root is not None:
        documents.append(("root", read_root(proposal.root).signed_bytes))
        versions["root"] = review.after.root.version
    for role, data in documents:
        yield Signed(
            role=role,
            version=versions[role],
            sha256=sha256(data).hex(),
            request=proposal.digest.hex(),
            signed_at_ms=at_ms,
        )
