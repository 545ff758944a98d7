"""Officers for tests: each with a key in memory, the same for the same name."""

from collections.abc import Sequence
from typing import Final

from broker.core.approvals import sign_statement
from broker.core.policy.decision import Approval
from broker.core.releases import SignedApproval, Statement, Verdict
from keys.approving import officer_public
from keys.directory.signers import Signer, role_signer
from keys.framing import sha256
from tests.world import DAY_MS, NOW_MS

AMINA, BRIAN, CHEN = "amina", "brian", "chen"
OFFICERS: Final = (AMINA, BRIAN, CHEN)


def officer_signer(name: str) -> Signer:
    """Returns the signer of the officer who is called `name`."""
    return role_signer(sha256(f"officer/{name}".encode()))


def public_keys(names: Sequence[str] = OFFICERS) -> dict[str, bytes]:
    """Returns what a policy says of these officers."""
    return {name: officer_public(officer_signer(name)) for name in names}


def need(
    needed: int = 2, names: Sequence[str] = OFFICERS, rule_id: str = "routes"
) -> Approval:
    """Returns what a rule asks for."""
    return Approval(rule_id=rule_id, needed=needed, officers=frozenset(names))


def said(
    officer: str,
    release: bytes,
    verdict: Verdict = Verdict.APPROVE,
    *,
    at_ms: int = NOW_MS,
    lifetime_ms: int = DAY_MS,
    signer: Signer | None = None,
) -> SignedApproval:
    """Returns what an officer says about a release."""
    statement = Statement(
        release_digest=release,
        verdict=verdict,
        officer=officer,
        at_ms=at_ms,
        expires_ms=at_ms + lifetime_ms,
        reason="" if verdict is Verdict.APPROVE else "the source asked us not to",
    )
    return sign_statement(statement, signer or officer_signer(officer))
