"""Whether enough of the directory's witnesses have cosigned a checkpoint.

That the log itself signed it is left to `checkpoint`, when a witness may cosign to
`witness`.
"""

from dataclasses import dataclass, replace

from broker.core.errors import ProofError
from keys.cosigning import cosignature_verifier
from keys.directory.model import FederationRecord
from keys.errors import KeysError
from keys.notes import Note, NoteVerifier


@dataclass(frozen=True, slots=True, kw_only=True)
class CosignedBy:
    """A witness whose cosignature of a checkpoint holds.

    Attributes:
        name: The name under which the directory knows it.
        time_s: When it had seen nothing newer, in seconds since the epoch, by its
            own clock.
    """

    name: str
    time_s: int


def check_quorum(note: str, federation: FederationRecord) -> tuple[CosignedBy, ...]:
    """Checks that as many witnesses cosigned a checkpoint as the stewards ask for.

    Args:
        note: The signed checkpoint, with the witnesses' lines.
        federation: Names the witnesses, and how many of them it takes.

    Returns:
        Every witness whose cosignature holds, in the order of names.

    Raises:
        ProofError: Too few did, or one of their lines does not verify.
    """
    found = cosigned_by(note, federation)
    if len(found) < federation.witness_quorum:
        raise ProofError(
            f"{len(found)} witnesses have cosigned this checkpoint, and the stewards "
            f"ask for {federation.witness_quorum}"
        )
    return found


def cosigned_by(note: str, federation: FederationRecord) -> tuple[CosignedBy, ...]:
    """Returns every witness of the directory that cosigned a checkpoint.

    Lines of others are ignored. One in the name of a witness that does not verify
    spoils the note, as C2SP signed-note recommends.

    Raises:
        ProofError: Not a signed note, or such a line.
    """
    try:
        parsed = Note.parse(note)
        found: dict[str, int] = {}
        for witness in federation.witnesses:
            verifier = cosignature_verifier(witness.name, witness.key)
            for line in filter(verifier.made, parsed.signatures):
                time_s = verifier.check(parsed.body, line)
                # Two lines of one witness are one witness: the later counts.
                found[witness.name] = max(time_s, found.get(witness.name, 0))
    except KeysError as error:
        raise ProofError(f"the cosignatures do not hold: {error}") from error
    return tuple(CosignedBy(name=name, time_s=found[name]) for name in sorted(found))


def without_strangers(
    note: str, log: NoteVerifier, federation: FederationRecord
) -> str:
    """Returns a signed checkpoint with the lines of its log and its witnesses alone.

    Others may stand there, as many and as long as the hub likes: in a proof that is
    handed on, they would make it too large to be taken.

    Raises:
        ProofError: Not a signed note.
    """
    try:
        parsed = Note.parse(note)
        known = {(log.name, log.key_id)}
        for witness in federation.witnesses:
            key = cosignature_verifier(witness.name, witness.key)
            known.add((key.name, key.key_id))
    except KeysError as error:
        raise ProofError(f"the checkpoint cannot be read: {error}") from error
    signatures = tuple(
        one for one in parsed.signatures if (one.name, one.key_id) in known
    )
    return replace(parsed, signatures=signatures).text
