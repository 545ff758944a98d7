"""A node relies on no checkpoint that too few witnesses have cosigned."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from broker.core.codec.desk import (
    LogAnswer,
    LogQuestion,
    decode_log_answer,
    encode_log_question,
)
from broker.core.errors import ProofError
from broker.services.log_follower import CHECKPOINT_FACT, LogFollower
from keys.notes import NoteSignature
from tests.unit.broker.services.memory_log import MemoryLog
from tests.unit.broker.services.witness_world import WitnessWorld
from tests.witnesses import NAMES, cosigned
from tests.world import LOG_KEY

W1, W2, W3 = NAMES


class Party:
    """A party's memory, and its way to the hub."""

    def __init__(self, hub: WitnessWorld) -> None:
        self.hub = hub
        self.facts: dict[str, bytes] = {}
        self.shown: str | None = None

    @property
    def follower(self) -> LogFollower:
        return LogFollower(self.ask, self)

    async def ask(self, question: LogQuestion) -> LogAnswer:
        asked = encode_log_question(question)
        answer = decode_log_answer(self.hub.desk.log("account", asked))
        return replace(answer, checkpoint=self.shown) if self.shown else answer

    def fact(self, name: str) -> bytes | None:
        return self.facts.get(name)

    def exchange(self, name: str, old: bytes | None, new: bytes) -> bool:
        if self.facts.get(name) != old:
            return False
        self.facts[name] = new
        return True

    async def advance(self) -> int | None:
        """Returns how many entries count."""
        newest, _ = await self.follower.advance(LogQuestion(), self.hub.stewards)
        return None if newest is None else newest.size


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[WitnessWorld]:
    """A hub that has logged three receipts; two witnesses must cosign."""
    made = WitnessWorld(tmp_path)
    made.set_quorum(2)
    made.grow(b"a", b"b", b"c")
    yield made
    made.close()


async def test_what_nobody_cosigned_does_not_count(hub: WitnessWorld) -> None:
    party = Party(hub)
    for names in ((), (W1,)):
        for name in names:
            await hub.witness(name).look()
        with pytest.raises(ProofError, match="2 witnesses have cosigned"):
            await party.advance()
    await hub.witness(W3).look()
    assert await party.advance() == 3
    assert party.facts[CHECKPOINT_FACT].count("— w".encode()) == 2


async def test_a_node_stays_where_the_witnesses_are(hub: WitnessWorld) -> None:
    party = Party(hub)
    for name in (W1, W2):
        await hub.witness(name).look()
    hub.grow(b"d")
    assert await party.advance() == 3
    for name in (W1, W2):
        await hub.witness(name).look()
    assert await party.advance() == 4


async def test_a_hub_that_shows_a_party_a_log_of_its_own_is_found_out(
    hub: WitnessWorld,
) -> None:
    """It signs the fork, and no witness does."""
    party = Party(hub)
    for name in (W1, W2):
        await hub.witness(name).look()
    fork = MemoryLog()
    fork.add(b"a", b"b", b"another c")
    party.shown = fork.head().checkpoint
    with pytest.raises(ProofError, match="0 witnesses have cosigned"):
        await party.advance()
    party.shown = cosigned(party.shown, W1)
    with pytest.raises(ProofError, match="1 witnesses have cosigned"):
        await party.advance()
    assert party.facts == {}


async def test_cosignatures_cannot_be_carried_over_to_another_log(
    hub: WitnessWorld,
) -> None:
    party = Party(hub)
    for name in (W1, W2):
        await hub.witness(name).look()
    lines = hub.cosigning.newest(2).splitlines(keepends=True)[-2:]
    fork = MemoryLog()
    fork.add(b"a", b"b", b"another c")
    party.shown = fork.head().checkpoint + "".join(lines)
    with pytest.raises(ProofError, match="does not verify"):
        await party.advance()


async def test_a_quorum_that_is_new_waits_for_what_was_seen_without_it(
    hub: WitnessWorld,
) -> None:
    party = Party(hub)
    for name in (W1, W2):
        await hub.witness(name).look()
    hub.grow(b"d")
    hub.set_quorum(0)
    assert await party.advance() == 4
    hub.set_quorum(2)
    with pytest.raises(ProofError, match="have not come as far yet"):
        await party.advance()
    for name in (W1, W2):
        await hub.witness(name).look()
    assert await party.advance() == 4


async def test_a_hub_cannot_make_what_is_kept_and_handed_on_too_large(
    hub: WitnessWorld,
) -> None:
    """Lines of strangers could be as long as a note may be."""
    party = Party(hub)
    for name in (W1, W2):
        await hub.witness(name).look()
    honest = hub.cosigning.newest(2)
    stranger = NoteSignature(name="x.example", key_id=bytes(4), value=bytes(600_000))
    alike = replace(stranger, name=LOG_KEY.verifier.name, value=bytes(90_000))
    party.shown = honest + stranger.line + alike.line
    _, answer = await party.follower.advance(LogQuestion(), hub.stewards)
    assert answer.checkpoint == honest
    assert party.facts[CHECKPOINT_FACT] == honest.encode()
