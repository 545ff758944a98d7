"""What a node does when its keys cannot be renewed, or are not the only ones."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

import pytest

from broker.app.exchange_files import FederationFile
from broker.app.joining import NodePlan, make_node
from broker.app.key_changes import KeyUse, pending_keys, reread, rotation
from broker.app.key_upkeep import KeyUpkeep
from broker.app.node_folder import Node, accounts_to_try, open_node
from broker.core.errors import BusRefusedError, BusUnavailableError
from broker.core.trust import Trust, build_trust
from broker.infra.clock import SYSTEM_CLOCK
from keys.directory.codec import decode_party
from keys.directory.model import Contact, PartyEntry, PartyRecord
from keys.directory.renewal import change_account
from keys.directory.roles import DAY_MS, PARTY_LIFE_MS
from keys.errors import CeremonyError
from keys.keystore import UNSAFE_THROWAWAY_COST
from tests import world
from tests.world import KEN, account

PASSPHRASE = b"correct horse"


@dataclass(slots=True)
class Directory:
    """A directory that a test may change (`TrustKeeper`)."""

    record: PartyRecord
    expires_ms: int

    def current(self) -> Trust:
        """Returns what stands there."""
        entry = PartyEntry(record=self.record, policy=None, expires_ms=self.expires_ms)
        return build_trust(world.view({KEN: entry}))

    async def refresh(self) -> Trust:
        """Returns the same."""
        return self.current()


@dataclass(slots=True)
class World:
    """A node and the directory it goes by; nothing can be published."""

    node: Node
    directory: Directory
    upkeep: KeyUpkeep

    def alarms(self) -> list[str]:
        """Returns what the operator is told, newest first."""
        return [alarm.text for alarm in self.node.store.alarms()]


@pytest.fixture
def made(tmp_path: Path) -> Iterator[World]:
    then_ms = SYSTEM_CLOCK.now_ms() - 95 * DAY_MS
    request = make_node(
        tmp_path / "KEN",
        NodePlan(
            party=KEN,
            name="Kenya",
            policy=world.open_policy(KEN),
            policy_text="",
            contact=Contact(),
        ),
        FederationFile(
            name="Test",
            bus_url="nats://127.0.0.1:1",
            root=b"root",
            hub_account=account("HUB"),
        ),
        PASSPHRASE,
        now_ms=then_ms,
        cost=UNSAFE_THROWAWAY_COST,
    )
    node = open_node(tmp_path / "KEN")
    record = decode_party(request.submission.files["record.pb"])
    now_ms = SYSTEM_CLOCK.now_ms()
    directory = Directory(record=record, expires_ms=now_ms + PARTY_LIFE_MS)
    keys = node.unlock(PASSPHRASE)
    upkeep = KeyUpkeep(node, keys, cast("Any", None), cast("Any", directory))
    yield World(node=node, directory=directory, upkeep=upkeep)
    node.close()


def published_with(
    monkeypatch: pytest.MonkeyPatch, *outcomes: Exception | int
) -> list[int]:
    """Lets publishing end like this, one after the other; returns the successes."""
    left, done = list(outcomes), list[int]()

    async def publish(*_: object) -> int:
        outcome = left.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        done.append(outcome)
        return outcome

    monkeypatch.setattr("broker.app.key_upkeep.publish_record", publish)
    return done


async def test_a_hub_that_refuses_is_an_alarm_once_and_tried_again(
    made: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    refusal = BusRefusedError("no signing key is valid now")
    done = published_with(monkeypatch, refusal, refusal, 2)
    assert not await made.upkeep.look()
    assert not await made.upkeep.look()
    [text] = made.alarms()
    assert "the hub refuses it: no signing key is valid now" in text
    assert "rogatory keys rotate" in text
    assert await made.upkeep.look()
    assert done == [2]


async def test_a_hub_that_is_away_is_no_alarm(
    made: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    published_with(monkeypatch, BusUnavailableError("nobody there"))
    assert not await made.upkeep.look()
    assert made.alarms() == []


async def test_a_record_without_room_for_a_key_is_kept_in_force_all_the_same(
    made: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    made.directory.expires_ms -= PARTY_LIFE_MS // 2 + DAY_MS
    done = published_with(monkeypatch, CeremonyError("no room for another"), 2)
    assert await made.upkeep.look()
    assert done == [2]
    assert "no room for another" in made.alarms()[0]


async def test_a_key_in_our_name_that_is_not_ours_is_an_alarm(
    made: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    published_with(monkeypatch, 2, 3)
    foreign = world.signing_key("a thief")
    now_ms = SYSTEM_CLOCK.now_ms()
    key = world.published(
        foreign, valid_from_ms=now_ms - DAY_MS, valid_to_ms=now_ms + DAY_MS
    )
    record = made.directory.record
    made.directory.record = replace(record, signing_keys=(*record.signing_keys, key))
    await made.upkeep.look()
    await made.upkeep.look()
    [text] = made.alarms()
    assert foreign.public.key_id.hex()[:16] in text
    assert "somebody else signs in your name" in text


async def test_keys_that_another_process_made_are_taken_up_when_they_are_published(
    made: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    ring = made.upkeep.keys.holder
    change = rotation(made.node, made.upkeep.keys, tuple(KeyUse))
    rotated = change(made.directory.record)
    published_with(monkeypatch, 2)
    await made.upkeep.look()
    assert len(made.upkeep.keys.signing) == 1
    made.directory.record = rotated
    await made.upkeep.look()
    assert made.upkeep.keys.holder is ring
    for key in (*rotated.signing_keys, *rotated.encryption_keys):
        assert ring.holds(key.key_id)
    assert made.upkeep.due_account is not None
    assert made.upkeep.due_account.public == rotated.account
    assert made.alarms() == []


async def test_an_account_that_nobody_published_is_tried_last(made: World) -> None:
    keys = made.upkeep.keys
    old = keys.account
    rotation(made.node, keys, [KeyUse.ACCOUNT])(made.directory.record)
    fresh = reread(made.node, keys)
    assert [one.public for one in accounts_to_try(made.node, fresh)] == [
        old.public,
        fresh.account.public,
    ]
    assert made.upkeep.others_than(old) == [fresh.account]
    made.node.folder.keys.write_bytes(b"broken")
    assert made.upkeep.others_than(old) == [fresh.account]
    made.node.folder.keys.unlink()
    assert made.upkeep.others_than(fresh.account) == [old]


def test_a_change_that_was_not_published_is_made_with_the_same_keys(
    made: World,
) -> None:
    keys, record = made.upkeep.keys, made.directory.record
    everything = tuple(KeyUse)
    first = rotation(made.node, keys, everything)(record)
    again = rotation(made.node, keys, everything)(record)
    assert again.account == first.account
    assert again.signing_keys[-1].key_id == first.signing_keys[-1].key_id
    assert again.encryption_keys[-1].key_id == first.encryption_keys[-1].key_id
    # What was passed over is not taken up any more.
    later = change_account(first, account("elsewhere"))
    pending = pending_keys(reread(made.node, keys), later)
    assert pending.lacks(everything) == set(everything)
