"""A party computes the whole log, and looks for its receipts by itself."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from typing import Final

import pytest

from broker.core.audit.checkpoint import Checkpoint
from broker.core.audit.merkle import leaf_hash
from broker.core.audit.promise import LaterReceipt, LaterSnapshot
from broker.core.audit.snapshot import LoggedSnapshot, SnapshotStatement
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
    lacking: dict[bytes, str] = field(default_factory=dict)
    shown: tuple[LoggedSnapshot, ...] = ()

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
        answer = decode_log_answer(desk.log("account", encode_log_question(question)))
        return replace(answer, snapshots=(*answer.snapshots, *self.shown))

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
            lacking=lambda: self.lacking,
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


async def test_what_was_kept_late_is_shown_by_the_state_that_lacked_it(
    auditor: Auditor,
) -> None:
    """And by what of the hub was in that state already, not by what came later."""
    auditor.clock.at_ms += 2 * HOUR_MS
    promised = accepted()
    about = replace(promised.receipt, message_digest=sha256(b"another message"))
    promised = replace(promised, receipt=about)
    later, latest = (accepted(NOW_MS + hours * HOUR_MS) for hours in (2, 3))
    log_of(auditor).add(later.receipt_bytes)
    lacked = log_of(auditor).head().checkpoint
    log_of(auditor).add(latest.receipt_bytes, promised.receipt_bytes)
    lines = [*LINES[:3], later, latest, promised]
    assert (await auditor.audit.verify(lines)).late == ()
    auditor.lacking = {about.message_digest: lacked}
    found = await auditor.audit.verify(lines)
    [late] = found.late
    assert (found.broken, late.line, late.note) == ((), promised, lacked)
    assert late.later == LaterReceipt(
        receipt=later.receipt_bytes, proof=later.proof, index=7
    )


async def test_a_state_that_shows_nothing_tells_of_no_late_promise(
    auditor: Auditor,
) -> None:
    """It has the receipt, nothing in it is late enough, or the log did not sign it."""
    auditor.clock.at_ms += 2 * HOUR_MS
    promised = LINES[0]
    has_it = log_of(auditor).head().checkpoint
    too_early = MemoryLog()
    too_early.leaves = log_of(auditor).leaves[:4]
    for note in (has_it, too_early.head().checkpoint, has_it.replace("7", "3", 1), "x"):
        auditor.lacking = {promised.receipt.message_digest: note}
        assert (await auditor.audit.verify(LINES[:3])).late == ()


async def test_a_hub_cannot_spoil_a_proof_by_what_it_shows_as_a_snapshot(
    auditor: Auditor,
) -> None:
    """A leaf of its log that is no snapshot, or a statement for another log."""
    auditor.clock.at_ms += 2 * HOUR_MS
    later = accepted(NOW_MS + 2 * HOUR_MS)
    other = SnapshotStatement(
        origin="log.example/another",
        version=1,
        digest=sha256(b"snapshot"),
        signed_at_ms=NOW_MS + 3 * HOUR_MS,
    ).to_bytes()
    log_of(auditor).add(later.receipt_bytes)
    log_of(auditor).leaves += [leaf_hash(b"junk"), leaf_hash(other)]
    auditor.shown = tuple(
        LoggedSnapshot(statement=one, index=8 + at, inclusion=())
        for at, one in enumerate((b"junk", other))
    )
    [broken] = (await auditor.audit.verify([*LINES, later])).broken
    assert isinstance(broken.later, LaterReceipt)
