"""What became of a message, recipient by recipient, from the receipts at hand.

Pure reading: receipts in, lines out. Nothing here is newer than what the node holds.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from broker.core.errors import ConfigurationError
from broker.core.model import Decider, Header, Receipt, Stage
from keys.identity import HUB

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_FINAL: Final = frozenset(
    {Stage.OPENED, Stage.ACKNOWLEDGED, Stage.ACTED, Stage.REFUSED}
)
_ORDER: Final = (
    Stage.WITHHELD,
    Stage.ACCEPTED,
    Stage.DELIVERED,
    Stage.REFUSED,
    Stage.OPENED,
    Stage.ACKNOWLEDGED,
    Stage.ACTED,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One stage that somebody vouches for.

    Attributes:
        by: Party code, or "HUB".
        code: Of a refusal; empty otherwise.
        authority: The office that says so, where it is not the node itself.
        decider: Who has decided it there.
    """

    stage: Stage
    by: str
    at_ms: int
    code: str = ""
    detail: str = ""
    authority: str = ""
    decider: Decider = Decider.NODE


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipientStatus:
    """How far a message has come with one recipient."""

    party: str
    steps: tuple[Step, ...]

    @property
    def furthest(self) -> Step | None:
        """The step that says most; None while nobody has said anything.

        What was opened was opened, whatever the hub says besides; and what the same
        recipient has declined after it opened it is refused.
        """
        own = {step.stage for step in self.steps if step.by == self.party}
        declined = {Stage.OPENED, Stage.REFUSED} <= own

        def rank(step: Step) -> tuple[int, bool]:
            if declined and step.by == self.party and step.stage is Stage.REFUSED:
                return _ORDER.index(Stage.ACKNOWLEDGED), True
            return _ORDER.index(step.stage), False

        return max(self.steps, key=rank, default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageStatus:
    """How far a message has come.

    Attributes:
        submitted_ms: When the hub's stream took it; None while it waits here.
        recipients: One for each, in the header's order.
        expired: Whether its time has run out with somebody who has not opened it.
    """

    submitted_ms: int | None
    recipients: tuple[RecipientStatus, ...]
    expired: bool


def message_status(
    header: Header,
    receipts: Sequence[Receipt],
    *,
    submitted_ms: int | None,
    now_ms: int,
) -> MessageStatus:
    """Sorts receipts by recipient. What the hub says holds for every recipient."""
    recipients = tuple(
        RecipientStatus(
            party=party,
            steps=tuple(
                sorted(
                    (_step(r) for r in receipts if r.by in (HUB, party)),
                    key=lambda step: (step.at_ms, step.stage.value),
                )
            ),
        )
        for party in header.parties
    )
    open_ended = any(
        not _FINAL & {step.stage for step in recipient.steps}
        for recipient in recipients
    )
    return MessageStatus(
        submitted_ms=submitted_ms,
        recipients=recipients,
        expired=open_ended and now_ms > header.expires_ms,
    )


def iso_time(at_ms: int) -> str:
    """Returns a time as people and JSON write it: ISO 8601, UTC, milliseconds."""
    moment = datetime.fromtimestamp(at_ms / 1000, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def parse_time(text: str) -> int:
    """Reads a time of ISO 8601 with its zone; returns ms since the epoch.

    Raises:
        ConfigurationError: Not such a time, or of no zone.
    """
    wanted = f"{text!r} is no time such as 2031-05-04T12:00:00Z, with its zone"
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ConfigurationError(wanted) from None
    if moment.tzinfo is None:
        raise ConfigurationError(wanted)
    return (moment - _EPOCH) // timedelta(milliseconds=1)


def _step(receipt: Receipt) -> Step:
    return Step(
        stage=receipt.stage,
        by=receipt.by,
        at_ms=receipt.at_ms,
        code=receipt.code,
        detail=receipt.detail,
        authority=receipt.authority,
        decider=receipt.decider,
    )
