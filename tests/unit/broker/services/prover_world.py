"""A party that asks a hub's log about snapshots of the directory, in memory."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from broker.core.audit.snapshot import SnapshotStatement
from broker.core.codec.desk import (
    LogAnswer,
    LogQuestion,
    decode_log_answer,
    encode_log_question,
)
from broker.core.records import Alarm
from broker.services.hub_desk import HubDesk
from broker.services.log_follower import LogFollower
from broker.services.snapshot_prover import SnapshotProver
from keys.directory.model import DirectoryView
from keys.framing import sha256
from tests import world
from tests.unit.broker.services.memory_log import MemoryLog
from tests.world import DAY_MS, LOG_KEY, FakeClock

PROMISE_MS = DAY_MS // 24


def statement(version: int, name: str = "honest") -> SnapshotStatement:
    """Returns the statement about a snapshot that is called so."""
    return SnapshotStatement(
        origin=LOG_KEY.verifier.name,
        version=version,
        digest=sha256(f"{name}/{version}".encode()),
        signed_at_ms=version * 1000,
    )


def view(version: int, name: str = "honest") -> DirectoryView:
    """Returns the directory of that snapshot."""
    digest = statement(version, name).digest
    return replace(world.view(), version=version, snapshot_digest=digest)


@dataclass(slots=True)
class ProverWorld:
    """A party, its memory and the hub's log, which may be exchanged or lie.

    Attributes:
        failure: Raised instead of an answer.
        lie: Changes answers.
    """

    log: MemoryLog | None = field(default_factory=MemoryLog)
    clock: FakeClock = field(default_factory=FakeClock)
    facts: dict[str, bytes] = field(default_factory=dict)
    alarms: list[str] = field(default_factory=list)
    asked: list[LogQuestion] = field(default_factory=list)
    failure: Exception | None = None
    lie: Callable[[LogAnswer], LogAnswer] | None = None
    when_asked: Callable[[int], None] | None = None

    @property
    def prover(self) -> SnapshotProver:
        """What is tested, as after a restart: nothing but memory is kept."""
        return SnapshotProver(
            LogFollower(self.ask, self),
            self,
            self.clock,
            waits_s=(0.0, 0.0),
            promise_ms=PROMISE_MS,
        )

    @property
    def hub_log(self) -> MemoryLog:
        """The log, which is there."""
        assert self.log is not None
        return self.log

    def publish(self, *statements: SnapshotStatement) -> None:
        """Has the hub log snapshots."""
        for one in statements:
            self.hub_log.add_snapshot(one)

    def evidence(self, version: int) -> dict[str, Any]:
        """Returns what is kept of the one fork of a version."""
        (kept,) = (v for k, v in self.facts.items() if k.startswith(f"fork/{version}/"))
        evidence: dict[str, Any] = json.loads(kept)
        return evidence

    async def ask(self, question: LogQuestion) -> LogAnswer:
        """Asks over the wire, as far as bytes go."""
        self.asked.append(question)
        if self.failure is not None:
            raise self.failure
        if self.when_asked is not None:
            self.when_asked(len(self.asked))
        desk = HubDesk(lambda _: None, lambda: self.log, self.clock)
        answer = decode_log_answer(desk.log("account", encode_log_question(question)))
        return answer if self.lie is None else self.lie(answer)

    def fact(self, name: str) -> bytes | None:
        """Returns a remembered value."""
        return self.facts.get(name)

    def remember(self, name: str, value: bytes) -> None:
        """Stores a value."""
        self.facts[name] = value

    def exchange(self, name: str, old: bytes | None, new: bytes) -> bool:
        """Stores a value in place of another."""
        if self.facts.get(name) != old:
            return False
        self.facts[name] = new
        return True

    def raise_alarm(self, alarm: Alarm) -> None:
        """Notes an alarm."""
        assert alarm.topic == "directory"
        assert alarm.at_ms == self.clock.at_ms
        self.alarms.append(alarm.text)
