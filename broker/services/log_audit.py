"""The whole log computed again by a party, out of tiles, and held to what was promised.

Every receipt that the party holds is looked for among all leaves, by the party itself:
nothing is taken on the hub's word. Reading the leaves is left to `tile_walk`, what
shows a promise to be broken to the core.
"""

from collections.abc import (
    AsyncIterator,
    Awaitable,
    Callable,
    Iterator,
    Mapping,
    Sequence,
)
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from broker.core.audit.checkpoint import Checkpoint
from broker.core.audit.entry import receipt_leaf_hash
from broker.core.audit.merkle import HASH_SIZE, leaf_hash
from broker.core.audit.promise import Later, LaterSnapshot
from broker.core.audit.quorum import check_quorum
from broker.core.audit.snapshot import LoggedSnapshot, SnapshotStatement
from broker.core.broken_promises import (
    choose_later,
    is_promise,
    overdue,
    signed_checkpoint,
    witnessed_later,
)
from broker.core.codec.desk import LogQuestion, SnapshotAt
from broker.core.errors import ProofError
from broker.core.ports import Clock
from broker.core.records import LedgerLine
from broker.core.trust import Trust
from broker.services.log_follower import LogFollower

AUDITED_FACT: Final = "log-audited"
"""How many entries the log had when all of it was computed last, as decimal digits."""

