"""The directory of any time is shown and proven, also of a party that has left."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

import pytest

from broker.app.directory_history import Past, past_of_hub, past_of_node
from broker.app.founding import apply_here
from broker.app.node_folder import stored_trust
from broker.app.proposing import decide
from broker.cli.main import main
from broker.core.audit.snapshot import ProvenSnapshot
from broker.core.codec.desk import SnapshotAt, SnapshotName, SnapshotOfVersion
from broker.core.errors import ProofError
from broker.core.model import Header
from broker.core.sentences import ExitCode
from broker.core.status import iso_time
from broker.infra.clock import SYSTEM_CLOCK
from broker.services.snapshot_history import snapshot_at
from broker.settings import HubFolder
from keys.directory.archive import Archive
from keys.directory.ceremony import retire
from keys.errors import (
    SnapshotNotLoggedError,
    UnknownKeyError,
    UnknownPartyError,
)
from keys.framing import sha256
from keys.identity import KeyId, PartyId
from tests.federation import PASSPHRASE, Federation, silence_services

pytestmark = pytest.mark.integration
BEL, KEN = PartyId("BEL"), PartyId("KEN")


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """A federation that KEN has left, after it wrote to BEL.

    Attributes:
        header: Of what KEN wrote.
        left_ms: When it was retired, in ms since the epoch.
    """

    federation: Federation
    header: Header
    left_ms: int

    @asynccontextmanager
    async def past(self, name: str) -> AsyncIterator[Past]:
        """Gives the past as BEL's node can verify it."""
        node = self.federation.members[BEL].node
        async with self.federation.party_bus(BEL, name) as bus:
            yield past_of_node(node, bus, stored_trust(node))


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    """Lets it happen."""
    folder = tmp_path_factory.mktemp("history") / "federation"
    with Federation(folder, (BEL, KEN)) as federation:
        yield asyncio.run(_happen(federation))


async def _happen(federation: Federation) -> Story:
    digest = federation.send(KEN, to=BEL)
    await federation.opened(KEN, digest, [BEL])
    received = federation.members[BEL].node.store.find_received(digest)
    assert received is not None
    hub = HubFolder(federation.hub_folder)
    now_ms = SYSTEM_CLOCK.now_ms()
    drafted = decide(hub, lambda terms: retire(terms, KEN), now_ms)
    apply_here(hub, drafted, PASSPHRASE, now_ms)
    await federation.until(
        lambda: KEN not in federation.stored(BEL).view.parties, "BEL to hear of it"
    )
    archive = Archive(hub.directory)
    left_ms = archive.published(archive.version()).signed_at_ms
    return Story(federation=federation, header=received.header, left_ms=left_ms)


async def test_a_node_verifies_the_directory_from_before_a_party_left(
    story: Story,
) -> None:
    async with story.past("before") as past:
        then = await past.at(story.left_ms - 1)
        assert set(then.view.parties) == {BEL, KEN}
        now = await past.at(SYSTEM_CLOCK.now_ms())
        assert set(now.view.parties) == {BEL}
        assert now.proven.statement.version > then.proven.statement.version


async def test_a_hub_s_own_folder_says_the_same(story: Story) -> None:
    here = past_of_hub(story.federation.hub_folder)
    async with story.past("same") as past:
        for at_ms in (story.left_ms - 1, SYSTEM_CLOCK.now_ms()):
            one, other = await here.at(at_ms), await past.at(at_ms)
            assert one.view == other.view
            assert one.proven.statement == other.proven.statement


async def test_an_old_message_s_key_is_found_after_its_origin_has_left(
    story: Story,
) -> None:
    with pytest.raises(UnknownPartyError):
        story.federation.trust().view.record(KEN)
    async with story.past("key") as past:
        key = await past.signing_key(story.header)
        assert key.key_id == story.header.signer_key_id
        of = await past.of(story.header)
        assert of.view.snapshot_digest == story.header.directory_version
        with pytest.raises(UnknownKeyError):
            await past.signing_key(
                replace(story.header, signer_key_id=KeyId(bytes(32)))
            )
        forged = replace(story.header, directory_version=sha256(b"forged"))
        with pytest.raises(SnapshotNotLoggedError, match="not in the log"):
            await past.signing_key(forged)


