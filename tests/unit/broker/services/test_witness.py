"""A witness cosigns one log only, whatever the hub does, and whenever it dies."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from broker.core.audit.quorum import check_quorum, cosigned_by
from broker.core.audit.witness import Contradiction, Evidence, SeenCheckpoint
from broker.core.codec.desk import LogAnswer
from broker.core.codec.desk_cosignatures import CANDIDATE, COSIGN, CosignOutcome
from broker.core.errors import (
    BusUnavailableError,
    ProofError,
    StoreConflictError,
    StoreError,
)
from broker.infra import witness_store
from broker.infra.witness_store import WitnessStore
from broker.services.witness import AGAIN_MS, Outcome
from keys.framing import sha256
from keys.notes import NoteKey
from tests.unit.broker.services.memory_log import MemoryLog
from tests.unit.broker.services.witness_world import WitnessWorld
from tests.witnesses import NAMES, federation
from tests.world import LOG_KEY

W1, W2, W3 = NAMES
RECEIPTS = [b"receipt %d" % number for number in range(9)]


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[WitnessWorld]:
    """A hub that has logged five receipts."""
    made = WitnessWorld(tmp_path)
    made.grow(*RECEIPTS[:5])
    yield made
    made.close()


async def test_a_checkpoint_is_cosigned_once_and_counts(hub: WitnessWorld) -> None:
    first = await hub.witness().look()
    assert (first.outcome, first.answer) == (Outcome.COSIGNED, CosignOutcome.TAKEN)
    assert (await hub.witness().look()).outcome is Outcome.KNOWN
    (by,) = cosigned_by(hub.cosigning.newest(1), hub.stewards)
    assert (by.name, by.time_s) == (W1, hub.clock.at_ms // 1000)
    newest = hub.memory().newest(LOG_KEY.verifier.name)
    assert newest is not None
    assert (newest.seen.checkpoint.size, newest.cosigned_ms) == (5, hub.clock.at_ms)


async def test_an_empty_log_has_nothing_to_cosign(tmp_path: Path) -> None:
    hub = WitnessWorld(tmp_path)
    assert (await hub.witness().look()).outcome is Outcome.NOTHING
    hub.close()


async def test_each_growth_is_cosigned_when_it_continues(hub: WitnessWorld) -> None:
    for receipt in RECEIPTS[5:]:
        assert (await hub.witness().look()).outcome is Outcome.COSIGNED
        hub.grow(receipt)
    sizes = [step.seen.checkpoint.size for step in hub.memory().steps()]
    assert sizes == [8, 7, 6, 5]


async def test_witnesses_are_shown_the_same_checkpoint_while_the_log_grows(
    hub: WitnessWorld,
) -> None:
    """Else none of a busy log would ever have two cosignatures."""
    hub.set_quorum(3)
    for name in NAMES:
        assert (await hub.witness(name).look()).outcome is Outcome.COSIGNED
        hub.log.add(b"in between, for " + name.encode())
    found = check_quorum(hub.cosigning.newest(3), hub.stewards)
    assert [one.name for one in found] == list(NAMES)
    look = await hub.witness(W1).look()
    assert look.shown is not None
    assert look.shown.checkpoint.size == 8


async def test_an_absent_witness_holds_the_others_up_for_a_moment_only(
    hub: WitnessWorld,
) -> None:
    hub.set_quorum(2)
    for name in (W1, W2):
        await hub.witness(name).look()
    hub.log.add(b"one more")
    assert (await hub.witness(W1).look()).outcome is Outcome.KNOWN
    hub.clock.at_ms += 1000
    assert (await hub.witness(W1).look()).outcome is Outcome.COSIGNED


async def test_a_quiet_log_is_cosigned_again_to_show_that_it_is_the_newest(
    hub: WitnessWorld,
) -> None:
    await hub.witness().look()
    hub.clock.at_ms += AGAIN_MS
    assert (await hub.witness().look()).outcome is Outcome.COSIGNED
    (by,) = cosigned_by(hub.cosigning.newest(1), hub.stewards)
    assert by.time_s == hub.clock.at_ms // 1000


async def refused(hub: WitnessWorld, kind: Contradiction) -> Evidence:
    """Looks; expects a refusal that leaves evidence, an alarm and no cosignature."""
    before = hub.cosigning.newest(1)
    asked = len(hub.asked)
    look = await hub.witness().look()
    assert look.outcome is Outcome.REFUSED
    assert hub.asked[asked:] == [CANDIDATE]
    assert hub.cosigning.newest(1) == before
    (filed,) = hub.memory().evidence()
    assert filed.evidence == look.evidence
    assert filed.evidence.contradiction is kind
    (alarm,) = hub.alarms.values()
    assert filed.evidence.reason in alarm.text
    return filed.evidence


async def test_a_hub_that_forks_is_refused_and_both_notes_are_kept(
    hub: WitnessWorld,
) -> None:
    await hub.witness().look()
    honest = hub.log.head().checkpoint
    hub.log = MemoryLog()
    hub.log.add(*RECEIPTS[:4], b"another fifth")
    forked = hub.log.head().checkpoint
    hub.lie = lambda answer: replace(answer, checkpoint=forked)
    evidence = await refused(hub, Contradiction.FORK)
    assert (evidence.seen, evidence.shown) == (honest, forked)


async def test_a_hub_that_rewinds_is_refused(hub: WitnessWorld) -> None:
    await hub.witness().look()
    hub.log = MemoryLog()
    hub.log.add(*RECEIPTS[:3])
    smaller = hub.log.head().checkpoint
    hub.lie = lambda answer: replace(answer, checkpoint=smaller)
    evidence = await refused(hub, Contradiction.REWIND)
    assert evidence.shown == smaller


async def test_a_hub_that_drops_an_entry_is_refused(hub: WitnessWorld) -> None:
    """The desk is honest here: the log under it was doctored."""
    await hub.witness().look()
    hub.log = MemoryLog()
    hub.grow(*RECEIPTS[:2], *RECEIPTS[3:])
    evidence = await refused(hub, Contradiction.REWRITTEN)
    assert evidence.proof == hub.log.consistency(5, 8)


async def test_a_log_that_goes_on_lying_is_told_once_a_day(hub: WitnessWorld) -> None:
    await hub.witness().look()
    hub.log = MemoryLog()
    hub.grow(*RECEIPTS[1:])
    for _ in range(3):
        assert (await hub.witness().look()).outcome is Outcome.REFUSED
    assert len(hub.alarms) == len(hub.memory().evidence()) == 1
    hub.grow(b"a lie more")
    look = await hub.witness().look()
    assert (look.outcome, look.is_new) == (Outcome.REFUSED, True)
    assert len(hub.memory().evidence()) == 2
    assert len(hub.alarms) == 1


async def test_evidence_cannot_fill_the_disk(
    hub: WitnessWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(witness_store, "MOST_EVIDENCE", 2)
    await hub.witness().look()
    hub.log = MemoryLog()
    hub.log.add(*RECEIPTS[1:])
    for number in range(4):
        hub.grow(b"lie %d" % number)
        assert (await hub.witness().look()).outcome is Outcome.REFUSED
    assert len(hub.memory().evidence()) == 2


async def test_a_log_that_comes_back_to_what_it_was_is_cosigned_on(
    hub: WitnessWorld,
) -> None:
    """A log restored from a copy shows less for a while, and then the same again."""
    await hub.witness().look()
    hub.lie = lambda answer: replace(answer, checkpoint="")
    assert (await hub.witness().look()).outcome is Outcome.NOTHING
    hub.lie = None
    hub.grow(RECEIPTS[5])
    assert (await hub.witness().look()).outcome is Outcome.COSIGNED
    assert hub.memory().evidence() == []


async def test_what_the_log_did_not_sign_is_neither_cosigned_nor_evidence(
    hub: WitnessWorld,
) -> None:
    hub.log.key = NoteKey(LOG_KEY.verifier.name, sha256(b"an impostor"))
    with pytest.raises(ProofError, match="cannot be trusted"):
        await hub.witness().look()
    assert hub.refreshed == 1
    assert not hub.memory().steps()
    assert not hub.memory().evidence()


async def test_another_key_of_the_log_is_learnt_from_the_stewards(
    hub: WitnessWorld,
) -> None:
    await hub.witness().look()
    hub.known = hub.stewards
    newer = NoteKey(LOG_KEY.verifier.name, sha256(b"the log's next key"))
    hub.stewards = replace(
        hub.stewards,
        log_key=newer.verifier.public_key,
        former_log_keys=(LOG_KEY.verifier.public_key,),
    )
    hub.log.key = newer
    assert (await hub.witness().look()).outcome is Outcome.KNOWN
    assert hub.refreshed == 1
    hub.grow(RECEIPTS[5])
    assert (await hub.witness().look()).outcome is Outcome.COSIGNED


async def test_lines_of_others_are_not_kept(hub: WitnessWorld) -> None:
    """A hub could make them as many and as long as it likes."""
    await hub.witness(W2).look()
    await hub.witness(W1).look()
    (step,) = hub.memory(W1).steps()
    assert step.seen.note == hub.log.head().checkpoint


async def test_a_witness_that_stewards_have_not_named_works_on_in_vain(
    hub: WitnessWorld,
) -> None:
    hub.stewards = federation((W2,))
    look = await hub.witness(W1).look()
    assert (look.outcome, look.answer) == (
        Outcome.NOT_TAKEN,
        CosignOutcome.UNKNOWN_WITNESS,
    )
    hub.stewards = federation((W1, W2))
    assert (await hub.witness(W1).look()).outcome is Outcome.COSIGNED


async def test_what_was_remembered_before_a_crash_is_cosigned_after_it(
    hub: WitnessWorld,
) -> None:
    """Between remembering and handing in, the machine stops."""
    hub.failure[COSIGN] = BusUnavailableError("gone")
    with pytest.raises(BusUnavailableError):
        await hub.witness().look()
    (step,) = hub.memory().steps()
    assert step.cosigned_ms is None
    hub.failure.clear()
    assert (await hub.witness().look()).outcome is Outcome.COSIGNED


async def test_what_cannot_be_remembered_is_not_cosigned(
    hub: WitnessWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise StoreError("no room")

    monkeypatch.setattr(WitnessStore, "take", full)
    with pytest.raises(StoreError):
        await hub.witness().look()
    assert COSIGN not in hub.asked


async def test_two_processes_of_one_witness_cannot_cosign_two_logs(
    hub: WitnessWorld,
) -> None:
    """The second was slower, and judged by what the first had seen before."""
    memory = hub.memory()
    look = await hub.witness().look()
    assert look.shown is not None
    with pytest.raises(StoreConflictError):
        memory.take(None, look.shown, 0)
    other = SeenCheckpoint(checkpoint=look.shown.checkpoint, note="another note")
    with pytest.raises(StoreConflictError):
        memory.take(other, look.shown, 0)


async def test_old_steps_are_forgotten_and_the_newest_is_not(
    hub: WitnessWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(witness_store, "KEPT", 2)
    monkeypatch.setattr(witness_store, "_THIN_EVERY", 4)
    for number in range(4):
        await hub.witness().look()
        hub.grow(b"more %d" % number)
    assert [s.seen.checkpoint.size for s in hub.memory().steps()] == [8, 7]


async def test_a_hub_that_lost_a_cosignature_is_given_it_again(
    hub: WitnessWorld,
) -> None:
    await hub.witness().look()

    def stripped(answer: LogAnswer) -> LogAnswer:
        return replace(answer, checkpoint=hub.log.head().checkpoint)

    hub.lie = stripped
    assert (await hub.witness().look()).outcome is Outcome.COSIGNED


async def test_a_witness_that_lost_its_memory_begins_to_remember_again(
    hub: WitnessWorld,
) -> None:
    await hub.witness().look()
    hub.memory().close()
    hub._memories.clear()
    for file in hub.folder.glob(f"{W1}.sqlite3*"):
        file.unlink()
    assert (await hub.witness().look()).outcome is Outcome.COSIGNED
    assert len(hub.memory().steps()) == 1


async def test_it_works_until_it_is_stopped_whatever_happens(
    hub: WitnessWorld,
) -> None:
    stop = asyncio.Event()
    witness = hub.witness(every_s=60)
    working = asyncio.create_task(witness.run(stop))

    async def until_asked(count: int) -> None:
        async with asyncio.timeout(5):
            while len(hub.asked) < count:
                witness.nudge()
                await asyncio.sleep(0)

    await until_asked(3)
    hub.failure[CANDIDATE] = BusUnavailableError("gone")
    await until_asked(len(hub.asked) + 2)
    hub.failure.clear()
    hub.stewards = federation((W2,))
    hub.grow(RECEIPTS[5])
    await until_asked(len(hub.asked) + 4)
    hub.log = MemoryLog()
    hub.stewards = federation()
    hub.grow(*RECEIPTS[1:])
    await until_asked(len(hub.asked) + 2)
    stop.set()
    await working
    assert len(hub.memory().evidence()) == 1
