"""The lifecycle of a re-export: the original exporter is told, and answers.

Which agreement asks for it is left to the States; the notification names it.
"""

from types import MappingProxyType
from typing import Final

from broker.core.cases.clocks import ACKNOWLEDGE, ANSWER, INFORM
from broker.core.cases.lifecycle import Debt, Lifecycle, Side, Since
from broker.core.cases.sharing import step

NOTIFIED: Final = "notified"
ACKNOWLEDGED: Final = "acknowledged"
ASKED: Final = "asked"
NOTED: Final = "noted"
CONSENTED: Final = "consented"
CONDITIONS: Final = "conditions"
CONDITIONS_ACCEPTED: Final = "conditions-accepted"
CONDITIONS_DECLINED: Final = "conditions-declined"
OBJECTED: Final = "objected"
LEFT: Final = "left"
REJECTED: Final = "rejected"
WITHDRAWN: Final = "withdrawn"
UNDELIVERED: Final = "undelivered"
DECLINED: Final = "declined"
CLOSED: Final = "closed"

_WAITING: Final = frozenset({NOTIFIED, ACKNOWLEDGED})
_UNANSWERED: Final = _WAITING | {ASKED}
_VERDICTS: Final = (NOTED, CONSENTED, CONDITIONS, OBJECTED)
_ANSWERED: Final = frozenset({*_VERDICTS, CONDITIONS_ACCEPTED, CONDITIONS_DECLINED})
# Whoever has declined may answer all the same, as long as the goods are there.
_BEFORE: Final = _UNANSWERED | _ANSWERED | {DECLINED}

REEXPORT: Final = Lifecycle(
    name="reexport",
    title="The original exporter is told before goods are passed on",
    opens=("reexport-notification",),
    states=MappingProxyType(
        {
            NOTIFIED: "sent; no authority has acknowledged it",
            ACKNOWLEDGED: "an authority has acknowledged it",
            ASKED: "the original exporter asks about it",
            NOTED: "the original exporter has taken note",
            CONSENTED: "the original exporter consents",
            CONDITIONS: "consent under conditions; not said whether they are accepted",
            CONDITIONS_ACCEPTED: "the conditions are accepted",
            CONDITIONS_DECLINED: "the conditions are declined: there is no consent",
            OBJECTED: "the original exporter objects",
            LEFT: "the goods have left",
            REJECTED: "the notification is not for the addressee, or says too little",
            WITHDRAWN: "taken back: there will be no re-export",
            UNDELIVERED: "refused on the way, by hub, node or policy",
            DECLINED: "declined by an authority there, without an answer",
            CLOSED: "closed by whoever gave notice",
        }
    ),
    initial=NOTIFIED,
    final=frozenset({REJECTED, WITHDRAWN, UNDELIVERED, DECLINED, CLOSED}),
    steps=(
        step(
            "receipt:acknowledged", Side.ADDRESSEE, frozenset({NOTIFIED}), ACKNOWLEDGED
        ),
        step("receipt:refused", Side.ADDRESSEE, frozenset({NOTIFIED}), UNDELIVERED),
        step("receipt:declined", Side.ADDRESSEE, _UNANSWERED, DECLINED),
        step("case-step:ask", Side.ADDRESSEE, _WAITING, ASKED),
        step("case-step:answer", Side.OPENER, frozenset({ASKED}), ACKNOWLEDGED),
        step("reexport-notification", Side.OPENER, frozenset({ASKED}), ACKNOWLEDGED),
        # A verdict may be changed as long as the goods are there.
        *(
            step(f"reexport-response:{verdict}", Side.ADDRESSEE, _BEFORE, verdict)
            for verdict in _VERDICTS
        ),
        # Later it is kept, and changes nothing.
        *(
            step(f"reexport-response:{verdict}", Side.ADDRESSEE, frozenset({LEFT}))
            for verdict in _VERDICTS
        ),
        step(
            "case-step:accept",
            Side.OPENER,
            frozenset({CONDITIONS}),
            CONDITIONS_ACCEPTED,
        ),
        step(
            "case-step:decline",
            Side.OPENER,
            frozenset({CONDITIONS}),
            CONDITIONS_DECLINED,
        ),
        # Whatever was answered: what was done can be said.
        step("case-step:report", Side.OPENER, _BEFORE, LEFT),
        step("case-step:update", Side.EITHER, _BEFORE | {LEFT}),
        step("case-step:reject", Side.ADDRESSEE, _UNANSWERED, REJECTED),
        step("case-step:withdraw", Side.OPENER, _BEFORE, WITHDRAWN),
        step("case-step:close", Side.OPENER, _ANSWERED | {LEFT, DECLINED}, CLOSED),
    ),
    debts=(
        Debt(
            clock=ACKNOWLEDGE,
            by=Side.ADDRESSEE,
            states=frozenset({NOTIFIED}),
            since=Since.OPENING,
            what="an acknowledgement",
        ),
        # The day that the notification names: from then on the goods may leave.
        Debt(
            clock=ANSWER,
            by=Side.ADDRESSEE,
            states=_WAITING,
            since=Since.OPENING,
            what="an answer before the goods may leave",
        ),
        Debt(
            clock=INFORM,
            by=Side.OPENER,
            states=frozenset({ASKED}),
            what="an answer to what was asked",
        ),
        Debt(
            clock=ANSWER,
            by=Side.OPENER,
            states=frozenset({CONDITIONS}),
            what="whether the conditions are accepted",
        ),
    ),
)
