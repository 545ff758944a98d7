"""Proofs that fit into one file: place, path and checkpoint as text (C2SP tlog-proof).

Making the path is left to `tiles`; whether a checkpoint and the witnesses below it are
to be believed to `checkpoint` and `quorum`.
"""

import base64
import binascii
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from broker.core.audit.checkpoint import MAX_SIZE, Checkpoint, read_checkpoint
from broker.core.audit.merkle import HASH_SIZE
from broker.core.audit.proof import verify_inclusion
from broker.core.errors import ProofError

PROOF_VERSION: Final = "c2sp.org/tlog-proof@v1"
"""The first line of every proof."""
PROOF_SUFFIX: Final = ".tlog-proof"
"""How the name of a file with a proof ends, as the specification asks."""
MAX_PATH: Final = 63  # hashes; a tree of 2**63 leaves is no higher
MAX_EXTRA: Final = 65_536  # bytes
MAX_PROOF: Final = 1 << 21  # characters

_EXTRA: Final = "extra "
_INDEX: Final = re.compile(r"index (?P<index>0|[1-9][0-9]{0,18})")


@dataclass(frozen=True, slots=True, kw_only=True)
class TlogProof:
    """A proof taken apart; nothing about it has been verified.

    Attributes:
        index: Position of the leaf, from 0.
        path: Siblings from the leaf upwards, 32 bytes each.
        checkpoint: The signed note, with whatever cosignatures it carries.
        extra: What the maker added. Nothing signs it: it is never to be trusted.

    Raises:
        ProofError: It could not be written down.
    """

    index: int
    path: tuple[bytes, ...]
    checkpoint: str
    extra: bytes = b""

    def __post_init__(self) -> None:
        """Refuses what has no text, or a text that would be read as another."""
        if not 0 <= self.index < MAX_SIZE:
            raise ProofError("a proof of a leaf at an impossible place")
        if len(self.path) > MAX_PATH or any(len(one) != HASH_SIZE for one in self.path):
            raise ProofError("a proof with a path that no tree has")
        if len(self.extra) > MAX_EXTRA:
            raise ProofError(f"a proof with more than {MAX_EXTRA} bytes beside it")
        read_checkpoint(self.checkpoint)

    @property
    def text(self) -> str:
        """The proof as it is handed round."""
        lines = [PROOF_VERSION]
        if self.extra:
            lines.append(_EXTRA + _to_base64(self.extra))
        lines.append(f"index {self.index}")
        lines += [_to_base64(node) for node in self.path]
        return "\n".join(lines) + "\n\n" + self.checkpoint


def format_proof(
    index: int, path: Sequence[bytes], checkpoint: str, extra: bytes = b""
) -> str:
    """Returns the text of a proof.

    Args:
        index: Position of the leaf, from 0.
        path: Siblings from the leaf upwards, 32 bytes each.
        checkpoint: The signed note that the path leads to.
        extra: What a verifier may need besides; unauthenticated.

    Raises:
        ProofError: These cannot be parts of a proof.
    """
    proof = TlogProof(index=index, path=tuple(path), checkpoint=checkpoint, extra=extra)
    return proof.text


def parse_proof(text: str) -> TlogProof:
    """Reads the text of a proof, in the one form that `format_proof` gives.

    Raises:
        ProofError: Not the text of a proof. Nothing is verified when there is none.
    """
    if len(text) > MAX_PROOF:
        raise ProofError(f"a proof of more than {MAX_PROOF} characters")
    above, found, checkpoint = text.partition("\n\n")
    version, *lines = above.split("\n")
    if not found or version != PROOF_VERSION:
        raise ProofError(f"not a proof: its first line is not {PROOF_VERSION}")
    extra = b""
    if lines and lines[0].startswith(_EXTRA):
        extra = _from_base64(lines.pop(0).removeprefix(_EXTRA))
    index = _INDEX.fullmatch(lines.pop(0)) if lines else None
    if index is None:
        raise ProofError("a proof that does not say where the leaf is")
    if len(lines) > MAX_PATH:
        raise ProofError("a proof with a path that no tree has")
    proof = TlogProof(
        index=int(index["index"]),
        path=tuple(_from_base64(line) for line in lines),
        checkpoint=checkpoint,
        extra=extra,
    )
    # One proof, one text: an empty extra line would be a second.
    if proof.text != text:
        raise ProofError("a proof that is not in its one form")
    return proof


def check_proof(proof: TlogProof, leaf_hash: bytes, checkpoint: Checkpoint) -> None:
    """Checks that a proof shows a leaf to be under a checkpoint.

    Args:
        proof: What is claimed.
        leaf_hash: RFC 6962 hash of the leaf, 32 bytes.
        checkpoint: The proof's own checkpoint, after its signatures were checked.

    Raises:
        ProofError: It shows no such thing.
    """
    if read_checkpoint(proof.checkpoint) != checkpoint:
        raise ProofError("a proof under another checkpoint than the one checked")
    verify_inclusion(
        leaf_hash, proof.index, checkpoint.size, proof.path, checkpoint.root
    )


def _to_base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _from_base64(text: str) -> bytes:
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise ProofError("a line of the proof does not decode") from error
    # Base64 has spare bits: two texts for one hash would be two proofs.
    if _to_base64(data) != text:
        raise ProofError("a line of the proof is not in its one form")
    return data
