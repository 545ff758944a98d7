"""Whether a witness may cosign a checkpoint: only what continues all it has seen.

Asking the hub, remembering durably and signing are left to the services.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum, unique

from broker.core.audit.checkpoint import Checkpoint
from broker.core.audit.proof import verify_consistency
from broker.core.errors import ProofError


@unique
class Contradiction(StrEnum):
    """How a log contradicts itself. Stable words: evidence is filed under them."""

    FORK = "fork"
    """Two trees of one size."""
    REWIND = "rewind"
    """A smaller tree after a larger one."""
    REWRITTEN = "rewritten"
    """A larger tree that does not continue what was there: dropped, or changed."""

    @property
    def sentence(self) -> str:
        """What it means, in words that follow "The log"."""
        return _SENTENCES[self]


_SENTENCES = {
    Contradiction.FORK: "has signed two different trees of the same size",
    Contradiction.REWIND: "shows a smaller tree than it has shown before",
    Contradiction.REWRITTEN: (
        "shows a tree that is not proven to continue the one it has shown before: an "
        "entry was dropped or changed"
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenCheckpoint:
    """A checkpoint that a witness has taken for the log's own.

    Attributes:
        checkpoint: What it says.
        note: As it was signed.
    """

    checkpoint: Checkpoint
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Two checkpoints of one log that cannot both be honest.

    Attributes:
        contradiction: How they contradict each other.
        seen: What the log had signed before, as it was signed.
        shown: What it shows now, as it was signed.
        proof: What it gave as the proof that the one continues the other.
        reason: What is wrong, in a sentence.
    """

    contradiction: Contradiction
    seen: str
    shown: str
    proof: tuple[bytes, ...]
    reason: str


def contradiction_of(
    seen: SeenCheckpoint | None,
    same_size: SeenCheckpoint | None,
    shown: SeenCheckpoint,
    proof: Sequence[bytes],
) -> Evidence | None:
    """Returns in what a checkpoint contradicts those before; None: it may be cosigned.

    1. Of one size there is one tree, whichever of those before it is.
    2. A log never gets smaller.
    3. A larger tree is proven to begin with the newest one seen, and so, step by
       step, with all of them.

    Args:
        seen: The newest checkpoint seen of this log; None for none.
        same_size: The one seen before of the same size as `shown`, if it is known.
        shown: The one that the log shows now, its signature verified.
        proof: The consistency path from `seen` to `shown`, 32 bytes each.
    """
    for before in (same_size, seen):  # 1
        if before is not None and _is_fork(before.checkpoint, shown.checkpoint):
            return _evidence(Contradiction.FORK, before, shown, ())
    if seen is None or seen.checkpoint.size == shown.checkpoint.size:
        return None
    if shown.checkpoint.size < seen.checkpoint.size:  # 2
        return _evidence(Contradiction.REWIND, seen, shown, ())
    try:  # 3
        verify_consistency(
            seen.checkpoint.size,
            shown.checkpoint.size,
            seen.checkpoint.root,
            shown.checkpoint.root,
            proof,
        )
    except ProofError:
        return _evidence(Contradiction.REWRITTEN, seen, shown, proof)
    return None


def _is_fork(before: Checkpoint, now: Checkpoint) -> bool:
    return before.size == now.size and before.root != now.root


def _evidence(
    kind: Contradiction,
    seen: SeenCheckpoint,
    shown: SeenCheckpoint,
    proof: Sequence[bytes],
) -> Evidence:
    before, now = seen.checkpoint, shown.checkpoint
    return Evidence(
        contradiction=kind,
        seen=seen.note,
        shown=shown.note,
        proof=tuple(proof),
        reason=(
            f"the log {now.origin} {kind.sentence}: {before.size} entries with root "
            f"{before.root.hex()}, now {now.size} with {now.root.hex()}"
        ),
    )
