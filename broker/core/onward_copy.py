"""Making an onward copy: what it says, and the handling it can have.

Whether it may leave is left to `broker.core.onward`.
"""

from collections.abc import Iterable

from broker.core.handling import Europol, Handling, IntendedUse, Restrictions, Tlp
from broker.core.onward import Layer, Provided, check_may_be_passed_on, consent_needed
from broker.core.permissions import Act, Answer, Copy, Verdict, newest
from broker.core.tightening import check_not_looser, tighten
from keys.identity import PartyId


def whom_to_ask(
    provided: Provided, act: Act, recipients: Iterable[PartyId]
) -> list[Layer]:
    """Returns those whose consent an act needs, each once.

    Args:
        provided: What is held.
        act: What is to be done with it.
        recipients: ONWARD: to whom it is to be passed on.

    Raises:
        RefusedError: LOOSER_HANDLING, when no consent could make it good.
    """
    match act:
        case Act.ONWARD:
            check_may_be_passed_on(provided.layers)
            asked = (one for to in recipients for one in consent_needed(provided, to))
            return list({layer.by: layer for layer in asked}.values())
        case Act.JUDICIAL:
            with_h1 = (one for one in provided.layers if _keeps_out_of_court(one))
            return list(with_h1)[:1]


def copy_of(
    provided: Provided, recipients: Iterable[PartyId], answers: Iterable[Answer]
) -> Copy:
    """Returns the copy of a message for `recipients`; it names the consent it has."""
    first = provided.provider
    granted = _granted(provided, recipients, answers)
    return Copy(
        provider=first.by,
        message_digest=first.digest,
        grant_digest=b"" if granted is None else granted.digest,
        handling=first.handling,
        kind=provided.kind,
        body=provided.body,
    )


def handling_of(
    provided: Provided,
    recipients: Iterable[PartyId],
    answers: Iterable[Answer],
    wanted: str | None,
    now_ms: int,
) -> Handling:
    """Returns the handling of a copy: what binds us, and what the consent adds.

    Args:
        provided: What is held.
        recipients: Who is to get it.
        answers: What anybody answered about permissions.
        wanted: Labels it is to have, in the short form; None for those it has.
        now_ms: The present.

    Raises:
        HandlingError: `wanted` is no handling.
        RefusedError: LOOSER_HANDLING: `wanted` is looser than what binds us, or
            nothing is left that everybody agrees to.
    """
    binding = provided.binding_anew(now_ms)
    granted = _granted(provided, recipients, answers)
    if granted is not None and granted.grant.purposes:
        binding = _for_purposes(binding, granted.grant.purposes)
    if wanted is None:
        return binding
    result = Handling.parse(wanted, binding.restrictions)
    check_not_looser(binding, result)
    return result


def _granted(
    provided: Provided, recipients: Iterable[PartyId], answers: Iterable[Answer]
) -> Answer | None:
    """Returns the consent of the provider that holds now, if it is needed at all."""
    first = provided.provider
    if not any(first in consent_needed(provided, party) for party in recipients):
        return None
    answer = newest(answers, by=first.by, message_digest=first.digest, act=Act.ONWARD)
    if answer is None or answer.grant.verdict is not Verdict.GRANTED:
        return None
    return answer


def _for_purposes(handling: Handling, purposes: frozenset[IntendedUse]) -> Handling:
    narrower = Handling(tlp=Tlp.CLEAR, restrictions=Restrictions(purposes=purposes))
    return tighten(handling, narrower)


def _keeps_out_of_court(layer: Layer) -> bool:
    return Europol.H1 in layer.handling.europol
