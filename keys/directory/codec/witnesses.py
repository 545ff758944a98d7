"""The witnesses of the log, as the record of the federation names them.

What a cosignature is, and whether it verifies, is left to `keys.cosigning`.
"""

import re
from collections.abc import Collection, Iterable
from typing import Final

from keys.cosigning import cosignature_verifier
from keys.directory.codec.fields import party_code
from keys.directory.model import Witness
from keys.errors import KeyFormatError, RecordError
from rogatory.v1 import directory_pb2

MAX_WITNESSES: Final = 32
"""Each may add a line to every checkpoint, and a note has at most 100."""

# A name stands in a checkpoint and is compared by people: what it looks like is what
# it is.
_NAME: Final = re.compile(r"[!-*,-~]{1,200}\Z")


def witness_message(witness: Witness) -> directory_pb2.Witness:
    """Returns a witness as a message."""
    return directory_pb2.Witness(
        name=witness.name, key=witness.key, party=witness.party or ""
    )


def witnesses_of(
    messages: Iterable[directory_pb2.Witness], log_keys: Collection[bytes]
) -> tuple[Witness, ...]:
    """Reads the witnesses.

    Args:
        messages: As they stand in the record.
        log_keys: That the log signs with, or did.

    Raises:
        RecordError: Too many, not in the order of names, a key that stands there
            twice or is the log's own, or something that is no witness.
    """
    found = tuple(map(_witness, messages))
    if len(found) > MAX_WITNESSES:
        raise RecordError(f"at most {MAX_WITNESSES} witnesses")
    names = [witness.name for witness in found]
    if sorted(set(names)) != names:
        raise RecordError("witnesses stand in the order of their names, each once")
    # Under two names, one witness would be counted as two.
    if len({witness.key for witness in found}) != len(found):
        raise RecordError("a key of a witness stands there twice")
    # Who is watched does not watch; and each would sign what the other says.
    if any(witness.key[1:] in log_keys for witness in found):
        raise RecordError("a witness cannot have a key of the log")
    return found


def checked_quorum(quorum: int, witnesses: int) -> int:
    """Returns a quorum that so many witnesses can reach.

    Raises:
        RecordError: They cannot.
    """
    if not 0 <= quorum <= witnesses:
        raise RecordError(f"{witnesses} witnesses cannot be a quorum of {quorum}")
    return quorum


def _witness(message: directory_pb2.Witness) -> Witness:
    if not _NAME.match(message.name):
        raise RecordError(f"{message.name[:80]!r} cannot be the name of a witness")
    try:
        cosignature_verifier(message.name, message.key)
    except KeyFormatError as error:
        raise RecordError(str(error)) from error
    return Witness(
        name=message.name,
        key=message.key,
        party=party_code(message.party) if message.party else None,
    )
