"""A federation on a real server with witnesses, whose hub may show another log.

What the hub is made to do, and what is expected of witnesses, is left to the tests.
"""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

from broker.app.witness import WitnessParts, look_once, run_witness
from broker.app.witness_files import WitnessFolder, open_key
from broker.infra.log_store import LogStore
from broker.infra.witness_store import WitnessStore
from broker.services.witness import Look, Outcome
from keys.cosigning import CosigningKey
from keys.notes import NoteKey
from tests.federation import PASSPHRASE, PATIENCE_S, Federation
from tests.unit.broker.services.memory_log import MemoryLog

RUNS: Final = {"w1.example": "BEL", "w2.example": "KEN"}
"""The witnesses, and whose node each works over."""


@dataclass(slots=True)
class Watched:
    """A federation whose hub may show another log than it has.

    Attributes:
        doctored: What the hub's desk reads instead of its log; None: its log.
    """

    federation: Federation
    doctored: MemoryLog | None = None
    keys: dict[str, CosigningKey] = field(default_factory=dict)
    memories: dict[str, WitnessStore] = field(default_factory=dict)

    def folder(self, name: str) -> WitnessFolder:
        """Returns the folder of a witness."""
        return WitnessFolder(self.federation.folder / name)

    def parts(self, name: str) -> WitnessParts:
        """Returns what a witness is put together from."""
        member, folder = self.federation.members[RUNS[name]], self.folder(name)
        if name not in self.memories:
            self.memories[name] = WitnessStore(folder.memory)
            self.keys[name] = open_key(folder, PASSPHRASE)
        return WitnessParts(
            node=member.node,
            node_keys=member.keys,
            folder=folder,
            key=self.keys[name],
            memory=self.memories[name],
        )

    async def look(self, name: str) -> Look:
        """Has a witness look once."""
        return await look_once(self.parts(name))

    async def cosigned(self, name: str) -> None:
        """Returns once a witness has cosigned what the hub offers; each look waits."""
        async with asyncio.timeout(20):
            while (await self.look(name)).outcome is not Outcome.KNOWN:
                pass

    async def until(self, look: Callable[[], bool]) -> None:
        """Returns once `look` is true of what nodes hold.

        Off the loop that witnesses run on: a node that takes a directory in locks it.
        """
        async with asyncio.timeout(PATIENCE_S):
            while not await asyncio.to_thread(look):
                self.federation.check()

    @asynccontextmanager
    async def running(self, *names: str) -> AsyncIterator[None]:
        """Has witnesses work meanwhile."""
        stop = asyncio.Event()
        async with asyncio.TaskGroup() as tasks:
            for name in names:
                tasks.create_task(run_witness(self.parts(name), stop, every_s=0.1))
            try:
                yield
            finally:
                stop.set()

    def leaves(self) -> list[bytes]:
        """Returns the leaf hashes of the hub's log."""
        with LogStore.open_reader(self.federation.hub.folder.log) as log:
            return list(log.leaf_hashes(log.head().size))

    def show(self, leaves: list[bytes]) -> None:
        """Has the hub's operator sign and show another log, and forget what was."""
        name = self.federation.trust().view.federation.log_origin
        key = NoteKey(name, self.federation.hub_keys.log)
        self.doctored = MemoryLog(leaves, key)
        self.forget()

    def forget(self) -> None:
        """Has the hub's operator destroy what witnesses cosigned."""
        with sqlite3.connect(self.federation.hub.folder.checkpoints) as db:
            db.execute("DELETE FROM cosignatures")
            db.execute("DELETE FROM checkpoints")
        db.close()

    def quorum_at(self, party: str) -> int:
        """Returns the quorum by the directory that a node has taken."""
        return self.federation.stored(party).view.federation.witness_quorum

    def witness_names_at(self, party: str) -> list[str]:
        """Returns the witnesses by the directory that a node has taken."""
        record = self.federation.stored(party).view.federation
        return [one.name for one in record.witnesses]
