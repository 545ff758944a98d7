"""Whether what one State answered may be told to another within a trace.

The same rules hold as for passing on the message as a whole
(`broker.core.onward`); what a policy says about it comes on top.
"""

from collections.abc import Iterable

from broker.core.errors import Code, RefusedError
from broker.core.handling import Handling, Restrictions, Tlp
from broker.core.onward import (
    Provided,
    check_consent,
    check_may_be_passed_on,
    consent_needed,
)
from broker.core.permissions import Act, Answer
from broker.core.tightening import tighten
from keys.identity import PartyId


def binding_when_told(
    provided: Provided, to: PartyId, answers: Iterable[Answer], now_ms: int
) -> Handling:
    """Returns what binds a message that tells a party what another has answered.

    What comes from a party may always be told to it again.

    Args:
        provided: The answer, as it is held here.
        to: Who would be told.
        answers: What anybody answered about permissions.
        now_ms: The present.

    Returns:
        What the answer came with, narrowed to the purposes that a consent names.

    Raises:
        RefusedError: LOOSER_HANDLING, when no consent could make it good;
            CONSENT_NEEDED.
    """
    bound = provided.binding_anew(now_ms)
    if all(layer.by == to for layer in provided.layers):
        return bound
    check_may_be_passed_on(provided.layers)
    known = tuple(answers)
    for layer in consent_needed(provided, to):
        answer = check_consent(layer, Act.ONWARD, known, now_ms)
        if to not in answer.grant.parties:
            raise RefusedError(
                Code.CONSENT_NEEDED, f"that of {layer.by} does not name {to}"
            )
        purposes = Restrictions(purposes=answer.grant.purposes)
        bound = tighten(bound, Handling(tlp=Tlp.CLEAR, restrictions=purposes))
    return bound
