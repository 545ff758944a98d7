"""The lifecycle of a request for what a provider's handling does not allow.

What an answer permits, and for how long, is left to `broker.core.onward`: there the
newest answer counts, whichever request it answers.
"""

from types import MappingProxyType
from typing import Final

from broker.core.cases.clocks import ANSWER
from broker.core.cases.lifecycle import Debt, Lifecycle, Side, Since, Step

ASKED: Final = "asked"
GRANTED: Final = "granted"
REFUSED: Final = "refused"
REVOKED: Final = "revoked"
WITHDRAWN: Final = "withdrawn"
UNDELIVERED: Final = "undelivered"
DECLINED: Final = "declined"

_ANSWERED: Final = frozenset({GRANTED, REFUSED, REVOKED})
_OPEN: Final = frozenset({ASKED})
_ANSWERABLE: Final = _OPEN | _ANSWERED | {DECLINED}


def _step(event: str, by: Side, sources: frozenset[str], target: str = "") -> Step:
    return Step(event=event, by=by, sources=sources, target=target)


PERMISSION: Final = Lifecycle(
    name="permission",
    title="One party asks the provider of a message for its consent",
    opens=("permission-request",),
    states=MappingProxyType(
        {
            ASKED: "the provider has not answered",
            GRANTED: "the provider consents, within the limits it names",
            REFUSED: "the provider does not consent",
            REVOKED: "the provider has taken its consent back",
            WITHDRAWN: "not asked for any more",
            UNDELIVERED: "refused on the way, by hub, node or policy",
            DECLINED: "declined by an authority there, without an answer",
        }
    ),
    initial=ASKED,
    final=_ANSWERED | {WITHDRAWN, UNDELIVERED, DECLINED},
    steps=(
        _step("receipt:refused", Side.ADDRESSEE, _OPEN, UNDELIVERED),
        _step("receipt:acknowledged", Side.ADDRESSEE, _OPEN | _ANSWERED),
        _step("receipt:acted", Side.ADDRESSEE, _OPEN | _ANSWERED),
        _step("receipt:declined", Side.ADDRESSEE, _OPEN, DECLINED),
        # A later answer takes the place of an earlier one.
        _step("permission-grant:granted", Side.ADDRESSEE, _ANSWERABLE, GRANTED),
        _step("permission-grant:refused", Side.ADDRESSEE, _ANSWERABLE, REFUSED),
        _step("permission-grant:withdrawn", Side.ADDRESSEE, _ANSWERABLE, REVOKED),
        _step("case-step:ask", Side.ADDRESSEE, _OPEN),
        _step("case-step:answer", Side.OPENER, _OPEN),
        _step("case-step:withdraw", Side.OPENER, _OPEN, WITHDRAWN),
    ),
    debts=(
        Debt(
            clock=ANSWER,
            by=Side.ADDRESSEE,
            states=_OPEN,
            since=Since.OPENING,
            what="an answer",
        ),
    ),
)
"""Consent of a provider (International Tracing Instrument, paragraph 15)."""
