"""Promises of inclusion, and what shows to anybody that one was broken.

An ACCEPTED says by when it is in the log. That a log lacks it is a fact about all its
leaves; that it lacks it although the time was over is a fact about the checkpoint:
it is younger than the promise if it holds something that the hub itself made later, or
if enough witnesses say so. A time-stamp (RFC 3161) does not show it: it proves that a
checkpoint is no younger than it says, and anybody can have an old one stamped today.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from broker.core.audit.checkpoint import Checkpoint, open_checkpoint
from broker.core.audit.entry import receipt_leaf_hash
from broker.core.audit.promise import (
    Later,
    LaterReceipt,
    LaterSnapshot,
    PromiseProof,
    checked_leaves,
)
from broker.core.audit.quorum import CosignedBy, check_quorum, cosigned_by
from broker.core.audit.snapshot import SnapshotStatement
from broker.core.audit.verify import verify_log
from broker.core.codec.receipts import decode_proof
from broker.core.errors import ProofError, RefusedError
from broker.core.model import Receipt, Stage
from broker.core.receipts import read_bundle
from broker.core.records import LedgerLine
from keys.directory.model import DirectoryView, FederationRecord
from keys.identity import HUB
from keys.notes import NoteVerifier

MARGIN_MS: Final = 300_000
"""By how much the clocks of a hub's processes and of witnesses may be apart."""
_SECOND_MS: Final = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownBroken:
    """A promise that was shown to be broken.

    Attributes:
        receipt: The ACCEPTED that promised.
        checkpoint: The state of the log that lacks it.
        later_ms: What the log is shown to have reached, in ms since the epoch.
        witnesses: Who showed it; empty: the hub itself, by what it logged later.
    """

    receipt: Receipt
    checkpoint: Checkpoint
    later_ms: int
    witnesses: tuple[str, ...] = ()


def is_promise(receipt: Receipt) -> bool:
    """Tells whether a receipt promises to be in the log by a time."""
    promises = receipt.stage is Stage.ACCEPTED and receipt.logged_by_ms > 0
    return promises and receipt.by == HUB


def choose_later(
    promised: Receipt,
    placed: Iterable[tuple[LedgerLine, int]],
    snapshots: Iterable[LaterSnapshot],
) -> Later | None:
    """Returns the newest entry that the hub made after a promise had run out.

    Args:
        promised: The promise.
        placed: Receipts that are in the log, with their places.
        snapshots: Statements about snapshots that are in it.

    Returns:
        None when nothing at hand is that young.
    """
    found: list[tuple[int, Later]] = [
        (
            line.receipt.at_ms,
            LaterReceipt(receipt=line.receipt_bytes, proof=line.proof, index=index),
        )
        for line, index in placed
        if line.receipt.by == HUB
    ]
    found += [(one.at_ms, one) for one in snapshots]
    at_ms, later = max(found, key=lambda one: one[0], default=(0, None))
    return later if at_ms > promised.logged_by_ms + MARGIN_MS else None


def witnessed_later(
    promised: Receipt, note: str, federation: FederationRecord
) -> tuple[CosignedBy, ...]:
    """Returns who of the witnesses saw a checkpoint after a promise had run out.

    Returns:
        Nobody, unless they are as many as the stewards ask for, and one at least.

    Raises:
        ProofError: A cosignature in a witness's name does not hold.
    """
    after_ms = promised.logged_by_ms + MARGIN_MS
    saw = [
        one
        for one in cosigned_by(note, federation)
        if one.time_s * _SECOND_MS > after_ms
    ]
    return tuple(saw) if len(saw) >= max(1, federation.witness_quorum) else ()


def verify_broken(
    shown: PromiseProof, leaves: Iterable[bytes], view: DirectoryView
) -> ShownBroken:
    """Checks that a promise of inclusion was broken.

    1. The hub signed an ACCEPTED that says by when it is logged.
    2. The log signed the checkpoint.
    3. The checkpoint is younger than that time: the hub signed something later that
       is in the log, or enough witnesses cosigned it later. As many as the stewards
       ask for have cosigned it in any case: otherwise whoever has stolen a key of the
       log, be it a former one, could make a log that lacks anything.
    4. The leaves are all leaves under that checkpoint; the receipt is not among them,
       and what is later is in its place.

    Args:
        shown: What is claimed.
        leaves: Leaf hashes of the log in order, 32 bytes each; read once.
        view: The directory that is believed; its parties do not matter.

    Raises:
        ProofError: It is not shown.
    """
    promised = _promise(shown, view)  # 1
    checkpoint = signed_checkpoint(shown.checkpoint, view.federation)  # 2
    witnesses: tuple[CosignedBy, ...] = ()
    if shown.later is None:  # 3
        witnesses = witnessed_later(promised, shown.checkpoint, view.federation)
        later_ms = min((one.time_s * _SECOND_MS for one in witnesses), default=0)
    else:
        check_quorum(shown.checkpoint, view.federation)
        later_ms = _made_ms(shown.later, view)
    if later_ms <= promised.logged_by_ms + MARGIN_MS:
        raise ProofError(
            "nothing shows that the log had come so far in time: it may have been "
            "about to keep its promise"
        )
    absent = receipt_leaf_hash(shown.receipt)  # 4
    checked = checked_leaves(leaves, absent=absent, present=shown.later)
    for _ in verify_log(checked, checkpoint):
        pass
    return ShownBroken(
        receipt=promised,
        checkpoint=checkpoint,
        later_ms=later_ms,
        witnesses=tuple(one.name for one in witnesses),
    )


def signed_checkpoint(note: str, federation: FederationRecord) -> Checkpoint:
    """Returns a checkpoint that the log of a federation signed, with any of its keys.

    Raises:
        ProofError: It did not.
    """
    problem: ProofError | None = None
    for key in (federation.log_key, *reversed(federation.former_log_keys)):
        try:
            return open_checkpoint(note, NoteVerifier(federation.log_origin, key))
        except ProofError as error:
            problem = problem or error
    raise problem or ProofError("the log has no key")


def overdue(lines: Sequence[LedgerLine], now_ms: int) -> list[LedgerLine]:
    """Returns the receipts whose promise has run out."""
    return [
        line
        for line in lines
        if is_promise(line.receipt) and line.receipt.logged_by_ms < now_ms
    ]


def _promise(shown: PromiseProof, view: DirectoryView) -> Receipt:
    receipt = _said(shown.receipt, shown.proof, view)
    if not is_promise(receipt):
        raise ProofError("this receipt promises nothing")
    return receipt


def _made_ms(later: Later, view: DirectoryView) -> int:
    """Returns when the hub made an entry, by its own signature."""
    if isinstance(later, LaterSnapshot):
        statement = SnapshotStatement.from_bytes(later.statement)
        if statement.origin != view.federation.log_origin:
            raise ProofError("a statement about a snapshot for another log")
        return statement.signed_at_ms
    receipt = _said(later.receipt, later.proof, view)
    if receipt.by != HUB:
        raise ProofError("the later receipt is not the hub's")
    return receipt.at_ms


def _said(receipt: bytes, proof: bytes, view: DirectoryView) -> Receipt:
    try:
        return read_bundle(decode_proof(receipt, proof), view)[0]
    except RefusedError as error:
        raise ProofError(f"a receipt was not signed so: {error}") from error
