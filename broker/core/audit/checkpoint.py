"""Checkpoints: what the log signs about itself (C2SP tlog-checkpoint).

Signatures are left to `keys.notes`, the tree that is meant to the other modules.
"""

import base64
import re
from dataclasses import dataclass
from typing import Final

from broker.core.audit.merkle import EMPTY_ROOT, HASH_SIZE
from broker.core.errors import ProofError
from keys.errors import SignatureError
from keys.notes import NAME, Note, NoteVerifier

MAX_SIZE: Final = (1 << 63) - 1  # leaves

_BODY: Final = re.compile(
    r"(?P<origin>[^\n]+)\n(?P<size>0|[1-9][0-9]{0,18})\n(?P<root>[A-Za-z0-9+/]{43}=)\n"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """The state of a log.

    Attributes:
        origin: Name of the log, which is also that of its key: no spaces, no plus.
        size: Number of leaves.
        root: Root over them, 32 bytes.

    Raises:
        ProofError: No log can be in this state.
    """

    origin: str
    size: int
    root: bytes

    def __post_init__(self) -> None:
        """Refuses states that could not be written down, or that nothing has."""
        if not NAME.fullmatch(self.origin):
            raise ProofError(f"{self.origin[:80]!r} cannot be the name of a log")
        if not 0 <= self.size <= MAX_SIZE or len(self.root) != HASH_SIZE:
            raise ProofError("a checkpoint with an impossible size or root")
        if not self.size and self.root != EMPTY_ROOT:
            raise ProofError("a checkpoint of an empty log with the root of another")

    def body(self) -> str:
        """Returns the text to be signed: three lines."""
        root = base64.b64encode(self.root).decode("ascii")
        return f"{self.origin}\n{self.size}\n{root}\n"


def parse_checkpoint(body: str) -> Checkpoint:
    """Reads the text of a checkpoint, in the one form that `Checkpoint.body` gives.

    Extension lines are refused: the specification allows them, but nobody could
    audit what they say.

    Raises:
        ProofError: Not such a text.
    """
    found = _BODY.fullmatch(body)
    if found is None:
        raise ProofError("not the text of a checkpoint")
    checkpoint = Checkpoint(
        origin=found["origin"],
        size=int(found["size"]),
        root=base64.b64decode(found["root"]),
    )
    # Base64 has spare bits: two texts for one root would be two signed statements.
    if checkpoint.body() != body:
        raise ProofError("the root of a checkpoint is not in its one form")
    return checkpoint


def read_checkpoint(note: str) -> Checkpoint:
    """Reads a signed checkpoint without looking at its signatures.

    For the log's own use, on what it stored itself.

    Raises:
        ProofError: Not a signed checkpoint.
    """
    try:
        return parse_checkpoint(Note.parse(note).body)
    except SignatureError as error:
        raise ProofError(str(error)) from error


def open_checkpoint(note: str, verifier: NoteVerifier) -> Checkpoint:
    """Checks that a log signed a checkpoint, and reads it.

    Args:
        note: The signed note.
        verifier: The key of the log, under the log's name.

    Raises:
        ProofError: Not signed by that key, or not a checkpoint of that log.
    """
    try:
        body = verifier.verify(note)
    except SignatureError as error:
        raise ProofError(f"the checkpoint cannot be trusted: {error}") from error
    checkpoint = parse_checkpoint(body)
    if checkpoint.origin != verifier.name:
        raise ProofError(f"a checkpoint of another log, {checkpoint.origin}")
    return checkpoint
