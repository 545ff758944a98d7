"""The hub's side of witnessing: offers checkpoints, and gathers cosignatures.

A witness trusts nothing of this; nor does who relies on a checkpoint. What is checked
here keeps the hub from storing what nobody could use.
"""

import threading
from collections.abc import Callable, Collection
from typing import Final, Protocol

import structlog

from broker.core.audit.checkpoint import read_checkpoint
from broker.core.audit.cosigned import OfferedCheckpoint
from broker.core.audit.entry import LogHead
from broker.core.codec.desk import LogAnswer, encode_log_answer
from broker.core.codec.desk_cosignatures import (
    CosignOffer,
    CosignOutcome,
    decode_candidate_question,
    decode_cosign_offer,
    encode_outcome,
)
from broker.core.ports import Clock
from broker.services.hub_desk import ReadableLog
from keys.cosigning import CosignatureVerifier, cosignature_verifier
from keys.directory.model import FederationRecord
from keys.errors import KeysError
from keys.notes import NoteSignature

AHEAD_S: Final = 300
"""By which a witness's clock may be ahead: the later of its cosignatures counts."""
_TELL_MS: Final = 60_000
_SHOWN: Final = 200  # characters of a name that anybody may have made up


class CheckpointKeeper(Protocol):
    """Where offered checkpoints and their cosignatures are kept."""

    def offer(self, size: int, note: str, now_ms: int) -> None:
        """Keeps a checkpoint; one of this size gives way to it."""
        ...

    def add(self, size: int, signature: NoteSignature, time_s: int) -> bool:
        """Keeps a cosignature; tells whether its checkpoint is here still."""
        ...

    def offered(self, size: int = 0) -> OfferedCheckpoint | None:
        """Returns the checkpoint of a size, or the newest for 0."""
        ...

    def newest(
        self, quorum: int, witnesses: Collection[tuple[str, bytes]]
    ) -> OfferedCheckpoint | None:
        """Returns the newest checkpoint that enough witnesses cosigned."""
        ...


