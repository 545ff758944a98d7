"""What one round of a relay worker has found, and how it is split into batches.

What is decided is left to the flows, the order of things to `relay`.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from broker.core import subjects
from broker.core.errors import Code, RefusedError
from broker.core.flows.relay import Examined, Outcome
from broker.core.flows.round import Reissue, audit_bytes, output_count
from broker.core.limits import Limits
from broker.core.ports import Incoming
from broker.core.trust import Trust
from keys.identity import PartyId


@dataclass(slots=True)
class Round:
    """What one round has found out so far."""

    outcomes: list[Outcome] = field(default_factory=list)
    reissues: list[Reissue] = field(default_factory=list)
    examined: list[Examined] = field(default_factory=list)
    later: list[Incoming] = field(default_factory=list)


def account_of(subject: str) -> str:
    """Returns the account that a submission came over; empty for none at all."""
    try:
        return subjects.account_of(subject)
    except RefusedError:
        return ""


def owner_of(subject: str, trust: Trust) -> PartyId | None:
    """Returns the party that a submission came from, if the directory knows it."""
    return trust.accounts.get(account_of(subject))


def bar(account: str, party: PartyId, trust: Trust, now_ms: int) -> RefusedError | None:
    """Returns why nothing at all is taken from a party; None if it is.

    What a suspended party had submitted before it was cut off is refused, be it
    messages or receipts.
    """
    suspension = trust.view.federation.membership(party).suspension
    if suspension is not None and now_ms >= suspension.since_ms:
        return RefusedError(Code.PARTY_SUSPENDED, suspension.reason)
    if account not in trust.accounts:
        return RefusedError(
            Code.UNKNOWN_PARTY,
            f"the record of {party} in the directory does not hold at present",
        )
    return None


def portions(
    found: Round, limits: Limits
) -> Iterator[tuple[list[Outcome], list[Reissue]]]:
    """Splits a round so that each portion fits into one batch of the bus."""
    portion: list[Outcome] = []
    # Every portion may hold receipts for as many parties as it has outcomes, and
    # one audit batch.
    used, size = len(found.reissues) + 1, 0
    reissues = found.reissues
    for outcome in found.outcomes:
        need, more = output_count(outcome), audit_bytes(outcome)
        if portion and (
            used + need > limits.batch_outputs_max
            or size + more > limits.batch_audit_max_size
        ):
            yield portion, reissues
            portion, reissues, used, size = [], [], 1, 0
        portion.append(outcome)
        used, size = used + need, size + more
    yield portion, reissues
