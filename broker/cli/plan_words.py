"""How joint mitigation plans are shown: as fields for programs, as rows for people.

What they amount to is left to `broker.core.cases.plan_fold`.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from broker.app.plans import KnownPlans
from broker.cli.case_views import duty_fields
from broker.cli.following import short_time
from broker.core.cases.clocks import end_of_day_ms
from broker.core.cases.duties import Duty
from broker.core.cases.plan_messages import PlanMessage, Progress, Proposal, Report
from broker.core.cases.plan_state import (
    ActionState,
    Doubt,
    Misfit,
    Misplaced,
    Phase,
    PlanState,
    Position,
    Version,
)
from broker.core.cases.plan_steps import possible
from broker.core.model import message_id_text
from broker.core.status import iso_time
from keys.identity import PartyId

SHORT: Final = 12  # hexadecimal digits by which versions are shown and named

LIST_COLUMNS: Final = ("plan", "phase", "parties", "case", "proposed", "owed")
VERSION_COLUMNS: Final = ("version", "agreed to by", "replaces", "from", "at", "id")
POSITION_COLUMNS: Final = ("party", "says", "about version", "at", "id")
ACTION_COLUMNS: Final = ("no", "party", "by", "status", "what", "id")

_PHASES: Final[Mapping[Phase, str]] = MappingProxyType(
    {
        Phase.PROPOSED: "proposed; not all parties have agreed",
        Phase.CONTESTED: "contested; there is no one version that all spoke to",
        Phase.DECLINED: "declined by at least one party",
        Phase.WITHDRAWN: "withdrawn; at least one party no longer agrees",
        Phase.AGREED: "agreed by all parties",
        Phase.COMPLETED: "completed; every action is done",
    }
)
_DOUBTS: Final[Mapping[Doubt, str]] = MappingProxyType(
    {
        Doubt.NONE: "",
        Doubt.EQUIVOCATION: "says different things under one number: counts for none",
        Doubt.UNKNOWN_VERSION: "about a version that is not known here",
    }
)
_MISFITS: Final[Mapping[Misfit, str]] = MappingProxyType(
    {
        Misfit.OTHER_RECIPIENTS: "not sent to all parties, or to others as well",
        Misfit.NOT_A_PARTY: "from somebody who is no party",
        Misfit.UNKNOWN_PLAN: "about a plan that is not known here",
        Misfit.UNKNOWN_VERSION: "about a version that is not known here",
        Misfit.NOT_AGREED: "about a version that is not agreed now",
        Misfit.NO_SUCH_ACTION: "about an action that there is not",
        Misfit.NOT_THE_OWNER: "not from the party that acts",
    }
)


def phase_sentence(plan: PlanState) -> str:
    """Returns where a plan stands, as people read it."""
    return f"Plan {plan.plan_id.hex()[:SHORT]}: {_PHASES[plan.phase]}."


def misfit_sentence(one: Misplaced) -> str:
    """Returns why a message has no effect, as people read it."""
    message = one.message
    return f"{said(message)} by {message.by}: {_MISFITS[one.why]}"


def said(message: PlanMessage) -> str:
    """Returns what a message says, in a few words."""
    word = message.word
    match word:
        case Proposal():
            return f"proposes {word.terms.digest.hex()[:SHORT]}"
        case Report():
            return f"reports action {word.action} {word.status} (no {word.sequence})"
        case _:
            return (
                f"{word.verdict} {word.terms_digest.hex()[:SHORT]} (no {word.sequence})"
            )


def duties_of(plan: PlanState, duties: Iterable[Duty]) -> list[Duty]:
    """Returns those that are owed in one plan."""
    own = {one.digest for one in plan.messages}
    return [one for one in duties if one.owed.about in own]


def plan_fields(
    known: KnownPlans, plan: PlanState, duties: Sequence[Duty], me: PartyId, now_ms: int
) -> dict[str, object]:
    """Returns what is known of a plan.

    Args:
        known: All plans.
        plan: The plan.
        duties: What is owed in it.
        me: Whose node it is.
        now_ms: The present, in ms since the epoch.
    """
    root = known.header(plan.root)
    agreed = plan.version(plan.agreed)
    review_on = agreed.terms.review_on if agreed else ""
    return {
        "plan": plan.plan_id.hex(),
        "case": root.case_reference or None,
        "alert": root.in_reply_to.hex() or None,
        "phase": plan.phase.value,
        "parties": [str(party) for party in plan.parties],
        "agreed": plan.agreed.hex() or None,
        "review_on": review_on or None,
        "review_is_due": bool(review_on) and end_of_day_ms(review_on) < now_ms,
        "versions": [_version_fields(known, one) for one in plan.versions],
        "words": [_position_fields(known, one) for one in plan.positions],
        "actions": [_action_fields(known, one, now_ms) for one in plan.actions],
        "owed": [duty_fields(one, now_ms) for one in duties],
        "possible": list(possible(plan, me)),
        "history": list(messages_fields(known, plan.messages)),
        "no_effect": [
            {"why": one.why.value, **message_fields(known, one.message)}
            for one in (*plan.misplaced, *known.stray_in(plan))
        ],
    }


def messages_fields(
    known: KnownPlans, messages: Iterable[PlanMessage]
) -> Iterator[dict[str, object]]:
    """Yields messages about a plan, with what `evidence export` needs to know."""
    return (message_fields(known, one) for one in messages)


def message_fields(known: KnownPlans, message: PlanMessage) -> dict[str, object]:
    """Returns one message about a plan."""
    return {
        "message": _id(known, message),
        "digest": message.digest.hex(),
        "by": str(message.by),
        "at": iso_time(message.at_ms),
        "says": said(message),
    }


def list_row(
    known: KnownPlans, plan: PlanState, duties: Iterable[Duty]
) -> tuple[str, ...]:
    """Returns a plan as a row of the list."""
    header = known.header(plan.root)
    return (
        plan.plan_id.hex()[:SHORT],
        plan.phase.value,
        " ".join(plan.parties),
        header.case_reference,
        short_time(plan.root.at_ms),
        ", ".join(sorted({str(one.owed.by) for one in duties})),
    )


def version_rows(known: KnownPlans, plan: PlanState) -> list[tuple[str, ...]]:
    """Returns the versions of a plan as rows."""
    rows: list[tuple[str, ...]] = []
    for one in plan.versions:
        digest = one.terms.digest.hex()[:SHORT]
        carrier = one.carriers[0]
        words = {plan.agreed: "agreed"}.get(
            one.terms.digest, "open" if one.is_open else ""
        )
        rows.append(
            (
                f"{digest} {words}".strip(),
                " ".join(one.supporters),
                " ".join(old.hex()[:SHORT] for old in one.terms.replaces),
                str(carrier.by),
                short_time(carrier.at_ms),
                _id(known, carrier),
            )
        )
    return rows


def position_rows(known: KnownPlans, plan: PlanState) -> list[tuple[str, ...]]:
    """Returns where the parties stand, as rows."""
    return [
        (
            str(one.party),
            _DOUBTS[one.doubt] or (one.verdict or "nothing yet"),
            one.version.hex()[:SHORT],
            short_time(one.messages[0].at_ms) if one.messages else "",
            " ".join(_id(known, message) for message in one.messages),
        )
        for one in plan.positions
    ]


def action_rows(
    known: KnownPlans, states: Iterable[ActionState], now_ms: int
) -> list[tuple[str, ...]]:
    """Returns actions as rows."""
    return [
        (
            str(one.action.number),
            str(one.action.owner),
            one.action.by_when,
            _status(one) + (", overdue" if _is_overdue(one, now_ms) else ""),
            one.action.what,
            " ".join(_id(known, message) for message in one.messages),
        )
        for one in states
    ]


def _version_fields(known: KnownPlans, one: Version) -> dict[str, object]:
    return {
        "digest": one.terms.digest.hex(),
        "open": one.is_open,
        "supporters": [str(party) for party in one.supporters],
        "replaces": [old.hex() for old in one.terms.replaces],
        "review_on": one.terms.review_on or None,
        "actions": [
            {
                "number": action.number,
                "owner": str(action.owner),
                "what": action.what,
                "by_when": action.by_when,
            }
            for action in one.terms.actions
        ],
        "brought_by": list(messages_fields(known, one.carriers)),
    }


def _position_fields(known: KnownPlans, one: Position) -> dict[str, object]:
    return {
        "party": str(one.party),
        "verdict": one.verdict and one.verdict.value,
        "version": one.version.hex() or None,
        "agrees_to": one.agrees_to.hex() or None,
        "sequence": one.sequence,
        "doubt": one.doubt.value or None,
        "messages": list(messages_fields(known, one.messages)),
    }


def _action_fields(
    known: KnownPlans, one: ActionState, now_ms: int
) -> dict[str, object]:
    return {
        "number": one.action.number,
        "owner": str(one.action.owner),
        "what": one.action.what,
        "by_when": one.action.by_when,
        "status": one.progress.value,
        "overdue": _is_overdue(one, now_ms),
        "sequence": one.sequence,
        "doubt": one.doubt.value or None,
        "messages": list(messages_fields(known, one.messages)),
    }


def _status(one: ActionState) -> str:
    return _DOUBTS[one.doubt] or one.progress.value


def _is_overdue(one: ActionState, now_ms: int) -> bool:
    over = one.progress in (Progress.DONE, Progress.DECLINED)
    return not over and end_of_day_ms(one.action.by_when) < now_ms


def _id(known: KnownPlans, message: PlanMessage) -> str:
    return message_id_text(known.header(message).message_id)