@pytest.mark.parametrize("where", ["--hub", "--node"])
def test_an_audit_verifies_what_a_party_said_that_has_left_since(
    story: Story, where: str, capsys: pytest.CaptureFixture[str]
) -> None:
    federation = story.federation
    folder = federation.folder / ("hub" if where == "--hub" else BEL)
    with pytest.raises(SystemExit) as end:
        main(["audit", "verify", where, str(folder), "--json"])
    silence_services()
    assert end.value.code in {0, None}, capsys.readouterr()


async def test_before_the_federation_there_was_no_directory(story: Story) -> None:
    async with story.past("nothing") as past:
        with pytest.raises(SnapshotNotLoggedError, match="by then"):
            await past.at(0)


async def test_a_hub_that_shows_an_older_version_than_was_in_force_is_found_out(
    story: Story,
) -> None:
    """It keeps back that KEN has left, or the versions since."""
    async with story.past("older") as past:
        now_ms = SYSTEM_CLOCK.now_ms()
        old = await past.ask(SnapshotAt(at_ms=story.left_ms - 1))
        hide = {"next": False}

        async def lying(name: SnapshotName) -> tuple[ProvenSnapshot, ...]:
            if isinstance(name, SnapshotAt):
                return tuple(old)
            assert isinstance(name, SnapshotOfVersion)
            return () if hide["next"] else tuple(await past.ask(name))

        with pytest.raises(ProofError, match="was signed by then"):
            await snapshot_at(lying, now_ms, past.newest)
        hide["next"] = True
        with pytest.raises(ProofError, match="keeps version"):
            await snapshot_at(lying, now_ms, past.newest)


async def test_a_hub_that_serves_another_snapshot_than_it_logged_is_found_out(
    story: Story,
) -> None:
    async with story.past("served") as past:
        archive = Archive(HubFolder(story.federation.hub_folder).directory)
        path = f"metadata/{past.newest}.snapshot.json"
        data = archive.read(path)
        assert data is not None
        tampered = replace(
            past,
            history=type(past.history)(
                story.federation.hub.federation.root,
                lambda p: data + b" " if p == path else archive.read(p),
            ),
        )
        with pytest.raises(ProofError, match="not the one"):
            await tampered.at(SYSTEM_CLOCK.now_ms())


def call(
    capsys: pytest.CaptureFixture[str], *arguments: object
) -> tuple[int, str, str]:
    """Calls the command line; returns exit code, standard output, standard error."""
    with pytest.raises(SystemExit) as end:
        main([str(argument) for argument in arguments])
    silence_services()
    out, err = capsys.readouterr()
    return int(end.value.code or 0), out, err


@pytest.mark.parametrize("where", ["--node", "--hub"])
def test_the_command_shows_it_with_the_proof(
    story: Story, capsys: pytest.CaptureFixture[str], where: str
) -> None:
    node = story.federation.members[BEL].node.folder.root
    folder = (where, node if where == "--node" else story.federation.hub_folder)
    before, now = iso_time(story.left_ms - 1), iso_time(SYSTEM_CLOCK.now_ms())
    code, out, err = call(capsys, "directory", "at", before, "KEN", "--json", *folder)
    assert code == 0, err
    told: dict[str, Any] = json.loads(out)
    assert [party["party"] for party in told["parties"]] == ["KEN"]
    assert told["at"] == before
    assert told["log"]["checkpoint"].startswith(told["log"]["origin"])
    code, out, err = call(capsys, "directory", "at", before, *folder)
    assert code == 0
    assert "KEN" in out
    assert "BEL" in out
    assert f"version {told['version']}" in err
    code, _, err = call(capsys, "directory", "at", now, "KEN", *folder)
    assert code != 0
    assert "KEN is not a party" in err
    code, _, err = call(capsys, "directory", "at", "yesterday", *folder)
    assert code == ExitCode.CONFIGURATION
    assert "with its zone" in err
