"""Witnesses of the federation in memory, and its record when it names them."""

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from typing import Final

from keys.cosigning import CosignatureType, CosigningKey
from keys.directory.model import FederationRecord, Witness
from keys.framing import sha256
from keys.identity import PartyId
from tests import world

NAMES: Final = ("w1.example", "w2.example", "w3.example")


@cache
def witness_key(
    name: str, kind: CosignatureType = CosignatureType.MLDSA44
) -> CosigningKey:
    """Returns the key of the witness that is called so."""
    return CosigningKey(name, kind, sha256(f"witness/{name}".encode()))


def witness(name: str, party: PartyId | None = None) -> Witness:
    """Returns the witness as the directory names it."""
    return Witness(name=name, key=witness_key(name).verifier.key, party=party)


def federation(names: Sequence[str] = NAMES, quorum: int = 0) -> FederationRecord:
    """Returns the record of the federation in memory with these witnesses."""
    return replace(
        world.view().federation,
        witnesses=tuple(map(witness, sorted(names))),
        witness_quorum=quorum,
    )


def cosigned(note: str, *names: str, time_s: int = world.NOW_MS // 1000) -> str:
    """Returns a checkpoint with the cosignatures of some witnesses below."""
    body = note[: note.rindex("\n\n") + 1]
    lines = [witness_key(name).cosign(body, time_s).line for name in names]
    return note + "".join(lines)
