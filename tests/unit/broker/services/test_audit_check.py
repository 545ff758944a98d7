"""A party checks the hub's log without trusting it, and finds out when it lies."""

from dataclasses import dataclass, field, replace

import pytest

from broker.core.audit.proof import verify_inclusion
from broker.core.codec.desk import (
    LogAnswer,
    LogQuestion,
    decode_log_answer,
    encode_log_question,
)
from broker.core.errors import ProofError
from broker.core.model import Stage
from broker.core.records import LedgerLine
from broker.services.audit_check import AuditCheck, Missing, Proven
from broker.services.hub_desk import HubDesk, ReadableLog
from keys.directory.model import DirectoryView
from keys.framing import sha256
from keys.identity import HUB
from keys.notes import NoteKey
from tests import world
from tests.unit.broker.infra.stored_messages import line
from tests.unit.broker.services.memory_log import MemoryLog
from tests.world import LOG_KEY, NOW_MS


@dataclass(slots=True)
class Auditor:
    """A party that asks a hub, whose log it may exchange between questions."""

    log: MemoryLog | None = field(default_factory=MemoryLog)
    clock: world.FakeClock = field(default_factory=world.FakeClock)
    facts: dict[str, bytes] = field(default_factory=dict)
    asked: list[LogQuestion] = field(default_factory=list)
    for_leaves: MemoryLog | None = None

    def fact(self, name: str) -> bytes | None:
        """Returns what was remembered."""
        return self.facts.get(name)

    def exchange(self, name: str, old: bytes | None, new: bytes) -> bool:
        """Remembers, unless somebody else has meanwhile."""
        if self.facts.get(name) != old:
            return False
        self.facts[name] = new
        return True

    async def ask(self, question: LogQuestion) -> LogAnswer:
        """Asks over the wire, as far as bytes go."""
        self.asked.append(question)
        log: ReadableLog | None = self.log
        if self.for_leaves is not None and question.leaf_hash:
            log = self.for_leaves
        desk = HubDesk(lambda _: None, lambda: log, self.clock)
        return decode_log_answer(desk.log("account", encode_log_question(question)))

    @property
    def check(self) -> AuditCheck:
        """What is tested."""
        return AuditCheck(self.ask, self, world.trust, self.clock, nobody_left)


async def nobody_left(_at_ms: int) -> DirectoryView:
    return world.view()


def lines(count: int, promised_ms: int = NOW_MS + 1000) -> list[LedgerLine]:
    return [
        line(
            world.receipt(
                world.sealed(), Stage.ACCEPTED, by=HUB, logged_by_ms=promised_ms
            )
        )
        for _ in range(count)
    ]


LINES = lines(3)
NOISE = [sha256(bytes([number])) for number in range(9)]


@pytest.fixture
def auditor() -> Auditor:
    made = Auditor()
    assert made.log is not None
    made.log.add(*NOISE[:4], *(one.receipt_bytes for one in LINES))
    return made


async def test_every_receipt_is_proven_under_a_signed_checkpoint(
    auditor: Auditor,
) -> None:
    result = await auditor.check.verify(LINES)
    assert result.checkpoint is not None
    assert result.checkpoint.size == 7
    assert result.missing == ()
    assert [one.index for one in result.proven] == [4, 5, 6]
    for one, leaf in zip(result.proven, auditor.log.leaves[4:], strict=True):  # type: ignore[union-attr]
        verify_inclusion(leaf, one.index, 7, one.path, result.checkpoint.root)


async def test_a_log_that_grows_is_followed(auditor: Auditor) -> None:
    result = await auditor.check.verify([])
    for _ in range(3):
        assert auditor.log is not None
        auditor.log.add(*NOISE)
        result = await auditor.check.verify(LINES)
        assert len(result.proven) == 3
    assert result.checkpoint is not None
    assert result.checkpoint.size == 7 + 27


async def test_an_empty_log_proves_nothing_and_is_no_lie() -> None:
    auditor = Auditor(log=None)
    result = await auditor.check.verify(LINES)
    assert result.checkpoint is None
    assert len(result.missing) == 3
    assert auditor.facts == {}


async def test_a_rewound_log_is_evidence(auditor: Auditor) -> None:
    await auditor.check.verify(LINES)
    assert auditor.log is not None
    del auditor.log.leaves[-1]
    with pytest.raises(ProofError, match="7 entries, and has 6 now"):
        await auditor.check.verify([])


async def test_a_log_that_begins_anew_is_evidence(auditor: Auditor) -> None:
    await auditor.check.verify(LINES)
    auditor.log = None
    with pytest.raises(ProofError, match="is empty now"):
        await auditor.check.verify([])


