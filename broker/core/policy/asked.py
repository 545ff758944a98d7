"""A question in the form that compiled rules look at.

What the content says stays beside it, as `Facts`; compiling rules is left to
`broker.core.policy.clause`.
"""

from dataclasses import dataclass
from typing import Final

from broker.core.handling import Europol, IntendedUse, Tlp
from broker.core.policy.decision import HeaderQuestion
from keys.identity import PartyId

_DAY_MS: Final = 86_400_000
_EPOCH: Final = 719_163  # date(1970, 1, 1).toordinal()
_ALWAYS_COVERED: Final = frozenset({Europol.H0})


@dataclass(slots=True)  # not frozen: one is made for each decision, in half the time
class Asked:
    """What the header of a message asks the rules of one direction.

    Attributes:
        party: The other party.
        kind: Without version.
        tlp: Label of the message.
        codes: Its Europol codes beyond H0.
        pap: Its PAP label; 0 when it bears none.
        stated: Purposes that its handling states.
        day: When (UTC): the number of a day, as `date.toordinal` counts.
    """

    party: PartyId
    kind: str
    tlp: Tlp
    codes: frozenset[Europol]
    pap: int
    stated: frozenset[IntendedUse]
    day: int


def asked_about(question: HeaderQuestion, party: PartyId, kind: str) -> Asked:
    """Returns `question` as rules about `party` look at it.

    Args:
        question: What is asked.
        party: Whichever of origin and recipient the rules are about.
        kind: Its kind without version.
    """
    handling = question.handling
    return Asked(
        party,
        kind,
        handling.tlp,
        handling.europol - _ALWAYS_COVERED,
        handling.pap or 0,
        handling.restrictions.purposes,
        question.at_ms // _DAY_MS + _EPOCH,
    )