Walk = Callable[[Checkpoint], AsyncIterator[bytes]]
"""Yields all leaf hashes under a checkpoint in order, many at a time.

Raises:
    ProofError: The log is not what it signed.
    BusError: The hub cannot be asked.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """A promise that has run out, and a state of the log without that receipt.

    Attributes:
        line: The ACCEPTED that promised.
        note: That state, as it was signed and cosigned; empty while the log is.
        later: The entry that shows it to others; None if the hub made none since.
        witnesses: Who shows it instead, by the times of their cosignatures.
    """

    line: LedgerLine
    note: str
    later: Later | None
    witnesses: tuple[str, ...]

    @property
    def is_provable(self) -> bool:
        """Whether it can be shown to others: the log went on since."""
        return self.later is not None or bool(self.witnesses)


@dataclass(frozen=True, slots=True, kw_only=True)
class LogAuditResult:
    """What came of computing the log.

    Attributes:
        checkpoint: What everything was compared with; None while the log is empty.
        since: How many entries it had when this was done last; 0: never before.
        proven: Receipts that are in it, with their places.
        missing: Receipts that are not, and need not be yet, or never were promised.
        broken: Receipts that are not, and should be.
        late: Receipts that are by now, of which an older state that lacks them still
            shows that they were not in time.
    """

    checkpoint: Checkpoint | None
    since: int
    proven: tuple[tuple[LedgerLine, int], ...]
    missing: tuple[LedgerLine, ...]
    broken: tuple[Broken, ...]
    late: tuple[Broken, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LogAuditPorts:
    """What the audit works with.

    Attributes:
        follower: Asks about the log, and holds it to what it said before.
        walk: Reads the leaves.
        check_signature: Checks one receipt's signature. Raises `ProofError`.
        recall: Returns a remembered value, if there is one.
        remember: Stores one.
        lacking: Returns the states of the log that were kept since they lacked a
            receipt after its time, by message.
        trust: Returns the directory to go by now.
        clock: The time.
    """

    follower: LogFollower
    walk: Walk
    check_signature: Callable[[LedgerLine], Awaitable[None]]
    recall: Callable[[str], bytes | None]
    remember: Callable[[str, bytes], None]
    lacking: Callable[[], Mapping[bytes, str]]
    trust: Callable[[], Trust]
    clock: Clock


class LogAudit:
    """Computes the hub's log for one party.

    Args:
        ports: What it works with.
    """

    def __init__(self, ports: LogAuditPorts) -> None:
        self._ports = ports

    async def verify(
        self,
        lines: Sequence[LedgerLine],
        progress: Callable[[int, int], None] = lambda _done, _all: None,
    ) -> LogAuditResult:
        """Computes all of it, and looks for every receipt.

        1. The newest checkpoint that counts is signed, cosigned, and continues every
        one seen before. 2. Each receipt is signed by who it says. 3. All tiles make
        the root of that checkpoint. 4. Receipts are looked for among the leaves.

        Args:
            lines: The receipts this party holds.
            progress: Told how many leaves were computed, of how many.

        Raises:
            ProofError: The log contradicts itself, or a receipt was not signed by
                who it says. This is evidence against the hub: keep it.
            BusError: The hub cannot be asked.
            StoreError: What was read cannot be kept.
        """
        now_ms = self._ports.clock.now_ms()
        federation = self._ports.trust().view.federation
        checkpoint, answer = await self._ports.follower.advance(
            LogQuestion(snapshot=SnapshotAt(at_ms=now_ms)), federation
        )  # 1
        for line in lines:  # 2
            await self._ports.check_signature(line)
        since = _size(self._ports.recall(AUDITED_FACT))
        places: dict[bytes, int] = {}
        if checkpoint is not None:  # 3
            wanted = {receipt_leaf_hash(line.receipt_bytes) for line in lines}
            wanted |= {leaf_hash(one.statement) for one in answer.snapshots}
            places = await self._places(wanted, checkpoint, progress)
            self._ports.remember(AUDITED_FACT, str(checkpoint.size).encode())
        placed, absent = _told_apart(lines, places)  # 4
        late = overdue(absent, now_ms)
        snapshots = _placed_snapshots(answer.snapshots, places, federation.log_origin)
        return LogAuditResult(
            checkpoint=checkpoint,
            since=since,
            proven=placed,
            missing=tuple(line for line in absent if line not in late),
            broken=tuple(
                self._broken(line, answer.checkpoint, placed, snapshots)
                for line in late
            ),
            late=tuple(self._kept_late(placed, snapshots)),
        )

    async def _places(
        self,
        wanted: set[bytes],
        checkpoint: Checkpoint,
        progress: Callable[[int, int], None],
    ) -> dict[bytes, int]:
        """Returns where the wanted leaves are, after all leaves have been read."""
        places: dict[bytes, int] = {}
        index = 0
        async for leaves in self._ports.walk(checkpoint):
            for at in range(0, len(leaves), HASH_SIZE):
                leaf = leaves[at : at + HASH_SIZE]
                if leaf in wanted:
                    places.setdefault(leaf, index + at // HASH_SIZE)
            index += len(leaves) // HASH_SIZE
            progress(index, checkpoint.size)
        return places

    def _broken(
        self,
        line: LedgerLine,
        note: str,
        placed: Sequence[tuple[LedgerLine, int]],
        snapshots: Sequence[LaterSnapshot],
    ) -> Broken:
        later = choose_later(line.receipt, placed, snapshots)
        witnesses: tuple[str, ...] = ()
        if later is None and note:
            federation = self._ports.trust().view.federation
            saw = witnessed_later(line.receipt, note, federation)
            witnesses = tuple(one.name for one in saw)
        return Broken(line=line, note=note, later=later, witnesses=witnesses)

    def _kept_late(
        self,
        placed: Sequence[tuple[LedgerLine, int]],
        snapshots: Sequence[LaterSnapshot],
    ) -> Iterator[Broken]:
        """Yields the promises that were kept, but late, as far as that can be shown."""
        notes = self._ports.lacking()
        federation = self._ports.trust().view.federation
        for line, index in placed:
            note = notes.get(line.receipt.message_digest, "")
            if not note or not is_promise(line.receipt):
                continue
            with suppress(ProofError):  # of other witnesses, or another key, than now
                size = signed_checkpoint(note, federation).size
                check_quorum(note, federation)
                one = self._broken(
                    line,
                    note,
                    [(other, place) for other, place in placed if place < size],
                    [snapshot for snapshot in snapshots if snapshot.index < size],
                )
                if size <= index and one.is_provable:
                    yield one


def _told_apart(
    lines: Sequence[LedgerLine], places: Mapping[bytes, int]
) -> tuple[tuple[tuple[LedgerLine, int], ...], list[LedgerLine]]:
    """Returns the lines that have a place, with it, and those that have none."""
    placed, absent = [], []
    for line in lines:
        index = places.get(receipt_leaf_hash(line.receipt_bytes))
        if index is None:
            absent.append(line)
        else:
            placed.append((line, index))
    return tuple(placed), absent


def _placed_snapshots(
    snapshots: Sequence[LoggedSnapshot], places: Mapping[bytes, int], origin: str
) -> list[LaterSnapshot]:
    """Returns what the log says about snapshots of the directory, with its places.

    What the hub shows and is none is passed over: its log can hold anything.
    """
    found: list[LaterSnapshot] = []
    for one in snapshots:
        index = places.get(leaf_hash(one.statement))
        with suppress(ProofError):
            statement = SnapshotStatement.from_bytes(one.statement)
            if index is not None and statement.origin == origin:
                found.append(LaterSnapshot(statement=one.statement, index=index))
    return found


def _size(stored: bytes | None) -> int:
    return int(stored) if stored is not None and stored.isdigit() else 0
