"""A checkpoint as the hub keeps it for witnesses, and when it offers the next one.

Storing it is left to the driver, whose cosignatures count to `quorum`.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Final

from keys.notes import Note, NoteSignature

ROUND_MS: Final = 1000
"""How long slower witnesses have, once enough have cosigned."""
PATIENCE_MS: Final = 10_000
"""How long a checkpoint is offered that too few cosign."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferedCheckpoint:
    """A checkpoint that witnesses are asked to cosign.

    Attributes:
        size: Number of leaves.
        note: As the log signed it.
        cosignatures: What witnesses added, in the order of names.
        offered_ms: Since when it is offered, in ms since the epoch.
    """

    size: int
    note: Note
    cosignatures: tuple[NoteSignature, ...]
    offered_ms: int

    @property
    def text(self) -> str:
        """The checkpoint with all its signatures."""
        signatures = (*self.note.signatures, *self.cosignatures)
        return replace(self.note, signatures=signatures).text

    def is_over(
        self, quorum: int, witnesses: Collection[tuple[str, bytes]], now_ms: int
    ) -> bool:
        """Tells whether the next checkpoint may be offered in its place.

        All witnesses have to be shown the same one for a while: if each were shown
        what is newest when it asks, no checkpoint of a busy log would ever be
        cosigned by two.

        Args:
            quorum: How many must cosign.
            witnesses: Name and key identifier of those who count.
            now_ms: The present, in ms since the epoch.
        """
        done = {(one.name, one.key_id) for one in self.cosignatures} & {*witnesses}
        if witnesses and len(done) == len(witnesses):
            return True
        enough = len(done) >= max(quorum, 1)
        return now_ms - self.offered_ms >= (ROUND_MS if enough else PATIENCE_MS)
