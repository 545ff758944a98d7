"""What a recipient's node makes of a delivery: verified, admitted, or refused.

Pure: bytes, directory, keys and the present in; a value or a refusal out. Storing and
answering are left to the node service.
"""

from dataclasses import dataclass

from broker.core.codec.documents import decode_document
from broker.core.codec.facts import facts_of
from broker.core.codec.permission import read_copy
from broker.core.decisions import (
    DecisionRecord,
    Direction,
    protect_asked,
    record_decision,
)
from broker.core.envelope import Claim, VerifiedEnvelope, check, verify_signature
from broker.core.errors import Code, RefusedError
from broker.core.flows.taking_back import read_taking_back
from broker.core.limits import Limits
from broker.core.model import Header, Receipt, Stage, new_nonce
from broker.core.onward import ONWARD_KIND, check_copy
from broker.core.policy.decision import (
    PERMITTED,
    Allow,
    Decision,
    Deny,
    Question,
    Redact,
    Terms,
)
from broker.core.policy.engine import Engine
from broker.core.protocol_kinds import PROTOCOL_KINDS
from broker.core.records import InboxMessage
from keys.directory.model import DirectoryView
from keys.identity import PartyId


def verify_delivery(
    data: bytes, me: PartyId, directory: DirectoryView, *, now_ms: int, limits: Limits
) -> VerifiedEnvelope:
    """Checks again all that the hub checked: the hub is not trusted with it.

    Raises:
        RefusedError: With the code of the first thing that is wrong.
    """
    return verify_signature(
        check(data, directory, now_ms=now_ms, limits=limits, held_by=me)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What our own policy was asked about a content, and what it says."""

    question: Question
    decision: Decision

    def terms(self) -> Terms:
        """Returns on which terms the content is taken.

        Raises:
            RefusedError: IMPORT_POLICY, naming the rules, or those that came nearest.
        """
        match self.decision:
            case Allow() | Redact() as permit:
                return permit.terms
            case Deny() as deny:
                raise RefusedError(Code.IMPORT_POLICY, deny.summary)


def record_of(
    judged: Judged, message_digest: bytes, policy_digest: bytes, store_key: bytes
) -> DecisionRecord:
    """Returns what is kept of an answer of our policy.

    Args:
        judged: The question, and the answer.
        message_digest: What it was about.
        policy_digest: Of the policy that answered; empty if there is none.
        store_key: The node's own: what was told of the content is kept under it.
    """
    return record_decision(
        judged.question,
        judged.decision,
        Direction.IMPORT,
        subject=message_digest,
        policy_digest=policy_digest,
        protected=protect_asked(store_key, judged.question, Direction.IMPORT),
    )


def judge_content(
    header: Header, body: bytes, me: PartyId, engine: Engine | None, now_ms: int
) -> Judged:
    """Checks that opened content fits its kind, and asks our own policy about it.

    1. Content and kind; what takes a message back names the one that it answers.
    2. What is passed on is no looser than its provider gave it. 3. Our policy; without
    one, nothing is taken but what keeps the exchange in order.

    Raises:
        RefusedError: INVALID_CONTENT or the code of a malformed part; of an onward
            copy also CONSENT_NEEDED or LOOSER_HANDLING; of what takes a message back
            INVALID_RECALL.
    """
    # 1.
    decode_document(header.kind, body)
    read_taking_back(header, body)
    # 2.
    if header.kind == ONWARD_KIND:
        check_copy(read_copy(body), header.origin, header.handling)
    # 3.
    question = Question(
        origin=header.origin,
        recipient=me,
        kind=header.kind,
        handling=header.handling,
        at_ms=now_ms,
        facts=facts_of(header.kind, body),
    )
    if header.kind in PROTOCOL_KINDS:
        return Judged(question=question, decision=PERMITTED)
    if engine is None:
        denial = Deny(rule_ids=(), reasons=("no policy is published",))
        return Judged(question=question, decision=denial)
    return Judged(question=question, decision=engine.imports(question))


def claim_of(message: InboxMessage) -> Claim:
    """Returns what a stored message claims to be, for statements about it."""
    return Claim(
        digest=message.message_digest, header=message.header, signed_header=b""
    )


def statement(
    me: PartyId,
    claim: Claim,
    stage: Stage,
    now_ms: int,
    error: RefusedError | None = None,
) -> Receipt:
    """Returns what we say to its origin about a message."""
    return Receipt(
        stage=stage,
        message_digest=claim.digest,
        by=me,
        to=claim.header.origin,
        at_ms=now_ms,
        code=error.code.value if error else "",
        detail=error.detail if error else "",
        nonce=new_nonce(),
    )
