"""Contents that are not to be used any more: recalled, replaced, kept, or destroyed.

How they are kept and destroyed is left to the store; when retention ends, to
`broker.core.recalls.retention`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from broker.core.errors import Code, RefusedError
from broker.core.recalls.recall import Notice, Outcome
from keys.identity import PartyId


class NoticeState(StrEnum):
    """What became of a notice at the node that received it."""

    WAITING = "waiting"
    DONE = "done"
    KEPT = "kept"
    MARKED = "marked"
    VOID = "void"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedNotice:
    """A recall or correction that this node has received.

    Attributes:
        digest: Of the message that carries it, 32 bytes.
        origin: Who says so.
        received_ms: When it was opened, in ms since the epoch.
        outcome: What came of it; None before, and where nothing is destroyed.
        done_ms: When that was; None before.
        acknowledged: Whether a receipt has acknowledged it.
        attested: The message in which it was answered, by digest; empty before.
    """

    digest: bytes
    origin: PartyId
    notice: Notice
    received_ms: int
    state: NoticeState
    outcome: Outcome | None = None
    done_ms: int | None = None
    acknowledged: bool = False
    attested: bytes = b""


BY_NOTICE: Final = "taken-back"
TAKEN_OUT: Final = "sent-again"
"""The rule by which an answer that may enclose another message goes."""
"""The rule of what was destroyed because its origin, or its provider, asked for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Destroyed:
    """A content that this node has destroyed.

    Attributes:
        at_ms: When, in ms since the epoch.
        rule: Why: `BY_NOTICE`, or a rule of `broker.core.recalls.retention`.
        cause: The notice, or the run of retention, by digest.
    """

    message_digest: bytes
    at_ms: int
    rule: str
    cause: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """A message that has to be kept, whatever its origin or its retention says.

    Attributes:
        authority: Which office or court demands it.
        at_ms: Since when, in ms since the epoch.
    """

    message_digest: bytes
    authority: str
    at_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskNotice:
    """What a desk has to be told about a content that it was given.

    Attributes:
        number: Under which it is settled.
        destroy: Whether it has to destroy its copy, or only to mark it.
        replacement: What takes its place, by digest, or empty.
        at_ms: Since when it waits, in ms since the epoch.
        told_ms: When the desk was told; None before.
        told_by: Who says so; empty before.
    """

    number: int
    message_digest: bytes
    desk: str
    destroy: bool
    replacement: bytes
    at_ms: int
    told_ms: int | None = None
    told_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenBack:
    """Why a content is not to be used.

    Attributes:
        readable: Whether a person may still read it here.
        sentence: Why, for people; never with anything of the content.
        replacement: What takes its place, by digest, or empty.
    """

    readable: bool
    sentence: str
    replacement: bytes = b""

    def check_readable(self) -> None:
        """Returns if a person may read the content here.

        Raises:
            RefusedError: RECALLED.
        """
        if not self.readable:
            raise RefusedError(Code.RECALLED, self.sentence)

    def check_usable(self) -> None:
        """Refuses, whatever may be read: nothing of it leaves, for nobody.

        Raises:
            RefusedError: RECALLED.
        """
        raise RefusedError(Code.RECALLED, self.sentence)


def taken_back(
    destroyed: Destroyed | None, notices: Iterable[ReceivedNotice]
) -> TakenBack | None:
    """Returns why a received content is not to be used; None if it may be.

    Args:
        destroyed: What is noted of its destruction.
        notices: What its own origin has said about it; what others said is nothing.
    """
    in_force = [one for one in notices if one.state is not NoticeState.VOID]
    to_destroy = [one for one in in_force if one.notice.destroy]
    replacement = next(
        (one.notice.replacement for one in in_force if one.notice.replacement), b""
    )
    instead = f"; {replacement.hex()[:16]} takes its place" if replacement else ""
    if destroyed is not None and destroyed.rule != BY_NOTICE:
        what = f"its content was destroyed at the end of its time ({destroyed.rule})"
        return TakenBack(readable=False, sentence=what + instead)
    if destroyed is not None or to_destroy:
        why = f" ({to_destroy[0].notice.reason.word})" if to_destroy else ""
        kept = destroyed is None and all(
            one.state is NoticeState.KEPT for one in to_destroy
        )
        what = "kept here by law alone" if kept else "its content is destroyed"
        return TakenBack(
            readable=kept,
            sentence=f"taken back{why}, {what}{instead}",
            replacement=replacement,
        )
    if in_force:
        reason = in_force[0].notice.reason.word
        return TakenBack(
            readable=True,
            sentence=f"replaced by its origin ({reason}){instead}",
            replacement=replacement,
        )
    return None
