"""A hub that keeps sealed files, and nodes that ask it, in memory but for their disks.

What goes wrong on the way is chosen by the tests.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from broker.core.codec.desk import asked_for
from broker.core.errors import BusRefusedError, BusUnavailableError, RefusedError
from broker.infra.blob_store import BlobLimits, BlobStore
from broker.infra.chunk_files import ChunkFiles
from broker.services.blob_desk import BlobDesk
from broker.services.blob_transfer import BlobTransfer
from broker.services.hub_desk import HubDesk
from keys.identity import PartyId
from tests import world
from tests.attached_files import SealedFile

Answer = Callable[[bytes], bytes]


@dataclass(slots=True)
class BlobWorld:
    """A hub, and what stands between it and its nodes.

    Attributes:
        accounts: Whose account is whose; who is not in it takes no part.
        asked: What the hub was asked, by the names of its desks.
        fails: How many of the next questions nobody answers.
        meddle: Changes an answer on its way back.
    """

    folder: Path
    limits: BlobLimits = field(default_factory=lambda: BlobLimits(free_min_size=0))
    clock: world.FakeClock = field(default_factory=world.FakeClock)
    accounts: dict[str, PartyId] = field(
        default_factory=lambda: {str(one): one for one in world.PARTIES}
    )
    asked: list[str] = field(default_factory=list)
    fails: int = 0
    meddle: Callable[[bytes, bytes], bytes] = field(default=lambda _, answer: answer)
    store: BlobStore = field(init=False)
    hub: HubDesk = field(init=False)

    def __post_init__(self) -> None:
        """Opens the hub's store."""
        self.store = BlobStore(self.folder / "hub", self.limits)
        desk = BlobDesk(self.store, self.accounts.get, self.clock)
        self.hub = HubDesk(lambda _: None, lambda: None, self.clock, desk.desks)

    def close(self) -> None:
        """Closes the hub's store."""
        self.store.close()

    def ask(self, party: PartyId, question: bytes) -> bytes:
        """Asks the hub as a party; refusals come as they are."""
        self.asked.append(asked_for(question))
        return self.hub.log(party, question)

    def files(self, party: PartyId) -> ChunkFiles:
        """Returns the sealed files of a party's node."""
        return ChunkFiles(self.folder / party)

    def has(self, party: PartyId, file: SealedFile) -> ChunkFiles:
        """Puts a sealed file on the disk of a party's node."""
        files = self.files(party)
        files.begin(file.blob, file.manifest.to_bytes())
        for number, chunk in enumerate(file.chunks):
            files.put(file.blob, number, chunk)
        return files

    def transfer(self, party: PartyId) -> BlobTransfer:
        """Returns what carries files between a party's node and the hub."""

        async def ask(question: bytes) -> bytes:
            await asyncio.sleep(0)
            if self.fails:
                self.fails -= 1
                raise BusUnavailableError("no answer")
            try:
                return self.meddle(question, self.ask(party, question))
            except RefusedError as error:
                raise BusRefusedError(str(error)) from error

        return BlobTransfer(self.files(party), ask)
