"""What a diversion alert consists of as it stands, as plain values.

Putting it together is left to `broker.core.cases.alert_view`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from keys.identity import PartyId

ALERT: Final = "diversion-alert"
UPDATE: Final = "diversion-update"
STEP: Final = "case-step"
ADDITIONS: Final = ("items", "serialRanges", "parties", "legs", "plan", "attachments")
"""What updates add, but for what they ask."""

OF_ISSUER: Final = frozenset({"UPDATE_KIND_CANCEL", "UPDATE_KIND_RESOLVE"})
"""Sorts of updates that only whoever issued the alert can make."""


class Answered(StrEnum):
    """What a party has said to something that is asked of it."""

    OPEN = "open"
    UNDER_WAY = "under-way"
    REPORTED = "reported"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertMessage:
    """One message about an alert.

    Attributes:
        digest: Of the message's signed header, 32 bytes.
        name: Its id, as people type it.
        kind: Without version.
        by: Who says it.
        to: To whom.
        at_ms: When it was sealed, in ms since the epoch.
        in_reply_to: The message that it answers; or empty.
        document: Protobuf's JSON mapping of the content.
    """

    digest: bytes
    name: str
    kind: str
    by: PartyId
    to: tuple[PartyId, ...]
    at_ms: int
    in_reply_to: bytes
    document: Mapping[str, object]

    @property
    def order(self) -> tuple[int, bytes]:
        """By which messages of different parties are listed."""
        return self.at_ms, self.digest

    @property
    def number(self) -> int:
        """Of an update, as its sender counts; 0 for anything else."""
        number = self.document.get("sequence")
        return number if self.kind == UPDATE and isinstance(number, int) else 0

    def listed(self, name: str) -> list[Mapping[str, object]]:
        """Returns the entries of a list in the document."""
        found = self.document.get(name)
        entries = found if isinstance(found, list) else []
        return [one for one in entries if isinstance(one, Mapping)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """One update, in its place.

    Attributes:
        contradicted: Whether its sender says something else under the same number.
        counts: False where somebody else than the issuer cancels or resolves.
    """

    message: AlertMessage
    contradicted: bool = False
    counts: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What one party says that a field of the alert should say.

    Attributes:
        was: What the field said before, in the words of whoever corrects it.
        value: What it should say; empty where the statement is withdrawn.
    """

    message: AlertMessage
    was: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Corrected:
    """One field of the alert that was corrected.

    Attributes:
        field: As "items[0].firearm.model".
        original: What the alert itself says there; empty if nothing.
        statements: Every correction, oldest first.
    """

    field: str
    original: str
    statements: tuple[Statement, ...]

    @property
    def standing(self) -> tuple[Statement, ...]:
        """The last word of each party, oldest first."""
        last = {one.message.by: one for one in self.statements}
        return tuple(one for one in self.statements if one in last.values())

    @property
    def conflicting(self) -> bool:
        """Whether parties say different things: nobody decides that here."""
        return len({one.value for one in self.standing}) > 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What one party has said to something that is asked of it.

    Attributes:
        steps: Its messages about it, oldest first.
    """

    party: PartyId
    answered: Answered = Answered.OPEN
    steps: tuple[AlertMessage, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One thing that is asked.

    Attributes:
        message: That asks for it.
        number: In that message, from 1.
        what: As the closed list has it: "ASK_KIND_HOLD".
        by_when: Day by which, ISO 8601; or empty.
        detail: In words; or empty.
        replies: Of everybody whom it is asked of, ascending.
    """

    message: AlertMessage
    number: int
    what: str
    by_when: str
    detail: str
    replies: tuple[Reply, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertView:
    """An alert, and what became of it.

    Attributes:
        alert: As it was issued.
        updates: In order: each party's by number, otherwise by time.
        missing: Numbers of updates that ought to be here and are not, by party.
        corrections: By field.
        asks: Of the alert first, then of each update.
        steps: What was said besides, oldest first.
    """

    alert: AlertMessage
    updates: tuple[Update, ...]
    missing: Mapping[PartyId, tuple[int, ...]]
    corrections: tuple[Corrected, ...]
    asks: tuple[Ask, ...]
    steps: tuple[AlertMessage, ...]

    @property
    def ending(self) -> AlertMessage | None:
        """The update by which its issuer has cancelled or resolved it, if any."""
        ends = (
            one.message
            for one in self.updates
            if one.counts and one.message.document.get("kind") in OF_ISSUER
        )
        return next(ends, None)

    def additions(self, name: str) -> Iterator[tuple[AlertMessage, object]]:
        """Yields what was added to a part of the alert, and by which message.

        Args:
            name: One of `ADDITIONS`.
        """
        for one in self.updates:
            if name in one.message.document:
                yield one.message, one.message.document[name]
