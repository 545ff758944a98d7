"""One officer and one release: making a statement, and taking one in.

Counting what several have said is left to `broker.core.approvals`.
"""

from collections.abc import Mapping

from broker.core.approvals import hear, sign_statement
from broker.core.codec.approvals import decode_statement
from broker.core.errors import Code, ConfigurationError, RefusedError
from broker.core.policy.decision import Approval
from broker.core.releases import SignedApproval, Statement, Verdict
from keys.approving import officer_public
from keys.directory.signers import Signer


def officer_name(signer: Signer, officers: Mapping[str, bytes]) -> str:
    """Returns under which name a policy knows the key of `signer`.

    Args:
        signer: An officer's.
        officers: Public keys, by name, as the policy has them.

    Raises:
        ConfigurationError: The policy does not know it.
        KeyFormatError: The key is none of an officer's.
    """
    public = officer_public(signer)
    names = sorted(name for name, key in officers.items() if key == public)
    if not names:
        known = ", ".join(sorted(officers)) or "none at all"
        raise ConfigurationError(
            f"this key is none of the officers of the published policy: {known}"
        )
    return names[0]


def state(
    signer: Signer,
    statement: Statement,
    officers: Mapping[str, bytes],
    earlier: tuple[SignedApproval, ...] = (),
) -> SignedApproval:
    """Returns what an officer says, signed.

    Args:
        signer: The officer's.
        statement: What is said; its time is moved on where it has to be.
        officers: Public keys, by name, as the policy has them.
        earlier: What officers have said before about the same release, as verified.

    Raises:
        RefusedError: INVALID_APPROVAL: nobody would take such a statement.
        KeyFormatError: The key is none of an officer's.
        TokenError: The key is in a token, and the token did not sign.
    """
    key = officer_public(signer)
    before = [decode_statement(one.statement) for one in earlier]
    at_ms = max(
        [
            statement.at_ms,
            # What an officer says last counts, also within one millisecond.
            *(one.at_ms + 1 for one in before if officers.get(one.officer) == key),
        ]
    )
    return sign_statement(
        Statement(
            release_digest=statement.release_digest,
            verdict=statement.verdict,
            officer=statement.officer,
            at_ms=at_ms,
            expires_ms=statement.expires_ms,
            reason=statement.reason,
        ),
        signer,
    )


def check_statement(
    signed: SignedApproval,
    release: bytes,
    needed: tuple[Approval, ...],
    officers: Mapping[str, bytes],
    now_ms: int,
) -> None:
    """Refuses what would not count for a release, and what is forged.

    Args:
        signed: What somebody says that an officer has said.
        release: Digest of the release that would leave now.
        needed: What has to be approved about it.
        officers: Public keys, by name, as the policy has them.
        now_ms: The present.

    Raises:
        RefusedError: INVALID_APPROVAL.
    """
    said = decode_statement(signed.statement)
    if said.release_digest != release:
        raise RefusedError(
            Code.INVALID_APPROVAL,
            f"of {said.officer}: it is about something else than would leave now",
        )
    named = {name for need in needed for name in need.officers}
    if said.officer not in named:
        raise RefusedError(
            Code.INVALID_APPROVAL,
            f"{said.officer} is none of those who may approve it: "
            f"{', '.join(sorted(named))}",
        )
    if said.verdict is Verdict.APPROVE and said.expires_ms <= now_ms:
        raise RefusedError(Code.INVALID_APPROVAL, f"of {said.officer}: it has lapsed")
    if not hear(release, [signed], officers, now_ms):
        raise RefusedError(
            Code.INVALID_APPROVAL, f"the policy has no key of {said.officer}"
        )
