"""Whether enough officers approved a release, by their own keys.

What an approval is about is the digest of a release (`release_digest`). Where
approvals are collected is left to `broker.services.pending`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from broker.core.codec.approvals import (
    decode_statement,
    encode_release,
    encode_signed_approval,
    encode_statement,
)
from broker.core.errors import Code, RefusedError
from broker.core.limits import Limits
from broker.core.policy.decision import Approval
from broker.core.releases import Release, SignedApproval, Statement, Verdict
from keys.approving import sign_approval, verify_approval
from keys.directory.signers import Signer
from keys.errors import KeyFormatError, SignatureError
from keys.framing import labelled_digest

__all__ = [
    "Count",
    "Heard",
    "SignedApproval",
    "Tally",
    "approvals_digest",
    "check_approvals",
    "hear",
    "release_digest",
    "sign_statement",
    "tally",
]

_RELEASE_LABEL: Final = b"rogatory/release/1"
_SET_LABEL: Final = b"rogatory/approvals/1"
_SKEW_MS: Final = Limits().clock_skew_ms


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A statement that its officer did sign.

    Attributes:
        key: The officer's public key, as the policy has it.
    """

    said: Statement
    signed: SignedApproval
    key: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How far the approvals for one rule have come.

    Attributes:
        need: What the rule asks for.
        approved: Who has approved, ascending.
        rejected: Who has rejected, ascending; one is enough to stop it.
    """

    need: Approval
    approved: tuple[str, ...]
    rejected: tuple[str, ...]

    @property
    def met(self) -> bool:
        """Whether the rule is satisfied."""
        return len(self.approved) >= self.need.needed and not self.rejected

    def __str__(self) -> str:
        """In words: "rule routes: 1 of 2 approvals (amina); may: amina, brian"."""
        by = f" ({', '.join(self.approved)})" if self.approved else ""
        text = (
            f"rule {self.need.rule_id}: {len(self.approved)} of {self.need.needed} "
            f"approvals{by}; may: {', '.join(sorted(self.need.officers))}"
        )
        if self.rejected:
            text += f"; rejected by {', '.join(self.rejected)}"
        return text


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How far the approvals of a release have come.

    Attributes:
        counts: One for each rule.
        counted: The approvals that count for any of them, by officer.
    """

    counts: tuple[Count, ...]
    counted: tuple[SignedApproval, ...]

    @property
    def met(self) -> bool:
        """Whether it may leave."""
        return all(count.met for count in self.counts)

    @property
    def rejected(self) -> bool:
        """Whether an officer who may approve it has said no."""
        return any(count.rejected for count in self.counts)


def release_digest(release: Release) -> bytes:
    """Returns what officers approve, 32 bytes."""
    return labelled_digest(_RELEASE_LABEL, encode_release(release))


def approvals_digest(approvals: Sequence[SignedApproval]) -> bytes:
    """Returns the digest of a set of approvals, 32 bytes; empty of no approvals."""
    if not approvals:
        return b""
    return labelled_digest(_SET_LABEL, *sorted(map(encode_signed_approval, approvals)))


def sign_statement(statement: Statement, signer: Signer) -> SignedApproval:
    """Returns what an officer says, signed.

    Raises:
        RefusedError: INVALID_APPROVAL: nobody would take such a statement.
        KeyFormatError: The key is none of an officer's.
        TokenError: The key is in a token, and the token did not sign.
    """
    data = encode_statement(statement)
    decode_statement(data)
    return SignedApproval(statement=data, signature=sign_approval(signer, data))


