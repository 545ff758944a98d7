"""One line for each thing somebody stated, and which of them a reader asks for.

Where the lines are kept is left to the stores, the story of one message to
`broker.core.trails.timeline`.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from broker.core.audit.padding import PADDING_STAGE
from broker.core.protocol_kinds import UPKEEP_KINDS

MOST_LINES: Final = 1000  # lines of one page


class Role(StrEnum):
    """What a message is to the node that keeps the line."""

    SENT = "sent"
    RECEIVED = "received"
    WITHHELD = "withheld"


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageHead:
    """What lists need to know of a message, all of it from its header.

    Attributes:
        message_digest: Its name, 32 bytes; of a withholding, its blinded digest.
        role: What it is to this node.
        kind: With version.
        origin: Who sealed it, or would have.
        parties: Its recipients; of a withholding, who gets nothing.
        case_reference: Pseudonymous, or empty.
        in_reply_to: Digest of the message it answers, or empty.
        created_ms: When it was sealed, in ms since the epoch.
    """

    message_digest: bytes
    role: Role
    kind: str
    origin: str
    parties: tuple[str, ...]
    case_reference: str = ""
    in_reply_to: bytes = b""
    created_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TrailLine:
    """One statement about one message, or one snapshot of the directory.

    Attributes:
        cursor: Its number, from 1, in the order in which its keeper learned of it.
        at_ms: When it was stated, in ms since the epoch.
        stage: Name of the stage; of a snapshot, `SNAPSHOT_STAGE`.
        by: Who states it.
        to: Whom it is stated to; empty for nobody in particular.
        message_digest: What it is about; empty when that could not be read.
        code: Of a refusal; empty otherwise.
        kind: With version; empty when the keeper has no header of it.
        case_reference: Pseudonymous, or empty.
        version: Of a snapshot; 0 otherwise.
    """

    cursor: int
    at_ms: int
    stage: str
    by: str
    to: str
    message_digest: bytes
    code: str = ""
    kind: str = ""
    case_reference: str = ""
    version: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class TrailFilter:
    """Which lines to list; every condition that is given must hold.

    Attributes:
        party: Stated by or to this party; at a node, also about a message that it
            sent or was to get.
        kind: With version.
        stage: Name of the stage.
        code: Of a refusal.
        case_reference: Exactly this one.
        since_ms: Stated then or later, in ms since the epoch.
        until_ms: Stated before then, likewise.
        after: With a greater cursor: the first lines that fit.
        before: With a smaller cursor: the last lines that fit.
        limit: At most so many, and never more than `MOST_LINES`.
        everything: Also what lists leave out: padding, and messages by which nodes
            keep their links.
    """

    party: str | None = None
    kind: str | None = None
    stage: str | None = None
    code: str | None = None
    case_reference: str | None = None
    since_ms: int | None = None
    until_ms: int | None = None
    after: int | None = None
    before: int | None = None
    limit: int = 100
    everything: bool = False

    @property
    def newest(self) -> bool:
        """Whether the last lines that fit are meant, and not the first.

        They are, where nothing says from where to read on.
        """
        return self.after is None and (self.since_ms is None or self.before is not None)

    @property
    def most(self) -> int:
        """How many lines at most."""
        return max(0, min(self.limit, MOST_LINES))

    def shows(self, line: TrailLine) -> bool:
        """Tells whether a line is not one of those that lists leave out."""
        if self.everything:
            return True
        if line.stage == PADDING_STAGE:
            return self.stage == PADDING_STAGE
        return self.kind is not None or line.kind not in UPKEEP_KINDS