async def test_a_forked_log_is_evidence(auditor: Auditor) -> None:
    await auditor.check.verify(LINES)
    remembered = dict(auditor.facts)
    assert auditor.log is not None
    auditor.log.leaves[0] = NOISE[8]
    auditor.log.add(*NOISE)
    with pytest.raises(ProofError):
        await auditor.check.verify(LINES)
    assert auditor.facts == remembered  # the fork has not replaced what was seen


async def test_another_tree_of_the_same_size_is_evidence(auditor: Auditor) -> None:
    await auditor.check.verify(LINES)
    assert auditor.log is not None
    auditor.log.leaves[0] = NOISE[8]
    with pytest.raises(ProofError):
        await auditor.check.verify([])


@pytest.mark.parametrize("larger", [True, False])
async def test_a_tree_that_is_shown_to_us_alone_is_evidence(
    auditor: Auditor, *, larger: bool
) -> None:
    """The public log lacks our receipts; the proofs are of a log made for us."""
    auditor.for_leaves, auditor.log = auditor.log, MemoryLog(list(NOISE))
    assert auditor.for_leaves is not None
    if larger:
        auditor.for_leaves.add(*NOISE)
    with pytest.raises(ProofError):
        await auditor.check.verify(LINES)


async def test_a_log_that_grows_between_two_questions_is_no_lie(
    auditor: Auditor,
) -> None:
    assert auditor.log is not None
    auditor.for_leaves = MemoryLog([*auditor.log.leaves, *NOISE])
    auditor.log = auditor.for_leaves
    assert len((await auditor.check.verify(LINES)).proven) == 3


async def test_a_checkpoint_by_another_key_is_evidence(auditor: Auditor) -> None:
    assert auditor.log is not None
    auditor.log.key = NoteKey(LOG_KEY.verifier.name, sha256(b"another"))
    with pytest.raises(ProofError, match="cannot be trusted"):
        await auditor.check.verify([])


async def test_a_checkpoint_of_another_log_is_evidence(auditor: Auditor) -> None:
    assert auditor.log is not None
    auditor.log.key = NoteKey("log.example/another", sha256(b"the log"))
    with pytest.raises(ProofError):
        await auditor.check.verify([])


def lacking(auditor: Auditor, line: LedgerLine, *, overdue: bool) -> Missing:
    """Returns that the log as it is now lacks a receipt."""
    assert auditor.log is not None
    note = auditor.log.head().checkpoint
    return Missing(receipt=line.receipt, overdue=overdue, checkpoint=note)


async def test_a_missing_receipt_is_overdue_once_its_promise_is_broken(
    auditor: Auditor,
) -> None:
    [promised] = lines(1)
    result = await auditor.check.verify([promised])
    assert result.missing == (lacking(auditor, promised, overdue=False),)
    auditor.clock.at_ms = NOW_MS + 1001
    result = await auditor.check.verify([promised])
    assert result.missing == (lacking(auditor, promised, overdue=True),)


async def test_a_receipt_nobody_promised_to_log_is_never_overdue(
    auditor: Auditor,
) -> None:
    [unpromised] = lines(1, promised_ms=0)
    result = await auditor.check.prove(unpromised)
    assert result == lacking(auditor, unpromised, overdue=False)


async def test_one_receipt_can_be_proven_by_itself(auditor: Auditor) -> None:
    result = await auditor.check.prove(LINES[1])
    assert isinstance(result, Proven)
    assert result.index == 5
    assert result.receipt == LINES[1].receipt


async def test_a_wrong_path_is_evidence(auditor: Auditor) -> None:
    honest = auditor.ask

    async def lying(question: LogQuestion) -> LogAnswer:
        answer = await honest(question)
        return replace(answer, inclusion=answer.inclusion[::-1])

    check = AuditCheck(lying, auditor, world.trust, auditor.clock, nobody_left)
    with pytest.raises(ProofError):
        await check.prove(LINES[0])


async def test_an_index_without_a_checkpoint_is_evidence(auditor: Auditor) -> None:
    async def lying(_question: LogQuestion) -> LogAnswer:
        return LogAnswer(checkpoint="", index=1)

    check = AuditCheck(lying, auditor, world.trust, auditor.clock, nobody_left)
    with pytest.raises(ProofError):
        await check.prove(LINES[0])


async def test_a_stored_receipt_that_its_author_did_not_sign_is_evidence(
    auditor: Auditor,
) -> None:
    forged = replace(LINES[0], receipt_bytes=LINES[1].receipt_bytes)
    with pytest.raises(ProofError, match="does not verify"):
        await auditor.check.verify([forged])
