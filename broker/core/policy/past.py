"""What a policy decided about a real message, as far as asking again needs it.

Keeping it is left to `broker.core.decisions`, asking again to
`broker.core.policy.replay`.
"""

from dataclasses import dataclass
from enum import StrEnum

from broker.core.fields import FieldClass, Treatment
from broker.core.policy.decision import Question


class Direction(StrEnum):
    """Which of a policy's two sides was asked."""

    EXPORT = "export"
    IMPORT = "import"


class Verdict(StrEnum):
    """What became of a message for one party."""

    ALLOW = "allow"
    REDACT = "redact"
    DENY = "deny"


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """One decision about one message and one other party.

    Attributes:
        question: What was asked.
        direction: Which side of the policy was asked.
        verdict: What became of it.
        fields: What the policy said about classes of fields that did not stay.
        by_others: Whether something else than this side of the policy denied it: the
            recipient's policy, a key, a consent that was missing.
        too_little: Whether it was denied since what these fields leave was no message
            of its kind any more.
    """

    question: Question
    direction: Direction
    verdict: Verdict
    fields: tuple[tuple[FieldClass, Treatment], ...] = ()
    by_others: bool = False
    too_little: bool = False
