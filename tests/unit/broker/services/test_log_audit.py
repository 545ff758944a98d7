"""A party computes the whole log, and looks for its receipts by itself."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from typing import Final

import pytest

from broker.core.audit.checkpoint import Checkpoint
from broker.core.audit.promise import LaterReceipt, LaterSnapshot
from broker.core.audit.snapshot import SnapshotStatement
from broker.core.codec.desk import (
    LogAnswer,
    LogQuestion,
    decode_log_answer,
    encode_log_question,
)
from broker.core.errors import ProofError
from broker.core.model import Stage
from broker.core.records import LedgerLine
from broker.services.hub_desk import HubDesk
from broker.services.log_audit import AUDITED_FACT, LogAudit, LogAuditPorts
from broker.services.log_follower import LogFollower
from keys.framing import sha256
from keys.identity import HUB
from tests import world
from tests.unit.broker.infra.stored_messages import line
from tests.unit.broker.services.memory_log import MemoryLog
from tests.world import LOG_KEY, NOW_MS

HOUR_MS: Final = 3_600_000


@dataclass(slots=True)
class Auditor:
    """A party that computes a log which it is shown."""

    log: MemoryLog | None = field(default_factory=MemoryLog)
    clock: world.FakeClock = field(default_factory=world.FakeClock)
    facts: dict[str, bytes] = field(default_factory=dict)
    unsigned: LedgerLine | None = None
    told: list[tuple[int, int]] = field(default_factory=list)

    def fact(self, name: str) -> bytes | None:
        """Returns what was remembered."""
        return self.facts.get(name)

    def remember(self, name: str, value: bytes) -> None:
        """Remembers."""
        self.facts[name] = value

    def exchange(self, name: str, old: bytes | None, new: bytes) -> bool:
        """Remembers, unless somebody else has meanwhile."""
        assert self.facts.get(name) == old
        self.facts[name] = new
        return True

    async def ask(self, question: LogQuestion) -> LogAnswer:
        """Asks over the wire, as far as bytes go."""
        desk = HubDesk(lambda _: None, lambda: self.log, self.clock)
        return decode_log_answer(desk.log("account", encode_log_question(question)))

    async def walk(self, checkpoint: Checkpoint) -> AsyncIterator[bytes]:
        """Yields the leaves, three at a time."""
        assert self.log is not None
        assert checkpoint.size == len(self.log.leaves)
        for at in range(0, checkpoint.size, 3):
            yield b"".join(self.log.leaves[at : at + 3])

    async def check_signature(self, one: LedgerLine) -> None:
        """Refuses one of them."""
        if one == self.unsigned:
            raise ProofError("not signed so")

    @property
    def audit(self) -> LogAudit:
        """What is tested."""
        ports = LogAuditPorts(
            follower=LogFollower(self.ask, self),
            walk=self.walk,
            check_signature=self.check_signature,
            recall=self.fact,
            remember=self.remember,
            trust=world.trust,
            clock=self.clock,
        )
        return LogAudit(ports)


def accepted(at_ms: int = NOW_MS) -> LedgerLine:
    return line(
        world.receipt(
            world.sealed(),
            Stage.ACCEPTED,
            by=HUB,
            at_ms=at_ms,
            logged_by_ms=at_ms + HOUR_MS,
        )
    )


LINES: Final = [accepted() for _ in range(4)]
NOISE: Final = [sha256(bytes([number])) for number in range(9)]


@pytest.fixture
def auditor() -> Auditor:
    made = Auditor()
    assert made.log is not None
    made.log.add(*NOISE[:4], *(one.receipt_bytes for one in LINES[:3]))
    return made


def log_of(auditor: Auditor) -> MemoryLog:
    assert auditor.log is not None
    return auditor.log


async def test_receipts_are_found_in_their_places(auditor: Auditor) -> None:
    found = await auditor.audit.verify(
        LINES[:3], lambda done, of: auditor.told.append((done, of))
    )
    assert found.proven == tuple(zip(LINES, (4, 5, 6), strict=False))
    assert (found.missing, found.broken, found.since) == ((), (), 0)
    assert auditor.told == [(3, 7), (6, 7), (7, 7)]
    log_of(auditor).add(*NOISE)
    again = await auditor.audit.verify(LINES[:3])
    assert again.since == 7
    assert auditor.facts[AUDITED_FACT] == b"16"


async def test_what_need_not_be_there_yet_is_only_missing(auditor: Auditor) -> None:
    auditor.clock.at_ms += HOUR_MS
    found = await auditor.audit.verify(LINES)
    assert found.missing == (LINES[3],)
    assert found.broken == ()


async def test_a_promise_is_broken_and_nothing_shows_it_yet(auditor: Auditor) -> None:
    auditor.clock.at_ms += HOUR_MS + 1
    [broken] = (await auditor.audit.verify(LINES)).broken
    assert broken.line == LINES[3]
    assert not broken.is_provable


async def test_a_later_receipt_or_snapshot_shows_it(auditor: Auditor) -> None:
    auditor.clock.at_ms += 2 * HOUR_MS
    later = accepted(NOW_MS + 2 * HOUR_MS)
    log_of(auditor).add(later.receipt_bytes)
    [broken] = (await auditor.audit.verify([*LINES, later])).broken
    assert broken.later == LaterReceipt(
        receipt=later.receipt_bytes, proof=later.proof, index=7
    )
    statement = SnapshotStatement(
        origin=LOG_KEY.verifier.name,
        version=1,
        digest=sha256(b"snapshot"),
        signed_at_ms=NOW_MS + 2 * HOUR_MS - 1000,
    )
    log_of(auditor).add_snapshot(statement)
    [broken] = (await auditor.audit.verify(LINES)).broken
    assert broken.later == LaterSnapshot(statement=statement.to_bytes(), index=8)


async def test_a_snapshot_that_the_hub_only_claims_shows_nothing(
    auditor: Auditor,
) -> None:
    auditor.clock.at_ms += 2 * HOUR_MS
    statement = SnapshotStatement(
        origin=LOG_KEY.verifier.name,
        version=1,
        digest=sha256(b"snapshot"),
        signed_at_ms=NOW_MS + 2 * HOUR_MS - 1000,
    )
    log_of(auditor).snapshots.append((2, statement))
    [broken] = (await auditor.audit.verify(LINES)).broken
    assert not broken.is_provable


async def test_an_empty_log_keeps_no_promise() -> None:
    auditor = Auditor(log=None)
    found = await auditor.audit.verify(LINES)
    assert (found.checkpoint, found.missing) == (None, tuple(LINES))
    auditor.clock.at_ms += 2 * HOUR_MS
    found = await auditor.audit.verify(LINES)
    assert [one.is_provable for one in found.broken] == [False] * 4
    assert auditor.facts == {}


async def test_a_receipt_that_nobody_signed_stops_the_audit(auditor: Auditor) -> None:
    auditor.unsigned = LINES[1]
    with pytest.raises(ProofError, match="not signed so"):
        await auditor.audit.verify(LINES)
    assert AUDITED_FACT not in auditor.facts


async def test_a_log_that_was_set_back_is_not_computed(auditor: Auditor) -> None:
    await auditor.audit.verify(LINES[:3])
    auditor.log = replace(log_of(auditor), leaves=log_of(auditor).leaves[:5])
    with pytest.raises(ProofError, match="7 entries, and has 5 now"):
        await auditor.audit.verify(LINES[:3])
    assert auditor.facts[AUDITED_FACT] == b"7"
