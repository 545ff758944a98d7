"""Files keep step with their messages: noted, kept, fetched, and gone in the end."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from broker.core.attachments.attached import Attached
from broker.core.attachments.limits import ATTACHMENT_LIMITS
from broker.core.attachments.records import Draft
from broker.core.codec.desk import asked_for
from broker.core.codec.desk_blobs import BLOB_DROP
from broker.core.errors import BusUnavailableError, Code, RefusedError
from broker.core.recalls.taken_back import Destroyed
from broker.infra.chunk_files import ChunkFiles
from broker.infra.node_store import NodeStore
from broker.services import attachment_keeper
from broker.services.attachment_keeper import AttachmentKeeper, Beside, KeeperPorts
from keys.identity import PartyId
from tests.attached_files import SealedFile, sealed_file
from tests.unit.broker.infra.stored_messages import send
from tests.unit.broker.services.blob_world import BlobWorld
from tests.world import BEL, DAY_MS, KEN, KIND, NOW_MS

FILE = sealed_file()
EXPIRES = NOW_MS + 5 * DAY_MS


@dataclass(slots=True)
class Kept:
    """One node that keeps files in step.

    Attributes:
        lies: What lies beside which message; one that is not in it cannot be read.
    """

    hub: BlobWorld
    party: PartyId
    store: NodeStore
    automatic_max_size: int = 0
    lies: dict[bytes, Beside] = field(default_factory=dict)
    keeper: AttachmentKeeper = field(init=False)

    def __post_init__(self) -> None:
        """Puts it together."""
        self.keeper = AttachmentKeeper(
            KeeperPorts(
                store=self.store,
                files=self.hub.files(self.party),
                transfer=self.hub.transfer(self.party),
                beside=self.lies.get,
                clock=self.hub.clock,
                automatic_max_size=self.automatic_max_size,
            )
        )

    def message(self, *files: Attached, received: bool = False) -> bytes:
        """Has a message here with files beside it; returns its digest."""
        digest = send(self.store).message_digest
        self.lies[digest] = Beside(files=files, expires_ms=EXPIRES, received=received)
        return digest

    def destroy(self, digest: bytes) -> None:
        """Destroys a content, as recalls and retention do."""
        gone = Destroyed(message_digest=digest, at_ms=NOW_MS, rule="x", cause=b"c" * 32)
        self.store.erase_batch([gone])

    async def later(self, days: float) -> None:
        """Lets time pass, and looks."""
        self.hub.clock.at_ms += int(days * DAY_MS)
        await self.keeper.look()

    def has(self, file: SealedFile = FILE) -> bool:
        """Tells whether a file is on this node's disk, whole."""
        return self.hub.files(self.party).missing(file.blob) == ()


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[BlobWorld]:
    made = BlobWorld(tmp_path)
    yield made
    made.close()


@pytest.fixture(autouse=True)
def kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    """The messages of these tests may name files."""
    monkeypatch.setattr(attachment_keeper, "attaching_kinds", lambda: (KIND,))


@pytest.fixture
def ken(hub: BlobWorld, tmp_path: Path) -> Iterator[Kept]:
    made = Kept(hub, KEN, NodeStore(tmp_path / "ken.sqlite3"))
    yield made
    made.store.close()


@pytest.fixture
def bel(hub: BlobWorld, tmp_path: Path) -> Iterator[Kept]:
    made = Kept(hub, BEL, NodeStore(tmp_path / "bel.sqlite3"), automatic_max_size=5000)
    yield made
    made.store.close()


async def attached(ken: Kept) -> bytes:
    """Has Kenya send a message with a file beside it."""
    draft = Draft(token=b"t" * 32, blob=FILE.blob, made_ms=NOW_MS, protected=b"p")
    ken.store.keep_attachment_draft(draft)
    ken.hub.has(KEN, FILE)
    held = await ken.hub.transfer(KEN).bring(FILE.blob, EXPIRES)
    ken.store.note_blob_held(FILE.blob, held)
    digest = ken.message(FILE.said)
    await ken.keeper.look()
    return digest


async def test_a_file_stays_as_long_as_its_message_may_be_delivered(ken: Kept) -> None:
    await attached(ken)
    until_ms = EXPIRES + ATTACHMENT_LIMITS.grace_ms
    assert ken.hub.store.held_until(KEN, FILE.blob) == until_ms
    assert ken.store.blob_held_until(FILE.blob) == until_ms
    assert ken.store.attachment_draft(b"t" * 32) is None


async def test_a_file_that_the_hub_lost_is_brought_again(ken: Kept) -> None:
    """It waited for officers longer than anybody had thought."""
    draft = Draft(token=b"t" * 32, blob=FILE.blob, made_ms=NOW_MS, protected=b"p")
    ken.store.keep_attachment_draft(draft)
    ken.hub.has(KEN, FILE)
    ken.message(FILE.said)
    await ken.keeper.look()
    assert ken.hub.store.missing(FILE.blob) == ()


async def test_a_file_that_cannot_be_kept_longer_stops_nothing(ken: Kept) -> None:
    draft = Draft(token=b"t" * 32, blob=FILE.blob, made_ms=NOW_MS, protected=b"p")
    ken.store.keep_attachment_draft(draft)
    ken.message(FILE.said)  # its chunks are not here
    await ken.keeper.look()
    assert ken.store.blobs_to_keep_longer(NOW_MS) == []