def hear(
    release: bytes,
    statements: Sequence[SignedApproval],
    officers: Mapping[str, bytes],
    now_ms: int,
) -> tuple[Heard, ...]:
    """Returns the last that each officer said about a release, by name.

    What is about another release is left out unread, and so is what is said by
    somebody who is no officer (any more).

    Args:
        release: Digest of the release, 32 bytes.
        statements: In any order; trusted in nothing.
        officers: Public keys, by name, as the policy of the release has them.
        now_ms: The present.

    Raises:
        RefusedError: INVALID_APPROVAL: a statement that cannot be read, is from the
            future, or was not signed by the officer whom it names.
    """
    last: dict[bytes, Heard] = {}
    for signed in statements:
        said = decode_statement(signed.statement)
        key = officers.get(said.officer)
        if said.release_digest != release or key is None:
            continue
        if said.at_ms > now_ms + _SKEW_MS:
            raise RefusedError(
                Code.INVALID_APPROVAL, f"of {said.officer}, from the future"
            )
        try:
            verify_approval(key, signed.statement, signed.signature)
        except (SignatureError, KeyFormatError) as error:
            raise RefusedError(
                Code.INVALID_APPROVAL, f"of {said.officer}: {error}"
            ) from None
        heard = Heard(said=said, signed=signed, key=key)
        # By key: one officer under two names is one officer.
        if key not in last or _order(last[key]) < _order(heard):
            last[key] = heard
    return tuple(sorted(last.values(), key=lambda heard: heard.said.officer))


def tally(
    release: bytes,
    needed: Sequence[Approval],
    statements: Sequence[SignedApproval],
    officers: Mapping[str, bytes],
    now_ms: int,
) -> Tally:
    """Returns how far the approvals of a release have come; arguments as `hear`.

    Args:
        release: Digest of the release.
        needed: What each rule asks for; all of it.
        statements: Of officers.
        officers: Public keys, by name.
        now_ms: The present.

    Raises:
        RefusedError: INVALID_APPROVAL; see `hear`.
    """
    heard = hear(release, statements, officers, now_ms)
    counts: list[Count] = []
    counted: dict[bytes, SignedApproval] = {}
    for need in dict.fromkeys(needed):
        # Somebody whom a rule names under another of their names is named.
        keys = {officers[name] for name in need.officers if name in officers}
        named = [one for one in heard if one.key in keys]
        approving = [one for one in named if _approves(one.said, now_ms)]
        counted.update((one.key, one.signed) for one in approving)
        counts.append(
            Count(
                need=need,
                approved=tuple(one.said.officer for one in approving),
                rejected=tuple(
                    one.said.officer
                    for one in named
                    if one.said.verdict is Verdict.REJECT
                ),
            )
        )
    return Tally(counts=tuple(counts), counted=tuple(counted.values()))


def check_approvals(
    plan_digest: bytes,
    needed: Sequence[Approval],
    statements: Sequence[SignedApproval],
    officers: Mapping[str, bytes],
    now_ms: int,
) -> bytes:
    """Returns the digest of the approvals that count: what the header will name.

    For each rule, as many different officers as it asks for, of those it names, must
    have approved, and none of them rejected since. Officers are told apart by their
    keys.

    Args:
        plan_digest: Digest of the release that the export plan makes, 32 bytes.
        needed: What each rule asks for; all of it.
        statements: What officers said, about this or anything else.
        officers: Public keys, by name, as the policy of the release has them.
        now_ms: The present.

    Returns:
        32 bytes; empty when nothing was needed.

    Raises:
        RefusedError: APPROVAL_NEEDED: not enough, or one rejected it.
            INVALID_APPROVAL: one was forged or is unreadable; see `hear`.
    """
    if not needed:
        return b""
    found = tally(plan_digest, needed, statements, officers, now_ms)
    if not found.met:
        open_counts = [str(count) for count in found.counts if not count.met]
        raise RefusedError(Code.APPROVAL_NEEDED, "; ".join(open_counts))
    return approvals_digest(found.counted)


def _approves(said: Statement, now_ms: int) -> bool:
    return said.verdict is Verdict.APPROVE and now_ms < said.expires_ms


def _order(heard: Heard) -> tuple[int, Verdict]:
    # Of two at the same time, the rejection counts.
    return heard.said.at_ms, heard.said.verdict
