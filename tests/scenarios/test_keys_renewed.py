"""A node that renews its keys and its record by itself, in time or long after."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import pytest

from broker.app.founding import HubPlan, admit_party, apply_here, make_hub
from broker.app.hub import Hub, Role, open_hub, run_hub
from broker.app.joining import NodePlan, make_node
from broker.app.node import run_node
from broker.app.node_folder import Node, open_node, stored_trust
from broker.app.proposing import decide
from broker.core.policy.parse import parse_policy
from broker.infra.clock import SYSTEM_CLOCK
from broker.infra.document_files import load_file
from keys.custody import Use, make_signer
from keys.directory.archive import Archive
from keys.directory.client import DirectoryClient
from keys.directory.model import Contact, PartyRecord
from keys.directory.renewal import KEY_LIFE_MS
from keys.directory.repository import Repository
from keys.directory.roles import DAY_MS, PARTY_LIFE_MS
from keys.directory.signers import public_of, role_signer
from keys.identity import PartyId
from keys.keystore import UNSAFE_THROWAWAY_COST
from tests.federation import EXAMPLES, PASSPHRASE, PATIENCE_S, silence_services

pytestmark = pytest.mark.integration
KEN: Final = PartyId("KEN")
POLICY: Final = EXAMPLES / "policies" / "ken.yaml"
_LOOK_S: Final = 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A hub, and KEN's node, which does not run yet."""

    folder: Path
    hub: Hub
    node: Node

    def published(self) -> PartyRecord:
        """Returns KEN's record as anybody sees it now."""
        archive = Archive(self.hub.folder.directory)
        client = DirectoryClient(
            self.folder / "copy", self.hub.federation.root, archive.read
        )
        return client.refresh(SYSTEM_CLOCK.now_ms()).record(KEN)


def found(
    folder: Path, days_ago: int, *, role_elsewhere: bool = False, settings: str = ""
) -> Place:
    """Makes a hub and a node, as they were made so many days ago."""
    silence_services()
    then_ms = SYSTEM_CLOCK.now_ms() - days_ago * DAY_MS
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"nats://127.0.0.1:{port}"
    federation = make_hub(
        folder / "hub",
        HubPlan(name="Test", bus_url=url, bus_port=port),
        PASSPHRASE,
        now_ms=then_ms,
        cost=UNSAFE_THROWAWAY_COST,
    )
    plan = NodePlan(
        party=KEN,
        name="Kenya",
        policy=parse_policy(load_file(POLICY)),
        policy_text=POLICY.read_text(),
        contact=Contact(),
    )
    role = make_signer(
        folder / "role.keys", PASSPHRASE, use=Use.ROLE, cost=UNSAFE_THROWAWAY_COST
    )
    if role_elsewhere:
        plan = replace(plan, role_keys=(public_of(role),))
    request = make_node(
        folder / "KEN",
        plan,
        federation,
        PASSPHRASE,
        now_ms=then_ms,
        cost=UNSAFE_THROWAWAY_COST,
    )
    if role_elsewhere:
        submission = request.submission.signed_by(role)
        request = replace(request, submission=submission)
    admit_party(folder / "hub", request, PASSPHRASE, now_ms=then_ms)
    with (folder / "KEN" / "node.toml").open("a") as file:
        file.write(settings)
    hub = open_hub(folder / "hub", PASSPHRASE)
    repository = Repository(hub.folder.directory, role_signer(hub.keys.online))
    repository.commit(SYSTEM_CLOCK.now_ms())  # the hub was there all the time
    return Place(folder=folder, hub=hub, node=open_node(folder / "KEN"))


@asynccontextmanager
async def running(place: Place) -> AsyncIterator[None]:
    """Runs hub and node."""
    stop, hub_stop = asyncio.Event(), asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        up = asyncio.Event()
        tasks.create_task(run_hub(place.hub, set(Role), hub_stop, ready=up))
        await up.wait()
        try:
            async with asyncio.TaskGroup() as nodes:
                keys, ready = place.node.unlock(PASSPHRASE), asyncio.Event()
                nodes.create_task(run_node(place.node, keys, stop, ready=ready))
                await ready.wait()
                yield
                stop.set()
        finally:
            stop.set()
            hub_stop.set()
    place.node.close()


async def alarmed(node: Node) -> str:
    """Returns the newest alarm about keys, once there is one."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            for alarm in node.store.alarms():
                if alarm.topic == "keys":
                    return alarm.text
            # Alarms appear in the database, which sets no event.
            await asyncio.sleep(_LOOK_S)


async def test_keys_of_ninety_days_are_rotated_before_anything_is_sent(
    tmp_path: Path,
) -> None:
    # A day after they were due: what was published then expires at the same time.
    place = found(tmp_path, 89, settings="rotate_keys_days = 88\n")
    before = place.published()
    async with running(place):
        after = place.published()
        now_ms = SYSTEM_CLOCK.now_ms()
        for old, new in (
            (before.signing_keys, after.signing_keys),
            (before.encryption_keys, after.encryption_keys),
        ):
            assert (len(old), len(new)) == (1, 2)
            assert new[0].key_id == old[0].key_id
            assert new[0].valid_to_ms < old[0].valid_to_ms
            assert new[1].valid_at(now_ms)
        assert after.account == before.account
        assert stored_trust(place.node).view.record(KEN) == after


async def test_a_party_that_was_off_for_400_days_catches_up_by_itself(
    tmp_path: Path,
) -> None:
    place = found(tmp_path, 400)
    now_ms = SYSTEM_CLOCK.now_ms()
    # Meanwhile the stewards have renewed what they say, twice: the root moved on.
    for at_ms in (now_ms - 200 * DAY_MS, now_ms):
        drafted = decide(place.hub.folder, lambda terms: terms, at_ms, renew_root=True)
        apply_here(place.hub.folder, drafted, PASSPHRASE, at_ms)
    async with running(place):
        record = place.published()
        old, new = record.signing_keys
        assert old.valid_to_ms < now_ms
        assert old.valid_to_ms - old.valid_from_ms == KEY_LIFE_MS
        assert new.valid_at(now_ms)
        # What it said while no key was valid can be signed now.
        assert new.valid_from_ms == old.valid_to_ms
        assert place.node.party in stored_trust(place.node).engines


async def test_a_record_in_its_second_half_is_published_again(tmp_path: Path) -> None:
    place = found(tmp_path, 50)
    async with running(place):
        entry = stored_trust(place.node).view.parties[KEN]
        assert entry.expires_ms is not None
        assert entry.expires_ms > SYSTEM_CLOCK.now_ms() + PARTY_LIFE_MS - DAY_MS
        assert len(entry.record.signing_keys) == 1


async def test_a_node_without_its_role_key_says_once_what_a_person_must_do(
    tmp_path: Path,
) -> None:
    place = found(tmp_path, 89, role_elsewhere=True)
    async with running(place):
        text = await alarmed(place.node)
        assert "the role keys are kept elsewhere" in text
        assert "rogatory keys request" in text
        assert len(place.node.store.alarms()) == 1
        assert len(place.published().signing_keys) == 1


async def test_automatic_rotation_that_is_off_is_an_alarm_and_not_a_rotation(
    tmp_path: Path,
) -> None:
    place = found(tmp_path, 30, settings="rotate_keys = false\nrotate_keys_days = 20\n")
    async with running(place):
        assert "automatic rotation is off" in await alarmed(place.node)
        assert len(place.published().signing_keys) == 1