async def test_a_destroyed_message_takes_its_file_along(ken: Kept) -> None:
    digest = await attached(ken)
    ken.destroy(digest)
    await ken.keeper.look()
    assert list(ken.hub.files(KEN).blobs()) == []
    assert ken.hub.store.manifest(FILE.blob) is None


async def test_files_are_fetched_unasked_where_that_is_set(
    ken: Kept, bel: Kept
) -> None:
    await attached(ken)
    digest = bel.message(FILE.said, received=True)
    await bel.keeper.look()
    assert bel.has()
    bel.destroy(digest)
    await bel.keeper.look()
    assert not bel.has()


async def test_files_are_not_fetched_unasked_otherwise(ken: Kept, bel: Kept) -> None:
    await attached(ken)
    large = sealed_file("large", 6000)
    bel.message(large.said, received=True)
    bel.message(FILE.said)  # of our own
    ken.message(FILE.said, received=True)
    ken.hub.asked.clear()
    await bel.keeper.look()
    await ken.keeper.look()
    assert "blob-get" not in ken.hub.asked


async def test_an_unreachable_hub_is_asked_again_later(ken: Kept, bel: Kept) -> None:
    await attached(ken)
    bel.message(FILE.said, received=True)
    bel.hub.fails = 3
    await bel.keeper.look()
    assert not bel.has()
    await bel.keeper.look()
    assert not bel.has()
    await bel.later(1)
    assert bel.has()


async def test_a_disk_that_is_nearly_full_is_left_to_the_messages(
    ken: Kept, bel: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    await attached(ken)
    bel.message(FILE.said, received=True)
    monkeypatch.setattr(ChunkFiles, "free_size", lambda _: 1024**3)
    await bel.keeper.look()
    assert not bel.has()
    monkeypatch.undo()
    monkeypatch.setattr(attachment_keeper, "attaching_kinds", lambda: (KIND,))
    await bel.later(1)
    assert bel.has()


async def test_a_file_that_is_no_more_is_given_up(bel: Kept) -> None:
    bel.message(FILE.said, received=True)
    await bel.keeper.look()
    bel.hub.asked.clear()
    await bel.later(1)
    assert bel.hub.asked == []


async def test_a_message_that_waits_is_looked_into_when_it_is_released(
    ken: Kept, bel: Kept
) -> None:
    await attached(ken)
    digest = bel.message(FILE.said, received=True)
    beside = bel.lies.pop(digest)
    await bel.keeper.look()
    assert not bel.has()
    bel.lies[digest] = beside
    await bel.later(1)
    assert bel.has()


async def test_nothing_is_looked_at_while_nothing_changes(
    bel: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    bel.message()
    await bel.keeper.look()
    await bel.keeper.look()
    looked: list[object] = []

    def unseen(kinds: tuple[str, ...]) -> list[bytes]:
        looked.append(kinds)
        return []

    monkeypatch.setattr(bel.store, "attachments_unseen", unseen)
    await bel.keeper.look()
    assert looked == []
    await bel.later(1)
    assert looked == [(KIND,)]


async def test_what_is_dropped_while_the_hub_is_away_is_dropped_later(
    ken: Kept,
) -> None:
    digest = await attached(ken)
    ken.destroy(digest)
    ken.hub.fails = 3
    with pytest.raises(BusUnavailableError):
        await ken.keeper.look()
    assert not ken.has()
    assert ken.hub.store.missing(FILE.blob) == ()
    await ken.keeper.look()
    assert ken.hub.store.manifest(FILE.blob) is None


async def test_a_hub_that_refuses_to_drop_a_file_keeps_no_other_waiting(
    ken: Kept,
) -> None:
    """A hub of an earlier version knows no such question."""
    digest = await attached(ken)
    await ken.later(0)
    ken.destroy(digest)

    def refused(question: bytes, answer: bytes) -> bytes:
        if asked_for(question) == BLOB_DROP:
            raise RefusedError(Code.MALFORMED, "question")
        return answer

    ken.hub.meddle = refused
    await ken.later(0)
    assert ken.store.blobs_over(NOW_MS) == [FILE.blob]
    ken.hub.meddle = lambda _, answer: answer
    await ken.later(1)
    assert ken.store.blobs_over(NOW_MS) == []


async def test_a_draft_that_nobody_sends_ends(ken: Kept) -> None:
    draft = Draft(token=b"t" * 32, blob=FILE.blob, made_ms=NOW_MS, protected=b"p")
    ken.store.keep_attachment_draft(draft)
    ken.hub.has(KEN, FILE)
    await ken.keeper.look()
    assert ken.has()
    await ken.later(8)
    assert ken.store.attachment_draft(draft.token) is None
    await ken.later(90)
    await ken.later(1)
    assert not ken.has()


async def test_it_runs_until_it_is_stopped(
    bel: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop, looked = asyncio.Event(), asyncio.Event()
    look = bel.keeper.look

    async def seen() -> None:
        await look()
        looked.set()

    monkeypatch.setattr(bel.keeper, "look", seen)
    running = asyncio.create_task(bel.keeper.run(stop))
    async with asyncio.timeout(10):
        await looked.wait()
        assert not running.done()
        stop.set()
        await running
