"""The lifecycles of end-user certificates: registered, verified, re-exported under.

What a certificate is worth is left to `broker.core.registers`.
"""

from types import MappingProxyType
from typing import Final

from broker.core.cases.clocks import ACKNOWLEDGE, ANSWER, INFORM
from broker.core.cases.lifecycle import Debt, Lifecycle, Side, Since
from broker.core.cases.sharing import DECLINED, OPEN, shared_record, step

REVOKED: Final = "revoked"

CERTIFICATE: Final = shared_record(
    name="certificate",
    title="An authority makes a certificate or a specimen signature known",
    kind="certificate-registration",
    states=MappingProxyType({REVOKED: "declared void by whoever registered it"}),
    final=frozenset({REVOKED}),
    steps=(step("case-step:revoke", Side.OPENER, OPEN | {DECLINED}, REVOKED),),
    must_acknowledge=True,
)

SUBMITTED: Final = "submitted"
ACKNOWLEDGED: Final = "acknowledged"
UNDER_EXAMINATION: Final = "under-examination"
INFO_REQUESTED: Final = "info-requested"
CONFIRMED: Final = "confirmed"
CONFIRMED_IN_PART: Final = "confirmed-in-part"
FORGED: Final = "forged"
NOT_IN_FORCE: Final = "not-in-force"
MISUSED: Final = "misused"
UNKNOWN: Final = "unknown"
REJECTED: Final = "rejected"
WITHDRAWN: Final = "withdrawn"
UNDELIVERED: Final = "undelivered"
CLOSED: Final = "closed"

_WORKING: Final = frozenset(
    {SUBMITTED, ACKNOWLEDGED, UNDER_EXAMINATION, INFO_REQUESTED}
)
_FINDINGS: Final = (
    CONFIRMED,
    CONFIRMED_IN_PART,
    FORGED,
    NOT_IN_FORCE,
    MISUSED,
    UNKNOWN,
)
_FOUND: Final = frozenset(_FINDINGS)
_VERIFYING: Final = _WORKING | _FOUND
_OVER: Final = frozenset({DECLINED, CLOSED})

VERIFICATION: Final = Lifecycle(
    name="verification",
    title="One State asks another whether a certificate, a delivery or an end use is "
    "as stated",
    opens=("verification-request",),
    states=MappingProxyType(
        {
            SUBMITTED: "sent; no authority has acknowledged it",
            ACKNOWLEDGED: "an authority has acknowledged it",
            UNDER_EXAMINATION: "under examination; an answer follows",
            INFO_REQUESTED: "the requester was asked for what is missing",
            CONFIRMED: "what was stated is true",
            CONFIRMED_IN_PART: "true in part",
            FORGED: "the document is forged",
            NOT_IN_FORCE: "genuine, and revoked or expired",
            MISUSED: "genuine, and used for other goods or by others than it names",
            UNKNOWN: "nothing is known of it",
            REJECTED: "the request cannot be dealt with as it is",
            WITHDRAWN: "taken back by the requester",
            UNDELIVERED: "refused on the way, by hub, node or policy",
            DECLINED: "declined by an authority there, without a finding",
            CLOSED: "closed by the requester",
        }
    ),
    initial=SUBMITTED,
    final=frozenset({REJECTED, WITHDRAWN, UNDELIVERED, DECLINED, CLOSED}),
    steps=(
        step(
            "receipt:acknowledged",
            Side.ADDRESSEE,
            frozenset({SUBMITTED}),
            ACKNOWLEDGED,
        ),
        step("receipt:refused", Side.ADDRESSEE, frozenset({SUBMITTED}), UNDELIVERED),
        step("receipt:declined", Side.ADDRESSEE, _WORKING, DECLINED),
        step(
            "case-step:start",
            Side.ADDRESSEE,
            frozenset({SUBMITTED, ACKNOWLEDGED}),
            UNDER_EXAMINATION,
        ),
        step(
            "verification-response:under-examination",
            Side.ADDRESSEE,
            _VERIFYING,
            UNDER_EXAMINATION,
        ),
        # A better finding may follow one that was given, and a late one counts in the
        # register though the matter is over.
        *(
            step(f"verification-response:{found}", Side.ADDRESSEE, _VERIFYING, found)
            for found in _FINDINGS
        ),
        *(
            step(f"verification-response:{found}", Side.ADDRESSEE, _OVER)
            for found in _FINDINGS
        ),
        step(
            "case-step:ask",
            Side.ADDRESSEE,
            _WORKING - {INFO_REQUESTED},
            INFO_REQUESTED,
        ),
        step(
            "case-step:answer",
            Side.OPENER,
            frozenset({INFO_REQUESTED}),
            UNDER_EXAMINATION,
        ),
        step(
            "verification-request",
            Side.OPENER,
            frozenset({INFO_REQUESTED}),
            UNDER_EXAMINATION,
        ),
        # The requester asks about a finding: it is looked at again.
        step("case-step:ask", Side.OPENER, _FOUND, UNDER_EXAMINATION),
        step("case-step:update", Side.EITHER, _VERIFYING),
        step("case-step:reject", Side.ADDRESSEE, _WORKING, REJECTED),
        step("case-step:withdraw", Side.OPENER, _WORKING, WITHDRAWN),
        step("case-step:close", Side.OPENER, _VERIFYING, CLOSED),
    ),
    debts=(
        Debt(
            clock=ACKNOWLEDGE,
            by=Side.ADDRESSEE,
            states=frozenset({SUBMITTED}),
            since=Since.OPENING,
            what="an acknowledgement",
        ),
        Debt(
            clock=ANSWER,
            by=Side.ADDRESSEE,
            states=frozenset({SUBMITTED, ACKNOWLEDGED}),
            since=Since.OPENING,
            what="a finding",
        ),
        Debt(
            clock=ANSWER,
            by=Side.ADDRESSEE,
            states=frozenset({UNDER_EXAMINATION}),
            what="a finding",
        ),
        Debt(
            clock=INFORM,
            by=Side.OPENER,
            states=frozenset({INFO_REQUESTED}),
            what="what is missing",
        ),
    ),
)
