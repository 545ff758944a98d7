"""A hub's log, its desk for witnesses, and witnesses that ask it; in memory."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from broker.core.codec.desk import LogAnswer, decode_log_answer, encode_log_answer
from broker.core.codec.desk_cosignatures import CANDIDATE, COSIGN
from broker.core.records import Alarm
from broker.infra.checkpoint_store import CheckpointStore
from broker.infra.witness_store import WitnessStore
from broker.services.cosigning_desk import CosigningDesk
from broker.services.hub_desk import HubDesk
from broker.services.witness import Witness
from broker.services.witness_ports import WitnessPorts
from keys.directory.model import FederationRecord
from tests.unit.broker.services.memory_log import MemoryLog
from tests.witnesses import NAMES, federation, witness_key
from tests.world import FakeClock


@dataclass(slots=True)
class WitnessWorld:
    """A hub, honest until its log is exchanged, and the folders of its witnesses.

    Attributes:
        folder: Where what is durable lies.
        stewards: What the hub goes by.
        log: The log; an attack replaces it.
        lie: Changes what witnesses are shown.
        failure: Raised instead of an answer; by the word that is asked with.
    """

    folder: Path
    stewards: FederationRecord = field(default_factory=federation)
    log: MemoryLog = field(default_factory=MemoryLog)
    clock: FakeClock = field(default_factory=FakeClock)
    alarms: dict[str, Alarm] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    refreshed: int = 0
    known: FederationRecord | None = None
    lie: Callable[[LogAnswer], LogAnswer] | None = None
    failure: dict[str, Exception] = field(default_factory=dict)
    checkpoints: CheckpointStore = field(init=False)
    _memories: dict[str, WitnessStore] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Opens what the hub keeps."""
        self.checkpoints = CheckpointStore(self.folder / "checkpoints.sqlite3")

    def close(self) -> None:
        """Closes every file."""
        self.checkpoints.close()
        for memory in self._memories.values():
            memory.close()

    @property
    def cosigning(self) -> CosigningDesk:
        """The hub's desk for witnesses."""
        return CosigningDesk(
            self.checkpoints, lambda: self.log, lambda: self.stewards, self.clock
        )

    @property
    def desk(self) -> HubDesk:
        """The hub's desk, as after a restart: nothing but files is kept."""
        cosigning = self.cosigning
        return HubDesk(
            lambda _: None,
            lambda: self.log,
            self.clock,
            {CANDIDATE: cosigning.candidate, COSIGN: cosigning.cosign},
            cosigning,
        )

    def memory(self, name: str = NAMES[0]) -> WitnessStore:
        """Returns what a witness remembers."""
        if name not in self._memories:
            self._memories[name] = WitnessStore(self.folder / f"{name}.sqlite3")
        return self._memories[name]

    def witness(self, name: str = NAMES[0], *, every_s: float = 0.01) -> Witness:
        """Returns a witness, as after a restart."""
        ports = WitnessPorts(
            ask=self.ask,
            federation=self,
            memory=self.memory(name),
            alarm=self.raise_alarm,
            clock=self.clock,
        )
        return Witness(witness_key(name), ports, every_s=every_s)

    def grow(self, *names: bytes) -> None:
        """Logs something, and lets as much time pass that it is offered."""
        self.log.add(*names)
        self.clock.at_ms += 10_000

    async def ask(self, question: bytes) -> bytes:
        """Asks over the wire, as far as bytes go."""
        name = json.loads(question)["ask"]
        self.asked.append(name)
        if name in self.failure:
            raise self.failure[name]
        answer = self.desk.log("account", question)
        if self.lie is None or name != CANDIDATE:
            return answer
        return encode_log_answer(self.lie(decode_log_answer(answer)))

    async def current(self) -> FederationRecord:
        """Returns what the witness knows."""
        return self.known or self.stewards

    async def refresh(self) -> FederationRecord:
        """Fetches what the stewards say now."""
        self.refreshed += 1
        self.known = None
        return self.stewards

    def raise_alarm(self, name: str, alarm: Alarm) -> bool:
        """Notes an alarm, once under a name."""
        assert alarm.topic == "witness"
        return self.alarms.setdefault(name, alarm) is alarm

    def set_quorum(self, quorum: int) -> None:
        """Has the stewards ask for so many cosignatures."""
        self.stewards = replace(self.stewards, witness_quorum=quorum)
