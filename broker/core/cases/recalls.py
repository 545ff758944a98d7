"""The lifecycles of taking a message back and of replacing it: to be read only.

Nodes send these notices and attestations by themselves, and no policy and no person
decides about a step: how they are carried out is left to `broker.core.recalls`.
"""

from types import MappingProxyType
from typing import Final

from broker.core.cases.clocks import ACKNOWLEDGE
from broker.core.cases.lifecycle import Debt, Lifecycle, Side, Since, Step

TAKEN_BACK: Final = "taken-back"
REPLACED: Final = "replaced"
ATTESTED: Final = "attested"
UNDELIVERED: Final = "undelivered"


def _steps(first: str) -> tuple[Step, ...]:
    """Returns what may follow a notice.

    Args:
        first: The state that it opens.
    """
    return (
        Step(
            event="receipt:refused",
            by=Side.ADDRESSEE,
            sources=frozenset({first}),
            target=UNDELIVERED,
        ),
        Step(
            event="attestation",
            by=Side.ADDRESSEE,
            # A hold that has ended makes it due again, and it is answered anew.
            sources=frozenset({first, ATTESTED}),
            target=ATTESTED,
        ),
    )


RECALL: Final = Lifecycle(
    name="recall",
    title="One party takes a message back",
    opens=("recall",),
    states=MappingProxyType(
        {
            TAKEN_BACK: "the recipient has not said what became of the content",
            ATTESTED: "the recipient has said what became of the content",
            UNDELIVERED: "the recipient's node refused the notice",
        }
    ),
    initial=TAKEN_BACK,
    final=frozenset({ATTESTED, UNDELIVERED}),
    steps=_steps(TAKEN_BACK),
    debts=(
        Debt(
            clock=ACKNOWLEDGE,
            by=Side.ADDRESSEE,
            states=frozenset({TAKEN_BACK}),
            since=Since.OPENING,
            what="an attestation of what became of it",
        ),
    ),
)
"""A message that is to be destroyed wherever it went."""

CORRECTION: Final = Lifecycle(
    name="correction",
    title="One party replaces a message by another",
    opens=("correction",),
    states=MappingProxyType(
        {
            # Whether the first is to be destroyed, the notice itself says.
            REPLACED: "the message that takes its place travels by itself",
            ATTESTED: "the recipient has said what became of the first",
            UNDELIVERED: "the recipient's node refused the notice",
        }
    ),
    initial=REPLACED,
    final=frozenset({REPLACED, ATTESTED, UNDELIVERED}),
    steps=_steps(REPLACED),
)
"""A message that another one takes the place of."""
