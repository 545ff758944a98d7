"""Where a leg of a trace stands at a moment: its state, or that it ran out on the way.

States are the lifecycle's; this adds what only a clock can tell.
"""

from typing import Final

from broker.core.cases.leg import Leg
from broker.core.cases.trace import SUBMITTED

EXPIRED: Final = "expired"
VOID: Final = "void"

STANDINGS: Final = {
    EXPIRED: "its lifetime ended before the State that was asked had received it",
    VOID: "refused on the way, taken back, or destroyed",
}
"""What a leg can be besides the states of its lifecycle."""


def standing(leg: Leg, expires_ms: int, now_ms: int) -> str:
    """Returns the state of a leg, or what else has become of it.

    What was received and not acknowledged has not expired: it is overdue, and can still
    be answered.

    Args:
        leg: Of a trace.
        expires_ms: Until when its opening may be delivered, in ms since the epoch.
        now_ms: The present.
    """
    if leg.void:
        return VOID
    received = leg.addressee in leg.opening.delivered_ms
    if leg.state == SUBMITTED and not received and now_ms > expires_ms:
        return EXPIRED
    return leg.state
