"""What a party may do about a joint mitigation plan now.

What becomes of what others do, in place or not, is left to
`broker.core.cases.plan_fold`.
"""

from broker.core.cases.plan_messages import Progress, Report, Verdict
from broker.core.cases.plan_state import Phase, PlanState
from broker.core.errors import Code, RefusedError
from keys.identity import PartyId


def possible(state: PlanState, party: PartyId) -> tuple[str, ...]:
    """Returns what a party may do now, in words of the command line.

    A stranger may do nothing, and about a plan that is carried out nothing is said any
    more.
    """
    position = state.position(party)
    if position is None or state.phase is Phase.COMPLETED:
        return ()
    words = [Verdict.AMEND.value, Verdict.WITHDRAW.value]
    if state.phase is Phase.AGREED:
        if any(one.action.owner == party for one in state.actions):
            words.append("report")
    else:
        words.append(Verdict.DECLINE)
        if any(one.terms.digest != position.agrees_to for one in state.versions):
            words.append(Verdict.ACCEPT)
    return tuple(sorted(words))


def next_answer(state: PlanState, party: PartyId) -> int:
    """Returns the number of a party's next answer."""
    position = state.position(party)
    return 1 if position is None else position.sequence + 1


def next_report(state: PlanState, party: PartyId, action: int) -> int:
    """Returns the number of a party's next report on an action of what is agreed."""
    said = (
        one.word.sequence
        for one in state.messages
        if isinstance(one.word, Report)
        and (one.by, one.word.action) == (party, action)
        and one.word.terms_digest == state.agreed
    )
    return max(said, default=0) + 1


def check_answer(
    state: PlanState, party: PartyId, verdict: Verdict, version: bytes
) -> None:
    """Refuses an answer that would have no effect, or no meaning.

    Args:
        state: Where the plan stands.
        party: Who answers.
        verdict: What it would say.
        version: Digest of the version that it would answer.

    Raises:
        RefusedError: ILLEGAL_STEP, with where the plan stands and what is possible.
    """
    _check(state, party, verdict.value)
    if state.version(version) is None:
        raise RefusedError(Code.ILLEGAL_STEP, "the plan has no such version")
    position = state.position(party)
    if position and verdict is Verdict.ACCEPT and position.agrees_to == version:
        raise RefusedError(Code.ILLEGAL_STEP, "you agree to this version already")


def check_report(
    state: PlanState, party: PartyId, action: int, status: Progress
) -> None:
    """Refuses a report that would have no effect.

    Raises:
        RefusedError: ILLEGAL_STEP, with where the plan stands and what is possible.
    """
    _check(state, party, "report")
    found = next((one for one in state.actions if one.action.number == action), None)
    if found is None:
        raise RefusedError(
            Code.ILLEGAL_STEP, f"the plan has {len(state.actions)} actions"
        )
    if found.action.owner != party:
        raise RefusedError(
            Code.ILLEGAL_STEP, f"action {action} is {found.action.owner}'s to report on"
        )
    if status is Progress.AGREED:
        raise RefusedError(Code.ILLEGAL_STEP, "that is no report")


def _check(state: PlanState, party: PartyId, step: str) -> None:
    words = possible(state, party)
    if step not in words:
        shown = ", ".join(words) or "nothing"
        raise RefusedError(
            Code.ILLEGAL_STEP, f"the plan is {state.phase}; now possible: {shown}"
        )
