"""What a party can check about the hub's log without trusting it.

Every receipt this node holds must be in the log, under a checkpoint that the log
signed and that continues every checkpoint seen before.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from broker.core.audit.checkpoint import Checkpoint
from broker.core.audit.entry import receipt_leaf_hash
from broker.core.audit.proof import verify_inclusion
from broker.core.codec.desk import LogAnswer, LogQuestion
from broker.core.codec.receipts import decode_proof
from broker.core.errors import Code, ProofError, RefusedError
from broker.core.model import Receipt
from broker.core.ports import Clock
from broker.core.receipts import read_bundle
from broker.core.records import LedgerLine
from broker.core.trust import Trust
from broker.services.log_follower import Ask, LogFollower, Memory
from keys.directory.model import DirectoryView
from keys.errors import DirectoryError


@dataclass(frozen=True, slots=True, kw_only=True)
class Proven:
    """A receipt that is in the log.

    Attributes:
        index: Where.
        checkpoint: The signed note it is proven under.
        path: The inclusion path.
    """

    receipt: Receipt
    index: int
    checkpoint: str
    path: tuple[bytes, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """A receipt that is not in the log.

    Attributes:
        overdue: Whether a promise to log it has been broken.
        checkpoint: The signed note of the log that counts and lacks it; empty while
            that is empty.
    """

    receipt: Receipt
    overdue: bool
    checkpoint: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditResult:
    """What an audit found.

    Attributes:
        checkpoint: What everything was proven under; None while the log is empty.
    """

    checkpoint: Checkpoint | None
    proven: tuple[Proven, ...]
    missing: tuple[Missing, ...]


class AuditCheck:
    """Checks the hub's log for one party.

    Args:
        ask: Puts a question to the hub.
        memory: Remembers the newest checkpoint, for all who ask about the log.
        trust: Returns the directory to go by now.
        clock: The time.
        past: Returns the directory of a time in ms since the epoch, proven; for who
            has left the federation since.
    """

    def __init__(
        self,
        ask: Ask,
        memory: Memory,
        trust: Callable[[], Trust],
        clock: Clock,
        past: Callable[[int], Awaitable[DirectoryView]],
    ) -> None:
        self._follower = LogFollower(ask, memory)
        self._trust = trust
        self._clock = clock
        self._past = past

    async def verify(self, lines: Sequence[LedgerLine]) -> AuditResult:
        """Checks signature, inclusion and consistency for every receipt.

        Raises:
            ProofError: The log contradicts itself, or a receipt was not signed by
                who it says. This is evidence against the hub: keep it.
            BusError: The hub cannot be asked.
        """
        newest, _ = await self._advance(b"")
        proven: list[Proven] = []
        missing: list[Missing] = []
        for line in lines:
            await self.check_signature(line)
            result = await self.prove(line)
            if isinstance(result, Proven):
                proven.append(result)
            else:
                missing.append(result)
        return AuditResult(
            checkpoint=newest, proven=tuple(proven), missing=tuple(missing)
        )

    async def prove(self, line: LedgerLine) -> Proven | Missing:
        """Asks for the proof that one receipt is in the log, and checks it.

        The tree it is in must continue the one seen last: a hub that kept a log for
        each of us could prove anything to everybody.

        Raises:
            ProofError: The proof does not hold, or is of another tree.
            BusError: The hub cannot be asked.
        """
        leaf = receipt_leaf_hash(line.receipt_bytes)
        checkpoint, answer = await self._advance(leaf)
        promised = line.receipt.logged_by_ms
        if answer.index is None:
            overdue = 0 < promised < self._clock.now_ms()
            return Missing(
                receipt=line.receipt, overdue=overdue, checkpoint=answer.checkpoint
            )
        if checkpoint is None:
            raise ProofError("a place in a log without a checkpoint")
        verify_inclusion(
            leaf, answer.index, checkpoint.size, answer.inclusion, checkpoint.root
        )
        return Proven(
            receipt=line.receipt,
            index=answer.index,
            checkpoint=answer.checkpoint,
            path=answer.inclusion,
        )

    async def _advance(self, leaf: bytes) -> tuple[Checkpoint | None, LogAnswer]:
        federation = self._trust().view.federation
        return await self._follower.advance(LogQuestion(leaf_hash=leaf), federation)

    async def check_signature(self, line: LedgerLine) -> None:
        """Checks that a receipt is signed by who it says, with a key valid then.

        Raises:
            ProofError: It is not.
            BusError: The hub cannot be asked who has left the federation since.
        """
        bundle = decode_proof(line.receipt_bytes, line.proof)
        try:
            try:
                read_bundle(bundle, self._trust().view)
            except RefusedError as error:
                if error.code is not Code.UNKNOWN_PARTY:
                    raise
                read_bundle(bundle, await self._past(line.receipt.at_ms))
        except (RefusedError, DirectoryError) as error:
            raise ProofError(f"a stored receipt does not verify: {error}") from error
