"""What stewards decide about the log's witnesses, and how it is put into words.

The other decisions are in `ceremony`, the other sentences in `differences`.
"""

from collections.abc import Iterator
from dataclasses import replace

from keys.cosigning import CosignatureType, cosignature_verifier
from keys.directory.model import FederationRecord, Witness
from keys.directory.terms import Terms
from keys.errors import CeremonyError
from keys.framing import sha256

_KINDS = {
    CosignatureType.ED25519: "Ed25519",
    CosignatureType.MLDSA44: "ML-DSA-44",
}


def witness_fingerprint(witness: Witness) -> str:
    """Returns SHA-256 of a witness's key, to compare over another channel."""
    return sha256(witness.key).hex()


def add_witness(terms: Terms, witness: Witness) -> Terms:
    """Lets somebody's cosignatures count.

    Raises:
        CeremonyError: Name or key are those of a witness already, or the party that
            shall run it is none.
    """
    known = terms.federation.witnesses
    if any(witness.name == one.name for one in known):
        raise CeremonyError(f"{witness.name} is a witness already: remove it first")
    if any(witness.key == one.key for one in known):
        raise CeremonyError("this is the key of a witness already")
    if witness.party is not None and witness.party not in terms.targets.parties:
        raise CeremonyError(f"{witness.party} is not a party of this federation")
    witnesses = tuple(sorted((*known, witness), key=lambda one: one.name))
    return _with(terms, replace(terms.federation, witnesses=witnesses))


def remove_witness(terms: Terms, name: str) -> Terms:
    """Lets the cosignatures of a witness count no longer.

    Raises:
        CeremonyError: There is no such witness, or those that are left could not be
            as many as must cosign.
    """
    federation = terms.federation
    kept = tuple(one for one in federation.witnesses if one.name != name)
    if len(kept) == len(federation.witnesses):
        known = ", ".join(one.name for one in federation.witnesses) or "nobody"
        raise CeremonyError(f"{name!r} is no witness; those are: {known}")
    if len(kept) < federation.witness_quorum:
        raise CeremonyError(
            f"{federation.witness_quorum} witnesses must cosign, and {len(kept)} would "
            "be left: set another quorum first"
        )
    return _with(terms, replace(federation, witnesses=kept))


def set_witness_quorum(terms: Terms, quorum: int) -> Terms:
    """Sets how many witnesses must cosign what anybody relies on.

    Raises:
        CeremonyError: There are not as many, or that is how it is.
    """
    federation = terms.federation
    if not 0 <= quorum <= len(federation.witnesses):
        raise CeremonyError(
            f"a quorum of {quorum} of {len(federation.witnesses)} witnesses cannot be: "
            "name the witnesses first"
        )
    if quorum == federation.witness_quorum:
        raise CeremonyError(f"{quorum} witnesses must cosign already")
    return _with(terms, replace(federation, witness_quorum=quorum))


def witness_sentences(
    before: FederationRecord | None, after: FederationRecord
) -> Iterator[str]:
    """Gives what differs about witnesses, in sentences.

    Args:
        before: What stands; None when a federation is founded.
        after: What shall stand.
    """
    old = {one.name: one for one in before.witnesses} if before else {}
    new = {one.name: one for one in after.witnesses}
    for name, witness in new.items():
        if name not in old:
            yield f"makes {_in_full(witness)} a witness of the log"
        elif old[name] != witness:
            yield f"replaces the witness {_in_full(old[name])} by {_in_full(witness)}"
    for name, witness in old.items():
        if name not in new:
            yield f"lets {_in_full(witness)} be a witness of the log no more"
    quorum = before.witness_quorum if before else 0
    if (quorum, len(old)) != (after.witness_quorum, len(new)):
        until_now = "" if before is None else f", until now {quorum} of {len(old)}"
        yield (
            f"asks for the cosignatures of {after.witness_quorum} of {len(new)} "
            f"witnesses on a checkpoint of the log{until_now}"
        )


def _in_full(witness: Witness) -> str:
    kind = _KINDS[cosignature_verifier(witness.name, witness.key).type]
    by = f"run by {witness.party}" if witness.party else "run by no party"
    return f"{witness.name} ({by}; {kind} key {witness_fingerprint(witness)})"


def _with(terms: Terms, record: FederationRecord) -> Terms:
    return replace(terms, federation=record)
