"""What another policy would have said about messages that there really were.

Where they are kept is left to `broker.core.decisions`; what a policy would say about
messages that there never were, to `broker.core.policy.differences`.
"""

from dataclasses import dataclass, field, replace
from typing import Self

from broker.core.fields import FieldClass, Treatment
from broker.core.policy.decision import Allow, Decision, Deny, Redact
from broker.core.policy.engine import Engine, compile_policy
from broker.core.policy.past import Direction, Past, Verdict
from broker.core.policy.rule import ALWAYS
from broker.core.policy.rules import Policy
from keys.identity import PartyId

_Fields = tuple[tuple[FieldClass, Treatment], ...]


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Change:
    """Messages that would have fared otherwise, and all in the same way.

    Attributes:
        direction: Which side of the policy.
        party: The other party.
        kind: With version.
        old: What became of them: "allow", "redact", "deny".
        old_fields: Classes that they told of, and that did not stay.
        new: What would have.
        new_fields: Likewise.
        why: The new policy's answer in one line.
    """

    direction: Direction
    party: PartyId
    kind: str
    old: Verdict
    old_fields: _Fields = ()
    new: Verdict
    new_fields: _Fields = ()
    why: str = ""


@dataclass(slots=True, kw_only=True)
class Replay:
    """Asks a policy about one past message after the other, and counts.

    Each is asked about as of its own time: how old its information was counts from
    then. Only the days on which the policy as a whole is in force do not count, or
    none could be tried before its first day.

    Attributes:
        engine: The policy.
        asked: How many messages it was asked about.
        same: How many of them would have fared as they did.
        by_others: How many were denied by something else, whatever the policy says;
            these are among `same`.
        to_approve: How many would have waited for officers.
        changes: The others, counted.
    """

    engine: Engine
    asked: int = 0
    same: int = 0
    by_others: int = 0
    to_approve: int = 0
    changes: dict[Change, int] = field(default_factory=dict)

    @classmethod
    def under(cls, policy: Policy) -> Self:
        """Returns what asks `policy`, and has been asked nothing yet."""
        return cls(engine=compile_policy(replace(policy, validity=ALWAYS)))

    def ask(self, past: Past) -> None:
        """Asks about one message, and counts the answer."""
        self.asked += 1
        exporting = past.direction is Direction.EXPORT
        decide = self.engine.export if exporting else self.engine.imports
        decision = decide(past.question)
        if past.by_others:
            self.by_others += 1
            self.same += 1
            return
        if not isinstance(decision, Deny) and decision.terms.approvals:
            self.to_approve += 1
        old = _effect(past, past.verdict, past.fields)
        new = _effect(past, *_answer(decision))
        if past.too_little and isinstance(decision, Redact):
            # Whether less taken out would have left enough, only the content tells.
            new = old if decision.fields == past.fields else new
        if old == new:
            self.same += 1
            return
        change = Change(
            direction=past.direction,
            party=past.question.recipient if exporting else past.question.origin,
            kind=past.question.kind,
            old=old[0],
            old_fields=old[1],
            new=new[0],
            new_fields=new[1],
            why=decision.summary,
        )
        self.changes[change] = self.changes.get(change, 0) + 1


def _answer(decision: Decision) -> tuple[Verdict, _Fields]:
    match decision:
        case Allow():
            return Verdict.ALLOW, ()
        case Redact(fields=fields):
            return Verdict.REDACT, fields
        case Deny():
            return Verdict.DENY, ()


def _effect(past: Past, verdict: Verdict, fields: _Fields) -> tuple[Verdict, _Fields]:
    """Returns what an answer means for this message: what it does not tell, stays."""
    if verdict is not Verdict.REDACT:
        return verdict, ()
    told = tuple(one for one in fields if one[0] in past.question.facts.classes)
    return (Verdict.REDACT, told) if told else (Verdict.ALLOW, ())
