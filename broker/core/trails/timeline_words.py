"""What decisions, admissions and receipts say, in the words of a message's story.

Which of them stand in it, and in which order, is left to `broker.core.trails.timeline`.
"""

from typing import Final

from broker.core.admitted import Admission, AdmissionState
from broker.core.decisions import DecisionRecord, Direction
from broker.core.model import Decider, Receipt, Stage
from broker.core.policy.past import Verdict
from broker.core.sentences import describe_stage

_ADMISSIONS: Final = {
    AdmissionState.ADMITTED: "taken in",
    AdmissionState.QUARANTINED: "waits in quarantine until a person has looked at it",
    AdmissionState.RELEASED: "released from quarantine by a person",
    AdmissionState.DECLINED: "declined by a person",
    AdmissionState.EXPIRED: "left in quarantine until its time had run out",
    AdmissionState.DESTROYED: "taken in; its content was destroyed since",
}
_DECIDERS: Final = {
    Decider.NODE: "",
    Decider.PERSON: ", decided by a person",
    Decider.SYSTEM: ", decided by a system",
}


def decision_words(one: DecisionRecord) -> str:
    """Returns what a policy answered about one party."""
    asked = "let out" if one.direction is Direction.EXPORT else "taken in"
    by = f" by {', '.join(one.rule_ids)}" if one.rule_ids else ""
    match one.verdict:
        case Verdict.ALLOW:
            return f"policy: {asked}{by}"
        case Verdict.REDACT:
            treated = ", ".join(f"{how.word} {field.word}" for field, how in one.fields)
            return f"policy: {asked}{by}; {treated}"
        case Verdict.DENY:
            return f"policy: not {asked}{by}: {'; '.join(one.reasons)}"


def statement_words(receipt: Receipt) -> str:
    """Returns what a receipt states."""
    words = describe_stage(receipt.stage)
    if receipt.authority:
        words = f"{words}: {receipt.authority}{_DECIDERS[receipt.decider]}"
    if receipt.stage is Stage.REFUSED and receipt.detail:
        words = f"{words}: {receipt.detail}"
    return words


def admission_words(admission: Admission) -> str:
    """Returns on which terms a message is here."""
    desks = f", for {', '.join(admission.routes)}" if admission.routes else ""
    days = admission.retention_days
    kept = "" if days is None else f", kept for {days} day(s)"
    consent = ", passed on only with its provider's consent"
    return (
        f"{_ADMISSIONS[admission.state]}{desks}{kept}"
        f"{consent if admission.with_consent else ''}"
    )
