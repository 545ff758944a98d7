"""What policies decided about real messages, as a node keeps it.

In clear: who, what kind, the answer, and under which policy. What the question told of
a content is kept under the node's own key only. How it is stored is left to the store,
deciding to `broker.core.policy.engine`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from broker.core.codec.question import decode_asked, encode_asked
from broker.core.errors import Code
from broker.core.fields import FieldClass, Treatment
from broker.core.policy.decision import Allow, Decision, Deny, Question, Redact
from broker.core.policy.past import Direction, Past, Verdict
from keys.identity import PartyId
from keys.sealing import protect, unprotect

__all__ = [
    "DecisionRecord",
    "Direction",
    "Verdict",
    "past_of",
    "protect_asked",
    "question_of",
    "record_decision",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionRecord:
    """One answer about one message and one other party.

    Attributes:
        at_ms: When it was asked, in ms since the epoch.
        direction: Which side of the policy was asked.
        subject: Digest of the message, or of the withholding; 32 bytes.
        kind: With version.
        party: The other party.
        verdict: What became of it.
        code: Why it was denied; empty otherwise.
        rule_ids: The rules that decided, in their order.
        reasons: Why.
        near_misses: Permits that failed by one condition.
        fields: What became of classes of fields that did not stay.
        policy_digest: SHA-256 of the policy that answered; empty if there was none.
        protected: What was asked about the content; see `protect_asked`.
    """

    at_ms: int
    direction: Direction
    subject: bytes
    kind: str
    party: PartyId
    verdict: Verdict
    code: str = ""
    rule_ids: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    near_misses: tuple[str, ...] = ()
    fields: tuple[tuple[FieldClass, Treatment], ...] = ()
    policy_digest: bytes
    protected: bytes


_VERDICTS: Final[Mapping[type[Decision], Verdict]] = {
    Allow: Verdict.ALLOW,
    Redact: Verdict.REDACT,
    Deny: Verdict.DENY,
}
_AT_REST: Final = "decision/1"


def record_decision(
    question: Question,
    decision: Decision,
    direction: Direction,
    *,
    subject: bytes,
    policy_digest: bytes,
    protected: bytes,
    code: Code | None = None,
) -> DecisionRecord:
    """Returns what is kept of an answer.

    Args:
        question: What was asked.
        decision: The answer.
        direction: Which side of the policy was asked.
        subject: Digest of the message, or of the withholding.
        policy_digest: Of the policy that answered.
        protected: What `protect_asked` gave for the question.
        code: Why nothing came of it, whatever the policy says; None for what the
            decision itself says.
    """
    importing = direction is Direction.IMPORT
    denied = isinstance(decision, Deny) or code is not None
    if denied and code is None:
        code = Code.IMPORT_POLICY if importing else Code.EXPORT_POLICY
    return DecisionRecord(
        at_ms=question.at_ms,
        direction=direction,
        subject=subject,
        kind=question.kind,
        party=question.origin if importing else question.recipient,
        verdict=Verdict.DENY if denied else _VERDICTS[type(decision)],
        code=code.value if code else "",
        rule_ids=decision.rule_ids,
        reasons=decision.reasons,
        near_misses=decision.near_misses if isinstance(decision, Deny) else (),
        fields=decision.fields if isinstance(decision, Redact) else (),
        policy_digest=policy_digest,
        protected=protected,
    )


def protect_asked(store_key: bytes, question: Question, direction: Direction) -> bytes:
    """Returns what a question told of a content, for the store: under the node's key.

    It is the same for every recipient of one document.
    """
    asked = encode_asked(question.handling, question.facts)
    context = _context(direction, question.kind, question.at_ms)
    return protect(store_key, asked, context=context)


def question_of(store_key: bytes, record: DecisionRecord, own: PartyId) -> Question:
    """Returns the question that a record answers.

    Args:
        store_key: The node's own.
        record: What was kept.
        own: Whose node it is.

    Raises:
        ContentError: It was protected under another key, or changed.
    """
    context = _context(record.direction, record.kind, record.at_ms)
    asked = unprotect(store_key, record.protected, context=context)
    handling, facts = decode_asked(asked)
    exporting = record.direction is Direction.EXPORT
    return Question(
        origin=own if exporting else record.party,
        recipient=record.party if exporting else own,
        kind=record.kind,
        handling=handling,
        at_ms=record.at_ms,
        facts=facts,
    )


def past_of(store_key: bytes, record: DecisionRecord, own: PartyId) -> Past:
    """Returns a record as `broker.core.policy.replay` looks at it; see `question_of`.

    Raises:
        ContentError: It was protected under another key, or changed.
    """
    exporting = record.direction is Direction.EXPORT
    own_code = Code.EXPORT_POLICY if exporting else Code.IMPORT_POLICY
    of_policy = {"", own_code.value, Code.REDACTION.value}
    return Past(
        question=question_of(store_key, record, own),
        direction=record.direction,
        verdict=record.verdict,
        fields=record.fields,
        by_others=record.code not in of_policy,
        too_little=record.code == Code.REDACTION.value,
    )


def _context(direction: Direction, kind: str, at_ms: int) -> bytes:
    return f"{_AT_REST} {direction.value} {kind} {at_ms}".encode()