class CosigningDesk:
    """Answers witnesses, and tells which checkpoints they have cosigned.

    Methods may be called from any thread.

    Args:
        store: Keeps checkpoints and cosignatures.
        log: Opens the log for reading, or None while there is none.
        federation: Returns what the stewards say now, or None before that is known.
        clock: The time.
    """

    def __init__(
        self,
        store: CheckpointKeeper,
        log: Callable[[], ReadableLog | None],
        federation: Callable[[], FederationRecord | None],
        clock: Clock,
    ) -> None:
        self._store = store
        self._log = log
        self._federation = federation
        self._clock = clock
        # Two witnesses that ask at a time must be shown the same checkpoint.
        self._offering = threading.Lock()
        self._told: dict[tuple[str, CosignOutcome], int] = {}
        self._notes = structlog.get_logger("witnesses")

    def newest(self, quorum: int) -> str:
        """Returns the newest checkpoint that so many witnesses cosigned.

        Returns:
            The note with their lines; empty for none.

        Raises:
            StoreError: What is kept cannot be read.
        """
        found = self._store.newest(quorum, _identities(self._federation()))
        return found.text if found else ""

    def at(self, size: int) -> str:
        """Returns the checkpoint of a size with all its cosignatures.

        Returns:
            The note; empty where none of this size was offered, or it is kept no more.

        Raises:
            StoreError: What is kept cannot be read.
        """
        found = self._store.offered(size) if size else None
        return found.text if found else ""

    def candidate(self, _account: str, payload: bytes) -> bytes:
        """Answers a witness what to cosign.

        Raises:
            RefusedError: The question cannot be read.
        """
        since = decode_candidate_question(payload)
        now_ms = self._clock.now_ms()
        log = self._log()
        with self._offering:
            offered = None if log is None else self._offered(log, now_ms)
        if log is None or offered is None:
            return encode_log_answer(LogAnswer(checkpoint="", time_ms=now_ms))
        proof = (
            log.consistency(since, offered.size) if 0 < since <= offered.size else ()
        )
        return encode_log_answer(
            LogAnswer(checkpoint=offered.text, consistency=proof, time_ms=now_ms)
        )

    def cosign(self, _account: str, payload: bytes) -> bytes:
        """Takes a cosignature, if it holds.

        Raises:
            RefusedError: The offer cannot be read.
        """
        offer = decode_cosign_offer(payload)
        outcome = self._take(offer)
        if outcome is not CosignOutcome.TAKEN:
            self._tell(offer.signature.name, outcome)
        return encode_outcome(outcome)

    def _tell(self, name: str, outcome: CosignOutcome) -> None:
        """Logs what was not taken, and not as often as any party cares to ask."""
        is_stranger = outcome is CosignOutcome.UNKNOWN_WITNESS
        told, now_ms = ("" if is_stranger else name, outcome), self._clock.now_ms()
        if abs(now_ms - self._told.get(told, -_TELL_MS)) < _TELL_MS:
            return
        self._told[told] = now_ms
        self._notes.warning(
            "a cosignature was not taken",
            witness=name[:_SHOWN],
            outcome=outcome.value,
        )

    def _offered(self, log: ReadableLog, now_ms: int) -> OfferedCheckpoint | None:
        head, federation = log.head(), self._federation()
        if not head.checkpoint or not head.size or federation is None:
            return None
        offered = self._store.offered()
        if offered is not None:
            if head.size < offered.size:
                # Restored from a copy: what it held is in the ledger still, and it
                # will have it again.
                self._notes.warning("the log is behind what witnesses have seen of it")
                return None
            if _is_another(offered, head):
                self._notes.error("the log is not the one that witnesses were shown")
                return None
            if not _gives_way(offered, head.checkpoint) and not (
                head.size > offered.size
                and offered.is_over(
                    federation.witness_quorum, _identities(federation), now_ms
                )
            ):
                return offered
        self._store.offer(head.size, head.checkpoint, now_ms)
        return self._store.offered()

    def _take(self, offer: CosignOffer) -> CosignOutcome:
        verifier = _verifier_of(self._federation(), offer.signature)
        if verifier is None:
            return CosignOutcome.UNKNOWN_WITNESS
        offered = self._store.offered(offer.size) if offer.size else None
        if offered is None:
            return CosignOutcome.UNKNOWN_CHECKPOINT
        try:
            time_s = verifier.check(offered.note.body, offer.signature)
        except KeysError:
            return CosignOutcome.INVALID
        if time_s > self._clock.now_ms() // 1000 + AHEAD_S:
            return CosignOutcome.CLOCK
        if not self._store.add(offer.size, offer.signature, time_s):
            return CosignOutcome.UNKNOWN_CHECKPOINT
        return CosignOutcome.TAKEN


def _is_another(offered: OfferedCheckpoint, head: LogHead) -> bool:
    """Tells whether there are two trees of one size: nothing honest does that."""
    if head.size != offered.size:
        return False
    return read_checkpoint(head.checkpoint).body() != offered.note.body


def _gives_way(offered: OfferedCheckpoint, head: str) -> bool:
    """Tells whether the log has signed the very same tree again, with another key."""
    if head == offered.note.text:
        return False
    return read_checkpoint(head).body() == offered.note.body


def _identities(federation: FederationRecord | None) -> list[tuple[str, bytes]]:
    if federation is None:
        return []
    keys = (cosignature_verifier(one.name, one.key) for one in federation.witnesses)
    return [(key.name, key.key_id) for key in keys]


def _verifier_of(
    federation: FederationRecord | None, signature: NoteSignature
) -> CosignatureVerifier | None:
    for witness in federation.witnesses if federation else ():
        verifier = cosignature_verifier(witness.name, witness.key)
        if verifier.made(signature):
            return verifier
    return None
