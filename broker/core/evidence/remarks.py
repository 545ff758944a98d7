"""What has to be said beside a proof, so that nobody reads more into it.

The proofs are left to `messages`.
"""

from collections import Counter
from collections.abc import Callable
from typing import Final

from broker.core.evidence.directories import Judged, Signing
from broker.core.evidence.findings import State
from broker.core.evidence.stated import StatedMessage
from broker.core.model import Stage
from keys.directory.roles import instant
from keys.identity import HUB

Say = Callable[[State, str], None]
"""Notes a finding about one message."""

BY_HUB: Final = frozenset({Stage.ACCEPTED, Stage.REFUSED})
"""What the hub can state about a message."""


def mention_absent(message: StatedMessage, say: Say) -> None:
    """Says what is easily read into a message and is not shown."""
    stages = {(one.receipt.by, one.receipt.stage) for one in message.receipts}
    if not {(HUB, stage) for stage in BY_HUB} & stages:
        say(State.UNPROVED, f"That the hub took {message}: no statement is shown.")
    if {(HUB, stage) for stage in BY_HUB} <= stages:
        say(State.CAUTION, f"The hub stated both that it took and refused {message}.")
    said = Counter((one.receipt.by, one.receipt.stage) for one in message.receipts)
    for (by, stage), count in said.items():
        if count > 1:
            say(
                State.CAUTION,
                f"{by} stated {stage.name} {count} times about {message}, each time "
                "otherwise: which of them counts is for its party to explain.",
            )
    for party in message.header.parties:
        own = {stage for by, stage in stages if by == party}
        _mention_party(party, own, message, say)


def _mention_party(
    party: str, own: set[Stage], message: StatedMessage, say: Say
) -> None:
    if not own:
        say(State.UNPROVED, f"That {message} reached {party}: nothing of it is shown.")
    elif own <= {Stage.DELIVERED}:
        say(State.UNPROVED, f"That {party} opened {message}: it has not said so here.")
    elif own & {Stage.ACKNOWLEDGED, Stage.ACTED}:
        say(
            State.UNPROVED,
            f"Who at {party} acknowledged {message}: the node of {party} names the "
            "authority, and answers for it.",
        )
    elif Stage.OPENED in own:
        say(
            State.UNPROVED,
            f"That a person at {party} read {message}: its node opened it.",
        )


def mention_key(signing: Signing, judged: Judged, say: Say) -> None:
    """Says what has become known of a key since, and what that means."""
    key = f"The key {signing.key_id.hex()[:16]} of {signing.by}"
    if judged.revoked_ms is not None:
        when = "before" if judged.revoked_ms <= signing.at_ms else "after"
        say(
            State.CAUTION,
            f"{key} was revoked later ({judged.revoked_why}), as of "
            f"{instant(judged.revoked_ms)}, {when} the time that is stated. Whoever "
            "stole it can write any time: what others stated and the log held before "
            "the theft is what counts.",
        )
    elif not judged.followed:
        say(
            State.CAUTION,
            f"{key}: the newest directory shown here does not have it any more, so "
            "that a later revocation would not be known.",
        )
    if judged.snapshot.signed_at_ms > signing.at_ms:
        say(
            State.CAUTION,
            f"{key} was published {instant(judged.snapshot.signed_at_ms)}, after the "
            "time that is stated: a clock was behind, or the time is not right.",
        )
