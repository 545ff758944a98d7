"""The lifecycle of a diversion alert (Arms Trade Treaty, article 11).

What an alert says by now is left to `broker.core.cases.alert_view`, a plan that States
agree on to `broker.core.cases.plan_state`.
"""

from types import MappingProxyType
from typing import Final

from broker.core.cases.clocks import ACKNOWLEDGE, ACT, ANSWER
from broker.core.cases.lifecycle import STAYS, Debt, Lifecycle, Side, Since, Step

ISSUED: Final = "issued"
ACKNOWLEDGED: Final = "acknowledged"
ACTING: Final = "acting"
ASKING: Final = "asking"
REPORTED: Final = "reported"
DECLINED: Final = "declined"
REJECTED: Final = "rejected"
UNDELIVERED: Final = "undelivered"
CANCELLED: Final = "cancelled"
RESOLVED: Final = "resolved"

_WORKING: Final = frozenset({ISSUED, ACKNOWLEDGED, ACTING})
_OPEN: Final = _WORKING | {ASKING, REPORTED, DECLINED}
_ENDED: Final = frozenset({CANCELLED, RESOLVED})


def _by(side: Side, event: str, sources: frozenset[str], target: str = STAYS) -> Step:
    return Step(event=event, by=side, sources=sources, target=target)


_RECEIPTS: Final = (
    _by(Side.ADDRESSEE, "receipt:acknowledged", frozenset({ISSUED}), ACKNOWLEDGED),
    # A report may be faster than the word that the alert was taken up.
    _by(Side.ADDRESSEE, "receipt:acknowledged", _OPEN - {ISSUED} | _ENDED),
    _by(Side.ADDRESSEE, "receipt:acted", frozenset({ISSUED, ACKNOWLEDGED}), ACTING),
    _by(Side.ADDRESSEE, "receipt:acted", _OPEN - {ISSUED, ACKNOWLEDGED} | _ENDED),
    _by(Side.ADDRESSEE, "receipt:refused", frozenset({ISSUED}), UNDELIVERED),
    _by(Side.ADDRESSEE, "receipt:declined", _WORKING, DECLINED),
)

_WORK: Final = (
    _by(
        Side.ADDRESSEE,
        "case-step:start",
        _WORKING | {ASKING, REPORTED, DECLINED},
        ACTING,
    ),
    _by(Side.ADDRESSEE, "case-step:ask", _WORKING | {REPORTED}, ASKING),
    _by(Side.OPENER, "case-step:answer", frozenset({ASKING}), ACTING),
    # Each report stands beside those before it, and a report may replace a refusal.
    _by(Side.ADDRESSEE, "case-step:report", _OPEN, REPORTED),
    _by(Side.ADDRESSEE, "case-step:decline", _WORKING | {ASKING}, DECLINED),
    _by(Side.ADDRESSEE, "case-step:decline", frozenset({REPORTED, DECLINED})),
    _by(Side.ADDRESSEE, "case-step:reject", frozenset({ISSUED}), REJECTED),
    _by(Side.EITHER, "case-step:update", _OPEN),
    _by(Side.EITHER, "case-step:correct", _OPEN),
)

_UPDATES: Final = (
    _by(Side.EITHER, "diversion-update:update", _OPEN),
    _by(Side.EITHER, "diversion-update:correct", _OPEN),
    # What is found out afterwards is added; it reopens nothing.
    _by(Side.EITHER, "diversion-update:update", frozenset({RESOLVED})),
    _by(Side.EITHER, "diversion-update:correct", _ENDED),
    _by(Side.OPENER, "diversion-update:cancel", _OPEN, CANCELLED),
    _by(Side.OPENER, "diversion-update:resolve", _OPEN, RESOLVED),
)

DIVERSION: Final = Lifecycle(
    name="diversion",
    title="A State warns others of a diversion, and asks them to act",
    opens=("diversion-alert",),
    states=MappingProxyType(
        {
            ISSUED: "sent; no authority has acknowledged it",
            ACKNOWLEDGED: "an authority has acknowledged it",
            ACTING: "the State that was alerted is acting on it",
            ASKING: "the State that was alerted asks about it",
            REPORTED: "the State that was alerted has reported what it did",
            DECLINED: "the State that was alerted does not act on it",
            REJECTED: "the alert cannot be dealt with as it is",
            UNDELIVERED: "refused by the node or policy of the State that was alerted",
            CANCELLED: "taken back by the State that issued it",
            RESOLVED: "closed by the State that issued it, with how it ended",
        }
    ),
    initial=ISSUED,
    final=frozenset({REJECTED, UNDELIVERED, CANCELLED, RESOLVED}),
    steps=(*_RECEIPTS, *_WORK, *_UPDATES),
    debts=(
        Debt(
            clock=ACKNOWLEDGE,
            by=Side.ADDRESSEE,
            states=frozenset({ISSUED}),
            since=Since.OPENING,
            what="an acknowledgement",
        ),
        # Beginning to act gives no more time.
        Debt(
            clock=ACT,
            by=Side.ADDRESSEE,
            states=_WORKING,
            since=Since.OPENING,
            what="a report of what was done",
        ),
        Debt(
            clock=ANSWER,
            by=Side.OPENER,
            states=frozenset({ASKING}),
            what="an answer to what was asked",
        ),
    ),
)
