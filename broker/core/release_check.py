"""Checking, at any later time, that officers released a message.

From stored bytes and the policy of that time alone. Where they are stored is left to
the node.
"""

from broker.core.approvals import check_approvals, release_digest
from broker.core.codec.approvals import decode_release
from broker.core.codec.policy import decode_policy, policy_digest
from broker.core.errors import ProofError, RefusedError
from broker.core.model import Header
from broker.core.policy.rules import Policy
from broker.core.releases import Evidence, Release, ReleaseParcel
from keys.framing import sha256


def check_release(
    header: Header, body: bytes, evidence: Evidence, policy: bytes
) -> Release:
    """Returns what officers approved, when that is what released a message.

    1. The policy is the one that the header names. 2. What was approved is about this
    origin, kind and case, and under this policy. 3. One of its parcels is this message:
    recipients, content, handling, and what was withheld. 4. What the release says that
    a rule needs is what the rule says. 5. The approvals are enough, signed by officers
    of that policy, and are those whose digest the header bears.

    Whether a rule that needs approval was left out of the release cannot be told
    without the whole document: the recipients were given what policy left of it.

    Args:
        header: Of the message; its signature is another matter.
        body: Its content.
        evidence: What is kept of the approvals.
        policy: As published.

    Raises:
        ProofError: With the first thing that does not hold.
    """
    # 1.
    if policy_digest(policy) != header.policy_digest:
        raise ProofError("this is not the policy that the message names")
    try:
        known = decode_policy(policy)
        release = decode_release(evidence.release)
    except RefusedError as error:
        raise ProofError(f"what is kept cannot be read: {error}") from error
    # 2.
    named = (header.origin, header.kind, header.case_reference, header.in_reply_to)
    if named != (
        *(release.origin, release.kind),
        *(release.case_reference, release.in_reply_to),
    ):
        raise ProofError("what was approved is about another message")
    if release.policy_digest != header.policy_digest or known.party != header.origin:
        raise ProofError("what was approved was approved under another policy")
    # 3.
    if not any(_is_message(parcel, header, body) for parcel in release.parcels):
        raise ProofError("what was approved is not what left, or not to these parties")
    # 4.
    _check_needs(release, known)
    # 5.
    officers = {officer.name: officer.public_key for officer in known.officers}
    try:
        digest = check_approvals(
            release_digest(release),
            release.needed,
            evidence.approvals,
            officers,
            header.created_ms,
        )
    except RefusedError as error:
        raise ProofError(f"the approvals do not hold: {error.detail}") from error
    if digest != header.approvals_digest:
        raise ProofError("these are not the approvals that the message names")
    return release


def _is_message(parcel: ReleaseParcel, header: Header, body: bytes) -> bool:
    return (
        parcel.recipients == header.parties
        and parcel.body_digest == sha256(body)
        and parcel.handling == header.handling
        and parcel.withheld == header.withheld
    )


def _check_needs(release: Release, policy: Policy) -> None:
    rules = {rule.id: rule.terms.approval for rule in policy.exports}
    for need in release.needed:
        asked = rules.get(need.rule_id)
        if asked is None or (asked.needed, asked.officers) != (
            need.needed,
            need.officers,
        ):
            raise ProofError(f"rule {need.rule_id} asks for other approvals")
