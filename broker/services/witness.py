"""A witness at work: looks at the log again and again, and cosigns what continues it.

What may be cosigned is judged in `broker.core.audit.witness`; this asks, remembers and
signs, in that order.
"""

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum, unique
from typing import Final

import structlog

from broker.core.audit.checkpoint import open_checkpoint
from broker.core.audit.witness import Evidence, SeenCheckpoint, contradiction_of
from broker.core.codec.desk import LogAnswer, decode_log_answer
from broker.core.codec.desk_cosignatures import (
    CosignOffer,
    CosignOutcome,
    decode_outcome,
    encode_candidate_question,
    encode_cosign_offer,
)
from broker.core.errors import BrokerError, ProofError
from broker.core.records import Alarm
from broker.services.witness_ports import WitnessPorts
from keys.cosigning import CosigningKey
from keys.directory.model import FederationRecord
from keys.errors import DirectoryError, SignatureError
from keys.notes import Note, NoteVerifier

TOPIC: Final = "witness"
"""Of the alarms about the log."""
AGAIN_MS: Final = 600_000
"""After which a checkpoint is cosigned again: it is still the newest."""

_DAY_MS: Final = 86_400_000
_BACKOFF_S: Final = 2.0
_LONGEST_BACKOFF_S: Final = 60.0


@unique
class Outcome(StrEnum):
    """What came of one look at the log."""

    NOTHING = "nothing"
    """There is no checkpoint to cosign."""
    KNOWN = "known"
    """It is cosigned already."""
    COSIGNED = "cosigned"
    """It was cosigned, and the hub has taken the cosignature."""
    NOT_TAKEN = "not-taken"
    """It was cosigned, and the hub has not taken the cosignature."""
    REFUSED = "refused"
    """It contradicts what was seen before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What a witness found.

    Attributes:
        shown: The checkpoint that the hub offered; None where there is none.
        answer: What the hub said to the cosignature; None if it was given none.
        evidence: Why it was refused; None if it was not.
        is_new: Whether that evidence had not been found before.
    """

    outcome: Outcome
    shown: SeenCheckpoint | None = None
    answer: CosignOutcome | None = None
    evidence: Evidence | None = None
    is_new: bool = False


