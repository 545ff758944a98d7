"""Refuses a step that its recipients would find out of place.

Which case it belongs to is left to the callers.
"""

from dataclasses import replace
from typing import Final

from broker.core.cases.case import Case, build
from broker.core.cases.events import CaseEvent
from broker.core.cases.leg import Leg
from broker.core.cases.registry import BY_OPENING, LIFECYCLES
from broker.core.errors import Code, RefusedError

_LAST_MS: Final = 1 << 62
_DIGEST: Final = bytes(32)  # no message has it
STEP: Final = "case-step:"
"""How the names of steps begin that mean nothing but in a matter."""


def check_step(case: Case | None, step: CaseEvent) -> None:
    """Refuses a step that the matter which it answers has no place for now.

    What is a step of no lifecycle may be sent at any time, and so may answers to what
    is not known here: it may have come on paper.

    Args:
        case: That has the message which it answers; None if none is known.
        step: What is to be sent; its digest and its time do not count.

    Raises:
        RefusedError: ILLEGAL_STEP, with the state and what is possible.
    """
    if not _is_a_step(step.told.event):
        return
    last = replace(step, digest=_DIGEST, at_ms=_LAST_MS)
    events = () if case is None else case.events
    after = build("", (*events, last), BY_OPENING, step.by)
    for leg in after.legs:
        for one in leg.out_of_place:
            if one.event.digest == _DIGEST:
                raise _illegal(leg, step, one.state, one.allowed)
    if any(one.digest == _DIGEST for one in after.loose):
        _refuse_baseless(step)


def _refuse_baseless(step: CaseEvent) -> None:
    if step.told.event.startswith(STEP):
        raise RefusedError(
            Code.ILLEGAL_STEP,
            f"{step.told.event} answers no message of a matter that is known here",
        )


def _illegal(
    leg: Leg, step: CaseEvent, state: str, allowed: tuple[str, ...]
) -> RefusedError:
    possible = ", ".join(one for one in allowed if not one.startswith("receipt:"))
    return RefusedError(
        Code.ILLEGAL_STEP,
        f"{step.told.event}: the {leg.lifecycle.name} of {leg.opener} to "
        f"{leg.addressee} is {state}; now possible: {possible or 'nothing more'}",
    )


def _is_a_step(event: str) -> bool:
    return any(lifecycle.knows(event) for lifecycle in LIFECYCLES)
