"""Follows the hub's log without trusting it: each checkpoint continues those before.

None counts that fewer witnesses have cosigned than the stewards ask for. What
is asked about the log, and what the answers are good for, is left to others.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Final, Protocol

from broker.core.audit.checkpoint import Checkpoint, open_checkpoint
from broker.core.audit.proof import verify_consistency
from broker.core.audit.quorum import check_quorum, without_strangers
from broker.core.codec.desk import LogAnswer, LogQuestion
from broker.core.errors import ProofError
from keys.directory.model import FederationRecord
from keys.notes import NoteVerifier

CHECKPOINT_FACT: Final = "log-checkpoint"

Ask = Callable[[LogQuestion], Awaitable[LogAnswer]]
"""Puts a question to the hub.

Raises:
    BusError: The hub cannot be asked.
    ProofError: Its answer cannot be read.
"""

_ATTEMPTS: Final = 10


class Memory(Protocol):
    """Where the newest checkpoint is remembered; others may use it meanwhile."""

    def fact(self, name: str) -> bytes | None:
        """Returns a remembered value."""
        ...

    def exchange(self, name: str, old: bytes | None, new: bytes) -> bool:
        """Stores `new` if `old` is what is remembered still; tells whether it was."""
        ...


class LogFollower:
    """Asks about the log, and holds it to what it said before.

    Args:
        ask: Puts a question to the hub.
        memory: Remembers the newest checkpoint; shared by all of a party that ask.
    """

    def __init__(self, ask: Ask, memory: Memory) -> None:
        self._ask = ask
        self._memory = memory

    async def advance(
        self, question: LogQuestion, federation: FederationRecord
    ) -> tuple[Checkpoint | None, LogAnswer]:
        """Asks, and takes the newest checkpoint, if it continues the one remembered.

        A hub that kept a log for each of us could prove anything to everybody, were
        it not for the witnesses, who see one log only.

        Args:
            question: What is asked; what it is to be consistent with, and how many
                witnesses must have cosigned it, is filled in.
            federation: Names the log, the keys that it signs with, and its witnesses.

        Returns:
            The newest checkpoint that counts, None while the log is empty; and the
            answer, with the lines of log and witnesses alone below the checkpoint.

        Raises:
            ProofError: The log contradicts itself: evidence against the hub. Or too
                few witnesses have cosigned anything as new as what was seen before.
            BusError: The hub cannot be asked.
        """
        for _ in range(_ATTEMPTS):
            stored = self._memory.fact(CHECKPOINT_FACT)
            older = _remembered(stored, federation)
            since = older.size if older else 0
            quorum = federation.witness_quorum
            answer = await self._ask(replace(question, since=since, quorum=quorum))
            if not answer.checkpoint:
                if quorum:
                    raise ProofError(
                        f"there is no checkpoint of the log that {quorum} witnesses "
                        "have cosigned"
                    )
                if older is not None:
                    raise ProofError("the log was there, and is empty now")
                return None, answer
            log = NoteVerifier(federation.log_origin, federation.log_key)
            newer = open_checkpoint(answer.checkpoint, log)
            check_quorum(answer.checkpoint, federation)
            if older is not None:
                _check_continues(older, newer, answer, quorum)
            note = without_strangers(answer.checkpoint, log, federation)
            # Else somebody has gone on meanwhile, and this is to be held to that.
            if self._memory.exchange(CHECKPOINT_FACT, stored, note.encode()):
                return newer, replace(answer, checkpoint=note)
        raise ProofError("the checkpoint changes faster than it can be checked")


def _remembered(
    stored: bytes | None, federation: FederationRecord
) -> Checkpoint | None:
    """Reads the checkpoint seen last: the log may have had another key then."""
    if stored is None:
        return None
    problem: ProofError | None = None
    for key in (federation.log_key, *reversed(federation.former_log_keys)):
        try:
            return _opened(stored.decode(), federation, key)
        except ProofError as error:
            problem = problem or error
    raise problem or ProofError("the log has no key")


def _opened(note: str, federation: FederationRecord, key: bytes) -> Checkpoint:
    return open_checkpoint(note, NoteVerifier(federation.log_origin, key))


def _check_continues(
    older: Checkpoint, newer: Checkpoint, answer: LogAnswer, quorum: int
) -> None:
    if newer.size < older.size and quorum:
        raise ProofError(
            f"the newest checkpoint that {quorum} witnesses have cosigned has "
            f"{newer.size} entries, and the log had {older.size} before: it was set "
            "back, or the witnesses have not come as far yet"
        )
    if newer.size < older.size:
        raise ProofError(f"the log had {older.size} entries, and has {newer.size} now")
    verify_consistency(
        older.size, newer.size, older.root, newer.root, answer.consistency
    )
