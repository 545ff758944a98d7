"""Evidence is put together from what hub and node hold, and checked before it goes."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from broker.app.evidence import Collected, Order, Sources, collect
from broker.core.codec.desk_stamps import StampAnswer
from broker.core.envelope import Sealed
from broker.core.errors import BusUnavailableError, ProofError
from broker.core.evidence.bundle import Bundle
from broker.core.evidence.container import read_container
from broker.core.evidence.findings import State
from broker.core.evidence.verify import verify_evidence
from broker.core.model import Stage
from keys.framing import sha256
from keys.identity import HUB
from keys.notes import NoteKey
from tests import world
from tests.evidence_world import EvidenceWorld
from tests.world import BEL, DAY_MS, KEN, MEX, NOW_MS


@pytest.fixture
def here(tmp_path: Path) -> EvidenceWorld:
    """A federation."""
    return EvidenceWorld(tmp_path / "hub")


def test_only_the_files_that_judging_needs_are_in_it(here: EvidenceWorld) -> None:
    """However many parties and versions there are."""
    for _ in range(3):
        here.publish(world.entry(MEX).record)
    data = here.collect(here.exchange()).data
    names = [name for name in read_container(data) if name.startswith("trust/")]
    assert not [name for name in names if "MEX" in name]
    assert len([name for name in names if "snapshot" in name]) == 1
    assert len(names) == 4 + 2 * 3


def test_each_statement_is_judged_by_the_directory_of_its_time(
    here: EvidenceWorld,
) -> None:
    message = here.send()
    here.state(world.receipt(message, Stage.ACCEPTED, HUB))
    here.publish(world.entry(MEX).record, NOW_MS + DAY_MS)
    here.state(world.receipt(message, Stage.DELIVERED, at_ms=NOW_MS + DAY_MS + 1))
    here.publish(world.entry(MEX).record, NOW_MS + 2 * DAY_MS)
    data = here.collect(message).data
    assert len(Bundle.from_bytes(data).versions) == 3
    verify_evidence(data, here.demands()).check()


def test_several_messages_share_one_trust(here: EvidenceWorld) -> None:
    messages = [here.exchange((BEL, MEX)), here.exchange(), here.send(BEL, (KEN, MEX))]
    data = here.collect(*messages).data
    verify_evidence(data, here.demands()).check()
    bundle = Bundle.from_bytes(data)
    assert len(bundle.messages) == 3
    assert bundle.manifest.messages == tuple(
        sorted(message.message_digest for message in messages)
    )


def test_statements_that_are_not_logged_yet_stay_out_and_are_named(
    here: EvidenceWorld,
) -> None:
    message = here.send()
    here.state(world.receipt(message, Stage.ACCEPTED, HUB))
    here.state(world.receipt(message, Stage.DELIVERED), logged=False)
    collected = here.collect(message)
    assert [one.stage for one in collected.unlogged] == [Stage.DELIVERED]
    [parts] = Bundle.from_bytes(collected.data).messages
    assert len(parts.receipts) == 1


def test_a_message_of_which_nothing_is_logged_is_proved_to_be_its_origins(
    here: EvidenceWorld,
) -> None:
    collected = here.collect(here.send())
    assert "nothing of it is in the log" in collected.unstamped
    verify_evidence(collected.data, here.demands()).check()


def test_the_digest_to_know_is_that_of_the_first_root(here: EvidenceWorld) -> None:
    collected = here.collect(here.exchange())
    assert collected.root_sha256 == sha256(here.root)


def test_a_statement_from_before_every_directory_is_judged_by_a_later_one(
    here: EvidenceWorld,
) -> None:
    """A clock that is far behind; the log and the witnesses tell more."""
    message = here.send()
    here.state(world.receipt(message, Stage.OPENED, at_ms=NOW_MS - 20 * DAY_MS))
    report = verify_evidence(here.collect(message).data, here.demands())
    report.check()
    assert "a clock was behind" in str(report.of(State.CAUTION))


async def _away(_index: int) -> StampAnswer:
    raise BusUnavailableError("nobody there")


async def _of_another_log(_index: int) -> StampAnswer:
    key = NoteKey("log.example/other", sha256(b"other"))
    note = key.sign_note(f"log.example/other\n1\n{'A' * 43}=\n")
    return StampAnswer(note=note, token=b"token")


@pytest.mark.parametrize(
    ("stamp", "said"),
    [(_away, "nobody there"), (_of_another_log, "does not hold")],
    ids=["cannot be asked", "shows that of another log"],
)
def test_a_hub_without_a_good_time_stamp_gives_evidence_without_one(
    here: EvidenceWorld, stamp: object, said: str
) -> None:
    message = here.exchange()
    sources = replace(here.sources(), stamp=stamp)  # type: ignore[arg-type]
    collected = gathered(here, message, sources)
    assert said in collected.unstamped
    verify_evidence(collected.data, here.demands()).check()


def gathered(here: EvidenceWorld, message: Sealed, sources: Sources) -> Collected:
    """Puts evidence together from other sources."""
    order = Order(exported_by=KEN)
    return asyncio.run(collect([here.item(message)], order, here.trusted, sources))


def test_a_hub_that_shows_wrong_tiles_gives_no_evidence(here: EvidenceWorld) -> None:
    message = here.exchange()

    def wrong(path: str, size: int) -> bytes:
        tile = here.sources().tile(path, size)
        return bytes(32) + tile[32:]

    with pytest.raises(ProofError):
        gathered(here, message, replace(here.sources(), tile=wrong))


def test_a_hub_that_serves_another_root_gives_no_evidence(
    here: EvidenceWorld, tmp_path: Path
) -> None:
    message = here.exchange()
    other = EvidenceWorld(tmp_path / "other", quorum=0)
    with pytest.raises(ProofError, match="SHA-256 that you trust"):
        gathered(here, message, replace(here.sources(), fetch=other.repository.read))


def test_a_hub_that_lost_its_first_root_gives_evidence_from_the_one_that_is_trusted(
    here: EvidenceWorld,
) -> None:
    here.renew_root()
    message = here.exchange()

    def read(path: str) -> bytes | None:
        return None if path == "metadata/1.root.json" else here.repository.read(path)

    lost = gathered(here, message, replace(here.sources(), fetch=read))
    assert lost.root_sha256 == sha256(here.root)
    verify_evidence(lost.data, here.demands()).check()


def test_whoever_trusts_any_root_of_the_chain_can_check(here: EvidenceWorld) -> None:
    first = here.root
    here.renew_root()
    collected = here.collect(here.exchange())
    assert collected.root_sha256 == sha256(first)
    for root in (first, here.root):
        demands = here.demands(root_sha256=sha256(root))
        verify_evidence(collected.data, demands).check()


def test_a_reader_who_trusts_a_later_root_believes_nothing_from_before(
    here: EvidenceWorld,
) -> None:
    first, message = here.root, here.exchange()
    here.renew_root()
    later, here.root = here.root, first
    data = here.collect(message).data
    report = verify_evidence(data, here.demands(root_sha256=sha256(later)))
    assert "trust here begins with root 2" in str(report.of(State.BROKEN))
