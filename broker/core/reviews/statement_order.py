"""What an authority may state about a received message, and after what.

Storing it and bringing it to the origin is left to the node's services.
"""

from collections.abc import Callable, Collection
from typing import Final

from broker.core.errors import OutOfOrderError
from broker.core.model import Stage
from broker.core.protocol_kinds import PROTOCOL_KINDS

_LAST: Final = frozenset({Stage.REFUSED, Stage.ACTED})
_ORDER: Final = (Stage.ACKNOWLEDGED, Stage.ACTED, Stage.REFUSED)
_VERBS: Final = {
    Stage.ACKNOWLEDGED: "acknowledged",
    Stage.ACTED: "acted upon",
    Stage.REFUSED: "declined",
}


def may_follow(said: Collection[Stage], kind: str) -> frozenset[Stage]:
    """Returns what an authority may state next.

    1. Nothing after ACTED or REFUSED. 2. Nothing about what is not opened. 3. First
    ACKNOWLEDGED, then ACTED; what a node carries out by itself, a protocol's, needs no
    acknowledgement before. 4. REFUSED at any time in between.

    Args:
        said: What this node has said about the message before.
        kind: Of the message, with version.
    """
    if _LAST & set(said) or Stage.OPENED not in said:
        return frozenset()
    if kind in PROTOCOL_KINDS:
        return _LAST
    if Stage.ACKNOWLEDGED in said:
        return _LAST
    return frozenset({Stage.ACKNOWLEDGED, Stage.REFUSED})


def check_order(stage: Stage, kind: str) -> Callable[[Collection[Stage]], None]:
    """Returns the check of a statement against what was said before it.

    Args:
        stage: What is to be stated.
        kind: Of the message, with version.

    Returns:
        A function of what was said. It raises `OutOfOrderError`, and says what may be
        stated instead.
    """

    def check(said: Collection[Stage]) -> None:
        allowed = may_follow(said, kind)
        if stage not in allowed:
            raise OutOfOrderError(_why(stage, said, allowed))

    return check


def _why(stage: Stage, said: Collection[Stage], allowed: frozenset[Stage]) -> str:
    cannot = f"it cannot be {_VERBS[stage]}"
    if stage in said and stage in _VERBS:
        cannot = f"it was {_VERBS[stage]} before"
    if allowed:
        instead = " or ".join(_VERBS[one] for one in _ORDER if one in allowed)
        return f"{cannot}: it may now be {instead}"
    for last in _LAST & set(said):
        return f"{cannot}: it is {last.name}, and nothing follows that"
    state = Stage.DELIVERED.name if Stage.DELIVERED in said else "not here"
    return f"{cannot} before it is OPENED: it is {state}"