class Witness:
    """Looks at the log, and cosigns it.

    Args:
        key: What it cosigns with.
        ports: What it works with.
        every_s: Seconds between two looks.
    """

    def __init__(
        self, key: CosigningKey, ports: WitnessPorts, *, every_s: float
    ) -> None:
        self._key = key
        self._ports = ports
        self._every_s = every_s
        self._nudged = asyncio.Event()
        self._told: object = None
        self._log = structlog.get_logger(TOPIC)

    def nudge(self) -> None:
        """Has `run` look at once."""
        self._nudged.set()

    async def run(self, stop: asyncio.Event) -> None:
        """Looks until `stop` is set. A hub that cannot be asked is waited for."""
        backoff_s = _BACKOFF_S
        while not stop.is_set():
            self._nudged.clear()
            wait_s = self._every_s
            try:
                look = await self.look()
                self._tell(look)
                backoff_s = _BACKOFF_S
                if look.outcome in {Outcome.NOT_TAKEN, Outcome.REFUSED}:
                    wait_s = backoff_s  # it will be the same for a while
            except (BrokerError, DirectoryError) as error:
                self._log.warning("cannot witness", reason=str(error))
                wait_s, backoff_s = backoff_s, min(2 * backoff_s, _LONGEST_BACKOFF_S)
            await self._pause(stop, wait_s)

    async def look(self) -> Look:
        """Looks at the log once.

        1. Ask what to cosign, with the proof that it continues the newest one seen.
        2. Check that the log signed it.
        3. Judge it by what was seen; keep evidence, and stop there.
        4. Remember it: from here on, nothing that contradicts it is ever cosigned.
        5. Cosign, and hand the cosignature in. What is lost between the two is made
           again at the next look.

        Raises:
            BusError: The hub cannot be asked.
            DirectoryError: The directory cannot be had.
            ProofError: The log did not sign what is shown, or the answer cannot be
                read: no evidence, since anybody could have made it.
            StoreError: It could not be remembered; nothing was cosigned.
        """
        federation = await self._ports.federation.current()
        memory, now_ms = self._ports.memory, self._ports.clock.now_ms()
        newest = await asyncio.to_thread(memory.newest, federation.log_origin)
        seen = newest.seen if newest else None
        since = seen.checkpoint.size if seen else 0
        asked = await self._ports.ask(encode_candidate_question(since))  # 1
        answer = decode_log_answer(asked)
        if not answer.checkpoint:
            return Look(outcome=Outcome.NOTHING)
        shown = await self._opened(answer, federation)  # 2
        evidence = await self._judged(seen, shown, answer)  # 3
        if evidence is not None:
            is_new = await self._refuse(evidence, now_ms)
            return Look(
                outcome=Outcome.REFUSED, shown=shown, evidence=evidence, is_new=is_new
            )
        # What is not remembered is not known, whatever the hub shows of us.
        remembered = seen is not None and seen.checkpoint == shown.checkpoint
        if remembered and self._is_cosigned(answer.checkpoint, now_ms):
            return Look(outcome=Outcome.KNOWN, shown=shown)
        await asyncio.to_thread(memory.take, seen, shown, now_ms)  # 4
        return await self._cosign(shown, now_ms)  # 5

    async def _opened(
        self, answer: LogAnswer, federation: FederationRecord
    ) -> SeenCheckpoint:
        try:
            return _open(answer.checkpoint, federation)
        except ProofError:
            # The stewards may have given the log another key since.
            newer = await self._ports.federation.refresh()
            return _open(answer.checkpoint, newer)

    async def _judged(
        self, seen: SeenCheckpoint | None, shown: SeenCheckpoint, answer: LogAnswer
    ) -> Evidence | None:
        checkpoint = shown.checkpoint
        same_size = await asyncio.to_thread(
            self._ports.memory.of_size, checkpoint.origin, checkpoint.size
        )
        return contradiction_of(seen, same_size, shown, answer.consistency)

    async def _refuse(self, evidence: Evidence, now_ms: int) -> bool:
        is_new = await asyncio.to_thread(self._ports.memory.file, evidence, now_ms)
        if is_new:
            self._log.error("the log contradicts itself", reason=evidence.reason)
        text = (
            f"{evidence.reason}. Nothing was cosigned; both signed checkpoints are "
            "kept: rogatory witness show"
        )
        # Once a day for each kind: a log could go on making them up. Not only when
        # the evidence is new: the machine may have stopped between the two.
        name = f"{TOPIC}/{evidence.contradiction}/{now_ms // _DAY_MS}"
        alarm = Alarm(at_ms=now_ms, topic=TOPIC, text=text)
        await asyncio.to_thread(self._ports.alarm, name, alarm)
        return is_new

    def _is_cosigned(self, note: str, now_ms: int) -> bool:
        """Tells whether the hub holds a cosignature of ours that is not old yet.

        By what the hub shows, not by what was sent: it may have lost it.
        """
        parsed = Note.parse(note)
        for line in filter(self._key.verifier.made, parsed.signatures):
            with suppress(SignatureError):
                time_s = self._key.verifier.check(parsed.body, line)
                if abs(now_ms - 1000 * time_s) < AGAIN_MS:
                    return True
        return False

    async def _cosign(self, shown: SeenCheckpoint, now_ms: int) -> Look:
        body = shown.checkpoint.body()
        signature = await asyncio.to_thread(self._key.cosign, body, now_ms // 1000)
        offer = CosignOffer(size=shown.checkpoint.size, signature=signature)
        answer = decode_outcome(await self._ports.ask(encode_cosign_offer(offer)))
        if answer is not CosignOutcome.TAKEN:
            return Look(outcome=Outcome.NOT_TAKEN, shown=shown, answer=answer)
        await asyncio.to_thread(self._ports.memory.note_cosigned, shown, now_ms)
        return Look(outcome=Outcome.COSIGNED, shown=shown, answer=answer)

    def _tell(self, look: Look) -> None:
        """Logs what has changed, and not the same again and again."""
        told = (look.outcome, look.answer)
        if look.outcome is Outcome.COSIGNED and look.shown is not None:
            self._log.info("cosigned", size=look.shown.checkpoint.size)
        elif look.outcome is Outcome.NOT_TAKEN and told != self._told:
            self._log.warning(
                "the hub did not take the cosignature",
                reason=look.answer.value if look.answer else "",
            )
        self._told = told

    async def _pause(self, stop: asyncio.Event, wait_s: float) -> None:
        ending = asyncio.create_task(stop.wait())
        nudged = asyncio.create_task(self._nudged.wait())
        await asyncio.wait(
            {ending, nudged}, timeout=wait_s, return_when=asyncio.FIRST_COMPLETED
        )
        ending.cancel()
        nudged.cancel()


def _open(note: str, federation: FederationRecord) -> SeenCheckpoint:
    verifier = NoteVerifier(federation.log_origin, federation.log_key)
    checkpoint = open_checkpoint(note, verifier)
    # One signature of the log is what evidence needs, and lines of others could be as
    # many and as long as the hub likes.
    own = next(
        line
        for line in Note.parse(note).signatures
        if (line.name, line.key_id) == (verifier.name, verifier.key_id)
    )
    signed = Note(body=checkpoint.body(), signatures=(own,))
    return SeenCheckpoint(checkpoint=checkpoint, note=signed.text)
